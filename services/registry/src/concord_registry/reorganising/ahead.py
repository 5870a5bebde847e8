"""What follows from a reorganisation: people as those of the bodies that follow, and the findings that would open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from concord_registry.coverage import cover
from concord_registry.found import Found
from concord_registry.national import big_four
from concord_registry.world import ANY, GROUND_KINDS, Claim, Reference

SEVERITY = {"high": 0, "medium": 1, "low": 2}
MOST_PLACES = 60
"""Beyond, the maps of the first places alone are compared: a reorganisation of all England would take minutes."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Findings of the day with the reorganisation that there would not be without it, and how many would close."""

    opening: tuple[Found, ...]
    closing: int
    places_left_off: int = 0
    """Places of the bodies whose maps were not compared."""


def findings_ahead(
    before: Reference, after: Reference, claims: Sequence[Claim], ended: frozenset[str], bodies: Iterable[str]
) -> Ahead:
    """Compares the maps of the bodies' places on the day, without and with the reorganisation.

    With it, what names an ended body no longer counts: so the findings are those that open unless it is reassigned.
    """
    places = _places((before, after), sorted(set(bodies)))
    compared = places[:MOST_PLACES]
    lasting = [claim for claim in claims if claim.organisation not in ended]
    was = _findings(before, claims, compared)
    will = _findings(after, lasting, compared)
    opening = [found for key, found in will.items() if key not in was]
    opening.sort(key=lambda found: (SEVERITY.get(found.severity, 3), found.place, found.pathway, found.stage or ""))
    return Ahead(tuple(opening), sum(key not in will for key in was), len(places) - len(compared))


def _places(maps: Sequence[Reference], bodies: Sequence[str]) -> list[str]:
    """The bodies' places on any of the maps: the same are compared on each."""
    found = (
        key
        for body in bodies
        for reference in maps
        for key in reference.places_of_body.get(body, ())
        if reference.places[key].kind in GROUND_KINDS
    )
    return list(dict.fromkeys(found))


def _findings(reference: Reference, claims: Sequence[Claim], compared: Sequence[str]) -> dict[str, Found]:
    places = [key for key in compared if key in reference.places]
    if not places:
        return {}
    found: dict[str, Found] = {}
    for pathway in big_four(reference):
        of_pathway = [claim for claim in claims if claim.pathway in (pathway, ANY)]
        found |= {one.key: one for one in cover(reference, of_pathway, pathway, places).findings}
    return found
