"""Whole pounds in proportion to weights, so that they add up exactly."""

from collections.abc import Sequence
from fractions import Fraction


def in_proportion(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """`total` GBP split by weights (not negative, not all nothing): largest remainder, earlier first."""
    whole = sum(weights)
    exact = [Fraction(total * weight) / whole for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda k: (-(exact[k] - parts[k]), k))
    for k in by_remainder[: total - sum(parts)]:
        parts[k] += 1
    return parts
