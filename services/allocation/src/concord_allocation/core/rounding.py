"""Whole pounds: every amount of money goes to its floor or ceiling so that limits that are plain sums hold exactly.

Bounds are first rounded inwards; then a small integer programme picks the nearest assignment that keeps them. It starts
from cells that are not already whole. What a purse holds and holds back is kept too where earlier spend saves shares of
pounds for it, as long as some assignment keeps that, if need be with a pound less here and there than the floor. Other
ratios and cases cannot be promised whole and are told by
the check instead.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pulp

from concord_allocation.core.families import PRICED, Row
from concord_allocation.core.families.rows import grouped
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.objectives import weight_of
from concord_allocation.core.parts import MONEY_BLOCKS
from concord_allocation.core.problem import DIRECT, Floats, Ints

WHOLE = 1e-3
"""GBP: an amount closer than this to a whole pound is that pound; the rest is arithmetic noise."""

INWARDS = 1e-6
"""A bound this close to a whole pound is not rounded inwards past it."""

TIE_BREAK = 1e-6
"""Weight of a cell's hash beside the distance from its unrounded amount, so that two halves are not left to chance."""


NO_AMOUNTS: Ints = np.zeros(0, dtype=np.int64)

MIXED = frozenset({"purse", "held_back"})
"""Families whose rows are plain sums but for what is saved: rate x spend."""


class PoundSum(NamedTuple):
    """least <= sum of counts * whole amounts <= most; `amounts` by their place among the rounded ones.

    `counts` are whole numbers, but for `mixed` sums.
    """

    amounts: Ints
    counts: Floats
    least: float
    most: float
    mixed: bool = False


@dataclass(frozen=True)
class Whole:
    """A plan in whole pounds: GBP by cell, and the later variables in the order of `tables.more`.

    Those that are money are whole too, options are 0 or 1; patients and units of resources stay as they were found.
    """

    cells: Ints
    more: Floats


def round_plan(matrix: Matrix, values: Floats) -> Whole | None:
    """Whole pounds near scaled `values`; None where no floor-or-ceiling assignment keeps every plain sum of pounds."""
    tables, columns = matrix.tables, matrix.columns
    units = matrix.in_units(values)
    money = [k for k, column in enumerate(tables.more) if column.block in MONEY_BLOCKS]
    more = np.maximum(0.0, units[columns.more_start : columns.more_start + len(tables.more)])
    gbp = np.concatenate([np.maximum(0.0, units[columns.pay.slice]), more[money]])
    base = np.floor(gbp + WHOLE).astype(np.int64)
    fraction = np.maximum(0.0, gbp - base)
    sums = [pounds for pounds in _pound_sums(matrix, money, more) if len(pounds.amounts)]
    rounded = _rounded(matrix, base, fraction, sums)
    if rounded is None and any(pounds.mixed for pounds in sums):
        rounded = _nearest(matrix, base, fraction, np.flatnonzero(fraction > WHOLE), sums, _reducible(base, sums))
    if rounded is None and any(pounds.mixed for pounds in sums):
        rounded = _rounded(matrix, base, fraction, [pounds for pounds in sums if not pounds.mixed])
    if rounded is None:
        return None
    more[money] = rounded[columns.pay.size :]
    for k, column in enumerate(tables.more):
        if column.block == "option":
            more[k] = round(more[k])
    return Whole(rounded[: columns.pay.size], more)


def _rounded(matrix: Matrix, base: Ints, fraction: Floats, sums: list[PoundSum]) -> Ints | None:
    undecided = np.flatnonzero(fraction > WHOLE)
    if not len(undecided):
        return base if all(_holds(pounds, base) for pounds in sums) else None
    return _nearest(matrix, base, fraction, undecided, sums)


def _holds(pounds: PoundSum, amounts: Ints) -> bool:
    return bool(pounds.least <= _sum(pounds, amounts) <= pounds.most)


def _sum(pounds: PoundSum, amounts: Ints) -> float:
    return float((amounts[pounds.amounts] * pounds.counts).sum())


