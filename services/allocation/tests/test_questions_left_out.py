"""Questions that run out of time, or whose figures contradict each other: what was found is told, and what was not."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.solver import Live, Status, Unanswered
from concord_allocation.questions.alternatives import alternatives
from concord_allocation.questions.frontier import frontier
from concord_allocation.questions.ranges import ranges
from concord_allocation.questions.regret import regret
from concord_allocation.questions.steps import steps
from concord_allocation.questions.tornado import monte_carlo, tornado
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import (
    Aim,
    AlternativesQuestion,
    FrontierQuestion,
    MonteCarloQuestion,
    QuestionAnswer,
    RangesQuestion,
    RegretQuestion,
    StepsQuestion,
    TornadoQuestion,
)
from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    make_curve,
    make_limit,
    make_line,
    make_problem,
    make_purse,
)

SECONDS = 30.0
BENEFIT, MONEY = Aim(measure="benefit"), Aim(measure="money")

type Stopping = Callable[[int], None]


def problem(**changed: Any) -> Problem:
    return Problem.model_validate(make_problem(**changed))


def ranged() -> Problem:
    curves = [make_curve("rich", (40, 3), (40, 1)), make_curve("poor", (50, 2))]
    curves[1]["segments"][0] |= {"slope_low": 0.5, "slope_high": 3.5}
    return problem(curves=curves, limits=[make_limit("most", {"select": {"lines": ["rich"]}}, at_most=55)])


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Stopping:
    """Lets the solver run so many times more; then its time is up."""
    run = Live.run

    def stop(runs: int) -> None:
        left = [runs]

        def limited(live: Live) -> Status:
            left[0] -= 1
            if left[0] == -1:
                live.last_status = Status.TIME_LIMIT
                return Status.TIME_LIMIT
            return run(live)

        monkeypatch.setattr(Live, "run", limited)

    return stop


KEPT: dict[str, tuple[Callable[[], QuestionAnswer], str]] = {
    "frontier": (
        lambda: frontier(ranged(), FrontierQuestion(first=BENEFIT, second=MONEY, points=9), SECONDS),
        "points",
    ),
    "alternatives": (lambda: alternatives(ranged(), AlternativesQuestion(), SECONDS), "alternatives"),
    "regret": (lambda: regret(ranged(), RegretQuestion(), SECONDS), "states"),
    "ranges": (lambda: ranges(ranged(), RangesQuestion(), SECONDS), "ranges"),
    "steps": (lambda: steps(ranged(), StepsQuestion(limits=["money", "most"]), SECONDS), "steps"),
}


@pytest.mark.parametrize("kind", KEPT)
def test_what_was_found_before_time_ran_out_is_told(kind: str, stopped: Stopping) -> None:
    ask, field = KEPT[kind]
    whole = ask()
    complete = {str(row) for row in getattr(whole, field)}
    runs = whole.solves
    assert whole.complete
    some = 0
    for stop in range(4, runs):
        stopped(stop)
        try:
            found = ask()
        except Unanswered:  # before there was anything, or after the last of it
            continue
        if found.complete:
            continue
        some += 1
        rows = getattr(found, field)
        assert len(rows) < len(complete)
        assert "there was no time" in found.left_out[-1]
        if kind in ("ranges", "steps"):
            assert {str(row) for row in rows} <= complete
    assert some


def test_a_range_is_asked_of_what_there_is() -> None:
    with pytest.raises(InvalidProblem) as refused:
        ranges(problem(), RangesQuestion(limits=["money", "monney", "rich"]), SECONDS)
    assert [(fault.pointer, fault.kind) for fault in refused.value.faults] == [
        ("/limits/1", "unknown-key"),
        ("/limits/2", "unknown-key"),
    ]


def test_a_draw_whose_figures_contradict_each_other_leaves_no_plan() -> None:
    """At its low the purse holds less than what was moved out of it."""
    moved = {
        "key": "move", "from_purse": "money", "to_purse": "other", "service": "a service", "day": "2014-04-01",
        "from_year": YEAR, "recurrent": True, "gbp": 60, "source": "a test",
    }  # fmt: skip
    purse = make_purse("money", 100) | {"provenance": SOURCED | {"low": 10, "high": 150}}
    asked = problem(purses=[purse, make_purse("other", 0)], transfers=[moved])
    (bar,) = tornado(asked, TornadoQuestion(), SECONDS).bars
    assert (bar.at_low, bar.at_high is not None) == (None, True)
    assert "no plan keeps every limit" in tornado(asked, TornadoQuestion(), SECONDS).sentences[0]
    drawn = monte_carlo(asked, MonteCarloQuestion(kinds=["purse amount"], draws=20), SECONDS)
    assert 0 < drawn.without_plan < 20


def test_the_worst_off_may_be_an_aim_of_a_problem_that_gives_some_of_it_up() -> None:
    lines = [make_line("rich", {"money": 60}, "rich"), make_line("poor", {"money": 40}, "poor", place="other")]
    fair = {
        "key": "fair",
        "label": "fair",
        "heads": {"place": 1, "other": 2},
        "raise_least": True,
        "measure": "benefit",
        "per_year": False,
        "source": "a test",
    }
    asked = problem(
        lines=lines,
        equity=[fair],
        objectives=["benefit", "worst_off", "least_movement", "uniqueness"],
        sacrifices={"worst_off": 0.1},
    )
    aim = Aim(measure="worst_off", heads={"place": 1, "other": 1})
    found = frontier(asked, FrontierQuestion(first=BENEFIT, second=aim, points=3), SECONDS)
    assert found.points[-1].second == pytest.approx(100)


def test_two_aims_for_the_worst_off_count_the_same_heads() -> None:
    one, other = (Aim(measure="worst_off", heads={"place": heads}) for heads in (1, 2))
    FrontierQuestion(first=one, second=one)
    with pytest.raises(ValidationError, match="same `heads`"):
        FrontierQuestion(first=one, second=other)
