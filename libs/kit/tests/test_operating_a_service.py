"""What an operator sees: health, metrics, complete OpenAPI, and mistakes in the wiring that stop the start."""

import json
import threading
from pathlib import Path

import httpx
import pytest
from fastapi import Depends

from concord_contracts.problems import PROBLEM_TYPES, render_page
from concord_kit import app as kit_app
from concord_kit.app import actions_by_route
from concord_kit.calls import Call, allowed
from concord_kit.database import Database
from concord_kit.http_client import ServiceClient
from concord_kit.journal import Intent
from concord_kit.metrics import ServiceMetrics
from concord_kit.routing import Routes
from tests.support.notes import service
from tests.support.notes.service import NoteIn, build_app, put


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("away")


def test_readiness_shows_dependencies_and_never_fails_for_them(sqlite_notes: Database, start) -> None:
    there = ServiceClient("there", "http://there", transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    gone = ServiceClient("gone", "http://gone", transport=httpx.MockTransport(away))
    client = start(sqlite_notes, dependencies=[there, gone])
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "dependencies": {"there": "ok", "gone": "degraded"},
    }
    assert client.get("/health/live").json() == {"status": "ok"}
    page = client.get("/metrics").text
    assert 'concord_dependency_up{dependency="there"} 1.0' in page
    assert 'concord_dependency_up{dependency="gone"} 0.0' in page


def test_metrics_count_by_template_and_show_what_waits(sqlite_notes: Database, start) -> None:
    client = start(sqlite_notes)
    for note in ("a", "b"):
        client.get(f"/v1/notes/{note}")
    client.get("/v1/notes/a/b/c")
    client.request("BREW", "/v1/notes")
    sqlite_notes.write_now(Intent("tester", "x"), lambda tx: put(tx, NoteIn(id="n1", text="x"), "ods:02A"))
    page = client.get("/metrics").text
    template = 'concord_http_requests_total{method="GET",outcome="4xx",route="/v1/notes/{note_id}"} 2.0'
    assert template in page
    assert 'concord_http_requests_total{method="GET",outcome="4xx",route="unmatched"} 1.0' in page
    assert 'method="BREW"' not in page
    assert 'concord_http_request_duration_seconds_count{method="GET",route="/v1/notes/{note_id}"} 2.0' in page
    assert "concord_journal_head_seq 1.0" in page
    assert "concord_outbox_waiting 1.0" in page
    assert "concord_outbox_parked 0.0" in page
    assert "concord_database_up 1.0" in page
    assert 'concord_build_info{service="notes",version="0.1.0"} 1.0' in page


def test_two_applications_in_one_process_measure_apart(sqlite_notes: Database, start) -> None:
    one, two = start(sqlite_notes), start(sqlite_notes)
    one.get("/v1/notes")
    assert 'route="/v1/notes"' in one.get("/metrics").text
    assert 'route="/v1/notes"' not in two.get("/metrics").text


@pytest.fixture
def openapi(sqlite_notes: Database, start) -> dict:
    return start(sqlite_notes).get("/openapi.json").json()


def test_openapi_lists_each_routes_errors_with_examples(openapi: dict) -> None:
    post = openapi["paths"]["/v1/notes"]["post"]
    assert post["operationId"] == "write_note"
    assert set(post["responses"]) == {"201", "400", "401", "403", "413", "415", "422", "500", "502", "503"}
    for status, answer in post["responses"].items():
        if status != "201":
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}
            assert content["examples"]
    assert set(post["responses"]["400"]["content"]["application/problem+json"]["examples"]) == {
        "acting-for-required",
        "malformed-request",
        "idempotency-key-required",
    }
    put_answers = openapi["paths"]["/v1/notes/{note_id}"]["put"]["responses"]
    assert {"404", "412", "428"} <= set(put_answers)
    assert "known-at-too-late" in json.dumps(openapi["paths"]["/v1/notes/{note_id}"]["get"]["responses"]["422"])


def test_openapi_names_the_headers_a_route_takes(openapi: dict) -> None:
    def headers(path: str, method: str) -> set[str]:
        parameters = openapi["paths"][path][method]["parameters"]
        return {parameter["name"] for parameter in parameters if parameter["in"] == "header"}

    assert headers("/v1/notes", "post") == {"X-Acting-For", "Idempotency-Key"}
    assert headers("/v1/notes/{note_id}", "put") == {"X-Acting-For", "If-Match"}
    assert headers("/v1/notes", "get") == {"X-Acting-For"}


