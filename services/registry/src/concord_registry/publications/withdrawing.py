"""A publisher's file found to be wrong, taken back: the history is told again without it. One transaction.

What was believed before stays readable by `known_at`. The editions that stand are merged anew, in the order in which
they were imported, for whatever the file spoke of: so the edition before shows again. What other files said is taken as
it was placed when they came.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from concord_contracts.registry import FileWithdrawal, StandingFile, WithdrawnTable
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry.publications.formats import BY_KEY
from concord_registry.publications.merging import Stated, group_of
from concord_registry.publications.placing import Placed
from concord_registry.publications.planning import columns_of_stated, folded, measure_of, stated_row
from concord_registry.store import publications as files
from concord_registry.store import withdrawals as store
from concord_registry.store.layers import table_of

SHOWN = 100


@dataclass
class _Plan:
    closing: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    opening: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Bodies and places that nobody else speaks of."""


@dataclass(frozen=True, slots=True)
class Asked:
    file: int
    reason: str
    me: str


def looked_at(tx: Reading, asked: Asked) -> FileWithdrawal:
    """What taking the file back would change. Problems: not-found, cannot-withdraw."""
    before = store.find(tx, asked.file)
    if before is not None:
        return before.model_copy(update={"already": True, "dry_run": True})
    return _report(tx, asked, _planned(tx, asked.file), dry_run=True)


def carried_out(tx: Writing, asked: Asked) -> FileWithdrawal:
    """The file taken back; nothing where it was before. Problems: not-found, cannot-withdraw."""
    before = store.find(tx, asked.file)
    if before is not None:
        tx.unchanged()
        return before.model_copy(update={"already": True})
    plan = _planned(tx, asked.file)
    report = _report(tx, asked, plan, dry_run=False).model_copy(update={"withdrawn_at": tx.at})
    for table, numbers in plan.closing.items():
        files.close(tx, table, numbers)
    for table, rows in plan.opening.items():
        files.open_rows(tx, table, rows)
    store.record(tx, report)
    tx.concerns(f"file:{asked.file}")
    return report


def _planned(tx: Reading, edition: int) -> _Plan:
    if files.find(tx, edition) is None:
        raise Problem("not-found", f"There is no file {edition}.")
    rows = list(store.standing(tx))
    itself = store.unpacked(next(row for row in rows if row.edition == edition))
    if itself.said is None:
        words = f"What file {edition} said was not kept when it was imported: import it again, then withdraw it."
        raise Problem("cannot-withdraw", words, missing=[edition])
    owner = owner_of(itself.format)
    tables = {one.table for one in itself.said.rows}

    def concerned(row: Row[Any]) -> bool:
        return owner_of(row.format) == owner or bool(itself.said and itself.said.terms) or row.series == itself.series

    others = [row for row in rows if row.edition != edition and concerned(row)]
    missing = [row.edition for row in others if row.content is None]
    if missing:
        words = (
            f"What {len(missing)} other files of the publisher said was not kept when they were imported "
            f"({', '.join(map(str, missing[:5]))}): import them again, then withdraw this one."
        )
        raise Problem("cannot-withdraw", words, missing=missing)
    standing = [store.unpacked(row, tables) for row in others]
    plan = _Plan()
    of_owner = [one for one in standing if owner_of(one.format) == owner]
    for table in sorted(tables):
        _tell_again(tx, plan, table, owner, itself.said, of_owner)
    _measures(tx, plan, itself, [one for one in standing if one.series == itself.series])
    _terms(tx, plan, itself.said, standing)
    plan.closing["sources"] += store.source_row(tx, edition)
    named = store.named(tx, plan.gone["bodies"], plan.gone["places"])
    if named:
        first = ", ".join(f"{key} by {what}" for key, what in sorted(named.items())[:5])
        words = (
            f"{len(named)} bodies or places that only this file speaks of are named elsewhere: {first}. "
            "End or withdraw what names them, or send them as your own rows, then withdraw the file."
        )
        raise Problem("cannot-withdraw", words, named=sorted(named)[:SHOWN])
    return plan


def owner_of(form: str) -> str:
    """Whose history the rows of a format go into."""
    return f"publisher:{BY_KEY[form].publisher}"


