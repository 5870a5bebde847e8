"""What an import does: each function is one transaction's work on rows that were sent.

A row of a body's own is used in place of ours with the same key, until it is withdrawn. Nothing is written while
anything is wrong, and what would change is worked out before it does: a dry run stops there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from concord_allocation import store
from concord_allocation.reference.files import TABLES
from concord_allocation.reference.own import SentRow
from concord_allocation.reference.references import ANY, Code, codes, named_rows
from concord_allocation.reference.rows import (
    ActivityRow,
    LineRow,
    PurseAmountRow,
    PurseRow,
    Row,
    StageTotalRow,
    cells_shown,
)
from concord_allocation.store.figures import OWN, REFERENCE, ROWS, Replacement, columns_of
from concord_allocation.store.imports import InUse, Stored
from concord_contracts.imports import (
    CellChange,
    ImportAction,
    ImportReport,
    MoneyChange,
    RowChange,
    TableChanges,
)
from concord_kit.database import Reading, Writing
from concord_kit.sheets import FaultySheetsError, SheetFault

ROWS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Sender:
    """On whose behalf rows are sent. A steward may send every table; a body its own purses' rows."""

    body: str
    steward: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import does: rows to close and open, and what that changes in use."""

    replacement: Replacement
    tables: list[TableChanges]
    rows: list[RowChange]
    money: list[MoneyChange]
    scenarios: int
    warnings: list[str]


def new_codes(tx: Reading, sent: Sequence[SentRow]) -> list[tuple[SentRow, Code]]:
    """The registry's codes in rows, but those that the row in use has in the same column."""
    in_use = InUse(tx)
    _read_keys(in_use, sent)
    found = []
    for one in sent:
        if one.row is not None:
            before = in_use.row(one.table, one.key)
            held = set(codes(before)) if before else set()
            found += [(one, code) for code in codes(one.row) if code not in held]
    return found


def plan(tx: Reading, sent: Sequence[SentRow], sender: Sender, faults: Sequence[SheetFault]) -> Plan:
    """What the rows would change. FaultySheetsError: all that is wrong with them, with what was found before."""
    in_use = InUse(tx)
    _read_keys(in_use, sent)
    after = {(one.table, one.key): one.row for one in sent}
    for one in sent:
        if one.row is None:
            under = in_use.layer(one.table, one.key, REFERENCE)
            after[one.table, one.key] = under.row if under else None
    wrong = [*faults]
    for one in sent:
        wrong += _faults_of(one, sender, in_use, after)
    wrong += _left_without(tx, sent, after)
    if wrong:
        raise FaultySheetsError(wrong)
    return _planned(tx, sent, sender, in_use, after)


type After = Mapping[tuple[str, str], Row | None]
"""(table, key) -> the row in use afterwards, of the rows that the import names."""


def _read_keys(in_use: InUse, sent: Sequence[SentRow]) -> None:
    for table in {one.table for one in sent}:
        in_use.read(table, (one.key for one in sent if one.table == table))
    named = [name for one in sent if one.row for name in named_rows(one.row)]
    for table in {target for _, target, _ in named}:
        in_use.read(table, (key for _, target, key in named if target == table))


def _later(in_use: InUse, after: After, table: str, key: str) -> Row | None:
    return after[table, key] if (table, key) in after else in_use.row(table, key)


def _faults_of(one: SentRow, sender: Sender, in_use: InUse, after: After) -> Iterator[SheetFault]:
    own = in_use.layer(one.table, one.key, OWN)
    before = in_use.row(one.table, one.key)
    if one.row is None and own is None:
        if before is None:
            yield one.fault(None, f"there is no row {one.key}: nothing to withdraw", "nothing-to-withdraw")
        return  # ours is in use already
    if not sender.steward:
        yield from _not_theirs(one, sender, own, before, in_use, after)
    if one.row is None:
        return
    for column, target, key in named_rows(one.row):
        if _later(in_use, after, target, key) is None:
            words = f"{key} is not in the table {target}: send it in the same workbook, or before"
            yield one.fault(column, words, f"unknown-{target}")
    if isinstance(one.row, LineRow) and isinstance(before, LineRow):
        for column in ("place", "pathway", "stage"):
            if getattr(one.row, column) != getattr(before, column):
                words = f"{one.key} is a line of {getattr(before, column)}: give a line of another {column} another key"
                yield one.fault(column, words, "another-line")


