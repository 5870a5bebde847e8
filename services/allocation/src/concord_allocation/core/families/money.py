"""Rows about whose money it is: purses, funds, contributions."""

from collections.abc import Iterator

import numpy as np

from concord_allocation.core.columns import Columns
from concord_allocation.core.families.rows import Row, balance, grouped, summed
from concord_allocation.core.problem import DIRECT, ProblemTables


def purse_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_line x[t,line,u] + sum_m c[t,m,u] + h[t,u] + outside[t,u] <= amount[t,u] + h[t-1,u] + over[t,u] + saved[t,u].

    A purse pays no more than it holds: its amount of the year, what was carried in, what it may overspend, and what
    earlier spend has saved: rate x s[t',line] for the years t' whose savings fall into t.
    Unit: GBP. Source: the purse's own.
    """
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
            coefficients = np.ones(len(members))
            further = list(_further_money(tables, columns, t, u))
            if further:
                members, coefficients = summed([*zip(members.tolist(), coefficients.tolist(), strict=True), *further])
            if len(members):
                yield Row(
                    key=f"purse/{year}/{purse.key}",
                    family="purse",
                    limit=purse.key,
                    year=t,
                    columns=members,
                    coefficients=coefficients,
                    lower=-np.inf,
                    upper=float(purse.amount[t]),
                    unit="GBP",
                    label=f"{tables.name_of_purse(u)} holds GBP {purse.amount[t]:,} in {year}",
                    source=purse.source,
                    statutory=False,
                    weight=purse.weight,
                )


def _further_money(tables: ProblemTables, columns: Columns, t: int, u: int) -> Iterator[tuple[int, float]]:
    """What else a purse's year is used for (+) or gets (-)."""
    year, key = tables.years[t], tables.purses[u].key
    for name in (f"carry/{year}/{key}", f"outside/{year}/{key}") if tables.more else ():
        column = columns.at(name)
        if column is not None:
            yield column, 1.0
    yield from money_gained(tables, columns, t, u)


def money_gained(tables: ProblemTables, columns: Columns, t: int, u: int) -> Iterator[tuple[int, float]]:
    """What a purse has in a year beyond its amount (-): overspent, carried in, saved by earlier spend."""
    year, key = tables.years[t], tables.purses[u].key
    gained = [f"over/{year}/{key}", *([f"carry/{tables.years[t - 1]}/{key}"] if t > 0 else [])]
    for name in gained if tables.more else ():
        column = columns.at(name)
        if column is not None:
            yield column, -1.0
    for saving in tables.parts.savings:
        if saving.purse == u:
            for earlier in range(max(0, t - saving.lag - saving.lasts + 1), t - saving.lag + 1):
                for line in saving.lines:
                    if (earlier, line) in columns.spend_at:
                        yield columns.spend_at[earlier, line], -saving.rate


def fund_balance_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """sum_line q[t,line,m,u] + h[t,m,u] = c[t,m,u] + h[t-1,m,u].

    What a purse pays into a fund is spent from it on lines of the purse's scope, or kept in it. Unit: GBP. Source:
    arithmetic; that the money keeps its scope is of the fund's legal basis (section 75: prescribed functions alone).
    """
    cells, put = tables.cells, tables.contributions
    paid = grouped(cells.year, cells.fund, cells.purse)
    for k, (t, m, u) in enumerate(zip(put.year.tolist(), put.fund.tolist(), put.purse.tolist(), strict=True)):
        spent = columns.pay.start + np.array(paid.get((t, m, u), []), dtype=np.int64)
        fund, purse, year = tables.funds[m], tables.purses[u], tables.years[t]
        kept = _kept(tables, columns, t, fund.key, purse.key) if fund.carry is not None else []
        yield balance(
            f"fund/{year}/{fund.key}/{purse.key}",
            "fund_balance",
            t,
            np.array([*spent, columns.put.start + k, *(column for column, _ in kept)], dtype=np.int64),
            np.array([*np.ones(len(spent)), -1.0, *(sign for _, sign in kept)]),
            0.0,
            f"What {tables.name_of_purse(u)} pays into {fund.name} in {year} is spent on lines it may pay for",
        )


def _kept(tables: ProblemTables, columns: Columns, t: int, fund: str, purse: str) -> list[tuple[int, float]]:
    """Money of a purse in a fund: kept for the next year (+), and kept from the year before (-)."""
    named = [(columns.at(f"keep/{tables.years[t]}/{fund}/{purse}"), 1.0)]
    if t > 0:
        named.append((columns.at(f"keep/{tables.years[t - 1]}/{fund}/{purse}"), -1.0))
    return [(column, sign) for column, sign in named if column is not None]


def contribution_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """at_least <= c[t,m,u] <= at_most, for each contributor u of fund m that states a bound.

    Unit: GBP a year. Source: the fund's own, as its agreement has it.
    """
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
