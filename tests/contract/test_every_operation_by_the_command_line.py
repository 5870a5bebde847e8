"""Each operation of each service is reached by a command, with every query parameter as an option."""

import io
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from typer.main import get_command

from concord_client.cli import app
from concord_contracts import agreements, registry
from concord_contracts.allocation import EXAMPLE_PROBLEM
from concord_kit.sheets import EXCEL_TYPE
from tests.contract.command_lines import BY_THE_LINE, EXCUSED, QUESTIONS, WAYS, Way
from tests.support.documents import Operation, operations_of_each_service

PORTS = {"registry": 8101, "allocation": 8102, "agreements": 8103}
COMMAND = get_command(app)
"""Made once: that takes longer than any of its commands."""
FLAGS = frozenset(
    {"ages", "every_day", "dry_run", "keep_going", "accept_fewer", "accept_withdrawn", "filled", "active"}
)
SAMPLES = {
    "as_of": "2014-04-01", "roll_to": "2021-06-01", "since": "2013-04-01", "until": "2016-04-01", "from": "2013-04-01",
    "to": "2014-04-01", "stated_on": "2013-04-01", "known_at": "2026-01-15T09:30:00+00:00",
    "known_from": "2026-01-15T09:30:00+00:00", "known_to": "2026-01-16T09:30:00+00:00", "limit": "7", "after": "3",
    "people": "100000", "sets": "3", "version": "1", "year": "2013-14", "find": "body",
}  # fmt: skip
"""A value of each query parameter that takes no text."""

HELD = {"id": "r1", "claim": "c1", "version": 1, "owner": "ods:02A", "shown": "nothing", "versions": [],
        "as_of": "2014-04-01", "known_at": "2026-01-15T09:30:00Z", "seq": 1, "items": []}  # fmt: skip