def _not_theirs(
    one: SentRow, sender: Sender, own: Stored | None, before: Row | None, in_use: InUse, after: After
) -> Iterator[SheetFault]:
    """A body sends rows of its own purses, before and after, and documents that nobody else brought."""
    if one.table == "sources":
        if before is not None and (own is None or own.owner != sender.body):
            yield one.fault("source", f"{one.key} is another's document: give yours a key of its own", "not-yours")
        return
    if one.table not in OWNED:
        yield one.fault(None, f"rows of {one.table} are sent by data stewards", "not-yours")
        return
    owners = {_owner(row, in_use, changes) for row, changes in ((one.row, after), (before, {})) if row is not None}
    for owner in sorted(owner for owner in owners if owner not in (sender.body, None)):
        yield one.fault(None, f"{one.key} is a matter of {owner}, not of {sender.body}", "not-yours")


OWNED = ("purses", "purse_amounts", "lines", "activity")
"""The tables whose rows belong to the owner of a purse."""


def _owner(row: Row, in_use: InUse, after: After) -> str | None:
    """Whose money a row is about; None where the row that would tell is missing, which is a fault of its own."""
    if isinstance(row, PurseRow):
        return row.owner
    line = _later(in_use, after, "lines", row.line) if isinstance(row, ActivityRow) else row
    if not isinstance(line, LineRow | PurseAmountRow):
        return None
    purse = _later(in_use, after, "purses", line.purse)
    return purse.owner if isinstance(purse, PurseRow) else None


def _left_without(tx: Reading, sent: Sequence[SentRow], after: After) -> Iterator[SheetFault]:
    """Rows in use that would name a row which is gone afterwards: what is withdrawn may be needed by others."""
    gone = {(one.table, one.key): one for one in sent if after[one.table, one.key] is None}
    if not gone:
        return
    for table in TABLES:
        for row in store.figures.rows_in_use(tx, tx.head_at, table):
            row = after.get((table, row.row_key()), row)
            for _, target, key in named_rows(row) if row is not None else ():
                if (target, key) in gone:
                    words = f"{row.row_key()} in {table} names {key}: withdraw or change that as well"
                    yield gone[target, key].fault(None, words, "in-use")


def _planned(tx: Reading, sent: Sequence[SentRow], sender: Sender, in_use: InUse, after: After) -> Plan:
    lines = _lines_of_cases(sent, in_use, after)
    closing, opening, rows = [], [], []
    counts: dict[str, Counter[str]] = {}
    for one in sent:
        own, before, later = (
            in_use.layer(one.table, one.key, OWN),
            in_use.row(one.table, one.key),
            after[one.table, one.key],
        )
        kind = "withdrawn" if one.row is None else "added" if before is None else "changed"
        said_already = before is not None and one.row is not None and cells_shown(before) == cells_shown(one.row)
        if said_already or (one.row is None and own is None):
            counts.setdefault(one.table, Counter())["unchanged"] += 1
            continue
        if one.row is not None:
            opening.append(columns_of(one.table, one.row, lines) | {"layer": OWN, "owner": sender.body})
        if own is not None:
            closing.append(own.number)
        counts.setdefault(one.table, Counter())[kind] += 1
        rows.append(RowChange(table=one.table, key=one.key, kind=kind, cells=_changed_cells(before, later)))
    replacement = Replacement((), tuple(closing), tuple(opening))
    return Plan(
        replacement=replacement,
        tables=[TableChanges(table=table, **counts[table]) for table in TABLES if table in counts],
        rows=rows,
        money=_money(tx, sent, rows, in_use, after),
        scenarios=store.scenarios.count_built_on(tx, _cells_of_plans(sent, rows, in_use, after)),
        warnings=list(_warnings(tx, sent, in_use, after)) if rows else [],
    )  # fmt: skip


