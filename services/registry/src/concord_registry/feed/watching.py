"""One look at the head for all streams of a process: it wakes them, and reads each page once for all that want it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge

from concord_contracts.registry import Changes
from concord_kit.database import JOURNALED, Database, DatabaseUnavailable
from concord_registry.feed.filters import Wanted
from concord_registry.feed.reading import page

type Question = tuple[Wanted, int, bool]
PAGE = 100


class Watch:
    """`run()` goes into the application's background. Streams wait in `risen`; only while there are any is the database
    looked at, once in `seconds` for all of them, and at once after a commit of this process.
    """

    def __init__(self, database: Database, seconds: float, most_streams: int, registry: CollectorRegistry) -> None:
        self._database = database
        self._seconds = seconds
        self._most = most_streams
        self._head = 0
        self._streams = 0
        self._stopping = False
        self._woken = asyncio.Event()
        self._changed = asyncio.Condition()
        self._pages: dict[Question, asyncio.Task[Changes]] = {}
        self._open = Gauge(
            "concord_feed_streams",
            "Streams of changes open now; at the limit others are refused",
            registry=registry,
        )
        self._looks = Counter(
            "concord_feed_looks",
            "Looks at the head, one for all streams; a rise: much is recorded",
            registry=registry,
        )

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        self._stopping = False

        def wake() -> None:
            loop.call_soon_threadsafe(self._woken.set)

        unsubscribe = self._database.subscribe(JOURNALED, wake)
        try:
            while True:
                if self._streams:
                    await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds if self._streams else None):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            unsubscribe()

    async def _look(self) -> None:
        self._looks.inc()
        try:
            head = await self._database.read(lambda tx: tx.head_seq)
        except DatabaseUnavailable:
            return  # the next look is soon; streams say that they live meanwhile
        if head > self._head:
            self._head = head
            async with self._changed:
                self._changed.notify_all()

    def stop(self) -> None:
        """The server stops: streams end at their next turn, which is now."""
        self._stopping = True
        asyncio.get_running_loop().create_task(self._notify())

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    @property
    def stopping(self) -> bool:
        return self._stopping

    @property
    def full(self) -> bool:
        return self._streams >= self._most

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[None]:
        """Count one stream while it is open."""
        self._streams += 1
        self._open.set(self._streams)
        self._woken.set()
        try:
            yield
        finally:
            self._streams -= 1
            self._open.set(self._streams)

    async def risen(self, above: int, seconds: float) -> bool:
        """Wait until the head stands above a sequence, or the server stops; False after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._head > above or self._stopping)
        return self._head > above or self._stopping

    async def page(self, wanted: Wanted, after: int, *, public: bool) -> Changes:
        """A page; read once for all streams that stand at the same place and want the same."""
        question = wanted, after, public
        task = self._pages.get(question)
        if task is None:
            work: Callable[..., Changes] = partial(page, wanted=wanted, after=after, limit=PAGE, public=public)
            task = asyncio.create_task(self._database.read(work))
            self._pages[question] = task
            task.add_done_callback(lambda _: self._pages.pop(question, None))
        return await asyncio.shield(task)
