"""What an import does: each function is one transaction's work on rows that were sent.

A row of a body's own is used in place of ours with the same key, until it is withdrawn. Nothing is written while
anything is wrong, and what would change is worked out before it does: a dry run stops there.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from concord_allocation import own_rules, store
from concord_allocation.reference.files import TABLES
from concord_allocation.reference.own import SentRow
from concord_allocation.reference.references import ANY, Code, codes, named_rows
from concord_allocation.reference.rows import (
    LineRow,
    OfLineRow,
    PurseAmountRow,
    PurseRow,
    Row,
    cells_shown,
)
from concord_allocation.store.figures import OWN, REFERENCE, Replacement, columns_of
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
    _read_named(in_use, sent)
    found = []
    for one in sent:
        if one.row is not None:
            before = in_use.used(one.table, one.cover).get(one.key)
            held = set(codes(before.row)) if before else set()
            found += [(one, code) for code in codes(one.row) if code not in held]
    return found


def _read_named(in_use: InUse, sent: Sequence[SentRow]) -> None:
    for table in {one.table for one in sent}:
        in_use.read(table, (one.cover for one in sent if one.table == table))
    named = [name for one in sent if one.row for name in named_rows(one.row)]
    for table in {target for _, target, _ in named}:
        in_use.read(table, (key for _, target, key in named if target == table))


class Change:
    """What an import does to the rows in use: before and after, of everything that has a cover of its rows."""

    def __init__(self, tx: Reading, sent: Sequence[SentRow]) -> None:
        self.in_use = InUse(tx)
        _read_named(self.in_use, sent)
        self.groups: dict[tuple[str, str], list[SentRow]] = defaultdict(list)
        for one in sent:
            self.groups[one.table, one.cover].append(one)
        self.before: dict[tuple[str, str], Stored] = {}
        self.after: dict[tuple[str, str], Row] = {}
        for (table, cover), rows in self.groups.items():
            self.before |= {(table, key): stored for key, stored in self.in_use.used(table, cover).items()}
            if rows[0].row is not None:
                self.after |= {(table, one.key): one.row for one in rows if one.row is not None}
            else:
                ours = self.in_use.layer(table, cover, REFERENCE)
                self.after |= {(table, key): stored.row for key, stored in ours.items()}

    def keys(self, table: str, cover: str) -> list[str]:
        """The keys of a group, before and after."""
        group = self.groups[table, cover]
        withdrawn = group[0].row is None
        later = self.in_use.layer(table, cover, REFERENCE) if withdrawn else [one.key for one in group]
        return list(dict.fromkeys([*self.in_use.used(table, cover), *later]))

    def earlier(self, table: str, key: str) -> Row | None:
        """A row in use before."""
        return self.before[table, key].row if (table, key) in self.before else None

    def later(self, table: str, key: str) -> Row | None:
        """The row in use afterwards, of a table whose rows are known one by one."""
        if (table, key) in self.groups:
            return self.after.get((table, key))
        return self.in_use.row(table, key)

    def rows(self, table: str, found: Iterable[Row]) -> list[Row]:
        """Of a table's rows those in use afterwards, out of some that are in use before; and those that come."""
        kept = [row for row in found if (table, row.cover_of(row)) not in self.groups]
        return [*kept, *(row for (of, _), row in self.after.items() if of == table)]


def plan(tx: Reading, sent: Sequence[SentRow], sender: Sender, faults: Sequence[SheetFault]) -> Plan:
    """What the rows would change. FaultySheetsError: all that is wrong with them, with what was found before."""
    change = Change(tx, sent)
    wrong = [*faults]
    for (table, cover), group in change.groups.items():
        wrong += _faults_of_group(change, table, cover, group, sender)
    wrong += own_rules.faults(tx, change, sent, sender.body if not sender.steward else None)
    wrong += _left_without(tx, change, sent)
    if wrong:
        raise FaultySheetsError(wrong)
    return _planned(tx, sent, sender, change)


