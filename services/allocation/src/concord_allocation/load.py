"""`python -m concord_allocation load [--dry-run] <folder>`: take in the reference tables and say what that changes.

A set that cannot be taken as a whole is refused with every fault; a set that says what is known already changes
nothing.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from concord_allocation import store
from concord_allocation.importing import dangling
from concord_allocation.reference.files import Edition, ReferenceFaults, read_edition
from concord_allocation.reference.rows import LineRow, StageTotalRow
from concord_allocation.store.figures import Replacement, RowChange
from concord_allocation.tables import Base
from concord_kit import lists
from concord_kit.database import Database, Reading, Writing
from concord_kit.journal import Intent
from concord_kit.lists import ListChanges

LIST_ROWS = lists.list_table(Base.metadata)
CHANGES_SHOWN = 20
DRY_RUN = "--dry-run"

type Where = tuple[str, str, str]
"""(table, pathway, year); empty where the table has none."""


def load(_: Any, database: Database, arguments: Sequence[str]) -> int:
    """Exit code 0 where the tables are (or would be) in use, 1 where they have faults, 2 without a folder."""
    folders = [argument for argument in arguments if argument != DRY_RUN]
    if len(folders) != 1:
        print("say which folder: python -m concord_allocation load [--dry-run] data/england_2013_14", file=sys.stderr)
        return 2
    try:
        edition = read_edition(Path(folders[0]))
    except ReferenceFaults as refusal:
        print(f"{len(refusal.faults)} faults; nothing was loaded:", file=sys.stderr)
        for fault in refusal.faults:
            print(f"  {fault}", file=sys.stderr)
        return 1
    try:
        if DRY_RUN in arguments:
            done = database.read_now(lambda tx: _looked_at(tx, edition))
        else:
            done = load_edition(database, edition, actor="command-line")
    except OwnRowsLeftBehindError as refusal:
        print("nothing was loaded: bodies' own figures name rows that this set does not have", file=sys.stderr)
        for line in _first(refusal.rows):
            print(f"  {line}", file=sys.stderr)
        print("  a data steward can withdraw them (docs/importing.md), or keep the rows in the set", file=sys.stderr)
        return 1
    for line in report(done, dry_run=DRY_RUN in arguments):
        print(line)
    return 0


class OwnRowsLeftBehindError(Exception):
    """Bodies' own figures name rows that the set no longer has; `rows` says which. Every plan with them would fail."""

    def __init__(self, rows: Sequence[str]) -> None:
        super().__init__(f"{len(rows)} own rows would name what is not there")
        self.rows = tuple(rows)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed: rows, all GBP in use by (table, pathway, year), kept scenarios, and what to look at."""

    replacement: Replacement
    money: dict[Where, tuple[int, int]]
    scenarios: int
    warnings: tuple[str, ...]
    lists: ListChanges
    dangling: tuple[str, ...]
    """Bodies' own rows that would name what is not there any more: such a set is not loaded."""

    @property
    def changes(self) -> bool:
        """Whether the record differs afterwards."""
        return bool(self.replacement.changes or self.lists.by_list)


def load_edition(database: Database, edition: Edition, *, actor: str) -> Loaded:
    """Bring the reference layer to a whole set in one transaction."""
    intent = Intent(
        actor=actor,
        acting_for=None,
        action="reference.load",
        subject=f"edition:{edition.digest[:12]}",
        reason=None,
        body_digest=edition.digest,
        request_id="command-line",
    )

    def change(tx: Writing) -> Loaded:
        done = _looked_at(tx, edition)
        if done.dangling:
            raise OwnRowsLeftBehindError(done.dangling)
        if not done.changes:
            tx.unchanged()
            return done
        lists.write(tx, LIST_ROWS, done.lists)
        if done.replacement.changes:
            store.figures.write(tx, done.replacement)
            store.figures.add_edition(tx, layer=store.figures.REFERENCE)
        return done

    return database.write_now(intent, change)


