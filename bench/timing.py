"""Subject and yardstick, turn by turn: whatever else the machine does falls on both alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

type Seconds = Mapping[str, float]
"""One turn's times by name."""

type Turn = Callable[[], Seconds]


def clocked(name: str, work: Callable[[], object]) -> Turn:
    """A turn that does the work once."""

    def turn() -> Seconds:
        started = time.perf_counter()
        work()
        return {name: time.perf_counter() - started}

    return turn


def interleaved(turns: Sequence[Turn], repeats: int, *, warm_up: int = 1) -> dict[str, float]:
    """The median of each name over the repeats, all turns once per repeat; the first rounds are not counted."""
    found: dict[str, list[float]] = {}
    for number in range(warm_up + repeats):
        for turn in turns:
            for name, seconds in turn().items():
                if number >= warm_up:
                    found.setdefault(name, []).append(seconds)
    return {name: median(seconds) for name, seconds in found.items()}
