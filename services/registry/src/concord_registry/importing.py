"""What an import does: each function is one transaction's work on rows that were sent.

A body's own rows are used in place of ours with the same identity, until they are withdrawn; its claims stand beside
others'. Nothing is written while anything is wrong, and what would change is worked out before it does: a dry run stops
there.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from concord_contracts.identifiers import digest_of
from concord_contracts.imports import CellChange, ImportAction, ImportReport, RowChange, TableChanges
from concord_kit.database import Reading, Writing
from concord_kit.sheets import FaultySheetsError, SheetFault
from concord_registry import importing_claims
from concord_registry.file_rows import OWN_ROWS, FileRow
from concord_registry.import_faults import Groups, misfits, not_theirs
from concord_registry.importing_claims import ClaimChanges
from concord_registry.knowledge import importing as importing_records
from concord_registry.knowledge.importing import RecordChanges
from concord_registry.knowledge.rows import RECORD_ROWS
from concord_registry.knowledge.writer import Writer
from concord_registry.own_rows import CLAIMS, Identity, SentRow, grouped
from concord_registry.store import imports, loads
from concord_registry.store.layers import identity_of, open_rows, rows_in_use, table_of
from concord_registry.store.reference import ReferenceReader

ROWS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """An import as it was asked for. A steward may send every table but claims; a body its own rows."""

    sent: Sequence[SentRow]
    faults: Sequence[SheetFault]
    """What is wrong with the rows in themselves, found before."""
    action: ImportAction
    me: str
    steward: bool
    file_digest: str
    reason: str | None
    today: date
    holder: str | None = None
    """The support body that acts under its mandate, if one does."""

    @property
    def by(self) -> Writer:
        return Writer(self.me, self.steward, self.today, self.holder)


@dataclass
class Plan:
    """What an import does, by table: rows to close and open; claims; what that changes."""

    closing: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    opening: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    claims: ClaimChanges = field(default_factory=ClaimChanges)
    records: RecordChanges = field(default_factory=RecordChanges)
    rows: list[RowChange] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def writes(self) -> bool:
        """Whether anything is written: a body's own row that says what ours says is withdrawn unseen."""
        return bool(self.rows) or any(self.closing.values())


def looked_at(tx: Reading, references: ReferenceReader, asked: Asked) -> ImportReport:
    """What the import would change; FaultySheetsError with everything that is wrong."""
    return _report(asked, plan(tx, references, asked), dry_run=True)


def carried_out(tx: Writing, references: ReferenceReader, asked: Asked) -> ImportReport:
    """The import, recorded; nothing where nothing changes. FaultySheetsError with everything that is wrong."""
    found = plan(tx, references, asked)
    said = _report(asked, found, dry_run=False)
    if not found.writes:
        tx.unchanged()
        return said
    said = said.model_copy(update={"id": tx.seq, "recorded_at": tx.at})
    write(tx, found)
    imports.record(tx, said)
    tx.concerns(f"import:{tx.seq}")
    return said


def write(tx: Writing, found: Plan) -> None:
    """Write what a plan does, known from this transaction on."""
    for table, numbers in found.closing.items():
        loads.close(tx, table_of(table), numbers)
    for table, rows in found.opening.items():
        imports.open_own(tx, table, rows)
    importing_claims.write(tx, found.claims)
    importing_records.write(tx, found.records)


def plan(tx: Reading, references: ReferenceReader, asked: Asked) -> Plan:
    """What the rows would change. FaultySheetsError: all that is wrong with them, with what was found before."""
    plain = [one for one in asked.sent if one.table != CLAIMS and one.table not in RECORD_ROWS]
    plain += _other_events(tx, plain)
    said = [one for one in asked.sent if one.table == CLAIMS]
    groups = grouped(plain)
    before = _before(tx, groups)
    faults = [*asked.faults]
    for (table, identity), rows in groups.items():
        own = [row for row in before[table, identity] if row.owner is not None]
        if rows[0].row is None and not before[table, identity]:
            words = f"there is no row {rows[0].key}: nothing to withdraw"
            faults.append(rows[0].fault(None, words, "nothing-to-withdraw"))
        elif rows[0].row is None and not own:
            continue  # ours is in use already
        elif not asked.steward:
            faults += not_theirs(tx, asked.me, rows, own, before[table, identity])
    faults += misfits(tx, groups, plain)
    claims, wrong = importing_claims.planned(tx, references, said, asked.by)
    beside = [one for one in asked.sent if one.table in RECORD_ROWS]
    kept, amiss = importing_records.planned(tx, references, beside, asked.by)
    if faults or wrong or amiss:
        raise FaultySheetsError([*faults, *wrong, *amiss])
    found = Plan(claims=claims, records=kept)
    for (table, identity), rows in groups.items():
        _plan_group(found, table, rows, before[table, identity], asked.me)
    found.rows += [*claims.rows, *kept.rows]
    found.counts[CLAIMS].update(claims.counts)
    for table, counts in kept.counts.items():
        found.counts[table].update(counts)
    return found


