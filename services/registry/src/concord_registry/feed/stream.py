"""Changes as server-sent events. A stream holds one page at a time: a slow reader reads later, and loses nothing."""

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from concord_kit.database import DatabaseUnavailable
from concord_registry.feed.filters import Wanted
from concord_registry.feed.watching import Watch

RETRY_MILLISECONDS = 3000
"""How long a browser waits before it comes back by itself."""
SECONDS_AFTER_A_FAILURE = 1.0


async def events(
    watch: Watch, wanted: Wanted, after: int, *, public: bool, heartbeat_seconds: float, longest_seconds: float
) -> AsyncIterator[bytes]:
    """`change` events with their sequence as id; `position` where changes were passed by that nobody wanted here.

    Whoever comes back with the last id misses nothing. Ends when the server stops, or after
    `longest_seconds`.
    """
    until = time.monotonic() + longest_seconds
    async with watch.stream():
        yield format_sse_event(comment="changes", retry=RETRY_MILLISECONDS)
        while not watch.stopping and time.monotonic() < until:
            try:
                found = await watch.page(wanted, after, public=public)
            except DatabaseUnavailable:
                await asyncio.sleep(SECONDS_AFTER_A_FAILURE)
                yield KEEPALIVE_COMMENT
                continue
            for change in found.items:
                yield format_sse_event(data_str=change.model_dump_json(), event="change", id=str(change.seq))
            passed_by = found.next_after > (found.items[-1].seq if found.items else after)
            after = found.next_after
            if passed_by:
                yield format_sse_event(data_str=f'{{"next_after":{after}}}', event="position", id=str(after))
            rest = min(heartbeat_seconds, max(0.0, until - time.monotonic()))
            if after >= found.head_seq and not await watch.risen(after, rest):
                yield KEEPALIVE_COMMENT