def _faults_of_group(
    change: Change, table: str, cover: str, group: Sequence[SentRow], sender: Sender
) -> Iterator[SheetFault]:
    """What is wrong with rows that stand together: whose they are, and what they name."""
    first, own = group[0], change.in_use.layer(table, cover, OWN)
    if first.row is None and not own:
        if not change.in_use.used(table, cover):
            yield first.fault(None, f"there is no row {first.key}: nothing to withdraw", "nothing-to-withdraw")
        return  # ours is in use already
    if not sender.steward:
        yield from _not_theirs(change, table, cover, group, sender)
    for one in group:
        for column, target, key in named_rows(one.row) if one.row is not None else ():
            if change.later(target, key) is None:
                words = f"{key} is not in the table {target} of this service: send it in the same workbook, or before"
                yield one.fault(column, words, f"unknown-{target}")


def _not_theirs(
    change: Change, table: str, cover: str, group: Sequence[SentRow], sender: Sender
) -> Iterator[SheetFault]:
    """A body sends rows of its own purses, before and after, and documents that nobody else brought.

    What another sent in its own name, it takes back itself; stewards may.
    """
    first = group[0]
    others = {stored.owner for stored in change.in_use.layer(table, cover, OWN).values()} - {sender.body}
    if table == "sources":
        if change.in_use.layer(table, cover, REFERENCE) or others:
            yield first.fault("source", f"{first.key} is another's document: give yours a key of its own", "not-yours")
        return
    if table not in OWNED:
        yield first.fault(None, f"rows of {table} are sent by data stewards", "not-yours")
        return
    if others and first.row is None:
        yield first.fault(
            None, f"{first.key} was sent by {', '.join(map(str, others))}, who can withdraw it", "not-yours"
        )
    keys = change.keys(table, cover)
    owners = {_owner(row, change, before=True) for key in keys if (row := change.earlier(table, key)) is not None}
    owners |= {_owner(row, change, before=False) for key in keys if (row := change.after.get((table, key))) is not None}
    for owner in sorted(owner for owner in owners if owner not in (sender.body, None)):
        yield first.fault(None, f"{first.key} is a matter of {owner}, not of {sender.body}", "not-yours")


OWNED = ("purses", "purse_amounts", "lines", "activity", "baseline_bridges")
"""The tables whose rows belong to the owner of a purse."""


def _owner(row: Row, change: Change, *, before: bool) -> str | None:
    """Whose money a row is about; None where the row that would tell is missing, which is a fault of its own."""
    look = change.in_use.row if before else change.later
    if isinstance(row, PurseRow):
        return row.owner
    line = look("lines", row.line) if isinstance(row, OfLineRow) else row
    if not isinstance(line, LineRow | PurseAmountRow):
        return None
    purse = look("purses", line.purse)
    return purse.owner if isinstance(purse, PurseRow) else None


