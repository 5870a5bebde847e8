"""`python -m concord_allocation load [--dry-run] <folder>`: take in the reference tables and say what that changes.

A set that cannot be taken as a whole is refused with every fault; a set that says what is known already changes
nothing.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from concord_allocation import store
from concord_allocation.reference.files import Edition, ReferenceFaults, read_edition
from concord_allocation.store.figures import Replacement, RowChange
from concord_kit.database import Database, Writing
from concord_kit.journal import Intent

CHANGES_SHOWN = 20
DRY_RUN = "--dry-run"


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
    if DRY_RUN in arguments:
        found, scenarios = database.read_now(lambda tx: _looked_at(tx, edition))
    else:
        found, scenarios = load_edition(database, edition, actor="command-line")
    for line in report(found, scenarios, dry_run=DRY_RUN in arguments):
        print(line)
    return 0


def load_edition(database: Database, edition: Edition, *, actor: str) -> tuple[Replacement, int]:
    """Bring the reference layer to a whole set in one transaction: what changed, and how many scenarios rest on it."""
    intent = Intent(
        actor=actor,
        acting_for=None,
        action="reference.load",
        subject=f"edition:{edition.digest[:12]}",
        reason=None,
        body_digest=edition.digest,
        request_id="command-line",
    )

    def change(tx: Writing) -> tuple[Replacement, int]:
        found = _looked_at(tx, edition)
        store.figures.apply(tx, found[0])
        return found

    return database.write_now(intent, change)


def _looked_at(tx: Any, edition: Edition) -> tuple[Replacement, int]:
    found = store.figures.replacement(tx, edition.tables)
    return found, store.scenarios.count_built_on(tx, {(one.pathway, one.place) for one in found.changes})


def report(found: Replacement, scenarios: int, *, dry_run: bool) -> Iterator[str]:
    """What a load changes: rows by table, money by table and pathway, the first changed figures, scenarios."""
    if not found.changes:
        yield "already in use: nothing changes"
        return
    verb = "would be in use" if dry_run else "are in use now"
    yield f"{len(found.opening)} new or changed rows {verb}; {_count(found, 'removed')} are gone"
    by_table: Counter[tuple[str, str]] = Counter((one.table, one.kind) for one in found.changes)
    for table in sorted({table for table, _ in by_table}):
        kinds = ", ".join(f"{by_table[table, kind]} {kind}" for kind in ("added", "changed", "removed"))
        yield f"  {table}: {kinds}"
    changed = [one for one in found.changes if one.before_gbp != one.after_gbp]
    for (table, pathway, year), (before, after) in sorted(_totals(changed).items()):
        yield f"  {table}, {pathway}{f', {year}' if year else ''}: GBP {before:,} -> {after:,} in the rows that change"
    altered = [one for one in changed if one.kind == "changed"]
    for one in altered[:CHANGES_SHOWN]:
        yield f"  {one.table} {one.key}: GBP {one.before_gbp:,} -> {one.after_gbp:,}"
    if len(altered) > CHANGES_SHOWN:
        yield f"  and {len(altered) - CHANGES_SHOWN} more changed amounts"
    if scenarios:
        rest = "rest" if scenarios > 1 else "rests"
        yield f"  {scenarios} kept scenarios {rest} on figures that change; their answers stay as they were given"


def _count(found: Replacement, kind: str) -> int:
    return sum(one.kind == kind for one in found.changes)


def _totals(changes: Sequence[RowChange]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(table, pathway, year; empty where the table has no years) -> GBP before and after."""
    totals: dict[tuple[str, str, str], tuple[int, int]] = {}
    for one in changes:
        key = one.table, one.pathway or "*", one.year or ""
        before, after = totals.get(key, (0, 0))
        totals[key] = before + (one.before_gbp or 0), after + (one.after_gbp or 0)
    return totals
