"""One sharing question at work: what every part of its answer rests on."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from concord_allocation.core.curves import benefit_of_line
from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables
from concord_allocation.core.share.coalitions import Fallback, FallbackFails, last_year, nothing, standing_alone
from concord_allocation.core.share.game import EXACT_PLAYERS
from concord_allocation.sharing.gained import Gained, gained
from concord_allocation.sharing.parties import Money, Parties, divided_lines, line_costs, money_of
from concord_contracts.allocation import Answer, Problem
from concord_contracts.allocation.sharing import SharingQuestion


class Asked:
    """The plan that is divided, its money by party, the games of cost and of gain."""

    def __init__(
        self,
        problem: Problem,
        tables: ProblemTables,
        question: SharingQuestion,
        found: Parties,
        plan: Answer,
        limit: float,
        *,
        assembled: bool,
    ) -> None:
        """`assembled`: the problem was put together from the registry's figures, and not stated by the caller."""
        self.problem, self.tables, self.question, self.found = problem, tables, question, found
        self.plan, self.limit, self.assembled = plan, limit, assembled
        self.fallback: Fallback = last_year(tables) if question.fallback == "last_year" else nothing(tables)
        self.lines = divided_lines(found, plan)
        self.money: Money = money_of(found, plan, problem, self.lines)
        self.keys = [party.key for party in found.parties]
        self.cost_game = (
            standing_alone(found.parties, line_costs(tables, found, plan, self.lines))
            if len(self.keys) <= EXACT_PLAYERS
            else None
        )

    @cached_property
    def gained(self) -> Gained | None:
        """None where it is not asked for. Raises InvalidProblem where the fallback plan cannot stand, Unanswered."""
        if not self.question.gains:
            return None
        try:
            return gained(self.tables, self.found, self.question, self.fallback, limit_seconds=self.limit)
        except FallbackFails as fails:
            words = (
                f"{self.fallback.words}: this breaks limits of the problem, so it is not what happens if nothing is "
                f"agreed ({'; '.join(fails.limits)}); ask with another `fallback`, without `gains`, or loosen them"
            )
            raise InvalidProblem([Fault("/fallback", "fallback-infeasible", words)]) from None

    @cached_property
    def benefit_change(self) -> Mapping[str, float]:
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

    @property
    def has_soft_limits(self) -> bool:
        """Whether anything may be missed at a price, before benefit is sought."""
        rules = (self.tables.limits, self.tables.paces, self.tables.parts.demands, self.tables.parts.equities)
        return any(rule.soft is not None for some in rules for rule in some)

    def before(self, party: str) -> int:
        """GBP that a party pays if nothing is agreed."""
        return self.money.before.get(party, 0) if self.question.fallback == "last_year" else 0
