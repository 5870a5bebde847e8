"""Rows and columns stacked, scaled and put in canonical order: as arrays, and as a PuLP problem of the same numbers.

Scaling: money columns are divided by a power of ten so that the median purse is 1e3 to 1e4; rows with money in them by
the same; objectives by their largest coefficient. `in_gbp`, `benefit_of` and `row_unit` lead back.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pulp

from concord_allocation.core.columns import Block, Columns, lay_out
from concord_allocation.core.families import Row, all_rows
from concord_allocation.core.objectives import cap_rows, objectives_of, soft_sides
from concord_allocation.core.parts import MONEY_BLOCKS
from concord_allocation.core.problem import Floats, Ints, Mask, ProblemTables


@dataclass(frozen=True)
class Matrix:
    """row_lower <= A z <= row_upper, col_lower <= z <= col_upper; A by rows (`start`, `index`, `value`).

    `objectives` are minimised, those in `stages` one after another. Benefit = -(objectives["benefit"] @ z) *
    benefit_scale. `whole`: columns that are 0 or 1.
    """

    tables: ProblemTables
    columns: Columns
    rows: tuple[Row, ...]
    start: Ints
    index: Ints
    value: Floats
    row_lower: Floats
    row_upper: Floats
    col_lower: Floats
    col_upper: Floats
    whole: Mask
    money_scale: float
    row_scale: Floats
    col_scale: Floats
    benefit_scale: float
    objectives: dict[str, Floats]

    def in_units(self, scaled: Floats) -> Floats:
        """Column values in GBP and cases."""
        return scaled * self.col_scale

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the ordered objectives: misses of soft limits by priority first, then what the problem asks."""
        return (*sorted(name for name in self.objectives if name.startswith("soft/")), *self.tables.objectives)

    @cached_property
    def row_position(self) -> dict[str, int]:
        return {row.key: position for position, row in enumerate(self.rows)}


def compile_matrix(tables: ProblemTables) -> Matrix:
    """The one formulation of a problem."""
    columns = lay_out(tables)
    return assemble(tables, columns, tuple(all_rows(tables, columns)))


def assemble(tables: ProblemTables, columns: Columns, rows: tuple[Row, ...]) -> Matrix:
    """Stack rows and scale. Separate from `compile_matrix` so that one family alone can be looked at."""
    money = money_scale(tables)
    largest = _largest_benefit(tables, columns, money)
    col_scale = _column_scale(tables, columns, money, largest)
    row_scale = _row_scale(rows, columns, col_scale, money)
    soft = soft_sides(rows)
    if soft:
        rows, columns = _with_misses(rows, columns, soft)
        col_scale = np.concatenate([col_scale, row_scale[[row for row, _ in soft]]])
    objectives = objectives_of(tables, columns, rows, col_scale, money, largest, soft)
    caps = cap_rows(tables, objectives, col_scale)
    rows = (*rows, *caps)
    row_scale = np.concatenate([row_scale, np.ones(len(caps))])
    sizes = np.array([len(row.columns) for row in rows], dtype=np.int64)
    index = np.concatenate([row.columns for row in rows]) if rows else np.zeros(0, dtype=np.int64)
    raw = np.concatenate([row.coefficients for row in rows]) if rows else np.zeros(0)
    owner = np.repeat(np.arange(len(rows)), sizes)
    col_upper = np.full(columns.count, np.inf)
    col_upper[columns.curve.slice] = columns.curve_width / money
    col_upper[columns.up.slice] = columns.band_up / money
    col_upper[columns.down.slice] = columns.band_down / money
    whole = np.zeros(columns.count, dtype=np.bool_)
    for position, column in enumerate(tables.more):
        j = columns.more_start + position
        col_upper[j] = column.upper / col_scale[j]
        whole[j] = column.block == "option"
    return Matrix(
        tables=tables,
        columns=columns,
        rows=rows,
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        index=index.astype(np.int64),
        value=raw * col_scale[index] / row_scale[owner],
        row_lower=np.array([row.lower for row in rows]) / row_scale,
        row_upper=np.array([row.upper for row in rows]) / row_scale,
        col_lower=np.zeros(columns.count),
        col_upper=col_upper,
        whole=whole,
        money_scale=money,
        row_scale=row_scale,
        col_scale=col_scale,
        benefit_scale=largest * money,
        objectives=objectives,
    )


def money_scale(tables: ProblemTables) -> float:
    """Power of ten that brings the median purse (GBP a year, empty ones aside) to 1e3..1e4."""
    amounts = [amount for purse in tables.purses for amount in purse.amount if amount > 0]
    return float(10.0 ** (np.floor(np.log10(np.median(amounts))) - 3)) if amounts else 1.0


