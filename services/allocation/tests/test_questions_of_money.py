"""Questions of problems whose money does more than pay for lines: left outside, overspent, carried, for options."""

from typing import Any

import numpy as np
import pytest

from concord_allocation import translate
from concord_allocation.questions.alternatives import alternatives
from concord_allocation.questions.draws import Planner
from concord_allocation.questions.frontier import frontier
from concord_allocation.questions.offers import least_change, nobody_worse
from concord_allocation.questions.ranges import ranges
from concord_allocation.questions.regret import regret
from concord_allocation.questions.target import target
from concord_allocation.questions.tornado import monte_carlo, tornado
from concord_contracts.allocation import Answer, Problem
from concord_contracts.allocation.questions import (
    Aim,
    AlternativesQuestion,
    FrontierQuestion,
    LeastChangeQuestion,
    MonteCarloQuestion,
    NobodyWorseQuestion,
    RangesQuestion,
    RegretQuestion,
    TargetQuestion,
    TornadoQuestion,
)
from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    make_curve,
    make_limit,
    make_line,
    make_payer,
    make_problem,
    make_purse,
)

SECONDS = 30.0
NEXT = "2015-16"
BENEFIT = Aim(measure="benefit")


def problem(**changed: Any) -> Problem:
    return Problem.model_validate(make_problem(**changed))


def solved(asked: Problem) -> Answer:
    found = translate.solve(asked)
    assert isinstance(found, Answer)
    return found


def one_line(**changed: Any) -> Problem:
    """GBP 1,000 for one line that buys 0.02 a pound."""
    made = {"lines": [make_line("care", {"money": 900}, "care")], "curves": [make_curve("care", (5_000, 0.02))]}
    return problem(**(made | {"purses": [make_purse("money", 1_000)]} | changed))


DEAR = {"at_most_gbp": 500, "penalty": 0.05, "source": "a test"}
BESIDE = {
    "an overspend that is not worth it": one_line(purses=[make_purse("money", 1_000, overspend=DEAR)]),
    "an overspend that is": one_line(purses=[make_purse("money", 1_000, overspend=DEAR | {"penalty": 0.01})]),
    "money left outside": one_line(
        outside=[{"key": "else", "label": "elsewhere", "slope": 0.03, "provenance": SOURCED}],
        limits=[make_limit("most", {}, at_least=400)],
    ),
    "money left at the end": one_line(
        purses=[make_purse("money", 1_000, carry={"at_most_share": 0.3, "final_year_value": 0.025, "source": "a test"})]
    ),
}


@pytest.mark.parametrize("case", BESIDE)
def test_every_question_maximises_what_the_plan_does(case: str) -> None:
    asked = BESIDE[case]
    totals = solved(asked).totals
    best, elsewhere = totals.benefit + totals.elsewhere_benefit, totals.elsewhere_benefit
    priced = ranges(asked, RangesQuestion(), SECONDS)
    near = alternatives(asked, AlternativesQuestion(sacrifice=0.0), SECONDS)
    robust = regret(asked, RegretQuestion(), SECONDS)
    bars = tornado(asked, TornadoQuestion(), SECONDS)
    drawn = monte_carlo(asked, MonteCarloQuestion(draws=10), SECONDS)
    curve = frontier(asked, FrontierQuestion(first=BENEFIT, second=Aim(measure="movement"), points=3), SECONDS)
    told = {
        "ranges": (priced.benefit, priced.elsewhere_benefit),
        "alternatives": (near.best_benefit, near.elsewhere_benefit),
        "regret": (robust.plan_benefit, robust.elsewhere_benefit),
        "tornado": (bars.benefit, bars.elsewhere_benefit),
        "monte-carlo": (drawn.base_benefit, drawn.elsewhere_benefit),
        "frontier": (curve.points[0].first, curve.points[0].elsewhere_benefit),
    }
    assert told == {kind: pytest.approx((best, elsewhere), abs=1e-6) for kind in told}
    assert near.alternatives[0].least == pytest.approx(totals.spend_gbp, abs=1e-3)  # nothing may be given up
    assert any("of money left outside" in words for words in priced.sentences) is (elsewhere != 0)


