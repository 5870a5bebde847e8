"""The independent check: it accepts what the optimiser finds and catches a plan tampered with in any family."""

from dataclasses import replace

import pytest

from concord_allocation.core.bound import benefit_bound
from concord_allocation.core.check import Plan, check_plan, check_whole_pounds
from concord_allocation.core.matrix import Matrix, compile_matrix
from concord_allocation.core.plans import plan_of, whole_plan
from concord_allocation.core.rounding import round_plan
from concord_allocation.core.solver import Live
from concord_allocation.core.stages import Optimum, optimise
from concord_allocation.core.verify import multipliers
from services.allocation.tests.core.problems import YEAR, make_problem, tables
from services.allocation.tests.core.test_families_golden import pooled_problem


def solved() -> tuple[Matrix, Optimum, Plan]:
    live = Live(compile_matrix(pooled_problem()))
    optimum = optimise(live)
    return live.matrix, optimum, plan_of(live.matrix, optimum.values)


def with_payment(plan: Plan, line: str, purse: str, fund: str | None, gbp: float) -> Plan:
    place = (YEAR, line, purse, fund)
    return replace(plan, payments={**plan.payments, place: plan.payments.get(place, 0.0) + gbp})


def caught(plan: Plan) -> set[str]:
    result = check_plan(pooled_problem(), plan)
    assert result.passed == (not result.violations)
    return {violation.limit for violation in result.violations}


def test_the_plan_found_passes_unrounded_and_in_whole_pounds() -> None:
    matrix, optimum, plan = solved()
    assert caught(plan) == set()
    whole = round_plan(matrix, optimum.values)
    assert whole is not None
    assert check_whole_pounds(matrix.tables, whole_plan(matrix, optimum.values, whole)).passed


@pytest.mark.parametrize(
    ("line", "purse", "fund", "gbp", "limit"),
    [
        ("ct", "money", None, 5000, f"purse/{YEAR}/money"),
        ("ct", "money", None, 500, f"limit/{YEAR}/floor"),
        ("ct", "money", None, 500, f"limit/{YEAR}/burden"),
        ("ct", "money", None, -500, f"limit/{YEAR}/floor"),
        ("ct", "money", None, 1, f"case/{YEAR}/ct"),
        ("quit", "grant", "pot", 1, f"fund/{YEAR}/pot/grant"),
        ("quit", "grant", None, 300, f"limit/{YEAR}/direct"),
        ("quit", "grant", None, 100, f"pace/{YEAR}/slow/council"),
        ("quit", "grant", None, -1000, "signs"),
        ("quit", "money", None, 1, f"{YEAR}/quit/money/None"),
        ("ct", "grant", None, 1, f"{YEAR}/ct/grant/None"),
        ("ct", "money", "pot", 1, f"{YEAR}/ct/money/pot"),
    ],
)
def test_a_tampered_payment_is_caught(line: str, purse: str, fund: str | None, gbp: float, limit: str) -> None:
    assert limit in caught(with_payment(solved()[2], line, purse, fund, gbp))


def test_tampered_contributions_and_cases_are_caught() -> None:
    plan = solved()[2]
    given = {place: gbp + 100 for place, gbp in plan.contributions.items()}
    assert {f"limit/{YEAR}/pooled", f"contribution/{YEAR}/pot/money"} <= caught(replace(plan, contributions=given))
    less = dict.fromkeys(plan.contributions, 0.0)
    assert f"contribution/{YEAR}/pot/grant" in caught(replace(plan, contributions=less))
    cases = dict.fromkeys(plan.cases, 3.0) | {(YEAR, "ct", "urgent"): 0.0}
    assert f"limit/{YEAR}/scans" in caught(replace(plan, cases=cases))


def test_a_payment_after_the_mechanism_ended_is_caught() -> None:
    plan = solved()[2]
    ended = pooled_problem()
    over = replace(ended, mechanisms=tuple(replace(m, years=(False,)) for m in ended.mechanisms))
    assert any("no rule or mechanism" in v.label for v in check_plan(over, plan).violations)


def test_a_share_that_whole_pounds_miss_is_told_and_not_held_against_the_plan() -> None:
    """Quit spend 0.3 of all: one pound less on one side is a miss that rounding cannot avoid."""
    plan = Plan({(YEAR, "rich", "money", None): 67.0, (YEAR, "poor", "money", None): 33.0}, {}, {})
    problem = tables(
        make_problem(
            limits=[
                {
                    "key": "third",
                    "label": "a third",
                    "terms": [{"select": {"lines": ["poor"]}}, {"coefficient": -1 / 3}],
                    "at_least": 0,
                    "source": "a test",
                }
            ]
        )
    )
    result = check_whole_pounds(problem, plan)
    assert result.passed
    assert [v.limit for v in result.tolerated] == [f"limit/{YEAR}/third"]


def test_wrong_multipliers_loosen_the_bound_and_never_break_it() -> None:
    matrix, optimum, _ = solved()
    best = -optimum.benefit.objective * matrix.benefit_scale
    right = multipliers(matrix, optimum.benefit.dual)
    assert benefit_bound(matrix.tables, right) == pytest.approx(best, rel=1e-9)
    for wrong in ({}, {key: 2 * price for key, price in right.items()}, {key: -price for key, price in right.items()}):
        assert benefit_bound(matrix.tables, wrong) >= best - 1e-9
