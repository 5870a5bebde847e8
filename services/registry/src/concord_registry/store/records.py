"""Records of knowledge: reading them at a position, writing versions with what each refers to."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update

from concord_contracts.identifiers import first_day
from concord_kit import bodies
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry import tables
from concord_registry.knowledge.topics import Held
from concord_registry.store.periods import in_force, known

RECORDS = tables.Base.metadata.tables["records"]
TERMS = tables.Base.metadata.tables["record_terms"]
AT_ONCE = 500
"""How many values are named in one query."""

type Term = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Days:
    """Which records of a list: in force on any day of [first, last); None: of every day."""

    first: date | None = None
    last: date | None = None

    @staticmethod
    def on(day: date) -> "Days":
        return Days(day, None)

    @staticmethod
    def of_year(year: str) -> "Days":
        start = first_day(year)
        return Days(start, start.replace(year=start.year + 1))

    @property
    def condition(self) -> list[ColumnElement[bool]]:
        if self.first is None:
            return []
        if self.last is None:
            return [in_force(RECORDS, self.first)]
        return [RECORDS.c.valid_from < self.last, RECORDS.c.valid_to > self.first]


def listed(
    tx: Reading,
    topics: Collection[str],
    days: Days,
    known_at: datetime,
    *,
    terms: Mapping[str, Sequence[str]] | None = None,
    owners: Sequence[str] = (),
    after: str | None = None,
    limit: int | None = None,
) -> list[Held]:
    """Records by id, after one; each filter of `terms` (kind -> values) must be met by one of its values."""
    where = [RECORDS.c.topic.in_(sorted(topics)), known(RECORDS, known_at), *days.condition]
    where += [_refers(kind, values) for kind, values in (terms or {}).items() if values]
    if owners:
        where.append(RECORDS.c.owner.in_(list(owners)))
    if after is not None:
        where.append(RECORDS.c.record > after)
    query = select(RECORDS).where(*where).order_by(RECORDS.c.record)
    return [_held(row) for row in tx.connection.execute(query if limit is None else query.limit(limit))]


def ended(tx: Reading, topics: Collection[str], by: date, known_at: datetime) -> list[Held]:
    """Records that held once and no longer do on the day, by id."""
    where = [RECORDS.c.topic.in_(sorted(topics)), known(RECORDS, known_at), RECORDS.c.valid_to <= by]
    query = select(RECORDS).where(*where, RECORDS.c.valid_from < RECORDS.c.valid_to).order_by(RECORDS.c.record)
    return [_held(row) for row in tx.connection.execute(query)] if topics else []


def anything(tx: Reading, known_at: datetime) -> bool:
    """Whether a record of any topic and any day that a body entered was known at the moment."""
    entered = RECORDS.c.line.is_(None), RECORDS.c.valid_from < RECORDS.c.valid_to
    query = select(RECORDS.c.row).where(known(RECORDS, known_at), *entered)
    return tx.connection.execute(query.limit(1)).first() is not None


def naming(tx: Reading, kind: str, values: Collection[str], known_at: datetime, days: Days) -> list[Held]:
    """Records of every topic that refer to one of the values, by topic and id: what a body holds, where it is named."""
    where = [known(RECORDS, known_at), *days.condition, _refers(kind, sorted(values))]
    query = select(RECORDS).where(*where).order_by(RECORDS.c.topic, RECORDS.c.record)
    return [_held(row) for row in tx.connection.execute(query)]


def _refers(kind: str, values: Iterable[str]) -> ColumnElement[bool]:
    found = select(TERMS.c.row).where(TERMS.c.kind == kind, TERMS.c.value.in_(list(values)))
    return RECORDS.c.row.in_(found)


def present(tx: Reading, topic: str, record: str) -> Held | None:
    """The version known now; None for an unknown or a withdrawn record."""
    query = select(RECORDS).where(
        RECORDS.c.topic == topic, RECORDS.c.record == record, RECORDS.c.recorded_to == FOREVER_AT
    )
    row = tx.connection.execute(query).one_or_none()
    return _held(row) if row else None


def exists(tx: Reading, record: str) -> bool:
    """Whether a record of any topic is known now."""
    query = select(RECORDS.c.row).where(RECORDS.c.record == record, RECORDS.c.recorded_to == FOREVER_AT)
    return tx.connection.execute(query).first() is not None


def twins(tx: Reading, topic: str, owner: str, content: Mapping[str, Any]) -> list[Held]:
    """Records known now in which the same body says the same, of whatever days."""
    query = select(RECORDS).where(
        RECORDS.c.digest == bodies.digest(dict(content)),
        RECORDS.c.topic == topic,
        RECORDS.c.owner == owner,
        RECORDS.c.recorded_to == FOREVER_AT,
    )
    return [_held(row) for row in tx.connection.execute(query)]


def committed_by(tx: Reading, mandates: Collection[str]) -> list[Held]:
    """Records known now whose money was committed by one of the mandates, of whatever days."""
    query = select(RECORDS).where(RECORDS.c.committed_by.in_(sorted(mandates)), RECORDS.c.recorded_to == FOREVER_AT)
    return [_held(row) for row in tx.connection.execute(query.order_by(RECORDS.c.record))]


def versions(tx: Reading, topic: str, record: str, known_at: datetime) -> list[tuple[Held, datetime]]:
    """Every version recorded by then, oldest first, each with the end of its recorded period."""
    query = select(RECORDS).where(
        RECORDS.c.topic == topic, RECORDS.c.record == record, RECORDS.c.recorded_from <= known_at
    )
    rows = tx.connection.execute(query.order_by(RECORDS.c.version))
    return [(_held(row), row.recorded_to if row.recorded_to <= known_at else FOREVER_AT) for row in rows]


def public_at(tx: Reading, contracts: Collection[str], at: datetime) -> frozenset[str]:
    """Of contracts written or withdrawn at a moment those whose values were public before and after."""
    found: dict[str, bool] = {}
    for some in _batches(contracts):
        query = select(RECORDS.c.record, RECORDS.c.content).where(
            RECORDS.c.record.in_(some), or_(RECORDS.c.recorded_from == at, RECORDS.c.recorded_to == at)
        )
        for row in tx.connection.execute(query):
            public = bool(json.loads(row.content).get("values_public"))
            found[row.record] = public and found.get(row.record, True)
    return frozenset(record for record, public in found.items() if public)


def last_versions(tx: Reading, records: Collection[str]) -> dict[str, int]:
    """Record -> its last version, withdrawn or not, of those that there ever was one of."""
    found: dict[str, int] = {}
    for some in _batches(records):
        query = select(RECORDS.c.record, func.max(RECORDS.c.version)).where(RECORDS.c.record.in_(some))
        found |= {row[0]: row[1] for row in tx.connection.execute(query.group_by(RECORDS.c.record))}
    return found


def write(tx: Writing, versions: Sequence[tuple[Held, Collection[Term]]]) -> None:
    """Record versions with their terms, known from this transaction on, in place of the open ones they follow."""
    withdraw(tx, [held.id for held, _ in versions if held.version > 1])
    # writers follow one another (the journal's head), so the next numbers are ours
    number = tx.connection.execute(select(func.max(RECORDS.c.row))).scalar() or 0
    rows, refers = [], []
    for number, (held, terms) in enumerate(versions, number + 1):  # noqa: B020
        rows.append(_columns(held) | {"row": number, "recorded_from": tx.at, "recorded_to": FOREVER_AT})
        refers += [{"row": number, "kind": kind, "value": value} for kind, value in sorted(terms)]
    if rows:
        tx.connection.execute(insert(RECORDS), rows)
    if refers:
        tx.connection.execute(insert(TERMS), refers)


def withdraw(tx: Writing, records: Collection[str]) -> None:
    """End what is known of records: their open versions stop at this transaction."""
    for some in _batches(records):
        tx.connection.execute(
            update(RECORDS)
            .where(RECORDS.c.record.in_(some), RECORDS.c.recorded_to == FOREVER_AT)
            .values(recorded_to=tx.at)
        )


def terms_of(tx: Reading, record: str) -> list[Term]:
    """What the version known now refers to."""
    open_row = select(RECORDS.c.row).where(RECORDS.c.record == record, RECORDS.c.recorded_to == FOREVER_AT)
    query = select(TERMS.c.kind, TERMS.c.value).where(TERMS.c.row.in_(open_row))
    return [(row.kind, row.value) for row in tx.connection.execute(query)]


def _batches(records: Collection[str]) -> Iterable[list[str]]:
    ids = sorted(set(records))
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _columns(held: Held) -> dict[str, Any]:
    return {
        "topic": held.topic,
        "record": held.id,
        "version": held.version,
        "owner": held.owner,
        "valid_from": held.valid_from,
        "valid_to": held.valid_to,
        "content": bodies.canonical(dict(held.content)),
        "committed_by": held.committed_by,
        "line": held.line,
        "digest": bodies.digest(dict(held.content)),
    }


def _held(row: Row[Any]) -> Held:
    return Held(
        topic=row.topic,
        id=row.record,
        version=row.version,
        owner=row.owner,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        content=json.loads(row.content),
        recorded_from=row.recorded_from,
        committed_by=row.committed_by,
        line=row.line,
    )
