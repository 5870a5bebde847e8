"""The `concord` command against a double that answers in the services' own words: exit codes, words, JSON."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from typer.testing import CliRunner

from concord_client.cli import app
from concord_contracts.allocation import EXAMPLE_PROBLEM
from concord_contracts.registry import Citation, NamedBody, Responsibilities, Responsibility, Statutory

type Exchange = tuple[str, str, dict[str, str], Any]


class Double:
    """Answers every call with the next of `answers`, and keeps what was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.asked: list[Exchange] = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                double.asked.append((self.command, self.path, dict(self.headers.items()), body))
                status, content = double.answers.pop(0)
                payload = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PUT = do_DELETE = _answer

            def log_message(self, *_: Any) -> None:
                """Nothing on standard error."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Double]:
    made = Double()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    for name in ("REGISTRY", "ALLOCATION", "AGREEMENTS"):
        monkeypatch.setenv(f"CONCORD_{name}_URL", made.address)
    for name in ("TOKEN", "TOKEN_FILE", "SIGN_IN", "ACTING_FOR"):
        monkeypatch.delenv(f"CONCORD_{name}", raising=False)
    monkeypatch.setenv("CONCORD_VAR", str(tmp_path / "var"))
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def run(*arguments: str, stdin: str | None = None) -> Any:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def radiotherapy(commissioners: list[NamedBody]) -> dict[str, Any]:
    statutory = Statutory(
        rule="radiotherapy-nhse",
        commissioners=commissioners,
        population_basis="provider",
        procedure_class="radiotherapy",
        citation=Citation(text="SI 2012/2996 Sch 4"),
        valid_from=date(2013, 4, 1),
        valid_to=date(9999, 12, 31),
    )
    cell = Responsibility(
        stage="radiotherapy", pathway="lung", place="ccg-02A", allocation_stage=None, statutory=statutory
    )
    position = {"as_of": date(2014, 1, 15), "known_at": datetime(2026, 1, 1, tzinfo=UTC), "seq": 3}
    return Responsibilities(items=[cell], **position).model_dump(mode="json")


NHS_ENGLAND = NamedBody(id="ods:X24", name="NHS England", kind="nhs_england")


def test_who_names_the_commissioner_and_the_law(double):
    double.answers = [(200, radiotherapy([NHS_ENGLAND]))]
    done = run("who", "radiotherapy", "--as-of", "2014-01-15")
    assert done.exit_code == 0, done.output
    assert "NHS England" in done.output
    assert "SI 2012/2996 Sch 4" in done.output
    assert "as_of=2014-01-15" in double.asked[0][1]


def test_who_says_so_where_nobody_is_named(double):
    double.answers = [(200, radiotherapy([]))]
    assert "no commissioner named nationally" in run("who", "radiotherapy").output


def test_json_is_the_services_own_answer(double):
    double.answers = [(200, radiotherapy([NHS_ENGLAND]))]
    done = run("who", "radiotherapy", "--json")
    assert json.loads(done.output) == radiotherapy([NHS_ENGLAND])


def test_an_answer_cannot_drive_the_terminal(double):
    double.answers = [(200, radiotherapy([NHS_ENGLAND.model_copy(update={"name": "evil\x1b[2Jbody [red]"})]))]
    done = run("who", "radiotherapy")
    assert "\x1b" not in done.output
    assert "[red]" in done.output.replace("\n", "")


def test_a_refusal_is_told_with_every_fault_and_exit_code_1(double):
    problem = {
        "type": "urn:concord:problem:unknown-code",
        "title": "Unknown code",
        "status": 422,
        "detail": "Two codes are not known.",
        "errors": [
            {"parameter": "query:place", "detail": "no place ccg-99Z", "type": "unknown"},
            {"parameter": "query:pathway", "detail": "no pathway lungs", "type": "unknown"},
        ],
    }
    double.answers = [(422, problem)]
    done = run("map", "lungs", "--place", "ccg-99Z")
    assert done.exit_code == 1
    assert "no place ccg-99Z" in done.stderr
    assert "no pathway lungs" in done.stderr
    assert done.stdout == ""


def test_a_failing_service_is_exit_code_5(double):
    double.answers = [(500, {"type": "urn:concord:problem:internal", "title": "Our fault", "status": 500})]
    assert run("who", "radiotherapy").exit_code == 5


def test_a_service_that_is_not_there_is_exit_code_3_and_named(double, monkeypatch):
    monkeypatch.setenv("CONCORD_REGISTRY_URL", "http://127.0.0.1:1")
    done = run("who", "radiotherapy")
    assert done.exit_code == 3
    assert "registry at http://127.0.0.1:1 gave no answer" in done.stderr.replace("\n", " ")


def test_without_signing_in_a_refused_caller_is_told_how(double):
    double.answers = [(401, {"type": "urn:concord:problem:unauthenticated", "title": "Sign in", "status": 401})]
    done = run("agreement", "list")
    assert done.exit_code == 1
    assert "CONCORD_SIGN_IN" in done.stderr


def test_signing_in_on_this_machine_sends_a_token_and_the_body_acted_for(double, monkeypatch):
    run("token", "gina", "ods:02A=commissioner")  # makes the keys
    monkeypatch.setenv("CONCORD_SIGN_IN", "gina ods:02A=commissioner")
    monkeypatch.setenv("CONCORD_ACTING_FOR", "ods:02A")
    double.answers = [(200, radiotherapy([NHS_ENGLAND]))]
    assert run("who", "radiotherapy").exit_code == 0
    headers = double.asked[0][2]
    assert headers["Authorization"].startswith("Bearer ey")
    assert headers["X-Acting-For"] == "ods:02A"


def test_signing_in_with_a_development_key_is_refused_for_another_machine(double, monkeypatch):
    monkeypatch.setenv("CONCORD_SIGN_IN", "gina ods:02A=commissioner")
    monkeypatch.setenv("CONCORD_AGREEMENTS_URL", "https://concord.example")
    done = run("agreement", "list")
    assert done.exit_code == 1
    assert "loopback only" in done.stderr.replace("\n", " ")
    assert double.asked == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["plan", "lung", "--year", "2014-16"], "financial year"),
        (["agreement", "sign", "x", "--for", "y", "--name", "n", "--office", "o", "--digest", "1"], "/digest"),
        (["who", "radiotherapy", "--as-of", "31.12.2014"], "--as-of"),
        (["who", "radiotherapy", "--known-at", "soon"], "--known-at"),
        (["what-if", "x", "/nowhere/changes.json"], "cannot be read"),
        (["what-if", "x"], "--as-proposed"),
        (["token", "gina", "ods:02A"], "body=role"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2_and_says_what_is_wrong(double, arguments, word):
    done = run(*arguments)
    assert done.exit_code == 2
    assert word in done.stderr
    assert double.asked == []


def test_a_document_with_several_faults_names_each(double, tmp_path):
    file = tmp_path / "changes.json"
    file.write_text('{"changes": [{"kind": "transfer", "from_purse": "a"}], "colour": "red"}')
    done = run("what-if", "base", str(file))
    assert done.exit_code == 2
    for pointer in ("/changes/0/transfer/to_purse", "/changes/0/transfer/gbp", "/colour"):
        assert pointer in done.stderr


def test_a_port_base_without_room_for_three_ports_is_refused(double, monkeypatch):
    monkeypatch.setenv("CONCORD_PORT_BASE", "65534")
    assert "65533" in run("who", "radiotherapy").stderr


def test_search_says_why_and_what_became_of_it(double: Double) -> None:
    hit = {"found": "body", "id": "ods:5NR", "name": "Trafford PCT", "kind": "pct", "score": 0.9, "in_being": False}
    hit |= {"valid_from": "2002-04-01", "valid_to": "2013-04-01"}
    hit["match"] = {"by": "name", "text": "Trafford North PCT", "exact": False}
    hit["match"] |= {"valid_from": "2002-04-01", "valid_to": "2006-10-01"}
    hit["successors"] = [{"id": "ods:02A", "name": "NHS Trafford CCG", "kind": "ccg"}]
    when = {"as_of": "2014-01-15", "known_at": "2026-01-01T00:00:00Z", "seq": 3}
    double.answers = [(200, when | {"total": 9, "items": [hit], "postcodes_held": 0, "notes": ["none is held"]})]
    result = run("search", "Traford", "PCT", "--as-of", "2014-01-15")
    shown = " ".join(result.output.split())
    assert result.exit_code == 0
    assert "q=Traford+PCT" in double.asked[0][1]
    for words in ("the first 1 of 9", "2002-04-01 until 2006-10-01", "ended 2013-04-01", "none is held"):
        assert words in shown
    assert run("search").exit_code == 2


@pytest.mark.parametrize("with_people", [False, True])
def test_search_breaks_no_word_of_a_kind(double: Double, with_people: bool) -> None:
    hit = {"found": "body", "id": "ods:01Y", "name": "NHS Tameside and Glossop CCG", "kind": "sub_icb_location"}
    hit |= {"score": 0.9, "in_being": True, "valid_from": "2022-07-01", "valid_to": "9999-12-31"}
    hit["match"] = {"by": "code", "scheme": "ods", "text": "01Y", "exact": True}
    hit["match"] |= {"valid_from": "2013-04-01", "valid_to": "9999-12-31"}
    if with_people:
        hit["contacts"] = [{"role": "commissioning-lead", "vacant": True}]
    when = {"as_of": "2023-01-01", "known_at": "2026-01-01T00:00:00Z", "seq": 3}
    double.answers = [(200, when | {"total": 1, "items": [hit], "postcodes_held": 0, "notes": []})]
    result = run("search", "Glossop", "--as-of", "2023-01-01")
    assert result.exit_code == 0, result.output
    assert "sub icb location " in result.output
    assert "ods:01Y" in result.output
    assert max(map(len, result.output.splitlines())) <= 100


def test_a_matrix_is_headed_by_the_names_of_its_places(double: Double) -> None:
    found = {"as_of": "2023-01-01", "known_at": "2026-01-01T00:00:00Z", "seq": 3, "pathway": "lung"}
    found |= {"pathway_name": "Lung cancer", "places": ["icb-QWO"], "place_names": ["NHS West Yorkshire ICB"]}
    double.answers = [(200, found | {"stages": [], "bodies": [], "cells": [], "legend": []})]
    result = run("matrix", "lung", "--place", "icb-QWO", "--as-of", "2023-01-01")
    assert "Who does what: Lung cancer in NHS West Yorkshire ICB, 2023-01-01" in result.output


def test_who_to_contact_names_people_and_vacancies(double: Double) -> None:
    trafford = {"id": "ods:02A", "name": "NHS Trafford CCG", "kind": "ccg"}
    holders = [{"role": "commissioner", "name": "A. Person", "email": "a@example.nhs.uk"}]
    holders.append({"role": "clinical-cancer-lead", "vacant": True})
    point = {"body": trafford, "capacity": "commissions", "because": "named by s.3", "holders": holders}
    where = {
        "stage": "imaging",
        "stage_name": "Imaging",
        "pathway": "lung",
        "place": "ccg-02A",
        "place_name": "Trafford",
    }
    when = {"as_of": "2014-01-15", "known_at": "2026-01-01T00:00:00Z", "seq": 3}
    double.answers = [(200, when | where | {"points": [point], "notes": []})]
    shown = " ".join(run("who-to-contact", "imaging", "--place", "ccg-02A").output.split())
    assert "NHS Trafford CCG" in shown
    assert "vacant" in shown
    assert "Person" in shown


def test_a_file_that_cannot_be_written_is_a_fault_of_the_command_line(double, tmp_path):
    double.answers = [(200, {})]
    nowhere = tmp_path / "no" / "such.xlsx"
    done = run("data", "template", "lines", "--out", str(nowhere))
    assert done.exit_code == 2
    assert "No such file or directory" in done.output


def test_a_digest_that_is_none_is_a_fault_of_the_command_line_and_asks_nobody(double):
    done = run("retention", "remove", "abc", "--reason", "yearly review")
    assert done.exit_code == 2
    assert "/digest" in done.output
    assert double.asked == []


def test_lists_for_the_bodies_of_a_later_day_are_asked_of_allocation(double, monkeypatch):
    monkeypatch.setenv("CONCORD_REGISTRY_URL", "http://127.0.0.1:1")
    double.answers = [(404, {"type": "urn:concord:problem:not-found", "title": "Not found", "status": 404})]
    assert run("data", "list", "ccg_allocations", "--roll-to", "2018-04-01").exit_code == 1
    assert "roll_to=2018-04-01" in double.asked[0][1]
    refused = run("data", "list", "body_kinds", "--service", "registry", "--roll-to", "2018-04-01")
    assert refused.exit_code == 2
    assert len(double.asked) == 1


LOOSER = {"row": "purse/2014-15/money", "side": "upper", "by": 21.0}
REFUSED: dict[str, Any] = {
    "outcome": "refusal",
    "status": "infeasible",
    "reason": "conflict",
    "words": "No plan keeps every limit.",
    "problem_digest": "0" * 64,
    "digest": "0" * 64,
    "conflict": [],
    "relaxation": [],
    "sentences": [],
    "relaxation_gbp": 20.4,
    "changes": [{"kind": "loosen", "rows": [LOOSER]}],
    "solver": {
        "solver": "HiGHS", "versions": {}, "options": {}, "rows": 1, "columns": 1, "iterations": 1, "seconds": 0.1
    },
}  # fmt: skip


def test_a_problem_is_kept_as_a_scenario_that_says_it_was_stated(double: Double, tmp_path) -> None:
    now = "2014-04-01T00:00:00Z"
    kept = {
        "id": "01a2083e-0201-7365-8f29-103cd6f32145", "title": "Steel", "author": "me", "created_at": now,
        "as_of": "2014-04-01", "known_at": now, "dependencies": [], "problem_digest": "0" * 64, "outcome": REFUSED,
        "stated": True,
    }  # fmt: skip
    double.answers = [(201, kept)]
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(EXAMPLE_PROBLEM))
    done = run("solve", str(file), "--keep", "Steel")
    assert done.exit_code == 4
    assert "stated whole" in done.stdout
    (method, path, headers, body) = double.asked[0]
    assert (method, path, body["title"]) == ("POST", "/v1/scenarios", "Steel")
    assert body["problem"]["title"] == EXAMPLE_PROBLEM["title"]
    assert "Idempotency-Key" in headers


def test_a_refused_problem_is_asked_again_loosened_as_proposed(double: Double, tmp_path) -> None:
    double.answers = [(200, REFUSED)] * 2
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(EXAMPLE_PROBLEM))
    assert run("solve", str(file), "--as-proposed").exit_code == 4
    first, again = (asked[3]["problem"] for asked in double.asked)
    assert (first.get("loosened", []), again["loosened"]) == ([], [LOOSER])


def test_a_what_if_of_a_problem_file_is_asked_with_the_problem_and_not_kept(double, tmp_path):
    problem, changes = tmp_path / "problem.json", tmp_path / "changes.json"
    problem.write_text(json.dumps({"problem": EXAMPLE_PROBLEM}))
    cut = {"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.9}
    changes.write_text(json.dumps({"changes": [cut]}))
    double.answers = [(422, {"type": "urn:concord:problem:invalid-problem", "title": "No", "status": 422})]
    assert run("what-if", str(problem), str(changes)).exit_code == 1
    (method, path, headers, body) = double.asked[0]
    assert (method, path) == ("POST", "/v1/what-if")
    assert "Idempotency-Key" not in headers
    assert (body["problem"]["title"], body["changes"][0]["factor"]) == (EXAMPLE_PROBLEM["title"], 0.9)
    changes.write_text(json.dumps({"title": "kept?", "changes": [cut]}))
    assert run("what-if", str(problem), str(changes)).exit_code == 2
    assert len(double.asked) == 1


@pytest.mark.parametrize("name", ["answer.xls", "no/such/folder.xlsx", "."])
def test_a_workbook_that_cannot_be_written_is_told_before_anything_is_asked(double, tmp_path, name):
    told = run("ask", "tornado", "some-scenario", "--xlsx", str(tmp_path / name))
    assert told.exit_code == 2
    assert not double.asked


def test_two_forms_of_what_is_worked_out_for_one_are_refused(double, tmp_path):
    told = run("ask", "tornado", "some-scenario", "--json", "--xlsx", str(tmp_path / "new.xlsx"))
    assert told.exit_code == 2
    assert not double.asked