def to_pulp(matrix: Matrix, objective: str = "benefit") -> pulp.LpProblem:
    """The same numbers as a PuLP problem that minimises one objective; LP and MPS files come from it too."""
    problem = pulp.LpProblem("allocation", pulp.LpMinimize)
    variables = [
        problem.add_variable(name, lower, None if np.isinf(upper) else upper, "Integer" if whole else "Continuous")
        for name, lower, upper, whole in zip(
            lp_names(matrix.columns.keys),
            matrix.col_lower.tolist(),
            matrix.col_upper.tolist(),
            matrix.whole.tolist(),
            strict=True,
        )
    ]
    cost = matrix.objectives[objective]
    problem.setObjective(pulp.lpSum_vars_coefs([(variables[j], float(cost[j])) for j in np.flatnonzero(cost).tolist()]))
    start, index, value = matrix.start.tolist(), matrix.index.tolist(), matrix.value.tolist()
    for position, name in enumerate(lp_names([row.key for row in matrix.rows])):
        run = range(start[position], start[position + 1])
        expression = pulp.lpSum_vars_coefs([(variables[index[k]], value[k]) for k in run])
        lower, upper = float(matrix.row_lower[position]), float(matrix.row_upper[position])
        if lower == upper:
            problem.addConstraint(expression == upper, name)
        elif np.isfinite(upper):
            problem.addConstraint(expression <= upper, name)
        elif np.isfinite(lower):
            problem.addConstraint(expression >= lower, name)
    return problem


def lp_names(keys: tuple[str, ...] | list[str]) -> list[str]:
    """Keys spelt so that every LP and MPS reader accepts them; keys that would then be alike are numbered."""
    names: list[str] = []
    taken: dict[str, int] = {}
    for key in keys:
        name = re.sub(r"[^A-Za-z0-9_.]", "_", key)
        taken[name] = taken.get(name, 0) + 1
        names.append(name if taken[name] == 1 else f"{name}__{taken[name]}")
    return names


OWN_SCALE = frozenset(
    {"resource", "extra_max", "growth_max", "demand_max", "demand_min", "backlog_max", "backlog", "link", "once"}
    | {"equity_floor", "equity_spread", "extreme", "option_rule", "volume_min", "volume_max"}
    | {"worth_balance"}
)
"""Families whose rows are neither pounds nor cases alone: scaled by their own largest coefficient."""


def _with_misses(
    rows: tuple[Row, ...], columns: Columns, soft: list[tuple[int, float]]
) -> tuple[tuple[Row, ...], Columns]:
    """Rows that may be missed get a column for each side, behind all others."""
    grown = list(rows)
    keys = []
    for k, (position, sign) in enumerate(soft):
        row = grown[position]
        grown[position] = row._replace(
            columns=np.append(row.columns, columns.count + k), coefficients=np.append(row.coefficients, sign)
        )
        keys.append(f"miss/{row.key}/{'low' if sign > 0 else 'high'}")
    block = Block(columns.count, len(soft))
    return tuple(grown), replace(columns, more=columns.more | {"miss": block}, keys=(*columns.keys, *keys))


def _column_scale(tables: ProblemTables, columns: Columns, money: float, largest: float) -> Floats:
    """Pounds by the money scale, cases and options as they are, extremes per head and the worth of cases so that
    rows of benefit fit."""
    scale = np.full(columns.count, money)
    scale[columns.case.slice] = 1.0
    for position, column in enumerate(tables.more):
        if column.block in MONEY_BLOCKS:
            continue
        scale[columns.more_start + position] = 1.0
        if column.block == "worth":
            scale[columns.more_start + position] = largest * money
        if column.block in ("least", "greatest"):
            equity = tables.parts.equities[column.of]
            heads = float(np.mean([count for _, count in equity.heads]))
            unit = {"benefit": largest * money, "spend": money}.get(equity.measure, 1.0)
            scale[columns.more_start + position] = unit / heads
    return scale


def _row_scale(rows: tuple[Row, ...], columns: Columns, col_scale: Floats, money: float) -> Floats:
    """Rows that count pounds are divided like the pounds, rows of cases alone are left, others by their largest."""
    case, curve = columns.case, columns.curve

    def scale(row: Row) -> float:
        benefits = row.family != "curve_balance" and bool(
            ((row.columns >= curve.start) & (row.columns < curve.start + curve.size)).any()
        )
        if (benefits or row.family in OWN_SCALE) and len(row.columns):
            return float(10.0 ** np.round(np.log10(np.abs(row.coefficients * col_scale[row.columns]).max())))
        counts_money = row.unit == "GBP" or bool(
            ((row.columns < case.start) | (row.columns >= case.start + case.size)).any()
        )
        return money if counts_money else 1.0

    return np.array([scale(row) for row in rows], dtype=np.float64)


def _largest_benefit(tables: ProblemTables, columns: Columns, money: float) -> float:
    """The largest benefit of a pound, or of the scaled unit of another variable as if it were the money scale."""
    largest = float(columns.curve_benefit.max(initial=0.0))
    for column in tables.more:
        if column.block != "worth":
            worth = abs(column.benefit) * (1.0 if column.block in MONEY_BLOCKS else 1.0 / money)
            largest = max(largest, worth)
    return max(largest, float(tables.activities.benefit.max(initial=0.0)) / money) or 1.0
