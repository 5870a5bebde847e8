"""A what-if of a problem that comes with the question: the same as solving it by hand before and after."""

from typing import Any

from concord_contracts.allocation import EXAMPLE_PROBLEM
from services.allocation.tests.conftest import Running

CUT = {"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.9}


def solved(shared: Running, problem: Any) -> Any:
    return shared.post("/v1/solve", {"problem": problem}).json()


def test_it_is_the_problem_solved_before_and_after(shared: Running) -> None:
    answer = shared.post("/v1/what-if", {"problem": EXAMPLE_PROBLEM, "changes": [CUT]})
    assert answer.status_code == 200
    found = answer.json()
    before, after = solved(shared, EXAMPLE_PROBLEM), solved(shared, found["problem"])
    assert (found["base_problem_digest"], found["base_answer_digest"]) == (before["problem_digest"], before["digest"])
    assert found["outcome"]["digest"] == after["digest"] != before["digest"]
    change = after["totals"]["benefit"] - before["totals"]["benefit"]
    assert found["difference"]["benefit_change"] == change < 0
    assert shared.http.get("/v1/scenarios", headers=shared.headers()).json()["items"] == []


def test_without_a_plan_on_one_side_there_is_no_difference(shared: Running) -> None:
    empty = {"kind": "scale_purse", "select": {}, "factor": 0}
    broken = shared.post("/v1/what-if", {"problem": EXAMPLE_PROBLEM, "changes": [empty]}).json()
    assert (broken["outcome"]["outcome"], broken["difference"]) == ("refusal", None)
    mended = {"kind": "add_money", "select": {}, "gbp": 10_000_000}
    back = shared.post("/v1/what-if", {"problem": broken["problem"], "changes": [mended]}).json()
    assert (back["base_status"], back["outcome"]["outcome"], back["difference"]) == ("infeasible", "plan", None)


def test_faults_are_told_where_the_body_has_them(shared: Running) -> None:
    wrong = EXAMPLE_PROBLEM | {"curves": []}
    for body, pointer in (
        ({"problem": EXAMPLE_PROBLEM, "changes": [CUT | {"select": {"purses": ["none"]}}]}, "/changes/0/select"),
        ({"problem": wrong, "changes": [CUT]}, "/problem/lines/0/curve"),
    ):
        answer = shared.post("/v1/what-if", body)
        assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) == (422, "invalid-problem")
        assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"])
