"""Taking a publisher's file: looked at, or recorded as an edition. One transaction.

All lines or none, unless the caller wants the good ones. The same file again changes nothing, unless we have learnt to
read more of it since: then what it says in further tables is added, as its own. A file with far fewer
lines than the edition before is refused: it may be cut off. Nobody is closed by being left out.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from concord_contracts.registry import (
    NOT_STATED,
    FileFault,
    FileReport,
    FileTable,
    RecognisedFile,
    ReorganisationConflict,
)
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry.publications.placing import Placed, placed
from concord_registry.publications.planning import Plan, Sent, known, learned, plan
from concord_registry.publications.reopening import Table, conflicts, in_words, listed_in
from concord_registry.store import publications as store
from concord_registry.store import reorganisations, withdrawals

FAULTS_SHOWN = 1000
LEFT_OUT_SHOWN = 100
CONFLICTS_IN_WORDS = 10
CLOSED: tuple[Table, ...] = ("bodies", "places")


def looked_at(tx: Reading, sent: Sent) -> FileReport:
    """What the file would change; FaultySheetsError, or a fewer-than-before problem."""
    before = _same(tx, sent)
    if before is not None:
        return _again(before, _learned(tx, sent, before), dry_run=True)
    return _report(tx, sent, plan(tx, sent, tx.head_seq + 1), dry_run=True)


def carried_out(tx: Writing, sent: Sent) -> FileReport:
    """The file, recorded as an edition; nothing where it was before. FaultySheetsError; fewer-than-before problem."""
    before = _same(tx, sent)
    if before is not None:
        more = _learned(tx, sent, before)
        if more is not None and before.id is not None:
            _record(tx, more)
            report = _again(before, more, dry_run=False)
            store.extend_report(tx, before.id, report.tables)
            withdrawals.record_statements(tx, before.id, more.placed)
            withdrawals.record_reading(tx, {"read again": before.id}, sent.me)
            tx.concerns(f"file:{before.id}")
            return report
        if before.id is None or withdrawals.kept(tx, before.id):
            tx.unchanged()
        else:  # imported before it was kept what each file said: places that it opened are of what it said
            then = known(tx, without=before.id)
            withdrawals.record_statements(tx, before.id, placed(sent.read.said, then, before.stated_on))
        return _again(before, None, dry_run=False)
    found = plan(tx, sent, tx.seq)
    report = _report(tx, sent, found, dry_run=False).model_copy(update={"id": tx.seq, "recorded_at": tx.at})
    _record(tx, found)
    stated_on, _ = sent.stated()
    store.record_edition(tx, report, listed_of(found.placed))
    store.record_source(tx, sent.owner, report, stated_on)
    withdrawals.record_statements(tx, tx.seq, found.placed)
    tx.concerns(f"file:{tx.seq}")
    return report


def _record(tx: Writing, found: Plan) -> None:
    for table, numbers in found.closing.items():
        store.close(tx, table, numbers)
    for table, rows in found.opening.items():
        store.open_rows(tx, table, rows)


def _learned(tx: Reading, sent: Sent, before: FileReport) -> Plan | None:
    """What today's reading of a file adds to what was taken of it; None where that is nothing."""
    if before.id is None or not withdrawals.kept(tx, before.id) or sent.read.faults:
        return None
    more = learned(tx, sent, before.id, withdrawals.tables_kept(tx, before.id))
    return more if more.changes else None


def _same(tx: Reading, sent: Sent) -> FileReport | None:
    """The import of the same file that stands. Problem file-withdrawn: it was taken back."""
    before = store.same_file(tx, sent.digest)
    if before is None or before.withdrawn_at is None:
        return before
    if sent.accept_withdrawn:
        return None
    words = (
        f"The same file was imported as file {before.id} and taken back: {before.withdrawn_because}. "
        "Nothing was taken; `accept_withdrawn` takes it again."
    )
    raise Problem("file-withdrawn", words, file=before.id, withdrawn_at=before.withdrawn_at.isoformat())


def _again(before: FileReport, more: Plan | None, *, dry_run: bool) -> FileReport:
    tables = [FileTable(table=one.table, unchanged=one.added + one.changed + one.unchanged) for one in before.tables]
    tables += [FileTable(table=table, **counts) for table, counts in more.counts.items() if counts] if more else []
    return before.model_copy(
        update={"already": True, "changed": more is not None, "dry_run": dry_run, "tables": tables}
    )


