"""Rows and columns stacked, scaled and put in canonical order: as arrays, and as a PuLP problem of the same numbers.

Scaling: money columns are divided by a power of ten so that the median purse is 1e3 to 1e4; rows with money in them by
the same; objectives by their largest coefficient. `in_gbp`, `benefit_of` and `row_unit` lead back.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pulp

from concord_allocation.core.columns import BANDS, NO_REFERENCE_PENALTY, Columns, lay_out
from concord_allocation.core.families import Row, all_rows
from concord_allocation.core.problem import Floats, Ints, ProblemTables


@dataclass(frozen=True)
class Matrix:
    """row_lower <= A z <= row_upper, col_lower <= z <= col_upper; A by rows (`start`, `index`, `value`).

    `objectives` are minimised. Benefit = -(objectives["benefit"] @ z) * benefit_scale.
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
    money_scale: float
    row_scale: Floats
    col_scale: Floats
    benefit_scale: float
    objectives: dict[str, Floats]

    def in_units(self, scaled: Floats) -> Floats:
        """Column values in GBP and cases."""
        return scaled * self.col_scale

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
    col_scale = np.full(columns.count, money)
    col_scale[columns.case.slice] = 1.0
    sizes = np.array([len(row.columns) for row in rows], dtype=np.int64)
    index = np.concatenate([row.columns for row in rows]) if rows else np.zeros(0, dtype=np.int64)
    raw = np.concatenate([row.coefficients for row in rows]) if rows else np.zeros(0)
    row_scale = _row_scale(rows, columns, money)
    owner = np.repeat(np.arange(len(rows)), sizes)
    col_upper = np.full(columns.count, np.inf)
    col_upper[columns.curve.slice] = columns.curve_width / money
    col_upper[columns.up.slice] = columns.band_up / money
    col_upper[columns.down.slice] = columns.band_down / money
    benefit, benefit_scale = _benefit(columns, money)
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
        money_scale=money,
        row_scale=row_scale,
        col_scale=col_scale,
        benefit_scale=benefit_scale,
        objectives={
            "benefit": benefit,
            "least_movement": _movement(tables, columns),
            "uniqueness": _uniqueness(tables, columns, money),
        },
    )


def money_scale(tables: ProblemTables) -> float:
    """Power of ten that brings the median purse (GBP a year, empty ones aside) to 1e3..1e4."""
    amounts = [amount for purse in tables.purses for amount in purse.amount if amount > 0]
    return float(10.0 ** (np.floor(np.log10(np.median(amounts))) - 3)) if amounts else 1.0


def weight_of(key: str) -> float:
    """First 53 bits of SHA-256 of a stable key, over 2**53: the same number for the same key, for ever."""
    return (int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 11) / 2.0**53


def to_pulp(matrix: Matrix, objective: str = "benefit") -> pulp.LpProblem:
    """The same numbers as a PuLP problem that minimises one objective; LP and MPS files come from it too."""
    problem = pulp.LpProblem("allocation", pulp.LpMinimize)
    variables = [
        problem.add_variable(name, lower, None if np.isinf(upper) else upper)
        for name, lower, upper in zip(
            lp_names(matrix.columns.keys), matrix.col_lower.tolist(), matrix.col_upper.tolist(), strict=True
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
        elif np.isinf(lower):
            problem.addConstraint(expression <= upper, name)
        else:
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


def _row_scale(rows: tuple[Row, ...], columns: Columns, money: float) -> Floats:
    """Rows that count pounds are divided like the pounds; rows of cases alone are left."""
    case = columns.case
    counts_money = [
        row.unit == "GBP" or bool(((row.columns < case.start) | (row.columns >= case.start + case.size)).any())
        for row in rows
    ]
    return np.where(np.array(counts_money, dtype=np.bool_), money, 1.0)


def _benefit(columns: Columns, money: float) -> tuple[Floats, float]:
    """Lost benefit per scaled pound, largest slope 1, and the factor that leads back to benefit units."""
    largest = float(columns.curve_benefit.max(initial=0.0)) or 1.0
    cost = np.zeros(columns.count)
    cost[columns.curve.slice] = -columns.curve_benefit / largest
    return cost, largest * money


def _movement(tables: ProblemTables, columns: Columns) -> Floats:
    cost = np.zeros(columns.count)
    cost[columns.up.slice] = columns.band_penalty
    cost[columns.down.slice] = columns.band_penalty
    new = np.flatnonzero(tables.cells.reference <= 0)
    cost[columns.pay.start + new] = NO_REFERENCE_PENALTY
    return cost / BANDS[-1][1]


def _uniqueness(tables: ProblemTables, columns: Columns, money: float) -> Floats:
    """A fixed weight per pound of every payment, and per pound of cases where a line has several modes."""
    cost = np.zeros(columns.count)
    for column in columns.pay.indices.tolist():
        cost[column] = weight_of(columns.keys[column])
    rows = tables.activities
    for k, (line, price) in enumerate(zip(rows.line.tolist(), rows.unit_cost.tolist(), strict=True)):
        if len(tables.lines[line].modes) > 1:
            column = columns.case.start + k
            cost[column] = weight_of(columns.keys[column]) * price / money
    return cost
