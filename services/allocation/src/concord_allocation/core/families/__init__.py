"""The constraint families: functions from tables to rows. Each inequality stands in its function's docstring."""

from collections.abc import Callable, Iterator, Mapping

from concord_allocation.core.columns import Columns
from concord_allocation.core.families.activity import demand_rows, link_rows, resource_rows
from concord_allocation.core.families.choices import option_rows, option_rule_rows, volume_rows
from concord_allocation.core.families.fairness import equity_rows
from concord_allocation.core.families.limits import limit_rows, pace_rows
from concord_allocation.core.families.lines import (
    bought_rows,
    case_rows,
    curve_rows,
    movement_rows,
    spend_rows,
    worth_rows,
)
from concord_allocation.core.families.loosened import loosened
from concord_allocation.core.families.money import contribution_rows, fund_balance_rows, purse_rows
from concord_allocation.core.families.rows import KINDS, PRICED, Chooser, Row
from concord_allocation.core.families.years import carry_rows, contract_rows, held_back_rows, overspend_rows
from concord_allocation.core.problem import ProblemTables

__all__ = ["BY_CHOICE", "BY_COLUMN", "KINDS", "PRICED", "Row", "all_rows"]

BY_COLUMN: Mapping[str, Callable[[ProblemTables, Columns], Iterator[Row]]] = {
    "purse": purse_rows,
    "fund_balance": fund_balance_rows,
    "contribution": contribution_rows,
    "spend": spend_rows,
    "case": case_rows,
    "bought": bought_rows,
    "curve": curve_rows,
    "worth": worth_rows,
    "movement": movement_rows,
    "carry": carry_rows,
    "overspend": overspend_rows,
    "held_back": held_back_rows,
    "contract": contract_rows,
}
"""Families that find their columns by what they are."""

BY_CHOICE: Mapping[str, Callable[[ProblemTables, Chooser], Iterator[Row]]] = {
    "limit": limit_rows,
    "pace": pace_rows,
    "resource": resource_rows,
    "demand": demand_rows,
    "link": link_rows,
    "equity": equity_rows,
    "option": option_rows,
    "volume": volume_rows,
    "option_rule": option_rule_rows,
}
"""Families that find their columns by selection."""


def all_rows(tables: ProblemTables, columns: Columns) -> list[Row]:
    """Rows of every family, sorted by key."""
    chooser = Chooser(tables, columns, {})
    rows = [row for family in BY_COLUMN.values() for row in family(tables, columns)]
    rows += [row for family in BY_CHOICE.values() for row in family(tables, chooser)]
    if tables.loosened:
        rows = [looser for row in rows for looser in loosened(row, tables.loosened)]
    return sorted(rows, key=lambda row: row.key)
