"""Reorganisations as recorded, and what one is held against."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select

from concord_contracts.identifiers import FOREVER, digest_of
from concord_contracts.registry import Reorganisation, ReorganisationSummary
from concord_kit.database import Reading, Writing
from concord_kit.lists import list_table
from concord_registry import postcodes, tables
from concord_registry.store.layers import rows_in_use, table_of
from concord_registry.store.periods import known
from concord_registry.world import Reference

REORGANISATIONS = table_of("reorganisations")
LOADS = table_of("loads")


def record(tx: Writing, said: Reorganisation) -> None:
    """That it was carried out, and, beside loads and imports, that reference data changed."""
    tx.connection.execute(
        insert(REORGANISATIONS).values(
            reorganisation=said.id,
            seq=tx.seq,
            on=said.on,
            title=said.title,
            authority=said.authority,
            acting_for=said.acting_for,
            said=said.model_dump_json(),
            recorded_from=tx.at,
        )
    )
    sent = said.model_dump(mode="json", include={"on", "title", "authority", "source", "events"})
    tx.connection.execute(
        insert(LOADS).values(seq=tx.seq, at=tx.at, digest=digest_of(sent), owner=said.acting_for, report=None)
    )


def find(tx: Reading, reorganisation: str, known_at: datetime) -> Reorganisation | None:
    """As it was recorded, if it was by then."""
    query = select(REORGANISATIONS.c.said).where(
        REORGANISATIONS.c.reorganisation == reorganisation, REORGANISATIONS.c.recorded_from <= known_at
    )
    kept = tx.connection.execute(query).scalar()
    return None if kept is None else Reorganisation.model_validate_json(kept)


def listed(
    tx: Reading,
    known_at: datetime,
    *,
    since: date | None,
    until: date | None,
    after: tuple[date, int] | None,
    limit: int,
) -> list[tuple[ReorganisationSummary, tuple[date, int]]]:
    """Reorganisations of a span of days, the latest day first, each with its position in the list."""
    query = select(REORGANISATIONS).where(REORGANISATIONS.c.recorded_from <= known_at)
    if since is not None:
        query = query.where(REORGANISATIONS.c.on >= since)
    if until is not None:
        query = query.where(REORGANISATIONS.c.on < until)
    if after is not None:
        earlier = and_(REORGANISATIONS.c.on == after[0], REORGANISATIONS.c.seq < after[1])
        query = query.where(or_(REORGANISATIONS.c.on < after[0], earlier))
    ordered = query.order_by(REORGANISATIONS.c.on.desc(), REORGANISATIONS.c.seq.desc()).limit(limit)
    return [(_summary(row), (row.on, row.seq)) for row in tx.connection.execute(ordered)]


def _summary(row: Row[Any]) -> ReorganisationSummary:
    said = json.loads(row.said)
    return ReorganisationSummary(
        id=row.reorganisation,
        on=row.on,
        title=row.title,
        authority=row.authority,
        acting_for=row.acting_for,
        recorded_at=row.recorded_from,
        events=len(said["events"]),
        opened=[body["id"] for body in said["effects"]["opened"]],
        ended=[body["id"] for body in said["effects"]["ended"]],
    )


def kinds(tx: Reading, reference: Reference) -> frozenset[str]:
    """Kinds of bodies that are listed, or that some body has."""
    rows = list_table(tables.Base.metadata)
    query = select(rows.c.content).where(rows.c.list == "body_kinds", known(rows, tx.head_at))
    listed_kinds = {json.loads(content)["kind"] for content in tx.connection.execute(query).scalars()}
    return frozenset(listed_kinds | {body.kind for body in reference.bodies.values()})


@dataclass(frozen=True, slots=True)
class Closing:
    """That a reorganisation closed a body or place, and since when."""

    on: date
    reorganisation: str
    title: str


def closings(tx: Reading, table: str, known_at: datetime) -> dict[str, Closing]:
    """Bodies, or places, that a reorganisation's own rows end, by key."""
    rows, column = table_of(table), "body" if table == "bodies" else "place"
    query = (
        select(rows.c[column], func.max(rows.c.valid_to), REORGANISATIONS.c.reorganisation, REORGANISATIONS.c.title)
        .join(REORGANISATIONS, REORGANISATIONS.c.recorded_from == rows.c.recorded_from)
        .where(known(rows, known_at), rows.c.owner.is_not(None), rows.c.edition.is_(None))
        .group_by(rows.c[column], REORGANISATIONS.c.reorganisation, REORGANISATIONS.c.title)
    )
    return {row[0]: Closing(row[1], row[2], row[3]) for row in tx.connection.execute(query) if row[1] < FOREVER}


def codes(tx: Reading) -> dict[tuple[str, str], str]:
    """Every code there ever was, with whose it is: none is used again, but for postcodes."""
    rows = rows_in_use(tx.connection, "body_codes", tx.head_at)
    return {(row.scheme, row.code): row.body for row in rows if row.scheme != postcodes.SCHEME}
