"""The variables that the parts of a problem bring beside its cells, contributions and cases; in the order of blocks."""

import math
from collections.abc import Iterator

from concord_allocation.core.parts import NO_YEAR, Carry, Column, Parts
from concord_allocation.core.problem import Contributions, Fund, Line, Purse

SHARE_NOISE = 1e-6
"""GBP: a share of an amount this close below a whole pound is that pound."""


def carried_at_most(carry: Carry, amount: float) -> int:
    """Whole GBP that a carry rule lets over into the next year."""
    return math.floor(carry.share * amount + SHARE_NOISE)


def variables_of(
    years: tuple[str, ...],
    discount: tuple[float, ...],
    purses: tuple[Purse, ...],
    funds: tuple[Fund, ...],
    lines: tuple[Line, ...],
    contributions: Contributions,
    parts: Parts,
) -> tuple[Column, ...]:
    """Every variable that some part allows to be more than nothing."""
    return (
        *_carries(years, discount, purses),
        *_keeps(years, discount, funds, purses, contributions),
        *_overs(years, discount, purses),
        *_outsides(years, discount, purses, parts),
        *_idles(years, lines, parts),
        *_extras(years, parts),
        *_waiting(years, parts),
        *_options(years, discount, parts),
        *_worths(years, discount, lines),
        *_extremes(years, parts),
    )


def _carries(years: tuple[str, ...], discount: tuple[float, ...], purses: tuple[Purse, ...]) -> Iterator[Column]:
    last = len(years) - 1
    for t, year in enumerate(years):
        for u, purse in enumerate(purses):
            if purse.carry is not None and (t < last or purse.carry.final_value > 0):
                worth = purse.carry.final_value * discount[t] if t == last else 0.0
                yield Column(f"carry/{year}/{purse.key}", "carry", t, u, math.inf, worth)


def _keeps(
    years: tuple[str, ...],
    discount: tuple[float, ...],
    funds: tuple[Fund, ...],
    purses: tuple[Purse, ...],
    contributions: Contributions,
) -> Iterator[Column]:
    last = len(years) - 1
    rows = list(
        zip(contributions.year.tolist(), contributions.fund.tolist(), contributions.purse.tolist(), strict=True)
    )
    known = set(rows)
    for k, (t, m, u) in enumerate(rows):
        carry = funds[m].carry
        if carry is not None and ((t + 1, m, u) in known or (t == last and carry.final_value > 0)):
            worth = carry.final_value * discount[t] if t == last else 0.0
            yield Column(f"keep/{years[t]}/{funds[m].key}/{purses[u].key}", "keep", t, k, math.inf, worth)


def _overs(years: tuple[str, ...], discount: tuple[float, ...], purses: tuple[Purse, ...]) -> Iterator[Column]:
    for t, year in enumerate(years):
        for u, purse in enumerate(purses):
            if purse.over is not None and purse.over.at_most[t] > 0:
                yield Column(f"over/{year}/{purse.key}", "over", t, u, math.inf, -purse.over.penalty * discount[t])


def _outsides(
    years: tuple[str, ...], discount: tuple[float, ...], purses: tuple[Purse, ...], parts: Parts
) -> Iterator[Column]:
    for t, year in enumerate(years):
        for u, purse in enumerate(purses):
            slope = max((o.slope for o in parts.outsides if u in o.purses and t in o.years), default=0.0)
            if slope > 0:
                yield Column(f"outside/{year}/{purse.key}", "outside", t, u, math.inf, slope * discount[t])


def _idles(years: tuple[str, ...], lines: tuple[Line, ...], parts: Parts) -> Iterator[Column]:
    for t, year in enumerate(years):
        for i, line in enumerate(lines):
            held = sum(c.floor[t] for c in parts.commitments if c.line == i)
            if held > 0 and line.modes:
                yield Column(f"idle/{year}/{line.key}", "idle", t, i, float(held))


def _extras(years: tuple[str, ...], parts: Parts) -> Iterator[Column]:
    for t, year in enumerate(years):
        for r, resource in enumerate(parts.resources):
            if resource.extra_at_most[t] > 0:
                yield Column(f"extra/{year}/{resource.key}", "extra", t, r, resource.extra_at_most[t])


def _waiting(years: tuple[str, ...], parts: Parts) -> Iterator[Column]:
    for t, year in enumerate(years):
        for d, demand in enumerate(parts.demands):
            if demand.waits:
                yield Column(f"waiting/{year}/{demand.key}", "waiting", t, d, math.inf)


def _options(years: tuple[str, ...], discount: tuple[float, ...], parts: Parts) -> Iterator[Column]:
    for t, year in enumerate(years):
        for o, option in enumerate(parts.options):
            if t in option.starts:
                benefit = option.benefit * sum(discount[t:])
                yield Column(f"option/{year}/{option.key}", "option", t, o, 1.0, benefit)


def _worths(years: tuple[str, ...], discount: tuple[float, ...], lines: tuple[Line, ...]) -> Iterator[Column]:
    for t, year in enumerate(years):
        for i, line in enumerate(lines):
            if any(mode.benefit > 0 for mode in line.modes):
                yield Column(f"worth/{year}/{line.key}", "worth", t, i, math.inf, discount[t])


def _extremes(years: tuple[str, ...], parts: Parts) -> Iterator[Column]:
    for block in ("least", "greatest"):
        for e, equity in enumerate(parts.equities):
            if equity.spread is None and not (block == "least" and equity.raise_least):
                continue
            for period in equity.periods():
                when, t = (years[period[0]], period[0]) if equity.per_year else ("all", NO_YEAR)
                yield Column(
                    f"{block}/{when}/{equity.key}", "least" if block == "least" else "greatest", t, e, math.inf
                )
