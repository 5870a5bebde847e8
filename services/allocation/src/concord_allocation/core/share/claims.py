"""Rules for dividing too little between claims that together are more: what each party asks for is known.

The estate and the claims are in one unit, the claims not negative, the estate at most their sum.
"""

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


RULES: dict[str, Callable[[float, Sequence[float]], Floats]] = {
    "proportional": proportional,
    "equal_awards": equal_awards,
    "equal_losses": equal_losses,
    "contested_garment": contested_garment,
}
