"""Rules about fairness between groups, and about indivisible options."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from concord_allocation.core.parts import Equity
from concord_allocation.core.recount.space import Entries, Rule, Space, benefit_slack, option_benefit, rule


def equity_rules(space: Space, equity: Equity) -> Iterator[Rule]:
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
            slack = sum(abs(c) for k, c in entries if space.is_money(k)) + benefit_slack(tables, benefit)
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
        (space.more + position, option_benefit(tables, column, years))
        for position, column in enumerate(tables.more)
        if column.block == "option" and tables.parts.options[column.of].line in set(lines)
    ]
    options += [
        (space.more + position, column.benefit)
        for position, column in enumerate(tables.more)
        if column.block == "worth" and column.year in years and column.of in set(lines)
    ]
    return options, tuple((t, i, 1.0) for t in years for i in lines)


def choice_rules(space: Space) -> Iterator[Rule]:
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
