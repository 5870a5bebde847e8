"""What a plan spends and brings, line by line and year by year."""

from collections.abc import Iterable

import numpy as np

from concord_allocation.core.curves import benefit_of_line, benefit_of_spend
from concord_allocation.core.parts import MONEY_BLOCKS
from concord_allocation.core.problem import Floats, Ints, ProblemTables
from concord_allocation.core.rounding import contributions_of as contributions_of


def spend_of(tables: ProblemTables, cells: Ints | Floats) -> Floats:
    """(years, lines) GBP."""
    spend = np.zeros((len(tables.years), len(tables.lines)))
    np.add.at(spend, (tables.cells.year, tables.cells.line), cells)
    return spend


def aside_of(tables: ProblemTables, more: Floats) -> Floats:
    """(years, lines) GBP spent that lie on no curve: idle money of contracts, resources and options bought."""
    aside = np.zeros((len(tables.years), len(tables.lines)))
    for column, amount in zip(tables.more, more.tolist(), strict=True):
        if not amount:
            continue
        if column.block == "idle":
            aside[column.year, column.of] += amount
        elif column.block == "extra":
            resource = tables.parts.resources[column.of]
            if resource.bought_on >= 0:
                aside[column.year, resource.bought_on] += resource.price[column.year] * amount
        elif column.block == "option":
            option = tables.parts.options[column.of]
            aside[:, option.line] += np.array(option.cost[column.year]) * amount
    return aside


def benefits_of(tables: ProblemTables, spend: Floats, more: Floats | None = None) -> Floats:
    """(years, lines) discounted benefit of spend, with the benefit of the cases and of the options started on a line.

    Without `more`, cases are taken as done in the way that gives most per GBP.
    """
    given = np.zeros(len(tables.more)) if more is None else more
    on_curve = np.maximum(0.0, spend - aside_of(tables, given))
    benefit = np.array(
        [
            [
                tables.discount[t] * benefit_of_spend(line.widths[t], line.slopes[t], float(on_curve[t, i]))
                for i, line in enumerate(tables.lines)
            ]
            for t in range(len(tables.years))
        ]
    ).reshape(len(tables.years), len(tables.lines))
    if more is None:
        for t, i in zip(*np.nonzero(spend > 0), strict=True):
            line = tables.lines[i]
            benefit[t, i] = tables.discount[t] * benefit_of_line(line, int(t), float(spend[t, i]))
    for column, amount in zip(tables.more, given.tolist(), strict=True):
        if column.block == "worth":
            benefit[column.year, column.of] += amount * column.benefit
        if column.block == "option" and amount:
            option = tables.parts.options[column.of]
            for t in range(column.year, len(tables.years)):
                benefit[t, option.line] += amount * option.benefit * tables.discount[t]
    return benefit


def elsewhere_of(tables: ProblemTables, more: Floats) -> float:
    """Benefit of what is not spent on lines: money left outside or at the end, less the penalty of overspends."""
    return float(
        sum(
            column.benefit * amount
            for column, amount in zip(tables.more, more.tolist(), strict=True)
            if column.block in MONEY_BLOCKS
        )
    )


def reference_spend(tables: ProblemTables) -> Floats:
    """(years, lines) GBP of the reference split, with what nobody may pay any more."""
    spend = spend_of(tables, tables.cells.reference)
    for orphan in tables.orphans:
        spend[orphan.year, orphan.line] += orphan.gbp
    return spend


def zipped(*columns: Ints | Floats) -> Iterable[tuple[int, ...]]:
    """Rows of parallel arrays as plain numbers."""
    return zip(*(column.tolist() for column in columns), strict=True)
