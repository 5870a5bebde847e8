"""Every rule of a problem as a sum over a plan's amounts, written from the tables alone: for the check and the bound.

Imports nothing of the optimiser. What a matrix calls rows is derived here a second time, so that a mistake there shows.
Spend is no amount of its own here: it is what the payments add up to.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from concord_allocation.core.parts import MONEY_BLOCKS, Column, Demand, Equity, Resource
from concord_allocation.core.picking import Picker, group_of
from concord_allocation.core.problem import DIRECT, Floats, Ints, Limit, Pace, ProblemTables, Selection, Term

type Entries = list[tuple[int, float]]

NOISE = 1e-6


class Rule(NamedTuple):
    """lower <= coefficients @ amounts + sum weight * benefit(year, line) <= upper.

    `key` names the row whose multiplier it has in the bound, `name` what a violation is called. In whole pounds a miss
    of `free` is none, and one of `slack` is tolerated and told.
    """

    key: str
    name: str
    label: str
    columns: Ints
    coefficients: Floats
    lower: float
    upper: float
    unit: str = "GBP"
    slack: float = 0.0
    free: float = 0.0
    soft: bool = False
    benefit: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True)
class Space:
    """Where each amount of a plan stands: payments, contributions, cases, then the later variables."""

    tables: ProblemTables
    picker: Picker
    put: int = field(init=False)
    case: int = field(init=False)
    more: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        tables = self.tables
        put = len(tables.cells)
        case = put + len(tables.contributions.year)
        more = case + len(tables.activities.year)
        for name, start in (("put", put), ("case", case), ("more", more), ("size", more + len(tables.more))):
            object.__setattr__(self, name, start)

    def named(self, key: str) -> int | None:
        """Where a later variable stands."""
        position = self.tables.more_at.get(key)
        return None if position is None else self.more + position

    def is_money(self, position: int) -> bool:
        if position >= self.more:
            return self.tables.more[position - self.more].block in MONEY_BLOCKS
        return position < self.case

    def paid(self, year: int, line: int) -> Ints:
        """Payments for a line in a year."""
        return np.array(self._by_line.get((year, line), ()), dtype=np.int64)

    @property
    def _by_line(self) -> dict[tuple[int, int], list[int]]:
        if not hasattr(self, "_grouped"):
            found: dict[tuple[int, int], list[int]] = {}
            cells = self.tables.cells
            for k, place in enumerate(zip(cells.year.tolist(), cells.line.tolist(), strict=True)):
                found.setdefault(place, []).append(k)
            object.__setattr__(self, "_grouped", found)
        grouped: dict[tuple[int, int], list[int]] = self._grouped  # type: ignore[attr-defined]
        return grouped

    def cases(self, select: Selection, years: tuple[int, ...]) -> list[int]:
        return (self.case + np.flatnonzero(self.picker.cases(Term(select, "activity", 1.0), years))).tolist()

    def spend(self, lines: Sequence[int], years: tuple[int, ...]) -> list[int]:
        return [k for t in years for i in lines for k in self._by_line.get((t, i), ())]

    def aside(self, year: int, line: int) -> Entries:
        """(amount, GBP each) of what is spent on a line and buys no benefit there: idle, resources, options."""
        tables = self.tables
        if not tables.more:
            return []
        label = tables.years[year]
        found = [(self.named(f"idle/{label}/{tables.lines[line].key}"), 1.0)]
        for resource in tables.parts.resources:
            if resource.bought_on == line:
                found.append((self.named(f"extra/{label}/{resource.key}"), resource.price[year]))
        for option in tables.parts.options:
            if option.line == line:
                for start in option.starts:
                    found.append(
                        (self.named(f"option/{tables.years[start]}/{option.key}"), float(option.cost[start][year]))
                    )
        return [(position, cost) for position, cost in found if position is not None and cost]


def all_rules(space: Space) -> Iterator[Rule]:
    """Everything that a plan must keep."""
    yield from _purses(space)
    yield from _funds(space)
    yield from _costs(space)
    for limit in space.tables.limits:
        yield from _limit(space, limit)
    for pace in space.tables.paces:
        yield from _pace(space, pace)
    yield from _carries(space)
    yield from _held_back(space)
    yield from _contracts(space)
    for r, resource in enumerate(space.tables.parts.resources):
        yield from _resource(space, r, resource)
    for demand in space.tables.parts.demands:
        yield from _demand(space, demand)
    yield from _links(space)
    for equity in space.tables.parts.equities:
        yield from _equity(space, equity)
    yield from _choices(space)


def rule(
    key: str,
    name: str,
    label: str,
    entries: Entries,
    lower: float = -math.inf,
    upper: float = math.inf,
    unit: str = "GBP",
    **more: float | bool,
) -> Rule:
    found: dict[int, float] = {}
    for column, coefficient in entries:
        found[column] = found.get(column, 0.0) + coefficient
    columns = np.array(list(found), dtype=np.int64)
    return Rule(key, name, label, columns, np.array(list(found.values()), dtype=np.float64), lower, upper, unit, **more)  # type: ignore[arg-type]


def _purses(space: Space) -> Iterator[Rule]:
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
            ratio = sum(abs(c) for _, c in entries if abs(c) != 1.0)
            yield rule(
                f"purse/{year}/{purse.key}", f"purse/{year}/{purse.key}", purse.name, entries,
                upper=float(purse.amount[t]), slack=ratio,
            )  # fmt: skip


def _other_uses(space: Space, t: int, u: int) -> Entries:
    tables = space.tables
    year, key = tables.years[t], tables.purses[u].key
    wanted = [(f"carry/{year}/{key}", 1.0), (f"outside/{year}/{key}", 1.0), (f"over/{year}/{key}", -1.0)]
    if t:
        wanted.append((f"carry/{tables.years[t - 1]}/{key}", -1.0))
    found = [(space.named(name), sign) for name, sign in wanted]
    entries = [(position, sign) for position, sign in found if position is not None]
    for saving in tables.parts.savings:
        if saving.purse == u:
            first, last = t - saving.lag - saving.lasts + 1, t - saving.lag
            for earlier in range(max(0, first), last + 1):
                entries += [(k, -saving.rate) for k in space.spend(saving.lines, (earlier,))]
    return entries


def _funds(space: Space) -> Iterator[Rule]:
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


def _costs(space: Space) -> Iterator[Rule]:
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


def _limit(space: Space, limit: Limit) -> Iterator[Rule]:
    tables = space.tables
    for years in [(t,) for t in limit.years] if limit.per_year else [limit.years]:
        name = f"limit/{tables.years[years[0]] if limit.per_year else 'all'}/{limit.key}"
        columns, coefficients, benefit = _terms(space, limit.terms, years)
        exact = limit.unit == "GBP" and len(set(coefficients.tolist())) <= 1 and not benefit
        slack = 0.0 if exact else float(np.abs(coefficients).sum()) + _benefit_slack(tables, benefit)
        sides = (
            [("equal", limit.lower, limit.upper)]
            if limit.lower is not None and limit.lower == limit.upper
            else [("at_least", limit.lower, None), ("at_most", None, limit.upper)]
        )
        for side, lower, upper in sides:
            if lower is not None or upper is not None:
                yield Rule(
                    f"{name}/{side}", name, limit.label, columns, coefficients,
                    -math.inf if lower is None else lower, math.inf if upper is None else upper,
                    limit.unit, slack, 0.0, limit.soft is not None, benefit,
                )  # fmt: skip


def _benefit_slack(tables: ProblemTables, benefit: Sequence[tuple[int, int, float]]) -> float:
    """What a pound less on each line could cost."""
    return sum(abs(w) * tables.discount[t] * tables.lines[i].slopes[t][0] * 10.0 for t, i, w in benefit)


def _terms(
    space: Space, terms: Sequence[Term], years: tuple[int, ...]
) -> tuple[Ints, Floats, tuple[tuple[int, int, float], ...]]:
    """(amounts, coefficients that are not zero, benefit of lines)."""
    total = np.zeros(space.size)
    benefit: list[tuple[int, int, float]] = []
    for term in terms:
        if term.column is not None:
            for position, weight in _of_key(space, term.column):
                total[position] += weight * term.coefficient
            continue
        total[: space.put] += term.coefficient * space.picker.payments(term, years)
        total[space.put : space.case] += term.coefficient * space.picker.contributions(term, years)
        total[space.case : space.more] += term.coefficient * space.picker.cases(term, years)
        for position, weight in _of_measure(space, term, years):
            total[position] += weight * term.coefficient
        if term.measure == "benefit":
            lines = np.flatnonzero(space.picker.lines(term.select)).tolist()
            benefit += [(t, i, term.coefficient) for t in years for i in lines]
    columns = np.flatnonzero(total)
    return columns, total[columns], tuple(benefit)


def _of_key(space: Space, key: str) -> Entries:
    """The amounts that one variable named by its key stands for; spend is the sum of its payments."""
    tables = space.tables
    found = space.named(key)
    if found is not None:
        return [(found, 1.0)]
    kind, year, *rest = key.split("/")
    t = tables.years.index(year)
    cells, put, cases = tables.cells, tables.contributions, tables.activities
    line = next((i for i, one in enumerate(tables.lines) if one.key == rest[0]), -1)
    purse = next((u for u, one in enumerate(tables.purses) if one.key == rest[-1] or one.key in rest[1:]), -1)
    match kind:
        case "spend":
            return [(int(k), 1.0) for k in space.paid(t, line)]
        case "pay":
            fund = DIRECT if rest[2] == "-" else next(m for m, one in enumerate(tables.funds) if one.key == rest[2])
            purse = next(u for u, one in enumerate(tables.purses) if one.key == rest[1])
            chosen = (cells.year == t) & (cells.line == line) & (cells.purse == purse) & (cells.fund == fund)
            return [(int(k), 1.0) for k in np.flatnonzero(chosen)]
        case "put":
            fund = next(m for m, one in enumerate(tables.funds) if one.key == rest[0])
            chosen = (put.year == t) & (put.fund == fund) & (put.purse == purse)
            return [(space.put + int(k), 1.0) for k in np.flatnonzero(chosen)]
    mode = next(d for d, one in enumerate(tables.lines[line].modes) if one.key == rest[1])
    chosen = (cases.year == t) & (cases.line == line) & (cases.mode == mode)
    return [(space.case + int(k), 1.0) for k in np.flatnonzero(chosen)]


def _of_measure(space: Space, term: Term, years: tuple[int, ...]) -> Entries:
    tables, select = space.tables, term.select
    lines, purses = space.picker.lines(select), space.picker.purses(select)
    found: Entries = []
    for position, column in enumerate(tables.more):
        weight = 1.0
        match term.measure, column.block:
            case ("carry", "carry") | ("overspend", "over") | ("outside", "outside"):
                chosen = bool(purses[column.of])
            case ("extra", "extra"):
                chosen = select.resources is None or tables.parts.resources[column.of].key in select.resources
            case ("waiting", "waiting"):
                chosen = select.demands is None or tables.parts.demands[column.of].key in select.demands
            case ("option" | "benefit", "option"):
                option = tables.parts.options[column.of]
                chosen = (select.options is None or option.key in select.options) and bool(lines[option.line])
                if term.measure == "benefit":
                    weight = _option_benefit(tables, column, years)
            case _:
                continue
        if chosen and (column.year in years or term.measure == "benefit"):
            found.append((space.more + position, weight))
    return found


def _option_benefit(tables: ProblemTables, column: Column, years: Sequence[int]) -> float:
    return tables.parts.options[column.of].benefit * sum(tables.discount[t] for t in years if t >= column.year)


def _pace(space: Space, pace: Pace) -> Iterator[Rule]:
    tables, cells = space.tables, space.tables.cells
    everything = Term(pace.select, "spend", 1.0)
    for t in pace.years:
        groups: dict[str, Entries] = {}
        reference: dict[str, float] = {}
        for cell in np.flatnonzero(space.picker.payments(everything, (t,))).tolist():
            name = group_of(tables, pace.per, int(cells.line[cell]), int(cells.purse[cell]))
            groups.setdefault(name, []).append((cell, 1.0))
            reference[name] = reference.get(name, 0.0) + float(cells.reference[cell])
        for year, line, purse, fund, gbp in tables.orphans:
            if year == t and space.picker.covers(pace.select, line, purse, fund):
                name = group_of(tables, pace.per, line, purse)
                groups.setdefault(name, [])
                reference[name] = reference.get(name, 0.0) + gbp
        for name, entries in sorted(groups.items()):
            key = f"pace/{tables.years[t]}/{pace.key}/{name}"
            lower, upper = pace.bounds(reference[name], t)
            soft = pace.soft is not None
            if np.isfinite(upper):
                yield rule(f"{key}/pace_up", key, pace.label, entries, upper=upper, soft=soft)
            if np.isfinite(lower):
                yield rule(f"{key}/pace_down", key, pace.label, entries, lower=lower, soft=soft)


def _carries(space: Space) -> Iterator[Rule]:
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


def _held_back(space: Space) -> Iterator[Rule]:
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
                    inward = space.named(f"carry/{tables.years[t - 1]}/{tables.purses[u].key}") if t else None
                    entries += ([] if out is None else [(out, 1.0)]) + ([] if inward is None else [(inward, -1.0)])
                name = f"held_back/{year}/{payer.key}"
                yield rule(name, name, f"{payer.name} holds back what it must", entries,
                           upper=float(amounts - math.ceil(held - NOISE)))  # fmt: skip
            for r in rules:
                mine = own.intersection(r.purses)
                if r.kind == "non_recurrent" and mine:
                    amounts = sum(tables.purses[u].amount[t] for u in mine)
                    entries = [
                        (k, 1.0)
                        for k in np.flatnonzero(cells.year == t).tolist()
                        if int(cells.purse[k]) in mine and not tables.lines[int(cells.line[k])].non_recurrent
                    ]
                    name = f"recurrent/{year}/{r.key}/{payer.key}"
                    yield rule(name, name, f"{payer.name}: {r.label}", entries,
                               upper=float(amounts - math.ceil(r.share * amounts - NOISE)))  # fmt: skip


def _contracts(space: Space) -> Iterator[Rule]:
    tables = space.tables
    for i in sorted({c.line for c in tables.parts.commitments}):
        for t, year in enumerate(tables.years):
            floor = sum(c.floor[t] for c in tables.parts.commitments if c.line == i)
            if floor:
                name = f"contract/{year}/{tables.lines[i].key}"
                entries = [(int(k), 1.0) for k in space.paid(t, i)]
                label = f"What contracts for {tables.lines[i].name} commit"
                yield rule(name, name, label, entries, lower=float(floor))


def _resource(space: Space, r: int, resource: Resource) -> Iterator[Rule]:
    tables, unit = space.tables, resource.unit

    def bought(t: int) -> list[int]:
        named = [
            space.named(f"extra/{tables.years[s]}/{resource.key}") for s in (range(t + 1) if resource.lasting else [t])
        ]
        return [position for position in named if position is not None]

    for t, year in enumerate(tables.years):
        entries: Entries = []
        for use in resource.uses:
            entries += [(k, use.amount) for k in space.cases(use.select, (t,))]
        entries += [(j, -1.0) for j in bought(t)]
        for position, column in enumerate(tables.more):
            if column.block == "option" and column.year <= t:
                option = tables.parts.options[column.of]
                entries.append((space.more + position, option.uses.get(r, 0.0) - option.supplies.get(r, 0.0)))
        name = f"resource/{year}/{resource.key}"
        yield rule(name, name, f"{resource.name} is enough", entries, upper=resource.supply[t], unit=unit)
        extra = space.named(f"extra/{year}/{resource.key}")
        if extra is not None:
            name = f"extra_max/{year}/{resource.key}"
            yield rule(name, name, f"What more of {resource.name} is bought", [(extra, 1.0)],
                       upper=resource.extra_at_most[t], unit=unit)  # fmt: skip
        if t and resource.max_growth is not None:
            grown = 1.0 + resource.max_growth
            entries = [(j, 1.0) for j in bought(t)] + [(j, -grown) for j in bought(t - 1)]
            name = f"growth_max/{year}/{resource.key}"
            yield rule(name, name, f"{resource.name} grows no faster than it can", entries,
                       upper=grown * resource.supply[t - 1] - resource.supply[t], unit=unit)  # fmt: skip


def _demand(space: Space, demand: Demand) -> Iterator[Rule]:
    tables, unit = space.tables, demand.unit
    for t, year in enumerate(tables.years):
        treated: Entries = []
        for met in demand.met_by:
            treated += [(k, met.amount) for k in space.cases(met.select, (t,))]
        shifted: Entries = []
        for shift in demand.shifts:
            then = t - shift.lag
            if then >= 0 and shift.measure == "activity":
                shifted += [(k, shift.rate) for k in space.cases(shift.select, (then,))]
            elif then >= 0:
                lines = np.flatnonzero(space.picker.lines(shift.select)).tolist()
                shifted += [(k, shift.rate) for k in space.spend(lines, (then,))]
        slack = sum(abs(rate) for k, rate in shifted if space.is_money(k))
        less = [(k, -rate) for k, rate in shifted]
        if demand.waits:
            left = space.named(f"waiting/{year}/{demand.key}")
            before = space.named(f"waiting/{tables.years[t - 1]}/{demand.key}") if t else None
            lists: Entries = [] if left is None else [(left, 1.0)]
            lists += [] if before is None else [(before, -1.0)]
            comes = demand.cases[t] + (0.0 if t else demand.opening)
            name = f"backlog/{year}/{demand.key}"
            label = f"{demand.label}: patients come, are treated or wait"
            yield rule(name, name, label, [*treated, *less, *lists], comes, comes, unit, slack=slack)
            if left is not None and np.isfinite(demand.backlog_at_most[t]):
                name = f"backlog_max/{year}/{demand.key}"
                label = f"{demand.label}: how many may wait"
                yield rule(name, name, label, [(left, 1.0)], upper=demand.backlog_at_most[t], unit=unit)
        else:
            name = f"demand_max/{year}/{demand.key}"
            label = f"{demand.label}: no more than come"
            yield rule(name, name, label, [*treated, *less], upper=demand.cases[t], unit=unit, slack=slack)
        if demand.minimum_share > 0:
            share, name = demand.minimum_share, f"demand_min/{year}/{demand.key}"
            entries = treated + [(k, -share * rate) for k, rate in shifted]
            label = f"{demand.label}: the least share treated"
            yield rule(name, name, label, entries, lower=share * demand.cases[t], unit=unit, slack=slack,
                       soft=demand.soft is not None)  # fmt: skip


def _links(space: Space) -> Iterator[Rule]:
    for link in space.tables.parts.links:
        for t in range(link.lag, len(space.tables.years)):
            entries = [(k, 1.0) for k in space.cases(link.to, (t,))]
            entries += [(k, -link.rate) for k in space.cases(link.per, (t - link.lag,))]
            name = f"link/{space.tables.years[t]}/{link.key}"
            lower = -math.inf if link.kind == "nested" else 0.0
            upper = math.inf if link.kind == "induces" else 0.0
            yield rule(name, name, link.label, entries, lower, upper, "cases")


def _equity(space: Space, equity: Equity) -> Iterator[Rule]:
    tables = space.tables
    unit = {"benefit": tables.benefit_unit, "spend": "GBP"}.get(equity.measure, "cases")
    chosen = space.picker.lines(equity.select)
    for period in equity.periods():
        when = tables.years[period[0]] if equity.per_year else "all"
        least = space.named(f"least/{when}/{equity.key}")
        greatest = space.named(f"greatest/{when}/{equity.key}")
        for group, heads in equity.heads:
            lines = [i for i, line in enumerate(tables.lines) if chosen[i] and getattr(line, equity.per) == group]
            entries, benefit = _measured(space, equity, lines, period)
            slack = sum(abs(c) for k, c in entries if space.is_money(k)) + _benefit_slack(tables, benefit)
            where = f"equity/{when}/{equity.key}/{group}"
            base = rule(f"{where}/floor", where, equity.label, entries, unit=unit, slack=slack)._replace(
                benefit=benefit
            )
            if equity.floor is not None:
                yield base._replace(lower=equity.floor * heads, soft=equity.soft is not None)
            if least is not None:
                yield _with(base, f"{where}/least", least, -heads)._replace(lower=0.0)
            if greatest is not None:
                turned = base._replace(coefficients=-base.coefficients)
                yield _with(turned, f"{where}/greatest", greatest, heads)._replace(lower=0.0)
        if equity.spread is not None and least is not None and greatest is not None:
            name = f"equity/{when}/{equity.key}/spread"
            smallest = min(heads for _, heads in equity.heads)
            yield rule(name, name, equity.label, [(greatest, 1.0), (least, -1.0)], upper=equity.spread,
                       unit=f"{unit} per head", slack=2.0 / smallest, soft=equity.soft is not None)  # fmt: skip


def _with(base: Rule, key: str, column: int, coefficient: float) -> Rule:
    return base._replace(
        key=key,
        name=key,
        columns=np.append(base.columns, column),
        coefficients=np.append(base.coefficients, coefficient),
    )


def _measured(
    space: Space, equity: Equity, lines: Sequence[int], years: tuple[int, ...]
) -> tuple[Entries, tuple[tuple[int, int, float], ...]]:
    tables = space.tables
    match equity.measure:
        case "spend":
            return [(k, 1.0) for k in space.spend(lines, years)], ()
        case "activity":
            keep = set(lines)
            found = space.cases(equity.select, years)
            return [(k, 1.0) for k in found if int(tables.activities.line[k - space.case]) in keep], ()
    options = [
        (space.more + position, _option_benefit(tables, column, years))
        for position, column in enumerate(tables.more)
        if column.block == "option" and tables.parts.options[column.of].line in set(lines)
    ]
    return options, tuple((t, i, 1.0) for t in years for i in lines)


def _choices(space: Space) -> Iterator[Rule]:
    tables = space.tables

    def begun(o: int, t: int) -> list[int]:
        return [
            space.more + position
            for position, column in enumerate(tables.more)
            if column.block == "option" and column.of == o and column.year <= t
        ]

    last = len(tables.years) - 1
    for o, option in enumerate(tables.parts.options):
        if len(option.starts) > 1:
            name = f"once/{option.key}"
            entries = [(j, 1.0) for j in begun(o, last)]
            yield rule(name, name, f"{option.name} starts once at most", entries, upper=1.0, unit="option")
        for n, volume in enumerate(option.volumes):
            for t, year in enumerate(tables.years):
                cases = [(k, 1.0) for k in space.cases(volume.select, (t,))]
                name = f"volume/{year}/{option.key}/{n}"
                if volume.at_least > 0:
                    entries = cases + [(j, -volume.at_least) for j in begun(o, t)]
                    yield rule(f"{name}/volume_min", name, f"{option.name}: least volume", entries, lower=0.0,
                               unit="cases")  # fmt: skip
                if np.isfinite(volume.at_most):
                    entries = cases + [(j, -volume.at_most) for j in begun(o, t)]
                    yield rule(f"{name}/volume_max", name, f"{option.name}: greatest volume", entries, upper=0.0,
                               unit="cases")  # fmt: skip
    for r in tables.parts.option_rules:
        if r.kind == "requires":
            for other in r.options[1:]:
                for t, year in enumerate(tables.years):
                    entries = [(j, 1.0) for j in begun(r.options[0], t)] + [(j, -1.0) for j in begun(other, t)]
                    name = f"option_rule/{r.key}/{tables.parts.options[other].key}/{year}"
                    yield rule(name, name, r.label, entries, upper=0.0, unit="option")
            continue
        entries = [(j, 1.0) for o in r.options for j in begun(o, last)]
        lower = -math.inf if r.kind == "at_most" else float(r.count)
        upper = math.inf if r.kind == "at_least" else float(r.count)
        yield rule(f"option_rule/{r.key}", f"option_rule/{r.key}", r.label, entries, lower, upper, "option")
