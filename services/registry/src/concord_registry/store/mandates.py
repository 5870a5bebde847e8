"""Mandates as recorded: a body lets a support body act for it."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Table, insert, select, update

from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry import tables
from concord_registry.store.periods import in_force, known

MANDATES: Table = tables.Base.metadata.tables["mandates"]


@dataclass(frozen=True, slots=True)
class Mandate:
    """One version. `limit_gbp` None: no limit; no pathways, stages or places: all of them."""

    id: str
    version: int
    holder: str
    body: str
    actions: tuple[str, ...]
    limit_gbp: int | None
    valid_from: date
    valid_to: date
    pathways: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    note: str | None = None
    basis: str | None = None
    source: str | None = None


def in_force_on(
    tx: Reading,
    as_of: date,
    known_at: datetime,
    *,
    holder: str | None = None,
    body: str | None = None,
    after: str | None = None,
    limit: int = 1000,
) -> list[Mandate]:
    """Mandates in force on the day, by id, after one."""
    where = [known(MANDATES, known_at), in_force(MANDATES, as_of)]
    for column, value in (("holder", holder), ("body", body)):
        if value is not None:
            where.append(MANDATES.c[column] == value)
    if after is not None:
        where.append(MANDATES.c.mandate > after)
    query = select(MANDATES).where(*where).order_by(MANDATES.c.mandate).limit(limit)
    return [_mandate(row) for row in tx.connection.execute(query)]


def between(tx: Reading, *, holder: str, body: str) -> list[Mandate]:
    """Every mandate known now from a body to a holder, of any period."""
    query = select(MANDATES).where(
        MANDATES.c.holder == holder, MANDATES.c.body == body, MANDATES.c.recorded_to == FOREVER_AT
    )
    return [_mandate(row) for row in tx.connection.execute(query.order_by(MANDATES.c.mandate))]


def present(tx: Reading, mandate: str) -> Mandate | None:
    """The version known now; None for an unknown one."""
    query = select(MANDATES).where(MANDATES.c.mandate == mandate, MANDATES.c.recorded_to == FOREVER_AT)
    row = tx.connection.execute(query).one_or_none()
    return _mandate(row) if row else None


def ends_given(tx: Reading) -> dict[str, date]:
    """Mandates of files that bodies have taken back -> the first day without each.

    A body's version keeps the digest of the line that it goes back to, and ends earlier than the version before it.
    """
    query = select(MANDATES.c.mandate, MANDATES.c.digest, MANDATES.c.valid_to).where(MANDATES.c.digest.is_not(None))
    rows = tx.connection.execute(query.order_by(MANDATES.c.mandate, MANDATES.c.version)).all()
    return {
        after.mandate: after.valid_to
        for before, after in itertools.pairwise(rows)
        if (before.mandate, before.digest) == (after.mandate, after.digest) and after.valid_to < before.valid_to
    }


def correct(tx: Writing, mandate: Mandate) -> None:
    """The next version in the place of the present one, keeping what line of a file it came from."""
    query = select(MANDATES.c.digest).where(MANDATES.c.mandate == mandate.id, MANDATES.c.recorded_to == FOREVER_AT)
    digest = tx.connection.execute(query).scalar()
    withdraw(tx, mandate.id)
    record(tx, mandate, digest)


def record(tx: Writing, mandate: Mandate, digest: str | None = None) -> None:
    """Write a version, known from this transaction on."""
    lists = ("actions", "pathways", "stages", "places")
    values = {name: getattr(mandate, name) for name in Mandate.__slots__ if name not in ("id", *lists)}
    tx.connection.execute(
        insert(MANDATES).values(
            **values,
            mandate=mandate.id,
            **{name: " ".join(getattr(mandate, name)) for name in lists},
            digest=digest,
            recorded_from=tx.at,
            recorded_to=FOREVER_AT,
        )
    )


def withdraw(tx: Writing, mandate: str) -> None:
    """End what is known of a mandate."""
    tx.connection.execute(
        update(MANDATES)
        .where(MANDATES.c.mandate == mandate, MANDATES.c.recorded_to == FOREVER_AT)
        .values(recorded_to=tx.at)
    )


def _mandate(row: Row[Any]) -> Mandate:
    return Mandate(
        id=row.mandate,
        version=row.version,
        holder=row.holder,
        body=row.body,
        actions=tuple(row.actions.split()),
        limit_gbp=row.limit_gbp,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        pathways=tuple(row.pathways.split()),
        stages=tuple(row.stages.split()),
        places=tuple(row.places.split()),
        note=row.note,
        basis=row.basis,
        source=row.source,
    )
