"""Rules that users state: limits on any selection or named variable, the pace of change."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from concord_allocation.core.picking import group_of
from concord_allocation.core.problem import DIRECT, Floats, Ints
from concord_allocation.core.recount.space import Entries, Rule, Space, benefit_slack, option_benefit, rule
from concord_allocation.core.rules import Limit, Pace, Term


def limit_rules(space: Space, limit: Limit) -> Iterator[Rule]:
    tables = space.tables
    for years in [(t,) for t in limit.years] if limit.per_year else [limit.years]:
        name = f"limit/{tables.years[years[0]] if limit.per_year else 'all'}/{limit.key}"
        columns, coefficients, benefit = _terms(space, limit.terms, years)
        exact = limit.unit == "GBP" and len(set(coefficients.tolist())) <= 1 and not benefit
        slack = 0.0 if exact else float(np.abs(coefficients).sum()) + benefit_slack(tables, benefit)
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
                    weight = option_benefit(tables, column, years)
            case ("benefit", "worth"):
                chosen = bool(lines[column.of]) and column.year in years
                weight = column.benefit
            case _:
                continue
        if chosen and (column.year in years or term.measure == "benefit"):
            found.append((space.more + position, weight))
    return found


def pace_rules(space: Space, pace: Pace) -> Iterator[Rule]:
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
