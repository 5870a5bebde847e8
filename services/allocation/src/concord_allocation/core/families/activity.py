"""Rows about cases: resources they use, patients who wait, activities that bring about, need or follow others."""

from collections.abc import Iterator, Sequence

import numpy as np

from concord_allocation.core.families.rows import Chooser, Row, balance, summed
from concord_allocation.core.parts import Demand, Link, Resource, Use
from concord_allocation.core.problem import ProblemTables

type Entries = list[tuple[int, float]]


def resource_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """sum per_case * a + sum uses * z <= supply[t] + sum extra + sum supplies * z; extra[t] <= extra_at_most[t].

    growth: all there is in t <= (1 + g) * all there is in t-1: supply, extras and what options supply.
    Unit: the resource's own. Source: the resource's own.
    """
    for r, resource in enumerate(tables.parts.resources):
        for t, year in enumerate(tables.years):
            used = [
                (chooser.columns.case.start + k, use.amount)
                for use in resource.uses
                for k in chooser.cases(use.select, (t,)).tolist()
            ]
            bought = _bought(chooser, resource, t)
            used += [(j, -1.0) for j in bought] + list(_of_options(tables, chooser, r, t))
            name = f"{resource.name} in {year}"
            yield _resource_row(
                chooser, resource, "resource", t, used, resource.supply[t],
                f"{name}: {resource.supply[t]:,.10g} {resource.unit}" + (" and what is bought" if bought else ""),
            )  # fmt: skip
            if resource.extra_at_most[t] > 0:
                column = chooser.columns.at(f"extra/{year}/{resource.key}")
                yield _resource_row(
                    chooser, resource, "extra_max", t, [] if column is None else [(column, 1.0)],
                    resource.extra_at_most[t],
                    f"{name}: at most {resource.extra_at_most[t]:,.10g} {resource.unit} more are bought",
                )  # fmt: skip
            if t > 0 and resource.max_growth is not None:
                more = [(j, 1.0) for j in bought]
                more += [(j, -1.0 - resource.max_growth) for j in _bought(chooser, resource, t - 1)]
                for j, option in chooser.of_block("option"):
                    supplied = tables.parts.options[option.of].supplies.get(r, 0.0)
                    if supplied and option.year <= t:
                        more.append((j, supplied if option.year == t else -resource.max_growth * supplied))
                yield _resource_row(
                    chooser, resource, "growth_max", t, more,
                    (1.0 + resource.max_growth) * resource.supply[t - 1] - resource.supply[t],
                    f"{resource.name} grows by at most {resource.max_growth:.1%} into {year}",
                )  # fmt: skip


def _bought(chooser: Chooser, resource: Resource, t: int) -> list[int]:
    """Columns of the units bought that are there in year t."""
    years = chooser.tables.years
    named = [chooser.columns.at(f"extra/{years[s]}/{resource.key}") for s in resource.buys(t)]
    return [column for column in named if column is not None]


def _of_options(tables: ProblemTables, chooser: Chooser, r: int, t: int) -> Iterator[tuple[int, float]]:
    for j, column in chooser.of_block("option"):
        option = tables.parts.options[column.of]
        taken = option.uses.get(r, 0.0) - option.supplies.get(r, 0.0)
        if taken and column.year <= t:
            yield j, taken


def _resource_row(
    chooser: Chooser, resource: Resource, family: str, t: int, entries: Entries, upper: float, label: str
) -> Row:
    """A unit of it counts at its price, without one at what the cases cost that it would let be done."""
    tables = chooser.tables
    columns, coefficients = summed(entries)
    return Row(
        key=f"{family}/{tables.years[t]}/{resource.key}",
        family=family,
        limit=resource.key,
        year=t,
        columns=columns,
        coefficients=coefficients,
        lower=-np.inf,
        upper=upper,
        unit=resource.unit,
        label=label,
        source=resource.source,
        statutory=resource.statutory,
        weight=resource.weight,
        gbp_each=resource.price[t] or mean_cost(chooser, resource.uses, t),
    )


def mean_cost(chooser: Chooser, uses: Sequence[Use], t: int) -> float:
    """GBP of year t for a unit that cases use or meet: mean over them of unit cost / amount a case; 0: no cases."""
    cost = chooser.tables.activities.unit_cost
    each = [cost[k] / use.amount for use in uses for k in chooser.cases(use.select, (t,)).tolist()]
    return float(np.mean(each)) if each else 0.0


