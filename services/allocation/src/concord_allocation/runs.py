"""Where solves run: off the event loop, on a bounded pool, with a bounded queue.

Solving is processor work of a fraction of a second to minutes. HiGHS releases the interpreter lock while it runs, so
threads share the machine well and no problem is copied between processes. What does not fit into the queue is refused
at once with a time to come back, instead of making everybody wait.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from concord_allocation.core.phases import Phase

T = TypeVar("T")


class SolverBusy(Exception):
    """Every worker is solving and the queue is full; `retry_after_seconds` is a fair time to ask again."""

    def __init__(self, waiting: int, retry_after_seconds: int) -> None:
        super().__init__(f"{waiting} questions are waiting to be solved already")
        self.waiting = waiting
        self.retry_after_seconds = retry_after_seconds


class SolveMetrics:
    """What the service says about its solves; labels come from closed sets only."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.duration = Histogram(
            "allocation_solve_duration_seconds",
            "Time to compile, solve, price, check and write down one question, by how it ended and size (lines x "
            "years: small to 50, medium to 2,000, large); a rise in one size class means slower answers",
            ["outcome", "size"],
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
            registry=registry,
        )
        self.stage_duration = Histogram(
            "allocation_solve_stage_duration_seconds",
            f"The same time by the stage of the work it went into ({', '.join(Phase)}); a rise in one tells where a "
            "slower answer comes from",
            ["stage", "outcome", "size"],
            buckets=(0.01, 0.1, 1, 10, 60),
            registry=registry,
        )
        self.gap = Histogram(
            "allocation_solve_gap_ratio",
            "Relative distance of each plan's benefit from the bound that no plan exceeds; above 1e-6: plans that may "
            "not be the best",
            ["size"],
            buckets=(1e-9, 1e-6, 1e-4, 1e-2, 1),
            registry=registry,
        )
        self.runs = Counter(
            "allocation_runs_total",
            "Answers by what was asked (solve, scenario, what-if) and how it ended; infeasible is an answer, a rise of "
            "feasible_not_proven or unknown: time limits are too short for what is asked",
            ["question", "outcome"],
            registry=registry,
        )
        self.queued = Gauge(
            "allocation_solve_queue_depth",
            "Questions waiting for a solver thread; a lasting rise means that the pool is too small",
            registry=registry,
        )
        self.refused = Counter(
            "allocation_solve_refused_total",
            "Questions refused because the queue was full; a rise means that users are turned away",
            registry=registry,
        )

    def record(
        self, question: str, outcome: str, lines: int, seconds: Mapping[Phase, float], gap: float | None
    ) -> None:
        """`question`: solve, scenario or what-if; `outcome`: a status of the answer; `lines`: lines x years; `gap` of a
        plan, None for a refusal."""
        size = size_class(lines)
        self.duration.labels(outcome=outcome, size=size).observe(sum(seconds.values()))
        for stage, spent in seconds.items():
            self.stage_duration.labels(stage=stage, outcome=outcome, size=size).observe(spent)
        if gap is not None:
            self.gap.labels(size=size).observe(max(0.0, gap))
        self.runs.labels(question=question, outcome=outcome).inc()


def size_class(lines: int) -> str:
    """A closed label for how big a question is: lines x years, in the steps of the benchmark sizes."""
    if lines <= 50:
        return "small"
    return "medium" if lines <= 2_000 else "large"


class SolvePool:
    """A fixed number of solver threads and a bounded number of questions waiting for one."""

    def __init__(self, *, workers: int, waiting_limit: int, metrics: SolveMetrics) -> None:
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="solve")
        self._workers = workers
        self._limit = workers + waiting_limit
        self._inside = 0
        self._seconds_per_solve = 1.0
        self._lock = Lock()
        self._metrics = metrics

    async def run(self, work: Callable[[], T]) -> T:
        """The value of `work()`, computed on a solver thread; raises SolverBusy when the queue is full.

        A caller that goes away does not free its place: the thread is still solving for it, up to its time limit.
        """
        self._enter()
        try:
            future = self._executor.submit(self._timed, work)
        except BaseException:
            self._leave()
            raise
        future.add_done_callback(lambda _: self._leave())
        return await asyncio.wrap_future(future)

    def _timed(self, work: Callable[[], T]) -> T:
        started = time.monotonic()
        try:
            return work()
        finally:
            # A moving average: good enough to tell a refused caller when to come back.
            self._seconds_per_solve = 0.8 * self._seconds_per_solve + 0.2 * (time.monotonic() - started)

    def _enter(self) -> None:
        with self._lock:
            if self._inside >= self._limit:
                self._metrics.refused.inc()
                waiting = self._inside - self._workers
                seconds = self._seconds_per_solve * (waiting + 1) / self._workers
                raise SolverBusy(waiting, max(1, round(seconds)))
            self._inside += 1
            self._show_depth()

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
            self._show_depth()

    def _show_depth(self) -> None:
        self._metrics.queued.set(max(0, self._inside - self._workers))

    def close(self) -> None:
        """Stop taking questions and drop those that have not begun; a running solve ends at its own time limit."""
        self._executor.shutdown(wait=False, cancel_futures=True)
