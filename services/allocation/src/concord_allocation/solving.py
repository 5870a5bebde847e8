"""Solve a problem on the pool, and write the answer down in the same thread: both are processor work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from concord_allocation import translate
from concord_allocation.blame import blamed
from concord_allocation.core.phases import Phase
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.runs import SolveMetrics, SolvePool, Stopwatch
from concord_allocation.sharing.answer import share
from concord_contracts.allocation import Answer, Change, Difference, Problem, Refusal
from concord_contracts.allocation.sharing import Sharing, SharingQuestion

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
    """Questions to the optimiser, each on a thread of the pool. Raises SolverBusy where the queue is full."""

    def __init__(self, pool: SolvePool, metrics: SolveMetrics, *, limit_seconds: float) -> None:
        self._pool = pool
        self._metrics = metrics
        self._limit_seconds = limit_seconds

    async def solve(
        self, problem: Problem, *, question: str, limit_seconds: float | None = None, prices: bool = True
    ) -> Solved:
        """The outcome of a problem; `question` names for the metrics what was asked. Raises InvalidProblem."""
        allowed = min(limit_seconds or self._limit_seconds, self._limit_seconds)
        return await self._pool.run(lambda: self._solve(problem, question, allowed, prices, Stopwatch()))

    async def what_if(self, base: str, changes: Sequence[Change], *, limit_seconds: float | None = None) -> Solved:
        """The outcome of a stored problem (JSON) with changes applied in order. InvalidProblem names the change."""
        allowed = min(limit_seconds or self._limit_seconds, self._limit_seconds)

        def work() -> Solved:
            watch = Stopwatch()
            with watch.within(Phase.PROBLEM):
                problem = Problem.model_validate_json(base)
            try:
                with watch.within(Phase.PROBLEM):
                    changed = translate.apply(problem, changes)
                return self._solve(changed, "what-if", allowed, prices=True, watch=watch)
            except InvalidProblem as invalid:
                raise blamed(problem, changes, invalid) from invalid

        return await self._pool.run(work)

    async def share(
        self, problem: Problem | str, question: SharingQuestion, plan: Outcome | None = None
    ) -> Sharing | Refusal:
        """How a problem's cost and gain may be divided; a stored problem comes as JSON with its plan."""

        def work() -> Sharing | Refusal:
            asked = Problem.model_validate_json(problem) if isinstance(problem, str) else problem
            return share(asked, question, plan, limit_seconds=self._limit_seconds)

        return await self._pool.run(work)

    async def work(self, question: Callable[[], T]) -> T:
        """Processor work of another kind, on the same bounded pool."""
        return await self._pool.run(question)

    async def check(self, problem: Problem) -> str:
        """The problem's digest; raises InvalidProblem naming every contradiction."""
        return await self._pool.run(lambda: translate.check(problem))

    def _solve(self, problem: Problem, question: str, limit_seconds: float, prices: bool, watch: Stopwatch) -> Solved:
        outcome = translate.solve(problem, time_limit_seconds=limit_seconds, prices=prices, within=watch.within)
        with watch.within(Phase.WRITING):
            solved = Solved(problem, outcome, problem.model_dump_json(exclude_none=True), outcome.model_dump_json())
        gap = outcome.check.gap if isinstance(outcome, Answer) else None
        self._metrics.record(question, outcome.status, len(problem.lines) * len(problem.years), watch.seconds, gap)
        return solved


def difference(before: Outcome, after: Outcome) -> Difference | None:
    """After minus before, where both are plans."""
    if isinstance(before, Answer) and isinstance(after, Answer):
        return translate.difference(before, after)
    return None
