"""A cooperative game as plain numbers: what each coalition of parties can have by itself.

A coalition is a bit mask over `players`; `values[mask]` is its value in the unit of the game. In a game of gains a
coalition complains by `values[S] - x(S)`: what it could have had alone beyond what it is given. A game of costs is the
game of its negatives: `costs(...)`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from concord_allocation.core.problem import Floats, Ints

EXACT_PLAYERS = 12
"""Up to here all coalitions are looked at: 4,095 of them."""

TOLERANCE = 1e-7
"""Relative to the value of all together: differences below are none."""


@dataclass(frozen=True, slots=True)
class Game:
    """`values` has one number for each subset of `players`, indexed by bit mask; the empty one has 0."""

    players: tuple[str, ...]
    values: Floats

    def __post_init__(self) -> None:
        if len(self.values) != 2 ** len(self.players):
            raise ValueError(f"{len(self.players)} players have {2 ** len(self.players)} coalitions")
        if self.values[0] != 0:
            raise ValueError("nobody together has nothing")

    @property
    def everybody(self) -> int:
        return len(self.values) - 1

    @property
    def total(self) -> float:
        """What all parties have together."""
        return float(self.values[-1])

    @property
    def alone(self) -> Floats:
        """What each party has by itself."""
        found: Floats = self.values[1 << np.arange(len(self.players))]
        return found

    @property
    def scale(self) -> float:
        return max(1e-12, float(np.abs(self.values).max(initial=0.0)))

    @property
    def tolerance(self) -> float:
        return TOLERANCE * self.scale

    def names(self, coalition: int) -> tuple[str, ...]:
        return tuple(player for k, player in enumerate(self.players) if coalition >> k & 1)


def game_of(players: Sequence[str], values: dict[frozenset[str], float]) -> Game:
    """A game from values by coalition; every coalition but the empty one must be there (KeyError)."""
    masks = np.zeros(2 ** len(players))
    for mask in range(1, len(masks)):
        masks[mask] = values[frozenset(player for k, player in enumerate(players) if mask >> k & 1)]
    return Game(tuple(players), masks)


def costs(game: Game) -> Game:
    """The game of gains that has the same fair divisions as this game of costs, with the sign turned."""
    return replace(game, values=0.0 - game.values)


def membership(players: int) -> Floats:
    """(2**n, n) of 0 and 1: who is in which coalition."""
    masks = np.arange(2**players)
    return ((masks[:, None] >> np.arange(players)) & 1).astype(np.float64)


def sizes(players: int) -> Ints:
    return membership(players).sum(axis=1).astype(np.int64)


class Complaint(NamedTuple):
    """The coalition that loses most by a division against what it has by itself; negative: it gains that much."""

    coalition: tuple[str, ...]
    amount: float


def complaints(game: Game, division: Floats) -> Floats:
    """values[S] - x(S) of every coalition, by mask."""
    return game.values - membership(len(game.players)) @ division


def largest_complaint(game: Game, division: Floats) -> Complaint | None:
    """None where one party is all there is. Ties: the smallest coalition, then the order of the parties."""
    everybody = game.everybody
    if everybody < 2:
        return None
    proper = complaints(game, division)[1:everybody]
    most = float(proper.max())
    tied = [mask for mask in range(1, everybody) if proper[mask - 1] >= most - game.tolerance]
    first = min(tied, key=lambda mask: (mask.bit_count(), mask))
    return Complaint(game.names(first), most)


def in_the_core(game: Game, division: Floats) -> bool:
    """Whether no coalition could do better by itself."""
    found = largest_complaint(game, division)
    return found is None or found.amount <= game.tolerance


class Split(NamedTuple):
    """Two coalitions with no common member that have more apart than together, by `loss`."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    loss: float


def worst_split(game: Game) -> Split | None:
    """Where joining forces loses most; None: the game is superadditive (tested, not assumed)."""
    worst: Split | None = None
    values = game.values
    for mask in range(1, len(values)):
        low = mask & -mask
        for one in _subsets_with(mask, low):
            other = mask ^ one
            loss = float(values[one] + values[other] - values[mask])
            if other and loss > game.tolerance and (worst is None or loss > worst.loss + game.tolerance):
                worst = Split(game.names(one), game.names(other), loss)
    return worst


def _subsets_with(mask: int, low: int) -> Iterable[int]:
    """Subsets of a mask that hold its lowest member: one of each pair of complements."""
    rest = mask ^ low
    part = rest
    while True:
        yield part | low
        if part == 0:
            return
        part = (part - 1) & rest
