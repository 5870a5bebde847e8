"""Splitting whole amounts so that the parts add up to exactly the whole."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

MILLION = 1_000_000


def apportion(total: int, weights: Mapping[str, int | Fraction]) -> dict[str, int]:
    """Whole parts of `total` in proportion to `weights`, by largest remainder; ties go to the smaller key.

    The parts sum to `total` exactly. Raises ValueError where no weight is positive or one is negative.
    """
    if any(weight < 0 for weight in weights.values()):
        raise ValueError("a weight is negative")
    whole = sum((Fraction(weight) for weight in weights.values()), Fraction(0))
    if whole == 0:
        raise ValueError("no weight is positive")
    exact = {key: total * Fraction(weight) / whole for key, weight in weights.items()}
    parts = {key: value.numerator // value.denominator for key, value in exact.items()}
    left = total - sum(parts.values())
    for key in sorted(exact, key=lambda k: (parts[k] - exact[k], k))[:left]:
        parts[key] += 1
    return parts


def millionths(weights: Mapping[str, int | Fraction]) -> dict[str, int]:
    """Shares in millionths that sum to exactly one million."""
    return apportion(MILLION, weights)


def share_text(share_in_millionths: int) -> str:
    """A share as text with six decimals: 129630 -> '0.129630'."""
    return f"{share_in_millionths // MILLION}.{share_in_millionths % MILLION:06d}"


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def floor_text(value: Fraction, decimals: int) -> str:
    """`value` cut, never rounded up, to `decimals` places."""
    step = Decimal(1).scaleb(-decimals)
    exact = Decimal(value.numerator * 10**decimals // value.denominator).scaleb(-decimals)
    return str(exact.quantize(step, rounding=ROUND_FLOOR))
