"""Queries of the reference figures: the rows in use at a moment, and how a load or an import changes them.

Two layers: `reference`, the shipped set, and `own`, bodies' and stewards' figures. Rows of the own layer are used in
place of the reference rows with the same cover (`Row.WHOLE`), and stay when the reference set is loaded again.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Table, and_, exists, func, insert, or_, select, update

from concord_allocation.assembly.world import Figures
from concord_allocation.reference.files import TABLES
from concord_allocation.reference.rows import LineRow, OfLineRow, PurseRow, Row, Sourced
from concord_allocation.tables import Base
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing

REFERENCE, OWN = "reference", "own"
ROWS_AT_ONCE = 2_000
ANY = "*"

EDITIONS: Table = Base.metadata.tables["reference_editions"]
ROWS: Table = Base.metadata.tables["reference_rows"]


@dataclass(frozen=True, slots=True)
class Edition:
    """A position of the figures: journal position, digest of all rows in use, and since when they are."""

    edition: int
    digest: str
    recorded_from: datetime


@dataclass(frozen=True, slots=True)
class Outline:
    """Pathways that have lines, and years that purses have amounts for; both sorted."""

    pathways: tuple[str, ...]
    years: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that a load or an import changes; GBP where the row's figure is money, None where there is no row."""

    table: str
    key: str
    pathway: str | None
    place: str | None
    year: str | None
    before_gbp: int | None
    after_gbp: int | None
    kind: Literal["added", "changed", "removed"]
    covered: bool = False
    """A body's own row stands in its place, so nothing changes in use."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What bringing a layer to another state does: what changes, row numbers that close, rows that open."""

    changes: tuple[RowChange, ...]
    closing: tuple[int, ...]
    opening: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class FigureFilter:
    """Which figures; None: all. `key`: where the key contains this text."""

    table: str | None = None
    key: str | None = None
    place: str | None = None
    pathway: str | None = None