def _lines_of_cases(sent: Sequence[SentRow], in_use: InUse, after: After) -> dict[str, LineRow]:
    wanted = {one.row.line for one in sent if isinstance(one.row, ActivityRow)}
    return {key: cast(LineRow, _later(in_use, after, "lines", key)) for key in wanted}


def _changed_cells(before: Row | None, after: Row | None) -> list[CellChange]:
    old = cells_shown(before) if before else {}
    new = cells_shown(after) if after else {}
    columns = dict.fromkeys([*old, *new])
    return [
        CellChange(column=column, before=old.get(column), after=new.get(column))
        for column in columns
        if old.get(column) != new.get(column)
    ]


def _money(
    tx: Reading, sent: Sequence[SentRow], rows: Sequence[RowChange], in_use: InUse, after: After
) -> list[MoneyChange]:
    """All pounds in use of each table, pathway and year that change."""
    changed = {(row.table, row.key) for row in rows}
    tables = {one.table for one in sent if TABLES[one.table].POUNDS}
    before = store.figures.pounds(tx, tx.head_at, tables)
    later: Counter[tuple[str, str | None, str | None]] = Counter(before)
    touched: set[tuple[str, str | None, str | None]] = set()
    for one in sent:
        if one.table in tables and (one.table, one.key) in changed:
            for row, sign in ((in_use.row(one.table, one.key), -1), (after[one.table, one.key], 1)):
                if row is not None:
                    where = (one.table, getattr(row, "pathway", None), getattr(row, "year", None))
                    later[where] += sign * getattr(row, str(row.POUNDS))
                    touched.add(where)
    return [
        MoneyChange(table=table, pathway=pathway, year=year, before_gbp=before.get(where, 0), after_gbp=later[where])
        for where in sorted(touched, key=lambda one: tuple(part or "" for part in one))
        if before.get(where, 0) != later[where]
        for table, pathway, year in (where,)
    ]


def _cells_of_plans(
    sent: Sequence[SentRow], rows: Sequence[RowChange], in_use: InUse, after: After
) -> set[tuple[str | None, str | None]]:
    """(pathway, place) that change; None: every one."""
    changed = {(row.table, row.key) for row in rows}
    found: set[tuple[str | None, str | None]] = set()
    for one in sent:
        if (one.table, one.key) in changed and one.table != "sources":
            for row in (in_use.row(one.table, one.key), after[one.table, one.key]):
                where = _later(in_use, after, "lines", row.line) if isinstance(row, ActivityRow) else row
                if where is not None:
                    pathway = getattr(where, "pathway", None)
                    found.add((None if pathway == ANY else pathway, getattr(where, "place", None)))
    return found


def _warnings(tx: Reading, sent: Sequence[SentRow], in_use: InUse, after: After) -> Iterator[str]:
    yield from _lines_against_totals(tx, sent, after)
    yield from _lines_against_purses(tx, sent, in_use, after)


def _lines_in_use(tx: Reading, after: After, *conditions: Any) -> list[LineRow]:
    """Lines afterwards: those in use that meet the conditions, as the import leaves them, and those it adds."""
    found = {row.line: row for row in store.figures.rows_in_use(tx, tx.head_at, "lines", *conditions)}
    found |= {key: row for (table, key), row in after.items() if table == "lines" and isinstance(row, LineRow)}
    return [row for row in found.values() if after.get(("lines", row.line), row) is not None]


def _lines_against_totals(tx: Reading, sent: Sequence[SentRow], after: After) -> Iterator[str]:
    """Lines that no longer come to what England spends on a stage."""
    pathways = {row.pathway for one in sent if isinstance(row := one.row or after[one.table, one.key], LineRow)}
    if not pathways:
        return
    sums: Counter[tuple[str, str]] = Counter()
    for line in _lines_in_use(tx, after, ROWS.c.pathway.in_(pathways)):
        sums[line.pathway, line.stage] += line.baseline_gbp
    moved = {(row.pathway, row.stage) for row in after.values() if isinstance(row, LineRow)}
    for total in store.figures.rows_in_use(tx, tx.head_at, "stage_totals", ROWS.c.pathway.in_(pathways)):
        if isinstance(total, StageTotalRow) and (total.pathway, total.stage) in moved:
            come_to = sums[total.pathway, total.stage]
            if come_to != total.england_gbp:
                yield (
                    f"All lines of {total.pathway} {total.stage} come to GBP {come_to:,}; "
                    f"what England spends on it is put at GBP {total.england_gbp:,} in stage_totals."
                )


