"""Every rule of a problem as a sum over a plan's amounts, written from the tables alone: for the check and the bound.

Imports nothing of the optimiser. What a matrix calls rows is derived here a second time, so that a mistake there shows.
Spend is no amount of its own here: it is what the payments add up to.
"""

import math
from collections.abc import Iterator, Mapping

from concord_allocation.core.recount.cases import demand_rules, link_rules, resource_rules
from concord_allocation.core.recount.choices import choice_rules, equity_rules
from concord_allocation.core.recount.limits import limit_rules, pace_rules
from concord_allocation.core.recount.money import (
    carry_rules,
    contract_rules,
    cost_rules,
    fund_rules,
    held_back_rules,
    purse_rules,
    worth_rules,
)
from concord_allocation.core.recount.space import Rule, Space

__all__ = ["Rule", "Space", "all_rules"]


def all_rules(space: Space) -> Iterator[Rule]:
    """Everything that a plan must keep, with what a what-if has loosened."""
    for rule in _stated_rules(space):
        yield from _loosened(rule, space.tables.loosened)


def _loosened(rule: Rule, by: Mapping[str, tuple[float, float]]) -> Iterator[Rule]:
    """An equality that is loosened is two rules from then on, each of which may be loosened again."""
    if rule.key not in by:
        yield rule
        return
    down, up = by[rule.key]
    looser = rule._replace(lower=rule.lower - down, upper=rule.upper + up)
    if rule.lower != rule.upper:
        yield looser
        return
    yield from _loosened(looser._replace(key=f"{rule.key}/low", upper=math.inf), by)
    yield from _loosened(looser._replace(key=f"{rule.key}/high", lower=-math.inf), by)


def _stated_rules(space: Space) -> Iterator[Rule]:
    yield from purse_rules(space)
    yield from fund_rules(space)
    yield from cost_rules(space)
    yield from worth_rules(space)
    for limit in space.tables.limits:
        yield from limit_rules(space, limit)
    for pace in space.tables.paces:
        yield from pace_rules(space, pace)
    yield from carry_rules(space)
    yield from held_back_rules(space)
    yield from contract_rules(space)
    for r, resource in enumerate(space.tables.parts.resources):
        yield from resource_rules(space, r, resource)
    for demand in space.tables.parts.demands:
        yield from demand_rules(space, demand)
    yield from link_rules(space)
    for equity in space.tables.parts.equities:
        yield from equity_rules(space, equity)
    yield from choice_rules(space)
