"""Rows about money over the years: what may be carried and overspent, what is held back, what contracts commit."""

import math
from collections.abc import Iterator

import numpy as np

from concord_allocation.core.columns import Columns
from concord_allocation.core.families.money import money_gained
from concord_allocation.core.families.rows import Row, grouped, summed
from concord_allocation.core.parts import HeldBack
from concord_allocation.core.problem import DIRECT, ProblemTables
from concord_allocation.core.variables import carried_at_most


def carry_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """h[t,u] <= floor(share * amount[t,u]); h[t,m,u] <= share * (c[t,m,u] + h[t-1,m,u]).

    Unit: GBP. Source: the carry rule's own.
    """
    for position, column in enumerate(tables.more):
        j, year = columns.more_start + position, tables.years[column.year] if column.year >= 0 else ""
        if column.block == "carry":
            purse = tables.purses[column.of]
            most = carried_at_most(purse.carry, purse.amount[column.year]) if purse.carry else 0
            share = purse.carry.share if purse.carry else 0.0
            yield _row(
                f"carry/{year}/{purse.key}",
                "carry_max",
                purse.key,
                column.year,
                [(j, 1.0)],
                (-np.inf, float(most)),
                f"{tables.name_of_purse(column.of)} carries at most {share:.1%} of its amount out of {year}, "
                f"GBP {most:,}",
                purse.carry.source if purse.carry else "",
                purse.weight,
            )
        elif column.block == "keep":
            yield _keep_row(tables, columns, column.year, column.of, j)


def _keep_row(tables: ProblemTables, columns: Columns, t: int, k: int, j: int) -> Row:
    put = tables.contributions
    fund, purse = tables.funds[int(put.fund[k])], tables.purses[int(put.purse[k])]
    carry = fund.carry
    share = carry.share if carry else 0.0
    entries = [(j, 1.0), (columns.put.start + k, -share)]
    before = columns.at(f"keep/{tables.years[t - 1]}/{fund.key}/{purse.key}") if t > 0 else None
    if before is not None:
        entries.append((before, -share))
    name = tables.name_of_purse(int(put.purse[k]))
    return _row(
        f"keep/{tables.years[t]}/{fund.key}/{purse.key}",
        "carry_max",
        fund.key,
        t,
        entries,
        (-np.inf, 0.0),
        f"{fund.name} keeps at most {share:.1%} of {name}'s money in it for the year after {tables.years[t]}",
        carry.source if carry else "",
        fund.weight,
    )


def overspend_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """over[t,u] <= at_most[t,u]. Unit: GBP. Source: the leave that a user gives."""
    for position, column in enumerate(tables.more):
        over = tables.purses[column.of].over if column.block == "over" else None
        if over is not None:
            purse, year, most = tables.purses[column.of], tables.years[column.year], over.at_most[column.year]
            yield _row(
                f"over/{year}/{purse.key}",
                "overspend_max",
                purse.key,
                column.year,
                [(columns.more_start + position, 1.0)],
                (-np.inf, float(most)),
                f"{tables.name_of_purse(column.of)} overspends at most GBP {most:,} in {year}",
                over.source,
                purse.weight,
            )


def held_back_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """Payer by payer and year: what is paid, put into funds and left outside <= amounts + gained - held back.

    gained = overspent + carried in + saved by earlier spend. held back = ceil(sum of share * amount) over the rules of
    surplus and contingency. For a non-recurrent share: what is paid for recurrent lines, directly and through funds,
    <= amounts + gained + kept in funds - ceil(share * amount). Unit: GBP. Source: the business rule's own.
    """
    for t in range(len(tables.years)):
        yield from _reserves(tables, columns, t)
        for rule in tables.parts.held_back:
            if rule.kind == "non_recurrent" and not rule.waived_by and t in rule.years:
                yield from _non_recurrent(tables, columns, rule, t)


def _reserves(tables: ProblemTables, columns: Columns, t: int) -> Iterator[Row]:
    rules = [r for r in tables.parts.held_back if r.kind != "non_recurrent" and not r.waived_by and t in r.years]
    year = tables.years[t]
    for payer in tables.payers:
        mine = [(rule, [u for u in rule.purses if tables.purses[u].owner == payer.key]) for rule in rules]
        mine = [(rule, purses) for rule, purses in mine if purses]
        if not mine:
            continue
        union = sorted({u for _, purses in mine for u in purses})
        held = math.ceil(sum(r.share * tables.purses[u].amount[t] for r, purses in mine for u in purses) - 1e-6)
        total = sum(tables.purses[u].amount[t] for u in union)
        told = ", ".join(f"{rule.label} {rule.share:.1%}" for rule, _ in mine)
        yield _row(
            f"held_back/{year}/{payer.key}",
            "held_back",
            mine[0][0].key,
            t,
            list(_uses(tables, columns, t, union)),
            (-np.inf, float(total - held)),
            f"{payer.name} holds back GBP {held:,} of GBP {total:,} in {year} ({told})",
            "; ".join(dict.fromkeys(rule.source for rule, _ in mine)),
            max(rule.weight for rule, _ in mine),
            any(rule.statutory for rule, _ in mine),
        )


