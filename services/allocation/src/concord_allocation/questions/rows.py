"""Rows and columns that a question adds to a problem's own: what is measured, how far an offer is, a spare column."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np

from concord_allocation.core.amounts import elsewhere_of
from concord_allocation.core.columns import Columns
from concord_allocation.core.families import Row
from concord_allocation.core.matrix import Matrix, money_scale
from concord_allocation.core.parts import NO_YEAR, Column
from concord_allocation.core.problem import DIRECT, Floats, ProblemTables

type CellKey = tuple[str, str, str, str | None]


def cell_keys(tables: ProblemTables) -> list[CellKey]:
    """(year, line, purse, fund) of every payment that the rules allow."""
    c = tables.cells
    return [
        (tables.years[t], tables.lines[i].key, tables.purses[u].key, None if m == DIRECT else tables.funds[m].key)
        for t, i, u, m in zip(c.year.tolist(), c.line.tolist(), c.purse.tolist(), c.fund.tolist(), strict=True)
    ]


def movement_row(tables: ProblemTables, columns: Columns, name: str) -> Row:
    """Half of all pounds that differ from the reference split."""
    new = columns.pay.start + np.flatnonzero(tables.cells.reference <= 0)
    where = np.concatenate([columns.up.indices, columns.down.indices, new]).astype(np.int64)
    return counting(f"question/{name}", where, np.full(len(where), 0.5))


def benefit_row(tables: ProblemTables, columns: Columns, name: str) -> Row:
    """What a plan maximises: discounted benefit of the curves, and of every later variable that has one."""
    valued = [(columns.more_start + k, column.benefit) for k, column in enumerate(tables.more) if column.benefit]
    where = np.concatenate([columns.curve.indices, np.array([j for j, _ in valued], dtype=np.int64)])
    worth = np.concatenate([columns.curve_benefit, np.array([each for _, each in valued], dtype=np.float64)])
    return counting(f"question/{name}", where, worth)._replace(unit=tables.benefit_unit)


def elsewhere_in(matrix: Matrix, values: Floats) -> float:
    """Benefit of what is not spent on lines, at scaled column values."""
    first = matrix.columns.more_start
    more = matrix.in_units(values)[first : first + len(matrix.tables.more)]
    return round(elsewhere_of(matrix.tables, more), 9) + 0.0


def counting(key: str, where: Any, coefficients: Any) -> Row:
    return Row(key, "question", "", None, where, coefficients, -np.inf, np.inf, "GBP", key, "the question", False, 0.0)


APART = "apart"
"""Block of the columns that measure how far a payment lies above and below an offer, in steps of the money scale."""


def with_distance(tables: ProblemTables) -> ProblemTables:
    made = [
        Column(f"{way}/{number}", cast(Any, APART), NO_YEAR, number, np.inf)
        for way in ("above", "below")
        for number in range(len(tables.cells))
    ]
    first = len(tables.more)
    at = dict(tables.more_at) | {column.key: first + k for k, column in enumerate(made)}
    return replace(tables, more=(*tables.more, *made), more_at=at)


SPARE = "spare"


def with_spare(tables: ProblemTables) -> ProblemTables:
    column = Column(SPARE, cast(Any, SPARE), NO_YEAR, 0, np.inf)
    return replace(tables, more=(*tables.more, column), more_at=dict(tables.more_at) | {column.key: len(tables.more)})


def distance_rows(tables: ProblemTables, columns: Columns, offer: Mapping[CellKey, float]) -> list[Row]:
    """x - above + below = offer for each cell; distance = sum of both."""
    scale, apart = money_scale(tables), columns.block(APART)
    count = len(tables.cells)
    rows = []
    for number, key in enumerate(cell_keys(tables)):
        above = apart.start + number
        where = np.array([columns.pay.start + number, above, above + count], dtype=np.int64)
        bound = float(offer.get(key, 0.0))
        row = counting(f"question/offer/{number}", where, np.array([1.0, -scale, scale]))
        rows.append(row._replace(lower=bound, upper=bound))
    return [*rows, counting("question/distance", apart.indices, np.full(apart.size, scale))]
