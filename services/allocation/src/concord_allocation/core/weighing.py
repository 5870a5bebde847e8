"""What a board weighs, in words: who gains, what ring-fences cost, what binds nowhere, what money would buy next."""

from collections.abc import Iterator, Mapping, Sequence

from concord_allocation.core.curves import benefit_of_line
from concord_allocation.core.fences import fences_told
from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.results import Answer, Candidate, Sentence
from concord_allocation.core.words import amount_of, pounds

TOLD = 12
"""Places told in sentences; the tables hold all of them."""

CANDIDATES_TOLD = 5
"""Candidate investments and releases told, the best of each; the tables hold all of them."""

NAMED = 3
"""Limits and purses named where nothing holds back."""

NEGLIGIBLE = 0.005
"""Of a limit that does not count pounds: less room than this is none."""

NO_CHANGE = 1e-9
"""Benefit that is arithmetic noise, relative to all of it."""


type Spare = Mapping[tuple[bool, str], tuple[float, str]]
"""(whether it is a purse, key) of a limit -> (the least that it has to spare in any year, its unit)."""


def weighed(tables: ProblemTables, answer: Answer, spare: Spare | None) -> Iterator[Sentence]:
    """All of it; without `spare` no prices were asked for: what has none may hold something back all the same."""
    yield from _gains(tables, answer)
    yield from fences_told(tables, answer.ring_fences)
    yield from _candidates(answer.candidate_investments)
    yield from _candidates(answer.candidate_releases)
    if spare is not None:
        yield from _bind_nowhere(tables, answer, spare)


def _gains(tables: ProblemTables, answer: Answer) -> Iterator[Sentence]:
    """Discounted benefit by place over all years, against what the reference split brings by the same curves."""
    if not answer.totals.reference_gbp:
        return
    lines = {line.key: line for line in tables.lines}
    at = {year: t for t, year in enumerate(tables.years)}
    change = {line.place: 0.0 for line in tables.lines}
    for row in answer.lines:
        line, t = lines[row.line], at[row.year]
        before = benefit_of_line(line, t, row.reference_gbp) * tables.discount[t]
        change[line.place] += row.benefit - before
    noise = NO_CHANGE * max(1.0, abs(answer.totals.benefit))
    moved = sorted((place for place in change if abs(change[place]) > noise), key=lambda p: (-abs(change[p]), p))
    for place in moved[:TOLD]:
        way = "gains" if change[place] > 0 else "loses"
        name, much = tables.names.get(place, place), amount_of(abs(change[place]), tables.benefit_unit)
        yield Sentence("gain", f"{name} {way} {much} against the reference split, over all years")
    if len(moved) > TOLD:
        yield Sentence("gain", f"{len(moved) - TOLD} more places gain or lose")


def _candidates(candidates: Sequence[Candidate]) -> Iterator[Sentence]:
    for candidate in candidates[:CANDIDATES_TOLD]:
        yield Sentence("candidate", candidate.words)


def _bind_nowhere(tables: ProblemTables, answer: Answer, spare: Spare) -> Iterator[Sentence]:
    """Hard limits without a price in any year, and purses whose next pound buys nothing in any; what each can spare.

    Without any one of them the best benefit is the same; without several at once it may not be. Where there are options
    that is so of the options as chosen: with others it may bind.
    """
    binding = {(limit.kind == "purse", limit.limit) for limit in answer.binding}
    chosen = ", with the options as chosen" if tables.parts.options else ""
    rules = [(limit.key, limit.label, limit.soft) for limit in tables.limits]
    rules += [(pace.key, pace.label, pace.soft) for pace in tables.paces]
    free = [
        _with_spare(label, spare.get((False, key)))
        for key, label, soft in rules
        if soft is None and (False, key) not in binding
    ]
    if free:
        words = f"{_some(free)}: nothing is held back anywhere by {_one(free, 'limits')}{chosen}"
        yield Sentence("nowhere", words)
    purses = [
        _with_spare(tables.name_of_purse(position), spare.get((True, purse.key)))
        for position, purse in enumerate(tables.purses)
        if any(purse.amount) and (True, purse.key) not in binding
    ]
    if purses:
        words = f"{_some(purses)}: more money of {_one(purses, 'purses')} would buy nothing anywhere{chosen}"
        yield Sentence("nowhere", words)


def _with_spare(name: str, spare: tuple[float, str] | None) -> str:
    """The name, and in every year at least so much between it and the plan."""
    if spare is None:
        return name
    room, unit = spare
    if unit == "GBP":
        return f"{name} ({pounds(room)} to spare)" if room >= 1 else f"{name} (reached)"
    return f"{name} ({amount_of(room, unit)} to spare)" if room >= NEGLIGIBLE else f"{name} (reached)"


def _one(items: Sequence[str], what: str) -> str:
    return "it" if len(items) == 1 else f"any one of these {what}"


def _some(items: Sequence[str]) -> str:
    more = f"; and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return "; ".join(items[:NAMED]) + more
