"""Properties of problems with later parts: proven, checked, the same in any order, never worse for a looser limit."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.core.results import Answer
from concord_allocation.core.results_of_refusals import Refusal
from services.allocation.tests.core.generated_parts import later_problems
from services.allocation.tests.core.problems import outcome

often = settings(max_examples=30, deadline=None, derandomize=True, database=None)
seldom = settings(max_examples=15, deadline=None, derandomize=True, database=None)

UNFIT = ("conflict", "statutory_conflict", "no_whole_pound_plan")


@often
@given(later_problems())
def test_an_answer_is_checked_and_proven_by_what_knows_no_solver(problem: dict[str, Any]) -> None:
    found = outcome(problem, prices=False)
    if isinstance(found, Refusal):
        assert found.reason in UNFIT, found.words
        return
    assert found.check.passed
    assert found.status == "optimal"
    assert found.check.gap == pytest.approx(0, abs=1e-6)
    assert sum(cell.gbp for cell in found.cells) == found.totals.spend_gbp == sum(row.gbp for row in found.splits.payer)
    assert all(one.loss <= 1e-8 for one in found.objectives)


@seldom
@given(later_problems(), st.randoms(use_true_random=False))
def test_the_order_of_parts_changes_nothing(problem: dict[str, Any], random: Any) -> None:
    shuffled = copy.deepcopy(problem)
    for part in shuffled.values():
        if isinstance(part, list) and part and isinstance(part[0], dict) and part is not shuffled["years"]:
            random.shuffle(part)
    first, second = outcome(problem, prices=False), outcome(shuffled, prices=False)
    assert type(first) is type(second)
    if isinstance(first, Answer) and isinstance(second, Answer):
        assert first.cells == second.cells
        assert [row.starts for row in first.options] == [row.starts for row in second.options]


@seldom
@given(later_problems(options=False), st.integers(0, 5), st.integers(1, 50))
def test_a_looser_limit_never_makes_the_objectives_worse(problem: dict[str, Any], which: int, by: int) -> None:
    hard = [limit for limit in problem["limits"] if limit.get("hard", True)]
    if not hard:
        return
    looser = copy.deepcopy(problem)
    key = hard[which % len(hard)]["key"]
    for limit in looser["limits"]:
        if limit["key"] == key:
            side = "at_least" if "at_least" in limit else "at_most"
            limit[side] += -by if side == "at_least" else by
    before, after = outcome(problem, prices=False), outcome(looser, prices=False)
    if isinstance(before, Answer) and isinstance(after, Answer):
        for was, now in zip(before.objectives, after.objectives, strict=True):
            sign = -1.0 if was.objective in ("benefit", "worst_off") else 1.0
            change = sign * ((now.best or 0.0) - (was.best or 0.0))
            assert change <= 1e-6 * max(1.0, abs(was.best or 0.0))
            if change < -1e-6 * max(1.0, abs(was.best or 0.0)):
                return
