"""What the theory of games says of a game, each as a division of what all have together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from concord_allocation.core.problem import Floats
from concord_allocation.core.share.game import Game, costs, largest_complaint, worst_split
from concord_allocation.core.share.nucleolus import UndeterminedError, least_core, nucleolus
from concord_allocation.core.share.shapley import shapley
from concord_allocation.core.words import amount_of, pounds
from concord_contracts.allocation.sharing import Complaint, Core, GainDivision, GainValue


class Solution(NamedTuple):
    """A division of the value of all, in the unit of the game, with what its rule says."""

    key: str
    name: str
    words: str
    values: Floats


SHAPLEY = "what a party adds to those before it, on average over all orders of arrival"
NUCLEOLUS = "the most aggrieved coalition has as little to complain of as can be, then the next"
PER_CAPITA = "the same, complaints counted per member of the coalition"


def solutions(game: Game, *, kind: str) -> Iterator[Solution]:
    """Shapley value and both nucleoli, of gains or of costs; one that cannot be determined is left out."""
    as_gains = costs(game) if kind == "costs" else game
    sign = -1.0 if kind == "costs" else 1.0
    yield Solution("shapley", "Shapley value", SHAPLEY, shapley(game))
    for key, name, words, per_capita in (
        ("nucleolus", "Nucleolus", NUCLEOLUS, False),
        ("nucleolus_per_capita", "Nucleolus per member", PER_CAPITA, True),
    ):
        try:
            yield Solution(key, name, words, sign * nucleolus(as_gains, per_capita=per_capita))
        except UndeterminedError:
            continue


def gain_division(
    game: Game, found: Solution, *, kind: str, unit: str, names: Mapping[str, str] | None = None
) -> GainDivision:
    """A solution with the coalition that complains most of it."""
    return GainDivision(
        key=found.key,
        name=found.name,
        words=found.words,
        values=[
            GainValue(party=key, value=value + 0.0)
            for key, value in zip(game.players, found.values.tolist(), strict=True)
        ],
        complaint=complaint_of(game, found.values, kind=kind, unit=unit, names=names),
    )


def complaint_of(
    game: Game,
    values: Sequence[float] | Floats,
    *,
    kind: str,
    unit: str,
    names: Mapping[str, str] | None = None,
    noise: float = 0.0,
) -> Complaint | None:
    """The coalition a division treats worst against what it has by itself, under its parties' `names`.

    Up to `noise` is no complaint: what the plan in whole pounds has less than the game's unrounded ones.
    """
    division = np.array(values, dtype=np.float64)
    found = largest_complaint(costs(game) if kind == "costs" else game, -division if kind == "costs" else division)
    if found is None:
        return None
    told = _told(abs(found.amount), unit)
    who = _named(found.coalition, names)
    single = len(found.coalition) == 1
    verb, more = ("pay", "less") if kind == "costs" else ("have", "more")
    if abs(found.amount) <= max(game.tolerance, noise):
        words = f"Nobody complains; {who} would {verb} as much alone"
    elif found.amount < 0:
        they = f"it {'pays' if verb == 'pay' else 'has'}" if single else f"together they {verb}"
        words = f"Nobody complains; least is gained by {who}: {they} {told} {more} than alone"
    else:
        words = f"{who}: {'it' if single else 'together they'} would {verb} {told} {more} alone"
    return Complaint(coalition=list(found.coalition), amount=found.amount, unit=unit, words=words)


def core_of(game: Game, *, kind: str, unit: str, names: Mapping[str, str] | None = None) -> Core | None:
    """The core test of a game; None for a single party, or where the least complaint cannot be determined."""
    as_gains = costs(game) if kind == "costs" else game
    try:
        found = least_core(as_gains)
    except UndeterminedError:
        return None
    if found is None:
        return None
    split = worst_split(as_gains)
    empty = found.complaint > game.tolerance
    words = (
        f"Whatever the division, some coalition would do better alone, by {_told(found.complaint, unit)} at least"
        if empty
        else "There are divisions that leave no coalition a reason to leave"
    )
    if split is not None:
        words += (
            f"; joining forces is not always worth while: {_named(split.one, names)} and {_named(split.other, names)} "
            f"lose {_told(split.loss, unit)} by it"
        )
    return Core(
        empty=empty,
        least_complaint=found.complaint,
        unit=unit,
        coalitions=[list(coalition) for coalition in found.coalitions],
        superadditive=split is None,
        words=words,
    )


def _named(keys: Sequence[str], names: Mapping[str, str] | None) -> str:
    return ", ".join((names or {}).get(key, key) for key in keys)


def _told(amount: float, unit: str) -> str:
    return pounds(amount) if unit == "GBP" else amount_of(amount, unit)
