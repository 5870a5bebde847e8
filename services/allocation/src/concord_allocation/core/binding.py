"""What binds and its price, in words."""

from collections.abc import Iterator, Sequence

import numpy as np

from concord_allocation.core.families import PRICED, Row
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.prices import Price
from concord_allocation.core.problem import Floats
from concord_allocation.core.results import BindingLimit, Sentence
from concord_allocation.core.words import amount_of, per_pound

BINDING_NAMED = 10
"""Prices told in sentences; the table holds all of them."""


ALIKE_NAMED = 3
"""Limits named where several have the same price."""


def binding_limits(matrix: Matrix, prices: Sequence[Price], *, options_held: bool = False) -> tuple[BindingLimit, ...]:
    """Prices with their limits' names and words, dearest first; `options_held`: they change nothing about options."""
    return tuple(_binding(matrix, matrix.rows[price.row], price, options_held) for price in prices)


def _binding(matrix: Matrix, row: Row, price: Price, options_held: bool) -> BindingLimit:
    bound = row.upper if np.isfinite(row.upper) else row.lower
    return BindingLimit(
        key=row.key,
        limit=row.limit,
        label=row.label,
        kind=row.family,
        year=None if row.year is None else matrix.tables.years[row.year],
        bound=float(bound),
        unit=row.unit,
        price_more=price.more,
        price_less=price.less,
        proof="re-solved" if price.proven else "one valid price",
        statutory=row.statutory,
        source=row.source,
        words=_price_words(row, price, matrix.tables.benefit_unit, empty=_is_empty(row.family, bound))
        + (" (options held)" if options_held else ""),
        options_held=options_held,
    )


def _is_empty(family: str, bound: float) -> bool:
    """Whether it is a purse that holds nothing: it has no money that could be taken away."""
    return family == "purse" and bound == 0


def _price_words(row: Row, price: Price, unit: str, *, empty: bool) -> str:
    return f"{row.label}: {price_phrase(row.family, row.unit, price.more, price.less, unit, empty=empty)}"


def price_phrase(
    family: str, limit_unit: str, more: float | None, less: float | None, unit: str, *, empty: bool = False
) -> str:
    """What a pair of prices says, without naming the limit; of an `empty` purse only what more money in it gains."""
    if family == "equal":
        right = "cannot be asked" if more is None else f"changes benefit by {amount_of(more, unit)}"
        left = "cannot be asked" if less is None else f"changes it by {amount_of(-less, unit)}"
        return f"one {limit_unit} more {right}, one less {left}"
    looser = _one_price(limit_unit, more, unit, "loosened, it gains", "loosening it gains nothing")
    if empty:
        return looser
    if less is None:
        return f"{looser}; it cannot be tightened at all"
    if more == less:
        return f"{looser}, and loses as much tightened"
    return f"{looser}; {_one_price(limit_unit, less, unit, 'tightened, it loses', 'tightening it loses nothing')}"


def _one_price(limit_unit: str, price: float | None, unit: str, words: str, nothing: str) -> str:
    if not price:
        return nothing
    if limit_unit == "GBP":
        return f"{words} {per_pound(price, unit)}"
    return f"{words} {amount_of(price, unit)} per {limit_unit}"


def binding_told(binding: Sequence[BindingLimit], unit: str) -> Iterator[Sentence]:
    """Limits of one kind with one price are told together: dearest first. An empty purse only where more gains."""
    alike: dict[str, list[str]] = {}
    for limit in binding:
        empty = _is_empty(limit.kind, limit.bound)
        if empty and not limit.price_more:
            continue
        phrase = price_phrase(limit.kind, limit.unit, limit.price_more, limit.price_less, unit, empty=empty)
        alike.setdefault(phrase, []).append(limit.label)
    for phrase, labels in list(alike.items())[:BINDING_NAMED]:
        others = f"; and {len(labels) - ALIKE_NAMED} more, each" if len(labels) > ALIKE_NAMED else ""
        yield Sentence("binding", f"{'; '.join(labels[:ALIKE_NAMED])}{others}: {phrase}")


def spare_of(matrix: Matrix, values: Floats) -> dict[tuple[bool, str], tuple[float, str]]:
    """(whether it is a purse, key) of every limit -> (the least that it has to spare in any year, its unit).

    `values`: scaled columns of a plan.
    """
    owner = np.repeat(np.arange(len(matrix.rows)), np.diff(matrix.start))
    activity = np.bincount(owner, weights=matrix.value * values[matrix.index], minlength=len(matrix.rows))
    room = np.minimum(matrix.row_upper - activity, activity - matrix.row_lower) * matrix.row_scale
    least: dict[tuple[bool, str], tuple[float, str]] = {}
    for row, left in zip(matrix.rows, room.tolist(), strict=True):
        if row.family in PRICED:
            key = row.family == "purse", row.limit
            least[key] = min(least.get(key, (np.inf, row.unit)), (max(0.0, left), row.unit))
    return least
