"""Whatever is sent, the answer is a problem document that names each fault, and nothing is recorded."""

import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from concord_kit.bodies import parse
from concord_kit.database import Database

JSON = {"Content-Type": "application/json", "Idempotency-Key": "k"}


@pytest.fixture
def client(sqlite_notes: Database, start) -> httpx.Client:
    return start(sqlite_notes)


@pytest.fixture(autouse=True)
def nothing_is_recorded(sqlite_notes: Database):
    yield
    assert sqlite_notes.read_now(lambda tx: tx.head_seq) == 0


def problem(answer: httpx.Response, status: int, slug: str) -> dict:
    document = answer.json()
    assert (answer.status_code, document["type"]) == (status, f"urn:concord:problem:{slug}"), document
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["X-Request-ID"]
    return document


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"id": "n1", "text": "x", "weight": NaN}',
        b'{"id": "n1", "text": "x", "weight": Infinity}',
        b'{"id": "n1", "text": "x", "weight": -Infinity}',
        b'{"id": "n1", "text": "x", "weight": 1e999}',
        b'{"id": "n1", "id": "n2", "text": "x"}',
        b'{"id": "n1", "text": "\\u0000"}',
        b'{"id": "n1", "text": "\\ud800"}',
        b'{"id": "n1", "text": "a bell \\u0007"}',
        b'{"id": "n1", "text": "a bell \x07"}',
        b'{"id": "n1", "text": "backspace \\b"}',
        b'{"id": "n1", "labels": [{"\\u007f": 1}]}',
        '{"id": "n1", "text": "pays \u202e001 PBG\u202c"}'.encode(),
        b'{"id": "n1", "text": "\xff"}',
        '{"id": "n1", "text": "x"}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"id": "n1", "text": "x", "weight": ' + b"9" * 5000 + b"}",
        b"\0",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_not_strict_json_is_malformed(client: httpx.Client, clerk, body: bytes) -> None:
    answer = client.post("/v1/notes", content=body, headers={**clerk, **JSON})
    words = problem(answer, 400, "malformed-request")["detail"]
    assert words.startswith(("The body is not well-formed JSON: ", "The body is nested", "The body holds control"))
    assert "sys." not in words
    problem(client.post("/v1/notes", content=body, headers=JSON), 401, "unauthenticated")


def test_tabs_line_ends_backslashes_and_other_scripts_are_text() -> None:
    text = "a\tb\r\nc \\u0007 \\b £ é ‘quoted’ 東京 🏥"
    assert parse(json.dumps({"text": text}).encode()) == {"text": text}


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", None])
def test_only_json_is_taken(client: httpx.Client, clerk, media_type: str | None) -> None:
    headers = {**clerk, "Idempotency-Key": "k", **({"Content-Type": media_type} if media_type else {})}
    answer = client.post("/v1/notes", content=b'{"id": "n1", "text": "x"}', headers=headers)
    problem(answer, 415, "unsupported-media-type")


def test_every_fault_is_named_at_once_with_its_pointer(client: httpx.Client, clerk) -> None:
    body = {"id": "no spaces", "weight": "heavy", "colour": "red", "labels": ["ok", "", 7, "a/b"]}
    document = problem(client.post("/v1/notes", json=body, headers={**clerk, **JSON}), 422, "invalid-request")
    found = {(fault["pointer"], fault["type"]) for fault in document["errors"]}
    assert found == {
        ("/id", "string_pattern_mismatch"),
        ("/text", "missing"),
        ("/weight", "float_type"),
        ("/colour", "extra_forbidden"),
        ("/labels", "too_long"),
    }
    shorter = {"id": "n1", "text": "x", "labels": ["ok", "", 7]}
    document = problem(client.post("/v1/notes", json=shorter, headers={**clerk, **JSON}), 422, "invalid-request")
    assert [fault["pointer"] for fault in document["errors"]] == ["/labels/1", "/labels/2"]


def test_faults_of_parameters_name_the_parameter(client: httpx.Client) -> None:
    document = problem(client.get("/v1/notes?limit=0"), 422, "invalid-request")
    assert [fault["parameter"] for fault in document["errors"]] == ["query:limit"]
    document = problem(client.get("/v1/notes/n1?known_at=yesterday"), 422, "invalid-request")
    assert [fault["parameter"] for fault in document["errors"]] == ["query:known_at"]
    document = problem(client.get("/v1/notes/n1?known_at=0001-01-01T00:00:00%2B14:00"), 422, "invalid-request")
    assert document["errors"][0]["detail"] == "lies outside of the calendar"
    document = problem(client.get("/v1/notes?limt=3&limit=2&curser=x"), 422, "invalid-request")
    assert [fault["parameter"] for fault in document["errors"]] == ["query:curser", "query:limt"]
    document = problem(client.get("/v1/notes", headers={"X-Acting-For": "ods:02A,ods:00W"}), 422, "invalid-request")
    assert document["errors"][0]["parameter"] == "header:X-Acting-For"
    assert document["errors"][0]["detail"] == "a body is written scheme:code, such as ods:02A"
    assert problem(client.get("/v1/notes/%20%20"), 422, "invalid-request")["errors"][0]["parameter"] == "path:note_id"


