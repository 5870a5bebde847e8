"""What taking a publisher's file would change, worked out as a read: rows of each table, measured values, terms."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import StatedBy
from concord_kit.database import Reading
from concord_kit.problems import Problem
from concord_kit.sheets import FaultySheetsError, SheetFault
from concord_registry import postcodes
from concord_registry.publications.cells import day_in_name
from concord_registry.publications.merging import GROUPS, Stated, content_of, group_of, merged, uncovered
from concord_registry.publications.placing import Known, Placed, PlacedRow, placed
from concord_registry.publications.recognising import FileRead
from concord_registry.publications.said import MeasureSaid
from concord_registry.store import publications as store
from concord_registry.store.layers import rows_in_use
from concord_registry.succession import Succession, SuccessionCycleError, check_acyclic

MOST_FEWER = 0.1
"""Share of its lines that an edition may lack beside the one before. Our choice: the e-file of CCGs grew in nine years,
for closed bodies stay listed, and a file that lost a tenth was cut off or is another list."""


@dataclass(frozen=True)
class Sent:
    """A file as it was sent, read, with what the caller says of it."""

    read: FileRead
    digest: str
    me: str
    today: date
    name: str | None = None
    publisher: str | None = None
    licence: str | None = None
    address: str | None = None
    stated_on: date | None = None
    reason: str | None = None
    keep_going: bool = False
    accept_fewer: bool = False
    accept_withdrawn: bool = False

    @property
    def owner(self) -> str:
        """Whose history the rows go into: publishers do not speak for each other."""
        return f"publisher:{self.read.recognised.format.publisher}"

    def stated(self) -> tuple[date, StatedBy]:
        """The day that the file is of, and who says so."""
        told = self.read.recognised.edition
        if self.stated_on is not None:
            return self.stated_on, "the caller"
        in_name = day_in_name(self.name or "")
        if told.stated_on is not None and not (told.at_least and in_name and in_name > told.stated_on):
            return told.stated_on, "the file"
        if in_name is not None:
            return in_name, "the file's name"
        return self.today, "nobody"


@dataclass
class Plan:
    """What taking a file does: rows to close and open by table, measures and terms likewise."""

    placed: Placed
    closing: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    opening: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def changes(self) -> bool:
        return any(self.closing.values()) or any(self.opening.values())


def plan(tx: Reading, sent: Sent, edition: int) -> Plan:
    """What the file changes. FaultySheetsError: all that is wrong, unless the caller keeps going; see `taking`."""
    stated_on, _ = sent.stated()
    found = Plan(placed(sent.read.said, known(tx), stated_on))
    faults = [*sent.read.faults, *found.placed.faults]
    whole = [one for one in faults if not one.line]
    if faults and (whole or not sent.keep_going):
        raise FaultySheetsError(faults)
    _refuse_fewer(tx, sent, stated_on)
    by_table: dict[str, list[PlacedRow]] = defaultdict(list)
    for row in found.placed.rows:
        by_table[row.table].append(row)
    for table, rows in by_table.items():
        _plan_table(tx, found, sent, table, rows, edition, stated_on)
    _refuse_circles(tx, found, by_table.get("succession", ()))
    _plan_measures(tx, found, sent, edition, stated_on)
    _plan_terms(tx, found, edition)
    return found


def learned(tx: Reading, sent: Sent, edition: int, kept: Collection[str]) -> Plan:
    """What a file that was imported says in further tables than those `kept` of it: we read more of it today."""
    stated_on, _ = sent.stated()
    found = Plan(placed(sent.read.said, known(tx, without=edition), stated_on))
    for table in dict.fromkeys(one.table for one in found.placed.rows):
        if table not in kept:
            rows = [one for one in found.placed.rows if one.table == table]
            _plan_table(tx, found, sent, table, rows, edition, stated_on)
    return found


def known(tx: Reading, without: int | None = None) -> Known:
    """What the map holds of every day, to say which body a code is of; without the places that one edition opened."""
    bodies: dict[str, list[tuple[str, date, date]]] = defaultdict(list)
    for row in rows_in_use(tx.connection, "bodies", tx.head_at):
        bodies[row.body].append((row.kind, row.valid_from, row.valid_to))
    codes = {
        f"{row.scheme}:{row.code}": row.body
        for row in sorted(rows_in_use(tx.connection, "body_codes", tx.head_at), key=lambda row: row.valid_from)
        if row.scheme != postcodes.SCHEME
    }
    held = rows_in_use(tx.connection, "places", tx.head_at)
    places = {row.body: row.place for row in held if row.body and (without is None or row.edition != without)}
    return Known(bodies, codes, places)


def _refuse_fewer(tx: Reading, sent: Sent, stated_on: date) -> None:
    before = store.latest_edition(tx, sent.read.recognised.edition.series)
    if before is None or sent.accept_fewer or stated_on < before.stated_on:
        return
    if sent.read.lines < before.lines * (1 - MOST_FEWER):
        words = (
            f"The file has {sent.read.lines:,} lines; the edition of {before.stated_on} (import {before.edition}) had "
            f"{before.lines:,}. It may be cut off. Nothing was taken; `accept_fewer` takes it, and closes nobody."
        )
        raise Problem("fewer-than-before", words, lines=sent.read.lines, before=before.lines, file=before.edition)


def _plan_table(
    tx: Reading, found: Plan, sent: Sent, table: str, rows: Sequence[PlacedRow], edition: int, stated_on: date
) -> None:
    held = store.published_rows(tx, table, sent.owner)
    days = store.days_of_editions(tx)
    groups: dict[Any, list[Stated]] = defaultdict(list)
    before: dict[int, Stated] = {}
    for row in held:
        one = _stated(table, row, days[row.edition], row.edition, row.row)
        groups[group_of(table, row)].append(one)
        before[row.row] = one
    touched = dict.fromkeys(group_of(table, row.row) for row in rows)
    history = {group: list(groups[group]) for group in touched}
    for sent_row in rows:
        group = group_of(table, sent_row.row)
        history[group] = folded(table, history[group], sent_row, stated_on, edition)
    _compare(found, sent, table, history, {group: groups[group] for group in touched}, before)
    _behind_ours(tx, found, table)


def folded(table: str, history: Sequence[Stated], sent: PlacedRow, stated_on: date, edition: int) -> list[Stated]:
    """One history with what an edition's row says of it."""
    new = _stated(table, sent.row, stated_on, edition, None, told=sent.told)
    return merged(history, new) if new.valid_from != date.min else _newest(history, new)


