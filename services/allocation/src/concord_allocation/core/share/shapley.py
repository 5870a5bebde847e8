"""The Shapley value: what a party adds to those before it, on average over all orders of arrival.

Exact from all coalitions; for many parties from sampled orders, always in pairs of an order and its reverse. Each
order hands out exactly what all have together, so every mean does too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial, sqrt

import numpy as np

from concord_allocation.core.problem import Floats, Ints
from concord_allocation.core.share.game import Game, membership, sizes

NORMAL_95 = 1.96
"""Half-width of a 95% interval in standard errors."""


def shapley(game: Game) -> Floats:
    """sum over S without i of |S|! (n - |S| - 1)! / n! * (values[S + i] - values[S])."""
    n = len(game.players)
    size = sizes(n)
    weight = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    members = membership(n).astype(np.bool_)
    masks = np.arange(2**n)
    return np.array(
        [
            float(weight[size[without]] @ (game.values[without | (1 << player)] - game.values[without]))
            for player in range(n)
            for without in [masks[~members[:, player]]]
        ]
    )


@dataclass(frozen=True, slots=True)
class Sampled:
    """`mean` sums exactly to the value of all; the true value lies within `half_width` of it, each with 95%."""

    mean: Floats
    half_width: Floats
    pairs: int
    reached: bool


def sampled_shapley(
    value: Callable[[int], float],
    players: int,
    *,
    seed: int,
    within: float = 0.01,
    most_pairs: int = 2000,
    least_pairs: int = 20,
) -> Sampled:
    """Sample pairs of opposite orders until every half-width is at most `within` of the whole, or the cap is reached.

    `value(mask)` is asked once for each coalition met. The same seed gives the same answer.
    """
    known: dict[int, float] = {0: 0.0}

    def worth(mask: int) -> float:
        if mask not in known:
            known[mask] = value(mask)
        return known[mask]

    everybody = worth(2**players - 1)
    random = np.random.default_rng(seed)
    total, squares = np.zeros(players), np.zeros(players)
    pairs, half = 0, np.full(players, np.inf)
    while pairs < most_pairs:
        order = random.permutation(players)
        pair = (_marginals(worth, order) + _marginals(worth, order[::-1])) / 2.0
        total, squares, pairs = total + pair, squares + pair**2, pairs + 1
        if pairs >= least_pairs:
            variance = np.maximum(0.0, squares - total**2 / pairs) / (pairs - 1)
            half = NORMAL_95 * np.sqrt(variance) / sqrt(pairs)
            if float(half.max(initial=0.0)) <= within * abs(everybody):
                break
    reached = float(half.max(initial=0.0)) <= within * abs(everybody)
    return Sampled(total / pairs, half, pairs, reached)


def _marginals(worth: Callable[[int], float], order: Ints) -> Floats:
    found = np.zeros(len(order))
    mask, before = 0, 0.0
    for player in order.tolist():
        mask |= 1 << player
        after = worth(mask)
        found[player] = after - before
        before = after
    return found