def listed_of(found: Placed) -> str:
    """What an edition says of bodies, successions and populations, to be held against the map whenever asked."""
    names: dict[tuple[str, date], str] = {
        (one.row.body, one.row.valid_from): one.row.name  # type: ignore[attr-defined]
        for one in found.rows
        if one.table == "body_names"
    }
    rows: dict[str, list[Any]] = {"bodies": [], "places": [], "succession": [], "populations": []}
    for one in found.rows:
        row: Any = one.row
        if one.table == "bodies":
            name = names.get((row.body, row.valid_from))
            period = [row.valid_from.isoformat(), row.valid_to.isoformat()]
            rows["bodies"].append([one.line, row.body, row.kind, name, *period, one.told, one.closed])
        elif one.table == "places":
            rows["places"].append([one.line, row.place, row.valid_to.isoformat()])
        elif one.table == "succession":
            rows["succession"].append([one.line, row.predecessor, row.successor, row.on.isoformat()])
        elif one.table == "populations":
            rows["populations"].append([one.line, row.place, row.year, row.population_basis, row.persons])
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _report(tx: Reading, sent: Sent, found: Plan, *, dry_run: bool) -> FileReport:
    known_as = sent.read.recognised
    stated_on, stated_by = sent.stated()
    faults = [*sent.read.faults, *found.placed.faults]
    left_out = _left_out(tx, found, known_as.edition.series)
    kinds = Counter(key.partition("|")[0] for key in found.placed.unknown)
    warnings = [
        f"{count:,} codes of {what} are of no body we know yet: kept, and shown once a list names them"
        for what, count in sorted(kinds.items())
    ]
    warnings += [f"{words}: {_some(lines)}" for words, lines in found.placed.not_kept.items()]
    if sent.read.remarks:
        warnings.append(f"remarks beside the table are passed over: {_some(sent.read.remarks)}")
    conflicting = _conflicts(tx, found, stated_on)
    warnings += [in_words(one) for one in conflicting[:CONFLICTS_IN_WORDS]]
    if len(conflicting) > CONFLICTS_IN_WORDS:
        more = len(conflicting) - CONFLICTS_IN_WORDS
        warnings.append(f"{more:,} more that reorganisations closed are open in the list: see `conflicts`")
    if stated_by == "nobody":
        warnings.append("nobody says which day the file is of: taken as today's. `stated_on` says it")
    publisher = sent.publisher or known_as.format.publisher_name or NOT_STATED
    licence = sent.licence or (known_as.format.licence if not sent.publisher else None) or NOT_STATED
    if NOT_STATED in (publisher, licence):
        warnings.append("publisher or licence is not stated: find out before the figures are passed on")
    if left_out:
        warnings.append(
            f"{len(left_out):,} bodies of the edition before are not listed any more: none is closed by that"
        )
    return FileReport(
        dry_run=dry_run,
        changed=found.changes,
        acting_for=sent.me,
        reason=sent.reason,
        file_name=sent.name,
        file_digest=sent.digest,
        recognised=RecognisedFile(
            format=known_as.format.key,
            title=known_as.edition.title,
            series=known_as.edition.series,
            why=known_as.match.why,
            as_written=known_as.grid.as_written,
            order=known_as.format.order + known_as.edition.later,
            other_sheets=list(known_as.others),
        ),
        publisher=publisher,
        licence=licence,
        address=sent.address or NOT_STATED,
        stated_on=stated_on,
        stated_by=stated_by,
        lines=sent.read.lines,
        tables=[FileTable(table=table, **counts) for table, counts in found.counts.items() if counts],
        failed=[FileFault(line=one.line, column=one.column, words=one.words) for one in faults[:FAULTS_SHOWN]],
        failed_lines=len({one.line for one in faults}),
        left_out=left_out[:LEFT_OUT_SHOWN],
        left_out_count=len(left_out),
        unknown_codes=len(found.placed.unknown),
        conflicts=conflicting[:LEFT_OUT_SHOWN],
        warnings=warnings,
    )


def _conflicts(tx: Reading, found: Plan, stated_on: date) -> list[ReorganisationConflict]:
    closings = {table: reorganisations.closings(tx, table, tx.head_at) for table in CLOSED}
    if not any(closings.values()):
        return []
    days = store.days_of_editions(tx)
    seen: dict[tuple[str, str], date] = {}
    for table, column in (("bodies", "body"), ("places", "place")):
        for values in found.opening[table]:
            seen[table, values[column]] = days.get(values["edition"], stated_on)

    def shows_again(table: Table, key: str, on: date) -> bool:
        return seen.get((table, key), date.min) >= on

    return conflicts(listed_in(listed_of(found.placed)), closings, stated_on, shows_again)


def _some(lines: Sequence[int], most: int = 5) -> str:
    """The first of some lines, in words."""
    shown = ", ".join(f"{line}" for line in lines[:most])
    more = f" and {len(lines) - most:,} more" if len(lines) > most else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def _left_out(tx: Reading, found: Plan, series: str) -> list[str]:
    before = store.latest_edition(tx, series)
    if before is None:
        return []
    now: set[str] = {one.row.body for one in found.placed.rows if one.table == "bodies"}  # type: ignore[attr-defined]
    return sorted({row[1] for row in json.loads(before.listed)["bodies"]} - now)
