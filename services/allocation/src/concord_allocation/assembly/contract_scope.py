"""Which lines of a plan a contract of the registry's is for, and whether it is for more than the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from concord_allocation.assembly.world import World
from concord_contracts.allocation import Line
from concord_contracts.registry import ContractView

ANY = "*"


@dataclass(frozen=True)
class Scope:
    """A contract held against the lines: those that it is for, by who pays for them.

    `shares`: payer -> share of the value, where all are known. `beyond`: what it is for outside of the plan, in words.
    `nowhere`: why it is for none of the lines; empty where it is.
    """

    contract: ContractView
    lines: Sequence[Line] = ()
    shares: Mapping[str, float] | None = None
    beyond: Sequence[str] = field(default=())
    nowhere: str = ""


def scope_of(world: World, lines: Sequence[Line], contract: ContractView) -> Scope:
    """Lines of its pathways, stages and places that one of its commissioners must pay for."""
    payers = _payers_of_offices(world)
    commissioners = [payers.get(body, body) for body in _commissioners(contract)]
    left = [line for line in lines if ANY in contract.pathways or line.pathway in contract.pathways]
    if not left:
        return Scope(contract, nowhere=f"none of its pathways ({_named(contract.pathways)}) is in this plan")
    left = [line for line in left if ANY in contract.stages or not _stages(world, line).isdisjoint(contract.stages)]
    if not left:
        return Scope(contract, nowhere=f"none of its stages ({_named(contract.stages)}) is planned as a line here")
    left = [line for line in left if _inside(world, line.place, contract.places)]
    if not left:
        return Scope(contract, nowhere=f"its stages have no line in its places ({_named(contract.places)})")
    mine = [line for line in left if line.statutory_payer in commissioners]
    if not mine:
        bodies = _names(world, contract, {line.statutory_payer for line in left})
        buyers = _names(world, contract, commissioners)
        return Scope(contract, nowhere=f"its lines are for {bodies} to pay, and it is bought by {buyers}")
    shares = _shares(contract, payers)
    beyond = list(_beyond(world, mine, contract))
    if shares is None and not {line.statutory_payer for line in mine}.issuperset(commissioners):
        beyond.append("commissioners whose shares are not recorded")
    return Scope(contract, mine, shares, beyond)


def _commissioners(contract: ContractView) -> list[str]:
    return list(dict.fromkeys([contract.coordinator, *(one.organisation for one in contract.associates)]))


def _payers_of_offices(world: World) -> dict[str, str]:
    """Office -> the legal person whose money it holds: an office is no party in law."""
    found = {row.office: row.owner for row in world.figures.purses if row.office is not None}
    for cell in world.responsibilities:
        if cell.statutory is not None and cell.statutory.office is not None and len(cell.statutory.commissioners) == 1:
            found[cell.statutory.office.id] = cell.statutory.commissioners[0].id
    return found


def _shares(contract: ContractView, payers: Mapping[str, str]) -> dict[str, float] | None:
    """Payer -> share of the value; the coordinator has what associates leave. None where one is not stated."""
    found: dict[str, float] = {}
    for associate in contract.associates:
        if associate.share is None:
            return None
        payer = payers.get(associate.organisation, associate.organisation)
        found[payer] = found.get(payer, 0.0) + associate.share
    coordinator = payers.get(contract.coordinator, contract.coordinator)
    found[coordinator] = found.get(coordinator, 0.0) + max(0.0, 1.0 - sum(found.values()))
    return found


def _stages(world: World, line: Line) -> set[str]:
    """The map's stages that are planned as a line."""
    return {cell.stage for cell in world.cells_by_line.get((line.place, line.pathway, line.stage), ())}


def _inside(world: World, place: str, places: Iterable[str]) -> bool:
    return any(place == each or each in world.above.get(place, ()) for each in places)


def _beyond(world: World, lines: Sequence[Line], contract: ContractView) -> Iterable[str]:
    pathways = {line.pathway for line in lines}
    if others := sorted(set(contract.pathways) - pathways):
        yield "every pathway" if ANY in others else f"other pathways ({_named(others)})"
    planned = {stage for line in lines for stage in _stages(world, line)}
    if others := sorted(set(contract.stages) - planned):
        yield "every stage" if ANY in others else f"other stages ({_named(others)})"
    if others := sorted(place for place in contract.places if not _all_planned(world, place, lines)):
        yield f"other places ({_named(others)})"


def _all_planned(world: World, place: str, lines: Sequence[Line]) -> bool:
    """Whether a place is in the plan with a line of the contract on it or below it."""
    return place in world.place_of and any(_inside(world, line.place, (place,)) for line in lines)


def _names(world: World, contract: ContractView, bodies: Iterable[str]) -> str:
    named = {body.id: body.name for body in contract.bodies} | dict(world.body_names)
    return _named([named.get(body, body) for body in sorted(set(bodies))])


NAMED = 4


def _named(words: Sequence[str]) -> str:
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return f"{', '.join(words[:NAMED])}{more}"
