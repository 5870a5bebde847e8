"""A plan by name, as the independent check is given it; and the reference split as a plan in solver units."""

import numpy as np

from concord_allocation.core.amounts import spend_of, zipped
from concord_allocation.core.check import Plan
from concord_allocation.core.families.rows import grouped
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.problem import DIRECT, Floats, ProblemTables
from concord_allocation.core.rounding import Whole, contributions_of


def unrounded_cells(matrix: Matrix, values: Floats) -> Floats:
    """GBP per cell; the solver's -1e-13 is nothing."""
    return np.maximum(0.0, values[matrix.columns.pay.slice]) * matrix.money_scale


def plan_of(matrix: Matrix, values: Floats) -> Plan:
    """The unrounded plan by name, for the independent check."""
    columns = matrix.columns
    units = matrix.in_units(values)
    more = units[columns.more_start : columns.more_start + len(matrix.tables.more)]
    return _named_plan(
        matrix.tables, units[columns.pay.slice], units[columns.put.slice], units[columns.case.slice], more
    )


def whole_plan(matrix: Matrix, values: Floats, whole: Whole) -> Plan:
    """The rounded plan by name; cases stay as the unrounded plan has them."""
    cases = matrix.in_units(values)[matrix.columns.case.slice]
    put = contributions_of(matrix, whole).astype(np.float64)
    return _named_plan(matrix.tables, whole.cells.astype(np.float64), put, np.maximum(0.0, cases), whole.more)


def _named_plan(tables: ProblemTables, pay: Floats, put: Floats, case: Floats, more: Floats) -> Plan:
    cells, given, rows = tables.cells, tables.contributions, tables.activities
    payments = {
        (tables.years[t], tables.lines[i].key, tables.purses[u].key, None if m == DIRECT else tables.funds[m].key): gbp
        for t, i, u, m, gbp in zipped(cells.year, cells.line, cells.purse, cells.fund, pay)
    }
    contributions = {
        (tables.years[t], tables.funds[m].key, tables.purses[u].key): gbp
        for t, m, u, gbp in zipped(given.year, given.fund, given.purse, put)
    }
    cases = {
        (tables.years[t], tables.lines[i].key, tables.lines[i].modes[d].key): count
        for t, i, d, count in zipped(rows.year, rows.line, rows.mode, case)
    }
    others = {column.key: float(amount) for column, amount in zip(tables.more, more.tolist(), strict=True)}
    return Plan(payments, contributions, cases, others)


def reference_values(matrix: Matrix) -> Floats:
    """Scaled column values of the reference split: a plan that is known before anything is solved."""
    columns, tables = matrix.columns, matrix.tables
    values = np.zeros(columns.count)
    values[columns.pay.slice] = tables.cells.reference / matrix.money_scale
    spend = spend_of(tables, tables.cells.reference)
    whole = Whole(tables.cells.reference, np.zeros(len(tables.more)))
    values[columns.put.slice] = contributions_of(matrix, whole) / matrix.money_scale
    values[columns.spend.slice] = spend[columns.spend_year, columns.spend_line] / matrix.money_scale
    rows = tables.activities
    for (t, i), found in grouped(rows.year, rows.line).items():
        priced = next((k for k in found if rows.unit_cost[k] > 0), None)
        if priced is not None:  # one delivery mode takes all cases: which one does not matter
            cases = (spend[t, i] - tables.lines[i].fixed_cost[t]) / rows.unit_cost[priced]
            values[columns.case.start + priced] = cases
            worth = columns.at(f"worth/{tables.years[t]}/{tables.lines[i].key}")
            if worth is not None:
                values[worth] = cases * rows.benefit[priced] / matrix.col_scale[worth]
    return values
