"""Somebody else's problem kept as a scenario: stated whole, asked all that other scenarios are asked, nobody else's."""

import re
from typing import Any

import httpx
import pytest

from concord_contracts.allocation import EXAMPLE_PROBLEM
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.published import transport
from services.allocation.tests.core.test_families_golden import full_document
from services.allocation.tests.test_documents import steel
from services.allocation.tests.test_written_programmes import afiro
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


def as_problem(shared: Running, text: str, form: str = "mps") -> httpx.Response:
    told = shared.headers() | {"Content-Type": "text/plain"}
    return shared.http.post(f"/v1/problems/from-programme?form={form}&title=sent", content=text, headers=told)


@pytest.mark.parametrize(
    ("text", "form", "best"),
    [
        (steel(), "mps", 196_200),
        (afiro(), "mps", -464.75314285714),
        ("Minimize\n o: x + 2 y + 3\nSubject To\n c: x + y >= 2\n d: x - y <= 1\nEnd\n", "lp", 5.5),
        ("Maximize\n o: 3 x - 2 y + 5 b\nSubject To\n c: x + y <= 4\n d: x - y >= -1\n e: x + 3 b <= 5\n"
         "Bounds\n y >= -2\n 1 <= x <= 3.5\nBinary\n b\nEnd\n", "lp", 15),
    ],
)  # fmt: skip
def test_a_programme_read_in_is_a_problem_with_the_same_optimum(
    shared: Running, text: str, form: str, best: float
) -> None:
    problem = as_problem(shared, text, form).json()
    found = shared.post("/v1/solve", {"problem": problem, "prices": False}).json()
    benefit = next(one["best"] for one in found["objectives"] if one["objective"] == "benefit")
    sign, offset = re.search(r"\(objective = (-?)benefit ?(\S*)\)", problem["title"]).groups()  # type: ignore[union-attr]
    assert (-benefit if sign else benefit) + float(offset or 0) == pytest.approx(best, rel=1e-6)
    plain = shared.http.post(
        f"/v1/programmes?form={form}", content=text, headers=shared.headers() | {"Content-Type": "text/plain"}
    ).json()
    assert plain["objective"] == pytest.approx(best, rel=1e-6)


def test_a_programme_is_read_with_names_of_any_length_and_no_more_than_it_says(shared: Running) -> None:
    one, two = "x" * 90 + "1", "x" * 90 + "2"
    text = f"Maximize\n o: 3 {one} + 2 {two} - z\nSubject To\n {one}: {one} + {two} <= 1\nBounds\n z >= -4\n"
    whole = as_problem(shared, f"{text}Binary\n {one}\n {two}\nEnd\n", "lp").json()
    assert [option["name"] for option in whole["options"]] == [one, two]
    plain = as_problem(shared, f"{text}End\n", "lp").json()
    assert [line["name"] for line in plain["lines"]] == [one, two, "z", "z, below 0"]


def test_a_programme_read_in_is_kept_and_its_limits_are_asked_about(shared: Running) -> None:
    """By ranges, by a step, and by taking one away."""
    made = stated(shared, as_problem(shared, steel()).json())
    ask = f"/v1/scenarios/{made['id']}"
    limits = shared.get(f"{ask}/problem").json()["limits"]
    key = next(limit["key"] for limit in limits if limit["key"].startswith("row-"))
    (row,) = shared.post(f"{ask}/questions/ranges", {"limits": [key]}).json()["ranges"]
    assert row["limit"] == key
    stepped = shared.post(f"{ask}/questions/steps", {"limits": [key], "step_units": 1}).json()
    assert stepped["steps"][0]["limit"] == key
    found = shared.post(f"{ask}/what-if", {"changes": [{"kind": "remove_limit", "limit": key}]}).json()
    assert found["difference"]["benefit_unit"] == "objective"


def test_what_no_problem_says_is_refused_by_name(shared: Running) -> None:
    for text, words in (
        ("Maximize\n o: x\nSubject To\n c: x <= 4.5\nGeneral\n x\nEnd\n", "x takes whole numbers beyond 0 and 1"),
        ("Maximize\n o: x\nSubject To\n c: x <= 4.5\nBounds\n 2 <= x <= 3\nSemi-Continuous\n x\nEnd\n", "x is nothing"),
        ("no programme at all", "does not begin with Maximize or Minimize"),
    ):
        answer = as_problem(shared, text, "lp")
        assert answer.status_code == 422, text
        assert words in answer.json()["errors"][0]["detail"]


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