def _looked_at(tx: Reading, edition: Edition) -> Loaded:
    found = store.figures.replacement(tx, edition.tables)
    in_use = [one for one in found.changes if not one.covered]
    keys = {table: {row.row_key() for row in rows} for table, rows in edition.tables.items()}
    return Loaded(
        replacement=found,
        money=_money(tx, in_use),
        scenarios=store.scenarios.count_built_on(tx, {(one.pathway, one.place) for one in in_use}),
        warnings=tuple(lines_against_totals(edition)),
        lists=lists.changes(tx, LIST_ROWS, edition.lists),
        dangling=tuple(dangling(tx, keys)),
    )


def _money(tx: Reading, changes: Sequence[RowChange]) -> dict[Where, tuple[int, int]]:
    moved: Counter[Where] = Counter()
    for one in changes:
        moved[one.table, one.pathway or "", one.year or ""] += (one.after_gbp or 0) - (one.before_gbp or 0)
    before = {
        (table, pathway or "", year or ""): gbp
        for (table, pathway, year), gbp in store.figures.pounds(
            tx, tx.head_at, {table for table, _, _ in moved}
        ).items()
    }
    return {where: (before.get(where, 0), before.get(where, 0) + gbp) for where, gbp in moved.items() if gbp}


def lines_against_totals(edition: Edition) -> Iterator[str]:
    """Stages whose lines do not come to what England is said to spend on them."""
    sums: Counter[tuple[str, str]] = Counter()
    for line in cast(Sequence[LineRow], edition.tables["lines"]):
        sums[line.pathway, line.stage] += line.baseline_gbp
    for total in cast(Sequence[StageTotalRow], edition.tables["stage_totals"]):
        come_to = sums[total.pathway, total.stage]
        if come_to != total.england_gbp:
            yield (
                f"lines of {total.pathway} {total.stage} come to GBP {come_to:,}, stage_totals says "
                f"GBP {total.england_gbp:,}"
            )


def report(done: Loaded, *, dry_run: bool) -> Iterator[str]:
    """What a load changes: rows by table, all money by table, pathway and year, the first amounts, scenarios."""
    found = done.replacement
    if not done.changes:
        yield "already in use: nothing changes"
        return
    verb = "would be in use" if dry_run else "are in use now"
    yield f"{len(found.opening)} new or changed rows {verb}; {_count(found, 'removed')} are gone"
    by_table: Counter[tuple[str, str]] = Counter((one.table, one.kind) for one in found.changes)
    for table in sorted({table for table, _ in by_table}):
        kinds = ", ".join(f"{by_table[table, kind]} {kind}" for kind in ("added", "changed", "removed"))
        yield f"  {table}: {kinds}"
    for name, (came, went) in done.lists.by_list.items():
        yield f"  list {name}: {came} came, {went} went"
    covered = sum(one.covered for one in found.changes)
    if covered:
        yield f"  {covered} of them change nothing in use: bodies' own figures stand in their place"
    for (table, pathway, year), (before, after) in sorted(done.money.items()):
        where = ", ".join(part for part in (table, pathway, year) if part)
        yield f"  {where}: GBP {before:,} -> {after:,} in all"
    altered = [one for one in found.changes if one.kind == "changed" and one.before_gbp != one.after_gbp]
    for one in altered[:CHANGES_SHOWN]:
        yield f"  {one.table} {one.key}: GBP {one.before_gbp:,} -> {one.after_gbp:,}"
    if len(altered) > CHANGES_SHOWN:
        yield f"  and {len(altered) - CHANGES_SHOWN} more changed amounts"
    if done.scenarios:
        rest = "rest" if done.scenarios > 1 else "rests"
        yield f"  {done.scenarios} kept scenarios {rest} on figures that change; their answers stay as they were given"
    yield from (f"  look at this: {words}" for words in _first(done.warnings))
    if done.dangling:
        yield "  it would be refused: bodies' own figures name rows that this set does not have"
        yield from (f"    {words}" for words in _first(done.dangling))


def _first(lines: Sequence[str]) -> Iterator[str]:
    """As many as a person reads, and how many more there are."""
    yield from lines[:CHANGES_SHOWN]
    if len(lines) > CHANGES_SHOWN:
        yield f"and {len(lines) - CHANGES_SHOWN} more"


def _count(found: Replacement, kind: str) -> int:
    return sum(one.kind == kind for one in found.changes)
