"""Standards and comparators of a pathway held against what was measured for a place. Pure."""

from collections.abc import Iterator, Sequence

from concord_contracts.registry import StandardRow
from concord_registry.pathway_facts import Actual, Comparator, PathwayFacts, about
from concord_registry.places import containing
from concord_registry.world import Reference


def standards(reference: Reference, facts: PathwayFacts, pathway: str, place: str) -> list[StandardRow]:
    """One row for each comparator of the pathway's stages; what was measured is of the nearest place that has any."""
    stages = set(reference.pathways[pathway].stages)
    found = [
        one
        for one in facts.comparators.values()
        if about(one.pathways, pathway) and (about(one.stages, "") or stages & set(one.stages))
    ]
    return [_row(reference, facts, one, place) for one in sorted(found, key=lambda one: one.key)]


def _row(reference: Reference, facts: PathwayFacts, comparator: Comparator, place: str) -> StandardRow:
    measured = _nearest(reference, facts, comparator, place)
    return StandardRow(
        standard=comparator.key,
        name=comparator.name,
        stages=list(comparator.stages),
        threshold=comparator.value,
        unit=comparator.unit,
        direction=comparator.direction,
        actual=measured.value if measured else None,
        period=measured.period if measured else None,
        measured_of=measured.place if measured else None,
        verdict=_verdict(comparator, measured),
        source=measured.source if measured else comparator.source,
    )


def _nearest(reference: Reference, facts: PathwayFacts, comparator: Comparator, place: str) -> Actual | None:
    """The latest measurement of the place itself, else of the nearest place that contains it."""
    of_it = facts.actuals_of(comparator.key)
    for key in containing(reference, place):
        here = [one for one in of_it if one.place == key]
        if here:
            return max(here, key=lambda one: one.period.removeprefix("since "))  # "since 2009-10" began then
    return None


def _verdict(comparator: Comparator, measured: Actual | None) -> str:
    if measured is None:
        return "not known: nothing measured is held for the place"
    if comparator.value is None:
        return "not known: there is no standard to hold it against"
    kept = (
        measured.value <= comparator.value if comparator.direction == "at_most" else measured.value >= comparator.value
    )
    return "met" if kept else "missed"


def worst_first(rows: Sequence[StandardRow]) -> Iterator[StandardRow]:
    """Missed, then not known, then met."""
    rank = {"missed": 0, "met": 2}
    yield from sorted(rows, key=lambda one: (rank.get(one.verdict, 1), one.standard))
