"""Rows about whose money it is: purses, funds, contributions."""

from collections.abc import Iterator

import numpy as np

from concord_allocation.core.columns import Columns
from concord_allocation.core.families.rows import Row, balance, grouped
from concord_allocation.core.problem import DIRECT, ProblemTables


def purse_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_line x[t,line,u] + sum_m c[t,m,u] <= amount[t,u]. A purse pays no more than it holds."""
    direct = np.flatnonzero(tables.cells.fund == DIRECT)
    paid = grouped(tables.cells.year[direct], tables.cells.purse[direct])
    given = grouped(tables.contributions.year, tables.contributions.purse)
    for u, purse in enumerate(tables.purses):
        for t, year in enumerate(tables.years):
            members = np.concatenate(
                [
                    columns.pay.start + direct[paid.get((t, u), [])],
                    columns.put.start + np.array(given.get((t, u), []), dtype=np.int64),
                ]
            )
            if len(members):
                yield Row(
                    key=f"purse/{year}/{purse.key}",
                    family="purse",
                    limit=purse.key,
                    year=t,
                    columns=members,
                    coefficients=np.ones(len(members)),
                    lower=-np.inf,
                    upper=float(purse.amount[t]),
                    unit="GBP",
                    label=f"{tables.name_of_purse(u)} holds GBP {purse.amount[t]:,} in {year}",
                    source=purse.source,
                    statutory=False,
                    weight=purse.weight,
                )


def fund_balance_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_line q[t,line,m,u] - c[t,m,u] = 0. Each purse's money in a fund is spent on lines in that purse's scope."""
    cells, put = tables.cells, tables.contributions
    paid = grouped(cells.year, cells.fund, cells.purse)
    for k, (t, m, u) in enumerate(zip(put.year.tolist(), put.fund.tolist(), put.purse.tolist(), strict=True)):
        spent = columns.pay.start + np.array(paid.get((t, m, u), []), dtype=np.int64)
        fund, purse, year = tables.funds[m], tables.purses[u], tables.years[t]
        yield balance(
            f"fund/{year}/{fund.key}/{purse.key}",
            "fund_balance",
            t,
            np.append(spent, columns.put.start + k),
            np.append(np.ones(len(spent)), -1.0),
            0.0,
            f"What {tables.name_of_purse(u)} pays into {fund.name} in {year} is spent on lines it may pay for",
        )


def contribution_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """at_least <= c[t,m,u] <= at_most."""
    put = tables.contributions
    for k, (t, m, u) in enumerate(zip(put.year.tolist(), put.fund.tolist(), put.purse.tolist(), strict=True)):
        fund, purse, year = tables.funds[m], tables.purses[u], tables.years[t]
        for family, lower, upper, words in (
            ("contribution_min", put.at_least[k], np.inf, "at least"),
            ("contribution_max", -np.inf, put.at_most[k], "at most"),
        ):
            bound = lower if family == "contribution_min" else upper
            if np.isfinite(bound) and not (family == "contribution_min" and bound <= 0):
                yield Row(
                    key=f"contribution/{year}/{fund.key}/{purse.key}/{words.replace(' ', '_')}",
                    family=family,
                    limit=fund.key,
                    year=t,
                    columns=np.array([columns.put.start + k]),
                    coefficients=np.ones(1),
                    lower=lower,
                    upper=upper,
                    unit="GBP",
                    label=f"{tables.name_of_purse(u)} pays {words} GBP {bound:,.0f} into {fund.name} in {year}",
                    source=fund.source,
                    statutory=False,
                    weight=fund.weight,
                )