def test_nobody_worse_leaves_money_where_it_is_worth_more() -> None:
    asked = one_line(outside=[{"key": "else", "label": "elsewhere", "slope": 0.03, "provenance": SOURCED}])
    found = nobody_worse(asked, NobodyWorseQuestion(), SECONDS)
    assert found.greatest_gain == pytest.approx(0.0, abs=1e-6)
    assert found.elsewhere_benefit == pytest.approx(0.03 * 100)
    assert found.plan is not None
    assert found.plan.elsewhere_benefit == pytest.approx(0.03 * 100)


def two_purses(u: Any, v: Any, **changed: Any) -> Problem:
    """One line that either purse may pay for, 0.01 a pound."""
    made = {"lines": [make_line("care", {}, "care")], "curves": [make_curve("care", (None, 0.01))]}
    return problem(**(made | {"purses": [make_purse("u", u), make_purse("v", v)]} | changed))


@pytest.mark.parametrize(("u", "v"), [(1_000, 10), (10, 1_000), (890, 10), (400, 300)])
def test_a_target_needs_no_more_than_what_is_lacking_in_all(u: int, v: int) -> None:
    asked = two_purses(u, v)
    found = target(asked, TargetQuestion(aim=BENEFIT, at_least=9), SECONDS)
    assert found.budget_gbp == 900
    assert sum(need.more_gbp for need in found.needs) == max(0, 900 - u - v)
    assert all(need.needed_gbp <= max(need.available_gbp, need.available_gbp + need.more_gbp) for need in found.needs)
    assert isinstance(translate.solve(translate.apply(asked, found.changes)), Answer)


def test_a_target_counts_what_is_carried_in_and_what_rules_hold_back() -> None:
    carry = {"at_most_share": 1.0, "source": "a test"}
    years = {"years": [{"key": YEAR}, {"key": NEXT}], "discount_rate": 0.0}
    later = make_limit("later", {}, at_most=0, years=[YEAR])
    carried = one_line(
        **years, purses=[make_purse("money", {YEAR: 600, NEXT: 300}, carry=carry)], limits=[later],
        lines=[make_line("care", {}, "care")],
    )  # fmt: skip
    found = target(carried, TargetQuestion(aim=BENEFIT, at_least=20), SECONDS)
    assert (found.budget_gbp, sum(need.more_gbp for need in found.needs)) == (1_000, 100)
    assert isinstance(translate.solve(translate.apply(carried, found.changes)), Answer)
    surplus = {"key": "surplus", "label": "surplus", "kind": "surplus", "share": 0.2, "source": "a test"}
    held = one_line(business_rules=[surplus])
    found = target(held, TargetQuestion(aim=BENEFIT, at_least=20), SECONDS)
    assert [(need.needed_gbp, need.more_gbp) for need in found.needs] == [(1_250, 250)]
    assert isinstance(translate.solve(translate.apply(held, found.changes)), Answer)


def with_an_option(**changed: Any) -> Problem:
    """Two payers of whom either may pay for care; an option of GBP 30 that is worth it."""
    bought = {
        "key": "a", "name": "option a", "line": "kit", "non_recurrent_gbp": 30, "benefit": 100, "provenance": SOURCED,
    }  # fmt: skip
    made = {
        "purses": [make_purse("one", 100), make_purse("two", 100)],
        "lines": [make_line("kit", {}, None), make_line("care", {"one": 20, "two": 60}, "care")],
        "curves": [make_curve("care", (80, 1))],
        "options": [bought],
    }
    return problem(**(made | changed))


