"""The tables that every service keeps in its own database: journal, idempotency, outbox."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    insert,
)
from sqlalchemy.orm import registry

from concord_kit.columns import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a migration can change it on both databases."""

GENESIS_AT = datetime(1970, 1, 1, tzinfo=UTC)
GENESIS_HASH = "0" * 64


def new_registry() -> registry:
    """A registry of a service's own: `class Base(SQLModel, registry=new_registry()): ...`."""
    return registry(metadata=MetaData(naming_convention=NAMING))


@dataclass(frozen=True, slots=True)
class KitTables:
    journal_head: Table
    journal: Table
    idempotency: Table
    outbox: Table


def kit_tables(metadata: MetaData) -> KitTables:
    """The kit's tables in a service's metadata, declared on the first call."""
    if "journal_head" not in metadata.tables:
        _declare(metadata)
    return KitTables(
        journal_head=metadata.tables["journal_head"],
        journal=metadata.tables["journal"],
        idempotency=metadata.tables["idempotency"],
        outbox=metadata.tables["outbox"],
    )


def _declare(metadata: MetaData) -> None:
    head = Table(
        "journal_head",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("hash", String(64), nullable=False),
        CheckConstraint("id = 1", name="one_row"),
    )
    event.listen(head, "after_create", _begin_journal)
    Table(
        "journal",
        metadata,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("at", UtcDateTime, nullable=False),
        Column("actor", String(200), nullable=False),
        Column("acting_for", String(200)),
        Column("action", String(100), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("reason", Text),
        Column("reason_digest", String(64)),
        Column("body_digest", String(64)),
        Column("request_id", String(128), nullable=False),
        Column("previous", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
        Index(None, "at", unique=True),
        Index(None, "subject"),
    )
    Table(
        "idempotency",
        metadata,
        Column("principal", String(200), primary_key=True),
        Column("route", String(500), primary_key=True),
        Column("key", String(128), primary_key=True),
        Column("digest", String(64), nullable=False),
        Column("status", Integer, nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("created", UtcDateTime, nullable=False),
        Index(None, "created"),
    )
    Table(
        "outbox",
        metadata,
        Column("key", String(200), primary_key=True),
        Column("sequence", BigInteger, nullable=False),
        Column("sent_sequence", BigInteger, nullable=False),
        Column("lease", String(36)),
        Column("leased_until", UtcDateTime, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("next_attempt_at", UtcDateTime, nullable=False),
        Column("waiting_since", UtcDateTime, nullable=False),
        Column("parked_at", UtcDateTime),
        Column("last_error", Text),
        Index(None, "next_attempt_at"),
    )


def _begin_journal(head: Table, connection: Connection, **_: object) -> None:
    connection.execute(insert(head).values(id=1, seq=0, at=GENESIS_AT, hash=GENESIS_HASH))
