"""The people of the plan's places, as the registry counts them; costs may be divided by them."""

from collections.abc import Mapping, Sequence

from concord_allocation.assembly.need import WEIGHTED, weighted_people
from concord_allocation.assembly.provenance import NOTE_LENGTH, SOURCE_LENGTH
from concord_allocation.assembly.world import World
from concord_contracts.allocation import Line, People, Provenance
from concord_contracts.registry import Population


def build_people(world: World, lines: Sequence[Line]) -> list[People]:
    """The latest figure of each place and basis; weighted ones by need where the registry has not all of them."""
    latest: dict[tuple[str, str], Population] = {}
    for place in sorted({line.place for line in lines}):
        for figure in world.place_of[place].populations:
            before = latest.get((place, figure.basis))
            if before is None or figure.year > before.year:
                latest[place, figure.basis] = figure
    counted = {place for place, basis in latest if basis == WEIGHTED}
    if counted != {line.place for line in lines} and (by_need := weighted_people(world, lines)):
        counts = [each for each in _counted(latest) if each.basis != WEIGHTED]
        return sorted([*counts, *by_need], key=lambda each: (each.place, each.basis))
    return _counted(latest)


def _counted(latest: Mapping[tuple[str, str], Population]) -> list[People]:
    return [
        People(place=place, basis=basis, persons=figure.persons, year=figure.year, provenance=_provenance(figure))
        for (place, basis), figure in sorted(latest.items())
    ]


def _provenance(figure: Population) -> Provenance:
    """As the registry says; a figure that says neither is told to come from it."""
    if figure.assumption is not None:
        note, source = figure.assumption[:NOTE_LENGTH], figure.source and figure.source[:SOURCE_LENGTH]
        return Provenance(basis="assumption", note=note or "assumed by the registry", source=source)
    return Provenance(basis="source", source=(figure.source or "the registry")[:SOURCE_LENGTH])
