"""Cases that are worth something themselves, and cases that cost no money here but staff."""

import random
from typing import Any

import pytest
from scipy.optimize import linprog

from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    answer,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_problem,
    make_purse,
    refusal,
    spend,
)


def clinic(**changed: Any) -> dict[str, Any]:
    """GBP 100 for surgery (GBP 10, worth 3) and advice (free, worth 1), which takes an hour of 20."""
    hours = {"key": "hours", "name": "hours", "unit": "hour", "supply": {YEAR: 20}, "source": "a test"}
    return (
        make_problem(
            purses=[make_purse("money", 100)],
            lines=[
                make_line("surgery", {}, None, modes=[make_mode("case", 10.0) | {"benefit": 3.0}], place="south"),
                make_line("advice", {}, None, modes=[make_mode("call", 0.0) | {"benefit": 1.0}], place="north"),
            ],
            curves=[],
            resources=[hours | {"uses": [{"select": {"lines": ["surgery", "advice"]}, "per_case": 1.0}]}],
        )
        | changed
    )


def test_cases_are_worth_what_they_are_and_the_bound_proves_it() -> None:
    found = answer(clinic())
    assert found.totals.benefit == pytest.approx(10 * 3 + 10 * 1)
    assert found.check.bound == pytest.approx(40)
    assert {row.line: row.benefit for row in found.lines} == pytest.approx({"surgery": 30, "advice": 10})
    assert {row.key: row.benefit for row in found.splits.place} == pytest.approx({"south": 30, "north": 10})
    assert {row.line: row.next_gbp for row in found.lines} == pytest.approx({"surgery": 0.3, "advice": 0})
    assert not [one.words for one in found.sentences if "nothing" in one.words and "advice" in one.words]


def test_the_worth_of_cases_comes_beside_the_curve_of_their_spend() -> None:
    problem = clinic(curves=[make_curve("surgery", (50, 0.2))])
    problem["lines"][0]["curve"] = "surgery"
    assert answer(problem).totals.benefit == pytest.approx(40 + 10)


def test_the_worth_of_cases_counts_in_limits_on_benefit_and_in_fairness() -> None:
    floor = make_limit("north", {"select": {"places": ["north"]}, "measure": "benefit"}, at_least=14, unit="QALY")
    found = answer(clinic(limits=[floor]))
    assert {row.line: row.benefit for row in found.lines} == pytest.approx({"surgery": 18, "advice": 14})
    fair = {
        "key": "fair", "label": "the worst-off place", "measure": "benefit", "per": "place", "raise_least": True,
        "heads": {"north": 1.0, "south": 1.0}, "per_year": False, "source": "a test",
    }  # fmt: skip
    found = answer(clinic(equity=[fair], objectives=["worst_off", "benefit", "uniqueness"]))
    assert {row.line: row.benefit for row in found.lines} == pytest.approx({"surgery": 15, "advice": 15})
    assert "what is asked before benefit costs it at most" in found.sentences[-1].words


def test_a_miss_of_free_cases_counts() -> None:
    problem = clinic(limits=[make_limit("calls", {"select": {"lines": ["advice"]}, "measure": "activity"},
                                        at_least=20, unit="call", hard=False)])  # fmt: skip
    assert spend(answer(problem)) == {"surgery": 0, "advice": 0}


def test_free_cases_without_end_are_refused_in_those_words() -> None:
    found = refusal(clinic(resources=[]))
    assert (found.reason, "cost nothing have no limit" in found.words) == ("unbounded", True)


def test_without_a_split_to_compare_with_none_is_told() -> None:
    told = " ".join(one.words for one in answer(clinic()).sentences)
    assert "reference split" not in told
    assert "GBP 100 of GBP 100 is spent" in told


def test_another_set_of_options_with_the_same_benefit_is_told() -> None:
    options = [
        {"key": key, "name": key, "line": "works", "non_recurrent_gbp": 50, "benefit": worth, "provenance": SOURCED}
        for key, worth in (("a", 5.0), ("b", 5.0), ("c", 5.0), ("d", 1.0))
    ]
    problem = make_problem(lines=[make_line("works", {}, None)], curves=[], options=options)
    found = answer(problem)
    assert found.ties.other_plans_as_good
    chosen = {row.option for row in found.options if row.starts}
    assert len(chosen) == 2
    assert "d" not in found.ties.options
    assert {"a", "b", "c"} - chosen <= set(found.ties.options)
    assert any("Another set of options has the same benefit" in one.words for one in found.sentences)
    only = answer(problem | {"options": options[:2]})
    assert (only.ties.other_plans_as_good, only.ties.options) == (False, ())


def test_a_named_variable_stands_in_a_limit_without_more_words() -> None:
    found = answer(clinic(limits=[make_limit("few", {"column": f"case/{YEAR}/surgery/case"}, at_most=3, unit="case")]))
    assert spend(found)["surgery"] == 30


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e4, 1e7])
@pytest.mark.parametrize("seed", range(3))
def test_another_solver_finds_the_same_at_every_scale_of_costs(seed: int, scale: float) -> None:
    """Costs of a case from nothing to tens of millions beside each other: scipy's linprog, written by hand."""
    chance = random.Random(seed)
    lines = range(chance.randint(3, 6))
    cost = [chance.choice([0.0, round(chance.uniform(0.1, 50), 2) * scale, 2.5]) for _ in lines]
    worth = [round(chance.uniform(0, 10) * chance.choice([1, 1e4, 1e-6]), 9) for _ in lines]
    hours = [[round(chance.uniform(0.1, 9), 2) for _ in lines] for _ in range(2)]
    money = chance.randint(50, 500) * max(1, int(scale))
    named = [make_line(f"l{i}", {}, None, modes=[make_mode("case", cost[i]) | {"benefit": worth[i]}]) for i in lines]
    resources = [
        {"key": f"r{n}", "name": f"r{n}", "unit": "hour", "supply": {YEAR: 200}, "source": "a test",
         "uses": [{"select": {"lines": [f"l{i}"]}, "per_case": each} for i, each in enumerate(takes)]}
        for n, takes in enumerate(hours)
    ]  # fmt: skip
    found = answer(
        make_problem(purses=[make_purse("money", money)], lines=named, curves=[], resources=resources), prices=False
    )
    best = -linprog([-each for each in worth], A_ub=[cost, *hours], b_ub=[money, 200, 200]).fun
    assert found.objectives[0].value == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert found.check.gap == pytest.approx(0, abs=1e-6)


def test_a_tiny_problem_is_short_and_what_it_leaves_out_counts_as_assumed() -> None:
    found = answer(
        {
            "title": "Visits or tests", "years": [{"key": YEAR}], "base_year": YEAR,
            "payers": [{"key": "us", "name": "Us"}],
            "purses": [{"key": "money", "name": "Money", "owner": "us", "amount_gbp": {YEAR: 1000}}],
            "lines": [
                {"key": "visits", "statutory_payer": "us", "unit": "visit",
                 "modes": [{"key": "home", "name": "at home", "unit_cost_gbp": 10, "benefit": 1}]},
                {"key": "tests", "statutory_payer": "us", "curve": "tests"},
            ],
            "curves": [{"key": "tests", "segments": [{"width_gbp": 300, "slope": 0.2}]}],
        }
    )  # fmt: skip
    assert found.totals.benefit == pytest.approx(70 + 60)
    assert found.assumptions.share == 1
