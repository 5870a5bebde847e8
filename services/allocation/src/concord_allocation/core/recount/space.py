"""Where each amount of a plan stands, and what a rule over them is."""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from concord_allocation.core.parts import MONEY_BLOCKS, Column
from concord_allocation.core.picking import Picker
from concord_allocation.core.problem import Floats, Ints, ProblemTables, Selection
from concord_allocation.core.rules import Term

type Entries = list[tuple[int, float]]

NOISE = 1e-6


class Rule(NamedTuple):
    """lower <= coefficients @ amounts + sum weight * benefit(year, line) <= upper.

    `key` names the row whose multiplier it has in the bound, `name` what a violation is called. In whole pounds a miss
    of `free` is none, and one of `slack` is tolerated and told.
    """

    key: str
    name: str
    label: str
    columns: Ints
    coefficients: Floats
    lower: float
    upper: float
    unit: str = "GBP"
    slack: float = 0.0
    free: float = 0.0
    soft: bool = False
    benefit: tuple[tuple[int, int, float], ...] = ()


class Space:
    """Where each amount of a plan stands: payments, contributions, cases, then the later variables."""

    def __init__(self, tables: ProblemTables, picker: Picker) -> None:
        self.tables, self.picker = tables, picker
        self.put = len(tables.cells)
        self.case = self.put + len(tables.contributions.year)
        self.more = self.case + len(tables.activities.year)
        self.size = self.more + len(tables.more)

    def named(self, key: str) -> int | None:
        """Where a later variable stands."""
        position = self.tables.more_at.get(key)
        return None if position is None else self.more + position

    def is_money(self, position: int) -> bool:
        if position >= self.more:
            return self.tables.more[position - self.more].block in MONEY_BLOCKS
        return position < self.case

    def paid(self, year: int, line: int) -> Ints:
        """Payments for a line in a year."""
        return np.array(self._by_line.get((year, line), ()), dtype=np.int64)

    @cached_property
    def _by_line(self) -> dict[tuple[int, int], list[int]]:
        found: dict[tuple[int, int], list[int]] = {}
        cells = self.tables.cells
        for k, place in enumerate(zip(cells.year.tolist(), cells.line.tolist(), strict=True)):
            found.setdefault(place, []).append(k)
        return found

    def cases(self, select: Selection, years: tuple[int, ...]) -> list[int]:
        return (self.case + np.flatnonzero(self.picker.cases(Term(select, "activity", 1.0), years))).tolist()

    def spend(self, lines: Sequence[int], years: tuple[int, ...]) -> list[int]:
        return [k for t in years for i in lines for k in self._by_line.get((t, i), ())]

    def aside(self, year: int, line: int) -> Entries:
        """(amount, GBP each) of what is spent on a line and buys no benefit there: idle, resources, options."""
        tables = self.tables
        if not tables.more:
            return []
        label = tables.years[year]
        found = [(self.named(f"idle/{label}/{tables.lines[line].key}"), 1.0)]
        for resource in tables.parts.resources:
            if resource.bought_on == line:
                found.append((self.named(f"extra/{label}/{resource.key}"), resource.price[year]))
        for option in tables.parts.options:
            if option.line == line:
                for start in option.starts:
                    found.append(
                        (self.named(f"option/{tables.years[start]}/{option.key}"), float(option.cost[start][year]))
                    )
        return [(position, cost) for position, cost in found if position is not None and cost]


def rule(
    key: str,
    name: str,
    label: str,
    entries: Entries,
    lower: float = -math.inf,
    upper: float = math.inf,
    unit: str = "GBP",
    **more: float | bool,
) -> Rule:
    found: dict[int, float] = {}
    for column, coefficient in entries:
        found[column] = found.get(column, 0.0) + coefficient
    columns = np.array(list(found), dtype=np.int64)
    return Rule(key, name, label, columns, np.array(list(found.values()), dtype=np.float64), lower, upper, unit, **more)  # type: ignore[arg-type]


def benefit_slack(tables: ProblemTables, benefit: Sequence[tuple[int, int, float]]) -> float:
    """What a pound less on each line could cost."""
    return sum(abs(w) * tables.discount[t] * tables.lines[i].slopes[t][0] * 10.0 for t, i, w in benefit)


def option_benefit(tables: ProblemTables, column: Column, years: Sequence[int]) -> float:
    """Discounted benefit in these years of an option started as the variable says."""
    return tables.parts.options[column.of].benefit * sum(tables.discount[t] for t in years if t >= column.year)