def test_openapi_says_of_each_route_that_its_address_may_be_malformed(sqlite_notes: Database, start) -> None:
    client = start(sqlite_notes)
    answer = client.get("/v1/notes?cursor=%00")
    assert answer.json()["type"] == "urn:concord:problem:malformed-request"
    documented = client.get("/openapi.json").json()["paths"]["/v1/notes"]["get"]["responses"][str(answer.status_code)]
    assert "malformed-request" in documented["content"]["application/problem+json"]["examples"]


def test_openapi_requires_the_headers_without_which_a_route_refuses(openapi: dict) -> None:
    def required(path: str, method: str) -> dict[str, str]:
        parameters = openapi["paths"][path][method]["parameters"]
        headers = [one for one in parameters if one["in"] == "header" and one["required"]]
        return {one["name"]: one["schema"]["type"] for one in headers}

    assert required("/v1/notes", "post") == {"Idempotency-Key": "string"}
    assert required("/v1/notes/{note_id}", "put") == {"If-Match": "string"}
    assert required("/v1/notes", "get") == {}


def test_openapi_asks_for_no_token_where_anybody_may_ask(settings, sqlite_notes: Database) -> None:
    def security(public_reads: bool, path: str) -> list:
        told = settings.model_copy(update={"public_reads": public_reads})
        return build_app(told, sqlite_notes).openapi()["paths"][path]["get"]["security"]

    assert security(True, "/v1/notes") == [{"HTTPBearer": []}, {}]
    assert security(False, "/v1/notes") == [{"HTTPBearer": []}]
    assert security(True, "/v1/shared/{note_id}") == [{"HTTPBearer": []}]


def test_openapi_has_no_dangling_reference_and_no_framework_error(openapi: dict) -> None:
    text = json.dumps(openapi)
    assert "HTTPValidationError" not in text
    schemas = openapi["components"]["schemas"]
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(schemas)


def test_each_address_takes_an_action_but_health(settings, sqlite_notes: Database) -> None:
    actions = actions_by_route(build_app(settings, sqlite_notes))
    assert actions["POST", "/v1/notes"] == "notes.write"
    assert {path for (_, path), action in actions.items() if action is None} == {
        "/health/live",
        "/health/ready",
        "/metrics",
    }


def test_a_route_without_authority_stops_the_start(settings, sqlite_notes: Database, monkeypatch) -> None:
    careless = Routes()

    @careless.get("/v1/open")
    async def open_to_all() -> None:
        raise AssertionError("never reached")

    monkeypatch.setattr(service, "router", careless)
    with pytest.raises(ValueError, match="GET /v1/open takes no Call"):
        build_app(settings, sqlite_notes)


def test_an_action_without_a_row_stops_the_start(settings, sqlite_notes: Database, monkeypatch) -> None:
    careless = Routes()

    @careless.get("/v1/odd")
    async def odd(call: Call = Depends(allowed("notes.misspelt"))) -> None:
        raise AssertionError("never reached")

    monkeypatch.setattr(service, "router", careless)
    with pytest.raises(ValueError, match=r"no row for notes.misspelt"):
        build_app(settings, sqlite_notes)


def test_background_work_that_fails_is_begun_again(sqlite_notes: Database, start, monkeypatch) -> None:
    monkeypatch.setattr(kit_app, "SECONDS_BEFORE_A_NEW_BEGINNING", 0.01)
    runs, again = [], threading.Event()

    async def job() -> None:
        runs.append(1)
        if len(runs) == 2:
            again.set()
        raise LookupError("as it happens")

    start(sqlite_notes, background=[job])
    assert again.wait(5)


def test_the_page_of_problems_is_the_register(request: pytest.FixtureRequest) -> None:
    page = Path(request.config.rootpath, "docs", "problems.md").read_text()
    assert page == render_page(), "run: python -m concord_contracts.problems > docs/problems.md"


def test_problem_types_are_stable_names_with_a_status_of_refusal() -> None:
    for slug, kind in PROBLEM_TYPES.items():
        assert kind.uri == f"urn:concord:problem:{slug}"
        assert 400 <= kind.status < 600
        assert kind.title
        assert kind.meaning.endswith(".")


def test_every_common_metric_is_documented(request: pytest.FixtureRequest) -> None:
    page = Path(request.config.rootpath, "docs", "metrics.md").read_text()
    for metric in ServiceMetrics("notes", "1").registry.collect():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        assert f"`{name}`" in page
