"""Standard limits of a planning round, beside the purses' own amounts and scopes.

Demand that must be met, links between cases along the pathway, and the planning rules (how fast a line may move, which
services keep a floor). All are stated with their source or as assumptions; a caller may leave planning rules out.
"""

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal

from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.keys import joined_key, line_key
from concord_allocation.assembly.provenance import cited
from concord_allocation.assembly.world import World
from concord_allocation.reference.rows import ActivityRow, LinkRow, PlanningRuleRow
from concord_contracts.allocation import Grouping, Limit, Line, Measure, PaceOfChange, Selection, Term

ALL = ("*",)
CASES = Decimal("0.0001")
"""Cases are stated to four decimals."""


def build_limits(world: World, lines: Sequence[Line]) -> list[Limit]:
    """The caller's own limits, so that a fault points to where they stand in the request; then demand and links."""
    by_key = {line.key: line for line in lines}
    return [*world.request.limits, *_demand(world, by_key), *_links(world, lines)]


def _demand(world: World, lines: dict[str, Line]) -> Iterator[Limit]:
    for row in sorted(world.figures.activity, key=lambda row: row.row_key()):
        line = lines.get(line_key(row.line))
        if line is not None and row.must_meet and (cases := _cases(world, row)) > 0:
            yield _demand_limit(row, line, cases)


def _cases(world: World, row: ActivityRow) -> Decimal:
    """Cases of the reference year; those that follow the line are what its baseline bought, never a fraction more."""
    line = world.row_of[row.line]
    modes = world.figures.modes_of.get((line.pathway, line.stage), ())
    price = next((mode.unit_cost_gbp for mode in modes if mode.mode == row.mode), None)
    if not row.follows_lines or price is None:
        return row.cases
    return (line.baseline_gbp / price).quantize(CASES, ROUND_FLOOR)


def _demand_limit(row: ActivityRow, line: Line, cases: Decimal) -> Limit:
    """cases(line, mode) >= cases of the reference year; grows with the referrals."""
    return Limit(
        key=joined_key("demand", line.key, row.mode),
        label=f"{line.name}: last year's demand is met, {cases:,.1f} a year ({row.unit})",
        terms=[Term(select=Selection(lines=[line.key], modes=[row.mode]), measure=Measure.ACTIVITY)],
        at_least=float(cases),
        unit=row.unit[:60],
        source=cited(row),
        demand_driven=True,
    )


def _links(world: World, lines: Sequence[Line]) -> Iterator[Limit]:
    stages = {(line.place, line.pathway, line.stage): line for line in lines if line.modes}
    for link in sorted(world.figures.links, key=lambda link: link.link):
        for (place, pathway, stage), line in sorted(stages.items()):
            per = stages.get((place, pathway, link.per_stage))
            if pathway == link.pathway and stage == link.stage and per is not None:
                yield _link_limit(link, line, per)


def _link_limit(link: LinkRow, line: Line, per: Line) -> Limit:
    """cases(stage) <= rate x cases(per stage), in the same place."""
    return Limit(
        key=joined_key("link", link.link, line.place),
        label=f"{line.name}: {link.label}",
        terms=[
            Term(select=Selection(lines=[line.key]), measure=Measure.ACTIVITY),
            Term(select=Selection(lines=[per.key]), measure=Measure.ACTIVITY, coefficient=-float(link.at_most)),
        ],
        at_most=0,
        unit=(line.unit or "cases")[:60],
        source=cited(link),
    )


def build_paces(world: World, lines: Sequence[Line], faults: list[AssemblyFault]) -> list[PaceOfChange]:
    """The caller's own, then the planning rules that concern the chosen lines; faults name rules that do not exist."""
    rules = sorted(world.figures.planning_rules, key=lambda rule: rule.rule)
    known = {rule.rule for rule in rules}
    for position, key in enumerate(world.request.without):
        if key not in known:
            words = f"{key} is not a planning rule; they are: {', '.join(sorted(known)) or 'none'}"
            faults.append(AssemblyFault(f"/without/{position}", "unknown-rule", words))
    kept = [rule for rule in rules if rule.rule not in world.request.without]
    paces = [pace for rule in kept if (pace := _pace(rule, lines, world.years)) is not None]
    return [*world.request.pace_of_change, *paces]


def _pace(rule: PlanningRuleRow, lines: Sequence[Line], years: Sequence[str]) -> PaceOfChange | None:
    """(1 - down) x baseline <= spend of each line <= (1 + up) x baseline; a floor of f is down = 1 - f.

    None where the rule concerns no chosen line or year.
    """
    chosen = {"first": years[:1], "later": years[1:], "*": years}[rule.years]
    concerned = [
        line
        for line in lines
        if (rule.stages == ALL or line.stage in rule.stages) and (rule.pathways == ALL or line.pathway in rule.pathways)
    ]
    if not chosen or not concerned:
        return None
    down = rule.max_down if rule.floor_share is None else 1 - rule.floor_share
    return PaceOfChange(
        key=rule.rule,
        label=rule.label,
        select=Selection(
            pathways=None if rule.pathways == ALL else sorted({line.pathway for line in concerned}),
            stages=None if rule.stages == ALL else sorted({line.stage for line in concerned}),
        ),
        per=Grouping.LINE,
        max_up=None if rule.max_up is None else float(rule.max_up),
        max_down=None if down is None else float(down),
        years=None if len(chosen) == len(years) else list(chosen),
        source=cited(rule),
    )
