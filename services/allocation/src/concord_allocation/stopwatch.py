"""Seconds by phase of one question."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from concord_allocation.core.phases import Phase


class Stopwatch:
    """Seconds that one question spent in each phase."""

    def __init__(self) -> None:
        self.seconds: dict[Phase, float] = {}

    @contextmanager
    def within(self, phase: Phase) -> Iterator[None]:
        """Count what happens inside towards the phase."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - started
