"""Figures that are derived from a service's whole record, kept ready for the page that Prometheus reads.

Deriving them may take seconds, so no scrape does it: a job beside the requests does, when the record or the day in
England has changed since, and at most once in a while. What cannot be derived now stays as it was, and the moment it
was last known to hold says how old it is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date

from prometheus_client import Gauge

from concord_kit.clock import today_in_england
from concord_kit.database import Database, DatabaseUnavailable

log = logging.getLogger("concord.derived")


class DerivedFigures[T]:
    """Keeps gauges at what `derive` makes of the record on a day. `run` goes into `create_app(background=...)`.

    `show` sets the gauges; it runs on the event loop, as the page does, so that no page is half old and half new.
    `holds_at` is set to the moment at which the figures were last derived or found to hold still (Unix seconds).
    """

    def __init__(
        self,
        database: Database,
        derive: Callable[[date], Awaitable[T]],
        show: Callable[[T], None],
        holds_at: Gauge,
        *,
        seconds_between: float,
    ) -> None:
        self._database = database
        self._derive = derive
        self._show = show
        self._holds_at = holds_at
        self._seconds_between = seconds_between
        self._shown: tuple[int, date] | None = None

    async def run(self) -> None:
        """Refresh until cancelled. A failure is logged and tried again at the next turn."""
        while True:
            try:
                await self.refresh()
            except DatabaseUnavailable as error:
                log.warning("figures stay as they were", extra={"error": str(error)})
            except Exception:
                log.exception("figures stay as they were: they could not be derived")
            await asyncio.sleep(self._seconds_between)

    async def refresh(self) -> bool:
        """Derive again if the journal head or the day has changed; whether it did."""
        clock = self._database.clock
        checked_at, day = clock(), today_in_england(clock)
        record = await self._database.read(lambda tx: tx.head_seq)
        changed = (record, day) != self._shown
        if changed:
            self._show(await self._derive(day))
            self._shown = record, day
        self._holds_at.set(checked_at.timestamp())
        return changed