def _tell_again(
    tx: Reading, plan: _Plan, table: str, owner: str, said: Placed, standing: Sequence[store.Stated]
) -> None:
    """The history of whatever the file spoke of, without it, beside what is recorded."""
    touched = {group_of(table, one.row) for one in said.rows if one.table == table}
    history: dict[Hashable, list[Stated]] = {group: [] for group in touched}
    for edition in standing:
        for one in edition.said.rows if edition.said else ():
            if one.table == table and (group := group_of(table, one.row)) in history:
                history[group] = folded(table, history[group], one, edition.stated_on, edition.edition)
    wanted = Counter(_frozen(columns_of_stated(table, one, owner)) for each in history.values() for one in each)
    held: dict[Hashable, list[Any]] = defaultdict(list)
    for row in files.published_rows(tx, table, owner):
        if (group := group_of(table, row)) in touched:
            held[group].append(row)
            key = _frozen(columns_of_stated(table, stated_row(table, row, row.edition, row.row), owner))
            if wanted[key]:
                wanted[key] -= 1
            else:
                plan.closing[table].append(row.row)
    plan.opening[table] += [dict(key) for key in wanted.elements()]
    if table in ("bodies", "places"):
        column = "body" if table == "bodies" else "place"
        lost = {getattr(rows[0], column) for group, rows in held.items() if rows and not history[group]}
        plan.gone[table] = lost - _of_others(tx, table, column, owner, lost)


def _frozen(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items()))


def _of_others(tx: Reading, table: str, column: str, owner: str, wanted: Iterable[str]) -> set[str]:
    """Which of some bodies or places rows of other owners speak of."""
    rows = table_of(table)
    query = rows.select().where(rows.c.recorded_to == FOREVER_AT)
    of_others = {getattr(row, column) for row in tx.connection.execute(query) if row.owner != owner}
    return of_others & set(wanted)


def _measures(tx: Reading, plan: _Plan, itself: store.Stated, standing: Sequence[store.Stated]) -> None:
    said = itself.said.measures if itself.said else ()
    keys = {measure_of(one, itself.series, itself.edition, itself.stated_on)[0] for one in said}
    if not keys:
        return
    latest: dict[Hashable, dict[str, Any]] = {}
    for edition in standing:
        done = set()
        for one in edition.said.measures if edition.said else ():
            key, values = measure_of(one, edition.series, edition.edition, edition.stated_on)
            if key in done or key not in keys:
                continue
            done.add(key)
            before = latest.get(key)
            same = before is not None and _value(before) == _value(values)
            if before is None or (not same and before["seen"] <= edition.stated_on):
                latest[key] = values
    held = files.open_measures(tx, itself.series)
    for key in keys:
        row, wanted = held.get(key), latest.get(key)
        if row is not None and wanted is not None and row.edition == wanted["edition"]:
            continue
        if row is not None:
            plan.closing["measures"].append(row.row)
        if wanted is not None:
            plan.opening["measures"].append(wanted)


def _value(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return values["value"], values["numerator"], values["denominator"]


def _terms(tx: Reading, plan: _Plan, said: Placed, standing: Sequence[store.Stated]) -> None:
    keys = {(one.scheme, one.code) for one in said.terms}
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    for edition in standing:
        for one in edition.said.terms if edition.said else ():
            key, name = (one.scheme, one.code), one.name[:300]
            before = latest.get(key)
            if key in keys and (before is None or (before[1] != name and before[0] != edition.edition)):
                latest[key] = edition.edition, name
    held = files.open_terms(tx, {scheme for scheme, _ in keys})
    for key in keys:
        row, wanted = held.get(key), latest.get(key)
        if row is not None and wanted == (row.edition, row.name):
            continue
        if row is not None:
            plan.closing["terms"].append(row.row)
        if wanted is not None:
            values = {"edition": wanted[0], "scheme": key[0], "code": key[1], "name": wanted[1]}
            plan.opening["terms"].append(values)


def _report(tx: Reading, asked: Asked, plan: _Plan, *, dry_run: bool) -> FileWithdrawal:
    found = files.find(tx, asked.file)
    series = found.series if found is not None else ""
    before = files.latest_edition(tx, series, without=asked.file)
    tables = sorted({*plan.closing, *plan.opening} - {"sources"})
    return FileWithdrawal(
        file=asked.file,
        dry_run=dry_run,
        acting_for=asked.me,
        reason=asked.reason,
        series=series,
        standing=StandingFile(file=before.edition, stated_on=before.stated_on) if before is not None else None,
        tables=[
            WithdrawnTable(table=table, gone=len(plan.closing[table]), back=len(plan.opening[table]))
            for table in tables
            if plan.closing[table] or plan.opening[table]
        ],
        bodies_gone=sorted(plan.gone["bodies"])[:SHOWN],
        bodies_gone_count=len(plan.gone["bodies"]),
        places_gone=sorted(plan.gone["places"])[:SHOWN],
    )
