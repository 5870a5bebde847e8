"""The whole answer: games of cost and of gain, default divisions, the annex, what can be paid, sentences."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from concord_allocation import translate
from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables, benefit_of_line
from concord_allocation.core.share import claims
from concord_allocation.core.share.coalitions import (
    Fallback,
    FallbackFails,
    last_year,
    nothing,
    standing_alone,
)
from concord_allocation.core.share.divisions import by_key, to_whole_pounds
from concord_allocation.core.share.game import EXACT_PLAYERS
from concord_allocation.core.words import amount_of, pounds
from concord_allocation.sharing.gained import OWEN, Gained, gained
from concord_allocation.sharing.parties import Money, Parties, divided_lines, line_costs, money_of, parties_of
from concord_allocation.sharing.realise import realise
from concord_allocation.sharing.solutions import complaint_of, core_of, solutions
from concord_contracts.allocation import Answer, Problem, Refusal
from concord_contracts.allocation.sharing import (
    Amount,
    CoalitionValue,
    Complaint,
    Core,
    Division,
    Realisation,
    Sharing,
    SharingQuestion,
    Standing,
)
from concord_contracts.identifiers import digest_of

ASSUMPTION = "assumption"


def share(
    problem: Problem, question: SharingQuestion, plan: Answer | Refusal | None = None, *, limit_seconds: float
) -> Sharing | Refusal:
    """Divide a problem's plan (solved here unless it is given).

    Raises InvalidProblem naming every fault of the question, and of the problem at /problem; Unanswered.
    """
    tables, found = _understood(problem, question)
    allowed = min(question.time_limit_seconds or limit_seconds, limit_seconds)
    outcome = plan or translate.solve(problem, time_limit_seconds=allowed, prices=False)
    if isinstance(outcome, Refusal):
        return outcome
    return _Asked(problem, tables, question, found, outcome, allowed).answer()


def _understood(problem: Problem, question: SharingQuestion) -> tuple[ProblemTables, Parties]:
    faults: list[Fault] = []
    try:
        tables = translate.tables_of(problem)
    except InvalidProblem as invalid:
        faults = [fault._replace(pointer=f"/problem{fault.pointer}") for fault in invalid.faults]
    try:
        found = parties_of(problem, question)
    except InvalidProblem as invalid:
        faults += invalid.faults
    if faults:
        raise InvalidProblem(faults)
    return tables, found


class _Asked:
    """One question at work: everything the parts of the answer share."""

    def __init__(
        self,
        problem: Problem,
        tables: ProblemTables,
        question: SharingQuestion,
        found: Parties,
        plan: Answer,
        limit: float,
    ) -> None:
        self.problem, self.tables, self.question, self.found = problem, tables, question, found
        self.plan, self.limit = plan, limit
        self.fallback: Fallback = last_year(self.tables) if question.fallback == "last_year" else nothing(self.tables)
        self.lines = divided_lines(found, plan)
        self.money: Money = money_of(found, plan, problem, self.lines)
        self.keys = [party.key for party in found.parties]
        self.exact = len(self.keys) <= EXACT_PLAYERS
        self.cost_game = (
            standing_alone(found.parties, line_costs(self.tables, found, plan, self.lines)) if self.exact else None
        )
        self.benefit_change = self._benefit_change()
        self.realised: dict[tuple[int, ...], Realisation] = {}

    def answer(self) -> Sharing:
        gained = self._gained() if self.question.gains else None
        divisions = [*self._defaults(gained), *(self._annex(gained) if self.question.annex else ())]
        content = {
            "model": "allocation-sharing/1",
            "answer_digest": self.plan.digest,
            "divisions": [[d.key, [[a.party, a.gbp] for a in d.amounts]] for d in divisions],
        }
        return Sharing(
            problem_digest=self.plan.problem_digest,
            answer_digest=self.plan.digest,
            digest=digest_of(content),
            cost_gbp=self.money.total,
            benefit_unit=self.problem.benefit_unit,
            fallback=self.fallback.words,
            fallback_benefit=gained.fallback_benefit if gained else None,
            gain=gained.together if gained else None,
            standing=self._standing(gained),
            divisions=divisions,
            costs_core=self._costs_core(),
            gains_core=self._gains_core(gained),
            gain_divisions=gained.divisions if gained else [],
            coalitions=self._coalitions(gained),
            sentences=list(self._sentences(gained, divisions)),
        )

    def _gained(self) -> Gained:
        try:
            return gained(self.tables, self.found, self.question, self.fallback, limit_seconds=self.limit)
        except FallbackFails as fails:
            words = (
                f"{self.fallback.words}: this breaks limits of the problem, so it is not what happens if nothing is "
                f"agreed ({'; '.join(fails.limits)}); ask with another `fallback`, without `gains`, or loosen them"
            )
            raise InvalidProblem([Fault("/fallback", "fallback-infeasible", words)]) from None

    def _benefit_change(self) -> Mapping[str, float]:
        """Discounted benefit of each party's lines in the plan minus in the fallback; joint lines by use."""
        tables, cells = self.tables, self.tables.cells
        spend = np.zeros((len(tables.years), len(tables.lines)))
        np.add.at(spend, (cells.year, cells.line), self.fallback.cells)
        position = {line.key: k for k, line in enumerate(tables.lines)}
        years = {year: t for t, year in enumerate(tables.years)}
        change = dict.fromkeys(self.keys, 0.0)
        for row in self.plan.lines:
            t, k = years[row.year], position[row.line]
            line = tables.lines[k]
            before = benefit_of_line(line, t, float(spend[t, k])) * tables.discount[t]
            for key, share in self.found.uses.get(row.line, {}).items():
                change[key] += share * (row.benefit - before)
        return change

    def _standing(self, gained: Gained | None) -> list[Standing]:
        alone = self.cost_game.alone if self.cost_game else [self.money.own.get(key, 0.0) for key in self.keys]
        gain = gained.game.alone if gained and gained.game else None
        return [
            Standing(
                party=party.key,
                name=party.name,
                payers=sorted(party.payers),
                fallback_gbp=self._before(party.key),
                plan_gbp=self.money.paid.get(party.key, 0),
                own_lines_gbp=round(self.money.own.get(party.key, 0.0)),
                alone_gbp=float(alone[k]),
                alone_gain=None if gain is None else float(gain[k]),
                benefit_of_own_lines_change=self.benefit_change[party.key],
            )
            for k, party in enumerate(self.found.parties)
        ]

    def _before(self, party: str) -> int:
        return self.money.before.get(party, 0) if self.question.fallback == "last_year" else 0

    def _defaults(self, gained: Gained | None) -> Iterator[Division]:
        total, parties = self.money.total, self.found.parties
        as_planned = "the plan's own payments: the least change from the reference split"
        yield self._division("least_change", "As planned", as_planned, self.money.paid, gained)
        for key, name, words, weights in (
            ("outturn", "By outturn", "in proportion to what each pays in the reference split", self.money.before),
            (
                "activity",
                "By activity",
                "in proportion to the cost of the cases of its lines",
                self.money.activity,
            ),
        ):
            amounts = by_key(total, weights, parties)
            if amounts is not None:
                yield self._division(key, name, words, amounts, gained)
        for stated in self.question.keys:
            amounts = by_key(total, stated.weights, parties)
            if amounts is not None:
                said = stated.provenance.source or f"assumption: {stated.provenance.note}"
                yield self._division(
                    stated.key,
                    stated.name,
                    f"in proportion to the weights stated ({said})",
                    amounts,
                    gained,
                    assumption=stated.provenance.basis == ASSUMPTION,
                )

    def _division(
        self,
        key: str,
        name: str,
        words: str,
        amounts: Mapping[str, int],
        gained: Gained | None,
        *,
        annex: bool = False,
        assumption: bool = False,
    ) -> Division:
        whole = {party: amounts.get(party, 0) for party in self.keys}
        realised = self._realised(whole) if self.question.realise and not annex else None
        return Division(
            key=key,
            name=name,
            group="annex" if annex else "default",
            words=words,
            amounts=[
                Amount(
                    party=party,
                    gbp=gbp,
                    share=round(gbp / self.money.total, 6) if self.money.total else 0.0,
                    change_gbp=gbp - self._before(party),
                )
                for party, gbp in whole.items()
            ],
            cost_complaint=self._cost_complaint(whole),
            gain_complaint=self._gain_complaint(gained, whole),
            assumption=assumption,
            realisation=realised,
        )

    def _realised(self, amounts: Mapping[str, int]) -> Realisation:
        """Rules that give the same amounts are asked about once."""
        key = tuple(amounts.values())
        if key not in self.realised:
            self.realised[key] = realise(
                self.problem, self.plan, self.found, self.lines, amounts, time_limit_seconds=self.limit
            )
        return self.realised[key]

    def _costs_core(self) -> Core | None:
        if self.cost_game is None:
            return None
        return core_of(self.cost_game, kind="costs", unit="GBP", names=self.found.names)

    def _cost_complaint(self, amounts: Mapping[str, int]) -> Complaint | None:
        if self.cost_game is None:
            return None
        paying = [amounts[key] for key in self.keys]
        return complaint_of(self.cost_game, paying, kind="costs", unit="GBP", names=self.found.names)

    def _gain_complaint(self, gained: Gained | None, amounts: Mapping[str, int]) -> Complaint | None:
        """A party's part of the gain: benefit gained on its lines, less what it pays beyond the plan's own payments."""
        price = self.question.benefit_price
        if price is None or gained is None or gained.game is None:
            return None
        parts = [
            self.benefit_change[key] - (amounts[key] - self.money.paid.get(key, 0)) / price.gbp for key in self.keys
        ]
        noise = abs(sum(self.benefit_change.values()) - gained.together)
        unit = self.problem.benefit_unit
        return complaint_of(gained.game, parts, kind="gains", unit=unit, names=self.found.names, noise=2 * noise)

    def _annex(self, gained: Gained | None) -> Iterator[Division]:
        total, parties = self.money.total, self.found.parties
        if self.cost_game is not None:
            for found in solutions(self.cost_game, kind="costs"):
                amounts = to_whole_pounds(total, found.values.tolist(), parties)
                yield self._division(
                    f"costs_{found.key}", f"{found.name} of the cost", found.words, amounts, gained, annex=True
                )
            alone = self.cost_game.alone
            if 0 <= total <= float(alone.sum()) + 0.5:
                estate = min(float(total), float(alone.sum()))
                for rule, divide in claims.rules_for(len(self.keys)).items():
                    amounts = to_whole_pounds(total, divide(estate, alone.tolist()).tolist(), parties)
                    words = "the cost divided by the claims rule, each party's claim being what it would cost alone"
                    yield self._division(
                        f"claims_{rule}", f"Claims rule, {rule.replace('_', ' ')}", words, amounts, gained, annex=True
                    )
        price = self.question.benefit_price
        if price is not None and gained is not None and gained.together > 0:
            # The plan is in whole pounds, the game is not: parts are of what the plan in whole pounds gains.
            part = sum(self.benefit_change.values()) / gained.together
            for division in gained.divisions:
                if division.key == OWEN:
                    continue
                moved = [
                    self.money.paid.get(value.party, 0)
                    + price.gbp * (self.benefit_change[value.party] - part * value.value)
                    for value in division.values
                ]
                yield self._division(
                    f"gains_{division.key}",
                    f"{division.name} of the gain",
                    f"payments over that give each its part of the gain at {pounds(price.gbp)} for one "
                    f"{self.problem.benefit_unit}; a party that pays less than nothing is paid",
                    to_whole_pounds(total, moved, parties),
                    gained,
                    annex=True,
                    assumption=price.provenance.basis == ASSUMPTION,
                )

    def _gains_core(self, gained: Gained | None) -> Core | None:
        if gained is None or gained.game is None:
            return None
        return core_of(gained.game, kind="gains", unit=self.problem.benefit_unit, names=self.found.names)

    def _coalitions(self, gained: Gained | None) -> list[CoalitionValue]:
        if self.cost_game is None:
            return []
        gain = gained.game.values if gained and gained.game else None
        return [
            CoalitionValue(
                parties=list(self.cost_game.names(mask)),
                gain=None if gain is None else float(gain[mask]),
                cost_gbp=float(self.cost_game.values[mask]),
            )
            for mask in range(1, len(self.cost_game.values))
        ]

    def _sentences(self, gained: Gained | None, divisions: Sequence[Division]) -> Iterator[str]:
        unit = self.problem.benefit_unit
        yield f"{pounds(self.money.total)} are divided between {len(self.keys)} parties, over all years."
        if self.cost_game is not None:
            saved = float(self.cost_game.alone.sum()) - self.cost_game.total
            if saved >= 1:
                yield f"Run apart, the same lines would cost {pounds(saved)} more."
            else:
                yield "No fixed cost is shared, so running the lines together saves nothing: a division moves money."
        if gained is not None:
            over = f"over the fallback ({self.fallback.words})"
            yield f"Planning together gains {amount_of(gained.together, unit)} {over}."
            if gained.game is not None:
                apart = float(gained.game.alone.sum())
                yield f"Each planning its own purses alone would gain {amount_of(apart, unit)} in all."
            if gained.no_owen:
                yield gained.no_owen
            if self.question.benefit_price is None:
                yield f"One {unit} has no price here, so no gain is paid over; `benefit_price` would say what would be."
        for division in divisions:
            if division.realisation is not None and not division.realisation.possible:
                yield f"{division.name} cannot be paid: {division.realisation.words}"
