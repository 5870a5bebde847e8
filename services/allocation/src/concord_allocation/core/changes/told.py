"""What a change that puts off, protects, brings in or takes out came to, in words from both plans.

Money is over all years of the plan. `document`: the problem as the change finds it; plans with the fields of
`results.Answer`, before and after all changes.
"""

import copy
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from concord_allocation.core.changes import APPLY
from concord_allocation.core.changes.leaving import left_by
from concord_allocation.core.changes.selecting import Mutable, selected_lines
from concord_allocation.core.changes.timing import after, begins
from concord_allocation.core.results import Answer, Cell, ContributionRow, LineRow
from concord_allocation.core.words import pounds

FILLING_NAMED = 5


def told(document: Mutable, changes: Sequence[Mapping[str, Any]], before: Answer, now: Answer) -> list[str]:
    """Sentences about the changes that have any, in their order; each finds what those before it have made."""
    found, said = copy.deepcopy(document), list[str]()
    for change in changes:
        said += TOLD.get(change["kind"], _nothing)(found, change, before, now)
        deque(APPLY[change["kind"]](found, change), maxlen=0)
    return said


def _nothing(document: Mutable, change: Mapping[str, Any], before: Answer, now: Answer) -> Iterator[str]:
    yield from ()


def _delay(document: Mutable, change: Mapping[str, Any], before: Answer, now: Answer) -> Iterator[str]:
    years = [year["key"] for year in document["years"]]
    for key in change["options"] or ():
        was, then = ({row.option: row for row in plan.options}.get(key) for plan in (before, now))
        if was is not None and then is not None:
            yield f"{was.name}: {_started(was.starts)} before, {_started(then.starts)} now."
    if change["select"] is None:
        return
    waits: dict[str, set[str]] = {}
    for line in selected_lines(document, change["select"]):
        start, _ = begins(line, years)
        later = after(change, start, years)
        if later > start:
            waits[line["key"]] = set(years[:later])
    had, has = (sum(row.gbp for row in plan.lines if row.year in waits.get(row.line, ())) for plan in (before, now))
    if waits:
        yield f"While they wait, {_lines(waits)} put off {_have(waits)} {pounds(has)}, {_against(has, had)}."


def _started(year: str | None) -> str:
    return f"started in {year}" if year else "not started"


def _new_money_only(document: Mutable, change: Mapping[str, Any], before: Answer, now: Answer) -> Iterator[str]:
    keys = {line["key"] for line in selected_lines(document, change["select"])}
    rows = [row for row in now.lines if row.line in keys and (change["years"] is None or row.year in change["years"])]
    kept = sum(row.reference_gbp for row in rows)
    decided = sum(row.gbp for row in rows) - kept
    yield f"{pounds(kept)} of today's money stays where it is; the plan decides {pounds(decided)} beyond it."


def _new_payer(document: Mutable, change: Mapping[str, Any], before: Answer, now: Answer) -> Iterator[str]:
    yield from _comes_in(change["payer"]["key"], change["payer"]["name"], before, now)


def _join_pool(document: Mutable, change: Mapping[str, Any], before: Answer, now: Answer) -> Iterator[str]:
    yield from _comes_in(change["payer"], _names(document)[change["payer"]], before, now)


def _comes_in(payer: str, name: str, before: Answer, now: Answer) -> Iterator[str]:
    paid = [cell for cell in now.cells if cell.payer == payer and cell.gbp]
    put = sum(row.gbp for row in now.contributions if row.payer == payer)
    pooled = f", {pounds(put)} of it through funds" if put else ""
    if not paid:
        yield f"{name} pays nothing in this plan."
        return
    lines = {cell.line for cell in paid}
    spent = sum(cell.gbp for cell in paid)
    had, has = _on(before.lines, lines), _on(now.lines, lines)
    yield f"{name} pays {pounds(spent)}{pooled} on {_lines(lines)}, which {_have(lines)} {_against(has, had)}."


