"""Filters, ranking and hits: what of the index answers a question on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from concord_contracts.registry import Found, MatchedBy
from concord_registry.places import containing, within
from concord_registry.search.index import Dated, Index, Scored
from concord_registry.world import Reference

OF_ANOTHER_DAY = 0.95
"""What a name or code of other days than the one asked about counts, beside one in force."""
OF_A_PLACE = 0.97
"""What a place's name counts beside its body's: places mostly bear the names of their bodies."""
MOST_FOUND = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. `place`: bodies of the place; `within`: bodies of all places in it, and these places."""

    text: str | None = None
    postcode: str | None = None
    found: Found | None = None
    kind: str | None = None
    place: str | None = None
    within: str | None = None


def find(reference: Reference, index: Index, asked: Asked) -> list[Scored]:
    """Each body and place once, by what fits best; the best first, at most MOST_FOUND. The same order every time."""
    best: dict[tuple[Found, str], Scored] = {}
    allowed = _allowed(reference, asked)
    for one in _candidates(reference, index, asked):
        entry = one.entry
        key = (entry.found, entry.key)
        if not _fits(reference, asked, entry) or (allowed is not None and key not in allowed):
            continue
        if not entry.valid_from <= reference.as_of < entry.valid_to:
            one = _counting(one, OF_ANOTHER_DAY)
        if one.by is MatchedBy.NAME and entry.found is Found.PLACE:
            one = _counting(one, OF_A_PLACE)
        if key not in best or _rank(one) > _rank(best[key]):
            best[key] = one
    return sorted(best.values(), key=lambda one: _order(reference, one))[:MOST_FOUND]


def _counting(one: Scored, part: float) -> Scored:
    return replace(one, score=round(one.score * part, 4))


def _rank(one: Scored) -> tuple[object, ...]:
    return one.score, one.exact, one.entry.valid_from, one.entry.text


def _order(reference: Reference, one: Scored) -> tuple[object, ...]:
    entry = one.entry
    gone = entry.found is Found.BODY and not reference.bodies[entry.key].in_being(reference.as_of)
    return -one.score, gone, entry.found is Found.PLACE, name_of(reference, entry), entry.key


def name_of(reference: Reference, entry: Dated) -> str:
    """The name on the day of what an entry is of."""
    return reference.name(entry.key) if entry.found is Found.BODY else reference.places[entry.key].name


def _candidates(reference: Reference, index: Index, asked: Asked) -> Iterable[Scored]:
    if asked.text is not None:
        found = index.find(asked.text)
        if asked.postcode is None:
            return found
        there = {(one.entry.found, one.entry.key) for one in index.by_postcode(asked.postcode)}
        return [one for one in found if (one.entry.found, one.entry.key) in there]
    if asked.postcode is not None:
        return index.by_postcode(asked.postcode)
    on_day = (name for name in index.names if name.valid_from <= reference.as_of < name.valid_to)
    return [Scored(1.0, MatchedBy.FILTER, name, True) for name in on_day if _in_being(reference, name)]


def _in_being(reference: Reference, entry: Dated) -> bool:
    if entry.found is Found.PLACE:
        return entry.key in reference.places
    return entry.key in reference.bodies and reference.bodies[entry.key].in_being(reference.as_of)


def _fits(reference: Reference, asked: Asked, entry: Dated) -> bool:
    if asked.found is not None and entry.found is not asked.found:
        return False
    held = reference.bodies if entry.found is Found.BODY else reference.places
    if entry.key not in held:
        return False
    return asked.kind is None or held[entry.key].kind == asked.kind


def _allowed(reference: Reference, asked: Asked) -> frozenset[tuple[Found, str]] | None:
    """What lies where it was asked for; None: anywhere."""
    if asked.place is None and asked.within is None:
        return None
    found: set[tuple[Found, str]] | None = None
    if asked.place is not None:
        found = {(Found.BODY, body) for body in bodies_of(reference, asked.place)} | {(Found.PLACE, asked.place)}
    if asked.within is not None:
        inside = within(reference, asked.within)
        bodies = {(Found.BODY, body) for body in _with_offices(reference, _owners(reference, inside))}
        there = bodies | {(Found.PLACE, place) for place in inside}
        found = there if found is None else found & there
    return frozenset(found or ())


def bodies_of(reference: Reference, place: str) -> frozenset[str]:
    """Whose place it is, whose places contain it or share ground with it, and the first one's offices."""
    shared = [
        other
        for overlap in reference.overlaps_by_place.get(place, ())
        for other in (overlap.ccg_place, overlap.council_place)
    ]
    own = _with_offices(reference, _owners(reference, [place]))
    return own | _owners(reference, [*containing(reference, place), *shared])


def _owners(reference: Reference, places: Iterable[str]) -> frozenset[str]:
    owners = (reference.places[place].body for place in places if place in reference.places)
    return frozenset(owner for owner in owners if owner is not None)


def _with_offices(reference: Reference, bodies: frozenset[str]) -> frozenset[str]:
    return bodies | {relation.subject for relation in reference.relations if relation.object in bodies}
