"""What a row of the optimiser is, and how a selection finds its columns.

Rows are in GBP or in the unit of the limit, before scaling. A row of weight 0 is arithmetic (a balance, a movement):
it is never relaxed and never priced. Priced rows have one side, or the same number on both. `soft`: may be missed, at
this priority. `gbp_each`: what a unit of missing or loosening it counts, where its cases do not say (0).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from concord_allocation.core.columns import Columns
from concord_allocation.core.eligibility import matches
from concord_allocation.core.parts import Column
from concord_allocation.core.problem import DIRECT, Floats, Ints, Mask, ProblemTables, Selection

KINDS = {
    "purse": "purse",
    "contribution_min": "contribution",
    "contribution_max": "contribution",
    "at_least": "limit",
    "at_most": "limit",
    "equal": "limit",
    "pace_up": "pace of change",
    "pace_down": "pace of change",
    "carry_max": "carry-over",
    "overspend_max": "overspend",
    "held_back": "rule of the year",
    "contract": "contract",
    "resource": "capacity",
    "extra_max": "capacity",
    "growth_max": "capacity",
    "demand_max": "demand",
    "demand_min": "demand",
    "backlog_max": "demand",
    "link": "link",
    "equity_floor": "fairness",
    "equity_spread": "fairness",
    "option_rule": "option",
    "volume_min": "option",
    "volume_max": "option",
}
"""Families whose rows are somebody's decision or somebody's law, as against arithmetic; and what people call them."""

PRICED = frozenset(KINDS)


class Row(NamedTuple):
    """lower <= sum coefficients * columns <= upper, and everything needed to talk about it."""

    key: str
    family: str
    limit: str
    year: int | None
    columns: Ints
    coefficients: Floats
    lower: float
    upper: float
    unit: str
    label: str
    source: str
    statutory: bool
    weight: float
    soft: int | None = None
    gbp_each: float = 0.0


def summed(entries: Iterable[tuple[int, float]]) -> tuple[Ints, Floats]:
    """Columns and coefficients of a sum; what meets in a column is added, what cancels is left out."""
    found: dict[int, float] = {}
    for column, coefficient in entries:
        found[column] = found.get(column, 0.0) + coefficient
    kept = sorted((column, value) for column, value in found.items() if value != 0.0)
    return np.array([c for c, _ in kept], dtype=np.int64), np.array([v for _, v in kept], dtype=np.float64)


def balance(key: str, family: str, year: int, columns: Ints, coefficients: Floats, value: float, label: str) -> Row:
    """An equality that is arithmetic, not anybody's decision: GBP."""
    return Row(key, family, "", year, columns, coefficients, value, value, "GBP", label, "arithmetic", False, 0.0)


def grouped(*keys: Ints) -> dict[tuple[int, ...], list[int]]:
    """Positions 0.. by the tuple of their keys, in order of first appearance."""
    found: dict[tuple[int, ...], list[int]] = {}
    for position, key in enumerate(zip(*(k.tolist() for k in keys), strict=True)):
        found.setdefault(key, []).append(position)
    return found


@dataclass(frozen=True)
class Chooser:
    """Finds columns by selection; line and purse masks are worked out once per selection."""

    tables: ProblemTables
    columns: Columns
    memory: dict[Selection, tuple[Mask, Mask]]

    @cached_property
    def line_at(self) -> dict[str, int]:
        return {line.key: position for position, line in enumerate(self.tables.lines)}

    @cached_property
    def by_key(self) -> dict[str, int]:
        """Every column by its stable key."""
        return {key: j for j, key in enumerate(self.columns.keys)}

    @cached_property
    def mode_keys(self) -> NDArray[np.str_]:
        """Key of the delivery mode of each row of `activities`."""
        rows = zip(self.tables.activities.line.tolist(), self.tables.activities.mode.tolist(), strict=True)
        return np.array([self.tables.lines[i].modes[d].key for i, d in rows], dtype=np.str_)

    def masks(self, select: Selection) -> tuple[Mask, Mask]:
        """(lines chosen, purses chosen) by position."""
        if select not in self.memory:
            lines = np.zeros(len(self.tables.lines), dtype=np.bool_)
            named = range(len(lines)) if select.lines is None else [self.line_at[key] for key in select.lines]
            lines[[i for i in named if matches(select, self.tables.lines[i])]] = True
            purses = np.array(
                [
                    (select.purses is None or purse.key in select.purses)
                    and (select.payers is None or purse.owner in select.payers)
                    for purse in self.tables.purses
                ],
                dtype=np.bool_,
            )
            self.memory[select] = lines, purses
        return self.memory[select]

    def payments(self, select: Selection, years: Sequence[int], direct_only: bool = False) -> Ints:
        """Positions of cells; `funds` in the selection keeps only money through those funds."""
        cells = self.tables.cells
        lines, purses = self.masks(select)
        keep = lines[cells.line] & purses[cells.purse] & np.isin(cells.year, years)
        if direct_only:
            keep &= cells.fund == DIRECT
        elif select.funds is not None:
            keep &= np.isin(cells.fund, [m for m, fund in enumerate(self.tables.funds) if fund.key in select.funds])
        return np.flatnonzero(keep)

    def contributions(self, select: Selection, years: Sequence[int]) -> Ints:
        """Positions in `contributions`."""
        rows = self.tables.contributions
        keep = self.masks(select)[1][rows.purse] & np.isin(rows.year, years)
        if select.funds is not None:
            keep &= np.isin(rows.fund, [m for m, fund in enumerate(self.tables.funds) if fund.key in select.funds])
        return np.flatnonzero(keep)

    def cases(self, select: Selection, years: Sequence[int]) -> Ints:
        """Positions in `activities`."""
        rows = self.tables.activities
        keep = self.masks(select)[0][rows.line] & np.isin(rows.year, years)
        if select.modes is not None:
            keep &= np.isin(self.mode_keys, sorted(select.modes))
        return np.flatnonzero(keep)

    def of_block(self, name: str) -> list[tuple[int, Column]]:
        """(column, what it is) of a block of the later parts."""
        block, first = self.columns.block(name), self.columns.more_start
        return [(j, self.tables.more[j - first]) for j in block.indices.tolist()]

    def spends(self, select: Selection, years: Sequence[int]) -> Ints:
        """Positions of spend columns; only for selections that name no payer, purse or fund."""
        keep = self.masks(select)[0][self.columns.spend_line] & np.isin(self.columns.spend_year, years)
        return np.flatnonzero(keep)
