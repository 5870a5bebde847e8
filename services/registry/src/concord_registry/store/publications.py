"""Publishers' files as recorded: editions, their rows, measured values and terms."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from concord_contracts.identifiers import digest_of
from concord_contracts.registry import FileReport, FileSummary, FileTable, MeasureKind, MeasureView, Term
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry.file_rows import FILES
from concord_registry.knowledge.measured import Measured
from concord_registry.store.layers import Identity, cover_key_of, period_of, table_of
from concord_registry.store.periods import known

EDITIONS, MEASURES, TERMS = table_of("editions"), table_of("measures"), table_of("terms")
WITHDRAWALS = table_of("edition_withdrawals")
AT_ONCE = 500


def same_file(tx: Reading, digest: str) -> FileReport | None:
    """The report of the latest import of a file with the digest."""
    query = select(EDITIONS.c.edition).where(EDITIONS.c.digest == digest).order_by(EDITIONS.c.edition.desc()).limit(1)
    edition = tx.connection.execute(query).scalar()
    return None if edition is None else report_of(tx, edition)


def report_of(tx: Reading, edition: int) -> FileReport | None:
    """What an import changed, and whether it was taken back since."""
    query = (
        select(EDITIONS.c.report, WITHDRAWALS.c.report.label("taken_back"), WITHDRAWALS.c.at)
        .join(WITHDRAWALS, WITHDRAWALS.c.edition == EDITIONS.c.edition, isouter=True)
        .where(EDITIONS.c.edition == edition)
    )
    row = tx.connection.execute(query).first()
    if row is None:
        return None
    because = json.loads(row.taken_back)["reason"] if row.taken_back else None
    report = FileReport.model_validate_json(row.report)
    return report.model_copy(update={"withdrawn_at": row.at, "withdrawn_because": because})


def latest_edition(tx: Reading, series: str, *, without: int | None = None) -> Row[Any] | None:
    """The edition of a series that is of the latest day, of those that stand."""
    taken_back = select(WITHDRAWALS.c.edition)
    query = select(EDITIONS).where(EDITIONS.c.series == series, EDITIONS.c.edition.not_in(taken_back))
    if without is not None:
        query = query.where(EDITIONS.c.edition != without)
    return tx.connection.execute(
        query.order_by(EDITIONS.c.stated_on.desc(), EDITIONS.c.edition.desc()).limit(1)
    ).first()


def find(tx: Reading, edition: int) -> Row[Any] | None:
    return tx.connection.execute(select(EDITIONS).where(EDITIONS.c.edition == edition)).first()


def listed(tx: Reading, *, series: str | None, before: int | None, limit: int) -> list[FileSummary]:
    """Files, the latest first."""
    query = select(EDITIONS.c.report, WITHDRAWALS.c.at).join(
        WITHDRAWALS, WITHDRAWALS.c.edition == EDITIONS.c.edition, isouter=True
    )
    if series is not None:
        query = query.where(EDITIONS.c.series == series)
    if before is not None:
        query = query.where(EDITIONS.c.edition < before)
    found = tx.connection.execute(query.order_by(EDITIONS.c.edition.desc()).limit(limit))
    return [FileSummary.model_validate(json.loads(kept) | {"withdrawn_at": at}) for kept, at in found]


def days_of_editions(tx: Reading) -> dict[int, date]:
    return {row[0]: row[1] for row in tx.connection.execute(select(EDITIONS.c.edition, EDITIONS.c.stated_on))}


def published_rows(tx: Reading, table: str, owner: str) -> list[Row[Any]]:
    """A publisher's rows that are known now."""
    rows = table_of(table)
    return list(tx.connection.execute(select(rows).where(rows.c.recorded_to == FOREVER_AT, rows.c.owner == owner)))


def columns_of(table: str, row: Any) -> dict[str, Any]:
    """The columns of a row that its file would have, and no more."""
    names = FILES[f"{table}.csv"].model_fields
    return {column.name: getattr(row, column.name) for column in table_of(table).columns if column.name in names}


def cover_key(table: str, values: Mapping[str, Any]) -> Identity:
    return cover_key_of(table)(SimpleNamespace(**values))


def periods_of_others(tx: Reading, table: str) -> Mapping[Identity, list[tuple[date, date]]]:
    """The days that ours and bodies' own rows speak of, by what they speak of."""
    rows, key = table_of(table), cover_key_of(table)
    found: dict[Identity, list[tuple[date, date]]] = defaultdict(list)
    for row in tx.connection.execute(select(rows).where(rows.c.recorded_to == FOREVER_AT, rows.c.edition.is_(None))):
        found[key(row)].append(period_of(row))
    return found


def open_measures(tx: Reading, series: str) -> dict[tuple[str, str, str, str], Row[Any]]:
    """Measured values of a series that are known now, by subject, measure, part and period."""
    query = select(MEASURES).where(MEASURES.c.recorded_to == FOREVER_AT, MEASURES.c.series == series)
    return {(row.subject, row.measure, row.part, row.period): row for row in tx.connection.execute(query)}


def open_terms(tx: Reading, schemes: Collection[str]) -> dict[tuple[str, str], Row[Any]]:
    query = select(TERMS).where(TERMS.c.recorded_to == FOREVER_AT, TERMS.c.scheme.in_(sorted(schemes)))
    return {(row.scheme, row.code): row for row in tx.connection.execute(query)}


def close(tx: Writing, table: str, numbers: Sequence[int]) -> None:
    """Rows known until now."""
    rows = table_of(table)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        tx.connection.execute(update(rows).where(rows.c.row.in_(some)).values(recorded_to=tx.at))


