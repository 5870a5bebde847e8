"""`python -m bench.profile`: where a what-if's time goes, in this process: HiGHS's runs by phase, then the top lines.

cProfile does not see HiGHS's compiled methods and charges them to whoever called; hence the count of runs beside it.
"""

import cProfile
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from bench.site import running
from bench.what_if import SIZES, baseline, question
from concord_allocation import translate
from concord_allocation.core.phases import Phase
from concord_allocation.core.solver import Live, Status
from concord_contracts.allocation import Problem

TOP = 12


class Runs:
    """How often, and for how many seconds, each phase ran HiGHS again."""

    def __init__(self) -> None:
        self.found: dict[Phase, list[float]] = defaultdict(list)
        self.seconds: dict[Phase, float] = defaultdict(float)
        self._phase = Phase.PROBLEM

    @contextmanager
    def within(self, phase: Phase) -> Iterator[None]:
        started, self._phase = time.perf_counter(), phase
        try:
            yield
        finally:
            self.seconds[phase] += time.perf_counter() - started

    def timed(self, run: Callable[[Live], Status]) -> Callable[[Live], Status]:
        def again(live: Live) -> Status:
            started = time.perf_counter()
            status = run(live)
            self.found[self._phase].append(time.perf_counter() - started)
            return status

        return again


def the_problem(size: str) -> Problem:
    """The baseline's problem, as the services assemble it."""
    with tempfile.TemporaryDirectory(prefix="concord-bench-") as folder, running(Path(folder), lambda _: None) as bench:
        concord = bench.people.at("ods:02A", "commissioner")
        return concord.allocation.problem(baseline(concord, SIZES[size]))


def main() -> int:
    problem, changes, runs = the_problem("one-pathway"), question().changes, Runs()
    translate.solve(translate.apply(problem, changes))  # warm
    with patch.object(Live, "run", runs.timed(Live.run)):
        translate.solve(translate.apply(problem, changes), within=runs.within)
    for phase, seconds in runs.seconds.items():
        again = runs.found[phase]
        print(f"{phase:<12} {seconds * 1000:7.1f} ms, of it {sum(again) * 1000:7.1f} ms in {len(again)} further runs")
    profile = cProfile.Profile()
    profile.runcall(lambda: translate.solve(translate.apply(problem, changes)))
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(TOP)
    return 0


if __name__ == "__main__":
    sys.exit(main())
