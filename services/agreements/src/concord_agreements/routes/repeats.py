"""Repeats of a request that asks the registry before it writes: each waits for the first, and gets its answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from starlette.responses import Response

from concord_kit.calls import Call


class Repeats:
    """Requests under way, by caller and key. That one key has one effect is the database's doing; this spares work."""

    def __init__(self) -> None:
        self._under_way: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def answered(self, call: Call) -> AsyncIterator[Response | None]:
        """The kept answer where there is one; None where the work is still to be done, by this call alone."""
        key = (call.actor, call.request.headers.get("idempotency-key", ""))
        turn = self._under_way.get(key) or self._under_way.setdefault(key, asyncio.Lock())
        async with turn:
            yield await call.replayed()


def repeats(call: Call) -> Repeats:
    """Those of the application that answers."""
    found: Repeats = call.request.app.state.repeats
    return found
