"""Which commissioners are neighbours, as far as the data can tell. Pure.

The data hold no borders. Two commissioners (CCGs) count as neighbours where they share a council, or answer to one area
team; where that is not enough, where their councils belong to one strategic clinical network, and last where they lie
in one region. None of the four says that their ground touches; answers say by which of them commissioners are joined.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from concord_registry.places import of_kind, within
from concord_registry.world import GROUP_KINDS, Reference

AT_HOME_FROM = 0.05
"""A CCG is at home in a council from this share of its own small areas, or of the council's: an assumption.

Below, a few small areas along a border would make two counties one. From 0.02 to 0.10 the neighbours change little.
"""


class Link(StrEnum):
    """By what two commissioners are neighbours."""

    SHARED_COUNCIL = "shared-council"
    AREA_TEAM = "area-team"
    NETWORK = "network"
    REGION = "region"


TIERS: Sequence[tuple[Link, ...]] = (
    (Link.SHARED_COUNCIL, Link.AREA_TEAM),
    (Link.SHARED_COUNCIL, Link.AREA_TEAM, Link.NETWORK),
    tuple(Link),
)
"""Kinds of neighbour, the closest first: the next are taken only where these do not reach a population."""

WORDS = (
    "The data hold no borders: commissioners are taken as neighbours where each has at least "
    f"{AT_HOME_FROM:.0%} of its own small areas in one council, or of the council's (shared-council); where one area "
    "team answers for both (area-team); only where these do not reach the population, where their councils lie in one "
    "strategic clinical network (network), and last in one region (region). That their ground touches is for who "
    "knows it to check."
)


@dataclass(frozen=True, slots=True)
class Commissioners:
    """CCGs with a place and a count of people on the day, by place; who is a neighbour of whom, and by what."""

    persons: Mapping[str, int]
    links: Mapping[tuple[str, str], frozenset[Link]]
    """Each pair once, in order of its keys."""

    def link(self, one: str, other: str) -> frozenset[Link]:
        return self.links.get((min(one, other), max(one, other)), frozenset())


def commissioners(reference: Reference, by: Iterable[Link] = TIERS[0]) -> Commissioners:
    """The CCGs in being on the day and their neighbours by the kinds of link asked for."""
    persons = {
        key: reference.persons[key]
        for key in sorted(of_kind(reference, reference.places, *GROUP_KINDS))
        if key in reference.persons and _in_being(reference, key)
    }
    found: dict[tuple[str, str], set[Link]] = {}
    for link in by:
        for places in GROUPS[link](reference):
            for one, other in itertools.combinations(sorted(set(places) & persons.keys()), 2):
                found.setdefault((one, other), set()).add(link)
    return Commissioners(persons, {pair: frozenset(links) for pair, links in found.items()})


def _in_being(reference: Reference, place: str) -> bool:
    body = reference.places[place].body
    return body is not None and reference.body(body).in_being(reference.as_of)


type Groups = Iterable[Iterable[str]]
"""CCGs' places, together where they are neighbours."""


def _at_home(reference: Reference) -> Mapping[str, list[str]]:
    """Council's place -> places of the CCGs that are at home there."""
    found: dict[str, list[str]] = {}
    for overlap in reference.overlaps:
        if max(overlap.share_of_ccg, overlap.share_of_council) >= AT_HOME_FROM:
            found.setdefault(overlap.council_place, []).append(overlap.ccg_place)
    return found


def _by_council(reference: Reference) -> Groups:
    return _at_home(reference).values()


def _by_area_team(reference: Reference) -> Groups:
    return _by_relation(reference, "area_team_of", lambda ccg: reference.places_of_body.get(ccg, ()))


def _by_network(reference: Reference) -> Groups:
    at_home = _at_home(reference)

    def of_council(council: str) -> list[str]:
        return [ccg for place in reference.places_of_body.get(council, ()) for ccg in at_home.get(place, ())]

    return _by_relation(reference, "network_of", of_council)


def _by_relation(reference: Reference, kind: str, places: Callable[[str], Iterable[str]]) -> Groups:
    found: dict[str, list[str]] = {}
    for relation in reference.relations:
        if relation.type == kind:
            found.setdefault(relation.subject, []).extend(places(relation.object))
    return found.values()


def _by_region(reference: Reference) -> Groups:
    regions = of_kind(reference, reference.places, "region")
    return [of_kind(reference, within(reference, region), *GROUP_KINDS) for region in regions]


GROUPS: Mapping[Link, Callable[[Reference], Groups]] = {
    Link.SHARED_COUNCIL: _by_council,
    Link.AREA_TEAM: _by_area_team,
    Link.NETWORK: _by_network,
    Link.REGION: _by_region,
}
