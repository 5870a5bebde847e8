"""The smallest budget is found to the pound or proved not to be, however far it lies beyond the money there is."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.questions.asking import Refused
from concord_allocation.questions.target import MOST_GBP, target
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import Aim, TargetAnswer, TargetQuestion
from services.allocation.tests.core.problems import (
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_problem,
    make_purse,
    spend_on,
)

BENEFIT = Aim(measure="benefit")
SPEND = Aim(measure="spend")


def asked(aim: Aim, at_least: float, **changed: Any) -> TargetAnswer:
    problem = Problem.model_validate(make_problem(**changed))
    return target(problem, TargetQuestion(aim=aim, at_least=at_least), 30.0)


def thin(width: int) -> list[dict[str, Any]]:
    """GBP 90 buy 220, and each further pound a thousandth, `width` times; the purse holds GBP 100."""
    return [make_curve("rich", (40, 3), (width, 0.001)), make_curve("poor", (50, 2))]


@pytest.mark.parametrize("more", [900, 10**6, 10**9, 10**11, 9 * 10**11])
def test_to_the_pound_far_beyond_ten_times_the_money(more: int) -> None:
    found = asked(BENEFIT, 220 + more * 0.001, curves=thin(10**12))
    assert found.budget_gbp == 90 + more
    assert found.proven
    assert found.best_with_one_pound_less == pytest.approx(220 + (more - 1) * 0.001, abs=2e-4)
    assert found.plan is not None
    assert found.plan.benefit >= 220 + more * 0.001 - 1e-5
    assert [need.needed_gbp for need in found.needs] == [90 + more]


def test_more_than_a_purse_can_be_said_to_hold_is_told_without_a_plan() -> None:
    found = asked(BENEFIT, 220 + 1e9, curves=thin(10**12))
    assert found.budget_gbp == 90 + MOST_GBP
    assert (found.plan, found.changes) == (None, [])
    assert f"a purse can be said to hold GBP {MOST_GBP:,} at most" in found.sentences[-1]


def test_what_no_money_reaches_is_proved_and_says_how_far_it_goes() -> None:
    found = asked(BENEFIT, 1220.001, curves=thin(10**6))
    assert (found.budget_gbp, found.proven, found.greatest) == (None, True, pytest.approx(1220))
    assert "however much they hold, at most 1,220 QALY" in found.sentences[0]
    reached = asked(BENEFIT, 1220, curves=thin(10**6))
    assert reached.budget_gbp == 10**6 + 90


def test_a_limit_in_the_way_is_no_lack_of_money() -> None:
    found = asked(SPEND, 1001, limits=[make_limit("cap", {}, at_most=1000)])
    assert (found.budget_gbp, found.greatest, found.proven) == (None, 1000, True)
    clash = [make_limit("cap", spend_on("rich"), at_most=10), make_limit("floor", spend_on("rich"), at_least=11)]
    with pytest.raises(Refused) as refused:
        asked(SPEND, 5, limits=clash)
    assert {member.limit for member in refused.value.refusal.conflict} == {"cap", "floor"}


def test_what_has_no_end_is_reached_by_as_much_money() -> None:
    found = asked(SPEND, 10**11)
    assert (found.budget_gbp, found.greatest, found.proven) == (10**11, None, True)


def test_where_the_solver_cannot_tell_the_answer_does_not_say_it_can() -> None:
    """A pound on `rich` brings a billionth, without end: a thousand billion pounds would do, the solver sees none."""
    found = asked(BENEFIT, 1000, curves=[make_curve("rich", (None, 1e-9)), make_curve("poor", (50, 2))])
    assert not found.proven
    assert "not proven" in found.sentences[-1]


STRETCHES = st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**4)), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(STRETCHES, STRETCHES, st.floats(0.01, 1))
def test_agrees_with_filling_the_steepest_stretches_first(
    one: list[tuple[int, int]], other: list[tuple[int, int]], part: float
) -> None:
    curves = []
    for key, stretches in (("rich", one), ("poor", other)):
        steps = sorted(stretches, key=lambda stretch: -stretch[1])
        curves.append(make_curve(key, *((width, slope / 1000) for width, slope in steps)))
    steepest = sorted(((slope / 1000, width) for width, slope in (*one, *other)), reverse=True)
    wanted = round(part * sum(slope * width for slope, width in steepest), 3)
    spent, left = 0.0, wanted
    for slope, width in steepest:
        if left <= slope * width:
            spent += left / slope
            break
        spent, left = spent + width, left - slope * width
    found = asked(BENEFIT, wanted, curves=curves)
    assert found.budget_gbp is not None
    assert spent - 1e-4 <= found.budget_gbp < spent + 1 + 1e-4


def test_a_plan_in_whole_pounds_that_falls_short_says_so() -> None:
    found = asked(BENEFIT, 122.3, curves=[make_curve("rich", (40.5, 3)), make_curve("poor", (50, 2))])
    assert (found.budget_gbp, found.reached) == (41, 120)
    assert found.sentences[-1] == "In whole pounds the plan reaches 120 QALY, 2.3 short."
    assert not any("whole pounds" in words for words in asked(BENEFIT, 120, curves=thin(10)).sentences)


def test_a_basis_that_leads_the_solver_nowhere_is_left() -> None:
    """GBP 1 less than the least has no plan; from the basis before it the solver came to no verdict."""
    years = ("2014-15", "2015-16", "2016-17")

    def modes(*told: tuple[float, float]) -> list[dict[str, Any]]:
        return [make_mode(f"m{k}", cost) | {"benefit": benefit} for k, (cost, benefit) in enumerate(told)]

    found = asked(
        BENEFIT,
        1,
        years=[{"key": year, "cost_index": index} for year, index in zip(years, (1, 1.1, 1.1), strict=True)],
        purses=[make_purse("money", 246)],
        lines=[
            make_line("l0", modes=modes((2.5, 1e-4), (0, 2), (0, 0.5)), fixed_cost_gbp=7),
            make_line("l1", curve="l1", modes=modes((10, 0), (2.5, 2), (0.01, 30))),
            make_line("l2", {"money": 43}, modes=modes((1, 30), (1, 2), (0, 2))),
        ],
        curves=[make_curve("l1", (147, 2))],
        resources=[
            {"key": "res", "name": "R", "unit": "h", "supply": dict(zip(years, (18, 7, 57), strict=True)),
             "uses": [{"per_case": 0.5}], "source": "a test"}
        ],
        limits=[make_limit("lim", spend_on("l0", measure="activity"), at_most=12, unit="cases")],
        savings=[{"key": "s", "label": "s", "lines": ["l0"], "rate": 0.5, "lag": 1, "lasts": 2, "to_purse": "money"}],
    )  # fmt: skip
    assert (found.budget_gbp, found.best_with_one_pound_less, found.proven) == (23, None, True)