def stated_row(table: str, row: Any, edition: int, number: int) -> Stated:
    """A recorded row, for its columns."""
    return _stated(table, row, date.min, edition, number)


def _stated(table: str, row: Any, seen: date, edition: int, number: int | None, *, told: bool | None = None) -> Stated:
    start, end = getattr(row, "valid_from", date.min), getattr(row, "valid_to", FOREVER)
    # a first day that is the edition's own is as a rule not said, but that on which the body was seen
    return Stated(
        content_of(table, row), start, end, seen, row, edition, number, start != seen if told is None else told
    )


def _newest(held: Sequence[Stated], new: Stated) -> list[Stated]:
    """Of what is not dated: the word of the latest edition."""
    if not held or held[0].content == new.content:
        return list(held) or [new]
    return [new] if new.seen >= held[0].seen else list(held)


def _compare(
    found: Plan,
    sent: Sent,
    table: str,
    history: Mapping[Any, Sequence[Stated]],
    groups: Mapping[Any, Sequence[Stated]],
    before: Mapping[int, Stated],
) -> None:
    for group, after in history.items():
        kept = {one.number for one in after if one.number is not None}
        gone = [one for one in groups[group] if one.number not in kept]
        new = [one for one in after if one.number is None]
        for one in after:
            if one.number is None:
                continue
            held = before[one.number]
            if (held.valid_from, held.valid_to, held.edition) == (one.valid_from, one.valid_to, one.edition):
                found.counts[table]["unchanged"] += 1
                continue
            found.closing[table].append(one.number)
            found.opening[table].append(columns_of_stated(table, one, sent.owner))
            found.counts[table]["changed"] += 1
        found.closing[table] += [one.number for one in gone if one.number is not None]
        found.opening[table] += [columns_of_stated(table, one, sent.owner) for one in new]
        replaced = min(len(gone), len(new))
        found.counts[table]["changed"] += replaced
        found.counts[table]["added"] += len(new) - replaced


