"""What each publisher's file said, kept whole, and files that were taken back."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, insert, select

from concord_contracts.identifiers import digest_of
from concord_contracts.registry import FileWithdrawal
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry.file_rows import FILES
from concord_registry.files import REFERENCES
from concord_registry.publications.placing import Placed, PlacedRow
from concord_registry.publications.said import MeasureSaid, TermSaid
from concord_registry.store.layers import table_of

EDITIONS, STATEMENTS, WITHDRAWALS = (
    table_of(name) for name in ("editions", "edition_statements", "edition_withdrawals")
)
LOADS = table_of("loads")


@dataclass(frozen=True)
class Stated:
    """An edition that stands, and all that it said; None where it was imported before that was kept."""

    edition: int
    format: str
    series: str
    stated_on: date
    said: Placed | None


def record_statements(tx: Writing, edition: int, found: Placed) -> None:
    """All that a file said, as it was placed; in place of what was kept of it, where we have learnt to read more."""
    content = {
        "rows": [[one.table, one.line, one.told, one.closed, one.row.model_dump(mode="json")] for one in found.rows],
        "measures": [
            [one.line, one.subject, one.measure, one.period, one.value, one.unit, one.part, one.numerator,
             one.denominator, one.name]
            for one in found.measures
        ],
        "terms": [[one.line, one.scheme, one.code, one.name] for one in found.terms],
    }  # fmt: skip
    packed = zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    tx.connection.execute(delete(STATEMENTS).where(STATEMENTS.c.edition == edition))
    tx.connection.execute(insert(STATEMENTS).values(edition=edition, content=packed))


def kept(tx: Reading, edition: int) -> bool:
    """Whether it was kept what a file said."""
    query = select(STATEMENTS.c.edition).where(STATEMENTS.c.edition == edition)
    return tx.connection.execute(query).first() is not None


def tables_kept(tx: Reading, edition: int) -> set[str]:
    """The tables in which it was kept what a file said."""
    query = select(STATEMENTS.c.content).where(STATEMENTS.c.edition == edition)
    content = json.loads(zlib.decompress(tx.connection.execute(query).scalar_one()))
    return {table for table, *_ in content["rows"]}


def standing(tx: Reading) -> Iterator[Row[Any]]:
    """Editions that were not taken back, in the order of their imports, with what they said, packed."""
    taken_back = select(WITHDRAWALS.c.edition)
    query = (
        select(EDITIONS, STATEMENTS.c.content)
        .join(STATEMENTS, STATEMENTS.c.edition == EDITIONS.c.edition, isouter=True)
        .where(EDITIONS.c.edition.not_in(taken_back))
        .order_by(EDITIONS.c.edition)
    )
    yield from tx.connection.execute(query)


def unpacked(row: Row[Any], tables: Iterable[str] | None = None) -> Stated:
    """An edition's statements; rows of some tables alone."""
    if row.content is None:
        return Stated(row.edition, row.format, row.series, row.stated_on, None)
    content = json.loads(zlib.decompress(row.content))
    wanted = None if tables is None else set(tables)
    rows = [
        PlacedRow(line, table, FILES[f"{table}.csv"].model_validate(_given(values)), told, closed)
        for table, line, told, closed, values in content["rows"]
        if wanted is None or table in wanted
    ]
    measures = [MeasureSaid(*values) for values in content["measures"]]
    terms = [TermSaid(*values) for values in content["terms"]]
    return Stated(row.edition, row.format, row.series, row.stated_on, Placed(rows=rows, measures=measures, terms=terms))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def find(tx: Reading, edition: int) -> FileWithdrawal | None:
    """What was said of a file that was taken back."""
    kept = tx.connection.execute(select(WITHDRAWALS.c.report).where(WITHDRAWALS.c.edition == edition)).scalar()
    return None if kept is None else FileWithdrawal.model_validate_json(kept)


def record(tx: Writing, report: FileWithdrawal) -> None:
    """That a file was taken back, and, beside loads and imports, that reference data changed."""
    values = {"edition": report.file, "seq": tx.seq, "at": tx.at, "report": report.model_dump_json()}
    tx.connection.execute(insert(WITHDRAWALS).values(**values))
    record_reading(tx, {"withdrawn": report.file}, report.acting_for)


def record_reading(tx: Writing, what: Mapping[str, Any], owner: str) -> None:
    """Beside loads and imports, that reference data changed: maps that are kept are read again."""
    values = {"seq": tx.seq, "at": tx.at, "digest": digest_of(dict(what)), "owner": owner, "report": None}
    tx.connection.execute(insert(LOADS).values(**values))


def source_row(tx: Reading, edition: int) -> list[int]:
    """The file as a document that rows cite."""
    sources = table_of("sources")
    query = select(sources.c.row).where(sources.c.edition == edition, sources.c.recorded_to == FOREVER_AT)
    return list(tx.connection.execute(query).scalars())


def named(tx: Reading, bodies: set[str], places: set[str]) -> dict[str, str]:
    """Which of some bodies and places are named by what others said: claims, mandates, records, own and our rows."""
    found: dict[str, str] = {}
    for table, column, target in NAMING:
        rows = table_of(table)
        where = [rows.c.recorded_to == FOREVER_AT]
        if "edition" in rows.c:
            where.append(rows.c.edition.is_(None))
        for value in tx.connection.execute(select(rows.c[column]).where(*where).distinct()).scalars():
            for one in (value or "").split():
                if one in (bodies if target == "bodies" else places):
                    found.setdefault(one, WHAT[table])
    terms, records = table_of("record_terms"), table_of("records")
    query = (
        select(terms.c.kind, terms.c.value)
        .join(records, records.c.row == terms.c.row)
        .where(records.c.recorded_to == FOREVER_AT, terms.c.kind.in_(("organisation", "place")))
        .distinct()
    )
    for kind, value in tx.connection.execute(query):
        if value in (places if kind == "place" else bodies):
            found.setdefault(value, "a record")
    return found


WHAT = {
    "claims": "a claim",
    "mandates": "a mandate",
    "relations": "a relation",
    "places": "a place",
    "place_parents": "a place within it",
    "footprints": "a footprint",
    "populations": "a number of people",
    "population_ages": "people by age",
    "body_names": "a name of its own",
    "body_codes": "a code of its own",
    "succession": "a succession",
    "rules": "a rule",
    "services": "a service",
    "guidance_links": "guidance",
    "comparator_values": "a measured value",
}
NAMED_BY_VERSIONS = (
    *(("claims", column, "bodies") for column in (
        "asserted_by", "on_behalf_of", "confirmed_by", "disputed_by", "interim_payer"
    )),
    ("mandates", "places", "places"),
)  # fmt: skip
"""What claims and mandates name beyond the lines of our files."""
NAMING = (
    *((table.removesuffix(".csv"), column, target.removesuffix(".csv")) for table, column, target, _ in REFERENCES
      if target in ("bodies.csv", "places.csv")),
    *NAMED_BY_VERSIONS,
)  # fmt: skip
"""(table, column, whether it names bodies or places)."""
