"""What reports of imports say of records and people, cell by cell: anybody may read them. Pure.

Reports are kept when a person is erased, so they say nothing of a person's cells. A contract's values and its
associates' shares are for its parties, unless it makes them public.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from concord_contracts.imports import CellChange, RowChange
from concord_registry.knowledge.rows import PARTS
from concord_registry.knowledge.topics import Held
from concord_registry.store.people import PersonHeld

DETAILS = ("name", "email", "telephone", "shown")
UNSAID = "(personal)"
"""What a report says of a person's cell."""
PARTIES_ONLY = "(parties only)"
"""What a report says of a contract's values and shares."""
CONTRACT_TABLES = ("contracts", *PARTS)


def record_cells(before: Held | None, after: Held | None) -> list[CellChange]:
    """Which cells of a record differ, and what they held and hold: all of them, whoever may see it."""
    return _differences(_said(before), _said(after))


def shown(row: RowChange, before: Held | None, after: Held | None) -> RowChange:
    """The row as anybody may see it."""
    held = [one for one in (before, after) if one is not None]
    hidden = row.table in CONTRACT_TABLES and not all(one.content.get("values_public") for one in held)
    return without_values(row) if hidden else row


def without_values(row: RowChange) -> RowChange:
    """A contract's row that says which parts differ, and not what they hold."""
    if row.table not in CONTRACT_TABLES:
        return row
    return row.model_copy(
        update={"cells": [_unsaid(one) if one.column in PARTS.values() else one for one in row.cells]}
    )


def _unsaid(cell: CellChange) -> CellChange:
    before, after = (None if value is None else PARTIES_ONLY for value in (cell.before, cell.after))
    return CellChange(column=cell.column, before=before, after=after)


def person_cells(before: PersonHeld | None, after: PersonHeld | None) -> list[CellChange]:
    """Which cells of a person differ, and not what they hold."""

    def held(person: PersonHeld | None, name: str) -> str | None:
        return UNSAID if person is not None and getattr(person, name) is not None else None

    return [
        CellChange(column=name, before=held(before, name), after=held(after, name))
        for name in DETAILS
        if (before and getattr(before, name)) != (after and getattr(after, name))
    ]


def _said(held: Held | None) -> dict[str, str]:
    """A record's cells as text."""
    if held is None:
        return {}
    cells = {name: _text(value) for name, value in held.content.items()}
    until = {} if held.valid_to == date(9999, 12, 31) else {"valid_to": held.valid_to.isoformat()}
    return cells | {"valid_from": held.valid_from.isoformat()} | until


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return ":".join(str(value[name]) for name in sorted(value))
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[CellChange]:
    return [
        CellChange(column=column, before=before.get(column), after=after.get(column))
        for column in dict.fromkeys([*before, *after])
        if before.get(column) != after.get(column)
    ]