"""Enough of any record, person or list for a command that reads it before it asks for something else."""
REFUSAL = {
    "outcome": "refusal", "status": "infeasible", "reason": "conflict", "problem_digest": "a" * 64,
    "digest": "b" * 64, "words": "no", "conflict": [], "relaxation": [], "relaxation_gbp": 0, "sentences": [],
    "solver": {"solver": "s", "versions": {}, "options": {}, "rows": 0, "columns": 0, "iterations": 0, "seconds": 0.0},
}  # fmt: skip
"""Enough of an answer for `concord solve`."""
BUNDLE: Mapping[str, Any] = {"entry": [], "link": []}


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Operation]]:
    return operations_of_each_service(tmp_path_factory.mktemp("operations"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return dict(_files(tmp_path_factory.mktemp("bodies")))


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """What lines name in braces: bodies as their models show them, and files as they are sent."""
    lines = [way.line for ways in WAYS.values() for way in ways.values()]
    for name in sorted({name for line in lines for name in re.findall("{(.+?)}", line)}):
        file = folder / name
        model = getattr(registry, name, None) or getattr(agreements, name, None)
        if isinstance(model, type) and issubclass(model, BaseModel):
            file.write_text(json.dumps(model.model_json_schema()["examples"][0]))
        elif name in BODIES:
            file.write_text(json.dumps(BODIES[name]))
        elif name in ("tables", "folder"):
            file.mkdir()
            (file / "lines.csv").write_text("key\n")
        elif not name.startswith("new."):
            file.write_text("place,role\n")
        yield name, str(file)


BODIES: Mapping[str, Any] = {
    "Problem": EXAMPLE_PROBLEM,
    "SharingRequest": {"problem": EXAMPLE_PROBLEM},
    "ClaimsRequest": {"estate": 10, "claims": {"a": 8, "b": 4}},
    "GameRequest": {"players": ["a"], "values": [{"coalition": ["a"], "value": 1}]},
    "WhatIfRequest": {"changes": [{"kind": "remove_limit", "limit": "floor"}]},
    "target": {"aim": {"measure": "benefit"}, "at_least": 1},
    "frontier": {"first": {"measure": "benefit"}, "second": {"measure": "money"}},
    "least-change": {"offer": [{"line": "a", "purse": "b", "year": "2014-15", "gbp": 1}]},
    **{kind: {} for kind in QUESTIONS if kind not in ("target", "frontier", "least-change")},
}


class Asked(BaseException):
    """The request that an operation was reached by. No command catches it."""

    def __init__(self, params: httpx.QueryParams) -> None:
        self.params = params


def asked_by(
    monkeypatch: pytest.MonkeyPatch, operation: Operation, port: int, line: list[str]
) -> httpx.QueryParams | str:
    """The query that the line sends to the operation; where it does not reach it, what the command said."""

    def send(_: httpx.Client, request: httpx.Request, **__: Any) -> httpx.Response:
        url = request.url
        if (url.port, request.method) == (port, operation.method) and operation.path.fullmatch(url.path):
            raise Asked(url.params)
        body = REFUSAL if url.path == "/v1/solve" else BUNDLE if "/fhir/" in url.path else HELD
        return httpx.Response(200, json=body, headers={"ETag": '"1"'}, request=request)

    monkeypatch.setattr(httpx.Client, "send", send)
    said = io.StringIO()
    try:
        with redirect_stderr(said), redirect_stdout(said):
            COMMAND.main(line, prog_name="concord")
    except Asked as asked:
        return asked.params
    except SystemExit:
        pass
    return said.getvalue()


def line_of(way: Way, operation: Operation, files: Mapping[str, str]) -> list[str]:
    """The words of a line, with an option for each query parameter that the line does not tell by itself."""
    words = [re.sub("{(.+?)}", lambda name: files[name[1]], word) for word in shlex.split(way.line)]
    for name in sorted(operation.query):
        option = way.named.get(name, f"--{name.replace('_', '-')}")
        if option != BY_THE_LINE:
            words += [option] if name in FLAGS else [option, value_of(name)]
    return words


def value_of(name: str) -> str:
    return SAMPLES.get(name, f"x-{name}")


@pytest.mark.parametrize("service", WAYS)
def test_every_operation_has_a_command_with_an_option_for_each_parameter(
    service: str,
    operations: Mapping[str, Mapping[str, Operation]],
    files: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("REGISTRY_URL", "ALLOCATION_URL", "AGREEMENTS_URL", "TOKEN", "TOKEN_FILE", "SIGN_IN", "PORT_BASE"):
        monkeypatch.delenv(f"CONCORD_{name}", raising=False)
    ways = WAYS[service]
    excused = {name for of, name in EXCUSED if of == service}
    assert set(operations[service]) == set(ways) | excused
    assert not set(ways) & excused
    faults = []
    for name, way in ways.items():
        operation = operations[service][name]
        words = line_of(way, operation, files)
        sent = asked_by(monkeypatch, operation, PORTS[service], words)
        if isinstance(sent, str):
            faults.append(f"{name}: concord {shlex.join(words)} did not reach it: {sent[-300:]}")
            continue
        for parameter in sorted(operation.query):
            told = way.named.get(parameter) == BY_THE_LINE
            wanted = "true" if parameter in FLAGS else value_of(parameter)
            if sent.get(parameter) != wanted and not (told and (parameter in sent or parameter == "cursor")):
                faults.append(f"{name}: {parameter} is not sent by concord {shlex.join(words)}")
    assert not faults, "\n".join(faults)


def test_every_answer_that_comes_as_a_workbook_is_written_by_its_command(
    operations: Mapping[str, Mapping[str, Operation]], files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {name: each for name, each in operations["allocation"].items() if EXCEL_TYPE in each.forms}
    assert len(chosen) > 2 * len(QUESTIONS)
    faults = []
    for name, operation in chosen.items():
        words = line_of(WAYS["allocation"][name], operation, files)
        sent = asked_by(monkeypatch, operation, PORTS["allocation"], [*words, "--xlsx", files["new.xlsx"]])
        if isinstance(sent, str):
            faults.append(f"{name}: {sent[-200:]}")
    assert not faults, "\n".join(faults)


def test_a_command_or_option_that_is_missing_is_noticed(
    operations: Mapping[str, Mapping[str, Operation]], files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = operations["registry"]["list_stages"]
    assert isinstance(asked_by(monkeypatch, reached, PORTS["registry"], ["pathway", "list"]), str)
    more = Operation(reached.method, reached.path, reached.query | {"colour"})
    assert "--colour" in str(
        asked_by(monkeypatch, more, PORTS["registry"], line_of(Way("pathway stages"), more, files))
    )
