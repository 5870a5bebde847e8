"""What a stated step brings: held against choosing among all sets of options by hand."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.core.problem import InvalidProblem
from concord_allocation.questions.asking import Refused
from concord_allocation.questions.steps import steps
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import StepPrice, StepsAnswer, StepsQuestion
from services.allocation.tests.core.problems import SOURCED, make_limit, make_problem, make_purse, spend_on

SECONDS = 30.0
PROJECTS = {"a": (60, 10.0), "b": (50, 9.0), "c": (40, 5.0)}


def programme(projects: dict[str, tuple[int, float]], money: int, **changed: Any) -> dict[str, Any]:
    """Options that cost and bring so much, on lines that bring nothing by themselves."""
    made = make_problem(purses=[make_purse("money", money)], **changed)
    made["lines"] = [line | {"curve": None, "reference": []} for line in made["lines"]]
    made["curves"] = []
    made["options"] = [
        {"key": key, "name": f"project {key}", "line": "rich", "non_recurrent_gbp": cost, "benefit": worth,
         "provenance": SOURCED}
        for key, (cost, worth) in projects.items()
    ]  # fmt: skip
    return made


def best_of(projects: dict[str, tuple[int, float]], money: float) -> float:
    sets = itertools.chain.from_iterable(itertools.combinations(projects.values(), n) for n in range(len(projects) + 1))
    return max(sum(worth for _, worth in some) for some in sets if sum(cost for cost, _ in some) <= money)


def asked(problem: dict[str, Any], **question: Any) -> StepsAnswer:
    return steps(Problem.model_validate(problem), StepsQuestion(**question), SECONDS)


def only(found: StepsAnswer) -> StepPrice:
    (row,) = found.steps
    return row


def test_a_step_may_change_the_options_and_held_ones_may_not() -> None:
    """GBP 100 buy a and c; ten pounds more a and b; ten less b and c, and the two that were chosen not at all."""
    found = asked(programme(PROJECTS, 100), step_gbp=10)
    row = only(found)
    assert (found.benefit, found.options) == (pytest.approx(15), ["a", "c"])
    assert (row.limit, row.step, row.back) == ("money", 10, 10)
    assert (row.more, row.less) == (pytest.approx(4), pytest.approx(1))
    assert (row.held_more, row.held_less) == (0, None)
    assert (row.options_more, row.options_less) == (["b", "c"], ["a", "b"])
    assert found.sentences == [
        "Body ccg: purse money holds GBP 100 in 2014-15: GBP 10 looser gains 4 QALY (40,000 QALY per GBP 100,000) with "
        "the options free, project b, project c otherwise then; no QALY with the options as chosen. GBP 10 tighter "
        "loses 1 QALY (10,000 QALY per GBP 100,000) with the options free, project a, project b otherwise then; no "
        "plan is left with the options as chosen."
    ]


costs = st.tuples(st.integers(1, 60), st.integers(1, 30).map(float))


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(st.lists(costs, min_size=1, max_size=5), st.integers(1, 150), st.integers(1, 80))
def test_steps_are_what_the_best_sets_differ_by(found: list[tuple[int, float]], money: int, step: int) -> None:
    projects = dict(zip("abcde", found, strict=False))
    row = only(asked(programme(projects, money), step_gbp=step))
    now = best_of(projects, money)
    assert row.more == pytest.approx(best_of(projects, money + step) - now)
    assert row.less == pytest.approx(now - best_of(projects, money - row.back))
    assert row.back == min(step, money)


def test_without_options_a_step_is_the_curve_itself() -> None:
    """GBP 100 lie at the last pounds of `rich`, which are worth 1 each for ten more; a floor on it binds too."""
    problem = make_problem(limits=[make_limit("floor", spend_on("rich"), at_least=60)])
    found = asked(problem, step_gbp=15)
    rows = {row.limit: row for row in found.steps}
    assert rows["money"].more == rows["money"].held_more == pytest.approx(2 * 10 + 1 * 5)
    assert (rows["money"].less, rows["floor"].more) == (pytest.approx(2 * 15), pytest.approx(10))
    assert "options" not in " ".join(found.sentences)


def test_an_equality_is_moved_either_way() -> None:
    found = asked(make_problem(limits=[make_limit("e", spend_on("rich"), equal=70)]), limits=["e"], step_gbp=10)
    assert (only(found).more, only(found).less) == (pytest.approx(-10), pytest.approx(10))
    assert "GBP 10 less of it changes benefit by 10 QALY" in found.sentences[0]


def test_limits_are_chosen_by_name_and_what_is_left_out_is_said() -> None:
    problem = programme(PROJECTS, 100, limits=[make_limit("cap", spend_on("rich"), at_most=100)])
    assert [row.limit for row in asked(problem, limits=["cap", "money"]).steps] == ["cap", "money"]
    few = asked(problem, limits=["cap", "money"], most=1)
    assert ([row.limit for row in few.steps], few.complete) == (["cap"], False)
    with pytest.raises(InvalidProblem) as refused:
        asked(problem, limits=["cap", "cup"])
    assert [fault.pointer for fault in refused.value.faults] == ["/limits/1"]
    late = steps(Problem.model_validate(problem), StepsQuestion(), 0.0)
    assert (late.steps, late.complete) == ([], False)
    with pytest.raises(Refused):
        asked(make_problem(limits=[make_limit("much", spend_on("rich"), at_least=500)]))
