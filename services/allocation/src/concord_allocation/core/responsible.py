"""Whose a row is: the owner of its purses, or who is responsible by law for every line that it counts."""

from collections.abc import Iterator

import numpy as np

from concord_allocation.core.columns import Columns
from concord_allocation.core.eligibility import matches
from concord_allocation.core.families import Row
from concord_allocation.core.problem import ProblemTables, Selection

OF_PURSES = frozenset({"purse", "contribution_min", "contribution_max", "carry_max", "overspend_max", "held_back"})
ABOUT_PURSES = frozenset({"contribution", "burden", "carry", "overspend", "outside"})
"""Measures of what purses do, whatever lines they pay for."""


def payer_of(tables: ProblemTables, columns: Columns, row: Row) -> str | None:
    """Key of the one payer whose row it is; None where it is several payers' or nobody's."""
    if row.family == "purse":
        return next(purse.owner for purse in tables.purses if purse.key == row.limit)
    found = set(_owners(tables, columns, row) if _names_purses(tables, row) else _responsible(tables, columns, row))
    return found.pop() if len(found) == 1 else None


def _names_purses(tables: ProblemTables, row: Row) -> bool:
    selects = [(term.select, term.measure) for limit in tables.limits if limit.key == row.limit for term in limit.terms]
    paces = [pace for pace in tables.paces if pace.key == row.limit]
    return (
        row.family in OF_PURSES
        or any(_has_purses(select) or measure in ABOUT_PURSES for select, measure in selects)
        or any(_has_purses(pace.select) or pace.per in ("purse", "payer") for pace in paces)
    )


def _has_purses(select: Selection) -> bool:
    return select.purses is not None or select.payers is not None


def _owners(tables: ProblemTables, columns: Columns, row: Row) -> Iterator[str]:
    cells, put = tables.cells.purse, tables.contributions.purse
    for j in row.columns.tolist():
        if columns.pay.start <= j < columns.pay.start + columns.pay.size:
            yield tables.purses[int(cells[j - columns.pay.start])].owner
        elif columns.put.start <= j < columns.put.start + columns.put.size:
            yield tables.purses[int(put[j - columns.put.start])].owner
        elif 0 <= j - columns.more_start < len(tables.more):
            column = tables.more[j - columns.more_start]
            if column.block in ("carry", "over", "outside"):
                yield tables.purses[column.of].owner
            elif column.block == "keep":
                yield tables.purses[int(put[column.of])].owner


def _responsible(tables: ProblemTables, columns: Columns, row: Row) -> Iterator[str]:
    """Statutory payers of the lines that the row counts; of those it selects where it counts none."""
    if not len(row.columns):
        selects = [term.select for limit in tables.limits if limit.key == row.limit for term in limit.terms]
        yield from (line.statutory_payer for line in tables.lines if any(matches(one, line) for one in selects))
        return
    blocks = (
        (columns.pay, tables.cells.line),
        (columns.spend, columns.spend_line),
        (columns.case, tables.activities.line),
        (columns.curve, columns.curve_line),
    )
    for block, lines in blocks:
        inside = row.columns[(row.columns >= block.start) & (row.columns < block.start + block.size)] - block.start
        yield from (tables.lines[i].statutory_payer for i in np.unique(lines[inside]).tolist())
    for j in row.columns.tolist():
        if 0 <= j - columns.more_start < len(tables.more):
            yield from (tables.lines[i].statutory_payer for i in _lines_of(tables, j - columns.more_start))


def _lines_of(tables: ProblemTables, position: int) -> list[int]:
    column, parts = tables.more[position], tables.parts
    match column.block:
        case "option":
            return [parts.options[column.of].line]
        case "worth" | "idle":
            return [column.of]
        case "extra":
            return [parts.resources[column.of].bought_on]
        case "waiting":
            met = parts.demands[column.of].met_by
            return [i for i, line in enumerate(tables.lines) if any(matches(use.select, line) for use in met)]
    return []
