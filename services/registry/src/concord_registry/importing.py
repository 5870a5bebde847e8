"""What an import does: each function is one transaction's work on rows that were sent.

A body's own rows are used in place of ours with the same identity, until they are withdrawn; its claims stand beside
others'. Nothing is written while anything is wrong, and what would change is worked out before it does: a dry run stops
there.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from concord_contracts.identifiers import digest_of
from concord_contracts.imports import CellChange, ImportAction, ImportReport, RowChange, TableChanges
from concord_kit.database import Reading, Writing
from concord_kit.sheets import FaultySheetsError, SheetFault
from concord_registry import importing_claims, postcodes
from concord_registry.file_rows import OWN_ROWS, FileRow
from concord_registry.files import REFERENCES, circle
from concord_registry.importing_claims import ClaimChanges
from concord_registry.knowledge import importing as importing_records
from concord_registry.knowledge.importing import RecordChanges
from concord_registry.knowledge.rows import RECORD_ROWS
from concord_registry.knowledge.writer import Writer
from concord_registry.own_rows import CLAIMS, Identity, SentRow, grouped
from concord_registry.store import imports, loads
from concord_registry.store.layers import MODELS, identity_of, open_rows, rows_in_use, table_of
from concord_registry.store.reference import ReferenceReader
from concord_registry.succession import Succession, SuccessionCycleError, check_acyclic
from concord_registry.world import ANY

ROWS_SHOWN = 500
SHARES_ADD_UP_TO = 1e-6
"""How far shares of one CCG may be from 1: they are given to six decimals and more."""


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
            faults += _not_theirs(tx, asked.me, rows, own, before[table, identity])
    world = _World(tx, groups)
    faults += _dangling(world, plain)
    faults += _shares(world, plain)
    faults += _codes_of_others(world, plain)
    faults += _cycles(world, plain)
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


type Groups = Mapping[tuple[str, Identity], Sequence[SentRow]]


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


def _not_theirs(
    tx: Reading, me: str, rows: Sequence[SentRow], own: Sequence[Any], before: Sequence[Any]
) -> Iterator[SheetFault]:
    """A body sends rows about itself and its places, and documents that nobody else brought."""
    one = rows[0]
    others = sorted({row.owner for row in own} - {me})
    if others and one.row is None:
        yield one.fault(None, f"{one.key} was sent by {', '.join(others)}, who can withdraw it", "not-yours")
        return
    mine: bool | None
    match one.table:
        case "sources":
            mine = not before or any(row.owner == me for row in own)
        case "body_names" | "body_codes":
            mine = one.identity[0] == me
        case "guidance_links":
            mine = one.identity[3] == me
        case "populations" | "comparator_values":
            place = one.identity[0] if one.table == "populations" else one.identity[1]
            places = rows_in_use(tx.connection, "places", tx.head_at, where=[table_of("places").c.place == place])
            mine = not places or any(row.body == me for row in places)  # an unknown place is a fault of its own
        case _:
            mine = None
    if mine is None:
        yield one.fault(None, f"rows of {one.table} are sent by data stewards", "not-yours")
    elif not mine:
        yield from (row.fault(None, f"{row.key} is not a matter of {me}", "not-yours") for row in rows)


class _World:
    """Tables as they are and as they will be; read when first asked for."""

    def __init__(self, tx: Reading, groups: Groups) -> None:
        self.tx = tx
        self._groups = groups
        self._before: dict[str, list[Any]] = {}
        self._after: dict[str, list[Any]] = {}
        self._keys: dict[tuple[str, str], set[str]] = {}

    def before(self, table: str) -> list[Any]:
        if table not in self._before:
            self._before[table] = rows_in_use(self.tx.connection, table, self.tx.head_at)
        return self._before[table]

    def after(self, table: str) -> list[Any]:
        if table not in self._after:
            self._after[table] = list(self._rows_after(table))
        return self._after[table]

    def _rows_after(self, table: str) -> Iterator[Any]:
        touched = {identity: rows for (of, identity), rows in self._groups.items() if of == table}
        identity = identity_of(table)
        yield from (row for row in self.before(table) if identity(row) not in touched)
        withdrawn = [key for key, rows in touched.items() if rows[0].row is None]
        yield from (row.row for rows in touched.values() for row in rows if row.row is not None)
        yield from (row for row in open_rows(self.tx, table, withdrawn) if row.owner is None)

    def keys(self, table: str, column: str) -> set[str]:
        if (table, column) not in self._keys:
            self._keys[table, column] = {getattr(row, column) for row in self.after(table)}
        return self._keys[table, column]

    def gone(self, table: str, column: str) -> set[str]:
        """Keys there were and will not be."""
        return {getattr(row, column) for row in self.before(table)} - self.keys(table, column)


def _refers(value: str, target: str) -> bool:
    """Expressions and `*` refer to nothing."""
    return value != ANY and (target != "bodies" or ":" in value)


def _dangling(world: _World, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """Rows sent that name what is not there, and rows that would name what is withdrawn."""
    references = [
        (file.removesuffix(".csv"), column, target.removesuffix(".csv"), key)
        for file, column, target, key in REFERENCES
    ]
    for one in sent:
        for table, column, target, key in references:
            cell = getattr(one.row, column, None) if one.row is not None and table == one.table else None
            for value in (cell or "").split():
                if _refers(value, target) and value not in world.keys(target, key):
                    yield one.fault(column, f"{value} is not in the table {target}", f"unknown-{target}")
        for source in (getattr(one.row, "source", None) or "").split() if one.table != "sources" else ():
            if source not in world.keys("sources", "source"):
                words = f"{source} is not in the table sources: send it in the same workbook, or before"
                yield one.fault("source", words, "unknown-sources")
    withdrawn = [one for one in sent if one.row is None]
    for one in withdrawn:
        for table, column, target, key in references:
            if target == one.table and one.identity[0] in world.gone(target, key):
                rows = world.after(table) if table in MODELS else imports.open_versions(world.tx, table)
                users = [row for row in rows if one.identity[0] in (getattr(row, column) or "").split()]
                if users:
                    words = f"{len(users)} rows of {table} name it in {column}: withdraw or change them as well"
                    yield one.fault(None, words, "in-use")
        if one.table == "sources" and one.identity[0] in world.gone("sources", "source"):
            for table in MODELS:
                users = [
                    row for row in world.after(table) if one.identity[0] in (getattr(row, "source", None) or "").split()
                ]
                if users and table != "sources":
                    yield one.fault(
                        None, f"{len(users)} rows of {table} cite it: withdraw or change them as well", "in-use"
                    )


def _shares(world: _World, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """Shares of one whole: a CCG's come to 1 on every day, a council's and a predecessor's to 1 at most."""
    touched = {one.identity[0]: one for one in sent if one.table == "footprints"}
    councils = {one.identity[1]: one for one in sent if one.table == "footprints"}
    if touched:
        before, after = world.before("footprints"), world.after("footprints")
        for ccg, one in touched.items():
            days = {day for row in (*before, *after) if row.ccg_place == ccg for day in (row.valid_from, row.valid_to)}
            periods = [(row.valid_from, row.valid_to) for row in world.after("places") if row.place == ccg]
            for day in sorted(days - {max(days)}):
                if not any(start <= day < end for start, end in periods):
                    continue  # the place has ended, or not begun
                total = _total(after, "share_of_ccg", day, ccg_place=ccg)
                if abs(total - 1) > SHARES_ADD_UP_TO:
                    yield one.fault(
                        "share_of_ccg", f"the shares of {ccg} on {day} come to {total:.6f}, not 1", "shares"
                    )
        for council, one in councils.items():
            for day in sorted({row.valid_from for row in after if row.council_place == council}):
                total = _total(after, "share_of_council", day, council_place=council)
                if total > 1 + SHARES_ADD_UP_TO:
                    words = f"the shares of {council} on {day} come to {total:.6f}, more than 1"
                    yield one.fault("share_of_council", words, "shares")
    for one in sent:
        if one.table == "succession" and one.row is not None:
            event: Any = one.row
            passed = math.fsum(
                row.share
                for row in world.after("succession")
                if (row.predecessor, row.on) == (event.predecessor, event.on)
            )
            if passed > 1 + SHARES_ADD_UP_TO:
                words = f"the parts of {event.predecessor} that pass on {event.on} come to {passed:.6f}, more than 1"
                yield one.fault("share", words, "shares")


