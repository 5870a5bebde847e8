"""Networks of places and reference groups: what each reaches, what none reaches, where two do. Pure.

A network's reach is what is entered for it; one that is on the list of bodies also covers the councils it is related to
(`network_of`), and the CCGs that share ground with them.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from concord_contracts.registry import (
    NetworkCoverage,
    NetworkKind,
    NetworkOverlap,
    NetworkView,
    PlaceNetworks,
)
from concord_kit.positions import Position
from concord_registry import views
from concord_registry.knowledge.known import Knowledge, covering
from concord_registry.knowledge.reference_groups import reference_groups, tumour_group_coverage
from concord_registry.places import councils_of, of_kind, within
from concord_registry.world import ANY, GROUP_KINDS, Reference

AREA_KINDS = frozenset({NetworkKind.CANCER_NETWORK, NetworkKind.STRATEGIC_CLINICAL_NETWORK})
"""Networks of places; reference groups and senates are of England or of a topic."""


def networks_of_place(reference: Reference, knowledge: Knowledge, place: str, pathway: str | None = None) -> list[str]:
    """Names of the networks that cover a place: as entered, and by relation to its councils."""
    entered = [
        one
        for one in knowledge.networks
        if one.kind in AREA_KINDS
        and (pathway is None or {pathway, ANY} & set(one.pathways))
        and _covers(reference, one, place)
    ]
    stated = {one.body for one in knowledge.networks}
    related = {
        network
        for council, _ in councils_of(reference, place)
        if (body := reference.places[council].body)
        for network in reference.related.get(("network_of", body), ())
        if network not in stated
    }
    return sorted({one.name for one in entered} | {reference.name(network) for network in related})


def _covers(reference: Reference, network: NetworkView, place: str) -> bool:
    return any(covering(reference, [network.model_copy(update={"pathways": [ANY]})], ANY, place))


def overlaps(
    reference: Reference, knowledge: Knowledge, place: str, pathway: str
) -> Iterator[tuple[NetworkKind, NetworkView, NetworkView]]:
    """Pairs of one kind that are entered for a place and pathway."""
    here = [one for one in covering(reference, knowledge.networks, pathway, place) if one.kind in AREA_KINDS]
    for one, other in combinations(sorted(here, key=lambda each: (each.name, each.id)), 2):
        if one.kind is other.kind and _shared(one.stages, other.stages):
            yield one.kind, one, other


def network_coverage(reference: Reference, knowledge: Knowledge, position: Position, place: str) -> NetworkCoverage:
    """Tumour groups and stages by reference group, and the CCGs of a place by network."""
    groups = reference_groups(knowledge)
    tumour_groups = [
        tumour_group_coverage(reference, groups, pathway)
        for pathway in sorted(reference.pathways.values(), key=lambda one: one.key)
    ]
    named = {pathway for one in groups for pathway in one.pathways}
    ccgs = sorted(of_kind(reference, within(reference, place), *GROUP_KINDS)) or [place]
    places = [
        PlaceNetworks(place=key, name=reference.places[key].name, networks=networks_of_place(reference, knowledge, key))
        for key in ccgs
    ]
    stated = {one.body for one in groups}
    unscoped = sorted(
        body.id
        for body in reference.bodies.values()
        if body.kind == "crg" and body.in_being(reference.as_of) and body.id not in stated
    )
    return NetworkCoverage(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        within=place,
        tumour_groups=tumour_groups,
        without_reference_group=[one.pathway for one in tumour_groups if one.pathway not in named],
        groups_without_scope=views.all_named(reference, unscoped),
        places=places,
        without_network=[one.place for one in places if not one.networks],
        overlaps=list(_overlaps(reference, knowledge, ccgs)),
    )


def _overlaps(reference: Reference, knowledge: Knowledge, ccgs: list[str]) -> Iterator[NetworkOverlap]:
    entered = sorted((one for one in knowledge.networks if one.kind in AREA_KINDS), key=lambda one: (one.name, one.id))
    for one, other in combinations(entered, 2):
        both, stages = _shared(one.pathways, other.pathways), _shared(one.stages, other.stages)
        shared = [key for key in ccgs if _covers(reference, one, key) and _covers(reference, other, key)]
        if one.kind is other.kind and both and stages and shared:
            yield NetworkOverlap(
                kind=one.kind,
                networks=[one.name, other.name],
                records=[one.id, other.id],
                pathways=sorted(both),
                stages=sorted(stages),
                places=shared,
            )


def _shared(some: Sequence[str], others: Sequence[str]) -> set[str]:
    """What two lists of keys have in common; `*` has everything."""
    both = set(some) & set(others)
    return both | (set(others) if ANY in some else set(some) if ANY in others else set())
