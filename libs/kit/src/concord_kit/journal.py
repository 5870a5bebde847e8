"""The journal: one row for each writing transaction, chained by hashes, and the feed that is a read of it.

The head row is locked before anything else is read, so writers follow one another and the stamp of all their facts,
`at = max(clock, last + 1 microsecond)`, is known beforehand (docs/adr/0002).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from sqlalchemy import ColumnElement, Connection, Row, insert, select, update
from sqlalchemy.orm import Session

from concord_kit.tables import GENESIS_HASH, KitTables

ONE_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Intent:
    """Who does what to which record, and why. `actor` is a pseudonymous subject, never a name."""

    actor: str
    action: str
    subject: str = ""
    acting_for: str | None = None
    reason: str | None = None
    body_digest: str | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The latest journal position: everything recorded so far was recorded at or before `at`."""

    seq: int
    at: datetime
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal row. `reason` can be erased; the chain covers its digest."""

    seq: int
    at: datetime
    actor: str
    acting_for: str | None
    action: str
    subject: str
    reason: str | None
    reason_digest: str | None
    body_digest: str | None
    request_id: str
    previous: str
    hash: str


def read_head(session: Session, tables: KitTables, *, lock: bool = False) -> Head:
    """The head; with `lock` it is held until the transaction ends (PostgreSQL; SQLite's BEGIN IMMEDIATE does it)."""
    head = tables.journal_head
    query = select(head.c.seq, head.c.at, head.c.hash)
    row = session.connection().execute(query.with_for_update() if lock else query).one()
    return Head(row.seq, row.at, row.hash)


def next_stamp(head: Head, now: datetime) -> datetime:
    """The stamp of the next transaction: after every earlier one even where the clock stood still or ran back."""
    return max(now, head.at + ONE_TICK)


def append(session: Session, tables: KitTables, head: Head, at: datetime, intent: Intent) -> Head:
    """Move the head and write the journal row of this transaction."""
    values = {
        "seq": head.seq + 1,
        "at": at,
        "actor": intent.actor,
        "acting_for": intent.acting_for,
        "action": intent.action,
        "subject": intent.subject,
        "reason_digest": _digest_of_text(intent.reason),
        "body_digest": intent.body_digest,
        "request_id": intent.request_id,
        "previous": head.hash,
    }
    new = Head(head.seq + 1, at, _hash_of(values))
    connection = session.connection()
    connection.execute(update(tables.journal_head).values(seq=new.seq, at=new.at, hash=new.hash))
    connection.execute(insert(tables.journal).values(**values, reason=intent.reason, hash=new.hash))
    return new


def changes_after(
    session: Session, tables: KitTables, after: int, limit: int, *, where: Sequence[ColumnElement[bool]] = ()
) -> list[Entry]:
    """Up to `limit` entries with a sequence above `after`, oldest first, that fit. Sequences have no holes."""
    journal = tables.journal
    query = select(journal).where(journal.c.seq > after, *where).order_by(journal.c.seq).limit(limit)
    return [_entry(row) for row in session.connection().execute(query)]


def position_at(session: Session, tables: KitTables, known_at: datetime) -> int:
    """The sequence of the last transaction recorded at or before `known_at`; 0 where there is none."""
    journal = tables.journal
    query = select(journal.c.seq).where(journal.c.at <= known_at).order_by(journal.c.at.desc()).limit(1)
    return session.connection().execute(query).scalar() or 0


def verify_chain(connection: Connection, tables: KitTables) -> list[str]:
    """Every break of the chain in words; empty where no row was changed, removed or put between."""
    faults: list[str] = []
    previous, expected, last_at = GENESIS_HASH, 1, None
    for row in connection.execute(select(tables.journal).order_by(tables.journal.c.seq)):
        entry = _entry(row)
        if entry.seq != expected:
            faults.append(f"entry {expected} is missing")
        if entry.previous != previous:
            faults.append(f"entry {entry.seq} does not follow the entry before it")
        if entry.hash != _hash_of({name: getattr(entry, name) for name in _CHAINED}):
            faults.append(f"entry {entry.seq} was changed")
        if entry.reason is not None and _digest_of_text(entry.reason) != entry.reason_digest:
            faults.append(f"the reason of entry {entry.seq} was changed")
        if last_at is not None and entry.at <= last_at:
            faults.append(f"entry {entry.seq} is not later than the one before it")
        previous, expected, last_at = entry.hash, entry.seq + 1, entry.at
    head = connection.execute(select(tables.journal_head)).one()
    if (head.seq, head.hash) != (expected - 1, previous):
        faults.append(f"the head says {head.seq}, the last entry is {expected - 1}")
    return faults


_CHAINED = (
    "seq", "at", "actor", "acting_for", "action", "subject", "reason_digest", "body_digest", "request_id", "previous",
)  # fmt: skip


def _entry(row: Row[Any]) -> Entry:
    return Entry(**row._mapping)


def _hash_of(values: dict[str, Any]) -> str:
    at: datetime = values["at"]
    stamped = {**values, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return hashlib.sha256(rfc8785.dumps(stamped)).hexdigest()


def _digest_of_text(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()
