"""Money in words, and what a text commits each party to over its whole life."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from concord_contracts.agreements import Content, Contribution
from concord_contracts.identifiers import first_day


def in_words(pence: int) -> str:
    """`GBP 2.4m`, `GBP 650k`, `GBP 12,345.67`: short where the amount is round, otherwise to the penny."""
    sign, pence = ("-" if pence < 0 else ""), abs(pence)
    for unit, size, step in (("m", 100_000_000, 10_000_000), ("k", 100_000, 100_000)):
        if pence >= size and pence % step == 0:
            return f"{sign}GBP {(Decimal(pence) / size).normalize():f}{unit}"
    pounds, rest = divmod(pence, 100)
    return f"{sign}GBP {pounds:,}.{rest:02d}" if rest else f"{sign}GBP {pounds:,}"


def financial_year_of(day: date) -> str:
    """The financial year `"2013-14"` that `day` falls in; it begins on 1 April."""
    start = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return f"{start}-{(start + 1) % 100:02d}"


def years_touched(starts: date, ends: date) -> list[str]:
    """The financial years with a day in [starts, ends), in order."""
    first = first_day(financial_year_of(starts)).year
    last = first_day(financial_year_of(date.fromordinal(ends.toordinal() - 1))).year
    return [f"{year}-{(year + 1) % 100:02d}" for year in range(first, last + 1)]


def scheduled(content: Content) -> Iterator[tuple[Contribution, str, int]]:
    """Every contribution of the agreement's life with its year and pence.

    A contribution counts in the year it names. A recurrent one runs on at its last stated amount through every later
    year of the agreement that the text does not state; a non-recurrent one counts once.
    """
    streams: dict[tuple[str, str, str], list[Contribution]] = defaultdict(list)
    for contribution in content.contributions:
        yield contribution, contribution.year, contribution.amount_pence
        if contribution.recurrent:
            streams[contribution.party, contribution.purse, contribution.kind].append(contribution)
    years = years_touched(content.starts, content.ends)
    for stated in streams.values():
        last = max(stated, key=lambda contribution: contribution.year)
        for year in years:
            if year > last.year:
                yield last, year, last.amount_pence


def whole_life_by_party(content: Content) -> dict[str, int]:
    """Pence that each party commits until the agreement ends, whether cash or in kind."""
    totals: dict[str, int] = {party.organisation: 0 for party in content.parties}
    for contribution, _, pence in scheduled(content):
        totals[contribution.party] = totals.get(contribution.party, 0) + pence
    return totals


def cash_of_year(content: Content, year: str) -> int:
    """Pence that the parties put into the fund in a year; what is given in kind is no money to spend."""
    return sum(pence for one, when, pence in scheduled(content) if when == year and one.kind == "cash")