def open_rows(tx: Writing, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Rows known from this transaction on."""
    if not rows:
        return
    stamps = {"recorded_from": tx.at, "recorded_to": FOREVER_AT}
    if table in ("measures", "terms"):
        stamped = [row | stamps for row in rows]
    else:
        stamped = [row | stamps | {"digest": _digest(row)} for row in rows]
    tx.connection.execute(insert(table_of(table)), stamped)


def _digest(row: Mapping[str, Any]) -> str:
    return digest_of({name: None if value is None else str(value) for name, value in row.items()})


def record_edition(tx: Writing, report: FileReport, listed_rows: str) -> None:
    tx.connection.execute(
        insert(EDITIONS).values(
            edition=tx.seq,
            at=tx.at,
            digest=report.file_digest,
            format=report.recognised.format,
            series=report.recognised.series,
            stated_on=report.stated_on,
            lines=report.lines,
            listed=listed_rows,
            report=report.model_dump_json(),
        )
    )


def extend_report(tx: Writing, edition: int, tables: Sequence[FileTable]) -> None:
    """The report of an edition with the tables that were learnt to be read of it later."""
    of_it = EDITIONS.c.edition == edition
    report = FileReport.model_validate_json(tx.connection.execute(select(EDITIONS.c.report).where(of_it)).scalar_one())
    held = {one.table for one in report.tables}
    told = report.model_copy(update={"tables": [*report.tables, *(one for one in tables if one.table not in held)]})
    tx.connection.execute(update(EDITIONS).where(of_it).values(report=told.model_dump_json()))


def record_source(tx: Writing, owner: str, report: FileReport, stated_on: date) -> None:
    """The file as a document that rows cite."""
    row = {
        "source": f"file-{tx.seq}",
        "title": f"{report.recognised.title}, {stated_on.isoformat()}",
        "publisher": report.publisher,
        "date": stated_on.isoformat(),
        "date_precision": "day" if report.stated_by != "nobody" else None,
        "licence": report.licence,
        "address": report.address,
        "taken": f"imported as it came: {report.file_name or 'without a name'}",
        "limits": None,
        "owner": owner,
        "edition": tx.seq,
    }
    open_rows(tx, "sources", [row])


def measures(
    tx: Reading, known_at: datetime, asked: Mapping[str, str | None], after: Sequence[Any] | None, limit: int | None
) -> list[tuple[int, MeasureView]]:
    """(row, value) of measured values known at a moment, by row; `asked` names columns and what they must be.

    Without `limit`: all of them.
    """
    query = select(MEASURES).where(known(MEASURES, known_at))
    for column, value in asked.items():
        if value is not None:
            query = query.where(MEASURES.c[column] == value)
    if after:
        query = query.where(MEASURES.c.row > after[0])
    found = tx.connection.execute(query.order_by(MEASURES.c.row).limit(limit))
    return [(row.row, _measure(row)) for row in found]


def measured(tx: Reading, known_at: datetime, subjects: Collection[str], measures: Collection[str]) -> list[Measured]:
    """Values of some subjects and measures known at a moment, each with its file; those that say nothing left out."""
    if not subjects or not measures:
        return []
    query = (
        select(MEASURES, EDITIONS.c.report)
        .join(EDITIONS, EDITIONS.c.edition == MEASURES.c.edition)
        .where(known(MEASURES, known_at), MEASURES.c.value.is_not(None))
        .where(MEASURES.c.subject.in_(sorted(set(subjects))), MEASURES.c.measure.in_(sorted(measures)))
        .order_by(MEASURES.c.row)
    )
    words: dict[int, str] = {}
    found = []
    for row in tx.connection.execute(query):
        if row.edition not in words:
            words[row.edition] = _edition_in_words(json.loads(row.report))
        found.append(
            Measured(
                row.subject, row.measure, row.part, row.period, row.value, row.numerator, row.denominator,
                row.edition, words[row.edition],
            )
        )  # fmt: skip
    return found


def _edition_in_words(report: Mapping[str, Any]) -> str:
    return f"{report['publisher']}, {report['recognised']['title']}, stated on {report['stated_on']}"


def _measure(row: Any) -> MeasureView:
    return MeasureView(
        subject=row.subject,
        name=row.name,
        measure=row.measure,
        part=row.part,
        period=row.period,
        value=row.value,
        unit=row.unit,
        numerator=row.numerator,
        denominator=row.denominator,
        file=row.edition,
    )


def measure_kinds(tx: Reading, known_at: datetime) -> list[MeasureKind]:
    """Which measures there are values of."""
    columns = MEASURES.c
    query = (
        select(
            columns.measure,
            func.min(columns.unit),
            func.count(),
            func.count(columns.subject.distinct()),
            func.min(columns.period),
            func.max(columns.period),
        )
        .where(known(MEASURES, known_at))
        .group_by(columns.measure)
        .order_by(columns.measure)
    )
    return [
        MeasureKind(
            measure=row[0], unit=row[1], values=row[2], subjects=row[3], first_period=row[4], last_period=row[5]
        )
        for row in tx.connection.execute(query)
    ]


def terms(
    tx: Reading, known_at: datetime, scheme: str | None, code: str | None, after: Sequence[Any] | None, limit: int
) -> list[Term]:
    """What codes stand for, by scheme and code."""
    query = select(TERMS).where(known(TERMS, known_at))
    if scheme is not None:
        query = query.where(TERMS.c.scheme == scheme)
    if code is not None:
        query = query.where(TERMS.c.code == code)
    if after:
        first, second = after
        query = query.where((TERMS.c.scheme > first) | ((TERMS.c.scheme == first) & (TERMS.c.code > second)))
    found = tx.connection.execute(query.order_by(TERMS.c.scheme, TERMS.c.code).limit(limit))
    return [Term(scheme=row.scheme, code=row.code, name=row.name, file=row.edition) for row in found]
