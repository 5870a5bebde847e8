"""The advice: each commissioner's distance from a planning population, and who would reach it with its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

from concord_registry.planning.needs import Need
from concord_registry.planning.neighbours import TIERS, Commissioners, Link, commissioners
from concord_registry.planning.smallest import Sets, smallest_sets
from concord_registry.world import Reference


@dataclass(frozen=True, slots=True)
class Away:
    """How far a commissioner is from a population: `missing` people, nought where it reaches it alone."""

    place: str
    persons: int
    missing: int


def distances(reference: Reference, asked: Need) -> list[Away]:
    """Every commissioner in being with a count of people, by place."""
    persons = commissioners(reference, by=()).persons
    return [Away(place, count, max(asked.at_least - count, 0)) for place, count in sorted(persons.items())]


@dataclass(frozen=True, slots=True)
class Advice:
    """The smallest sets around a commissioner, and by which kinds of neighbour they are joined."""

    found: Sets
    around: Commissioners
    links: tuple[Link, ...]


def advise(
    reference: Reference, asked: Need, place: str, *, most: int, tiers: Sequence[tuple[Link, ...]] = TIERS
) -> Advice:
    """By the closest kinds of neighbour that reach the population; by all of them where even those do not."""
    for links in tiers:
        around = commissioners(reference, links)
        neighbours: dict[str, set[str]] = {}
        for one, other in around.links:
            neighbours.setdefault(one, set()).add(other)
            neighbours.setdefault(other, set()).add(one)
        mutual = {node: frozenset(others) for node, others in neighbours.items()}
        advice = Advice(smallest_sets(around.persons, mutual, place, asked.at_least, most=most), around, links)
        if advice.found.sets:
            break
    return advice