def _total(rows: Iterable[Any], share: str, day: date, **of: str) -> float:
    """The sum of a share over the rows of a place that hold on a day."""
    return math.fsum(
        getattr(row, share)
        for row in rows
        if row.valid_from <= day < row.valid_to and all(getattr(row, name) == value for name, value in of.items())
    )


def _codes_of_others(world: _World, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """A code is one body's at a time, and never reused; a postcode may be several'."""
    for one in sent:
        row: Any = one.row
        if one.table == "body_codes" and row is not None and row.scheme != postcodes.SCHEME:
            others = {
                held.body
                for held in world.after("body_codes")
                if (held.scheme, held.code) == (row.scheme, row.code) and held.body != row.body
            }
            if others:
                yield one.fault("code", f"{row.scheme} {row.code} is the code of {', '.join(sorted(others))}", "taken")


def _cycles(world: _World, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    placed = [one for one in sent if one.table == "place_parents"]
    around = circle((row.child, row.parent) for row in world.after("place_parents")) if placed else []
    if around:
        yield placed[0].fault(None, f"a place would lie in itself: {' in '.join(around)}", "cycle")
    events = [one for one in sent if one.table == "succession"]
    if not events:
        return
    try:
        check_acyclic(
            [
                Succession(row.predecessor, row.successor, row.kind, row.on, row.share)
                for row in world.after("succession")
            ]
        )
    except SuccessionCycleError as error:
        yield events[0].fault(None, f"a body would succeed itself: {error}", "cycle")


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
