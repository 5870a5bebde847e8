"""How places lie in each other: parents, and overlaps of groups (see `world.GROUP_KINDS`) with councils."""

from collections.abc import Collection, Iterable, Iterator

from concord_registry.remembering import remembered
from concord_registry.world import GROUP_KINDS, REGIONAL_KINDS, Reference

WHOLE = 1.0 - 5e-7
"""Shares have six decimals: from here on the one place lies wholly inside the other."""


def _containers(reference: Reference, place: str) -> Iterator[str]:
    yield from reference.parents.get(place, ())
    for overlap in reference.overlaps_by_place.get(place, ()):
        if place == overlap.ccg_place and overlap.share_of_ccg >= WHOLE:
            yield overlap.council_place
        if place == overlap.council_place and overlap.share_of_council >= WHOLE:
            yield overlap.ccg_place


@remembered
def containing(reference: Reference, place: str) -> tuple[str, ...]:
    """The place itself, then every place that wholly contains it, nearest first.

    Containment is by declared parents, and by footprint where a group lies wholly inside a council or a council wholly
    inside a group: what is said of Manchester City holds for each of its three CCGs.
    """
    seen: dict[str, None] = {place: None}
    queue = [place]
    while queue:
        for parent in sorted(_containers(reference, queue.pop(0))):
            if parent not in seen:
                seen[parent] = None
                queue.append(parent)
    return tuple(seen)


def within(reference: Reference, place: str) -> tuple[str, ...]:
    """The place itself and every place declared below it, in breadth-first order."""
    seen: dict[str, None] = {place: None}
    queue = [place]
    while queue:
        for child in reference.children.get(queue.pop(0), ()):
            if child not in seen:
                seen[child] = None
                queue.append(child)
    return tuple(seen)


def of_kind(reference: Reference, places: Iterable[str], *kinds: str) -> tuple[str, ...]:
    return tuple(key for key in places if key in reference.places and reference.places[key].kind in kinds)


@remembered
def region_of(reference: Reference, place: str) -> str | None:
    """The nearest area or region the place lies in; None for England and for a place without one."""
    for key in containing(reference, place):
        if key in reference.places and reference.places[key].kind in REGIONAL_KINDS:
            return key
    return None


type Member = tuple[str, float | None]
"""A place and its share of another, 0..1; None where the other is an area and no share is stated."""


def groups_of(reference: Reference, place: str) -> tuple[Member, ...]:
    """Places of the day's groups (primary care trusts, CCGs or boards) of a place with their shares of it.

    A group's place or a part of one gives that group whole; a council's place gives each group of its footprint; an
    area gives every group below it.
    """
    own = reference.places.get(place)
    if own is None:
        return ()
    if own.kind in GROUP_KINDS:
        return ((place, 1.0),)
    if own.kind == "council":
        overlaps = reference.overlaps_by_place.get(place, ())
        return tuple(sorted((overlap.ccg_place, overlap.share_of_council) for overlap in overlaps))
    if own.kind == "part":
        return tuple((key, 1.0) for key in of_kind(reference, reference.parents.get(place, ()), *GROUP_KINDS))
    return tuple((key, None) for key in sorted(of_kind(reference, within(reference, place), *GROUP_KINDS)))


def councils_of(reference: Reference, place: str) -> tuple[Member, ...]:
    """Upper-tier council places of a place with their shares of it.

    An area's people are its groups' lists, so its councils are all that its groups reach into: Greater Manchester's
    include Derbyshire, through Tameside and Glossop.
    """
    own = reference.places.get(place)
    if own is None:
        return ()
    if own.kind == "council":
        return ((place, 1.0),)
    if own.kind in GROUP_KINDS:
        overlaps = reference.overlaps_by_place.get(place, ())
        return tuple(sorted((overlap.council_place, overlap.share_of_ccg) for overlap in overlaps))
    if own.kind == "part":
        return tuple((key, 1.0) for key in of_kind(reference, reference.parents.get(place, ()), "council"))
    below = within(reference, place)
    found = set(of_kind(reference, below, "council"))
    for group in of_kind(reference, below, *GROUP_KINDS):
        found |= {overlap.council_place for overlap in reference.overlaps_by_place.get(group, ())}
    return tuple((key, None) for key in sorted(found))


def on_ground_of(reference: Reference, bodies: Collection[str]) -> frozenset[str]:
    """Places of council bodies, and all that share ground with them."""
    councils = {place for body in bodies for place in reference.places_of_body.get(body, ())}
    return frozenset(
        key for key in reference.places if any(council in councils for council, _ in councils_of(reference, key))
    )
