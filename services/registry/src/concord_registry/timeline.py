"""The days of dated rows: what stays of them around days on which something else holds. Pure."""

from collections.abc import Iterable
from datetime import date

from concord_registry.row_types import DatedRow


def around[Row: DatedRow](rows: Iterable[Row], start: date, end: date) -> list[Row]:
    """Rows of one matter without the days `[start, end)`: earlier and later days stay as they are."""
    kept = []
    for row in rows:
        if row.valid_from < start:
            kept.append(row.model_copy(update={"valid_to": min(row.valid_to, start)}))
        if row.valid_to > end:
            kept.append(row.model_copy(update={"valid_from": max(row.valid_from, end)}))
    return sorted(kept, key=lambda row: row.valid_from)


def changed[Row: DatedRow](rows: Iterable[Row], new: Row) -> list[Row]:
    """Rows of one matter with a new one for its days."""
    return sorted([*around(rows, new.valid_from, new.valid_to), new], key=lambda row: row.valid_from)
