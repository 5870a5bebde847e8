"""Rows about indivisible options: one start each, volumes that come with them, rules between them."""

from collections.abc import Iterator

import numpy as np

from concord_allocation.core.families.rows import Chooser, Row, summed
from concord_allocation.core.parts import OptionRule
from concord_allocation.core.problem import ProblemTables

type Entries = list[tuple[int, float]]


def option_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """sum_s z[s,o] <= 1. An option starts once, if at all; only where several years are open to it.

    Unit: options. Source: the option's own.
    """
    for option in tables.parts.options:
        if len(option.starts) > 1:
            columns, coefficients = summed(started(tables, chooser, option.key, len(tables.years) - 1))
            label = f"{option.name} starts once at most"
            yield Row(
                f"once/{option.key}", "once", "", None, columns, coefficients, -np.inf, 1.0, "option", label,
                option.source, False, 0.0,
            )  # fmt: skip


def started(tables: ProblemTables, chooser: Chooser, key: str, t: int) -> Entries:
    """Columns whose sum is 1 where an option has started by year t."""
    return [
        (j, 1.0)
        for j, column in chooser.of_block("option")
        if tables.parts.options[column.of].key == key and column.year <= t
    ]


def volume_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """at_least * z[t] <= sum a[t] <= at_most * z[t], z[t] = sum of starts up to t.

    Unit: cases. Source: the option's own.
    """
    for option in tables.parts.options:
        for n, volume in enumerate(option.volumes):
            for t, year in enumerate(tables.years):
                cases: Entries = [
                    (chooser.columns.case.start + k, 1.0) for k in chooser.cases(volume.select, (t,)).tolist()
                ]
                for family, words, amount in (
                    ("volume_min", "at least", volume.at_least),
                    ("volume_max", "at most", volume.at_most),
                ):
                    if not np.isfinite(amount) or (family == "volume_min" and amount == 0):
                        continue
                    z = [(j, -amount) for j, _ in started(tables, chooser, option.key, t)]
                    columns, coefficients = summed([*cases, *z])
                    lower, upper = (0.0, np.inf) if family == "volume_min" else (-np.inf, 0.0)
                    label = f"{option.name}: {words} {amount:,.10g} cases in {year} with it" + (
                        ", none without" if family == "volume_max" else ""
                    )
                    yield Row(
                        f"volume/{year}/{option.key}/{n}/{family}", family, option.key, t, columns, coefficients,
                        lower, upper, "cases", label, option.source, False, 1.0,
                    )  # fmt: skip


def option_rule_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """sum of options <=, >=, = count; requires, year by year: z[t,first] <= z[t,other].

    Unit: options. Source: the rule's own.
    """
    for rule in tables.parts.option_rules:
        last = len(tables.years) - 1
        keys = [tables.parts.options[o].key for o in rule.options]
        if rule.kind != "requires":
            entries = [entry for key in keys for entry in started(tables, chooser, key, last)]
            count = float(rule.count)
            lower = -np.inf if rule.kind == "at_most" else count
            upper = np.inf if rule.kind == "at_least" else count
            yield _rule_row(tables, rule, f"option_rule/{rule.key}", entries, lower, upper)
            continue
        for other in keys[1:]:
            for t, year in enumerate(tables.years):
                minus = [(j, -1.0) for j, _ in started(tables, chooser, other, t)]
                entries = [*started(tables, chooser, keys[0], t), *minus]
                yield _rule_row(tables, rule, f"option_rule/{rule.key}/{other}/{year}", entries, -np.inf, 0.0)


def _rule_row(tables: ProblemTables, rule: OptionRule, key: str, entries: Entries, lower: float, upper: float) -> Row:
    """An option more or less counts at the mean cost of those the rule is about."""
    columns, coefficients = summed(entries)
    costs = [sum(tables.parts.options[o].cost[tables.parts.options[o].starts[0]]) for o in rule.options]
    return Row(
        key, "option_rule", rule.key, None, columns, coefficients, lower, upper, "option", rule.label, rule.source,
        rule.statutory, rule.weight, gbp_each=sum(costs) / len(costs),
    )  # fmt: skip
