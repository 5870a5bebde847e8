"""The journal as a feed: entries that fit a filter, and what each transaction touched.

A transaction's facts carry its moment, which no other has: so what it touched is what was recorded, or ceased to be
known, at that moment. Nothing else needs to be kept, and the feed reaches back to the first entry.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select

from concord_contracts.registry import Touched, TouchedKind
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading
from concord_kit.journal import Entry, changes_after
from concord_registry import tables
from concord_registry.feed.filters import Wanted

HELD = tables.Base.metadata.tables
CLAIMS, MANDATES, RECORDS, TERMS = (HELD[name] for name in ("claims", "mandates", "records", "record_terms"))
WHOLE = ("reference.load", "imports.create")
"""Actions that change reference data, which may concern anybody."""
MOST_TOUCHED = 5000
"""Records looked at for one page of changes; a larger import is told by its count alone."""


def entries(tx: Reading, wanted: Wanted, after: int, limit: int, upto: int | None = None) -> tuple[list[Entry], int]:
    """Up to `limit` entries that fit, oldest first, and the sequence up to which all were looked at."""
    last = tx.head_seq if upto is None else min(upto, tx.head_seq)
    where = [tx.tables.journal.c.seq <= last, *_conditions(tx.tables.journal, wanted)]
    found = changes_after(tx.session, tx.tables, after, limit, where=where)
    return found, found[-1].seq if len(found) == limit else max(after, last)


def _conditions(journal: Table, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = []
    if wanted.actions:
        whole = journal.c.action.in_(wanted.actions)
        where.append(or_(whole, *(journal.c.action.startswith(f"{one}.", autoescape=True) for one in wanted.actions)))
    if wanted.subjects:
        whole = journal.c.subject.in_(wanted.subjects)
        kinds = [one for one in wanted.subjects if ":" not in one]
        where.append(or_(whole, *(journal.c.subject.startswith(f"{one}:", autoescape=True) for one in kinds)))
    if wanted.bodies:
        where.append(
            or_(
                journal.c.acting_for.in_(wanted.bodies),
                journal.c.action.in_(WHOLE),
                *_touching(journal, CLAIMS, or_(*(_of(CLAIMS, wanted.bodies, "organisation", "asserted_by")))),
                *_touching(journal, MANDATES, or_(*_of(MANDATES, wanted.bodies, "holder", "body"))),
                *_touching(journal, RECORDS, _terms("organisation", wanted.bodies)),
            )
        )
    if wanted.places:
        where.append(
            or_(
                journal.c.action.in_(WHOLE),
                *_touching(journal, CLAIMS, CLAIMS.c.place.in_(wanted.places)),
                *_touching(journal, RECORDS, _terms("place", wanted.places)),
            )
        )
    return where


def _of(table: Table, values: Sequence[str], *columns: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [table.c[column].in_(values) for column in columns]
    if table is CLAIMS:  # a list in one column, separated by spaces
        found += [(" " + table.c.on_behalf_of + " ").contains(f" {value} ", autoescape=True) for value in values]
    return found


def _terms(kind: str, values: Sequence[str]) -> ColumnElement[bool]:
    return RECORDS.c.row.in_(select(TERMS.c.row).where(TERMS.c.kind == kind, TERMS.c.value.in_(values)))


def _touching(journal: Table, table: Table, which: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    return [
        journal.c.at.in_(select(table.c.recorded_from).where(which)),
        journal.c.at.in_(select(table.c.recorded_to).where(which, table.c.recorded_to < FOREVER_AT)),
    ]


def touched(tx: Reading, moments: Sequence[datetime]) -> dict[datetime, list[Touched]]:
    """What was recorded, or ceased to be known, at each moment; a new version stands for the one it replaces."""
    found: dict[datetime, dict[tuple[TouchedKind, str], Touched]] = {moment: {} for moment in moments}
    if not moments:
        return {}
    for table, told in ((CLAIMS, _claim), (MANDATES, _mandate), (RECORDS, _record)):
        for ended in (True, False):  # what ended first, so that the version in its place overwrites it
            column = table.c.recorded_to if ended else table.c.recorded_from
            query = select(table).where(column.in_(moments)).order_by(table.c.row).limit(MOST_TOUCHED)
            for row in tx.connection.execute(query):
                one = told(row, None if ended else row.version)
                found[row.recorded_to if ended else row.recorded_from][one.kind, one.id] = one
    _add_terms(tx, found, moments)
    return {moment: [*by_id.values()] for moment, by_id in found.items()}


def _claim(row: Any, version: int | None) -> Touched:
    named = [row.organisation, row.asserted_by, *row.on_behalf_of.split()]
    return Touched(
        kind=TouchedKind.CLAIM,
        id=row.claim,
        version=version,
        bodies=_bodies(named),
        places=[row.place],
        pathways=[row.pathway],
        stages=[row.stage],
        words=f"{row.role}, {row.status}" if version else f"{row.role}, no longer known",
        address=f"/v1/claims/{row.claim}",
    )


def _mandate(row: Any, version: int | None) -> Touched:
    return Touched(
        kind=TouchedKind.MANDATE,
        id=row.mandate,
        version=version,
        bodies=_bodies([row.body, row.holder]),
        words=f"{row.actions}, {row.valid_from} until before {row.valid_to}",
        address=f"/v1/mandates?holder={row.holder}&body={row.body}",
    )


def _record(row: Any, version: int | None) -> Touched:
    return Touched(
        kind=TouchedKind.RECORD,
        id=row.record,
        version=version,
        bodies=_bodies([row.owner]),
        words=row.topic if version else f"{row.topic}, no longer known",
        address=None,
    )


def _add_terms(
    tx: Reading, found: dict[datetime, dict[tuple[TouchedKind, str], Touched]], moments: Sequence[datetime]
) -> None:
    """What records refer to; both of a version that ended and of the one in its place."""
    into = {"organisation": "bodies", "place": "places", "pathway": "pathways", "stage": "stages"}
    for column in (RECORDS.c.recorded_to, RECORDS.c.recorded_from):
        query: Select[Any] = (
            select(column.label("at"), RECORDS.c.record, TERMS.c.kind, TERMS.c.value)
            .join(TERMS, TERMS.c.row == RECORDS.c.row)
            .where(column.in_(moments), TERMS.c.kind.in_(into))
            .limit(MOST_TOUCHED)
        )
        for row in tx.connection.execute(query):
            one = found[row.at].get((TouchedKind.RECORD, row.record))
            if one is not None and row.value not in getattr(one, into[row.kind]):
                getattr(one, into[row.kind]).append(row.value)


def _bodies(named: Iterable[str | None]) -> list[str]:
    return [*dict.fromkeys(body for body in named if body is not None and ":" in body)]