def demand_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """With waiting: sum counts * a[t] + b[t] = b[t-1] + cases[t] + shifted[t], b[-1] the opening backlog, b[t] <= most.

    Without: sum counts * a[t] <= cases[t] + shifted[t]. The standard: sum counts * a[t] >= share * (cases[t] +
    shifted[t]), shifted[t] = sum rate * (a or s)[t - lag]. Unit: patients. Source: the demand's own.
    """
    for demand in tables.parts.demands:
        for t, year in enumerate(tables.years):
            treated = [
                (chooser.columns.case.start + k, met.amount)
                for met in demand.met_by
                for k in chooser.cases(met.select, (t,)).tolist()
            ]
            shifted = list(_shifted(chooser, demand, t))
            less = [(j, -rate) for j, rate in shifted]
            when = f"in {year}"
            if demand.waits:
                yield _backlog(tables, chooser, demand, t, [*treated, *less])
                if np.isfinite(demand.backlog_at_most[t]):
                    column = chooser.columns.at(f"waiting/{year}/{demand.key}")
                    yield _demand_row(
                        chooser, demand, "backlog_max", t, [] if column is None else [(column, 1.0)],
                        (-np.inf, demand.backlog_at_most[t]),
                        f"{demand.label}: at most {demand.backlog_at_most[t]:,.10g} {demand.unit} wait after {year}",
                    )  # fmt: skip
            else:
                yield _demand_row(
                    chooser, demand, "demand_max", t, [*treated, *less], (-np.inf, demand.cases[t]),
                    f"{demand.label}: no more are treated than come, {demand.cases[t]:,.10g} {demand.unit} {when}",
                )  # fmt: skip
            if demand.minimum_share > 0:
                share = demand.minimum_share
                yield _demand_row(
                    chooser, demand, "demand_min", t,
                    [*treated, *((j, -share * rate) for j, rate in shifted)], (share * demand.cases[t], np.inf),
                    f"{demand.label}: at least {share:.1%} of {demand.cases[t]:,.10g} {demand.unit} are treated {when}",
                    soft=demand.soft,
                )  # fmt: skip


def _shifted(chooser: Chooser, demand: Demand, t: int) -> Iterator[tuple[int, float]]:
    columns = chooser.columns
    for shift in demand.shifts:
        if t >= shift.lag:
            years = (t - shift.lag,)
            found = (
                columns.case.start + chooser.cases(shift.select, years)
                if shift.measure == "activity"
                else columns.spend.start + chooser.spends(shift.select, years)
            )
            for j in found.tolist():
                yield j, shift.rate


def _backlog(tables: ProblemTables, chooser: Chooser, demand: Demand, t: int, entries: Entries) -> Row:
    year = tables.years[t]
    left = chooser.columns.at(f"waiting/{year}/{demand.key}")
    before = chooser.columns.at(f"waiting/{tables.years[t - 1]}/{demand.key}") if t > 0 else None
    entries = entries + ([] if left is None else [(left, 1.0)]) + ([] if before is None else [(before, -1.0)])
    columns, coefficients = summed(entries)
    comes = demand.cases[t] + (demand.opening if t == 0 else 0.0)
    label = f"{demand.label}: who comes in {year} and waited before is treated or waits on"
    return balance(f"backlog/{year}/{demand.key}", "backlog", t, columns, coefficients, comes, label)._replace(
        unit=demand.unit
    )


def _demand_row(
    chooser: Chooser,
    demand: Demand,
    family: str,
    t: int,
    entries: Entries,
    bounds: tuple[float, float],
    label: str,
    soft: int | None = None,
) -> Row:
    columns, coefficients = summed(entries)
    return Row(
        key=f"{family}/{chooser.tables.years[t]}/{demand.key}",
        family=family,
        limit=demand.key,
        year=t,
        columns=columns,
        coefficients=coefficients,
        lower=bounds[0],
        upper=bounds[1],
        unit=demand.unit,
        label=label,
        source=demand.source,
        statutory=demand.statutory,
        weight=demand.weight,
        soft=soft,
        gbp_each=mean_cost(chooser, demand.met_by, t),
    )


def link_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """cases(to, t + lag) - rate * cases(per, t) >= 0 (induces), <= 0 (nested), = 0 (follows).

    Unit: cases. Source: the link's own.
    """
    for link in tables.parts.links:
        for t in range(link.lag, len(tables.years)):
            case = chooser.columns.case.start
            entries = [(case + k, 1.0) for k in chooser.cases(link.to, (t,)).tolist()]
            entries += [(case + k, -link.rate) for k in chooser.cases(link.per, (t - link.lag,)).tolist()]
            yield _link_row(tables, link, t, entries)


def _link_row(tables: ProblemTables, link: Link, t: int, entries: Entries) -> Row:
    columns, coefficients = summed(entries)
    lower, upper = {"induces": (0.0, np.inf), "nested": (-np.inf, 0.0), "follows": (0.0, 0.0)}[link.kind]
    return Row(
        key=f"link/{tables.years[t]}/{link.key}",
        family="link",
        limit=link.key,
        year=t,
        columns=columns,
        coefficients=coefficients,
        lower=lower,
        upper=upper,
        unit="cases",
        label=f"{link.label} ({tables.years[t]})",
        source=link.source,
        statutory=link.statutory,
        weight=link.weight,
    )
