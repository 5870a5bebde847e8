"""The OpenAPI document tells the truth: examples work, and every route names its errors."""

from typing import Any

from fastapi.openapi.models import OpenAPI

from concord_contracts.allocation import EXAMPLE_PROBLEM
from concord_kit.imports import FILE_TYPES
from concord_kit.sheets import EXCEL_TYPE
from services.allocation.tests.conftest import Running
from tests.support.documents import faults_of_form, file_examples, query_parameters_are_as_documented

TAKES_FILES = [
    ("/v1/imports", set(FILE_TYPES)),
    ("/v1/problems/from-workbook", {EXCEL_TYPE}),
    ("/v1/problems/from-programme", {"text/plain"}),
    ("/v1/programmes", {"text/plain"}),
]


def document(running: Running) -> dict[str, Any]:
    read: dict[str, Any] = running.http.get("/openapi.json").json()
    return read


def _of(value: Any, scenario: str) -> Any:
    """The example, of a scenario that is there."""
    return dict.fromkeys(value, scenario) if "do_nothing" in value else value


def test_every_example_of_a_body_is_answered_as_its_summary_says(alone: Running) -> None:
    base = alone.scenario()
    for path, operations in document(alone)["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {})
            if method == "post" and "application/json" not in body:
                # a file has no example in JSON: it is sent as it is, below
                assert (path, set(body)) in TAKES_FILES
                continue
            content = body.get("application/json", {})
            assert method != "post" or content["examples"], path
            for name, example in content.get("examples", {}).items():
                if path == "/v1/scenarios":
                    continue  # its example names a place of the real map
                asked = path.replace("{scenario}", base["id"]) + ("?form=lp" if path.endswith("/as-file") else "")
                role = "records-manager" if path.startswith("/v1/retention") else "commissioner"
                answer = alone.post(asked, _of(example["value"], base["id"]), role=role)
                assert answer.status_code in (200, 201, 422), (path, name, answer.text)
                if path == "/v1/solve":
                    assert answer.json()["outcome"] == name


def test_every_example_of_a_file_is_taken(alone: Running) -> None:
    """As CSV, as a workbook, as text; a problem's workbook is the one that its example is written as."""
    sent = set()
    for one in file_examples(document(alone)):
        asked = {"/v1/imports": {"table": one.name, "dry_run": "true"}}
        asked |= {path: {"form": one.name} for path in ("/v1/programmes", "/v1/problems/from-programme")}
        headers = alone.headers() | {"Content-Type": one.media_type}
        answer = alone.http.post(one.path, params=asked[one.path], content=one.content, headers=headers)
        assert answer.status_code in (200, 201) or not faults_of_form(answer), (one.path, one.name, answer.text)
        assert one.path != "/v1/programmes" or answer.json()["status"] == "optimal"
        sent.add((one.path, one.media_type))
    book = alone.post("/v1/problems/as-file?form=xlsx", EXAMPLE_PROBLEM)
    headers = alone.headers() | {"Content-Type": EXCEL_TYPE}
    back = alone.http.post("/v1/problems/from-workbook", content=book.content, headers=headers)
    assert (back.status_code, back.json()["title"]) == (200, EXAMPLE_PROBLEM["title"])
    assert sent | {("/v1/problems/from-workbook", EXCEL_TYPE)} == {
        (path, kind) for path, kinds in TAKES_FILES for kind in kinds
    }


def test_every_route_of_the_api_names_its_errors(alone: Running) -> None:
    for path, operations in document(alone)["paths"].items():
        if path.startswith("/v1"):
            for operation in operations.values():
                assert {"401", "403", "422", "503"} <= set(operation["responses"]), path
                assert operation["summary"]


def test_routes_tell_their_query_parameters_as_the_document_does(alone: Running) -> None:
    assert query_parameters_are_as_documented(alone.app)


def test_the_document_is_valid(alone: Running) -> None:
    OpenAPI.model_validate(document(alone))