class _Parts:
    """What the columns of money are sums of: whole amounts (cells, then the money of later parts) and a constant."""

    def __init__(self, matrix: Matrix, money: Sequence[int], more: Floats) -> None:
        tables = matrix.tables
        self.matrix, self.more = matrix, more
        self.place = {k: matrix.columns.pay.size + n for n, k in enumerate(money)}
        self.by_line = grouped(tables.cells.year, tables.cells.line)
        self.by_purse_in_fund = grouped(tables.cells.year, tables.cells.fund, tables.cells.purse)

    def of(self, column: int) -> tuple[list[tuple[int, int]], int] | None:
        """([(amount, count)], constant GBP); None for cases and whatever else is not rounded."""
        columns, tables = self.matrix.columns, self.matrix.tables
        if column >= columns.more_start:
            k = column - columns.more_start
            if k >= len(tables.more):
                return None
            if tables.more[k].block == "option":
                return [], round(float(self.more[k]))
            return ([(self.place[k], 1)], 0) if k in self.place else None
        for block, parts in (("pay", self._pay), ("put", self._put), ("spend", self._spend)):
            found = getattr(columns, block)
            if found.start <= column < found.start + found.size:
                return parts(column - found.start), 0
        return None

    def _pay(self, cell: int) -> list[tuple[int, int]]:
        return [(cell, 1)]

    def _put(self, k: int) -> list[tuple[int, int]]:
        tables, put = self.matrix.tables, self.matrix.tables.contributions
        t, m, u = int(put.year[k]), int(put.fund[k]), int(put.purse[k])
        parts = [(cell, 1) for cell in self.by_purse_in_fund.get((t, m, u), [])]
        for earlier, count in ((t, 1), (t - 1, -1)):
            if earlier >= 0:
                key = f"keep/{tables.years[earlier]}/{tables.funds[m].key}/{tables.purses[u].key}"
                kept = tables.more_at.get(key)
                parts += [] if kept is None else [(self.place[kept], count)]
        return parts

    def _spend(self, k: int) -> list[tuple[int, int]]:
        columns = self.matrix.columns
        place = int(columns.spend_year[k]), int(columns.spend_line[k])
        return [(cell, 1) for cell in self.by_line.get(place, [])]


def _pound_sums(matrix: Matrix, money: Sequence[int], more: Floats) -> list[PoundSum]:
    """Rows that are a multiple of a plain sum of pounds, as sums over whole amounts, bounds rounded inwards."""
    parts = _Parts(matrix, money, more)
    found = []
    for row in matrix.rows:
        if row.family in PRICED and row.unit == "GBP" and row.soft is None and len(row.columns):
            pounds = _plain_sum(parts, row)
            if pounds is not None:
                found.append(pounds)
    for k in range(matrix.columns.put.size) if money else ():
        given = parts._put(k)
        if any(count < 0 for _, count in given):  # nobody takes money out of a fund
            found.append(_of_counts(given, 0.0, math.inf))
    return found


def _plain_sum(parts: _Parts, row: Row) -> PoundSum | None:
    unit = abs(float(row.coefficients[0]))
    mixed = not (np.abs(row.coefficients) == unit).all()
    if mixed and row.family not in MIXED:
        return None
    unit = 1.0 if mixed else unit
    if row.family in ("at_least", "at_most", "equal") and not (row.coefficients == row.coefficients[0]).all():
        return None  # a difference that users state is a ratio, told where it is missed
    counted: list[tuple[int, float]] = []
    constant = 0.0
    for column, coefficient in zip(row.columns.tolist(), row.coefficients.tolist(), strict=True):
        found = parts.of(column)
        if found is None:
            return None
        share = coefficient / unit
        counted += [(amount, share * count) for amount, count in found[0]]
        constant += share * found[1]
    return _of_counts(counted, row.lower / unit - constant, row.upper / unit - constant, mixed=mixed)


