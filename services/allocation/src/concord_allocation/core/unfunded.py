"""Why lines got nothing, in words."""

from collections.abc import Iterator

from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.results import Answer, Sentence
from concord_allocation.core.words import per_pound

LINES_NAMED = 20
"""Sentences about lines without money; further ones are counted."""


def lines_without_money(tables: ProblemTables, answer: Answer) -> Iterator[Sentence]:
    """Why lines got nothing; lines of a stage with the same reason are told together.

    A line whose cases are done at no cost here has not got nothing.
    """
    done = {(row.year, row.line) for row in answer.activity if row.cases > 0}
    lines = {line.key: position for position, line in enumerate(tables.lines)}
    alike: dict[tuple[str, str, str], list[str]] = {}
    for row in answer.lines:
        if row.gbp == 0 and (row.year, row.line) not in done:
            line = tables.lines[lines[row.line]]
            reason = _why_nothing(tables, lines[row.line], row.year, row.next_gbp, proven=answer.status == "optimal")
            alike.setdefault((row.year, line.stage, reason), []).append(line.name)
    for (year, stage, reason), names in list(alike.items())[:LINES_NAMED]:
        what = tables.names.get(stage, stage)
        who = f"{names[0]} gets" if len(names) == 1 else f"{len(names)} lines of {what} ({names[0]}, ...) get"
        yield Sentence("line", f"{who} nothing in {year}: {reason}")
    if len(alike) > LINES_NAMED:
        rest = sum(len(names) for names in list(alike.values())[LINES_NAMED:])
        yield Sentence("line", f"{rest} further lines get nothing")


def _why_nothing(tables: ProblemTables, i: int, year: str, next_gbp: float, *, proven: bool) -> str:
    """Nobody may pay, no money is there, no benefit is measured, or in the best plan a pound buys more elsewhere."""
    line, t = tables.lines[i], tables.years.index(year)
    able = set(tables.cells.purse[(tables.cells.line == i) & (tables.cells.year == t)].tolist())
    if not able:
        responsible = tables.name_of_payer(line.statutory_payer)
        return f"no purse may pay; {responsible} is responsible ({line.citation}) and has none that covers it"
    if not any(tables.purses[u].amount[t] for u in able):
        return "the purses that may pay hold nothing"
    if next_gbp <= 0:
        return "no benefit of money here is measured, and every limit is kept without it"
    worth = f"the first pound would buy {per_pound(next_gbp, tables.benefit_unit)}"
    if not proven:
        return f"{worth}, and time ran out before a plan was proven best"
    return f"{worth}; the purses that may pay buy at least as much elsewhere, or are held there by a limit"
