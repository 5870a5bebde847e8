"""What is asked of the optimiser in a process of its own (`isolation`): JSON in, JSON out.

Every function raises what the question is refused with: InvalidProblem, Unanswered.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from concord_allocation import translate
from concord_allocation.blame import blamed
from concord_allocation.core.phases import Phase
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.questions.asking import Refused, at
from concord_allocation.questions.kinds import kind_of
from concord_allocation.sharing.answer import share as divide
from concord_allocation.sharing.stated import divide_game as divide_stated_game
from concord_allocation.stopwatch import Stopwatch
from concord_contracts.allocation import Change, Outcome, Problem
from concord_contracts.allocation.sharing import GameAnswer, GameRequest, SharingQuestion

OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
CHANGES: TypeAdapter[list[Change]] = TypeAdapter(list[Change])


@dataclass(frozen=True, slots=True)
class Told:
    """A problem and its outcome as JSON, and the seconds that each phase took."""

    problem: str
    outcome: str
    seconds: Mapping[Phase, float]


def solve(problem: str, limit_seconds: float, prices: bool) -> Told:
    """A problem's outcome."""
    watch = Stopwatch()
    with watch.within(Phase.PROBLEM):
        asked = Problem.model_validate_json(problem)
    return _told(asked, limit_seconds, prices, watch)


def what_if(base: str, changes: str, limit_seconds: float) -> Told:
    """The outcome of a problem with changes applied in order; InvalidProblem names the change."""
    watch = Stopwatch()
    with watch.within(Phase.PROBLEM):
        problem, wanted = Problem.model_validate_json(base), CHANGES.validate_json(changes)
    try:
        with watch.within(Phase.PROBLEM):
            changed = translate.apply(problem, wanted)
        return _told(changed, limit_seconds, True, watch)
    except InvalidProblem as invalid:
        raise blamed(problem, wanted, invalid) from None


def _told(problem: Problem, limit_seconds: float, prices: bool, watch: Stopwatch) -> Told:
    outcome = translate.solve(problem, time_limit_seconds=limit_seconds, prices=prices, within=watch.within)
    with watch.within(Phase.WRITING):
        return Told(problem.model_dump_json(exclude_none=True), outcome.model_dump_json(), watch.seconds)


def share(problem: str, question: str, plan: str | None, limit_seconds: float) -> str:
    """How a problem's cost and gain may be divided; one with its plan is a stored one, of the registry's figures."""
    found = divide(
        Problem.model_validate_json(problem),
        SharingQuestion.model_validate_json(question),
        None if plan is None else OUTCOME.validate_json(plan),
        limit_seconds=limit_seconds,
        assembled=plan is not None,
    )
    return found.model_dump_json()


def ask(kind: str, problem: str, question: str, limit_seconds: float) -> str:
    """The answer to a question of some kind; the refusal of a problem that has no plan."""
    asked, found = Problem.model_validate_json(problem), kind_of(kind)
    try:
        translate.tables_of(asked)
    except InvalidProblem as invalid:
        raise at("/problem", invalid) from None
    try:
        return found.answer(asked, found.question.model_validate_json(question), limit_seconds).model_dump_json()
    except Refused as refused:
        return refused.refusal.model_dump_json()


def divide_game(game: str) -> GameAnswer:
    """Divisions of a game that somebody else valued."""
    return divide_stated_game(GameRequest.model_validate_json(game))