def _left_without(tx: Reading, change: Change, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """Rows in use that would name a row which is gone afterwards: what is withdrawn may be needed by others."""
    gone = {(one.table, one.key): one for one in sent if one.row is None and (one.table, one.key) not in change.after}
    gone = {name: one for name, one in gone.items() if name in change.before}
    if not gone:
        return
    for table in TABLES:
        for row in change.rows(table, store.figures.rows_in_use(tx, tx.head_at, table)):
            for _, target, key in named_rows(row):
                if (target, key) in gone:
                    words = f"{row.row_key()} in {table} names {key}: withdraw or change that as well"
                    yield gone[target, key].fault(None, words, "in-use")


def _planned(tx: Reading, sent: Sequence[SentRow], sender: Sender, change: Change) -> Plan:
    lines = _lines_of_cases(sent, change)
    closing, opening = [], []
    rows: list[RowChange] = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for (table, cover), group in change.groups.items():
        own = change.in_use.layer(table, cover, OWN)
        found = list(_row_changes(change, table, cover))
        unchanged = sum((table, key) in change.after for key in change.keys(table, cover)) - len(
            [one for one in found if (table, one.key) in change.after]
        )
        counts[table].update({"unchanged": unchanged} if unchanged else {})
        counts[table].update(one.kind for one in found)
        rows += found
        withdrawn = group[0].row is None
        if found or (withdrawn and own):
            closing += [stored.number for stored in own.values()]
            opening += [
                columns_of(table, one.row, lines) | {"layer": OWN, "owner": sender.body}
                for one in group
                if one.row is not None
            ]
    return Plan(
        replacement=Replacement((), tuple(closing), tuple(opening)),
        tables=[TableChanges(table=table, **counts[table]) for table in TABLES if table in counts],
        rows=rows,
        money=_money(tx, rows, change),
        scenarios=store.scenarios.count_built_on(tx, _cells_of_plans(rows, change)),
        warnings=list(own_rules.warnings(tx, change, sent)) if rows else [],
    )


def _row_changes(change: Change, table: str, cover: str) -> Iterator[RowChange]:
    """The rows of a group that differ afterwards."""
    withdrawn = change.groups[table, cover][0].row is None
    for key in change.keys(table, cover):
        stored, later = change.before.get((table, key)), change.after.get((table, key))
        cells = _changed_cells(stored.row if stored else None, later)
        if cells:
            kind: Literal["added", "changed", "withdrawn"] = "added" if stored is None else "changed"
            if later is None or (withdrawn and stored is not None):
                kind = "withdrawn"
            sent_by = stored.owner if stored else None
            yield RowChange(table=table, key=key, kind=kind, cells=cells, sent_by_before=sent_by)


def _lines_of_cases(sent: Sequence[SentRow], change: Change) -> dict[str, LineRow]:
    wanted = {one.row.line for one in sent if isinstance(one.row, OfLineRow)}
    return {key: cast(LineRow, change.later("lines", key)) for key in wanted}


def _changed_cells(before: Row | None, after: Row | None) -> list[CellChange]:
    old = cells_shown(before) if before else {}
    new = cells_shown(after) if after else {}
    columns = dict.fromkeys([*old, *new])
    return [
        CellChange(column=column, before=old.get(column), after=new.get(column))
        for column in columns
        if old.get(column) != new.get(column)
    ]


def _money(tx: Reading, rows: Sequence[RowChange], change: Change) -> list[MoneyChange]:
    """All pounds in use of each table, pathway and year that change."""
    moved: Counter[tuple[str, str | None, str | None]] = Counter()
    for one in rows:
        for row, sign in ((change.earlier(one.table, one.key), -1), (change.after.get((one.table, one.key)), 1)):
            if row is not None and row.POUNDS:
                where = (one.table, getattr(row, "pathway", None), getattr(row, "year", None))
                moved[where] += sign * getattr(row, row.POUNDS)
    before = store.figures.pounds(tx, tx.head_at, {table for table, _, _ in moved})
    return [
        MoneyChange(
            table=where[0],
            pathway=where[1],
            year=where[2],
            before_gbp=before.get(where, 0),
            after_gbp=before.get(where, 0) + moved[where],
        )
        for where in sorted(moved, key=lambda one: tuple(part or "" for part in one))
        if moved[where]
    ]


def _cells_of_plans(rows: Sequence[RowChange], change: Change) -> set[tuple[str | None, str | None]]:
    """(pathway, place) that change; None: every one."""
    found: set[tuple[str | None, str | None]] = set()
    for one in rows:
        if one.table == "sources":
            continue
        for row in (change.earlier(one.table, one.key), change.after.get((one.table, one.key))):
            where = change.later("lines", row.line) if isinstance(row, OfLineRow) else row
            if where is not None:
                pathway = getattr(where, "pathway", None)
                found.add((None if pathway == ANY else pathway, getattr(where, "place", None)))
    return found


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
    if not (found.rows or found.replacement.closing):  # a row that says what ours says is withdrawn unseen
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


def dangling(tx: Reading, keys: Mapping[str, Container[str]] | None = None) -> list[str]:
    """Own rows that name a row which is not there, in words. `keys`: of the reference layer to come."""
    own = store.imports.own_rows(tx)
    in_use = InUse(tx)
    held = {(table, row.row_key()) for table, row in own}

    def known(table: str, key: str) -> bool:
        if (table, key) in held:
            return True
        return in_use.row(table, key) is not None if keys is None else key in keys[table]

    return [
        f"{table} {row.row_key()} names {key}, which is not in {target} any more"
        for table, row in own
        for _, target, key in named_rows(row)
        if not known(target, key)
    ]
