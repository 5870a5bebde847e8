"""Who bears a variance: the risk waterfall worked through in whole pence."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from concord_contracts.agreements import RiskLayer


def share_variance(layers: Sequence[RiskLayer], variance_pence: int) -> dict[str, int]:
    """What each party bears (overspend) or gets back (underspend, negative); sums exactly to the variance.

    Each layer takes the part of the variance between the limit before it and its own; a layer without limit takes the
    rest. Pence that do not divide go to the largest remainders, ties by organisation.
    """
    over = variance_pence >= 0
    left, reached, borne = abs(variance_pence), 0, dict[str, int]()
    for layer in layers:
        size = left if layer.up_to_pence is None else min(left, layer.up_to_pence - reached)
        for body, pence in _split(size, layer.over_shares if over else layer.under_shares).items():
            borne[body] = borne.get(body, 0) + pence
        left, reached = left - size, layer.up_to_pence or reached
    return {body: pence if over else -pence for body, pence in sorted(borne.items())}


def _split(pence: int, shares: dict[str, str]) -> dict[str, int]:
    exact = {body: Decimal(share) * pence for body, share in shares.items()}
    whole = {body: int(amount.to_integral_value(ROUND_FLOOR)) for body, amount in exact.items()}
    remainders = sorted(exact, key=lambda body: (whole[body] - exact[body], body))
    for body in remainders[: pence - sum(whole.values())]:
        whole[body] += 1
    return whole
