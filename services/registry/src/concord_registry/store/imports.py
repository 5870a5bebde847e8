"""Bodies' own rows as recorded, and the imports that brought them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from concord_contracts.imports import ImportReport, ImportSummary
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry.file_rows import OWN_ROWS, FileRow
from concord_registry.knowledge.reported import CONTRACT_TABLES, without_values
from concord_registry.store import records
from concord_registry.store.layers import identity_of, rows_in_use, table_of

LOADS = table_of("loads")


def cells(model: type[FileRow], row: Any) -> dict[str, str]:
    """The cells of a row that hold something, as they would be sent; of a stored row or of one sent."""
    values: Mapping[str, Any] = {column: getattr(row, column) for column in model.model_fields}
    return {column: _cell(value) for column, value in values.items() if value not in (None, "")}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "value", value))


def form_rows(tx: Reading, table: str, body: str | None) -> list[dict[str, str]]:
    """The rows in use that a form is filled with: all, or those of a body and its places."""
    rows = rows_in_use(tx.connection, table, tx.head_at)
    if body is not None:
        places = {row.place for row in rows_in_use(tx.connection, "places", tx.head_at) if row.body == body}
        rows = [row for row in rows if identity_of(table)(row)[0] in {body, *places}]
    return sorted((cells(OWN_ROWS[table], row) for row in rows), key=lambda row: tuple(row.values()))


def open_own(tx: Writing, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write a body's own rows, known from this transaction on."""
    stamped = [row | {"recorded_from": tx.at, "recorded_to": FOREVER_AT} for row in rows]
    if stamped:
        tx.connection.execute(insert(table_of(table)), stamped)


def open_versions(tx: Reading, table: str) -> list[Any]:
    """Claims or mandates as known now."""
    versions = table_of(table)
    return list(tx.connection.execute(select(versions).where(versions.c.recorded_to == FOREVER_AT)))


def record(tx: Writing, said: ImportReport) -> None:
    """That there was an import, and what was said of it."""
    tx.connection.execute(
        insert(LOADS).values(
            seq=tx.seq, at=tx.at, digest=said.file_digest, owner=said.acting_for, report=said.model_dump_json()
        )
    )


def find(tx: Reading, number: int) -> ImportReport | None:
    """What was said of an import when it was recorded; without contracts' values, which the oldest reports hold."""
    kept = tx.connection.execute(select(LOADS.c.report, LOADS.c.at).where(LOADS.c.seq == number)).one_or_none()
    if kept is None or kept.report is None:
        return None
    said = ImportReport.model_validate_json(kept.report)
    contracts = [row.key for row in said.rows if row.table in CONTRACT_TABLES]
    if not contracts:
        return said
    public = records.public_at(tx, contracts, kept.at)
    rows = [row if row.key in public else without_values(row) for row in said.rows]
    return said.model_copy(update={"rows": rows})


def listed(tx: Reading, *, acting_for: str | None, before: int | None, limit: int) -> list[ImportSummary]:
    """Imports, the latest first; of one body, or of all."""
    query = select(LOADS.c.report).where(LOADS.c.report.is_not(None))
    if acting_for is not None:
        query = query.where(LOADS.c.owner == acting_for)
    if before is not None:
        query = query.where(LOADS.c.seq < before)
    found = tx.connection.execute(query.order_by(LOADS.c.seq.desc()).limit(limit)).scalars()
    return [ImportSummary.model_validate(json.loads(kept)) for kept in found]
