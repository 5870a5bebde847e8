"""Which commissioners are neighbours, as far as the data can tell. Pure.

The data hold no borders. Two commissioners (CCGs) count as neighbours where they *share a council*, or where they
answer to *one area team*. Neither says that their ground touches; the answer says by which of the two they are joined.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from concord_registry.places import of_kind
from concord_registry.world import Reference

AT_HOME_FROM = 0.05
"""A CCG is at home in a council from this share of its own small areas, or of the council's: an assumption.

Below, a few small areas along a border would make two counties one. From 0.02 to 0.10 the neighbours change little.
"""


class Link(StrEnum):
    """By what two commissioners are neighbours."""

    SHARED_COUNCIL = "shared-council"
    AREA_TEAM = "area-team"


@dataclass(frozen=True, slots=True)
class Commissioners:
    """CCGs with a place and a count of people on the day, by place; who is a neighbour of whom, and by what."""

    persons: Mapping[str, int]
    links: Mapping[tuple[str, str], frozenset[Link]]
    """Each pair once, in order of its keys."""

    def link(self, one: str, other: str) -> frozenset[Link]:
        return self.links.get((min(one, other), max(one, other)), frozenset())


def commissioners(reference: Reference, by: Iterable[Link] = tuple(Link)) -> Commissioners:
    """The CCGs in being on the day and their neighbours by the kinds of link asked for."""
    persons = {
        key: reference.persons[key]
        for key in sorted(of_kind(reference, reference.places, "ccg"))
        if key in reference.persons and _in_being(reference, key)
    }
    groups: list[tuple[Link, Iterable[str]]] = []
    wanted = frozenset(by)
    if Link.SHARED_COUNCIL in wanted:
        groups += [(Link.SHARED_COUNCIL, places) for places in _by_council(reference).values()]
    if Link.AREA_TEAM in wanted:
        groups += [(Link.AREA_TEAM, places) for places in _by_area_team(reference).values()]
    found: dict[tuple[str, str], set[Link]] = {}
    for link, places in groups:
        for one, other in itertools.combinations(sorted(set(places) & persons.keys()), 2):
            found.setdefault((one, other), set()).add(link)
    return Commissioners(persons, {pair: frozenset(links) for pair, links in found.items()})


def _in_being(reference: Reference, place: str) -> bool:
    body = reference.places[place].body
    return body is not None and reference.body(body).in_being(reference.as_of)


def _by_council(reference: Reference) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for overlap in reference.overlaps:
        if max(overlap.share_of_ccg, overlap.share_of_council) >= AT_HOME_FROM:
            found.setdefault(overlap.council_place, []).append(overlap.ccg_place)
    return found


def _by_area_team(reference: Reference) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for relation in reference.relations:
        if relation.type == "area_team_of":
            found.setdefault(relation.subject, []).extend(reference.places_of_body.get(relation.object, ()))
    return found
