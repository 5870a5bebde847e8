"""Rules about money: purses, funds, costs of lines, carry-over, what is held back, what contracts commit."""

import math
from collections.abc import Iterator

import numpy as np

from concord_allocation.core.problem import DIRECT
from concord_allocation.core.recount.space import NOISE, Entries, Rule, Space, rule


def purse_rules(space: Space) -> Iterator[Rule]:
    tables = space.tables
    cells, put = tables.cells, tables.contributions
    used: dict[tuple[int, int], Entries] = {}
    for k, (t, u, m) in enumerate(zip(cells.year.tolist(), cells.purse.tolist(), cells.fund.tolist(), strict=True)):
        if m == DIRECT:
            used.setdefault((t, u), []).append((k, 1.0))
    for k, (t, u) in enumerate(zip(put.year.tolist(), put.purse.tolist(), strict=True)):
        used.setdefault((t, u), []).append((space.put + k, 1.0))
    for u, purse in enumerate(tables.purses):
        for t, year in enumerate(tables.years):
            entries = used.get((t, u), []) + _other_uses(space, t, u)
            yield rule(
                f"purse/{year}/{purse.key}", f"purse/{year}/{purse.key}", purse.name, entries,
                upper=float(purse.amount[t]), slack=_ratio(entries),
            )  # fmt: skip


def _ratio(entries: Entries) -> float:
    """By how much whole pounds may miss a rule that is no plain sum."""
    return sum(abs(c) for _, c in entries if abs(c) != 1.0)


def _other_uses(space: Space, t: int, u: int) -> Entries:
    year, key = space.tables.years[t], space.tables.purses[u].key
    used = [space.named(f"{block}/{year}/{key}") for block in ("carry", "outside")]
    return [*((position, 1.0) for position in used if position is not None), *_further_income(space, t, u)]


def _further_income(space: Space, t: int, u: int) -> Entries:
    """What a purse may use beyond its amount: its overspend, what it brought from last year, what was saved for it."""
    tables = space.tables
    year, key = tables.years[t], tables.purses[u].key
    names = [f"over/{year}/{key}"] + ([f"carry/{tables.years[t - 1]}/{key}"] if t else [])
    found = [space.named(name) for name in names]
    entries = [(position, -1.0) for position in found if position is not None]
    for saving in tables.parts.savings:
        if saving.purse == u:
            first, last = t - saving.lag - saving.lasts + 1, t - saving.lag
            for earlier in range(max(0, first), last + 1):
                entries += [(k, -saving.rate) for k in space.spend(saving.lines, (earlier,))]
    return entries


def fund_rules(space: Space) -> Iterator[Rule]:
    tables = space.tables
    cells, rows = tables.cells, tables.contributions
    spent: dict[tuple[int, int, int], Entries] = {}
    for k, place in enumerate(zip(cells.year.tolist(), cells.fund.tolist(), cells.purse.tolist(), strict=True)):
        if place[1] != DIRECT:
            spent.setdefault(place, []).append((k, 1.0))
    for k, (t, m, u) in enumerate(zip(rows.year.tolist(), rows.fund.tolist(), rows.purse.tolist(), strict=True)):
        fund, purse = tables.funds[m], tables.purses[u]
        name = f"{tables.years[t]}/{fund.key}/{purse.key}"
        kept = space.named(f"keep/{name}")
        before = space.named(f"keep/{tables.years[t - 1]}/{fund.key}/{purse.key}") if t else None
        entries = [*spent.get((t, m, u), []), (space.put + k, -1.0)]
        entries += [] if kept is None else [(kept, 1.0)]
        entries += [] if before is None else [(before, -1.0)]
        yield rule(f"fund/{name}", f"fund/{name}", "What is paid into a fund is spent by it or kept", entries, 0.0, 0.0)
        given: Entries = [(space.put + k, 1.0)]
        where = f"contribution/{name}"
        yield rule(f"{where}/at_least", where, "Agreed minimum", given, lower=float(rows.at_least[k]))
        yield rule(f"{where}/at_most", where, "Agreed maximum", given, upper=float(rows.at_most[k]))
        if kept is not None and fund.carry is not None:
            share = fund.carry.share
            held = [(kept, 1.0), (space.put + k, -share)] + ([] if before is None else [(before, -share)])
            yield rule(f"keep/{name}", f"keep/{name}", "What a fund may keep", held, upper=0.0, slack=1.0)


def cost_rules(space: Space) -> Iterator[Rule]:
    """Spend on a line with delivery modes = fixed cost + unit cost x cases + what is idle or bought.

    Cases are not rounded, so in whole pounds each payment may be a pound away from what they cost.
    """
    tables, rows = space.tables, space.tables.activities
    mine: dict[tuple[int, int], Entries] = {}
    for k, place in enumerate(zip(rows.year.tolist(), rows.line.tolist(), strict=True)):
        mine.setdefault(place, []).append((space.case + k, -float(rows.unit_cost[k])))
    for (t, i), cases in sorted(mine.items()):
        line, paid = tables.lines[i], space.paid(t, i)
        name = f"case/{tables.years[t]}/{line.key}"
        entries = [(k, 1.0) for k in paid.tolist()] + cases + [(j, -cost) for j, cost in space.aside(t, i)]
        label = f"Spend on {line.name} is the cost of its cases"
        yield rule(name, name, label, entries, line.fixed_cost[t], line.fixed_cost[t], free=float(len(paid)))
    for i, line in enumerate(tables.lines):
        for t, year in enumerate(tables.years if not line.modes else ()):
            aside, paid = space.aside(t, i), space.paid(t, i)
            if aside:
                entries = [(k, 1.0) for k in paid.tolist()] + [(j, -cost) for j, cost in aside]
                label = f"Spend on {line.name} pays for what is bought there"
                name = f"bought/{year}/{line.key}"
                yield rule(name, name, label, entries, lower=0.0, free=float(len(paid)))


