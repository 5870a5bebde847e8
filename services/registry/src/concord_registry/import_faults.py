"""What is wrong with rows sent, beside what is in use: not the sender's, naming nobody, shares, codes, cycles."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from concord_kit.database import Reading
from concord_kit.sheets import SheetFault
from concord_registry import postcodes
from concord_registry.files import REFERENCES, circle
from concord_registry.own_rows import Identity, SentRow
from concord_registry.store import imports
from concord_registry.store.layers import MODELS, identity_of, open_rows, rows_in_use, table_of
from concord_registry.succession import Succession, SuccessionCycleError, check_acyclic
from concord_registry.world import ANY

SHARES_ADD_UP_TO = 1e-6
"""How far shares of one CCG may be from 1: they are given to six decimals and more."""

type Groups = Mapping[tuple[str, Identity], Sequence[SentRow]]
"""By table and identity the rows sent."""


def misfits(tx: Reading, groups: Groups, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """What would not hold together if the rows were in use."""
    tables = _Tables(tx, groups)
    yield from _dangling(tables, sent)
    yield from _shares(tables, sent)
    yield from _codes_of_others(tables, sent)
    yield from _cycles(tables, sent)


def not_theirs(
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


class _Tables:
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


def _dangling(tables: _Tables, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """Rows sent that name what is not there, and rows that would name what is withdrawn."""
    references = [
        (file.removesuffix(".csv"), column, target.removesuffix(".csv"), key)
        for file, column, target, key in REFERENCES
    ]
    for one in sent:
        for table, column, target, key in references:
            cell = getattr(one.row, column, None) if one.row is not None and table == one.table else None
            for value in (cell or "").split():
                if _refers(value, target) and value not in tables.keys(target, key):
                    yield one.fault(column, f"{value} is not in the table {target}", f"unknown-{target}")
        for source in (getattr(one.row, "source", None) or "").split() if one.table != "sources" else ():
            if source not in tables.keys("sources", "source"):
                words = f"{source} is not in the table sources: send it in the same workbook, or before"
                yield one.fault("source", words, "unknown-sources")
    withdrawn = [one for one in sent if one.row is None]
    for one in withdrawn:
        for table, column, target, key in references:
            if target == one.table and one.identity[0] in tables.gone(target, key):
                rows = tables.after(table) if table in MODELS else imports.open_versions(tables.tx, table)
                users = [row for row in rows if one.identity[0] in (getattr(row, column) or "").split()]
                if users:
                    words = f"{len(users)} rows of {table} name it in {column}: withdraw or change them as well"
                    yield one.fault(None, words, "in-use")
        if one.table == "sources" and one.identity[0] in tables.gone("sources", "source"):
            for table in MODELS:
                users = [
                    row
                    for row in tables.after(table)
                    if one.identity[0] in (getattr(row, "source", None) or "").split()
                ]
                if users and table != "sources":
                    yield one.fault(
                        None, f"{len(users)} rows of {table} cite it: withdraw or change them as well", "in-use"
                    )


def _shares(tables: _Tables, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """Shares of one whole: a CCG's come to 1 on every day, a council's and a predecessor's to 1 at most."""
    touched = {one.identity[0]: one for one in sent if one.table == "footprints"}
    councils = {one.identity[1]: one for one in sent if one.table == "footprints"}
    if touched:
        before, after = tables.before("footprints"), tables.after("footprints")
        for ccg, one in touched.items():
            days = {day for row in (*before, *after) if row.ccg_place == ccg for day in (row.valid_from, row.valid_to)}
            periods = [(row.valid_from, row.valid_to) for row in tables.after("places") if row.place == ccg]
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
                for row in tables.after("succession")
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


def _codes_of_others(tables: _Tables, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    """A code is one body's at a time, and never reused; a postcode may be several'."""
    for one in sent:
        row: Any = one.row
        if one.table == "body_codes" and row is not None and row.scheme != postcodes.SCHEME:
            others = {
                held.body
                for held in tables.after("body_codes")
                if (held.scheme, held.code) == (row.scheme, row.code) and held.body != row.body
            }
            if others:
                yield one.fault("code", f"{row.scheme} {row.code} is the code of {', '.join(sorted(others))}", "taken")


def _cycles(tables: _Tables, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
    placed = [one for one in sent if one.table == "place_parents"]
    around = circle((row.child, row.parent) for row in tables.after("place_parents")) if placed else []
    if around:
        yield placed[0].fault(None, f"a place would lie in itself: {' in '.join(around)}", "cycle")
    events = [one for one in sent if one.table == "succession"]
    if not events:
        return
    try:
        check_acyclic(
            [
                Succession(row.predecessor, row.successor, row.kind, row.on, row.share)
                for row in tables.after("succession")
            ]
        )
    except SuccessionCycleError as error:
        yield events[0].fault(None, f"a body would succeed itself: {error}", "cycle")