@pytest.mark.parametrize("body", ["null", "7", '"x"', "[]", "{}"])
def test_bodies_of_another_shape_are_refused(client: httpx.Client, clerk, body: str) -> None:
    problem(client.post("/v1/notes", content=body, headers={**clerk, **JSON}), 422, "invalid-request")


def test_a_write_refuses_parameters_it_does_not_know(client: httpx.Client, clerk) -> None:
    body = {"id": "n1", "text": "x"}
    document = problem(client.post("/v1/notes?dry_run=1", json=body, headers={**clerk, **JSON}), 422, "invalid-request")
    assert document["errors"][0]["parameter"] == "query:dry_run"


def test_a_body_where_none_is_asked_for_is_not_read(client: httpx.Client, clerk) -> None:
    answer = client.request("DELETE", "/v1/notes/n1", content=b"[" * 5_000_000, headers=clerk)
    assert answer.status_code == 404


def test_a_missing_body_is_refused(client: httpx.Client, clerk) -> None:
    document = problem(client.post("/v1/notes", headers={**clerk, **JSON}), 422, "invalid-request")
    assert [fault["pointer"] for fault in document["errors"]] == [""]


@pytest.mark.parametrize("megabytes", [1.1, 10])
def test_a_large_body_is_refused_by_its_announced_length(client: httpx.Client, clerk, megabytes: float) -> None:
    body = json.dumps({"id": "n1", "text": "x" * int(megabytes * 1024 * 1024)}).encode()
    document = problem(client.post("/v1/notes", content=body, headers={**clerk, **JSON}), 413, "too-large")
    assert document["limit_bytes"] == 1024 * 1024


def test_a_large_body_is_refused_while_it_streams(client: httpx.Client, clerk) -> None:
    chunks = (b"x" * 65_536 for _ in range(160))
    problem(client.post("/v1/notes", content=chunks, headers={**clerk, **JSON}), 413, "too-large")


def test_an_address_can_take_more_than_others(sqlite_notes: Database, start, clerk) -> None:
    client = start(sqlite_notes, body_limits={"/v1/imports": 4 * 1024 * 1024})
    body = json.dumps({"id": "n1", "text": "x" * 2 * 1024 * 1024}).encode()
    problem(client.put("/v1/imports/n1", content=body, headers={**clerk, **JSON}), 403, "not-allowed")
    problem(client.post("/v1/notes", content=body, headers={**clerk, **JSON}), 413, "too-large")


def test_unknown_addresses_and_methods(client: httpx.Client) -> None:
    problem(client.get("/v1/nothing"), 404, "not-found")
    answer = client.patch("/v1/notes/n1")
    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("address", ["/v1/notes/%00", "/v1/notes?cursor=%00", "/v1/notes/n1?known_at=%00"])
def test_nul_characters_in_addresses_are_refused(client: httpx.Client, address: str) -> None:
    problem(client.get(address), 400, "malformed-request")


def test_who_may_not_write_learns_nothing_of_the_record(client: httpx.Client, signing) -> None:
    stranger = signing.bearer("x", {"ods:00W": ["reader"]}, "notes")
    body = {"id": "n1", "text": "x"}
    problem(client.post("/v1/notes", json=body, headers={**stranger, **JSON}), 403, "not-allowed")
    problem(client.post("/v1/notes", json=body, headers=JSON), 401, "unauthenticated")
    bad = {"Authorization": "Bearer forged", **JSON}
    problem(client.post("/v1/notes", json={"wrong": 1}, headers=bad), 401, "unauthenticated")
    problem(client.get("/v1/notes", headers=bad), 401, "unauthenticated")
    problem(client.post("/v1/notes", json=body, headers={**stranger}), 403, "not-allowed")


def test_an_unforeseen_error_tells_the_caller_nothing(client: httpx.Client, caplog) -> None:
    document = problem(client.get("/v1/broken"), 500, "internal")
    assert "secret" not in json.dumps(document)
    assert "ZeroDivisionError" not in json.dumps(document)
    assert "a secret" in caplog.text, "the log has it"


def test_request_ids_are_taken_if_well_formed(client: httpx.Client) -> None:
    assert client.get("/v1/notes", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    for wrong in ("", "a b", "x" * 129, "a\tb"):
        assert client.get("/v1/notes", headers={"X-Request-ID": wrong}).headers["X-Request-ID"] != wrong


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /v1/notes HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"GET /v1/notes/\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/notes?limit=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/notes/%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\nConnection: close\r\n\r\n",
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_bytes_that_are_hardly_http_leave_the_service_alive(client: httpx.Client, raw: bytes) -> None:
    address = urlsplit(str(client.base_url))
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b" 500 " not in answer.split(b"\r\n")[0]
    assert client.get("/health/live").status_code == 200


def test_an_answer_is_not_as_long_as_the_names_a_caller_makes_up(client: httpx.Client, clerk) -> None:
    body = {"id": "n1", "text": "x", "y" * 500_000: 1}
    answer = client.post("/v1/notes", json=body, headers={**clerk, **JSON})
    document = problem(answer, 422, "invalid-request")
    assert document["errors"][0]["type"] == "extra_forbidden"
    assert len(answer.content) < 1000
    answer = client.get(f"/v1/notes?limit={'9' * 20_000}")
    assert len(answer.content) < 1000
