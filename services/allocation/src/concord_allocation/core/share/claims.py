"""Rules for dividing too little between claims that together are more: what each party asks for is known.

The estate and the claims are in one unit, the claims not negative, the estate at most their sum.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from concord_allocation.core.problem import Floats


def proportional(estate: float, claims: Sequence[float]) -> Floats:
    """Each the same share of its claim."""
    asked = np.array(claims, dtype=np.float64)
    return asked * (estate / asked.sum()) if asked.sum() else asked


def equal_awards(estate: float, claims: Sequence[float]) -> Floats:
    """Everybody the same, but nobody more than its claim: min(claim, level)."""
    asked = np.array(claims, dtype=np.float64)
    award, left = np.zeros(len(asked)), float(estate)
    for place, index in enumerate(np.argsort(asked, kind="stable")):
        award[index] = min(asked[index], left / (len(asked) - place))
        left -= award[index]
    return award


def equal_losses(estate: float, claims: Sequence[float]) -> Floats:
    """Everybody loses the same, but nobody more than its claim: max(0, claim - level)."""
    asked = np.array(claims, dtype=np.float64)
    return asked - equal_awards(float(asked.sum()) - estate, claims)


def contested_garment(estate: float, claims: Sequence[float]) -> Floats:
    """The rule of the Talmud's contested garment for any number of claims (Aumann and Maschler, 1985).

    Up to half of all claims: equal awards on half-claims; beyond: equal losses on half-claims.
    """
    asked = np.array(claims, dtype=np.float64)
    half = (asked / 2.0).tolist()
    if estate <= asked.sum() / 2.0:
        return equal_awards(estate, half)
    return asked - equal_awards(float(asked.sum()) - estate, half)


def random_arrival(estate: float, claims: Sequence[float]) -> Floats:
    """Each the mean of what is left of its claim over all orders in which claimants may come (O'Neill, 1982).

    The Shapley value of what others leave of the estate; over all sets of the others, so for at most MOST_ARRIVING.
    """
    asked = np.array(claims, dtype=np.float64)
    number = len(asked)
    award = np.zeros(number)
    for index in range(number):
        others = np.delete(asked, index)
        taken, size = np.zeros(1), np.zeros(1, dtype=np.int64)
        for claim in others:
            taken, size = np.concatenate([taken, taken + claim]), np.concatenate([size, size + 1])
        orders = np.array([1.0 / (number * math.comb(number - 1, k)) for k in range(number)])
        award[index] = float(orders[size] @ np.clip(estate - taken, 0.0, asked[index]))
    return award


MOST_ARRIVING = 12
"""Claimants up to which all orders are looked at."""


RULES: dict[str, Callable[[float, Sequence[float]], Floats]] = {
    "proportional": proportional,
    "equal_awards": equal_awards,
    "equal_losses": equal_losses,
    "contested_garment": contested_garment,
    "random_arrival": random_arrival,
}


def rules_for(claimants: int) -> dict[str, Callable[[float, Sequence[float]], Floats]]:
    """The rules that can be worked out for so many."""
    left_out = {"random_arrival"} if claimants > MOST_ARRIVING else set()
    return {name: rule for name, rule in RULES.items() if name not in left_out}
