"""When places are on the map."""

from datetime import date, datetime

from concord_kit.database import Reading
from concord_registry.store.layers import rows_in_use, table_of


def days_of(tx: Reading, place: str, known_at: datetime) -> list[tuple[date, date]]:
    """The periods `[from, to)` in which a place is on the map, in order; empty for one that never was."""
    where = [table_of("places").c.place == place]
    return sorted((row.valid_from, row.valid_to) for row in rows_in_use(tx.connection, "places", known_at, where=where))
