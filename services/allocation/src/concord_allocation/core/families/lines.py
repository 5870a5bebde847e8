"""Rows about lines: what is spent, what it pays for, where it lies on the curve, how far it moved."""

from collections.abc import Iterator

import numpy as np

from concord_allocation.core.columns import BANDS, Columns, cell_key
from concord_allocation.core.families.rows import Row, balance, grouped
from concord_allocation.core.problem import ProblemTables


def spend_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_u x[t,line,u] + sum_m,u q[t,line,m,u] - s[t,line] = 0. Spend on a line is what purses pay for it."""
    payments = grouped(tables.cells.year, tables.cells.line)
    for (t, i), column in columns.spend_at.items():
        paid = [columns.pay.start + cell for cell in payments.get((t, i), [])]
        yield balance(
            f"spend/{tables.years[t]}/{tables.lines[i].key}",
            "spend_balance",
            t,
            np.array([*paid, column], dtype=np.int64),
            np.array([1.0] * len(paid) + [-1.0]),
            0.0,
            f"Spend on {tables.lines[i].name} in {tables.years[t]} is what its payers pay"
            + ("" if paid else "; no purse may pay for it"),
        )


def case_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """s[t,line] - sum_d unit_cost[t,d] * a[t,line,d] = fixed_cost[t,line]. Spend on a line is the cost of its cases."""
    rows = tables.activities
    for (t, i), found in grouped(rows.year, rows.line).items():
        line = tables.lines[i]
        yield balance(
            f"case/{tables.years[t]}/{line.key}",
            "case_balance",
            t,
            np.array([columns.spend_at[t, i], *(columns.case.start + k for k in found)], dtype=np.int64),
            np.array([1.0, *(-rows.unit_cost[k] for k in found)]),
            line.fixed_cost[t],
            f"Spend on {line.name} in {tables.years[t]} is the cost of its cases"
            + (f" and GBP {line.fixed_cost[t]:,.0f} fixed" if line.fixed_cost[t] else ""),
        )


def curve_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_j y[t,line,j] - s[t,line] = 0. Every pound spent lies in one segment of the benefit curve."""
    for (t, i), found in grouped(columns.curve_year, columns.curve_line).items():
        yield balance(
            f"curve/{tables.years[t]}/{tables.lines[i].key}",
            "curve_balance",
            t,
            np.array([*(columns.curve.start + k for k in found), columns.spend_at[t, i]], dtype=np.int64),
            np.array([1.0] * len(found) + [-1.0]),
            0.0,
            f"Every pound on {tables.lines[i].name} in {tables.years[t]} lies on its benefit curve",
        )


def movement_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """pay - sum_band up + sum_band down = reference, for cells that have one."""
    bands = np.arange(len(BANDS))
    for k, cell in enumerate(columns.moved_cell.tolist()):
        ups = columns.up.start + k * len(BANDS) + bands
        downs = columns.down.start + k * len(BANDS) + bands
        yield balance(
            f"movement/{cell_key(tables, cell)}",
            "movement",
            int(tables.cells.year[cell]),
            np.concatenate([[columns.pay.start + cell], ups, downs]),
            np.concatenate([[1.0], -np.ones(len(BANDS)), np.ones(len(BANDS))]),
            float(tables.cells.reference[cell]),
            "Movement is the distance from the reference split",
        )
