"""The analysts' annex: what the theory of games and rules for claims make of the cost, and of the gain at a price."""

from collections.abc import Iterator

from concord_allocation.core.share import claims
from concord_allocation.core.share.divisions import to_whole_pounds
from concord_allocation.core.words import pounds
from concord_allocation.sharing.asked import Asked
from concord_allocation.sharing.divided import Dividing
from concord_allocation.sharing.gained import OWEN
from concord_allocation.sharing.solutions import solutions
from concord_contracts.allocation.sharing import Division


def annex(asked: Asked, dividing: Dividing) -> Iterator[Division]:
    """Of the cost up to 12 parties; of the gain where benefit has a price and there is any."""
    yield from _of_the_cost(asked, dividing)
    yield from _of_the_gain(asked, dividing)


def _of_the_cost(asked: Asked, dividing: Dividing) -> Iterator[Division]:
    total, parties, game = asked.money.total, asked.found.parties, asked.cost_game
    if game is None:
        return
    for found in solutions(game, kind="costs"):
        amounts = to_whole_pounds(total, found.values.tolist(), parties)
        name = f"{found.name} of the cost"
        yield dividing.division(f"costs_{found.key}", name, found.words, amounts, annex=True)
    alone = float(game.alone.sum())
    if 0 <= total <= alone + 0.5:
        estate = min(float(total), alone)
        for rule, divide in claims.rules_for(len(asked.keys)).items():
            amounts = to_whole_pounds(total, divide(estate, game.alone.tolist()).tolist(), parties)
            words = "the cost divided by the claims rule, each party's claim being what it would cost alone"
            name = f"Claims rule, {rule.replace('_', ' ')}"
            yield dividing.division(f"claims_{rule}", name, words, amounts, annex=True)


def _of_the_gain(asked: Asked, dividing: Dividing) -> Iterator[Division]:
    price, gained = asked.question.benefit_price, asked.gained
    if price is None or gained is None or gained.together <= 0:
        return
    change, unit = asked.benefit_change, asked.problem.benefit_unit
    # The plan is in whole pounds, the game is not: parts are of what the plan in whole pounds gains.
    part = sum(change.values()) / gained.together
    for division in gained.divisions:
        if division.key == OWEN:
            continue
        moved = [
            asked.money.paid.get(value.party, 0) + price.gbp * (change[value.party] - part * value.value)
            for value in division.values
        ]
        yield dividing.division(
            f"gains_{division.key}",
            f"{division.name} of the gain",
            f"payments over that give each its part of the gain at {pounds(price.gbp)} for one {unit}; a party that "
            "pays less than nothing is paid",
            to_whole_pounds(asked.money.total, moved, asked.found.parties),
            annex=True,
            assumption=price.provenance.basis == "assumption",
        )
