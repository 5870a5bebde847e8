"""Bodies' own figures as recorded: open rows of both layers, and the imports there have been."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from concord_allocation.reference.files import TABLES
from concord_allocation.reference.rows import Row
from concord_allocation.store import figures
from concord_allocation.store.figures import EDITIONS, OWN, REFERENCE, ROWS, Replacement
from concord_contracts.imports import ImportReport, ImportSummary
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing

KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """An open row of one layer."""

    number: int
    row: Row
    owner: str | None


class InUse:
    """Open rows of both layers by table and cover (`Row.WHOLE`), read when first asked for."""

    def __init__(self, tx: Reading) -> None:
        self._tx = tx
        self._known: dict[tuple[str, str], dict[str, dict[str, Stored]]] = {}

    def read(self, table: str, covers: Iterable[str]) -> None:
        """Have these rows at hand: one query for many, instead of one for each."""
        missing = sorted({cover for cover in covers if (table, cover) not in self._known})
        for cover in missing:
            self._known[table, cover] = {OWN: {}, REFERENCE: {}}
        for start in range(0, len(missing), KEYS_AT_ONCE):
            found = self._tx.connection.execute(
                select(ROWS.c.row, ROWS.c.key, ROWS.c.cover, ROWS.c.layer, ROWS.c.content, ROWS.c.owner).where(
                    ROWS.c.table_name == table,
                    ROWS.c.cover.in_(missing[start : start + KEYS_AT_ONCE]),
                    ROWS.c.recorded_to == FOREVER_AT,
                )
            )
            for number, key, cover, layer, content, owner in found:
                stored = Stored(number, TABLES[table].model_validate_json(content), owner)
                self._known[table, cover][layer][key] = stored

    def layer(self, table: str, cover: str, layer: str) -> dict[str, Stored]:
        """The open rows of one layer, by key."""
        self.read(table, [cover])
        return self._known[table, cover][layer]

    def used(self, table: str, cover: str) -> dict[str, Stored]:
        """The rows in use, by key: a body's own where there are any."""
        return self.layer(table, cover, OWN) or self.layer(table, cover, REFERENCE)

    def row(self, table: str, key: str) -> Row | None:
        """The row in use, of a table whose rows are known one by one."""
        found = self.used(table, key).get(key)
        return found.row if found else None


def own_rows(tx: Reading) -> list[tuple[str, Row]]:
    """(table, row) of every open row of the own layer."""
    found = tx.connection.execute(
        select(ROWS.c.table_name, ROWS.c.content).where(ROWS.c.layer == OWN, ROWS.c.recorded_to == FOREVER_AT)
    )
    return [(table, TABLES[table].model_validate_json(content)) for table, content in found]


def form_rows(tx: Reading, table: str, *, payer: str | None, place: str | None, pathway: str | None) -> list[Any]:
    """Rows in use to fill a form with: of a payer's purses, a place, a pathway, or all."""
    conditions = [
        column == value for column, value in ((ROWS.c.place, place), (ROWS.c.pathway, pathway)) if value is not None
    ]
    rows = figures.rows_in_use(tx, tx.head_at, table, *conditions)
    if payer is None:
        return rows
    purses = {row.purse for row in figures.rows_in_use(tx, tx.head_at, "purses") if row.owner == payer}
    if table == "activity":
        lines = figures.rows_in_use(tx, tx.head_at, "lines", ROWS.c.purse.in_(purses), *conditions)
        of_them = {line.line for line in lines}
        return [row for row in rows if row.line in of_them]
    return [row for row in rows if getattr(row, "purse", None) in purses]


def record(tx: Writing, replacement: Replacement, said: ImportReport) -> None:
    """Write an import's rows and what was said of them."""
    figures.write(tx, replacement)
    figures.add_edition(tx, layer=OWN, acting_for=said.acting_for, report=said.model_dump_json())


def find(tx: Reading, number: int) -> ImportReport | None:
    """What was said of an import when it was recorded."""
    of_it = and_(EDITIONS.c.edition == number, EDITIONS.c.layer == OWN)
    kept = tx.connection.execute(select(EDITIONS.c.report).where(of_it)).scalar()
    return None if kept is None else ImportReport.model_validate_json(kept)


def listed(tx: Reading, *, acting_for: str | None, before: int | None, limit: int) -> list[ImportSummary]:
    """Imports, the latest first; of one body, or of all."""
    query = select(EDITIONS.c.report).where(EDITIONS.c.layer == OWN)
    if acting_for is not None:
        query = query.where(EDITIONS.c.acting_for == acting_for)
    if before is not None:
        query = query.where(EDITIONS.c.edition < before)
    found = tx.connection.execute(query.order_by(EDITIONS.c.edition.desc()).limit(limit)).scalars()
    return [ImportSummary.model_validate(json.loads(kept)) for kept in found]
