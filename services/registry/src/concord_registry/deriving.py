"""Answers that take seconds to derive: one at a time, on a thread of their own, kept for whoever asks the same.

They hold no connection while they are derived, so that other readers find theirs; and few may wait.
"""

from collections.abc import Callable
from functools import partial

import anyio.to_thread
from anyio import CapacityLimiter

from concord_kit.problems import Problem
from concord_registry.coverage_cache import CoverageCache

MOST_WAITING = 8
SECONDS_TO_COME_BACK = 3


class Deriving:
    """Derives bodies by tag. Whoever waited for one that another asked for first finds it kept."""

    def __init__(self, cache: CoverageCache) -> None:
        self._cache = cache
        self._limiter = CapacityLimiter(1)

    def kept(self, tag: str) -> bytes | None:
        """The kept body of a tag."""
        return self._cache.get(tag)

    async def body(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """The kept body of a tag, else what `make` gives. Problem busy where too many wait already."""
        kept = self.kept(tag)
        if kept is not None:
            return kept
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise Problem(
                "busy",
                f"{MOST_WAITING} such questions are waiting already.",
                headers={"Retry-After": str(SECONDS_TO_COME_BACK)},
            )
        return await self.turn(partial(self._made, tag, make))

    async def turn[T](self, work: Callable[[], T]) -> T:
        """What `work` gives, in its turn; for the service's own figures, which may wait."""
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _made(self, tag: str, make: Callable[[], bytes]) -> bytes:
        kept = self._cache.get(tag)
        if kept is None:
            kept = make()
            self._cache.put(tag, kept)
        return kept
