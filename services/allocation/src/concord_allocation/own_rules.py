"""What must hold of the figures when a body's own rows are among them, and what is worth a look though it may be right.

Nothing here reads what the import leaves alone, but for what its rows touch: a purse's lines, a curve's segments.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from concord_allocation import store
from concord_allocation.reference.own import SentRow
from concord_allocation.reference.references import ANY
from concord_allocation.reference.rows import (
    CurveRow,
    LineRow,
    PurseAmountRow,
    PurseRow,
    Row,
    Sourced,
    StageTotalRow,
    cells_shown,
)
from concord_allocation.store.figures import ROWS
from concord_kit.database import Reading
from concord_kit.sheets import SheetFault

if TYPE_CHECKING:
    from concord_allocation.importing import Change

SLOPE_TOLERANCE = 1e-3
"""How far a slope may be from 1 / gbp_per_qaly, as a share of it: both are printed rounded."""


def faults(tx: Reading, change: "Change", sent: Sequence[SentRow], body: str | None) -> Iterator[SheetFault]:
    """Everything that would make a figure, or somebody's plan, wrong. `body`: who sends, none for a steward."""
    changed = [one for one in sent if one.row is not None and _differs(change, one)]
    for one in changed:
        yield from _range(one)
    yield from _lines(tx, change, changed, body)
    yield from _purses(tx, change, changed)
    yield from _curves(change, changed)


def _differs(change: "Change", one: SentRow) -> bool:
    before = change.earlier(one.table, one.key)
    return before is None or one.row is None or cells_shown(before) != cells_shown(one.row)


def _range(one: SentRow) -> Iterator[SheetFault]:
    """A figure lies in the range given for it, and an assumption has one."""
    row = one.row
    if not isinstance(row, Sourced) or len(row.FIGURES) != 1:
        return
    value = getattr(row, row.FIGURES[0])
    low = row.gbp_per_qaly_low if isinstance(row, CurveRow) else row.low
    high = row.gbp_per_qaly_high if isinstance(row, CurveRow) else row.high
    if value is None:
        return
    if (low is not None and Decimal(value) < low) or (high is not None and Decimal(value) > high):
        yield one.fault(row.FIGURES[0], f"{value} lies outside its own range, {low} to {high}", "outside-range")
    elif row.basis == "assumption" and (low is None or high is None):
        yield one.fault("low", "an assumption has a range: give low and high", "no-range")


def _lines(tx: Reading, change: "Change", changed: Sequence[SentRow], body: str | None) -> Iterator[SheetFault]:
    """Lines stay what they are, lie where their payer pays, and within what their purse is for."""
    lines = [one for one in changed if isinstance(one.row, LineRow)]
    places = _places_of(tx, body) if body is not None and lines else frozenset()
    amounts = _amounts_of(tx, change, {one.row.purse for one in lines if isinstance(one.row, LineRow)})
    for one in lines:
        row = one.row
        if not isinstance(row, LineRow):
            continue
        before = change.earlier("lines", one.key)
        if isinstance(before, LineRow):
            for column in ("place", "pathway", "stage"):
                was = getattr(before, column)
                if getattr(row, column) != was:
                    words = f"{one.key} is a line of {was}: give a line of another {column} another key"
                    yield one.fault(column, words, "another-line")
        elif body is not None and row.place not in places:
            words = f"{body} pays for nothing in {row.place} yet: a data steward can add a line there"
            yield one.fault("place", words, "not-your-place")
        purse = change.later("purses", row.purse)
        if isinstance(purse, PurseRow):
            yield from (one.fault(column, words, "outside-purse") for column, words in _outside(purse, row))
            if purse.in_baseline and not {row.pathway, ANY} & amounts[row.purse]:
                words = f"{row.purse} has no amount for {row.pathway}: send purse_amounts in the same workbook"
                yield one.fault("purse", words, "no-amount")


def _places_of(tx: Reading, body: str) -> frozenset[str]:
    """A payer's own place and those it pays for already."""
    own = {row.place for row in store.figures.rows_in_use(tx, tx.head_at, "payers") if row.payer == body}
    purses = [row.purse for row in store.figures.rows_in_use(tx, tx.head_at, "purses") if row.owner == body]
    lines = store.figures.rows_in_use(tx, tx.head_at, "lines", ROWS.c.purse.in_(purses))
    return frozenset({line.place for line in lines} | {place for place in own if place})


def _amounts_of(tx: Reading, change: "Change", purses: Collection[str]) -> dict[str, set[str]]:
    """Purse -> pathways that it holds an amount for in some year, afterwards."""
    found: dict[str, set[str]] = defaultdict(set)
    if purses:
        held = store.figures.rows_in_use(tx, tx.head_at, "purse_amounts", ROWS.c.purse.in_(purses))
        for row in change.rows("purse_amounts", held):
            if isinstance(row, PurseAmountRow):
                found[row.purse].add(row.pathway)
    return found


def _outside(purse: PurseRow, line: LineRow) -> Iterator[tuple[str, str]]:
    for column, listed in (("pathway", purse.pathways), ("stage", purse.stages), ("place", purse.places)):
        value = getattr(line, column)
        if ANY not in listed and value not in listed:
            yield column, f"{purse.purse} is not for {column} {value}"


def _purses(tx: Reading, change: "Change", changed: Sequence[SentRow]) -> Iterator[SheetFault]:
    """A purse that reaches less far still covers the lines that it pays."""
    for one in changed:
        if isinstance(one.row, PurseRow) and change.earlier("purses", one.key) is not None:
            paid = store.figures.rows_in_use(tx, tx.head_at, "lines", ROWS.c.purse == one.row.purse)
            for line in change.rows("lines", paid):
                if isinstance(line, LineRow) and line.purse == one.row.purse:
                    for _, words in _outside(one.row, line):
                        yield one.fault(None, f"{words}, and pays {line.line}", "outside-purse")


