"""Every operation of a service asked many times, as its OpenAPI document describes it: right, wrong, and a little off.

Each answer is held against the document: no error of ours, no status, media type, header or shape it does not name, and
nothing accepted that it forbids. Findings are gathered, not raised, so that one run tells all of them.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning
from requests.exceptions import RequestException
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE
from tests.fuzz.bending import as_table, bent, bent_file, bent_table
from tests.fuzz.people import fresh_key

OF_EVERY_ANSWER = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OF_WHAT_THE_DOCUMENT_FORBIDS = [*OF_EVERY_ANSWER, negative_data_rejection]
MOST = (True, True, True, False)
NEARLY_ALL = (True,) * 9 + (False,)
SHOWN = 3000
"""Characters shown of a finding's request."""


@schemathesis.serializer(CSV_TYPE, EXCEL_TYPE)
def _as_it_is(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """A file's bytes; of whatever else a document forbids to send for one, the text."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@dataclass(frozen=True)
class Valid:
    """A request that is in order; `person` signs in for it."""

    person: str
    body: Any = None
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Mapping[str, str]] = ()
    """Sent as CSV, in place of a JSON body."""
    workbook: bytes = b""
    """Sent as Excel, in place of a JSON body."""
    text: bytes = b""
    """Sent as plain text, in place of a JSON body."""


@dataclass(frozen=True)
class World:
    """A running service with something in it."""

    name: str
    address: str
    people: Sequence[str]
    sign_in: Callable[[str], dict[str, str]]
    """Headers of a person."""
    known: Mapping[str, Sequence[Any]]
    """Values that mean something, by parameter."""
    valid: Mapping[str, Sequence[Valid]]
    """Requests in order, by operation."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Where the version that an operation changes is read, where that is not its own address."""


@dataclass
class Report:
    """What was asked of a service, and what was wrong with its answers."""

    answers: dict[str, Counter[str]] = field(default_factory=dict)
    """By operation: how often each kind of answer came, like `200` or `409 conflict`."""
    findings: dict[tuple[str, str], str] = field(default_factory=dict)
    """By operation and kind of fault: the first such answer, with the request."""

    @property
    def cases(self) -> int:
        return sum(counter.total() for counter in self.answers.values())

    @property
    def never_accepted(self) -> list[str]:
        """Operations that answered no request with 2xx."""
        return [name for name, counts in self.answers.items() if not any(kind.startswith("2") for kind in counts)]

    def __str__(self) -> str:
        rows = [
            f"{name:<34} {', '.join(f'{count} x {kind}' for kind, count in sorted(counts.items()))}"
            for name, counts in self.answers.items()
        ]
        faults = [f"\n## {operation}\n{text}" for (operation, _), text in self.findings.items()]
        return "\n".join([*rows, *faults])


def fuzz(world: World, *, cases: int, number: int) -> Report:
    """Ask about so many `cases`, of every operation alike; `number` seeds what is asked."""
    report = Report()
    with httpx.Client(base_url=world.address, trust_env=False, timeout=60) as client:
        operations = [found.ok() for found in _schema(client).get_all_operations()]
        for operation in operations:
            _fuzz_operation(_Asking(world, operation, client, report), -(-cases // len(operations)), number)
    return report


def _schema(client: httpx.Client) -> Any:
    """The service's document without its security: signing in, rightly or wrongly, is ours."""
    document = client.get("/openapi.json", timeout=60).raise_for_status().json()
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=str(client.base_url))
    return schema


@dataclass
class _Asking:
    """One operation of a world under way."""

    world: World
    operation: Any
    client: httpx.Client
    report: Report

    @property
    def name(self) -> str:
        return str(self.operation.definition.raw["operationId"])

    def documents(self, status: int, kind: str) -> bool:
        """Whether the document has an example of this kind of problem, where it has examples of any."""
        answer = self.operation.definition.raw["responses"].get(str(status), {})
        examples = answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
        return not examples or kind.partition(" ")[2] in examples


def _fuzz_operation(asking: _Asking, cases: int, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_requests(asking))
    def ask(request: tuple[Any, list[Any]]) -> None:
        _ask(asking, *request)

    asking.report.answers[asking.name] = Counter()
    for valid in asking.world.valid.get(asking.name, ())[:1]:  # as it is meant, whatever is drawn afterwards
        _ask(asking, _as_meant(asking, valid), OF_EVERY_ANSWER)
    with warnings.catch_warnings(action="ignore", category=HypothesisWarning):  # of how long a strategy's repr is
        ask()


@st.composite
def _requests(draw: st.DrawFn, asking: _Asking) -> tuple[Any, list[Any]]:
    """A request, and the checks of its answer."""
    valid = asking.world.valid.get(asking.name, ())
    if draw(st.sampled_from(MOST)):
        if valid and draw(st.sampled_from(MOST)):
            return _near(draw, asking, valid[draw(st.integers(0, len(valid) - 1))]), OF_EVERY_ANSWER
        return _allowed(draw, asking), OF_EVERY_ANSWER
    return _forbidden(draw, asking), OF_WHAT_THE_DOCUMENT_FORBIDS


def _near(draw: st.DrawFn, asking: _Asking, valid: Valid) -> Any:
    """What is in order, its body perhaps a little off, and mostly by the right person."""
    person = valid.person if draw(st.sampled_from(NEARLY_ALL)) else draw(st.sampled_from(asking.world.people))
    if valid.rows:
        body = {"body": bent_table(draw, valid.rows), "media_type": CSV_TYPE}
    elif valid.workbook:
        body = {"body": bent_file(draw, valid.workbook), "media_type": EXCEL_TYPE}
    elif valid.text:
        body = {"body": bent_file(draw, valid.text), "media_type": "text/plain"}
    else:
        body = {} if valid.body is None else {"body": bent(draw, valid.body), "media_type": "application/json"}
    case = asking.operation.Case(path_parameters=dict(valid.path), query=dict(valid.query), headers={}, **body)
    _put_headers(draw, asking, case, person)
    return case


def _allowed(draw: st.DrawFn, asking: _Asking) -> Any:
    """What the document allows, mostly about what is known."""
    case = draw(asking.operation.as_strategy(GenerationMode.POSITIVE))
    for container in (case.path_parameters, case.query):
        _put_known(draw, asking.world, container)
    _put_headers(draw, asking, case, draw(st.sampled_from((*asking.world.people, None))))
    return case


def _forbidden(draw: st.DrawFn, asking: _Asking) -> Any:
    """What the document forbids, signed in."""
    case = draw(asking.operation.as_strategy(GenerationMode.NEGATIVE))
    person = draw(st.sampled_from(asking.world.people))
    headers = case.meta.components.get(ParameterLocation.HEADER)
    if headers is None or headers.mode.is_positive:
        _put_headers(draw, asking, case, person)
    else:
        case.headers.update(asking.world.sign_in(person))
    return case


def _put_known(draw: st.DrawFn, world: World, container: Any) -> None:
    for name in sorted(container or ()):
        if name in world.known and draw(st.sampled_from(MOST)):
            value = draw(st.sampled_from(world.known[name]))
            container[name] = [value] if isinstance(container[name], list) else value


def _as_meant(asking: _Asking, valid: Valid) -> Any:
    """A request in order, as it stands in the world."""
    body: dict[str, Any] = {}
    if valid.rows:
        body = {"body": as_table(valid.rows), "media_type": CSV_TYPE}
    elif valid.workbook:
        body = {"body": valid.workbook, "media_type": EXCEL_TYPE}
    elif valid.text:
        body = {"body": valid.text, "media_type": "text/plain"}
    elif valid.body is not None:
        body = {"body": valid.body, "media_type": "application/json"}
    case = asking.operation.Case(path_parameters=dict(valid.path), query=dict(valid.query), headers={}, **body)
    wanted = {parameter.name for parameter in asking.operation.headers}
    case.headers.update(asking.world.sign_in(valid.person) | (fresh_key() if "Idempotency-Key" in wanted else {}))
    if "If-Match" in wanted:
        case.headers["If-Match"] = _tag(asking, case)
    return case


def _put_headers(draw: st.DrawFn, asking: _Asking, case: Any, person: str | None) -> None:
    """Sign in, and nearly always state what the operation wants stated: a fresh key, the version as it stands."""
    wanted = {parameter.name for parameter in asking.operation.headers}
    if draw(st.sampled_from(NEARLY_ALL)):
        case.headers.pop("X-Acting-For", None)
    if person is not None:
        case.headers.update(asking.world.sign_in(person))
    if "Idempotency-Key" in wanted:
        case.headers.update(fresh_key() if draw(st.sampled_from(NEARLY_ALL)) else {"Idempotency-Key": "again"})
    if "If-Match" in wanted and draw(st.sampled_from(NEARLY_ALL)):
        case.headers["If-Match"] = _tag(asking, case)


def _tag(asking: _Asking, case: Any) -> str:
    """The ETag of what the case is about; that of a first version where it has no address of its own."""
    path = asking.world.tags.get(asking.name) or case.formatted_path.rpartition("/")[0]
    headers = {name: value for name, value in case.headers.items() if name == "Authorization"}
    try:
        return asking.client.get(path, headers=headers).headers.get("ETag", '"1"')
    except httpx.InvalidURL:
        return '"1"'


def _ask(asking: _Asking, case: Any, checks: list[Any]) -> None:
    try:
        response = case.call(timeout=60)
    except RequestException as failure:
        _note(asking, case, type(failure).__name__, str(failure))
        return
    kind = _kind(response)
    asking.report.answers[asking.name][kind] += 1
    if not asking.documents(response.status_code, kind):
        _note(asking, case, f"undocumented {kind}", "a kind of problem that the document has no example of", response)
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        for failure in group.exceptions:
            _note(asking, case, f"{type(failure).__name__} {response.status_code}", str(failure), response)


def _kind(response: Any) -> str:
    if response.status_code < 400:
        return str(response.status_code)
    try:
        return f"{response.status_code} {response.json()['type'].rpartition(':')[2]}"
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} without a problem document"


def _note(asking: _Asking, case: Any, kind: str, words: str, response: Any = None) -> None:
    answer = f"\n{response.status_code} {response.text[:SHOWN]}" if response is not None else ""
    said = f"{kind}: {words[:SHOWN]}\n{case.as_curl_command()[:SHOWN]}{answer}"
    asking.report.findings.setdefault((asking.name, kind), said)
