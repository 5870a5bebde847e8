"""Whole units over shares, by the largest remainder: what is divided always adds up to what there was."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction


def apportion(units: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Units over shares that sum to 1. Each name gets the whole units of its share; what is left goes, one unit each,
    to those whose share was cut most, the first by name where that ties. `units` may be negative."""
    sign, rest = (1 if units >= 0 else -1), abs(units)
    exact = {name: share * rest for name, share in shares.items()}
    given = {name: int(amount) for name, amount in exact.items()}
    left = rest - sum(given.values())
    for name in sorted(exact, key=lambda name: (given[name] - exact[name], name))[:left]:
        given[name] += 1
    return {name: sign * amount for name, amount in given.items()}


def apportion_printed(value: Decimal, shares: Mapping[str, Fraction]) -> dict[str, Decimal]:
    """A printed number over shares, in units of its last decimal."""
    exponent = min(int(value.as_tuple().exponent), 0)
    units = int(value.scaleb(-exponent))
    return {name: Decimal(part).scaleb(exponent) for name, part in apportion(units, shares).items()}
