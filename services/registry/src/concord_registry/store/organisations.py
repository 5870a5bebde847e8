"""A body's names, codes and relations as dated facts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_

from concord_kit.database import Reading
from concord_registry.store.layers import rows_in_use, table_of

NAMES, CODES, RELATIONS = table_of("body_names"), table_of("body_codes"), table_of("relations")
POWERS = table_of("powers")


def dated_names(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, date, date]]:
    """(name, from, until before) by date."""
    rows = rows_in_use(tx.connection, "body_names", known_at, where=[NAMES.c.body == body])
    return sorted(((row.name, row.valid_from, row.valid_to) for row in rows), key=lambda one: one[1])


def dated_codes(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, str, date, date]]:
    """(scheme, code, from, until before) by scheme and date."""
    rows = rows_in_use(tx.connection, "body_codes", known_at, where=[CODES.c.body == body])
    found = [(row.scheme, row.code, row.valid_from, row.valid_to) for row in rows]
    return sorted(found, key=lambda one: (one[0], one[2], one[1]))


@dataclass(frozen=True, slots=True)
class RelationType:
    """A type of relation with how it reads from both sides."""

    type: str
    name: str
    inverse: str
    inverse_name: str
    note: str | None


def relation_types(tx: Reading, known_at: datetime) -> list[RelationType]:
    """All types, by key."""
    rows = rows_in_use(tx.connection, "relation_types", known_at)
    found = [RelationType(row.type, row.name, row.inverse, row.inverse_name, row.note) for row in rows]
    return sorted(found, key=lambda one: one.type)


@dataclass(frozen=True, slots=True)
class Power:
    """What a body, or every body of a kind, can do about another's plans for a stage (`*`: every)."""

    holder: str
    over: str | None
    stage: str
    power: str
    words: str
    citation: str | None
    quotation: str | None
    source: str | None
    valid_from: date
    valid_to: date


def powers(tx: Reading, known_at: datetime, *, of: Collection[str] = (), on_day: date | None = None) -> list[Power]:
    """Powers that these bodies or kinds hold or are under; all of them where none is named."""
    where = [or_(POWERS.c.holder.in_(sorted(of)), POWERS.c.over.in_(sorted(of)))] if of else []
    rows = rows_in_use(tx.connection, "powers", known_at, on_day=on_day, where=where)
    found = [Power(**{name: getattr(row, name) for name in Power.__slots__}) for row in rows]
    return sorted(found, key=lambda one: (one.holder, one.over or "", one.stage, one.valid_from))


def dated_relations(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, str, date, date]]:
    """(type, other body, from, until before), seen from the body's own side."""
    inverse = {one.type: one.inverse for one in relation_types(tx, known_at)}
    either = or_(RELATIONS.c.subject == body, RELATIONS.c.object == body)
    rows = rows_in_use(tx.connection, "relations", known_at, where=[either])
    return [
        (row.type, row.object, row.valid_from, row.valid_to)
        if row.subject == body
        else (inverse.get(row.type, f"{row.type} (inverse)"), row.subject, row.valid_from, row.valid_to)
        for row in sorted(rows, key=lambda row: (row.type, row.subject, row.object, row.valid_from))
    ]