def edition_known_at(tx: Reading, known_at: datetime) -> Edition | None:
    """The figures' position at a moment: that of the last change until then."""
    found = tx.session.execute(
        select(EDITIONS.c.edition, EDITIONS.c.digest, EDITIONS.c.recorded_from)
        .where(EDITIONS.c.recorded_from <= known_at)
        .order_by(EDITIONS.c.recorded_from.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else Edition(*found)


def replacement(tx: Reading, tables: Mapping[str, Sequence[Row]]) -> Replacement:
    """What it would take to bring the reference layer to what a whole set says; nothing is changed."""
    lines = {row.line: row for row in cast(Sequence[LineRow], tables["lines"])}
    present = {(found.table_name, found.key): found for found in _open_rows(tx, REFERENCE)}
    own = {(found.table_name, found.cover) for found in _open_rows(tx, OWN)}
    changes, closing, opening = [], [], []
    for table, rows in tables.items():
        for row in rows:
            values = columns_of(table, row, lines) | {"layer": REFERENCE}
            found = present.pop((table, values["key"]), None)
            if found is not None and found.digest == values["digest"]:
                continue
            if found is not None:
                closing.append(found.row)
            opening.append(values)
            changes.append(
                RowChange(
                    table, values["key"], values["pathway"], values["place"], values["year"],
                    found.gbp if found is not None else None, values["gbp"],
                    "added" if found is None else "changed", (table, values["cover"]) in own,
                )
            )  # fmt: skip
    for (table, key), gone in present.items():
        closing.append(gone.row)
        covered = (table, gone.cover) in own
        changes.append(RowChange(table, key, gone.pathway, gone.place, gone.year, gone.gbp, None, "removed", covered))
    return Replacement(tuple(changes), tuple(closing), tuple(opening))


def write(tx: Writing, wanted: Replacement) -> None:
    """Close and open rows."""
    for start in range(0, len(wanted.closing), ROWS_AT_ONCE):
        some = wanted.closing[start : start + ROWS_AT_ONCE]
        tx.connection.execute(update(ROWS).where(ROWS.c.row.in_(some)).values(recorded_to=tx.at))
    rows = [values | {"recorded_from": tx.at, "recorded_to": FOREVER_AT} for values in wanted.opening]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        tx.connection.execute(insert(ROWS), rows[start : start + ROWS_AT_ONCE])


def add_edition(tx: Writing, *, layer: str, acting_for: str | None = None, report: str | None = None) -> None:
    """Say that what is in use changed, and by what."""
    tx.connection.execute(
        insert(EDITIONS).values(
            edition=tx.seq,
            digest=_digest_in_use(tx),
            recorded_from=tx.at,
            layer=layer,
            acting_for=acting_for,
            report=report,
        )
    )


_WITHOUT_CONTENT = ("row", "table_name", "key", "cover", "digest", "pathway", "place", "year", "gbp")


def _open_rows(tx: Reading, layer: str) -> Sequence[Any]:
    """A layer's open rows, without their content."""
    columns = [ROWS.c[name] for name in _WITHOUT_CONTENT]
    return tx.connection.execute(select(*columns).where(ROWS.c.layer == layer, ROWS.c.recorded_to == FOREVER_AT)).all()


def columns_of(table: str, row: Row, lines: Mapping[str, LineRow]) -> dict[str, Any]:
    """A row as it is stored, without layer and period: its content, and what it is chosen and summed by.

    What is about a line has its place, pathway and purse.
    """
    cells = vars(row)  # a model is slow to say that it has no such column
    where = vars(lines[row.line]) if isinstance(row, OfLineRow) else cells
    content = content_of(row)
    return {
        "table_name": table,
        "key": row.row_key(),
        "cover": row.cover_of(row),
        "digest": _digest(content),
        "content": content,
        "pathway": where.get("pathway"),
        "place": where.get("place"),
        "purse": where.get("purse"),
        "year": cells.get("year"),
        "basis": cells.get("basis"),
        "figures": sum(cells[column] is not None for column in row.FIGURES),
        "gbp": cells[row.POUNDS] if row.POUNDS else None,
    }


def _digest_in_use(tx: Writing) -> str:
    """SHA-256 over table, key and digest of every row in use, whatever the database and its order of text."""
    own = _open_rows(tx, OWN)
    covered = {(row.table_name, row.cover) for row in own}
    ours = [row for row in _open_rows(tx, REFERENCE) if (row.table_name, row.cover) not in covered]
    used = {(row.table_name, row.key): row.digest for row in (*ours, *own)}
    whole = hashlib.sha256()
    for (table, key), digest in sorted(used.items()):
        whole.update(f"{table}:{key}:{digest}\n".encode())
    return whole.hexdigest()


def content_of(row: Row) -> str:
    """A row as it is kept: JSON without what is a default, so that a new column changes no row."""
    return row.model_dump_json(exclude_defaults=True)


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _known(table: Any, at: datetime) -> ColumnElement[bool]:
    return and_(table.c.recorded_from <= at, table.c.recorded_to > at)


def in_use(at: datetime) -> ColumnElement[bool]:
    """Known at the moment, and not a reference row in whose place there are some of the own layer."""
    own = ROWS.alias("own")
    covered = exists().where(
        own.c.table_name == ROWS.c.table_name, own.c.cover == ROWS.c.cover, own.c.layer == OWN, _known(own, at)
    )
    return and_(_known(ROWS, at), or_(ROWS.c.layer == OWN, ~covered))


def rows_in_use(tx: Reading, at: datetime, table: str, *conditions: ColumnElement[bool]) -> list[Any]:
    """Rows of one table, parsed, by key."""
    found = tx.connection.execute(
        select(ROWS.c.content).where(ROWS.c.table_name == table, in_use(at), *conditions)
    ).scalars()
    model = TABLES[table]
    return sorted((model.model_validate_json(content) for content in found), key=lambda row: row.row_key())


def outline(tx: Reading, at: datetime) -> Outline:
    """What a plan can be made for at all."""
    return Outline(_distinct(tx, at, "lines", ROWS.c.pathway), _distinct(tx, at, "purse_amounts", ROWS.c.year))


def _distinct(tx: Reading, at: datetime, table: str, column: ColumnElement[str]) -> tuple[str, ...]:
    found = tx.connection.execute(select(column).where(ROWS.c.table_name == table, in_use(at)).distinct()).scalars()
    return tuple(sorted(found))


def paid_elsewhere(
    tx: Reading, at: datetime, pathways: Collection[str], places: Collection[str], payers: Collection[str]
) -> dict[str, str]:
    """Place -> payer, of lines that the payers pay on places other than these.

    A council that reaches into several areas has lines on the places of its overlaps, not on its own.
    """
    purses = {row.purse: row.owner for row in rows_in_use(tx, at, "purses") if row.owner in payers}
    found = tx.connection.execute(
        select(ROWS.c.place, ROWS.c.purse).where(
            ROWS.c.table_name == "lines",
            ROWS.c.purse.in_(purses),
            ROWS.c.pathway.in_(pathways),
            ROWS.c.place.not_in(places),
            in_use(at),
        )
    )
    return {place: purses[purse] for place, purse in found}


def figures_for(tx: Reading, at: datetime, pathways: Collection[str], places: Collection[str]) -> Figures:
    """What an assembly for these pathways and places needs, and no other place's lines, cases or amounts."""
    here = (ROWS.c.pathway.in_(pathways), ROWS.c.place.in_(places))
    of_pathways = ROWS.c.pathway.in_(pathways)
    lines = rows_in_use(tx, at, "lines", *here)
    purses = _purses_for(tx, at, {line.purse for line in lines}, set(pathways), set(places))
    keys = [purse.purse for purse in purses]
    return Figures(
        purses=purses,
        purse_amounts=rows_in_use(
            tx, at, "purse_amounts", ROWS.c.purse.in_(keys), ROWS.c.pathway.in_([*pathways, ANY])
        ),
        lines=lines,
        curves=rows_in_use(tx, at, "curves", of_pathways),
        unit_costs=rows_in_use(tx, at, "unit_costs", of_pathways),
        activity=rows_in_use(tx, at, "activity", *here),
        baseline_bridges=rows_in_use(tx, at, "baseline_bridges", *here),
        links=rows_in_use(tx, at, "links", of_pathways),
        price_changes=rows_in_use(tx, at, "price_changes"),
        stage_prices=rows_in_use(tx, at, "stage_prices"),
        planning_rules=rows_in_use(tx, at, "planning_rules"),
        deflators=rows_in_use(tx, at, "deflators"),
        need_weights=rows_in_use(tx, at, "need_weights"),
        need_weights_cancer=rows_in_use(tx, at, "need_weights_cancer"),
        business_rules=rows_in_use(tx, at, "business_rules"),
        paid=_paid(tx, at, keys),
    )


def _purses_for(tx: Reading, at: datetime, paying: set[str], pathways: set[str], places: set[str]) -> list[PurseRow]:
    """Purses that pay a line, and those outside the baseline that may pay for something here."""
    return [
        purse
        for purse in cast(list[PurseRow], rows_in_use(tx, at, "purses"))
        if purse.purse in paying
        or (
            not purse.in_baseline
            and (ANY in purse.places or not places.isdisjoint(purse.places))
            and (ANY in purse.pathways or not pathways.isdisjoint(purse.pathways))
        )
    ]


def _paid(tx: Reading, at: datetime, purses: Collection[str]) -> dict[tuple[str, str], int]:
    """(purse, pathway) -> GBP of baseline that it pays in all places."""
    found = tx.connection.execute(
        select(ROWS.c.purse, ROWS.c.pathway, func.sum(ROWS.c.gbp))
        .where(ROWS.c.table_name == "lines", ROWS.c.purse.in_(purses), in_use(at))
        .group_by(ROWS.c.purse, ROWS.c.pathway)
    )
    return {(purse, pathway): int(gbp) for purse, pathway, gbp in found}


def figure_rows(
    tx: Reading, at: datetime, wanted: FigureFilter, after: tuple[str, str], limit: int
) -> Iterator[tuple[str, Row, str | None]]:
    """(table, row, the body whose own it is) of rows with figures, by table and key, from the key `after` on."""
    conditions = [in_use(at), ROWS.c.figures > 0]
    conditions += [
        column == value
        for column, value in (
            (ROWS.c.table_name, wanted.table),
            (ROWS.c.place, wanted.place),
            (ROWS.c.pathway, wanted.pathway),
        )
        if value is not None
    ]
    if wanted.key is not None:
        conditions.append(func.replace(ROWS.c.key, wanted.key, "") != ROWS.c.key)  # case counts in both databases
    table, key = after
    conditions.append(or_(ROWS.c.table_name > table, and_(ROWS.c.table_name == table, ROWS.c.key >= key)))
    found = tx.connection.execute(
        select(ROWS.c.table_name, ROWS.c.content, ROWS.c.owner)
        .where(*conditions)
        .order_by(ROWS.c.table_name, ROWS.c.key)
        .limit(limit)
    )
    for name, content, owner in found:
        yield name, TABLES[name].model_validate_json(content), owner


def pounds(tx: Reading, at: datetime, tables: Collection[str]) -> dict[tuple[str, str | None, str | None], int]:
    """(table, pathway, year) -> all GBP in use."""
    found = tx.connection.execute(
        select(ROWS.c.table_name, ROWS.c.pathway, ROWS.c.year, func.sum(ROWS.c.gbp))
        .where(ROWS.c.table_name.in_(sorted(tables)), ROWS.c.gbp.is_not(None), in_use(at))
        .group_by(ROWS.c.table_name, ROWS.c.pathway, ROWS.c.year)
    )
    return {(table, pathway, year): int(gbp) for table, pathway, year, gbp in found}


def spend(tx: Reading, at: datetime) -> list[tuple[str, str, int]]:
    """(pathway, basis, GBP) of the baseline of every line."""
    found = tx.connection.execute(
        select(ROWS.c.pathway, ROWS.c.basis, func.sum(ROWS.c.gbp))
        .where(ROWS.c.table_name == "lines", in_use(at))
        .group_by(ROWS.c.pathway, ROWS.c.basis)
    )
    return [(pathway, basis, int(gbp)) for pathway, basis, gbp in found]


def sourced_rows(tx: Reading, at: datetime) -> Iterator[tuple[str, Sourced]]:
    """(table, row) of every row with figures."""
    found = tx.connection.execute(select(ROWS.c.table_name, ROWS.c.content).where(in_use(at), ROWS.c.figures > 0))
    for name, content in found:
        row = TABLES[name].model_validate_json(content)
        if isinstance(row, Sourced):
            yield name, row
