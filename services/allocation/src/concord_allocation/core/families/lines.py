"""Rows about lines: what is spent, what it pays for, where it lies on the curve, how far it moved."""

from collections.abc import Iterator

import numpy as np

from concord_allocation.core.columns import BANDS, Columns, cell_key
from concord_allocation.core.families.rows import Row, balance, grouped
from concord_allocation.core.problem import ProblemTables


def spend_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_u x[t,line,u] + sum_m,u q[t,line,m,u] - s[t,line] = 0. Spend on a line is what purses pay for it.

    Unit: GBP. Source: arithmetic.
    """
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
    """s[t,line] = fixed_cost[t,line] + sum_d unit_cost[t,d] * a[t,line,d] + idle[t,line] + bought[t,line].

    Spend on a line is the cost of its cases, of what a contract holds back beyond them, and of resources and options
    that are paid here: bought = sum price[t] * extra[t,r] + sum cost[t,o] * z[s,o]. Unit: GBP. Source: arithmetic; the
    costs are the line's own.
    """
    rows = tables.activities
    for (t, i), found in grouped(rows.year, rows.line).items():
        line = tables.lines[i]
        bought = list(without_benefit(tables, columns, t, i))
        yield balance(
            f"case/{tables.years[t]}/{line.key}",
            "case_balance",
            t,
            np.array(
                [columns.spend_at[t, i], *(columns.case.start + k for k in found), *(j for j, _ in bought)],
                dtype=np.int64,
            ),
            np.array([1.0, *(-rows.unit_cost[k] for k in found), *(-cost for _, cost in bought)]),
            line.fixed_cost[t],
            f"Spend on {line.name} in {tables.years[t]} is the cost of its cases"
            + (f" and GBP {line.fixed_cost[t]:,.0f} fixed" if line.fixed_cost[t] else ""),
        )


def bought_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """s[t,line] >= sum price[t] * extra[t,r] + sum cost[t,o] * z[s,o], for lines without cases.

    Unit: GBP. Source: arithmetic; prices and costs are the resource's and the option's own.
    """
    for (t, i), column in columns.spend_at.items():
        bought = [] if tables.lines[i].modes else list(without_benefit(tables, columns, t, i))
        if bought:
            yield balance(
                f"bought/{tables.years[t]}/{tables.lines[i].key}",
                "bought_balance",
                t,
                np.array([column, *(j for j, _ in bought)], dtype=np.int64),
                np.array([1.0, *(-cost for _, cost in bought)]),
                0.0,
                f"Spend on {tables.lines[i].name} in {tables.years[t]} pays for what is bought there",
            )._replace(upper=np.inf)


def curve_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_j y[t,line,j] = s[t,line] - idle[t,line] - bought[t,line].

    Every pound spent lies in one segment of the benefit curve, but for what is held back by contract, and for what is
    bought: that shows its benefit through the cases it allows, or as the option's own. Unit: GBP. Source: arithmetic;
    the segments are the curve's own.
    """
    for (t, i), found in grouped(columns.curve_year, columns.curve_line).items():
        aside = list(without_benefit(tables, columns, t, i))
        yield balance(
            f"curve/{tables.years[t]}/{tables.lines[i].key}",
            "curve_balance",
            t,
            np.array(
                [*(columns.curve.start + k for k in found), columns.spend_at[t, i], *(j for j, _ in aside)],
                dtype=np.int64,
            ),
            np.array([1.0] * len(found) + [-1.0] + [cost for _, cost in aside]),
            0.0,
            f"Every pound on {tables.lines[i].name} in {tables.years[t]} lies on its benefit curve",
        )


def worth_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """w[t,line] - sum_d benefit[d] * a[t,line,d] = 0. What the cases of a line are worth.

    Unit: benefit, undiscounted. Source: arithmetic; the benefit of a case is the delivery mode's own.
    """
    rows = tables.activities
    for (t, i), found in grouped(rows.year, rows.line).items():
        line = tables.lines[i]
        worth = columns.at(f"worth/{tables.years[t]}/{line.key}")
        if worth is not None:
            cases = [k for k in found if rows.benefit[k] > 0]
            yield balance(
                f"worth/{tables.years[t]}/{line.key}",
                "worth_balance",
                t,
                np.array([worth, *(columns.case.start + k for k in cases)], dtype=np.int64),
                np.array([1.0, *(-rows.benefit[k] for k in cases)]),
                0.0,
                f"Benefit of the cases of {line.name} in {tables.years[t]}",
            )._replace(unit=tables.benefit_unit)


def without_benefit(tables: ProblemTables, columns: Columns, t: int, i: int) -> Iterator[tuple[int, float]]:
    """(column, GBP per unit) of what is spent on a line in a year and lies on no curve."""
    if not tables.more:
        return
    idle = columns.at(f"idle/{tables.years[t]}/{tables.lines[i].key}")
    if idle is not None:
        yield idle, 1.0
    for resource in tables.parts.resources:
        extra = columns.at(f"extra/{tables.years[t]}/{resource.key}") if resource.bought_on == i else None
        if extra is not None and resource.price[t] > 0:
            yield extra, resource.price[t]
    for option in tables.parts.options:
        if option.line == i:
            for start in option.starts:
                column = columns.at(f"option/{tables.years[start]}/{option.key}")
                if column is not None and option.cost[start][t]:
                    yield column, float(option.cost[start][t])


def movement_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """p - sum_band up[band] + sum_band down[band] = reference, for payments p (x or q) that have a reference.

    0 <= up[band], down[band] <= width[band] * reference. Unit: GBP. Source: arithmetic; the reference is the line's
    own, the bands are those of the objective of least movement.
    """
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
