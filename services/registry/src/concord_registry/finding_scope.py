"""Which maps a question about findings is of, and how a finding lies to the body that asks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from concord_contracts.registry import FindingKind, Side
from concord_registry.cells import Cell
from concord_registry.coverage import places_that_matter
from concord_registry.found import Found
from concord_registry.national import COUNTED_KINDS
from concord_registry.places import containing, region_of, within
from concord_registry.responsibilities import places_of
from concord_registry.world import ENGLAND, REGIONAL_KINDS, Reference


@dataclass(frozen=True, slots=True)
class FindingScope:
    """What is asked about. Without place, body and region: every CCG's and every council's map, and the leads above.

    Empty stages, kinds and severities: all.
    """

    pathways: tuple[str, ...]
    places: tuple[str, ...] = ()
    body: str | None = None
    region: str | None = None
    stages: frozenset[str] = frozenset()
    kinds: frozenset[FindingKind] = frozenset()
    severities: frozenset[str] = frozenset()

    def wants(self, found: Found) -> bool:
        """Whether a finding passes the filters that look at it alone; a hand-over is of both its stages."""
        return (
            (not self.kinds or found.kind in self.kinds)
            and (not self.severities or found.severity in self.severities)
            and (not self.stages or found.stage in self.stages or found.next_stage in self.stages)
        )


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A pathway in a place. `whole`: all of its map; else only whether somebody leads there."""

    place: str
    pathway: str
    whole: bool = True

    def around(self, reference: Reference) -> frozenset[str]:
        """Places whose claims can change what is found here; nothing where the place is not on the map."""
        if self.place not in reference.places:
            return frozenset()
        if reference.places[self.place].kind in REGIONAL_KINDS:
            return places_that_matter(reference, [self.place])
        return frozenset(containing(reference, self.place))


def spots(reference: Reference, scope: FindingScope) -> tuple[Spot, ...]:
    """The maps of a scope, by place and pathway, each once."""
    whole = _places(reference, scope)
    above = {region for place in whole if (region := region_of(reference, place)) is not None}
    if scope.places or scope.region in (None, ENGLAND):
        above |= {ENGLAND} & set(reference.places)
    if scope.region is not None and not scope.places:
        above &= set(within(reference, scope.region))
    found = [Spot(place, pathway) for place in whole for pathway in scope.pathways]
    found += [Spot(place, pathway, whole=False) for place in above - whole for pathway in scope.pathways]
    return tuple(sorted(found))


def _places(reference: Reference, scope: FindingScope) -> set[str]:
    if scope.places:
        found = {place for place in scope.places if place in reference.places}
    elif scope.body is not None and places_of(reference, scope.body) != (ENGLAND,):
        found = set(places_of(reference, scope.body))
    else:
        found = {key for key, place in reference.places.items() if place.kind in COUNTED_KINDS}
    if scope.region is not None:
        found &= set(within(reference, scope.region))
    return found


def side_of(found: Found, body: str, row: Sequence[Cell]) -> Side | None:
    """How a finding of a map lies to a body (a legal person); None where it is nothing of its own.

    `row`: the cells of the map in order; none where only leads are looked at.
    """
    mine = own_stages(body, row)
    stages = {stage for stage in (found.stage, found.next_stage) if stage is not None}
    if body in found.bodies or stages & mine:
        return Side.OWN
    if not stages:
        return Side.PATHWAY if mine or not row else None
    beside = neighbours_of(mine, row)
    return next((beside[stage] for stage in sorted(stages) if stage in beside), None)


def own_stages(body: str, row: Sequence[Cell]) -> set[str]:
    """Stages in which a body has a part: by law, by a local confirmation, or as any claim says."""
    return {
        cell.stage.key
        for cell in row
        if body in cell.statutory
        or body in cell.commissioners
        or any(body in one.bodies or body in one.claim.on_behalf_of for one in cell.live if one.stands)
    }


def neighbours_of(mine: set[str], row: Sequence[Cell]) -> Mapping[str, Side]:
    """The stages right before and after a body's own, in the pathway's order; functions run beside it."""
    stages = [cell.stage.key for cell in row if cell.stage.kind == "stage"]
    found: dict[str, Side] = {}
    for index, stage in enumerate(stages):
        if stage in mine:
            continue
        if index + 1 < len(stages) and stages[index + 1] in mine:
            found[stage] = Side.BEFORE
        elif index > 0 and stages[index - 1] in mine:
            found[stage] = Side.AFTER
    return found
