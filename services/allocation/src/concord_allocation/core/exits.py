"""Non-recurrent money that ends: which lines it pays for, and what they have afterwards."""

import numpy as np

from concord_allocation.core.problem import Ints, ProblemTables
from concord_allocation.core.results import Exit
from concord_allocation.core.words import pounds


def exits(tables: ProblemTables, cells: Ints) -> tuple[Exit, ...]:
    """Non-recurrent money that pays for a line in one year and is smaller in the next."""
    spend = np.zeros((len(tables.years), len(tables.lines)), dtype=np.int64)
    np.add.at(spend, (tables.cells.year, tables.cells.line), cells)
    paid: dict[tuple[int, int, int], int] = {}
    columns = (tables.cells.year, tables.cells.purse, tables.cells.line, cells)
    for t, u, i, gbp in zip(*(column.tolist() for column in columns), strict=True):
        paid[t, u, i] = paid.get((t, u, i), 0) + gbp
    return tuple(
        _exit(tables, spend, t, u, i, gbp)
        for (t, u, i), gbp in sorted(paid.items())
        if gbp > 0
        and not tables.purses[u].recurrent
        and t + 1 < len(tables.years)
        and tables.purses[u].amount[t + 1] < tables.purses[u].amount[t]
    )


def _exit(tables: ProblemTables, spend: Ints, t: int, u: int, i: int, gbp: int) -> Exit:
    line, year, following = tables.lines[i], tables.years[t], tables.years[t + 1]
    has, then = int(spend[t, i]), int(spend[t + 1, i])
    return Exit(
        purse=tables.purses[u].key,
        line=line.key,
        year=year,
        gbp=gbp,
        next_year=following,
        line_gbp=has,
        line_next_gbp=then,
        words=(
            f"{pounds(gbp)} of {line.name} in {year} is non-recurrent ({tables.name_of_purse(u)}): the line has "
            f"{pounds(has)} in {year} and {pounds(then)} in {following}, when that money has ended"
        ),
    )
