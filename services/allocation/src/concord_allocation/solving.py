"""Questions to the optimiser: a place in the pool, a process of its own, the answer counted."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from concord_allocation import asking, translate
from concord_allocation.core.phases import Phase
from concord_allocation.documents.programme import solve_programme
from concord_allocation.isolation import isolated
from concord_allocation.runs import SolveMetrics, SolvePool
from concord_contracts.allocation import Answer, Change, Difference, Problem, Refusal
from concord_contracts.allocation.programme import ProgrammeAnswer
from concord_contracts.allocation.questions import Question
from concord_contracts.allocation.sharing import GameAnswer, GameRequest, SharingQuestion

T = TypeVar("T")

type Outcome = Answer | Refusal


@dataclass(frozen=True, slots=True)
class Solved:
    """A problem with its outcome, and both as JSON."""

    problem: Problem
    outcome: Outcome
    problem_json: str
    outcome_json: str


class Solver:
    """Questions to the optimiser, each in a process of its own, watched by a thread of the pool.

    Raises SolverBusy where the queue is full, ProcessFailed where the process gave no answer.
    """

    def __init__(self, pool: SolvePool, metrics: SolveMetrics, *, limit_seconds: float, memory_bytes: int) -> None:
        self._pool = pool
        self._metrics = metrics
        self._limit_seconds = limit_seconds
        self._memory_bytes = memory_bytes

    async def solve(
        self, problem: Problem, *, question: str, limit_seconds: float | None = None, prices: bool = True
    ) -> Solved:
        """The outcome of a problem; `question` names for the metrics what was asked. Raises InvalidProblem."""
        allowed = self._allowed(limit_seconds)

        def work() -> Solved:
            return self._solved(question, asking.solve, problem.model_dump_json(), allowed, prices)

        return await self._pool.run(work)

    async def what_if(self, base: str, changes: Sequence[Change], *, limit_seconds: float | None = None) -> Solved:
        """The outcome of a stored problem (JSON) with changes applied in order. InvalidProblem names the change."""
        allowed = self._allowed(limit_seconds)

        def work() -> Solved:
            asked = asking.CHANGES.dump_json(list(changes)).decode()
            return self._solved("what-if", asking.what_if, base, asked, allowed)

        return await self._pool.run(work)

    async def share(self, problem: Problem | str, question: SharingQuestion, plan: Outcome | None = None) -> str:
        """How a problem's cost and gain may be divided, as JSON; a stored problem comes as JSON with its plan."""

        def work() -> str:
            asked = problem if isinstance(problem, str) else problem.model_dump_json()
            told = question.model_dump_json(exclude={"problem"})
            known = None if plan is None else plan.model_dump_json()
            return self._isolated(asking.share, asked, told, known, self._limit_seconds)

        return await self._pool.run(work)

    async def ask(self, kind: str, problem: Problem | str, question: Question) -> str:
        """The answer to a question, or the refusal of its problem, as JSON; a stored problem comes as JSON."""

        def work() -> str:
            asked = problem if isinstance(problem, str) else problem.model_dump_json()
            told = question.model_dump_json(exclude={"problem"})
            return self._isolated(asking.ask, kind, asked, told, self._allowed(question.time_limit_seconds))

        return await self._pool.run(work)

    async def divide_game(self, game: GameRequest) -> GameAnswer:
        """Divisions of a game that somebody else valued."""
        return await self._pool.run(lambda: self._isolated(asking.divide_game, game.model_dump_json()))

    async def programme(self, text: str, form: Literal["mps", "lp"], seconds: float) -> ProgrammeAnswer:
        """A plain programme's optimum. Raises NotAProgramme, ProgrammeFailed."""
        return await self._pool.run(lambda: solve_programme(text, form, limit_seconds=self._allowed(seconds)))

    async def work(self, question: Callable[[], T]) -> T:
        """Processor work of another kind, without the solver, on the same bounded pool."""
        return await self._pool.run(question)

    async def check(self, problem: Problem) -> str:
        """The problem's digest; raises InvalidProblem naming every contradiction."""
        return await self._pool.run(lambda: translate.check(problem))

    def _allowed(self, asked: float | None) -> float:
        return min(asked or self._limit_seconds, self._limit_seconds)

    def _isolated(self, work: Callable[..., T], *given: Any) -> T:
        """A question may take a while beyond the solver's own limit, to be built, priced and written down."""
        seconds = LONGER * self._limit_seconds + GRACE_SECONDS
        return isolated(work, *given, memory_bytes=self._memory_bytes, seconds=seconds)

    def _solved(self, question: str, work: Callable[..., asking.Told], *given: Any) -> Solved:
        started = time.perf_counter()
        told = self._isolated(work, *given)
        problem, outcome = Problem.model_validate_json(told.problem), asking.OUTCOME.validate_json(told.outcome)
        gap = outcome.check.gap if isinstance(outcome, Answer) else None
        handing_over = time.perf_counter() - started - sum(told.seconds.values())
        seconds = {**told.seconds, Phase.WRITING: told.seconds[Phase.WRITING] + max(0.0, handing_over)}
        self._metrics.record(question, outcome.status, len(problem.lines) * len(problem.years), seconds, gap)
        return Solved(problem, outcome, told.problem, told.outcome)


LONGER = 3.0
GRACE_SECONDS = 30.0
"""A question is given up after LONGER times the solver's limit and so many seconds: something has gone wrong then."""


def difference(
    before: Outcome, after: Outcome, base: str | None = None, changes: Sequence[Change] = ()
) -> Difference | None:
    """After minus before, where both are plans; `base`: the problem (JSON) that the changes were applied to."""
    if isinstance(before, Answer) and isinstance(after, Answer):
        return translate.difference(before, after, base, changes)
    return None
