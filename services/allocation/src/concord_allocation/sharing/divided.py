"""One division of the cost: who would complain of it, and whether it can be paid so."""

from collections.abc import Mapping
from typing import Literal

from concord_allocation.sharing.asked import Asked
from concord_allocation.sharing.realise import realise
from concord_allocation.sharing.solutions import complaint_of
from concord_contracts.allocation.sharing import Amount, Complaint, Division, Realisation

type Figures = Literal["plan", "registry", "stated"]


class Dividing:
    """Makes divisions of one question; rules that give the same amounts are asked once whether they can be paid."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._paid: dict[tuple[int, ...], Realisation] = {}

    def division(
        self,
        key: str,
        name: str,
        words: str,
        amounts: Mapping[str, int],
        *,
        annex: bool = False,
        assumption: bool = False,
        figures: Figures = "plan",
    ) -> Division:
        """`amounts`: whole GBP by party that add up to the cost divided."""
        total = self.asked.money.total
        whole = {party: amounts.get(party, 0) for party in self.asked.keys}
        return Division(
            key=key,
            name=name,
            group="annex" if annex else "default",
            words=words,
            amounts=[
                Amount(
                    party=party,
                    gbp=gbp,
                    share=round(gbp / total, 6) if total else 0.0,
                    change_gbp=gbp - self.asked.before(party),
                )
                for party, gbp in whole.items()
            ],
            cost_complaint=self._of_cost(whole),
            gain_complaint=self._of_gain(whole),
            assumption=assumption,
            figures=figures,
            realisation=self._realised(whole) if self.asked.question.realise and not annex else None,
        )

    def _realised(self, amounts: Mapping[str, int]) -> Realisation:
        asked, key = self.asked, tuple(amounts.values())
        if key not in self._paid:
            self._paid[key] = realise(
                asked.problem, asked.plan, asked.found, asked.lines, amounts, time_limit_seconds=asked.limit
            )
        return self._paid[key]

    def _of_cost(self, amounts: Mapping[str, int]) -> Complaint | None:
        game = self.asked.cost_game
        if game is None:
            return None
        paying = [amounts[key] for key in self.asked.keys]
        return complaint_of(game, paying, kind="costs", unit="GBP", names=self.asked.found.names)

    def _of_gain(self, amounts: Mapping[str, int]) -> Complaint | None:
        """A party's part of the gain: benefit gained on its lines, less what it pays beyond the plan's own payments."""
        asked, price, gained = self.asked, self.asked.question.benefit_price, self.asked.gained
        if price is None or gained is None or gained.game is None:
            return None
        change, paid = asked.benefit_change, asked.money.paid
        parts = [change[key] - (amounts[key] - paid.get(key, 0)) / price.gbp for key in asked.keys]
        noise = 2 * abs(sum(change.values()) - gained.together)
        unit, names = asked.problem.benefit_unit, asked.found.names
        return complaint_of(gained.game, parts, kind="gains", unit=unit, names=names, noise=noise)
