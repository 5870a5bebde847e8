"""The journal as a feed: entries that fit a filter, and what each transaction touched.

A transaction's facts carry its moment, which no other has: so what it touched is what was recorded, or ceased to be
known, at that moment. Nothing else needs to be kept, and the feed reaches back to the first entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, Table, and_, func, literal, or_, select, union_all

from concord_contracts.registry import Touched, TouchedKind
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading
from concord_kit.journal import Entry, changes_after
from concord_registry import tables
from concord_registry.feed.filters import Wanted

HELD = tables.Base.metadata.tables
CLAIMS, MANDATES, RECORDS, TERMS = (HELD[name] for name in ("claims", "mandates", "records", "record_terms"))
WHOLE = (
    "reference.load",
    "imports.create",
    "files.create",
    "files.withdraw",
    "reorganisations.apply",
    "rules.change",
    "pathways.change",
)
"""Actions that change reference data, which may concern anybody."""
MOST_SHOWN = 50
"""Records of one change that are shown each."""


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


@dataclass
class TouchedThen:
    """What one transaction touched: how many records, and the first of them."""

    count: int = 0
    shown: list[Touched] = field(default_factory=list)


def touched(tx: Reading, moments: Sequence[datetime]) -> dict[datetime, TouchedThen]:
    """What was recorded, or ceased to be known, at each moment; a new version stands for the one it replaces. Each
    moment is counted for itself: what else stands on a page changes nothing."""
    found = {moment: TouchedThen() for moment in moments}
    if not found:
        return found
    for table, key, told in ((CLAIMS, "claim", _claim), (MANDATES, "mandate", _mandate), (RECORDS, "record", _record)):
        first = _first(table, key, moments)
        counts: dict[datetime, int] = {}
        shown: dict[tuple[datetime, str], Touched] = {}
        query = select(table, first.c.at, first.c.began, first.c.records).join(first, table.c.row == first.c.row)
        for row in tx.connection.execute(query.order_by(first.c.at, first.c.rank)):
            one = told(row, row.version if row.began else None)
            counts[row.at], shown[row.at, one.id] = row.records, one
        if table is RECORDS:
            _add_terms(tx, shown, first)
        for moment, count in counts.items():
            found[moment].count += count
        for (moment, _), one in shown.items():
            found[moment].shown.append(one)
    return {moment: replace(then, shown=then.shown[:MOST_SHOWN]) for moment, then in found.items()}


def _first(table: Table, key: str, moments: Sequence[datetime]) -> Subquery:
    """The first records touched at each moment: when, the version that stands from then on or else the one that ended,
    whether it stands, and how many records there were in all."""
    later = table.alias()
    replaced = select(later.c.row).where(later.c[key] == table.c[key], later.c.recorded_from == table.c.recorded_to)
    ended = select(table.c.row, table.c.recorded_to.label("at"), literal(0).label("began"))
    began = select(table.c.row, table.c.recorded_from.label("at"), literal(1).label("began"))
    rows = union_all(
        ended.where(table.c.recorded_to.in_(moments), ~replaced.exists()),
        began.where(table.c.recorded_from.in_(moments)),
    ).subquery()
    ranked = select(
        rows,
        func.row_number().over(partition_by=rows.c.at, order_by=rows.c.row).label("rank"),
        func.count().over(partition_by=rows.c.at).label("records"),
    ).subquery()
    return select(ranked).where(ranked.c.rank <= MOST_SHOWN).subquery()


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


def _add_terms(tx: Reading, shown: dict[tuple[datetime, str], Touched], first: Subquery) -> None:
    """What records refer to; both of a version that ended and of the one in its place."""
    into = {"organisation": "bodies", "place": "places", "pathway": "pathways", "stage": "stages"}
    standing = RECORDS.alias()
    query = (
        select(first.c.at, RECORDS.c.record, TERMS.c.kind, TERMS.c.value)
        .join(standing, standing.c.row == first.c.row)
        .join(
            RECORDS,
            and_(
                RECORDS.c.topic == standing.c.topic,
                RECORDS.c.record == standing.c.record,
                or_(RECORDS.c.recorded_from == first.c.at, RECORDS.c.recorded_to == first.c.at),
            ),
        )
        .join(TERMS, TERMS.c.row == RECORDS.c.row)
        .where(TERMS.c.kind.in_(into))
        .order_by(TERMS.c.row, TERMS.c.kind, TERMS.c.value)
    )
    for row in tx.connection.execute(query):
        named = getattr(shown[row.at, row.record], into[row.kind])
        if row.value not in named:
            named.append(row.value)


def _bodies(named: Iterable[str | None]) -> list[str]:
    return [*dict.fromkeys(body for body in named if body is not None and ":" in body)]
