"""Games and claims that somebody else stated, divided by every rule."""

import numpy as np

from concord_allocation.core.share import claims
from concord_allocation.core.share.game import Game
from concord_allocation.sharing.solutions import core_of, gain_division, solutions
from concord_contracts.allocation.sharing import ClaimsAnswer, ClaimsRequest, GameAnswer, GameRequest


def divide_game(request: GameRequest) -> GameAnswer:
    """Divisions of a game that somebody else valued."""
    values = np.zeros(2 ** len(request.players))
    place = {player: 1 << k for k, player in enumerate(request.players)}
    for stated in request.values:
        values[sum(place[key] for key in set(stated.coalition))] = stated.value
    game = Game(tuple(request.players), values)
    return GameAnswer(
        unit=request.unit,
        core=core_of(game, kind=request.kind, unit=request.unit),
        divisions=[
            gain_division(game, found, kind=request.kind, unit=request.unit)
            for found in solutions(game, kind=request.kind)
        ],
    )


def divide_estate(request: ClaimsRequest) -> ClaimsAnswer:
    """An estate divided by every claims rule; claimants in the order of their keys."""
    keys = sorted(request.claims)
    asked = [request.claims[key] for key in keys]
    return ClaimsAnswer(
        rules={
            name: dict(zip(keys, divide(request.estate, asked).tolist(), strict=True))
            for name, divide in claims.rules_for(len(keys)).items()
        }
    )
