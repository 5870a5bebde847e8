"""The authority table is what the routes enforce, row by row; OpenAPI says what they answer, with working examples."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from concord_contracts import registry as contract
from concord_contracts.identifiers import BODY_ID
from concord_kit.app import actions_by_route
from concord_kit.authority import Relation
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE
from concord_registry.authority import TABLE
from concord_registry.knowledge.topics import TOPICS
from concord_registry.main import build_app
from concord_registry.not_rolled import NOT_ROLLED
from services.registry.tests.conftest import Registry, settings_for
from services.registry.tests.test_rolled_answers import NEEDED
from tests.support.documents import faults_of_form, file_examples, query_parameters_are_as_documented

REQUESTS: dict[str, tuple[str, str]] = {
    "map.read": ("GET", "/v1/stages"),
    "claims.read": ("GET", "/v1/claims"),
    "claims.assert": ("POST", "/v1/claims"),
    "claims.confirm": ("POST", "/v1/claims/n-surgery/confirm"),
    "claims.dispute": ("POST", "/v1/claims/n-surgery/dispute"),
    "claims.end": ("POST", "/v1/claims/n-surgery/end"),
    "claims.bulk": ("POST", "/v1/claims/bulk"),
    "claims.pay": ("POST", "/v1/claims/n-surgery/pay-meanwhile"),
    "claims.correct": ("POST", "/v1/claims/n-surgery/correct"),
    "claims.withdraw": ("POST", "/v1/claims/n-surgery/withdraw"),
    "imports.create": ("POST", "/v1/imports"),
    "files.create": ("POST", "/v1/files"),
    "files.withdraw": ("POST", "/v1/files/1/withdraw"),
    "reorganisations.apply": ("POST", "/v1/reorganisations"),
    "rules.preview": ("POST", "/v1/rules/changes/preview"),
    "rules.change": ("POST", "/v1/rules/changes"),
    "pathways.change": ("POST", "/v1/pathways/lung/versions"),
    "activations.read": ("GET", "/v1/activations/none"),
    "activations.put": ("PUT", "/v1/activations/a1"),
    "mandates.read": ("GET", "/v1/mandates"),
    "mandates.grant": ("POST", "/v1/mandates"),
    "mandates.end": ("POST", "/v1/mandates/m1/end"),
    "knowledge.read": ("GET", "/v1/contracts"),
    "knowledge.write": ("POST", "/v1/risks"),
    "contracts.write": ("POST", "/v1/contracts"),
    "role-holders.write": ("POST", "/v1/role-holders"),
    "signing-authorities.write": ("POST", "/v1/signing-authorities"),
    "people.read": ("GET", "/v1/people"),
    "people.write": ("POST", "/v1/people"),
    "people.erase": ("DELETE", "/v1/people/p1"),
    "webhooks.read": ("GET", "/v1/webhooks"),
    "webhooks.create": ("POST", "/v1/webhooks"),
    "webhooks.change": ("POST", "/v1/webhooks/w1/pause"),
    "changes.read": ("GET", "/v1/changes"),
}
"""An address for each action. Bodies are empty: who is let in is told 422, 428 or 404; who is not, 401 or 403."""

DECISIONS = ("claims.confirm", "claims.dispute", "claims.pay", "claims.end", "claims.withdraw")
"""Actions whose body here is well-formed: they ask for `If-Match`."""

ROLES = (
    "commissioner",
    "network-lead",
    "data-steward",
    "chief-officer",
    "board-secretary",
    "activator",
    "auditor",
    "reader",
)


REQUEST_MODELS = (
    "ClaimIn", "ClaimDecision", "ClaimDispute", "InterimPayment", "ClaimCorrection", "ClaimWithdrawal",
    "ClaimsInBulk", "Activation", "MandateIn", "MandateEnd", "ReorganisationIn", "RuleChangeIn", "FileWithdrawalIn",
)  # fmt: skip


@pytest.fixture(scope="module")
def document(standing: Registry) -> dict[str, Any]:
    """OpenAPI, as callers read it."""
    found: dict[str, Any] = standing.http.get("/openapi.json").json()
    return found


def status(registry: Registry, action: str, headers: dict[str, str]) -> int:
    method, path = REQUESTS[action]
    body = None if method == "GET" else {"reason": "x"}
    headers = {"Idempotency-Key": f"k-{next(registry.keys)}"} | headers
    return registry.http.request(method, path, json=body, headers=headers).status_code


def let_in(code: int) -> bool:
    assert code != 500
    return code not in (401, 403)


@pytest.mark.parametrize("action", sorted(REQUESTS))
def test_each_action_by_each_role_in_each_relation(registry: Registry, action: str) -> None:
    rows = [row for row in TABLE if row.action == action]
    public = any(row.relation is Relation.ANYONE for row in rows)
    assert let_in(status(registry, action, {})) is public
    for role in ROLES:
        own = registry.signing.bearer("u", {"ods:02A": [role]}, "registry") | {"X-Acting-For": "ods:02A"}
        own_ways = (Relation.SELF, Relation.AUDITOR)
        allowed = public or any(row.relation in own_ways and row.role == role for row in rows)
        # a row lets the caller in; who is not concerned by this claim is refused afterwards with its own words
        answer = status(registry, action, own)
        if action in DECISIONS and allowed:
            assert answer == 428
        else:
            assert let_in(answer) is allowed, role
        lent = registry.signing.bearer("u", {"ods:0AJ": [role]}, "registry") | {"X-Acting-For": "ods:02A"}
        by_mandate = any(row.relation is Relation.MANDATE and row.role == role for row in rows)
        if not public:
            assert let_in(status(registry, action, lent)) is by_mandate, role
    for service in ("agreements", "allocation"):
        for role in ("activator", "reader"):
            headers = registry.signing.bearer(f"service:{service}", {f"service:{service}": [role]}, "registry")
            expected = public or any(row.service == service and row.role == role for row in rows)
            assert let_in(status(registry, action, headers)) is expected, (service, role)


def test_every_action_of_the_table_has_a_route_and_the_other_way_round(application: FastAPI) -> None:
    actions = {action for action in actions_by_route(application).values() if action}
    assert actions == {row.action for row in TABLE} == set(REQUESTS)


def test_with_public_reads_off_reading_takes_a_token(registry: Registry, application: FastAPI, served: Any) -> None:
    database = application.state.concord.database
    url = database.url.render_as_string(hide_password=False)
    closed = build_app(settings_for(url, registry.signing, public_reads=False), database)
    with served(closed) as address, httpx.Client(base_url=address) as http:
        assert http.get("/v1/stages").status_code == 401
        assert http.get("/v1/stages", headers=registry.signing.bearer("u", {}, "registry")).status_code == 200


def test_every_route_documents_its_errors(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation.get("description"), where
            answers = operation["responses"]
            assert {"422", "500", "503"} <= set(answers), where
            if method == "delete":
                assert {"400", "401", "403"} <= set(answers), where
            elif method != "get":
                assert {"400", "401", "403", "413", "415"} <= set(answers), where
            if "{" in path and not path.startswith("/v1/activations/{agreement}") and method == "get":
                assert "404" in answers, where
            for code, answer in answers.items():
                if code >= "400":
                    assert "application/problem+json" in answer["content"], (where, code)
    assert json.dumps(document)


def test_the_examples_of_requests_work(document: dict[str, Any]) -> None:
    """Each example body is one that its model takes; its codes are those of the reference data."""
    schemas = document["components"]["schemas"]
    records = {topic.sent.__name__ for topic in TOPICS.values()} | {"PersonIn", "RecordEnd"}
    for name in (*REQUEST_MODELS, *sorted(records)):
        for example in schemas[name]["examples"]:
            getattr(contract, name).model_validate(example)
    for name in ("ClaimView", "National"):
        for example in schemas[name]["examples"]:
            getattr(contract, name).model_validate(example)


def test_each_example_of_a_request_is_understood_when_it_is_sent(registry: Registry, document: dict[str, Any]) -> None:
    """Sent by whoever may: it is done, or refused for what the small world holds, never for its form."""
    sent, wrong = 0, list[tuple[str, str]]()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is None:
                continue
            for example in _examples(document, body):
                answer = _sent_by_whoever_may(registry, method, _address(document, path, operation), example)
                if answer.status_code >= 500 or answer.status_code in (401, 403) or faults_of_form(answer):
                    wrong.append((path, answer.text))
                sent += 1
    assert not wrong, "\n".join(map(str, wrong))
    assert sent > 20


def _address(document: dict[str, Any], path: str, operation: dict[str, Any]) -> str:
    """The path with a value of the right form for each parameter in it."""
    for one in operation.get("parameters", ()):
        if one["in"] == "path":
            schema = one["schema"]
            if "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            value = schema["enum"][0] if "enum" in schema else 1 if schema.get("type") == "integer" else "none"
            path = path.replace(f"{{{one['name']}}}", str(value))
    return path


def _examples(document: dict[str, Any], body: dict[str, Any]) -> list[Any]:
    schema = body["schema"]
    named = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    given = [one["value"] for one in body.get("examples", {}).values()]
    return [*given, *named.get("examples", ())]


def test_each_example_of_a_file_is_taken(registry: Registry, document: dict[str, Any]) -> None:
    """As CSV, as a workbook, as text: looked at first, then recorded."""
    sent = set()
    for one in file_examples(document):
        table = {"table": one.name} if one.path == "/v1/imports" else {}
        for dry_run in ("true", "false"):
            answer = registry.http.request(
                one.method,
                one.path,
                params=table | {"dry_run": dry_run},
                content=one.content,
                headers=registry.as_body("ods:X24" if one.path == "/v1/files" else "ods:02A", _role_for(one.path))
                | {"Content-Type": one.media_type},
            )
            assert answer.status_code in (200, 201), (one.path, one.name, one.media_type, answer.text)
        sent.add((one.path, one.media_type))
    assert {(path, kind) for path in ("/v1/imports", "/v1/files") for kind in (CSV_TYPE, EXCEL_TYPE)} <= sent
    assert ("/v1/files", "text/tab-separated-values") in sent


def _role_for(path: str) -> str:
    return "data-steward" if path == "/v1/files" else "commissioner"


def _sent_by_whoever_may(registry: Registry, method: str, path: str, example: Any) -> httpx.Response:
    headers = [registry.as_body(body, role) for body in ("ods:02A", "ods:X24") for role in ROLES]
    for one in [*headers, registry.as_agreements()]:
        answer = registry.http.request(
            method, path, json=example, headers={"Idempotency-Key": f"k-{next(registry.keys)}", "If-Match": '"1"'} | one
        )
        if answer.status_code not in (401, 403):
            break
    return answer


def test_examples_of_parameters_are_understood(standing: Registry, document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or not path.startswith("/v1/") or "{" in path or path.endswith("/stream"):
            continue
        for parameter in operation.get("parameters", ()):
            for example in parameter["schema"].get("examples", ()):
                answer = standing.get(path, **{parameter["name"]: example})
                faults = [one for one in answer.json().get("errors", ()) if not one["type"].startswith("unknown-")]
                wrong = {one.get("parameter") for one in faults}
                assert f"query:{parameter['name']}" not in wrong, (path, parameter["name"], example)


def test_routes_tell_their_query_parameters_as_the_document_does(application: FastAPI) -> None:
    assert query_parameters_are_as_documented(application)


def test_every_read_that_names_bodies_takes_roll_to_or_says_why_not(document: dict[str, Any]) -> None:
    takes, names, told = set(), set(), set()
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or not path.startswith("/v1/"):
            continue
        if any(one["name"] == "roll_to" for one in operation["parameters"]):
            takes.add(operation["operationId"])
            told.add(path.removeprefix("/v1/").removesuffix("/{record}"))
        answer = operation["responses"]["200"].get("content", {}).get("application/json", {})
        if _names_a_body(answer, document["components"]["schemas"], set()):
            names.add(operation["operationId"])
    assert names - takes == set(NOT_ROLLED)
    like = {key.replace("ccg-02A", "{key}").replace("ods:02A", "{organisation}").replace("n-surgery", "{claim}")
            for key in NEEDED}  # fmt: skip
    of_their_own = {"organisations", "organisations/{organisation}", "claims", "responsibilities", "populations",
                    "measures"}  # fmt: skip
    assert told == like | of_their_own, "each is read in test_rolled_answers.py or test_rolling.py"
    assert {"read_coverage", "list_findings", "read_matrix", "list_mandates", "list_contracts", "list_plans",
            "list_role_holders", "list_signing_authorities", "list_claims", "list_populations"} <= takes  # fmt: skip


def _names_a_body(part: Any, schemas: dict[str, Any], seen: set[str]) -> bool:
    """Whether a body's name or id stands anywhere in what a schema describes."""
    if isinstance(part, list):
        return any(_names_a_body(one, schemas, seen) for one in part)
    if not isinstance(part, dict):
        return False
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        new = name not in seen
        seen.add(name)
        return new and _names_a_body(schemas[name], schemas, seen)
    return part.get("pattern") == BODY_ID or any(_names_a_body(one, schemas, seen) for one in part.values())
