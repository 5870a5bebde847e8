"""Somebody else's problem kept as a scenario: stated whole, asked all that other scenarios are asked, nobody else's."""

from typing import Any

import pytest

from concord_contracts.allocation import EXAMPLE_PROBLEM
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.published import transport
from services.allocation.tests.core.test_families_golden import full_document
from services.allocation.tests.worlds import CCG, COUNCIL

LEAST = 199_500
"""The AMPL book's transport problem at least cost, without the fixed costs of a link."""


def stated(shared: Running, problem: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = shared.post("/v1/scenarios", {"title": "Steel, by rail", "problem": problem} | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_published_problem_is_kept_and_asked_like_any_other(shared: Running) -> None:
    made = stated(shared, transport(), note="AMPL, chapter 4")
    assert (made["stated"], made["freshness"], made["dependencies"]) == (True, None, [])
    assert made["outcome"]["totals"]["spend_gbp"] == LEAST
    text = shared.get(f"/v1/scenarios/{made['id']}/problem").json()
    assert shared.post("/v1/solve", {"problem": text}).json()["digest"] == made["outcome"]["digest"]
    ask = f"/v1/scenarios/{made['id']}"
    route = next(limit["key"] for limit in text["limits"] if limit["key"].startswith("route-"))
    (row,) = shared.post(f"{ask}/questions/ranges", {"limits": [route]}).json()["ranges"]
    assert (row["limit"], row["bound"]) == (route, 625)
    most = max(made["outcome"]["activity"], key=lambda row: row["cases"])
    cap = {"key": "cap", "label": "cap", "terms": [{"select": {"lines": [most["line"]]}, "measure": "activity"}]}
    capped = cap | {"at_most": most["cases"] / 2, "source": "a test"}
    more = shared.post(f"{ask}/what-if", {"changes": [{"kind": "add_limit", "limit": capped}]}).json()
    assert more["difference"]["spend_change_gbp"] >= 0
    now = {row["line"]: row["cases"] for row in more["scenario"]["outcome"]["activity"]}
    assert now[most["line"]] <= most["cases"] / 2
    assert more["scenario"]["stated"]
    found = shared.post(f"{ask}/questions/target", {"aim": {"measure": "activity"}, "at_least": 1}).json()
    assert found["kind"] == "target"
    again = shared.post(f"{ask}/reproduce", {}).json()
    assert again["agrees"]


def test_it_is_for_the_body_that_stated_it_whoever_it_names(shared: Running) -> None:
    """Its payers are names in a document: they are told nothing, and find nothing in their lists."""
    named = {payer["key"] for payer in EXAMPLE_PROBLEM["payers"]}
    assert named
    made = stated(shared, EXAMPLE_PROBLEM)
    mine = shared.get("/v1/scenarios", sub="a-colleague").json()["items"]
    assert [one["stated"] for one in mine if one["id"] == made["id"]] == [True]
    other = shared.get(f"/v1/scenarios/{made['id']}", body=COUNCIL, sub="a-stranger")
    assert other.status_code == 404
    child = shared.post(f"/v1/scenarios/{made['id']}/what-if", {"changes": [CUT]}).json()["scenario"]
    assert shared.get(f"/v1/scenarios/{child['id']}", body=COUNCIL, sub="a-stranger").status_code == 404
    quoted = shared.get(f"/v1/scenarios/{made['id']}/digests").json()
    assert (quoted["stated"], quoted["payers"], quoted["made_for"]) == (True, [CCG], CCG)


CUT = {"kind": "scale_purse", "select": {}, "factor": 0.99}


def test_a_problem_without_a_plan_is_kept_with_its_refusal(shared: Running) -> None:
    unmet = {"key": "much", "label": "much", "terms": [{}], "at_least": 10**9, "source": "a test"}
    made = stated(shared, full_document() | {"limits": [unmet]})
    assert made["outcome"]["outcome"] == "refusal"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"title": "x", "problem": EXAMPLE_PROBLEM | {"curves": []}}, {"/problem/lines/0/curve"}),
        ({"title": "x", "problem": {**EXAMPLE_PROBLEM, "lines": 7}}, {"/problem/lines"}),
        ({"title": "x", "problem": EXAMPLE_PROBLEM, "pathways": ["lung"]}, {"/pathways"}),
        ({"problem": EXAMPLE_PROBLEM}, {"/title"}),
        ({"title": "x"}, {"/pathways", "/places", "/years"}),
    ],
)
def test_faults_are_told_where_the_body_has_them(shared: Running, body: dict[str, Any], pointers: set[str]) -> None:
    answer = shared.post("/v1/scenarios", body)
    assert answer.status_code == 422
    assert pointers <= {error["pointer"] for error in answer.json()["errors"]}