def _curves(change: "Change", changed: Sequence[SentRow]) -> Iterator[SheetFault]:
    """A curve is sent whole: segments in order, each dearer than the one before, slopes that say what prices say."""
    groups = {(one.table, one.cover) for one in changed if one.table == "curves"}
    for group in sorted(groups):
        sent = sorted(change.groups[group], key=lambda one: _segment(one.row))
        steeper: CurveRow | None = None
        for position, one in enumerate(sent, 1):
            row = one.row
            if not isinstance(row, CurveRow):
                continue
            if row.segment != position:
                yield one.fault(
                    "segment", f"a curve has segments 1 to n, all in one file: {position} is missing", "gap"
                )
            slope = 1 / float(row.gbp_per_qaly) if row.gbp_per_qaly else 0.0
            if abs(row.slope_qaly_per_gbp - slope) > SLOPE_TOLERANCE * slope:
                words = f"is 1 / gbp_per_qaly, {slope:.3g}, not {row.slope_qaly_per_gbp:.3g}"
                yield one.fault("slope_qaly_per_gbp", words, "another-slope")
            if steeper is not None and row.slope_qaly_per_gbp >= steeper.slope_qaly_per_gbp:
                words = f"segment {row.segment} does at least as much for a pound as segment {steeper.segment}"
                yield one.fault("slope_qaly_per_gbp", words, "rising-curve")
            steeper = row


def _segment(row: Row | None) -> int:
    return row.segment if isinstance(row, CurveRow) else 0


def warnings(tx: Reading, change: "Change", sent: Sequence[SentRow]) -> Iterator[str]:
    """What may be right and is worth a look."""
    yield from _lines_against_totals(tx, change)
    yield from _lines_against_purses(tx, change, sent)
    yield from _twice(tx, change, sent)


def _lines_in_use(tx: Reading, change: "Change", *conditions: Any) -> list[LineRow]:
    """Lines afterwards: those in use that meet the conditions, and those that the import names."""
    found = change.rows("lines", store.figures.rows_in_use(tx, tx.head_at, "lines", *conditions))
    return [row for row in found if isinstance(row, LineRow)]


def _lines_against_totals(tx: Reading, change: "Change") -> Iterator[str]:
    """Lines that no longer come to what England spends on a stage."""
    rows = [*change.after.values(), *(stored.row for stored in change.before.values())]
    moved = {(row.pathway, row.stage) for row in rows if isinstance(row, LineRow)}
    pathways = {pathway for pathway, _ in moved}
    if not moved:
        return
    sums: Counter[tuple[str, str]] = Counter()
    for line in _lines_in_use(tx, change, ROWS.c.pathway.in_(pathways)):
        sums[line.pathway, line.stage] += line.baseline_gbp
    for total in store.figures.rows_in_use(tx, tx.head_at, "stage_totals", ROWS.c.pathway.in_(pathways)):
        if isinstance(total, StageTotalRow) and (total.pathway, total.stage) in moved:
            come_to = sums[total.pathway, total.stage]
            if come_to != total.england_gbp:
                yield (
                    f"All lines of {total.pathway} {total.stage} come to GBP {come_to:,}; "
                    f"what England spends on it is put at GBP {total.england_gbp:,} in stage_totals."
                )


def _lines_against_purses(tx: Reading, change: "Change", sent: Sequence[SentRow]) -> Iterator[str]:
    """Purses that pay for more than they hold: a plan that includes them would have no answer."""
    named = {one.row.purse for one in sent if isinstance(one.row, LineRow | PurseAmountRow)}
    if not named:
        return
    paid: Counter[tuple[str, str]] = Counter()
    for line in _lines_in_use(tx, change, ROWS.c.purse.in_(named)):
        paid[line.purse, line.pathway] += line.baseline_gbp
    held = store.figures.rows_in_use(tx, tx.head_at, "purse_amounts", ROWS.c.purse.in_(named))
    for row in sorted(change.rows("purse_amounts", held), key=lambda row: row.row_key()):
        if not isinstance(row, PurseAmountRow) or row.follows_lines or row.purse not in named:
            continue
        spent = sum(gbp for (purse, path), gbp in paid.items() if purse == row.purse and row.pathway in (ANY, path))
        if spent > row.amount_gbp:
            of = "its lines" if row.pathway == ANY else f"its lines of {row.pathway}"
            yield f"{row.purse} holds GBP {row.amount_gbp:,} for {row.year}; {of} cost GBP {spent:,}."


def _twice(tx: Reading, change: "Change", sent: Sequence[SentRow]) -> Iterator[str]:
    """Lines for one thing under two keys: their pounds add up, which a renamed key was not meant to do."""
    added = [
        one.row
        for one in sent
        if isinstance(one.row, LineRow) and change.earlier("lines", one.key) is None and one.row.baseline_gbp
    ]
    if not added:
        return
    held = _lines_in_use(tx, change, ROWS.c.place.in_({row.place for row in added}))
    for row in added:
        same = [one.line for one in held if _what(one) == _what(row) and one.line != row.line and one.baseline_gbp]
        if same:
            yield f"{row.line} pays for the same as {', '.join(same)}: their pounds add up."


def _what(line: LineRow) -> tuple[str, str, str, str]:
    return line.place, line.pathway, line.stage, line.purse