def _lines_against_purses(tx: Reading, sent: Sequence[SentRow], in_use: InUse, after: After) -> Iterator[str]:
    """Purses that pay for more than they hold: a plan that includes them would have no answer."""
    named = {row.purse for row in after.values() if isinstance(row, LineRow | PurseAmountRow)}
    named |= {row.purse for one in sent if isinstance(row := in_use.row(one.table, one.key), LineRow)}
    if not named:
        return
    paid: Counter[tuple[str, str]] = Counter()
    for line in _lines_in_use(tx, after, ROWS.c.purse.in_(named)):
        paid[line.purse, line.pathway] += line.baseline_gbp
    amounts = {
        row.row_key(): row
        for row in store.figures.rows_in_use(tx, tx.head_at, "purse_amounts", ROWS.c.purse.in_(named))
    }
    amounts |= {key: row for (table, key), row in after.items() if table == "purse_amounts"}
    for row in sorted((row for row in amounts.values() if row is not None), key=lambda row: row.row_key()):
        if not isinstance(row, PurseAmountRow) or row.follows_lines or row.purse not in named:
            continue
        spent = sum(
            gbp for (purse, pathway), gbp in paid.items() if purse == row.purse and row.pathway in (ANY, pathway)
        )
        if spent > row.amount_gbp:
            of = "its lines" if row.pathway == ANY else f"its lines of {row.pathway}"
            yield f"{row.purse} holds GBP {row.amount_gbp:,} for {row.year}; {of} cost GBP {spent:,}."


@dataclass(frozen=True, slots=True)
class Asked:
    """An import as it was asked for."""

    sent: Sequence[SentRow]
    faults: Sequence[SheetFault]
    """What is wrong with the rows in themselves, found before."""
    action: ImportAction
    sender: Sender
    file_digest: str
    reason: str | None


def looked_at(tx: Reading, asked: Asked) -> ImportReport:
    """What the import would change; FaultySheetsError with everything that is wrong."""
    return _report(asked, plan(tx, asked.sent, asked.sender, asked.faults), dry_run=True)


def carried_out(tx: Writing, asked: Asked) -> ImportReport:
    """The import, recorded; nothing where nothing changes. FaultySheetsError with everything that is wrong."""
    found = plan(tx, asked.sent, asked.sender, asked.faults)
    said = _report(asked, found, dry_run=False)
    if not found.rows:
        tx.unchanged()
        return said
    said = said.model_copy(update={"id": tx.seq, "recorded_at": tx.at})
    store.imports.record(tx, found.replacement, said)
    tx.concerns(f"import:{tx.seq}")
    return said


def _report(asked: Asked, found: Plan, *, dry_run: bool) -> ImportReport:
    return ImportReport(
        action=asked.action,
        dry_run=dry_run,
        changed=bool(found.rows),
        acting_for=asked.sender.body,
        reason=asked.reason,
        file_digest=asked.file_digest,
        tables=found.tables,
        rows=found.rows[:ROWS_SHOWN],
        rows_left_off=max(len(found.rows) - ROWS_SHOWN, 0),
        money=found.money,
        scenarios_resting=found.scenarios,
        warnings=found.warnings,
    )


def dangling(tx: Reading) -> list[str]:
    """Own rows that name a row which is not there, since a load took it away; in words."""
    in_use = InUse(tx)
    return [
        f"{table} {row.row_key()} names {key}, which is not in {target} any more"
        for table, row in store.imports.own_rows(tx)
        for _, target, key in named_rows(row)
        if in_use.row(target, key) is None
    ]
