"""Kept scenarios: asked again years later, found by what a paper quotes, and solved again on another machine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from concord_allocation.kept import read_today
from concord_client.cli import app
from concord_contracts.allocation import EXAMPLE_PROBLEM, Problem
from services.allocation.tests.conftest import STRANGER, Running
from services.allocation.tests.worlds import CCG, COUNCIL

BEFORE_UNITS = json.loads((Path(__file__).parent / "kept_before_units.json").read_text())
"""A problem and its plan as they were kept when a limit without a unit was taken to be in GBP; both digests of then."""

MORE = {"kind": "add_money", "select": {"purses": ["money"]}, "gbp": 10}
SCANS = {"select": {"lines": ["scans"]}, "measure": "activity"}


@pytest.fixture
def kept(alone: Running) -> str:
    """The id of a scenario that holds the old problem."""
    made = alone.scenario()["id"]
    texts = {name: json.dumps(BEFORE_UNITS[name], separators=(",", ":")) for name in ("problem", "outcome")}
    told = texts | {name: BEFORE_UNITS[name] for name in ("problem_digest", "answer_digest")} | {"id": made}
    with alone.app.state.concord.database.engine.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE scenarios SET problem = :problem, outcome = :outcome, problem_digest = :problem_digest, "
                "answer_digest = :answer_digest WHERE id = :id"
            ),
            told,
        )
    return str(made)


def digests_of(answer: dict[str, Any]) -> tuple[str, str]:
    return answer["problem_digest"], answer["digest"]


WAS = BEFORE_UNITS["problem_digest"], BEFORE_UNITS["answer_digest"]


def test_a_scenario_kept_from_before_units_were_checked_answers_as_it_did(alone: Running, kept: str) -> None:
    again = alone.post(f"/v1/scenarios/{kept}/reproduce", {}).json()
    assert again["agrees"], again
    assert (again["problem_again"], again["answer_again"]) == WAS
    problem = alone.get(f"/v1/scenarios/{kept}/problem").json()
    assert problem["unchecked_units"] == ["limits/least", "limits/wish"]
    assert digests_of(alone.post("/v1/solve", {"problem": problem}).json()) == WAS
    assert alone.get(f"/v1/scenarios/{kept}").json()["outcome"]["digest"] == WAS[1]


def test_it_can_be_asked_whatever_it_could_be_asked(alone: Running, kept: str) -> None:
    child = alone.post(f"/v1/scenarios/{kept}/what-if", {"changes": [MORE]})
    assert child.status_code == 201, child.text
    assert child.json()["difference"]["benefit_change"] > 0
    grandchild = alone.post(f"/v1/scenarios/{child.json()['scenario']['id']}/what-if", {"changes": [MORE]})
    assert grandchild.status_code == 201, grandchild.text
    for question in ("questions/ranges", "sharing"):
        answer = alone.post(f"/v1/scenarios/{kept}/{question}", {})
        assert answer.status_code == 200, answer.text
        assert answer.json()["problem_digest"] == WAS[0]
    assert alone.get(f"/v1/scenarios/{kept}/workbook").status_code == 200


def test_what_is_asked_of_it_today_is_held_to_todays_rules(alone: Running, kept: str) -> None:
    limit = {"key": "new", "label": "new", "terms": [SCANS], "at_least": 3, "source": "a test"}
    change = {"kind": "add_limit", "limit": limit | {"unit": "GBP"}}
    refused = alone.post(f"/v1/scenarios/{kept}/what-if", {"changes": [change]})
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/changes/0/limit/unit"]
    plain = alone.post(f"/v1/scenarios/{kept}/what-if", {"changes": [{"kind": "add_limit", "limit": limit}]})
    assert plain.status_code == 201
    assert alone.post("/v1/solve", {"problem": BEFORE_UNITS["problem"]}).status_code == 422


def test_the_kept_text_is_never_touched_and_a_new_one_is_read_as_it_stands() -> None:
    old = json.dumps(BEFORE_UNITS["problem"])
    read = json.loads(read_today(old))
    assert {name: value for name, value in read.items() if name != "unchecked_units"} == BEFORE_UNITS["problem"]
    new = Problem.model_validate(EXAMPLE_PROBLEM).model_dump_json(exclude_none=True)
    assert read_today(new) is new


def test_scenarios_are_found_by_the_digest_that_a_paper_quotes(running: Running) -> None:
    first = running.scenario()
    other = running.scenario(years=["2014-15"])

    def found(digest: str, **who: Any) -> list[str]:
        page = running.get(f"/v1/scenarios?digest={digest}", **who)
        assert page.status_code == 200, page.text
        return [one["id"] for one in page.json()["items"]]

    assert found(first["problem_digest"]) == [first["id"]]
    assert found(other["outcome"]["digest"][:12]) == [other["id"]]
    assert found(first["problem_digest"], body=COUNCIL) == [first["id"]]
    assert found(first["problem_digest"], body=STRANGER, sub="user-9") == []
    assert found("0" * 64) == []
    again = running.scenario()
    assert found(again["problem_digest"]) == [again["id"], first["id"]]
    page = running.get(f"/v1/scenarios?digest={again['problem_digest']}&limit=1")
    assert f"digest={again['problem_digest']}" in page.headers["Link"]
    assert found(other["problem_digest"].upper()) == [other["id"]]
    for wrong in ("", "abc", "0" * 65, "x" * 64):
        refused = running.get(f"/v1/scenarios?digest={wrong}")
        assert refused.status_code == 422, wrong
        assert "8 to 64 hexadecimal digits" in refused.json()["errors"][0]["detail"]


@pytest.fixture
def concord(alone: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """The command line as the group's analyst."""
    monkeypatch.setenv("CONCORD_ALLOCATION_URL", str(alone.http.base_url))
    token = alone.signing.mint("user-1", {CCG: ["commissioner", "analyst"]}, ["allocation"])
    monkeypatch.setenv("CONCORD_TOKEN", token)
    monkeypatch.delenv("CONCORD_ACTING_FOR", raising=False)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_a_scenario_is_solved_elsewhere_and_held_against_its_digest(
    alone: Running, kept: str, concord: Callable[..., Any]
) -> None:
    new = alone.scenario()
    for scenario, digest in ((new["id"], new["outcome"]["digest"]), (kept, WAS[1])):
        written = concord("scenario", scenario, "--problem", "problem.json")
        assert f"concord solve problem.json --expect {digest}" in written.output
        right = concord("solve", "problem.json", "--expect", digest)
        assert right.exit_code == 0, right.output
        assert f"The answer expected, {digest}, came out again." in right.output
        wrong = concord("solve", "problem.json", "--expect", "0" * 64)
        assert wrong.exit_code == 1
        assert f"Another answer than expected: {digest}" in wrong.output
        listed = concord("scenarios", "--digest", digest[:16])
        assert scenario in listed.output
    assert "no scenarios with the digest 00000000" in concord("scenarios", "--digest", "00000000").output
