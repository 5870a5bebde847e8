"""Properties of every answer (allocation model, section 5), on random small problems."""

import copy
import random
from typing import Any

import numpy as np
import pulp
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from concord_allocation.core.matrix import compile_matrix, to_pulp
from concord_allocation.core.plans import unrounded_cells
from concord_allocation.core.results import Answer
from concord_allocation.core.results_of_refusals import Refusal
from concord_allocation.core.solver import Live, Status
from concord_allocation.core.stages import optimise
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.problems import make_payer, make_purse, outcome, tables

often = settings(max_examples=30, deadline=None, derandomize=True, database=None)
seldom = settings(max_examples=12, deadline=None, derandomize=True, database=None)


def plan_of(problem: dict[str, Any], **options: Any) -> Answer:
    found = outcome(problem, **options)
    assume(isinstance(found, Answer))
    assert isinstance(found, Answer)
    return found


@often
@given(problems())
def test_an_answer_adds_up_and_is_proven_by_the_independent_check(problem: dict[str, Any]) -> None:
    found = outcome(problem)
    if isinstance(found, Refusal):
        assert found.reason in ("conflict", "no_whole_pound_plan")
        return
    assert found.check.passed
    assert found.status == "optimal"
    assert abs(found.check.gap) <= 1e-9
    assert all(result.loss <= 1e-9 for result in found.objectives)
    for rows in (
        found.splits.payer,
        found.splits.purse,
        found.splits.pathway,
        found.splits.stage,
        found.splits.place,
        found.splits.year,
    ):
        assert sum(row.gbp for row in rows) == found.totals.spend_gbp
    assert sum(row.gbp for row in found.lines) == found.totals.spend_gbp
    assert sum(row.benefit for row in found.lines) == pytest.approx(found.totals.benefit, abs=1e-9)
    assert all(row.gbp <= (row.available_gbp or 0) for row in found.splits.purse)


@often
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_input_changes_nothing(problem: dict[str, Any], shuffler: random.Random) -> None:
    shuffled = copy.deepcopy(problem)
    for part in ("payers", "purses", "lines", "curves", "mechanisms", "funds", "limits", "pace_of_change"):
        shuffler.shuffle(shuffled.get(part, []))
    first, second = outcome(problem, prices=False), outcome(shuffled, prices=False)
    assert type(first) is type(second)
    if isinstance(first, Answer) and isinstance(second, Answer):
        assert first.cells == second.cells
        assert first.totals == second.totals
    elif isinstance(first, Refusal) and isinstance(second, Refusal):
        assert first.conflict == second.conflict
        assert first.relaxation == second.relaxation


@seldom
@given(problems(), problems())
def test_a_question_has_the_same_answer_after_other_questions(problem: dict[str, Any], other: dict[str, Any]) -> None:
    before = outcome(problem, prices=False)
    outcome(other)
    after = outcome(problem)
    assert type(before) is type(after)
    if isinstance(before, Answer) and isinstance(after, Answer):
        assert before.cells == after.cells


@often
@given(problems(), st.data())
def test_loosening_a_limit_never_makes_the_objectives_worse_in_order(
    problem: dict[str, Any], data: st.DataObject
) -> None:
    looser = copy.deepcopy(problem)
    assume(looser["limits"])
    limit = data.draw(st.sampled_from(looser["limits"]))
    for side, way in (("at_most", 1), ("at_least", -1)):
        if side in limit:
            limit[side] += way * data.draw(st.integers(0, 200))
    before, after = plan_of(problem, prices=False), outcome(looser, prices=False)
    assert isinstance(after, Answer)
    gained = after.objectives[0].value - before.objectives[0].value
    noise = 1e-9 * max(1.0, abs(before.objectives[0].value))
    assert gained >= -noise
    if gained <= noise:
        moved = after.objectives[1].value - before.objectives[1].value
        assert moved <= 1e-6 * max(1.0, before.objectives[1].value)


@seldom
@given(problems())
def test_ten_times_the_money_at_a_tenth_of_the_slope_is_ten_times_the_plan(problem: dict[str, Any]) -> None:
    """From a problem in tens of pounds, so that a share of a baseline is a whole pound at either scale."""
    in_tens = _tenfold(problem)
    assert_multiple(_unrounded(in_tens), _unrounded(_tenfold(in_tens)), 10)


def _tenfold(problem: dict[str, Any]) -> dict[str, Any]:
    tenfold = copy.deepcopy(problem)
    for purse in tenfold["purses"]:
        purse["amount_gbp"] = {year: 10 * gbp for year, gbp in purse["amount_gbp"].items()}
    for line in tenfold["lines"]:
        for payment in line["reference"]:
            payment["gbp"] *= 10
        for mode in line["modes"]:
            mode["unit_cost_gbp"] *= 10
    for curve in tenfold["curves"]:
        for segment in curve["segments"]:
            segment["width_gbp"] *= 10
            segment["slope"] /= 10
    for limit in tenfold["limits"]:
        for side in ("at_least", "at_most"):
            if side in limit:
                limit[side] *= 10
    for fund in tenfold["funds"]:
        for contribution in fund["contributors"]:
            if "at_most_gbp" in contribution:
                contribution["at_most_gbp"] *= 10
    return tenfold


def _unrounded(problem: dict[str, Any]) -> np.ndarray[Any, Any] | None:
    live = Live(compile_matrix(tables(problem)))
    return unrounded_cells(live.matrix, optimise(live).values) if live.first_status == Status.OPTIMAL else None


def assert_multiple(once: Any, times: Any, factor: int) -> None:
    assert (once is None) == (times is None)
    if once is not None:
        np.testing.assert_allclose(times, factor * once, rtol=1e-6, atol=1e-6 * factor)


@seldom
@given(problems(), st.integers(1, 900))
def test_money_of_a_payer_without_rights_changes_nothing(problem: dict[str, Any], gbp: int) -> None:
    more = copy.deepcopy(problem)
    more["payers"].append(make_payer("bystander"))
    more["purses"].append(make_purse("useless", gbp, owner="bystander"))
    before, after = plan_of(problem, prices=False), plan_of(more, prices=False)
    assert [c for c in after.cells if c.gbp] == [c for c in before.cells if c.gbp]


@often
@given(problems())
def test_the_arrays_handed_over_are_the_pulp_problem(problem: dict[str, Any]) -> None:
    matrix = compile_matrix(tables(problem))
    live = Live(matrix)
    independent = to_pulp(matrix)
    stats = independent.solve(pulp.HiGHS(msg=False, threads=1))
    if live.first_status == Status.OPTIMAL:
        assert stats.objective == pytest.approx(live.highs.getObjectiveValue(), abs=1e-9)
        assert [v.name for v in independent.exported_variables()] == [v.name for v in independent.variables()]
    else:
        assert not stats.has_solution
