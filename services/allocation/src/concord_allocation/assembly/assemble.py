"""The problem of a scenario: reference figures, the map's law and the agreements in force, put together in one place.

Nobody writes eligibility by hand. The rules are told in the service's README, "How the Greater Manchester problem is
built"; this module only calls them in order and reports every fault at once.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from concord_allocation.assembly.bridges import baselines_told, check_bridges
from concord_allocation.assembly.contracts import build_contracts
from concord_allocation.assembly.demand import build_demands
from concord_allocation.assembly.faults import AssemblyFault, CannotAssemble
from concord_allocation.assembly.further import build_equity, build_indices, build_rules
from concord_allocation.assembly.limits import build_limits, build_paces
from concord_allocation.assembly.lines import build_curves, build_lines
from concord_allocation.assembly.mechanisms import build_pooling
from concord_allocation.assembly.people import build_people
from concord_allocation.assembly.purses import build_payers, build_purses
from concord_allocation.assembly.world import World
from concord_contracts.allocation import Line, Problem, Year
from concord_contracts.allocation.assembly import Assembly


class Assembled(NamedTuple):
    """A problem, and what became of what was asked for from map and books; none where nothing was."""

    problem: Problem
    told: Assembly | None


def assemble(world: World) -> Problem:
    """The problem that the request asks about, in a world; raises CannotAssemble naming every fault."""
    return assembled(world).problem


def assembled(world: World) -> Assembled:
    """The same, with what is told of how contracts and baselines entered it."""
    faults = list(_unknown_selections(world))
    lines = build_lines(world, faults)
    purses = build_purses(world, lines, faults)
    pooling = build_pooling(world, lines, purses, faults)
    paces = build_paces(world, lines, faults)
    indices = build_indices(world, faults)
    equity = build_equity(world, lines, faults)
    rules = build_rules(world, purses, faults)
    check_bridges(world, faults)
    entering = build_contracts(world, lines, faults)
    if faults:
        raise CannotAssemble(faults)
    problem = Problem(
        title=world.request.title,
        years=[Year(key=year) for year in world.years],
        base_year=world.years[0],
        discount_rate=world.request.discount_rate,
        payers=build_payers(world, lines, purses),
        purses=purses,
        lines=lines,
        curves=build_curves(world, lines),
        mechanisms=pooling.mechanisms,
        funds=pooling.funds,
        names=_names(world, lines),
        limits=[*build_limits(world, lines), *pooling.limits],
        pace_of_change=paces,
        people=build_people(world, lines),
        price_indices=indices,
        demands=build_demands(world, lines),
        equity=equity,
        business_rules=rules,
        contracts=entering.contracts,
        objectives=world.request.objectives,
        sacrifices=world.request.sacrifices,
    )
    told = Assembly(contracts=entering.told, baselines=baselines_told(world, purses))
    return Assembled(problem, told if told.contracts or told.baselines else None)


def _names(world: World, lines: Sequence[Line]) -> dict[str, str]:
    """Words for the places and stages of the plan, as the map has them."""
    names = {line.place: world.place_of[line.place].name for line in lines}
    return names | {line.stage: world.stage_names[line.stage] for line in lines if line.stage in world.stage_names}


def _unknown_selections(world: World) -> Iterator[AssemblyFault]:
    """Pathways and places that were asked for and that no money in the figures belongs to."""
    if not world.lines:
        words = "none of the chosen places holds money of the chosen pathways in the reference figures"
        yield AssemblyFault("/places", "no-lines", words)
        return
    pathways = {line.pathway for line in world.lines}
    for position, pathway in enumerate(world.request.pathways):
        if pathway not in pathways:
            words = f"none of the chosen places holds money of {pathway} in the reference figures"
            yield AssemblyFault(f"/pathways/{position}", "no-lines", words)
    held = {line.place for line in world.lines}
    payers = {world.elsewhere[place] for place in held if place in world.elsewhere}
    for position, place in enumerate(world.request.places):
        view = world.place_of.get(place)
        if held.isdisjoint(world.places_inside(place)) and (view is None or view.body not in payers):
            words = f"{place} holds no money of the chosen pathways in the reference figures"
            yield AssemblyFault(f"/places/{position}", "no-lines", words)
