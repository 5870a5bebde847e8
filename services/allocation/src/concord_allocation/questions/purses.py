"""More money in purses than they hold: a variable for each purse and year, wherever its amount bounds a row."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np

from concord_allocation.core.columns import Columns
from concord_allocation.core.families import Row
from concord_allocation.core.parts import Column
from concord_allocation.core.problem import ProblemTables

MORE = "more"
"""Block of the columns, in steps of the money scale."""


def with_more(tables: ProblemTables, most: Mapping[str, float], scale: float) -> ProblemTables:
    """A column for each of these purses in each year, up to `most` GBP; `scale`: GBP of a step."""
    made = [
        Column(f"more/{year}/{purse.key}", cast(Any, MORE), t, u, most[purse.key] / scale)
        for t, year in enumerate(tables.years)
        for u, purse in enumerate(tables.purses)
        if purse.key in most
    ]
    first = len(tables.more)
    at = dict(tables.more_at) | {column.key: first + k for k, column in enumerate(made)}
    return replace(tables, more=(*tables.more, *made), more_at=at)


def loosened(tables: ProblemTables, columns: Columns, row: Row, scale: float) -> Row:
    """The row with as much room as more money in the purses gives it; whole pounds of shares are left to rounding."""
    if row.family not in ROOM or row.year is None:
        return row
    block = columns.block(MORE)
    entries = []
    for j in block.indices.tolist():
        column = tables.more[j - columns.more_start]
        room = ROOM[row.family](tables, row, column.of) if column.year == row.year else 0.0
        if room:
            entries.append((j, -room * scale))
    if not entries:
        return row
    return row._replace(
        columns=np.append(row.columns, np.array([j for j, _ in entries], dtype=np.int64)),
        coefficients=np.append(row.coefficients, [room for _, room in entries]),
    )


def _of_purse(tables: ProblemTables, row: Row, u: int) -> float:
    return float(row.limit == tables.purses[u].key)


def _of_carry(tables: ProblemTables, row: Row, u: int) -> float:
    """A purse's carry is a share of its amount; what a fund keeps is a share of what is in it."""
    purse = tables.purses[u]
    return purse.carry.share if purse.carry and row.key.startswith("carry/") and row.limit == purse.key else 0.0


def _of_held_back(tables: ProblemTables, row: Row, u: int) -> float:
    """What is left of a pound of the purse when rules of the year hold back their shares."""
    purse = tables.purses[u]
    if not row.key.endswith(f"/{purse.owner}"):
        return 0.0
    one = row.limit if row.key.startswith("recurrent/") else None
    rules = [
        rule.share
        for rule in tables.parts.held_back
        if not rule.waived_by
        and row.year in rule.years
        and u in rule.purses
        and (rule.key == one if one else rule.kind != "non_recurrent")
    ]
    return 1.0 - sum(rules) if rules else 0.0


ROOM = {"purse": _of_purse, "carry_max": _of_carry, "held_back": _of_held_back}
"""Families whose bounds rest on the amounts of purses, and GBP of room that a pound more in purse u gives."""
