"""An upper bound on benefit, recomputed from the tables and any multipliers: no feasible plan can do better.

Weak duality: for every plan z that keeps lower_r <= a_r z <= upper_r and 0 <= z_j <= most_j, and for any numbers l_r,

    benefit(z) <= sum_r max(l_r lower_r, l_r upper_r) + sum_j max(0, (c_j - sum_r l_r a_rj) most_j).

The solver's duals make it tight; wrong ones only make it loose. Like `check`, it knows no matrix and no solver.
"""

from collections.abc import Mapping

import numpy as np

from concord_allocation.core.check import Picker, group_of
from concord_allocation.core.problem import DIRECT, Floats, ProblemTables, Term

type Multipliers = Mapping[str, float]
"""Benefit per unit of each row's right-hand side, by the row's key; a key left out counts as 0."""


def benefit_bound(tables: ProblemTables, multipliers: Multipliers, picker: Picker | None = None) -> float:
    """The bound in benefit units, discounted."""
    return float(_Lagrangian(tables, multipliers, picker or Picker(tables)).value())


class _Lagrangian:
    def __init__(self, tables: ProblemTables, multipliers: Multipliers, picker: Picker) -> None:
        self.tables, self.given, self.picker = tables, multipliers, picker
        self.constant = 0.0
        self.pay = np.zeros(len(tables.cells))
        self.put = np.zeros(len(tables.contributions.year))
        self.case = np.zeros(len(tables.activities.year))
        self.spend = np.zeros((len(tables.years), len(tables.lines)))
        self.most_pay = self._amounts()[tables.cells.year, tables.cells.purse]
        self.most_put = self._amounts()[tables.contributions.year, tables.contributions.purse]

    def value(self) -> float:
        self._purses()
        self._funds()
        self._spends_and_cases()
        self._limits()
        self._paces()
        total = self.constant + self._curves()
        total += float(np.maximum(0.0, -self.pay * self.most_pay).sum())
        total += float(np.maximum(0.0, -self.put * self.most_put).sum())
        most_spend = self._most_spend()
        total += float(np.maximum(0.0, -self.spend * most_spend).sum())
        rows = self.tables.activities
        most_cases = most_spend[rows.year, rows.line] / rows.unit_cost
        return total + float(np.maximum(0.0, -self.case * most_cases).sum())

    def _amounts(self) -> Floats:
        """(years, purses) GBP: nobody pays more than a purse holds."""
        return np.array([purse.amount for purse in self.tables.purses], dtype=np.float64).T

    def _most_spend(self) -> Floats:
        most = np.zeros_like(self.spend)
        np.add.at(most, (self.tables.cells.year, self.tables.cells.line), self.most_pay)
        return most

    def _take(self, key: str, lower: float, upper: float) -> float:
        """The multiplier of a row, its constant counted; 0 where its sign asks for a bound that is not there."""
        multiplier = self.given.get(key, 0.0)
        bound = upper if multiplier > 0 else lower
        if multiplier == 0.0 or not np.isfinite(bound):
            return 0.0
        self.constant += multiplier * bound
        return multiplier

    def _purses(self) -> None:
        cells, rows = self.tables.cells, self.tables.contributions
        for u, purse in enumerate(self.tables.purses):
            for t, year in enumerate(self.tables.years):
                price = self._take(f"purse/{year}/{purse.key}", -np.inf, float(purse.amount[t]))
                if price:
                    self.pay[(cells.fund == DIRECT) & (cells.purse == u) & (cells.year == t)] += price
                    self.put[(rows.purse == u) & (rows.year == t)] += price

    def _funds(self) -> None:
        cells, rows = self.tables.cells, self.tables.contributions
        for k, (t, m, u) in enumerate(zip(rows.year.tolist(), rows.fund.tolist(), rows.purse.tolist(), strict=True)):
            name = f"{self.tables.years[t]}/{self.tables.funds[m].key}/{self.tables.purses[u].key}"
            balance = self._take(f"fund/{name}", 0.0, 0.0)
            self.pay[(cells.fund == m) & (cells.purse == u) & (cells.year == t)] += balance
            self.put[k] -= balance
            self.put[k] += self._take(f"contribution/{name}/at_least", float(rows.at_least[k]), np.inf)
            self.put[k] += self._take(f"contribution/{name}/at_most", -np.inf, float(rows.at_most[k]))

    def _spends_and_cases(self) -> None:
        cells, rows = self.tables.cells, self.tables.activities
        for t, year in enumerate(self.tables.years):
            for i, line in enumerate(self.tables.lines):
                paid = self._take(f"spend/{year}/{line.key}", 0.0, 0.0)
                if paid:
                    self.pay[(cells.year == t) & (cells.line == i)] += paid
                    self.spend[t, i] -= paid
                if line.modes:
                    cost = self._take(f"case/{year}/{line.key}", line.fixed_cost[t], line.fixed_cost[t])
                    mine = (rows.year == t) & (rows.line == i)
                    self.spend[t, i] += cost
                    self.case[mine] -= cost * rows.unit_cost[mine]

    def _curves(self) -> float:
        """Benefit of each segment after the price of its pounds, where that is worth having."""
        total, most = 0.0, self._most_spend()
        for t, year in enumerate(self.tables.years):
            for i, line in enumerate(self.tables.lines):
                price = self._take(f"curve/{year}/{line.key}", 0.0, 0.0)
                self.spend[t, i] -= price
                for width, slope in zip(line.widths[t], line.slopes[t], strict=True):
                    gain = slope * self.tables.discount[t] - price
                    total += max(0.0, gain) * min(width, most[t, i])
        return total

    def _limits(self) -> None:
        for limit in self.tables.limits:
            for years in [(t,) for t in limit.years] if limit.per_year else [limit.years]:
                name = f"limit/{self.tables.years[years[0]] if limit.per_year else 'all'}/{limit.key}"
                lower = -np.inf if limit.lower is None else limit.lower
                upper = np.inf if limit.upper is None else limit.upper
                price = (
                    self._take(f"{name}/equal", lower, upper)
                    + self._take(f"{name}/at_least", lower, np.inf)
                    + self._take(f"{name}/at_most", -np.inf, upper)
                )
                for term in limit.terms if price else ():
                    self._price_term(term, years, price * term.coefficient)

    def _price_term(self, term: Term, years: tuple[int, ...], price: float) -> None:
        """A term on whole lines is priced on their spend, which the spend balance ties to the payments."""
        select = term.select
        if term.measure == "spend" and select.payers is None and select.purses is None and select.funds is None:
            self.spend[np.ix_(years, np.flatnonzero(self.picker.lines(select)))] += price
            return
        self.pay += price * self.picker.payments(term, years)
        self.put += price * self.picker.contributions(term, years)
        self.case += price * self.picker.cases(term, years)

    def _paces(self) -> None:
        cells = self.tables.cells
        for pace in self.tables.paces:
            term = Term(pace.select, "spend", 1.0)
            for t in pace.years:
                groups: dict[str, list[int]] = {}
                reference: dict[str, float] = {}
                for cell in np.flatnonzero(self.picker.payments(term, (t,))).tolist():
                    name = group_of(self.tables, pace.per, int(cells.line[cell]), int(cells.purse[cell]))
                    groups.setdefault(name, []).append(cell)
                    reference[name] = reference.get(name, 0.0) + float(cells.reference[cell])
                for year, line, purse, fund, gbp in self.tables.orphans:
                    if year == t and self.picker.covers(pace.select, line, purse, fund):
                        name = group_of(self.tables, pace.per, line, purse)
                        reference[name] = reference.get(name, 0.0) + gbp
                for name, members in groups.items():
                    key, was = f"pace/{self.tables.years[t]}/{pace.key}/{name}", reference[name]
                    lower, upper = pace.bounds(was)
                    price = self._take(f"{key}/pace_down", lower, np.inf)
                    price += self._take(f"{key}/pace_up", -np.inf, upper)
                    self.pay[members] += price
