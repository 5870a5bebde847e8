"""Rules about cases: resources, patients and who waits, links between activities."""

import math
from collections.abc import Iterator

import numpy as np

from concord_allocation.core.parts import Demand, Resource
from concord_allocation.core.recount.space import Entries, Rule, Space, rule


def resource_rules(space: Space, r: int, resource: Resource) -> Iterator[Rule]:
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
            for now, sign in ((t, 1.0), (t - 1, -grown)):
                entries += [
                    (space.more + position, sign * tables.parts.options[column.of].supplies.get(r, 0.0))
                    for position, column in enumerate(tables.more)
                    if column.block == "option" and column.year <= now
                ]
            name = f"growth_max/{year}/{resource.key}"
            yield rule(name, name, f"{resource.name} grows no faster than it can", entries,
                       upper=grown * resource.supply[t - 1] - resource.supply[t], unit=unit)  # fmt: skip


def demand_rules(space: Space, demand: Demand) -> Iterator[Rule]:
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


def link_rules(space: Space) -> Iterator[Rule]:
    for link in space.tables.parts.links:
        for t in range(link.lag, len(space.tables.years)):
            entries = [(k, 1.0) for k in space.cases(link.to, (t,))]
            entries += [(k, -link.rate) for k in space.cases(link.per, (t - link.lag,))]
            name = f"link/{space.tables.years[t]}/{link.key}"
            lower = -math.inf if link.kind == "nested" else 0.0
            upper = math.inf if link.kind == "induces" else 0.0
            yield rule(name, name, link.label, entries, lower, upper, "cases")