def _uses(tables: ProblemTables, columns: Columns, t: int, purses: list[int]) -> Iterator[tuple[int, float]]:
    cells, put = tables.cells, tables.contributions
    for k in np.flatnonzero((cells.year == t) & np.isin(cells.purse, purses) & (cells.fund == DIRECT)).tolist():
        yield columns.pay.start + k, 1.0
    for k in np.flatnonzero((put.year == t) & np.isin(put.purse, purses)).tolist():
        yield columns.put.start + k, 1.0
    for u in purses:
        outside = columns.at(f"outside/{tables.years[t]}/{tables.purses[u].key}")
        if outside is not None:
            yield outside, 1.0
        yield from money_gained(tables, columns, t, u)


def _non_recurrent(tables: ProblemTables, columns: Columns, rule: HeldBack, t: int) -> Iterator[Row]:
    cells, year = tables.cells, tables.years[t]
    goes_on = np.array([not line.non_recurrent for line in tables.lines], dtype=np.bool_)
    for payer in tables.payers:
        purses = [u for u in rule.purses if tables.purses[u].owner == payer.key]
        total = sum(tables.purses[u].amount[t] for u in purses)
        if not purses:
            continue
        held = math.ceil(rule.share * total - 1e-6)
        chosen = np.flatnonzero((cells.year == t) & np.isin(cells.purse, purses) & goes_on[cells.line])
        yield _row(
            f"recurrent/{year}/{rule.key}/{payer.key}",
            "held_back",
            rule.key,
            t,
            [
                *((columns.pay.start + k, 1.0) for k in chosen.tolist()),
                *(entry for u in purses for entry in money_gained(tables, columns, t, u)),
                *_kept_before(tables, columns, t, purses),
            ],
            (-np.inf, float(total - held)),
            f"{payer.name} keeps GBP {held:,} of GBP {total:,} in {year} for what does not recur ({rule.label})",
            rule.source,
            rule.weight,
            rule.statutory,
        )


def _kept_before(tables: ProblemTables, columns: Columns, t: int, purses: list[int]) -> Iterator[tuple[int, float]]:
    """These purses' money that funds kept from the year before (-)."""
    for fund in tables.funds if t > 0 else ():
        for u in purses:
            kept = columns.at(f"keep/{tables.years[t - 1]}/{fund.key}/{tables.purses[u].key}")
            if kept is not None:
                yield kept, -1.0


def contract_rows(tables: ProblemTables, columns: Columns) -> Iterator[Row]:
    """s[t,line] >= sum over the line's contracts of floor[t]: what they commit whatever is bought.

    Unit: GBP. Source: the contracts' own.
    """
    by_line = grouped(np.array([c.line for c in tables.parts.commitments], dtype=np.int64))
    for (i,), found in by_line.items():
        contracts = [tables.parts.commitments[k] for k in found]
        for t, year in enumerate(tables.years):
            floor = sum(c.floor[t] for c in contracts)
            if floor > 0:
                held = [c for c in contracts if c.floor[t]]
                column = columns.spend_at.get((t, i))
                yield _row(
                    f"contract/{year}/{tables.lines[i].key}",
                    "contract",
                    held[0].key,
                    t,
                    [] if column is None else [(column, 1.0)],
                    (float(floor), np.inf),
                    f"GBP {floor:,} are committed in {year}: {'; '.join(c.words for c in held)}",
                    "; ".join(dict.fromkeys(c.source for c in held)),
                    max(c.weight for c in held),
                    any(c.statutory for c in held),
                )


def _row(
    key: str,
    family: str,
    limit: str,
    year: int,
    entries: list[tuple[int, float]],
    bounds: tuple[float, float],
    label: str,
    source: str,
    weight: float,
    statutory: bool = False,
) -> Row:
    columns, coefficients = summed(entries)
    lower, upper = bounds
    return Row(key, family, limit, year, columns, coefficients, lower, upper, "GBP", label, source, statutory, weight)
