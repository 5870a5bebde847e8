"""An upper bound on benefit, recomputed from the tables and any multipliers: no feasible plan can do better.

Weak duality: for every plan z that keeps lower_r <= a_r z <= upper_r and 0 <= z_j <= most_j, and for any numbers l_r,

    benefit(z) <= sum_r max(l_r lower_r, l_r upper_r) + sum_j max(0, (c_j - sum_r l_r a_rj) most_j).

The solver's duals make it tight; wrong ones only make it loose. Like `check`, it knows no matrix and no solver. Where
soft limits come first, it is a bound for plans that miss them no more than the one found (`kept`).
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from concord_allocation.core.parts import Column
from concord_allocation.core.picking import Picker
from concord_allocation.core.problem import DIRECT, Floats, ProblemTables
from concord_allocation.core.recount import Rule, Space, all_rules

NOISE = 1e-9
"""Gain per unit of an amount without end, up to which it is arithmetic."""

MANY = 1e9
"""Cases beyond this are bounded by the rules too: money alone says nothing."""

type Multipliers = Mapping[str, float]
"""Benefit per unit of each row's right-hand side, by the row's key; a key left out counts as 0."""


class Kept(NamedTuple):
    """sum of coefficients * misses <= cap: what an objective before benefit has reached. Misses by key."""

    key: str
    coefficients: Mapping[str, float]
    cap: float


def benefit_bound(
    tables: ProblemTables, multipliers: Multipliers, picker: Picker | None = None, kept: Sequence[Kept] = ()
) -> float:
    """The bound in benefit units, discounted."""
    return float(_Lagrangian(tables, multipliers, picker or Picker(tables), kept).value())


class _Lagrangian:
    def __init__(self, tables: ProblemTables, given: Multipliers, picker: Picker, kept: Sequence[Kept]) -> None:
        self.tables, self.given, self.kept = tables, given, kept
        self.space = Space(tables, picker)
        self.constant = 0.0
        self.price = np.zeros(self.space.size)
        self.benefit_price = np.zeros((len(tables.years), len(tables.lines)))
        self.misses: dict[str, float] = {}

    def value(self) -> float:
        for rule in all_rules(self.space):
            self._rule(rule)
        curves = self._curves()
        missing = self._missing()
        total = self.constant + curves + missing
        worth = np.zeros(self.space.size)
        for position, column in enumerate(self.tables.more):
            worth[self.space.more + position] = column.benefit
        gain = worth - self.price
        good = gain > 0
        good &= np.isfinite(self.most) | (gain > NOISE)
        return total + float((gain[good] * self.most[good]).sum())

    def _take(self, key: str, lower: float, upper: float) -> float:
        """The multiplier of a row, its constant counted; 0 where its sign asks for a bound that is not there."""
        multiplier = self.given.get(key, 0.0)
        bound = upper if multiplier > 0 else lower
        if multiplier == 0.0 or not np.isfinite(bound):
            return 0.0
        self.constant += multiplier * bound
        return multiplier

    def _rule(self, rule: Rule) -> None:
        multiplier = self._take(rule.key, rule.lower, rule.upper)
        if not multiplier:
            return
        self.price[rule.columns] += multiplier * rule.coefficients
        for t, i, share in rule.benefit:
            self.benefit_price[t, i] += multiplier * share
        if rule.soft:
            if np.isfinite(rule.lower):
                self.misses[f"miss/{rule.key}/low"] = multiplier
            if np.isfinite(rule.upper):
                self.misses[f"miss/{rule.key}/high"] = -multiplier

    def _missing(self) -> float:
        """What missing soft limits could gain, inside what was reached for them."""
        most: dict[str, float] = {}
        for one in self.kept:
            multiplier = max(0.0, self._take(one.key, -np.inf, one.cap))
            for key, coefficient in one.coefficients.items():
                self.misses[key] = self.misses.get(key, 0.0) + multiplier * coefficient
                if coefficient > 0:
                    most[key] = one.cap / coefficient
        return sum(max(0.0, -price) * most.get(key, math.inf) for key, price in self.misses.items() if price < 0)

    def _curves(self) -> float:
        """Benefit of each segment after the price of its pounds, where that is worth having."""
        total = 0.0
        for t, year in enumerate(self.tables.years):
            for i, line in enumerate(self.tables.lines):
                price = self.given.get(f"curve/{year}/{line.key}", 0.0)
                if price:
                    self.price[self.space.paid(t, i)] -= price
                    for j, cost in self.space.aside(t, i):
                        self.price[j] += price * cost
                for width, slope in zip(line.widths[t], line.slopes[t], strict=True):
                    gain = slope * self.tables.discount[t] * (1.0 - self.benefit_price[t, i]) - price
                    if gain > 0:
                        total += gain * min(width, self.most_spend[t, i])
        return total

    @cached_property
    def most(self) -> Floats:
        """What each amount can be at most: nobody pays more than purses can ever hold."""
        tables, space = self.tables, self.space
        put, case = tables.contributions, tables.activities
        most = np.zeros(space.size)
        most[: space.put] = self.most_pay
        most[space.put : space.case] = self.held[put.year, put.purse]
        paid = case.unit_cost > 0
        cases = np.full(space.more - space.case, np.inf)
        cases[paid] = self.most_spend[case.year, case.line][paid] / case.unit_cost[paid]
        most[space.case : space.more] = cases if (cases < MANY).all() else np.minimum(cases, self._most_by_rules())
        if tables.more:
            most[space.more :] = self._most_of_parts(most[space.case : space.more])
        return most

    def _most_by_rules(self) -> Floats:
        """By case, what the rules let at most be done of it; they alone bound cases that cost next to nothing."""
        space = self.space
        most = np.full(space.more - space.case, np.inf)
        extra = np.array([column.upper for column in self.tables.more], dtype=np.float64)
        for rule in all_rules(space):
            given = rule.coefficients < 0
            others = rule.columns[given]
            if rule.soft or not np.isfinite(rule.upper) or (others < space.more).any():
                continue
            room = rule.upper - float((rule.coefficients[given] * extra[others - space.more]).sum())
            mine = (rule.coefficients > 0) & (rule.columns >= space.case) & (rule.columns < space.more)
            places = rule.columns[mine] - space.case
            np.minimum.at(most, places, room / rule.coefficients[mine])
        return most

    @cached_property
    def most_spend(self) -> Floats:
        """(years, lines) GBP."""
        most = np.zeros((len(self.tables.years), len(self.tables.lines)))
        np.add.at(most, (self.tables.cells.year, self.tables.cells.line), self.most_pay)
        return most

    @cached_property
    def held(self) -> Floats:
        """(years, purses) GBP: amounts, what can be carried in, overspent, and saved by earlier spend."""
        tables = self.tables
        held = np.array([purse.amount for purse in tables.purses], dtype=np.float64).T.copy()
        own = held.copy()
        for t in range(len(tables.years)):
            for u, purse in enumerate(tables.purses):
                if purse.carry is not None and t:
                    held[t, u] += min(held[t - 1, u], max(0.0, math.floor(purse.carry.share * own[t - 1, u] + 1e-6)))
                if purse.over is not None:
                    held[t, u] += purse.over.at_most[t]
            for saving in tables.parts.savings:
                for earlier in range(max(0, t - saving.lag - saving.lasts + 1), t - saving.lag + 1):
                    held[t, saving.purse] += saving.rate * float(held[: earlier + 1].sum())
        return held

    @cached_property
    def most_pay(self) -> Floats:
        """By cell: what its purse can hold, in a fund that keeps money what it ever held."""
        cells, held = self.tables.cells, self.held
        most = held[cells.year, cells.purse]
        if any(fund.carry is not None for fund in self.tables.funds):
            ever = np.cumsum(held, axis=0)
            most = np.where(cells.fund == DIRECT, most, ever[cells.year, cells.purse])
        return np.asarray(most, dtype=np.float64)

    def _most_of_parts(self, cases: Floats) -> Floats:
        """By later variable; `cases`: at most, by activity."""
        put, held = self.tables.contributions, self.held
        ever, everything = held.sum(axis=0), float(held.sum())
        patients = self._most_patients(float(cases.sum()), everything)
        found = []
        for column in self.tables.more:
            match column.block:
                case "carry" | "outside" | "over":
                    bound = float(held[column.year, column.of])
                case "keep":
                    bound = float(ever[int(put.purse[column.of])])
                case "waiting":
                    bound = patients[column.of]
                case "worth":
                    bound = self._most_worth(column, cases)
                case "least" | "greatest":
                    bound = self._most_per_head(column.of, everything, cases)
                case _:
                    bound = column.upper
            found.append(min(bound, column.upper))
        return np.array(found)

    def _most_patients(self, cases: float, money: float) -> list[float]:
        """By demand: everybody who may ever come."""
        return [
            demand.opening
            + sum(demand.cases)
            + sum(max(0.0, s.rate) * (cases if s.measure == "activity" else money) for s in demand.shifts)
            for demand in self.tables.parts.demands
        ]

    def _most_per_head(self, e: int, money: float, cases: Floats) -> float:
        equity = self.tables.parts.equities[e]
        heads = min(count for _, count in equity.heads)
        match equity.measure:
            case "spend":
                return money / heads
            case "activity":
                return float(cases.sum()) / heads
        slopes = max((max(slopes) for line in self.tables.lines for slopes in line.slopes), default=0.0)
        options = sum(abs(o.benefit) * len(self.tables.years) for o in self.tables.parts.options)
        worth = sum(self._most_worth(one, cases) for one in self.tables.more if one.block == "worth")
        return (slopes * money * max(self.tables.discount) + options + worth) / heads

    def _most_worth(self, column: Column, cases: Floats) -> float:
        rows = self.tables.activities
        mine = (rows.year == column.year) & (rows.line == column.of) & (rows.benefit > 0)
        return float((rows.benefit[mine] * cases[mine]).sum())
