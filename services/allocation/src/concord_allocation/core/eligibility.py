"""Who may pay for which line in which year, and by which rule.

A line has one statutory payer. Anybody else pays only through a mechanism in force that year. A purse pays only inside
its own scope, so a fund cannot launder a ring-fence. Bars take away what rules give.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from concord_allocation.core.problem import DIRECT, Fund, Line, Mechanism, Purse, Selection
from concord_allocation.core.rules import Bar

PARTNERSHIPS = frozenset({"s75_pool", "s75_lead", "s14Z3", "delegation"})
"""Reach only functions of their own partners (NHS Act 2006 s.75, s.14Z3, s.13Z)."""

POOLING = frozenset({"s75_pool", "s14Z3", "delegation"})
"""Mechanisms that a fund may rest on (SI 2000/617 reg 7; NHS Act 2006 s.14Z3 and s.13Z allow joint funds)."""

FUND_ONLY = frozenset({"s75_pool"})
"""Money under these reaches a line through the fund only, never directly."""


class Right(NamedTuple):
    """A purse (position) may pay for a line (position) in a year through a fund (position, or DIRECT)."""

    year: int
    line: int
    purse: int
    fund: int
    because: str


def matches(select: Selection, line: Line) -> bool:
    """Whether the line attributes of a selection hold for a line."""
    return (
        (select.lines is None or line.key in select.lines)
        and (select.places is None or line.place in select.places)
        and (select.pathways is None or line.pathway in select.pathways)
        and (select.stages is None or line.stage in select.stages)
        and (select.purposes is None or line.purpose in select.purposes)
        and (select.statutory_payers is None or line.statutory_payer in select.statutory_payers)
    )


def reached(mechanism: Mechanism, lines: Sequence[Line], parties: frozenset[str]) -> frozenset[int]:
    """Positions of the lines a mechanism of these parties reaches: selected, and for a partnership a partner's own."""
    return frozenset(
        position
        for position, line in enumerate(lines)
        if matches(mechanism.lines, line)
        and (mechanism.kind not in PARTNERSHIPS or line.statutory_payer in parties)
        and line.procedure_class not in mechanism.excluded_classes
    )


def rights(
    years: int,
    purses: Sequence[Purse],
    lines: Sequence[Line],
    mechanisms: Sequence[Mechanism],
    funds: Sequence[Fund],
    bars: Sequence[Bar],
) -> list[Right]:
    """Every right to pay, in the order (year, line, purse, fund) with direct payment before funds."""
    found: dict[tuple[int, int, int, int], str] = {}
    scopes = [frozenset(i for i, line in enumerate(lines) if _covers(purse, line)) for purse in purses]
    barred = _barred(bars, lines)
    reach = {mechanism.key: _in_force(mechanism, lines, years) for mechanism in mechanisms}
    for right in _statutory(years, purses, lines, scopes):
        found.setdefault(right[:4], right.because)
    for right in _by_mechanism(purses, mechanisms, scopes, reach):
        found.setdefault(right[:4], right.because)
    for right in _by_fund(purses, mechanisms, funds, lines, scopes, reach):
        found.setdefault(right[:4], right.because)
    return [
        Right(*place, because)
        for place, because in sorted(found.items())
        if (purses[place[2]].owner, place[1]) not in barred
    ]


class InForce(NamedTuple):
    """A mechanism in one year: who is a party to it, and which lines (positions) it reaches."""

    year: int
    parties: frozenset[str]
    lines: frozenset[int]


def _in_force(mechanism: Mechanism, lines: Sequence[Line], years: int) -> list[InForce]:
    """The years that a mechanism is in force in; who left is no party in later ones."""
    reach: dict[frozenset[str], frozenset[int]] = {}
    found = []
    for year in (year for year in range(years) if mechanism.years[year]):
        parties = mechanism.parties(year)
        if parties not in reach:
            reach[parties] = reached(mechanism, lines, parties)
        found.append(InForce(year, parties, reach[parties]))
    return found


def _covers(purse: Purse, line: Line) -> bool:
    """Whether a purse's use, scope and kind of money fit a line; money that ends pays for nothing that goes on."""
    return line.use == purse.use and matches(purse.scope, line) and (line.non_recurrent or not purse.only_non_recurrent)


def why_not(payer: str, line: Line, bars: Sequence[Bar]) -> str:
    """The rule that keeps a payer from a line, in words."""
    for bar in bars:
        if payer in bar.payers and matches(bar.lines, line):
            return f"{payer} is barred from {line.key}: {bar.reason}"
    if payer == line.statutory_payer:
        return f"{payer} is responsible for {line.key} but holds no purse whose scope covers it"
    return (
        f"{payer} may not pay for {line.key}: its statutory payer is {line.statutory_payer} ({line.citation}) and no "
        "mechanism in force lets another body pay"
    )


def _barred(bars: Sequence[Bar], lines: Sequence[Line]) -> frozenset[tuple[str, int]]:
    return frozenset(
        (payer, position)
        for bar in bars
        for position, line in enumerate(lines)
        if matches(bar.lines, line)
        for payer in bar.payers
    )


def _statutory(
    years: int, purses: Sequence[Purse], lines: Sequence[Line], scopes: Sequence[frozenset[int]]
) -> Iterator[Right]:
    for position, purse in enumerate(purses):
        for line in scopes[position]:
            if lines[line].statutory_payer == purse.owner:
                for year in range(years):
                    yield Right(year, line, position, DIRECT, f"statutory payer: {lines[line].citation}")


def _by_mechanism(
    purses: Sequence[Purse],
    mechanisms: Sequence[Mechanism],
    scopes: Sequence[frozenset[int]],
    reach: Mapping[str, Sequence[InForce]],
) -> Iterator[Right]:
    for mechanism in mechanisms:
        if mechanism.kind in FUND_ONLY:
            continue
        for position, purse in enumerate(purses):
            for year, parties, lines in reach[mechanism.key]:
                if purse.owner in parties:
                    for line in scopes[position] & lines:
                        yield Right(year, line, position, DIRECT, _because(mechanism))


def _because(mechanism: Mechanism) -> str:
    return f"{mechanism.kind} {mechanism.key}: {mechanism.citation}"


def _by_fund(
    purses: Sequence[Purse],
    mechanisms: Sequence[Mechanism],
    funds: Sequence[Fund],
    lines: Sequence[Line],
    scopes: Sequence[frozenset[int]],
    reach: Mapping[str, Sequence[InForce]],
) -> Iterator[Right]:
    by_key = {mechanism.key: mechanism for mechanism in mechanisms}
    positions = {purse.key: position for position, purse in enumerate(purses)}
    for fund_position, fund in enumerate(funds):
        mechanism = by_key[fund.mechanism]
        selected = frozenset(i for i, line in enumerate(lines) if matches(fund.lines, line))
        for contribution in fund.contributors:
            purse = positions[contribution.purse]
            for year, parties, reached_lines in reach[mechanism.key]:
                if not mechanism.leaving or purses[purse].owner in parties:
                    for line in selected & reached_lines & scopes[purse]:
                        yield Right(year, line, purse, fund_position, _because(mechanism))
