"""What planning together gains, coalition by coalition, and how the theory of games would divide it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from concord_allocation.core.matrix import compile_matrix
from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.share.coalitions import Coalitions, Fallback, gains
from concord_allocation.core.share.game import EXACT_PLAYERS, Game
from concord_allocation.core.share.owen import NoOwen, owen
from concord_allocation.core.share.shapley import sampled_shapley
from concord_allocation.sharing.parties import Parties
from concord_allocation.sharing.solutions import gain_division, solutions
from concord_contracts.allocation.sharing import GainDivision, GainValue, SharingQuestion


@dataclass(frozen=True, slots=True)
class Gained:
    """`together`: benefit gained over the fallback by all parties. No `game` where there are too many parties.

    `missed`: weighted GBP by which soft limits are missed, by coalition (bit mask; 0: the fallback plan). `divisions`
    are the annex; `no_owen` says why Owen's is not among them.
    """

    fallback_benefit: float
    together: float
    game: Game | None
    divisions: list[GainDivision]
    no_owen: str | None
    missed: Mapping[int, float]
    parties: int

    @property
    def missed_together(self) -> float:
        return self.missed.get(2**self.parties - 1, 0.0)


def gained(
    tables: ProblemTables, found: Parties, question: SharingQuestion, fallback: Fallback, *, limit_seconds: float
) -> Gained:
    """Values every coalition up to 12 parties, samples orders of arrival beyond. Raises FallbackFails, Unanswered."""
    brought = {one.limit: one.by_payer for one in question.brought}
    asked = Coalitions(compile_matrix(tables), found.parties, fallback, brought, time_limit_seconds=limit_seconds)
    keys = [party.key for party in found.parties]
    game = gains(asked) if len(keys) <= EXACT_PLAYERS else None
    together = game.total if game is not None else asked.gain(2 ** len(keys) - 1)
    divisions: list[GainDivision] = []
    no_owen = None
    if question.annex:
        if game is not None:
            divisions = [
                gain_division(game, one, kind="gains", unit=tables.benefit_unit, names=found.names)
                for one in solutions(game, kind="gains")
            ]
        else:
            divisions = [_sampled(asked, keys, question)]
        by_prices = _owen(asked, keys)
        if isinstance(by_prices, str):
            no_owen = by_prices
        else:
            divisions.append(by_prices)
    return Gained(asked.benefit_of_fallback, together, game, divisions, no_owen, asked.missed, len(keys))


def _sampled(asked: Coalitions, keys: Sequence[str], question: SharingQuestion) -> GainDivision:
    found = sampled_shapley(
        asked.gain, len(keys), seed=question.seed, within=question.sampled_within, most_pairs=question.most_pairs
    )
    capped = "" if found.reached else "; the cap on samples came before the accuracy asked for"
    return GainDivision(
        key="shapley",
        name="Shapley value, sampled",
        words=f"{found.pairs} pairs of opposite orders of arrival, seed {question.seed}; 95% intervals{capped}",
        values=[
            GainValue(party=key, value=mean, least=mean - half, greatest=mean + half)
            for key, mean, half in zip(keys, found.mean.tolist(), found.half_width.tolist(), strict=True)
        ],
        complaint=None,
    )


def _owen(asked: Coalitions, keys: Sequence[str]) -> GainDivision | str:
    found = owen(asked)
    if isinstance(found, NoOwen):
        more = len(found.unowned) - NAMED
        beyond = f"; and {more} more" if more > 0 else ""
        return f"No division by prices (Owen): with a price and no owner: {'; '.join(found.unowned[:NAMED])}{beyond}."
    ranges = not found.unique
    words = "what each one's money and means are worth at the margin of the joint plan, the fallback's benefit included"
    return GainDivision(
        key=OWEN,
        name="Owen",
        words=words + ("; prices are not unique, so they are ranges" if ranges else ""),
        values=[
            GainValue(party=key, value=worth, least=least if ranges else None, greatest=most if ranges else None)
            for key, worth, least, most in zip(
                keys, found.worth.tolist(), found.least.tolist(), found.greatest.tolist(), strict=True
            )
        ],
        complaint=None,
    )


NAMED = 2
"""Limits named where Owen's division does not exist."""

OWEN = "owen"
"""It divides the whole benefit, not what is gained over the fallback."""
