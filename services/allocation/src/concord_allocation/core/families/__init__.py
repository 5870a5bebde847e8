"""The constraint families: functions from tables to rows. Each inequality stands in its function's docstring."""

from concord_allocation.core.columns import Columns
from concord_allocation.core.families.limits import limit_rows, pace_rows
from concord_allocation.core.families.lines import case_rows, curve_rows, movement_rows, spend_rows
from concord_allocation.core.families.money import contribution_rows, fund_balance_rows, purse_rows
from concord_allocation.core.families.rows import PRICED, Chooser, Row
from concord_allocation.core.problem import ProblemTables

__all__ = ["PRICED", "Row", "all_rows"]


def all_rows(tables: ProblemTables, columns: Columns) -> list[Row]:
    """Rows of every family, sorted by key."""
    chooser = Chooser(tables, columns, {})
    rows = [
        *purse_rows(tables, columns),
        *fund_balance_rows(tables, columns),
        *contribution_rows(tables, columns),
        *spend_rows(tables, columns),
        *case_rows(tables, columns),
        *curve_rows(tables, columns),
        *limit_rows(tables, chooser),
        *pace_rows(tables, chooser),
        *movement_rows(tables, columns),
    ]
    return sorted(rows, key=lambda row: row.key)