def worth_rules(space: Space) -> Iterator[Rule]:
    """What the cases of a line are worth is the sum of what each is."""
    tables, rows = space.tables, space.tables.activities
    for position, column in enumerate(tables.more):
        if column.block == "worth":
            mine = np.flatnonzero((rows.year == column.year) & (rows.line == column.of) & (rows.benefit > 0))
            entries = [(space.more + position, 1.0), *((space.case + int(k), -float(rows.benefit[k])) for k in mine)]
            label = f"Benefit of the cases of {tables.lines[column.of].name}"
            yield rule(column.key, column.key, label, entries, 0.0, 0.0, tables.benefit_unit)


def carry_rules(space: Space) -> Iterator[Rule]:
    tables = space.tables
    for position, column in enumerate(tables.more):
        if column.block == "carry":
            purse = tables.purses[column.of]
            share = purse.carry.share if purse.carry else 0.0
            most, label = math.floor(share * purse.amount[column.year] + NOISE), "carries over"
        elif column.block == "over":
            purse = tables.purses[column.of]
            most, label = (purse.over.at_most[column.year] if purse.over else 0), "overspends"
        else:
            continue
        yield rule(column.key, column.key, f"{purse.name} {label} no more than it may",
                   [(space.more + position, 1.0)], upper=float(most))  # fmt: skip


def held_back_rules(space: Space) -> Iterator[Rule]:
    """What each payer must hold back of its year, and keep from what recurs."""
    tables, cells, put = space.tables, space.tables.cells, space.tables.contributions
    for t, year in enumerate(tables.years):
        rules = [r for r in tables.parts.held_back if t in r.years and not r.waived_by]
        for payer in tables.payers:
            own = {u for u, purse in enumerate(tables.purses) if purse.owner == payer.key}
            reserves = [(r, own.intersection(r.purses)) for r in rules if r.kind != "non_recurrent"]
            union = set().union(*(purses for _, purses in reserves)) if reserves else set()
            if union:
                held = sum(r.share * tables.purses[u].amount[t] for r, purses in reserves for u in purses)
                amounts = sum(tables.purses[u].amount[t] for u in union)
                entries: Entries = [
                    (k, 1.0)
                    for k in np.flatnonzero((cells.year == t) & (cells.fund == DIRECT)).tolist()
                    if int(cells.purse[k]) in union
                ]
                entries += [
                    (space.put + k, 1.0) for k in np.flatnonzero(put.year == t).tolist() if int(put.purse[k]) in union
                ]
                for u in union:
                    out = space.named(f"outside/{year}/{tables.purses[u].key}")
                    entries += ([] if out is None else [(out, 1.0)]) + _further_income(space, t, u)
                name = f"held_back/{year}/{payer.key}"
                yield rule(name, name, f"{payer.name} holds back what it must", entries,
                           upper=float(amounts - math.ceil(held - NOISE)), slack=_ratio(entries))  # fmt: skip
            for r in rules:
                mine = own.intersection(r.purses)
                if r.kind == "non_recurrent" and mine:
                    amounts = sum(tables.purses[u].amount[t] for u in mine)
                    entries = [
                        (k, 1.0)
                        for k in np.flatnonzero(cells.year == t).tolist()
                        if int(cells.purse[k]) in mine and not tables.lines[int(cells.line[k])].non_recurrent
                    ]
                    for u in mine:
                        entries += _further_income(space, t, u)
                        last = [f"keep/{tables.years[t - 1]}/{f.key}/{tables.purses[u].key}" for f in tables.funds if t]
                        entries += [(k, -1.0) for k in map(space.named, last) if k is not None]
                    name = f"recurrent/{year}/{r.key}/{payer.key}"
                    most = float(amounts - math.ceil(r.share * amounts - NOISE))
                    yield rule(name, name, f"{payer.name}: {r.label}", entries, upper=most, slack=_ratio(entries))


def contract_rules(space: Space) -> Iterator[Rule]:
    tables = space.tables
    for i in sorted({c.line for c in tables.parts.commitments}):
        for t, year in enumerate(tables.years):
            floor = sum(c.floor[t] for c in tables.parts.commitments if c.line == i)
            if floor:
                name = f"contract/{year}/{tables.lines[i].key}"
                entries = [(int(k), 1.0) for k in space.paid(t, i)]
                label = f"What contracts for {tables.lines[i].name} commit"
                yield rule(name, name, label, entries, lower=float(floor))