def test_draws_of_a_problem_with_options_move_as_little_as_its_plan() -> None:
    asked = with_an_option(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("one", 100), make_purse("two", 100, "council")],
        mechanisms=[
            {"key": "s75", "kind": "s75_pool", "payers": ["ccg", "council"], "lines": {}, "citation": "s.75"}
        ],
        funds=[
            {
                "key": "pool", "name": "pool", "mechanism": "s75", "source": "a test",
                "contributors": [{"purse": "one"}, {"purse": "two"}],
            }
        ],
        lines=[
            make_line("kit", {}, None),
            make_line("care", {}, "care", reference=[
                {"purse": "one", "gbp": 20}, {"purse": "two", "gbp": 60, "fund": "pool"},
            ]),
        ],
    )  # fmt: skip
    plan, drawn = solved(asked), Planner().plan(asked, SECONDS)
    assert drawn is not None
    assert drawn.lines == pytest.approx({row.line: row.gbp for row in plan.lines}, abs=1e-3)
    assert drawn.payers["council"] == pytest.approx(60)
    assert next(row.gbp for row in plan.splits.payer if row.key == "council") == 60


def test_least_change_names_the_limits_in_the_way_with_options_too() -> None:
    mine = make_limit("mine", {"measure": "benefit"}, at_least=150, per_year=False, unit="QALY")
    offer = [{"year": YEAR, "line": "care", "purse": "one", "gbp": 40}]
    asked = LeastChangeQuestion.model_validate({"offer": offer, "conditions": [mine]})
    found = least_change(with_an_option(), asked, SECONDS)
    assert found.distance_gbp == 40  # the option, and ten pounds more for care
    assert any("mine" in words for words in found.in_the_way)
    assert "whole options" not in found.sentences[0]


@pytest.mark.parametrize("seed", range(8))
def test_nobody_worse_is_a_plan_in_which_nobody_pays_a_pound_more(seed: int) -> None:
    random = np.random.default_rng(seed)
    lines, curves, payers, purses = [], [], [], []
    for k in range(3):
        payers.append(make_payer(f"p{k}"))
        purses.append(make_purse(f"m{k}", int(random.integers(50, 200)), f"p{k}"))
        for j in range(3):
            key = f"l{k}{j}"
            widths = [int(w) for w in random.integers(5, 40, 2)]
            curves.append(make_curve(key, (widths[0], 3 - 0.37 * j), (widths[1], 1 / (j + 2))))
            lines.append(make_line(key, {f"m{k}": int(random.integers(0, 40))}, key, f"p{k}"))
    limits = []
    for k in range(3):
        terms = [{"select": {"lines": [f"l{k}0"]}}, {"select": {"lines": [f"l{k}1"]}, "coefficient": -1.7}]
        limits.append(make_limit(f"share{k}", *terms, at_most=float(random.integers(3, 9)) + 0.31))
    asked = problem(payers=payers, purses=purses, lines=lines, curves=curves, limits=limits)
    if not isinstance(translate.solve(asked), Answer):
        return
    found = nobody_worse(asked, NobodyWorseQuestion(gainers=["p0"]), SECONDS)
    assert found.plan is not None
    assert all(row.spend_after_gbp <= row.spend_before_gbp for row in found.payers)
    assert not any("GBP -" in words or ": -" in words for words in found.sentences)


@pytest.mark.parametrize("seed", range(4))
def test_where_alternatives_stand_now_is_read_from_the_plan(seed: int) -> None:
    random = np.random.default_rng(seed)
    asked = problem(
        purses=[make_purse("money", 100), make_purse("other", 60)],
        lines=[make_line("rich", {"money": 60}, "rich"), make_line("poor", {"money": 40}, "poor")],
        limits=[make_limit("third", {"select": {"lines": ["rich"]}}, at_most=20 + float(random.integers(0, 40)) / 3)],
    )
    plan = solved(asked)
    found = alternatives(asked, AlternativesQuestion(), SECONDS)
    now = {row.words: row.now for row in found.alternatives}
    assert now["What Body ccg pays"] == plan.totals.spend_gbp
    stages = {row.key: row.gbp for row in plan.splits.stage}
    assert {stage: now[f"Spend on {stage}"] for stage in stages} == stages