def _other_events(tx: Reading, sent: Sequence[SentRow]) -> list[SentRow]:
    """What publishers say of a predecessor's other days: it would go out of use beside an own row, which speaks of the
    predecessor as a whole (`store.layers`), so it becomes own along with it."""
    events: dict[str, list[Any]] = defaultdict(list)
    for one in sent:
        if one.table == "succession" and one.row is not None:
            events[one.identity[0]].append(one)
    if not events:
        return []
    identity, model = identity_of("succession"), OWN_ROWS["succession"]
    return [
        SentRow("succession", own[0].line, identity(row), model.model_validate(row, from_attributes=True))
        for row in rows_in_use(tx.connection, "succession", tx.head_at)
        if row.edition is not None
        and (own := events.get(row.predecessor))
        and row.on not in {one.row.on for one in own}
    ]


def _before(tx: Reading, groups: Groups) -> dict[tuple[str, Identity], list[Any]]:
    """The open rows of both layers of each identity sent."""
    found: dict[tuple[str, Identity], list[Any]] = {key: [] for key in groups}
    for table in {table for table, _ in groups}:
        identity = identity_of(table)
        for row in open_rows(tx, table, [key for of, key in groups if of == table]):
            found[table, identity(row)].append(row)
    return found


def _used(rows: Sequence[Any]) -> list[Any]:
    """Of one identity's open rows those in use: a body's own where there are any."""
    own = [row for row in rows if row.owner is not None]
    return own or list(rows)


def _plan_group(found: Plan, table: str, rows: Sequence[SentRow], before: Sequence[Any], me: str) -> None:
    """One identity's rows: close the own ones there are, open those sent, and say what changes in use."""
    own = [row for row in before if row.owner is not None]
    ours = [row for row in before if row.owner is None]
    used = {_day(row): _cells(table, row) for row in _used(before)}
    if rows[0].row is None:
        later = {_day(row): _cells(table, row) for row in ours}
    else:
        later = {_day(one.row): _cells(table, one.row) for one in rows}
    if (rows[0].row is not None and used == later) or (rows[0].row is None and not own):
        found.counts[table]["unchanged"] += len(rows)
        return
    found.closing[table] += [row.row for row in own]
    if rows[0].row is not None:
        found.opening[table] += [_stored(table, one.row, me) for one in rows if one.row is not None]
    for day in sorted(used.keys() | later.keys(), key=str):
        kind = "withdrawn" if day not in later or rows[0].row is None else "added" if day not in used else "changed"
        cells = changed_cells(used.get(day, {}), later.get(day, {}))
        if cells:
            key = "|".join([*map(str, rows[0].identity), *([str(day)] if day else [])])
            by = own[0].owner if own else None
            found.rows.append(RowChange(table=table, key=key, kind=kind, cells=cells, sent_by_before=by))
            found.counts[table][kind] += 1
        else:
            found.counts[table]["unchanged"] += 1


def _day(row: Any) -> date | None:
    return getattr(row, "valid_from", None)


def _cells(table: str, row: Any) -> dict[str, str]:
    """The cells of a row that hold something, as they would be sent; of a stored row or of one sent."""
    return imports.cells(OWN_ROWS[table], row)


def changed_cells(before: Mapping[str, str], after: Mapping[str, str]) -> list[CellChange]:
    """The cells that differ, in the order of the columns."""
    return [
        CellChange(column=column, before=before.get(column), after=after.get(column))
        for column in dict.fromkeys([*before, *after])
        if before.get(column) != after.get(column)
    ]


def _stored(table: str, row: FileRow | None, me: str) -> dict[str, Any]:
    columns = [column.name for column in table_of(table).columns if column.name in OWN_ROWS[table].model_fields]
    values = {column: getattr(row, column) for column in columns}
    return values | {"owner": me, "digest": digest_of(_cells(table, row))}


def _report(asked: Asked, found: Plan, *, dry_run: bool) -> ImportReport:
    return ImportReport(
        action=asked.action,
        dry_run=dry_run,
        changed=bool(found.rows),
        acting_for=asked.me,
        reason=asked.reason,
        file_digest=asked.file_digest,
        tables=[TableChanges(table=table, **found.counts[table]) for table in OWN_ROWS if found.counts.get(table)],
        rows=found.rows[:ROWS_SHOWN],
        rows_left_off=max(len(found.rows) - ROWS_SHOWN, 0),
    )
