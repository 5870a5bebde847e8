"""Why lines got nothing, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.results import Answer, LineRow, Sentence
from concord_allocation.core.stopped import Holding, Place, Stop
from concord_allocation.core.words import amount_of, per_pound, pounds

LINES_NAMED = 20
"""Sentences about lines without money; further ones are counted."""

LIMITS_NAMED = 3
"""Limits named of those that keep a line from money; further ones are counted."""


class Without(NamedTuple):
    """Lines of a stage that got nothing in a year for the same reason. `wants`: what stops the first is to be asked."""

    year: str
    stage: str
    reason: str
    first: Place
    names: tuple[str, ...]
    wants: bool


def without_money(tables: ProblemTables, answer: Answer) -> list[Without]:
    """A line whose cases are done at no cost here has not got nothing."""
    done = {(row.year, row.line) for row in answer.activity if row.cases > 0}
    lines = {line.key: position for position, line in enumerate(tables.lines)}
    alike: dict[tuple[str, str, str, bool], list[int]] = {}
    for row in answer.lines:
        if row.gbp == 0 and (row.year, row.line) not in done:
            reason, wants = _why_nothing(tables, lines[row.line], row, proven=answer.status == "optimal")
            alike.setdefault((row.year, tables.lines[lines[row.line]].stage, reason, wants), []).append(lines[row.line])
    return [
        Without(
            year,
            tables.names.get(stage, stage),
            reason,
            (tables.years.index(year), found[0]),
            tuple(tables.lines[i].name for i in found),
            wants,
        )
        for (year, stage, reason, wants), found in alike.items()
    ]


def to_ask(found: Sequence[Without]) -> list[Place]:
    """Where what stops a line is not told by the tables alone, of the groups that are told."""
    return [group.first for group in found[:LINES_NAMED] if group.wants]


def lines_without_money(
    tables: ProblemTables, found: Sequence[Without], stops: Mapping[Place, Stop]
) -> Iterator[Sentence]:
    """Lines of a stage with the same reason are told together; what stops them, of the first."""
    unit = tables.benefit_unit
    for group in found[:LINES_NAMED]:
        first, several = group.names[0], len(group.names) > 1
        who = f"{len(group.names)} lines of {group.stage} ({first}, ...) get" if several else f"{first} gets"
        stop = stops.get(group.first)
        why = f"{group.reason}; {_on(first) if several else ''}{_stopped(stop, unit)}" if stop else group.reason
        if group.wants and not stop:
            why += "; the purses that may pay buy at least as much elsewhere, or are held there by a limit"
        yield Sentence("line", f"{who} nothing in {group.year}: {why}")
    if len(found) > LINES_NAMED:
        yield Sentence("line", f"{sum(len(group.names) for group in found[LINES_NAMED:])} further lines get nothing")


def _why_nothing(tables: ProblemTables, i: int, row: LineRow, *, proven: bool) -> tuple[str, bool]:
    """(reason, whether more is to be asked): nobody may pay, no money is there, no benefit is measured, or else."""
    line, t = tables.lines[i], tables.years.index(row.year)
    able = set(tables.cells.purse[(tables.cells.line == i) & (tables.cells.year == t)].tolist())
    if not able:
        responsible = tables.name_of_payer(line.statutory_payer)
        return f"no purse may pay; {responsible} is responsible ({line.citation}) and has none that covers it", False
    if not any(_may_hold(tables, u, t) for u in able):
        return "the purses that may pay hold nothing", False
    if row.next_gbp <= 0:
        return "no benefit of money here is measured, and every limit is kept without it", False
    worth = f"the first pound would buy {per_pound(row.next_gbp, tables.benefit_unit)}"
    return (worth, True) if proven else (f"{worth}, and time ran out before a plan was proven best", False)


def _may_hold(tables: ProblemTables, u: int, t: int) -> bool:
    """Whether there can be money in a purse: its amount, carried in, overspent or saved."""
    purse, saved = tables.purses[u], any(saving.purse == u for saving in tables.parts.savings)
    return bool(purse.amount[t] or purse.over or saved or (purse.carry and t > 0))


def _on(name: str) -> str:
    return f"on {name}: "


def _stopped(stop: Stop, unit: str) -> str:
    if stop.kind == "shut" and not stop.by:
        return "no pound can go there without missing what is sought before benefit"
    if stop.kind == "shut":
        gains = [held for held in stop.by if held.gain]
        alone = "; ".join(f"'{held.label}' gains {_gain(held, unit)}" for held in gains[:LIMITS_NAMED])
        return f"no pound can go there while these hold: {_named(stop.by)}. " + (
            f"Loosened alone, {alone}" if alone else "Loosening any one of them a little gains nothing by itself"
        )
    if stop.kind == "equal":
        return f"a pound there would be as good as where it is{_at_price(stop, unit)}: later objectives leave it there"
    lost = f"{amount_of(stop.loss * 100_000, unit)} per {pounds(100_000)}"
    return f"a pound there would be missed more elsewhere{_at_price(stop, unit)}: in all the plan would lose {lost}"


def _at_price(stop: Stop, unit: str) -> str:
    if not stop.by:
        return ""
    more = f"; and {len(stop.by) - LIMITS_NAMED} more" if len(stop.by) > LIMITS_NAMED else ""
    named = "; ".join(f"'{held.label}', worth {_gain(held, unit)}" for held in stop.by[:LIMITS_NAMED])
    return f" (what holds it: {named}{more})"


def _gain(held: Holding, unit: str) -> str:
    if held.unit == "GBP":
        return f"{amount_of((held.gain or 0.0) * 100_000, unit)} per {pounds(100_000)}"
    return f"{amount_of(held.gain or 0.0, unit)} per {held.unit}"


def _named(by: tuple[Holding, ...]) -> str:
    more = f"; and {len(by) - LIMITS_NAMED} more" if len(by) > LIMITS_NAMED else ""
    return "; ".join(f"'{held.label}'" for held in by[:LIMITS_NAMED]) + more
