"""What ring-fences cost in all: held against counting the pounds."""

import pytest

from concord_allocation.core.problem import InvalidProblem
from concord_allocation.questions.asking import Refused
from concord_allocation.questions.fences import ring_fence_costs
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import RingFencesQuestion
from services.allocation.tests.core.problems import make_limit, make_problem, make_purse, spend_on

SECONDS = 30.0
RICH, POOR = [3.0] * 40 + [1.0] * 40, [2.0] * 50


def problem(*purses: dict[str, object], **changed: object) -> Problem:
    return Problem.model_validate(make_problem(purses=list(purses), **changed))


FENCED = problem(make_purse("money", 50), make_purse("grant", 60, scope={"lines": ["poor"]}))


def test_a_ring_fence_costs_what_its_pounds_could_buy_elsewhere() -> None:
    found = ring_fence_costs(FENCED, RingFencesQuestion(), SECONDS)
    shut = sum(RICH[:50]) + sum(POOR)
    free = sum(sorted(RICH + POOR, reverse=True)[:110])
    (row,) = found.fences
    assert found.benefit == pytest.approx(shut)
    assert (row.purse, row.gbp, row.lines_left_out) == ("grant", 60, 1)
    assert row.cost == pytest.approx(free - shut) == pytest.approx(10)
    assert (found.together, found.complete) == (row.cost, True)
    assert found.sentences[0].endswith("(1 line more), the best plan would have 10 QALY more.")


def test_two_fences_at_once_are_not_the_sum_of_each() -> None:
    """Either alone opens one line; both together let the money of both go where it buys most."""
    both = problem(
        make_purse("money", 20, scope={"lines": ["rich"]}), make_purse("grant", 90, scope={"lines": ["poor"]})
    )
    found = ring_fence_costs(both, RingFencesQuestion(), SECONDS)
    costs = {row.purse: row.cost for row in found.fences}
    shut = sum(RICH[:20]) + sum(POOR)
    free = sum(sorted(RICH + POOR, reverse=True)[:110])
    assert costs == {"grant": pytest.approx(free - shut), "money": 0}
    assert found.together == pytest.approx(free - shut)
    assert "A wider scope would bring nothing" in found.sentences[1]


def test_purses_are_chosen_by_name_and_what_is_left_out_is_said() -> None:
    assert ring_fence_costs(FENCED, RingFencesQuestion(purses=["money"]), SECONDS).fences[0].cost == 0
    with pytest.raises(InvalidProblem) as refused:
        ring_fence_costs(FENCED, RingFencesQuestion(purses=["money", "monney"]), SECONDS)
    assert [fault.pointer for fault in refused.value.faults] == ["/purses/1"]
    few = ring_fence_costs(FENCED, RingFencesQuestion(purses=["grant", "money"], most=1), SECONDS)
    assert (len(few.fences), few.complete) == (1, False)
    late = ring_fence_costs(FENCED, RingFencesQuestion(), 0.0)
    assert (late.fences, late.together, late.complete) == ([], None, False)


def test_a_problem_without_a_plan_is_answered_with_its_refusal() -> None:
    unmet = make_limit("most", spend_on("rich"), at_least=500)
    with pytest.raises(Refused):
        ring_fence_costs(problem(make_purse("money", 100), limits=[unmet]), RingFencesQuestion(), SECONDS)
