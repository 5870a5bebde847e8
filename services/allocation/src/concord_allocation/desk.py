"""What the routes share: the optimiser, the two services asked, and reads of the figures at one position."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from concord_allocation import store
from concord_allocation.agreements_client import AgreementsClient
from concord_allocation.assembly.world import Figures
from concord_allocation.freshness import Changes, Uses
from concord_allocation.reference.catalogue import citations_of, pounds_of, sources_of, tables_of
from concord_allocation.registry_client import RegistryClient
from concord_allocation.solving import Solver
from concord_allocation.store.figures import Edition, Outline
from concord_contracts.allocation.reference import Citation, PathwayPounds
from concord_contracts.registry import FigureBasis
from concord_kit.calls import Call
from concord_kit.database import Reading
from concord_kit.positions import resolve


class NothingLoaded(Exception):
    """No reference tables had been loaded at the moment asked about."""


def edition_at(tx: Reading, known_at: datetime) -> Edition:
    """The figures' position at a moment; raises NothingLoaded."""
    edition = store.figures.edition_known_at(tx, known_at)
    if edition is None:
        raise NothingLoaded("No reference figures were known at the moment asked about.")
    return edition


@dataclass
class Desk:
    """One per application."""

    solver: Solver
    registry: RegistryClient
    agreements: AgreementsClient
    _outlines: dict[int, Outline] = field(default_factory=dict)
    _bases: dict[int, "Basis"] = field(default_factory=dict)
    _changes: dict[int, Changes] = field(default_factory=dict)
    _under_way: dict[tuple[str, str], "_Turn"] = field(default_factory=dict)

    async def figures_at(self, call: Call, known_at: datetime | None) -> "FiguresRead":
        """The figures in use at `known_at`; raises NothingLoaded, and refuses what is still to come."""

        def find(tx: Reading) -> Edition:
            return edition_at(tx, resolve(tx, None, known_at, call.clock).known_at)

        return FiguresRead(call, await call.read(find), self._outlines)

    def basis_of(self, tx: Reading, edition: Edition) -> "Basis":
        """What the figures at a position rest on; the last one counted is kept."""
        known = self._bases.get(edition.edition)
        if known is None:
            rows = list(store.figures.sourced_rows(tx, edition.recorded_from))
            sources = sources_of(store.figures.rows_in_use(tx, edition.recorded_from, "sources"))
            known = Basis(
                tables=tables_of(rows),
                pounds=pounds_of(store.figures.spend(tx, edition.recorded_from)),
                sources=citations_of((row for _, row in rows), sources),
            )
            self._bases = {edition.edition: known}
        return known

    def changes_of(self, tx: Reading) -> Changes:
        """Every change of a figure since the first edition; counted anew after the next one."""
        edition = store.figures.edition_known_at(tx, tx.head_at)
        position = edition.edition if edition else 0
        if position not in self._changes:
            self._changes = {position: store.freshness.changes(tx)}
        return self._changes[position]

    @asynccontextmanager
    async def one_at_a_time(self, call: Call) -> AsyncIterator[None]:
        """Repeats of a request that is still being solved wait for it, instead of being solved again."""
        key = (call.actor, call.request.headers.get("idempotency-key", ""))
        turn = self._under_way.setdefault(key, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._under_way[key]


@dataclass(frozen=True)
class Basis:
    """What the figures at one position rest on, counted."""

    tables: list[FigureBasis]
    pounds: list[PathwayPounds]
    sources: list[Citation]


@dataclass(frozen=True)
class FiguresRead:
    """The figures at one position, for one call. What was known at a position never changes, so outlines are kept."""

    call: Call
    edition: Edition
    outlines: dict[int, Outline]

    async def outline(self) -> Outline:
        """Pathways and years there is money for."""
        if self.edition.edition not in self.outlines:
            found = await self.call.read(lambda tx: store.figures.outline(tx, self.edition.recorded_from))
            self.outlines.clear()
            self.outlines[self.edition.edition] = found
        return self.outlines[self.edition.edition]

    async def paid_elsewhere(
        self, pathways: Sequence[str], places: Sequence[str], payers: Sequence[str]
    ) -> dict[str, str]:
        """Place -> payer, of lines that the payers pay on other places."""
        at = self.edition.recorded_from
        if not payers:
            return {}
        return await self.call.read(lambda tx: store.figures.paid_elsewhere(tx, at, pathways, places, payers))

    async def oldest(self, uses: Uses) -> tuple[int | None, datetime | None]:
        """(edition, moment) that the oldest of the figures used came with."""
        return await self.call.read(lambda tx: store.freshness.oldest(tx, self.edition.recorded_from, uses))

    async def figures(self, pathways: Sequence[str], places: Sequence[str]) -> Figures:
        """What an assembly for these pathways and places needs."""
        at = self.edition.recorded_from
        return await self.call.read(lambda tx: store.figures.figures_for(tx, at, pathways, places))


@dataclass
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


def the_desk(request: Request) -> Desk:
    """The desk of the application that answers."""
    desk: Desk = request.app.state.allocation
    return desk
