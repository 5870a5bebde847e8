"""What a division came to, in words."""

from collections.abc import Iterator, Sequence

from concord_allocation.core.words import amount_of, pounds
from concord_allocation.sharing.asked import Asked
from concord_allocation.sharing.gained import Gained
from concord_allocation.sharing.people import headcounts
from concord_contracts.allocation.sharing import Division


def sentences(asked: Asked, divisions: Sequence[Division]) -> Iterator[str]:
    yield f"{pounds(asked.money.total)} are divided between {len(asked.keys)} parties, over all years."
    game = asked.cost_game
    if game is not None:
        saved = float(game.alone.sum()) - game.total
        if saved >= 1:
            yield f"Run apart, the same lines would cost {pounds(saved)} more."
        else:
            yield "No fixed cost is shared, so running the lines together saves nothing: a division moves money."
    if asked.gained is not None:
        yield from _of_the_gain(asked, asked.gained)
    for count in headcounts(asked.problem, asked.found):
        if count.missing is not None:
            yield f"There is no division {count.name[:1].lower()}{count.name[1:]}: {count.missing}."
    for division in divisions:
        if division.realisation is not None and not division.realisation.possible:
            yield f"{division.name} cannot be paid: {division.realisation.words}"


def _of_the_gain(asked: Asked, gained: Gained) -> Iterator[str]:
    unit = asked.problem.benefit_unit
    change, over = gained.together, f"over the fallback ({asked.fallback.words})"
    if change < 0:
        yield f"Planning together gives up {amount_of(-change, unit)} {over}, for what stands before benefit."
    else:
        yield f"Planning together gains {amount_of(change, unit)} {over}."
    if gained.game is not None:
        apart = float(gained.game.alone.sum())
        if apart < 0:
            yield f"Each planning its own purses alone would give up {amount_of(-apart, unit)} in all."
        else:
            yield f"Each planning its own purses alone would gain {amount_of(apart, unit)} in all."
    if asked.has_soft_limits:
        yield (
            f"Soft limits come before benefit, for every coalition as for the plan: the fallback misses them by "
            f"{pounds(gained.missed[0])} weighted, all together by {pounds(gained.missed_together)}."
        )
    if gained.no_owen:
        yield gained.no_owen
    if asked.question.benefit_price is None:
        yield f"One {unit} has no price here, so no gain is paid over; `benefit_price` would say what would be."