def _of_counts(counted: Iterable[tuple[int, float]], least: float, most: float, *, mixed: bool = False) -> PoundSum:
    totals: dict[int, float] = {}
    for amount, count in counted:
        totals[amount] = totals.get(amount, 0.0) + count
    kept = sorted((amount, count) for amount, count in totals.items() if count)
    return PoundSum(
        np.array([amount for amount, _ in kept], dtype=np.int64),
        np.array([count for _, count in kept]),
        least - INWARDS if mixed else np.ceil(least - INWARDS),
        most + INWARDS if mixed else np.floor(most + INWARDS),
        mixed,
    )


def _reducible(base: Ints, sums: Sequence[PoundSum]) -> Ints:
    """Amounts of mixed sums that can be a pound less than their floor."""
    uses = {a for p in sums if p.mixed for a, n in zip(p.amounts.tolist(), p.counts.tolist(), strict=True) if n > 0}
    return np.array(sorted(a for a in uses if base[a] >= 1), dtype=np.int64)


def _nearest(
    matrix: Matrix,
    base: Ints,
    fraction: Floats,
    undecided: Ints,
    sums: list[PoundSum],
    reducible: Ints = NO_AMOUNTS,
) -> Ints | None:
    """min sum (1 - 2 fraction) r + 2 d, keeping every sum: r in {0, 1} for undecided amounts, d for reducible ones."""
    problem = pulp.LpProblem("whole_pounds", pulp.LpMinimize)
    up = {cell: problem.add_variable(f"up_{cell}", cat="Binary") for cell in undecided.tolist()}
    down = {cell: problem.add_variable(f"down_{cell}", cat="Binary") for cell in reducible.tolist()}
    tables, first = matrix.tables, matrix.columns.pay.size
    money = [column.key for column in tables.more if column.block in MONEY_BLOCKS]
    keys = (*matrix.columns.keys[:first], *money)
    problem.setObjective(
        pulp.lpSum_vars_coefs(
            [(up[c], 1.0 - 2.0 * float(fraction[c]) + TIE_BREAK * weight_of(keys[c])) for c in up]
            + [(down[c], 2.0 + TIE_BREAK * weight_of(keys[c])) for c in down]
        )
    )
    for number, pounds in enumerate(sums):
        fixed = _sum(pounds, base)
        counted = list(zip(pounds.amounts.tolist(), pounds.counts.tolist(), strict=True))
        terms = [(up[c], float(n)) for c, n in counted if c in up]
        terms += [(down[c], -float(n)) for c, n in counted if c in down]
        if not terms:
            if not pounds.least <= fixed <= pounds.most:
                return None
            continue
        if np.isfinite(pounds.most):
            problem.addConstraint(pulp.lpSum_vars_coefs(terms) <= float(pounds.most - fixed), f"most_{number}")
        if np.isfinite(pounds.least):
            problem.addConstraint(pulp.lpSum_vars_coefs(terms) >= float(pounds.least - fixed), f"least_{number}")
    stats = problem.solve(pulp.HiGHS(msg=False, threads=1, gapRel=0.0, random_seed=0))
    if stats.status != pulp.const.LpSolveStatus.Optimal:
        return None
    rounded = base.copy()
    for cell, variable in up.items():
        rounded[cell] += round(variable.varValue or 0.0)
    for cell, variable in down.items():
        rounded[cell] -= round(variable.varValue or 0.0)
    return rounded


def contributions_of(matrix: Matrix, whole: Whole) -> Ints:
    """GBP each purse pays into each fund: what the fund spends of it and keeps, less what it had kept before."""
    tables, put = matrix.tables, matrix.tables.contributions
    cells = whole.cells
    pooled = np.flatnonzero(tables.cells.fund != DIRECT)
    found = grouped(tables.cells.year[pooled], tables.cells.fund[pooled], tables.cells.purse[pooled])

    def kept(t: int, m: int, u: int) -> int:
        key = f"keep/{tables.years[t]}/{tables.funds[m].key}/{tables.purses[u].key}" if t >= 0 else ""
        return round(float(whole.more[tables.more_at[key]])) if key in tables.more_at else 0

    return np.array(
        [
            cells[pooled[found.get((t, m, u), [])]].sum() + kept(t, m, u) - kept(t - 1, m, u)
            for t, m, u in zip(put.year.tolist(), put.fund.tolist(), put.purse.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
