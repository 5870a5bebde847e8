"""Scenarios over HTTP: built from figures, map and agreements; kept; asked what-if."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from concord_contracts.allocation import Problem, Scenario, WhatIfResult
from concord_contracts.registry import Mandate
from services.allocation.tests.conftest import STRANGER, Running, scenario_request
from services.allocation.tests.worlds import CCG, COUNCIL, NHSE, make_mechanism

CUT = {"kind": "scale_purse", "select": {"purses": ["council-grant"]}, "factor": 0.938}
IMPOSSIBLE = {
    "kind": "add_limit",
    "limit": {
        "key": "too-much",
        "label": "Imaging keeps GBP 5m",
        "terms": [{"select": {"stages": ["imaging"]}}],
        "at_least": 5_000_000,
        "source": "test",
    },
}


def pounds(scenario: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    return [(cell["year"], cell["line"], cell["purse"], cell["gbp"]) for cell in scenario["outcome"]["cells"]]


def test_a_scenario_is_built_solved_kept_and_read_again(running: Running) -> None:
    made = running.scenario()
    assert made["outcome"]["outcome"] == "plan"
    assert made["outcome"]["check"]["passed"]
    assert Scenario.model_validate(made).author == "user-1"
    assert "Imaging" in {row["name"] for row in made["outcome"]["splits"]["stage"]}
    read = running.get(f"/v1/scenarios/{made['id']}")
    assert read.status_code == 200
    assert read.json() == made


def test_it_says_at_which_positions_it_was_built(running: Running) -> None:
    made = running.scenario()
    positions = {one["service"]: one for one in made["dependencies"]}
    assert positions["registry"]["seq"] == 41
    assert positions["registry"]["known_at"] == "2014-01-10T12:00:00Z"
    assert positions["agreements"]["known_at"] == "2014-01-10T12:00:00Z"
    assert positions["allocation"]["seq"] == 1
    assert made["as_of"] == "2014-04-01"


def test_the_map_is_read_on_the_day_asked_and_agreements_in_each_planning_year(alone: Running) -> None:
    alone.scenario(as_of="2014-06-30")
    assert {one.query["as_of"][0] for one in alone.registry.asked if one.path == "/v1/places"} == {"2014-06-30"}
    days = [one.query["as_of"][0] for one in alone.agreements.asked if one.path == "/v1/mechanisms"]
    assert days == ["2014-06-30", "2015-04-01"]


def test_the_users_token_goes_along_on_reads(alone: Running) -> None:
    alone.scenario()
    (first, *_) = [one for one in alone.agreements.asked if one.path == "/v1/mechanisms"]
    assert (first.authorization or "").startswith("Bearer ")
    assert first.acting_for == CCG


def test_all_pages_of_the_map_are_read_at_one_position(alone: Running) -> None:
    alone.registry.page = 2
    made = alone.scenario()
    pages = [one for one in alone.registry.asked if one.path == "/v1/responsibilities"]
    assert len(pages) == 3
    assert {page.query["known_at"][0] for page in pages} == {"2014-01-10T12:00:00+00:00"}
    assert len({cell["line"] for cell in made["outcome"]["cells"]}) == 6


def test_a_known_at_after_anothers_head_is_asked_at_that_head(alone: Running) -> None:
    head = alone.get("/v1/reference/sources").json()["known_at"]
    made = alone.scenario(known_at=head)
    assert made["dependencies"][0]["known_at"] == "2014-01-10T12:00:00Z"


def test_the_same_question_twice_gives_the_same_digests_and_pounds(alone: Running) -> None:
    first, second = alone.scenario(), alone.scenario()
    assert first["id"] != second["id"]
    assert first["problem_digest"] == second["problem_digest"]
    assert first["outcome"]["digest"] == second["outcome"]["digest"]
    assert pounds(first) == pounds(second)


def test_the_stored_problem_gives_the_same_answer_to_anybody(alone: Running) -> None:
    made = alone.scenario()
    problem = alone.get(f"/v1/scenarios/{made['id']}/problem").json()
    Problem.model_validate(problem)
    solved = alone.post("/v1/solve", {"problem": problem}).json()
    assert solved["digest"] == made["outcome"]["digest"]
    assert solved["problem_digest"] == made["problem_digest"]


def test_a_what_if_is_kept_with_its_difference(running: Running) -> None:
    base = running.scenario()
    answer = running.post(f"/v1/scenarios/{base['id']}/what-if", {"changes": [CUT], "title": "Cut"})
    assert answer.status_code == 201, answer.text
    result = WhatIfResult.model_validate(answer.json())
    assert result.base == result.scenario.parent == base["id"]
    assert result.difference is not None
    cut = {row.key: row.change_gbp for row in result.difference.payers if row.year == "2014-15"}
    assert cut[COUNCIL] == -24_800
    assert result.difference.benefit_change < 0
    read = running.get(f"/v1/scenarios/{result.scenario.id}/difference").json()
    assert read == answer.json()["difference"]
    kept = running.get(f"/v1/scenarios/{result.scenario.id}").json()
    assert kept["changes"][0]["factor"] == 0.938
    assert kept["dependencies"] == base["dependencies"]


def test_a_partner_leaves_the_pool_and_the_answer_says_what_remains(alone: Running) -> None:
    alone.agreements.mechanisms = [make_mechanism()]
    base = alone.scenario()
    answer = alone.post(f"/v1/scenarios/{base['id']}/what-if", {"changes": [{"kind": "leave_pool", "payer": CCG}]})
    assert answer.status_code == 201, answer.text
    difference = answer.json()["difference"]
    told = [sentence["words"] for sentence in difference["sentences"] if sentence["about"] == "change"]
    put = sum(row["gbp"] for row in base["outcome"]["contributions"] if row["payer"] == CCG)
    assert put >= 20_000
    assert f"takes along GBP {put:,}; GBP 0 remains in it" in told[0]
    assert "that it helped to pay for lost" in told[1]
    read = alone.get(f"/v1/scenarios/{answer.json()['scenario']['id']}/difference")
    assert read.json() == difference


def test_a_fault_in_what_a_new_payer_brings_is_told_at_its_place(alone: Running) -> None:
    purse = {"key": "gift", "name": "gift", "owner": "charity", "amount_gbp": {"1999-00": 5}}
    payer = {"kind": "new_payer", "payer": {"key": "charity", "name": "A charity"}}
    change = payer | {
        "purses": [purse | {"provenance": {"basis": "assumption", "note": "a promise"}}],
        "responsible_for": {"select": {"stages": ["imaging"]}, "citation": "a deed"},
    }
    answer = alone.post(f"/v1/scenarios/{alone.scenario()['id']}/what-if", {"changes": [CUT, change]})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/changes/1/purses/0/amount_gbp/1999-00"]


def test_an_impossible_what_if_is_an_answer_with_the_conflict_and_a_way_out(alone: Running) -> None:
    base = alone.scenario()
    answer = alone.post(f"/v1/scenarios/{base['id']}/what-if", {"changes": [IMPOSSIBLE]})
    assert answer.status_code == 201
    outcome = answer.json()["scenario"]["outcome"]
    assert outcome["outcome"] == "refusal"
    assert "too-much" in {member["limit"] for member in outcome["conflict"]}
    assert outcome["relaxation_gbp"] > 0
    assert answer.json()["difference"] is None
    gone = alone.get(f"/v1/scenarios/{answer.json()['scenario']['id']}/difference")
    assert (gone.status_code, gone.json()["type"]) == (409, "urn:concord:problem:no-difference")


def test_a_refusal_is_sent_back_as_a_what_if_and_gives_a_plan(alone: Running) -> None:
    refused = alone.post("/v1/scenarios", scenario_request(limits=[IMPOSSIBLE["limit"]])).json()
    found = refused["outcome"]
    assert sum(row["weighted_gbp"] for row in found["relaxation_by_payer"]) == pytest.approx(found["relaxation_gbp"])
    assert {row["payer"] for row in found["relaxation_by_payer"]} <= {CCG, COUNCIL, NHSE, None}
    answer = alone.post(f"/v1/scenarios/{refused['id']}/what-if", {"changes": found["changes"]})
    assert answer.status_code == 201, answer.text
    plan = answer.json()["scenario"]["outcome"]
    assert plan["outcome"] == "plan"
    assert plan["check"]["passed"]


def test_an_impossible_scenario_is_an_answer_too(alone: Running) -> None:
    answer = alone.post("/v1/scenarios", scenario_request(limits=[IMPOSSIBLE["limit"]]))
    assert answer.status_code == 201
    assert answer.json()["outcome"]["status"] == "infeasible"


def test_an_agreement_in_force_lets_the_partner_pay_and_no_other(alone: Running) -> None:
    alone.agreements.mechanisms = [make_mechanism()]
    made = alone.scenario()
    paid = [cell for cell in made["outcome"]["cells"] if cell["payer"] == CCG and cell["stage"] == "prevention"]
    assert {cell["year"] for cell in paid if cell["gbp"]} == {"2014-15"}
    assert sum(cell["gbp"] for cell in paid) >= 20_000
    assert all(cell["fund"] for cell in paid)
    assert "NHS Act 2006 s.75" in paid[0]["because"]


def test_a_repeat_with_its_key_answers_the_same_scenario(running: Running) -> None:
    headers = running.headers()
    first = running.http.post("/v1/scenarios", json=scenario_request(), headers=headers)
    again = running.http.post("/v1/scenarios", json=scenario_request(), headers=headers)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = running.http.post("/v1/scenarios", json=scenario_request(title="Other"), headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:concord:problem:idempotency-key-reused")


def test_racing_repeats_have_one_effect_and_are_solved_once(running: Running) -> None:
    headers = running.headers()

    def ask(_: int) -> str:
        answer = running.http.post("/v1/scenarios", json=scenario_request(), headers=headers)
        assert answer.status_code == 201, answer.text
        scenario: str = answer.json()["id"]
        return scenario

    with ThreadPoolExecutor(12) as threads:
        ids = set(threads.map(ask, range(24)))
    assert len(ids) == 1
    assert len(running.get("/v1/scenarios").json()["items"]) == 1
    metrics = running.http.get("/metrics").text
    assert 'allocation_runs_total{outcome="optimal",question="scenario"} 1.0' in metrics


def test_lists_are_paged_newest_first(alone: Running) -> None:
    base = alone.scenario()
    asked = [
        alone.post(f"/v1/scenarios/{base['id']}/what-if", {"changes": [CUT], "title": f"Cut {number}"}).json()
        for number in range(3)
    ]
    first = alone.get("/v1/scenarios?limit=3")
    assert [one["title"] for one in first.json()["items"]] == ["Cut 2", "Cut 1", "Cut 0"]
    assert 'rel="next"' in first.headers["Link"]
    second = alone.get(f"/v1/scenarios?limit=3&cursor={first.json()['next_cursor']}").json()
    assert [one["id"] for one in second["items"]] == [base["id"]]
    assert second["next_cursor"] is None
    assert asked[0]["base"] == base["id"]


def test_known_at_hides_what_was_recorded_later(running: Running) -> None:
    before = running.get("/v1/scenarios").json()["known_at"]
    made = running.scenario()
    assert running.get(f"/v1/scenarios?known_at={before.replace('+', '%2B')}").json()["items"] == []
    later = running.get(f"/v1/scenarios/{made['id']}?known_at={before.replace('+', '%2B')}")
    assert (later.status_code, later.json()["type"]) == (404, "urn:concord:problem:not-found")


def test_budgets_are_for_those_whose_money_it_is(alone: Running) -> None:
    made = alone.scenario()
    path = f"/v1/scenarios/{made['id']}"
    for body in (CCG, COUNCIL, NHSE):
        assert alone.get(path, body=body, sub="another").status_code == 200
    assert alone.get(path, body="ods:X99", role="auditor", sub="auditor").status_code == 200
    for suffix in ("", "/problem", "/difference"):
        refused = alone.get(path + suffix, body=STRANGER, sub="stranger")
        assert (refused.status_code, refused.json()["type"]) == (404, "urn:concord:problem:not-found")
    assert alone.get("/v1/scenarios", body=STRANGER, sub="stranger").json()["items"] == []
    refused = alone.post(f"{path}/what-if", {"changes": [CUT]}, body=STRANGER, sub="stranger")
    assert refused.status_code == 404


def test_the_author_reads_what_they_asked_even_where_their_body_pays_nothing(alone: Running) -> None:
    answer = alone.post("/v1/scenarios", scenario_request(), body=STRANGER, sub="planner")
    path = f"/v1/scenarios/{answer.json()['id']}"
    assert alone.get(path, body=STRANGER, sub="planner").status_code == 200
    assert alone.get(path, body=STRANGER, sub="somebody-else").status_code == 404
    assert len(alone.get("/v1/scenarios", body=STRANGER, sub="planner").json()["items"]) == 1


def test_a_support_body_acts_by_mandate_only(alone: Running) -> None:
    csu = "ods:0AJ"
    told = {"body": csu, "sub": "csu-analyst", "X-Acting-For": CCG}
    assert alone.post("/v1/scenarios", scenario_request(), **told).status_code == 403
    alone.registry.mandates = [
        Mandate(holder=csu, body=CCG, actions=["scenarios.*"], valid_from=date(2013, 4, 1), valid_to=date(9999, 12, 31))
    ]
    made = alone.post("/v1/scenarios", scenario_request(), **told)
    assert made.status_code == 201
    assert made.json()["acting_for"] == CCG
    assert alone.get(f"/v1/scenarios/{made.json()['id']}", **told).status_code == 200


def test_a_scenario_that_is_not_there(alone: Running) -> None:
    for path in (f"/v1/scenarios/{uuid4()}", f"/v1/scenarios/{uuid4()}/problem"):
        assert alone.get(path).json()["type"] == "urn:concord:problem:not-found"
    assert alone.get("/v1/scenarios/not-an-id").status_code == 422


def test_an_unchanged_scenario_is_not_sent_twice(alone: Running) -> None:
    made = alone.scenario()
    path = f"/v1/scenarios/{made['id']}"
    tag = alone.get(path).headers["ETag"]
    again = alone.http.get(path, headers=alone.headers() | {"If-None-Match": tag})
    assert again.status_code == 304
