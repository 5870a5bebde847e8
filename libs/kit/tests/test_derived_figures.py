"""Figures derived beside the requests: when they are derived again, and what becomes of them when that fails."""

from datetime import UTC, date, datetime, timedelta

import anyio
import pytest
from prometheus_client import CollectorRegistry, Gauge

from concord_kit.database import Database
from concord_kit.derived import DerivedFigures
from concord_kit.journal import Intent
from tests.support.notes.service import NoteIn, put


class Figures:
    """Counts how often it is derived; fails while `broken`."""

    def __init__(self, database: Database) -> None:
        registry = CollectorRegistry()
        self.gauge = Gauge("days", "The day derived for", registry=registry)
        self.holds_at = Gauge("holds_at", "When it held", registry=registry)
        self.derived: list[date] = []
        self.broken = False
        self.tried = anyio.Event()
        self.keeper = DerivedFigures(database, self.derive, self.gauge.set, self.holds_at, seconds_between=0)

    async def derive(self, day: date) -> int:
        self.tried.set()
        if self.broken:
            raise ValueError("a figure that cannot be derived")
        self.derived.append(day)
        return day.toordinal()

    @property
    def shown(self) -> date:
        return date.fromordinal(int(self.gauge._value.get()))

    @property
    def held(self) -> float:
        return float(self.holds_at._value.get())


def test_figures_are_derived_when_the_record_or_the_day_in_england_changes(sqlite_notes: Database) -> None:
    now = [datetime(2014, 3, 31, 22, 58, tzinfo=UTC)]
    sqlite_notes.clock = lambda: now[0]

    async def turns() -> None:
        figures = Figures(sqlite_notes)
        assert [await figures.keeper.refresh() for _ in range(2)] == [True, False]
        sqlite_notes.write_now(Intent("tester", "x"), lambda tx: put(tx, NoteIn(id="n1", text="x"), "ods:02A"))
        now[0] += timedelta(minutes=1)
        assert [await figures.keeper.refresh() for _ in range(2)] == [True, False]
        assert (figures.shown, figures.held) == (date(2014, 3, 31), now[0].timestamp())
        now[0] += timedelta(minutes=1)  # midnight in England, where it is summer
        assert await figures.keeper.refresh()
        assert (figures.shown, figures.held) == (date(2014, 4, 1), now[0].timestamp())

    anyio.run(turns)


def test_a_failure_leaves_the_figures_as_they_were_and_their_age_shows(
    sqlite_notes: Database, caplog: pytest.LogCaptureFixture
) -> None:
    now = [datetime(2014, 3, 31, 12, tzinfo=UTC)]
    sqlite_notes.clock = lambda: now[0]

    async def turns() -> None:
        figures = Figures(sqlite_notes)
        await figures.keeper.refresh()
        held, figures.broken = figures.held, True
        now[0] += timedelta(days=1)
        async with anyio.create_task_group() as group:
            group.start_soon(figures.keeper.run)
            for _ in range(2):  # it goes on after a failure
                figures.tried = anyio.Event()
                await figures.tried.wait()
            assert (figures.shown, figures.held) == (date(2014, 3, 31), held)
            figures.broken = False
            while figures.shown == date(2014, 3, 31):
                figures.tried = anyio.Event()
                await figures.tried.wait()
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        assert (figures.shown, figures.derived) == (date(2014, 4, 1), [date(2014, 3, 31), date(2014, 4, 1)])

    anyio.run(turns)
    assert "could not be derived" in caplog.text
