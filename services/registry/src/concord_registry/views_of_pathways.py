"""Pathways, services, comparators and guidance as the contract's models."""

from collections.abc import Sequence

from concord_contracts.registry import (
    ActualValue,
    ComparatorView,
    GuidanceLinkView,
    GuidanceRef,
    GuidanceView,
    PathwayStageView,
    PathwayVersion,
    ServiceView,
)
from concord_registry.pathway_facts import Actual, Comparator, Guidance, GuidanceLink, Service
from concord_registry.pathway_versions import Version
from concord_registry.places import containing
from concord_registry.rulebook import said
from concord_registry.wording import titles
from concord_registry.world import Reference


def service(reference: Reference, one: Service) -> ServiceView:
    return ServiceView(
        key=one.key,
        name=one.name,
        stage=one.stage,
        pathways=list(one.pathways),
        population_basis=one.population_basis,
        planning_population_min=one.planning_population_min,
        planning_population_max=one.planning_population_max,
        minimum_volume=one.minimum_volume,
        volume_unit=one.volume_unit,
        hospitals_max=one.hospitals_max,
        thresholds=list(one.thresholds),
        commissioner=one.commissioner,
        citation=one.citation,
        basis=one.basis,
        source=titles(reference, one.source),
        note=one.note,
        low=one.low,
        high=one.high,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
    )


def comparator(reference: Reference, one: Comparator, place: str | None = None) -> ComparatorView:
    """With every value reached; for a place only those of the nearest place around it that has any."""
    return ComparatorView(
        key=one.key,
        name=one.name,
        stages=list(one.stages),
        pathways=list(one.pathways),
        direction=one.direction,
        value=one.value,
        unit=one.unit,
        measured_from=one.measured_from,
        measured_to=one.measured_to,
        kind=one.kind,
        basis=one.basis,
        source=titles(reference, one.source),
        note=one.note,
        low=one.low,
        high=one.high,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        actuals=[_actual(reference, one, actual) for actual in _nearest(reference, one.key, place)],
    )


def _nearest(reference: Reference, key: str, place: str | None) -> Sequence[Actual]:
    found = reference.facts.actuals_of(key)
    if place is None:
        return found
    for around in containing(reference, place):
        here = [one for one in found if one.place == around]
        if here:
            return here
    return ()


def _actual(reference: Reference, held: Comparator, one: Actual) -> ActualValue:
    meets = difference = None
    if held.value is not None:
        difference = round(one.value - held.value, 6)
        meets = difference >= 0 if held.direction == "at_least" else difference <= 0
    return ActualValue(
        place=one.place,
        period=one.period,
        value=one.value,
        meets=meets,
        difference=difference,
        basis=one.basis,
        source=titles(reference, one.source),
        note=one.note,
    )


def guidance(reference: Reference, one: Guidance, links: Sequence[GuidanceLink]) -> GuidanceView:
    return GuidanceView(
        key=one.key,
        title=one.title,
        publisher=one.publisher,
        kind=one.kind,
        published_on=one.published_on,
        date_precision=one.date_precision,
        version=one.version,
        superseded_by=one.superseded_by,
        in_force=one.in_force(reference.as_of),
        verified=one.verified,
        address=one.address,
        source=titles(reference, one.source),
        note=one.note,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        links=[
            GuidanceLinkView(
                stage=link.stage,
                pathway=link.pathway,
                organisation=link.organisation,
                said=said(reference, link.organisation) if link.organisation else None,
                progress=link.progress,
                note=link.note,
            )
            for link in links
        ],
    )


def guidance_refs(reference: Reference, stage: str, pathway: str) -> list[GuidanceRef]:
    """What is to be followed for a stage of a pathway on the day."""
    found = reference.facts.guidance_of(stage, pathway, reference.as_of)
    return [GuidanceRef(key=one.key, title=one.title, version=one.version) for one in found]


def version(one: Version) -> PathwayVersion:
    return PathwayVersion(
        number=one.number,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        stages=list(one.stages),
        added=list(one.added),
        removed=list(one.removed),
        moved=list(one.moved),
    )


def pathway_stage(reference: Reference, pathway: str, stage: str, order: int) -> PathwayStageView:
    own, facts = reference.stages[stage], reference.facts
    return PathwayStageView(
        stage=stage,
        name=own.name,
        kind=own.kind,
        order=order,
        services=[service(reference, one) for one in facts.services_of(stage, pathway)],
        comparators=[comparator(reference, one) for one in facts.comparators_of(stage, pathway)],
        guidance=guidance_refs(reference, stage, pathway),
    )