def columns_of_stated(table: str, one: Stated, owner: str) -> dict[str, Any]:
    values = store.columns_of(table, one.values)
    if one.valid_from != date.min:
        values |= {"valid_from": one.valid_from, "valid_to": one.valid_to}
    return values | {"owner": owner, "edition": one.edition, "source": f"file-{one.edition}"}


def _behind_ours(tx: Reading, found: Plan, table: str) -> None:
    """How many of the rows that come are not used on any day, because ours or a body's own say it."""
    opening = found.opening[table]
    if not opening or table not in GROUPS:
        return
    taken = store.periods_of_others(tx, table)
    behind = 0
    for values in opening:
        key = store.cover_key(table, values)
        period = (values.get("valid_from", date.min), values.get("valid_to", FOREVER))
        behind += not uncovered(*period, taken.get(key, ()))
    found.counts[table]["behind_ours"] += behind


def _refuse_circles(tx: Reading, found: Plan, rows: Sequence[PlacedRow]) -> None:
    if not rows:
        return
    held = rows_in_use(tx.connection, "succession", tx.head_at)
    events = [Succession(row.predecessor, row.successor, row.kind, row.on, row.share) for row in held]
    sent: list[Any] = [one.row for one in rows]
    events += [Succession(row.predecessor, row.successor, row.kind, row.on, row.share) for row in sent]
    try:
        check_acyclic(events)
    except SuccessionCycleError as error:
        line = next((one.line for one in rows if one.row.predecessor in str(error)), 0)  # type: ignore[attr-defined]
        words = f"a body would succeed itself: {error}"
        raise FaultySheetsError([SheetFault("", line, None, words, "cycle")]) from None


def _plan_measures(tx: Reading, found: Plan, sent: Sent, edition: int, stated_on: date) -> None:
    series = sent.read.recognised.edition.series
    if not found.placed.measures:
        return
    held = store.open_measures(tx, series)
    counts = found.counts["measures"]
    done = set()
    for one in found.placed.measures:
        key, values = measure_of(one, series, edition, stated_on)
        if key in done:
            continue
        done.add(key)
        before = held.get(key)
        if before is None:
            found.opening["measures"].append(values)
            counts["added"] += 1
        elif (before.value, before.numerator, before.denominator) == (one.value, one.numerator, one.denominator):
            counts["unchanged"] += 1
        elif before.seen <= stated_on:
            found.closing["measures"].append(before.row)
            found.opening["measures"].append(values)
            counts["changed"] += 1
        else:
            counts["unchanged"] += 1  # a later edition has corrected it already


def measure_of(
    one: MeasureSaid, series: str, edition: int, stated_on: date
) -> tuple[tuple[str, str, str, str], dict[str, Any]]:
    """What a measured value is of, and its row."""
    key = (one.subject[:80], one.measure[:80], one.part[:200], one.period[:30])
    return key, {
        "edition": edition, "series": series, "seen": stated_on, "subject": key[0], "measure": key[1],
        "part": key[2], "period": key[3], "value": one.value, "unit": one.unit, "numerator": one.numerator,
        "denominator": one.denominator, "name": one.name[:300] if one.name else None,
    }  # fmt: skip


def _plan_terms(tx: Reading, found: Plan, edition: int) -> None:
    if not found.placed.terms:
        return
    held = store.open_terms(tx, {one.scheme for one in found.placed.terms})
    for one in found.placed.terms:
        before = held.get((one.scheme, one.code))
        if before is not None and before.name == one.name[:300]:
            found.counts["terms"]["unchanged"] += 1
            continue
        if before is not None and before.edition == edition:
            continue
        if before is not None:
            found.closing["terms"].append(before.row)
        found.counts["terms"]["added" if before is None else "changed"] += 1
        found.opening["terms"].append(
            {"edition": edition, "scheme": one.scheme, "code": one.code, "name": one.name[:300]}
        )
