"""When places are on the map, and whose they are on any day."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import partial

from concord_kit.database import Reading
from concord_registry.store.layers import rows_in_use, table_of


def days_of(tx: Reading, place: str, known_at: datetime) -> list[tuple[date, date]]:
    """The periods `[from, to)` in which a place is on the map, in order; empty for one that never was."""
    where = [table_of("places").c.place == place]
    return sorted((row.valid_from, row.valid_to) for row in rows_in_use(tx.connection, "places", known_at, where=where))


def days_known(tx: Reading, known_at: datetime) -> Callable[[str], list[tuple[date, date]]]:
    """`days_of` as was known at a moment, place by place."""
    return partial(days_of, tx, known_at=known_at)


def of_bodies(tx: Reading, bodies: Collection[str], known_at: datetime) -> list[str]:
    """The places that are these bodies' on any day, in order."""
    where = [table_of("places").c.body.in_(sorted(bodies))]
    return sorted({row.place for row in rows_in_use(tx.connection, "places", known_at, where=where)})