def _leave_pool(document: Mutable, change: Mapping[str, Any], before: Answer, now: Answer) -> Iterator[str]:
    """What it takes along, what stays in the funds, which lines lose money, and who fills what they lose."""
    names, payer, start = _names(document), change["payer"], change["from_year"]
    had, has = _from_year(before, start), _from_year(now, start)
    responsible = {line["key"]: line["statutory_payer"] for line in document["lines"]}
    for mechanism in left_by(document, change):
        funds = {fund["key"]: fund["name"] for fund in document["funds"] if fund["mechanism"] == mechanism["key"]}
        rule = f"{mechanism['kind']} {mechanism['key']}: "
        taken = sum(row.gbp for row in had.contributions if row.fund in funds and row.payer == payer)
        stays = sum(row.gbp for row in has.contributions if row.fund in funds)
        pool = ", ".join(funds.values()) or mechanism["key"]
        when = f" from {start} on" if start else ""
        yield f"{names[payer]} leaves {pool}{when} and takes along {pounds(taken)}; {pounds(stays)} remains in it."
        through = [cell for cell in had.cells if cell.gbp and cell.because.startswith(rule)]
        helped = {cell.line for cell in through if cell.payer == payer and responsible[cell.line] != payer}
        own = {cell.line for cell in through if cell.payer != payer and responsible[cell.line] == payer}
        for lines, whose, by_leaver in (
            (helped, "that it helped to pay for", True),
            (own, "of its own that partners helped to pay for", False),
        ):
            if lines:
                given = [cell for cell in through if (cell.payer == payer) == by_leaver]
                lost = sum(cell.gbp for cell in given if cell.line in lines)
                yield from _filled(lines, whose, lost, names, had, has)


class _Paid(NamedTuple):
    """What is paid in a plan, of the years that count."""

    cells: Sequence[Cell]
    lines: Sequence[LineRow]
    contributions: Sequence[ContributionRow]


def _from_year(plan: Answer, start: str | None) -> _Paid:
    """The years from one on; financial years sort as text."""
    first = start or ""
    return _Paid(
        [cell for cell in plan.cells if cell.year >= first],
        [row for row in plan.lines if row.year >= first],
        [row for row in plan.contributions if row.year >= first],
    )


def _filled(
    lines: set[str], whose: str, lost: int, names: Mapping[str, str], before: _Paid, now: _Paid
) -> Iterator[str]:
    had, has = _on(before.lines, lines), _on(now.lines, lines)
    was, then = _by_payer(before.cells, lines), _by_payer(now.cells, lines)
    more = {payer: then.get(payer, 0) - was.get(payer, 0) for payer in then}
    fillers = sorted((payer for payer, gbp in more.items() if gbp > 0), key=lambda payer: (-more[payer], payer))
    filled = ", ".join(f"{names.get(payer, payer)} {pounds(more[payer])}" for payer in fillers[:FILLING_NAMED])
    beyond = f" and {len(fillers) - FILLING_NAMED} others" if len(fillers) > FILLING_NAMED else ""
    they, which = "it has" if len(lines) == 1 else "they have", _lines(lines)
    told_by = f"{filled}{beyond} more" if fillers else "nobody fills it"
    yield f"{which[:1].upper()}{which[1:]} {whose} lost {pounds(lost)}: {told_by}; {they} {_against(has, had)}."


def _names(document: Mapping[str, Any]) -> dict[str, str]:
    return {payer["key"]: payer["name"] for payer in document["payers"]}


def _on(rows: Iterable[LineRow], lines: set[str]) -> int:
    return sum(row.gbp for row in rows if row.line in lines)


def _by_payer(cells: Iterable[Cell], lines: set[str]) -> dict[str, int]:
    paid: dict[str, int] = {}
    for cell in cells:
        if cell.line in lines:
            paid[cell.payer] = paid.get(cell.payer, 0) + cell.gbp
    return paid


def _lines(lines: Iterable[str]) -> str:
    keys = sorted(lines)
    return f"line {keys[0]}" if len(keys) == 1 else f"{len(keys)} lines"


def _have(lines: Iterable[str]) -> str:
    return "has" if len(list(lines)) == 1 else "have"


def _against(has: int, had: int) -> str:
    if has == had:
        return "as much as before"
    return f"{pounds(abs(has - had))} {'more' if has > had else 'less'} than before"


TOLD: Mapping[str, Callable[[Mutable, Mapping[str, Any], Answer, Answer], Iterator[str]]] = {
    "delay": _delay,
    "new_money_only": _new_money_only,
    "new_payer": _new_payer,
    "join_pool": _join_pool,
    "leave_pool": _leave_pool,
}
"""Kinds of change whose effect is no one number that a table shows."""
