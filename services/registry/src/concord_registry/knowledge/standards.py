"""Standards and comparators of a pathway held against what was measured for a place. Pure.

What was measured is what publishers' files say of the place's commissioner; where they say nothing, the comparator's
own figures of the place, and then the same of the nearest place around it.
"""

from collections.abc import Iterator, Sequence

from concord_contracts.registry import StandardRow
from concord_registry.knowledge.measured import Measured, latest
from concord_registry.pathway_facts import Actual, Comparator, PathwayFacts, about
from concord_registry.places import containing
from concord_registry.world import Reference


def standards(
    reference: Reference, facts: PathwayFacts, measured: Sequence[Measured], pathway: str, place: str
) -> list[StandardRow]:
    """One row for each comparator of the pathway's stages; what was measured is of the nearest place that has any."""
    stages = set(reference.pathways[pathway].stages)
    found = [
        one
        for one in facts.comparators.values()
        if about(one.pathways, pathway) and (about(one.stages, "") or stages & set(one.stages))
    ]
    return [
        _row(reference, comparator, place, _nearest(reference, facts, measured, comparator, pathway, place))
        for comparator in sorted(found, key=lambda one: one.key)
    ]


def subjects_around(reference: Reference, place: str) -> list[str]:
    """What files may call the commissioners of a place and of those around it."""
    return [name for key in containing(reference, place) for name in _subjects(reference, key)]


def _subjects(reference: Reference, place: str) -> list[str]:
    """A place's body by every code it has."""
    body = reference.places[place].body
    codes = reference.codes.get(body, ()) if body else ()
    return [body, *(f"{scheme}:{code}" for scheme, code in codes)] if body else []


def stages_without(reference: Reference, facts: PathwayFacts, pathway: str) -> list[str]:
    """Stages of a pathway for which no comparator is recorded, in its order."""
    return [stage for stage in reference.pathways[pathway].stages if not facts.comparators_of(stage, pathway)]


def _row(
    reference: Reference, comparator: Comparator, asked: str, found: tuple[str, Actual | Measured] | None
) -> StandardRow:
    """`asked`: the place that it is told for, whosever figure is found."""
    place, measured = found or (None, None)
    imported = measured if isinstance(measured, Measured) else None
    kept = measured if isinstance(measured, Actual) else None
    return StandardRow(
        standard=comparator.key,
        name=comparator.name,
        kind=comparator.kind,
        stages=list(comparator.stages),
        threshold=comparator.value,
        unit=comparator.unit,
        direction=comparator.direction,
        actual=measured.value if measured else None,
        period=measured.period if measured else None,
        measured_of=place,
        verdict=_verdict(reference, comparator, measured.value if measured else None, asked, place),
        note=comparator.note,
        source=f"file-{imported.file}" if imported else kept.source if kept else comparator.source,
        edition=imported.edition if imported else None,
        file=imported.file if imported else None,
        within=imported.numerator if imported else None,
        of=imported.denominator if imported else None,
        part=imported.part or None if imported else None,
    )


def _nearest(
    reference: Reference,
    facts: PathwayFacts,
    measured: Sequence[Measured],
    comparator: Comparator,
    pathway: str,
    place: str,
) -> tuple[str, Actual | Measured] | None:
    """The latest measurement of the place itself, else of the nearest place that contains it, and whose it is."""
    of_it = facts.actuals_of(comparator.key)
    for key in containing(reference, place):
        imported = latest(measured, _subjects(reference, key), comparator.measured_as, pathway, reference.as_of)
        if imported is not None:
            return key, imported
        here = [one for one in of_it if one.place == key]
        if here:
            return key, max(here, key=lambda one: one.period.removeprefix("since "))  # "since 2009-10" began then
    return None


def _verdict(reference: Reference, comparator: Comparator, value: float | None, asked: str, place: str | None) -> str:
    if value is None or place is None:
        return "not known: no figure imported"
    missing = "; no figure imported here" if place != asked else ""
    if comparator.value is None:
        return f"not known: nothing to hold it against{missing}"
    kept = value <= comparator.value if comparator.direction == "at_most" else value >= comparator.value
    return f"{'met' if kept else 'missed'}{f' in {reference.places[place].name}' if missing else ''}{missing}"


def worst_first(rows: Sequence[StandardRow]) -> Iterator[StandardRow]:
    """Missed, then not known, then met."""
    rank = {"missed": 0, "met": 2}
    yield from sorted(rows, key=lambda one: (rank.get(one.verdict.split()[0], 1), one.standard))
