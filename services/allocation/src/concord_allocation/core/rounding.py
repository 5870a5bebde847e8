"""Whole pounds: every cell goes to its floor or ceiling so that limits that are plain sums of pounds hold exactly.

Bounds are first rounded inwards; then a small integer programme picks the nearest assignment that keeps them. It starts
from cells that are not already whole. Ratios and cases cannot be promised whole and are reported by the check instead.
"""

from typing import NamedTuple

import numpy as np
import pulp

from concord_allocation.core.families import PRICED, Row
from concord_allocation.core.families.rows import grouped
from concord_allocation.core.matrix import Matrix, weight_of
from concord_allocation.core.problem import DIRECT, Floats, Ints

WHOLE = 1e-3
"""GBP: an amount closer than this to a whole pound is that pound; the rest is arithmetic noise."""

INWARDS = 1e-6
"""A bound this close to a whole pound is not rounded inwards past it."""

TIE_BREAK = 1e-6
"""Weight of a cell's hash beside the distance from its unrounded amount, so that two halves are not left to chance."""


class PoundSum(NamedTuple):
    """least <= sum of counts * whole cells <= most."""

    cells: Ints
    counts: Ints
    least: float
    most: float


def round_cells(matrix: Matrix, gbp: Floats) -> Ints | None:
    """Whole pounds per cell; None where no floor-or-ceiling assignment keeps every plain sum of pounds."""
    base = np.floor(gbp + WHOLE).astype(np.int64)
    fraction = np.maximum(0.0, gbp - base)
    open_cells = np.flatnonzero(fraction > WHOLE)
    sums = [pounds for pounds in _pound_sums(matrix) if len(pounds.cells)]
    if not len(open_cells):
        return base if all(_holds(pounds, base) for pounds in sums) else None
    return _nearest(matrix, base, fraction, open_cells, sums)


def _holds(pounds: PoundSum, cells: Ints) -> bool:
    return bool(pounds.least <= int((cells[pounds.cells] * pounds.counts).sum()) <= pounds.most)


def _pound_sums(matrix: Matrix) -> list[PoundSum]:
    """Rows that are a multiple of a plain sum of pounds, as sums over cells, bounds rounded inwards."""
    cells = matrix.tables.cells
    by_line = grouped(cells.year, cells.line)
    by_purse_in_fund = grouped(cells.year, cells.fund, cells.purse)
    found = []
    for row in matrix.rows:
        if row.family in PRICED and row.unit == "GBP" and len(row.columns) and _is_plain(matrix, row):
            counts = np.zeros(len(cells), dtype=np.int64)
            for column in row.columns.tolist():
                np.add.at(counts, _cells_of(matrix, column, by_line, by_purse_in_fund), 1)
            unit = float(row.coefficients[0])
            ends = sorted((row.lower / unit, row.upper / unit))
            members = np.flatnonzero(counts)
            found.append(PoundSum(members, counts[members], np.ceil(ends[0] - INWARDS), np.floor(ends[1] + INWARDS)))
    return found


def _is_plain(matrix: Matrix, row: Row) -> bool:
    case = matrix.columns.case
    cases = (row.columns >= case.start) & (row.columns < case.start + case.size)
    return not cases.any() and bool((row.coefficients == row.coefficients[0]).all())


def _cells_of(
    matrix: Matrix,
    column: int,
    by_line: dict[tuple[int, ...], list[int]],
    by_purse_in_fund: dict[tuple[int, ...], list[int]],
) -> list[int]:
    """The cells that a money column is the sum of."""
    columns, put = matrix.columns, matrix.tables.contributions
    if column < columns.put.start:
        return [column - columns.pay.start]
    if column < columns.spend.start:
        k = column - columns.put.start
        return by_purse_in_fund.get((int(put.year[k]), int(put.fund[k]), int(put.purse[k])), [])
    k = column - columns.spend.start
    return by_line.get((int(columns.spend_year[k]), int(columns.spend_line[k])), [])


def _nearest(matrix: Matrix, base: Ints, fraction: Floats, open_cells: Ints, sums: list[PoundSum]) -> Ints | None:
    """min sum (1 - 2 fraction) r, r in {0, 1} for open cells, keeping every sum."""
    problem = pulp.LpProblem("whole_pounds", pulp.LpMinimize)
    up = {cell: problem.add_variable(f"up_{cell}", cat="Binary") for cell in open_cells.tolist()}
    keys = matrix.columns.keys
    problem.setObjective(
        pulp.lpSum_vars_coefs([(up[c], 1.0 - 2.0 * float(fraction[c]) + TIE_BREAK * weight_of(keys[c])) for c in up])
    )
    for number, pounds in enumerate(sums):
        fixed = int((base[pounds.cells] * pounds.counts).sum())
        terms = [
            (up[c], float(n)) for c, n in zip(pounds.cells.tolist(), pounds.counts.tolist(), strict=True) if c in up
        ]
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
    return rounded


def contributions_of(matrix: Matrix, cells: Ints) -> Ints:
    """GBP each purse pays into each fund: what the fund spends of it."""
    tables, put = matrix.tables, matrix.tables.contributions
    pooled = np.flatnonzero(tables.cells.fund != DIRECT)
    found = grouped(tables.cells.year[pooled], tables.cells.fund[pooled], tables.cells.purse[pooled])
    return np.array(
        [
            cells[pooled[found.get(place, [])]].sum()
            for place in zip(put.year.tolist(), put.fund.tolist(), put.purse.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
