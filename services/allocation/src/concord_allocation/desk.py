"""What the routes share: the optimiser, the two services asked, and the editions of the figures kept in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from concord_allocation import store
from concord_allocation.agreements_client import AgreementsClient
from concord_allocation.reference.catalogue import Catalogue
from concord_allocation.registry_client import RegistryClient
from concord_allocation.solving import Solver
from concord_kit.calls import Call
from concord_kit.database import Reading
from concord_kit.positions import resolve

EDITIONS_KEPT = 4


class NothingLoaded(Exception):
    """No reference tables had been loaded at the moment asked about."""


@dataclass
class Desk:
    """One per application."""

    solver: Solver
    registry: RegistryClient
    agreements: AgreementsClient
    _editions: dict[int, Catalogue] = field(default_factory=dict)
    _under_way: dict[tuple[str, str], "_Turn"] = field(default_factory=dict)

    async def catalogue(self, call: Call, known_at: datetime | None) -> Catalogue:
        """The edition of the figures in use at `known_at`; raises NothingLoaded, and refuses what is still to come."""

        def find(tx: Reading) -> Catalogue:
            name = store.edition_known_at(tx, resolve(tx, None, known_at, call.clock).known_at)
            if name is None:
                raise NothingLoaded("No reference figures were known at the moment asked about.")
            return self._editions.get(name.edition) or store.read_catalogue(tx, name)

        found = await call.read(find)
        self._keep(found)
        return found

    def _keep(self, catalogue: Catalogue) -> None:
        self._editions[catalogue.edition] = catalogue
        for oldest in sorted(self._editions)[:-EDITIONS_KEPT]:
            del self._editions[oldest]

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


@dataclass
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


def the_desk(request: Request) -> Desk:
    """The desk of the application that answers."""
    desk: Desk = request.app.state.allocation
    return desk
