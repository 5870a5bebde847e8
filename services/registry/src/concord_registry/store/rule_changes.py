"""The rule book on both time axes, and its changes, as recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select

from concord_contracts.identifiers import digest_of
from concord_contracts.registry import RuleChangeIn, RuleChangeView
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry.file_rows import RuleRow
from concord_registry.store import imports, loads
from concord_registry.store.layers import open_rows, rows_in_use, table_of

RULES = table_of("rules")
CHANGES = table_of("rule_book_changes")


def version(tx: Reading, known_at: datetime) -> int:
    """How many moments there were by then at which a rule came into the record or left it."""
    rows = tx.connection.execute(select(RULES.c.recorded_from, RULES.c.recorded_to).distinct())
    return len({moment for row in rows for moment in row if moment <= known_at})


def every_row(tx: Reading, known_at: datetime, *, stages: Sequence[str], pathway: str | None) -> list[Row[Any]]:
    """Rules of all days, those no longer in the record too, by stage, pathway, first day and moment of record."""
    where = [RULES.c.recorded_from <= known_at]
    if stages:
        where.append(RULES.c.stage.in_(stages))
    if pathway is not None:
        where.append(or_(RULES.c.pathway == pathway, RULES.c.pathway == "*"))
    order = (RULES.c.stage, RULES.c.pathway, RULES.c.valid_from, RULES.c.recorded_from, RULES.c.row)
    return list(tx.connection.execute(select(RULES).where(*where).order_by(*order)))


def in_use(tx: Reading, known_at: datetime) -> frozenset[int]:
    """Row numbers of the rules that count, as known then."""
    return frozenset(row.row for row in rows_in_use(tx.connection, "rules", known_at))


def rules_of(tx: Reading, stage: str, pathway: str) -> list[RuleRow]:
    """The rules that count now for a stage and pathway, of all days."""
    where = [RULES.c.stage == stage, RULES.c.pathway == pathway]
    rows = rows_in_use(tx.connection, "rules", tx.head_at, where=where)
    return [RuleRow.model_validate({name: getattr(row, name) for name in RuleRow.model_fields}) for row in rows]


def replace_rules(tx: Writing, stage: str, pathway: str, rows: Sequence[RuleRow], me: str) -> None:
    """These rules of a body's own in place of all there are for the stage and pathway, known from now on."""
    own = [row.row for row in open_rows(tx, "rules", [(stage, pathway)]) if row.owner is not None]
    loads.close(tx, RULES, own)
    columns = [column.name for column in RULES.columns if column.name in RuleRow.model_fields]
    values = [
        {name: getattr(row, name) for name in columns} | {"owner": me, "digest": digest_of(imports.cells(RuleRow, row))}
        for row in rows
    ]
    imports.open_own(tx, "rules", values)


def record(tx: Writing, sent: RuleChangeIn, *, change: str, me: str, version: int, keys: Sequence[str]) -> None:
    """That the rule book was changed; the reference data read from now on are other ones."""
    content = sent.model_dump_json()
    tx.connection.execute(
        insert(CHANGES).values(
            seq=tx.seq,
            at=tx.at,
            change=change,
            body=me,
            effective_from=sent.effective_from,
            version=version,
            keys=" ".join(keys),
            content=content,
        )
    )
    digest = digest_of(sent.model_dump(mode="json"))
    tx.connection.execute(insert(table_of("loads")).values(seq=tx.seq, at=tx.at, digest=digest, owner=me))


def listed(tx: Reading, known_at: datetime, *, before: int | None, limit: int) -> list[tuple[int, RuleChangeView]]:
    """Changes recorded by then with their journal positions, the latest first."""
    query = select(CHANGES).where(CHANGES.c.at <= known_at)
    if before is not None:
        query = query.where(CHANGES.c.seq < before)
    found = tx.connection.execute(query.order_by(CHANGES.c.seq.desc()).limit(limit))
    return [(row.seq, _view(row)) for row in found]


def find(tx: Reading, change: str) -> RuleChangeView | None:
    row = tx.connection.execute(select(CHANGES).where(CHANGES.c.change == change)).one_or_none()
    return None if row is None else _view(row)


def _view(row: Row[Any]) -> RuleChangeView:
    sent = RuleChangeIn.model_validate_json(row.content)
    return RuleChangeView(
        id=row.change,
        version=row.version,
        keys=row.keys.split(),
        made_by=row.body,
        recorded_at=row.at,
        **{name: getattr(sent, name) for name in RuleChangeIn.model_fields},
    )


def recorded_until(row: Row[Any], known_at: datetime) -> datetime:
    """The end of its recorded period as far as it was known then."""
    ended: datetime = row.recorded_to
    return ended if ended <= known_at else FOREVER_AT
