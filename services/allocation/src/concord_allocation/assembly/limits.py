"""Standard limits of a planning round, beside the purses' own amounts and scopes.

Links between cases along the pathway, and the planning rules (how fast a line may move, which services keep a floor).
All are stated with their source or as assumptions; a caller may leave planning rules out.
"""

from collections.abc import Iterator, Sequence

from concord_allocation.assembly.demand import build_floors
from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.keys import joined_key
from concord_allocation.assembly.provenance import cited
from concord_allocation.assembly.world import World
from concord_allocation.reference.rows import LinkRow, PlanningRuleRow
from concord_contracts.allocation import Grouping, Limit, Line, Measure, PaceOfChange, Selection, Term

ALL = ("*",)


def build_limits(world: World, lines: Sequence[Line]) -> list[Limit]:
    """The caller's own limits, so that a fault points to where they stand in the request; then demand and links."""
    return [*world.request.limits, *build_floors(world, lines), *_links(world, lines)]


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
