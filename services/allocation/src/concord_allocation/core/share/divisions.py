"""Dividing whole pounds by stated keys: outturn, activity, people, as proposed."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from concord_allocation.core.share.coalitions import Party
from concord_allocation.core.whole_pounds import in_proportion


def by_key(total: int, weights: Mapping[str, float], parties: Sequence[Party]) -> dict[str, int] | None:
    """`total` GBP in proportion to weights (any unit, not negative), in whole pounds that add up exactly.

    Largest remainder, ties to the party named first. None where all weights are nothing.
    """
    exact_weights = [Fraction(repr(float(weights.get(party.key, 0.0)))) for party in parties]
    if not any(exact_weights):
        return None
    parts = in_proportion(total, exact_weights)
    return {party.key: part for party, part in zip(parties, parts, strict=True)}


def to_whole_pounds(total: int, amounts: Sequence[float], parties: Sequence[Party]) -> dict[str, int]:
    """Unrounded GBP that add up to `total` but for noise, as whole pounds that do so exactly; may be negative.

    ValueError where they do not add up to it: no rounding makes up for that.
    """
    floors = [int(amount // 1) for amount in amounts]
    if not 0 <= total - sum(floors) <= len(floors):
        raise ValueError(f"{sum(amounts):,.2f} is not GBP {total:,}")
    by_remainder = sorted(range(len(floors)), key=lambda k: (-(amounts[k] - floors[k]), k))
    for k in by_remainder[: total - sum(floors)]:
        floors[k] += 1
    return {party.key: part for party, part in zip(parties, floors, strict=True)}
