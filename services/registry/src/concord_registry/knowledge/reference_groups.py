"""Clinical reference groups: how far they reach into each tumour group's pathway, and what none reaches. Pure.

They advise NHS England on what it commissions as a specialised service. So a stage is missed where the law gives it to
NHS England as such, and no group's scope holds it; a tumour group is missed where no group names it.
"""

from collections.abc import Iterator, Sequence

from concord_contracts.registry import (
    FindingKind,
    NetworkKind,
    NetworkView,
    Reach,
    StageReferenceGroups,
    TumourGroupCoverage,
)
from concord_registry.found import Found
from concord_registry.knowledge.known import Knowledge, said_of
from concord_registry.rulebook import NHS_ENGLAND, rule_for
from concord_registry.world import ANY, ENGLAND, Pathway, Reference

SPECIALISED = "specialised_by_provider"
"""The office by which the rule book marks a specialised service."""


TITLE = " Clinical Reference Group"


def reference_groups(knowledge: Knowledge) -> list[NetworkView]:
    return [one for one in knowledge.networks if one.kind is NetworkKind.CLINICAL_REFERENCE_GROUP]


def tumour_group_coverage(reference: Reference, groups: Sequence[NetworkView], pathway: Pathway) -> TumourGroupCoverage:
    """The groups of one tumour group and of each of its stages, by name."""
    about = [one for one in groups if said_of(one.pathways, pathway.key)]
    stages = [_stage(reference, about, pathway.key, stage) for stage in pathway.stages]
    own = [one for one in about if pathway.key in one.pathways]
    reaching = {name for one in stages for name in one.reference_groups} | {one.name for one in own}
    return TumourGroupCoverage(
        pathway=pathway.key,
        name=pathway.name,
        tumour_group=pathway.tumour_group,
        reach=_reach(about, own, bool(reaching)),
        reference_groups=sorted(reaching),
        stages=stages,
        specialised_without=[one.stage for one in stages if one.specialised and not one.reference_groups],
    )


def _stage(reference: Reference, about: Sequence[NetworkView], pathway: str, stage: str) -> StageReferenceGroups:
    return StageReferenceGroups(
        stage=stage,
        name=reference.stages[stage].name,
        reference_groups=sorted({one.name for one in about if said_of(one.stages, stage)}),
        specialised=is_specialised(reference, stage, pathway),
    )


def is_specialised(reference: Reference, stage: str, pathway: str) -> bool:
    """Whether the law has NHS England commission a stage of a pathway as a specialised service."""
    rule = rule_for(reference, stage, pathway)
    return rule is not None and rule.office == SPECIALISED and rule.commissioner in ("nhs_england", NHS_ENGLAND)


def _reach(about: Sequence[NetworkView], own: Sequence[NetworkView], any_reaches: bool) -> Reach:
    if any(ANY in one.stages for one in about):
        return Reach.WHOLE
    if own:
        return Reach.SOME_STAGES
    return Reach.EVERY_CANCERS if any_reaches else Reach.NONE


def without_reference_group(reference: Reference, knowledge: Knowledge, pathway: str) -> Iterator[Found]:
    """A tumour group that no group names, and specialised stages that none advises on; of England. Nothing where no
    group is recorded at all."""
    groups = reference_groups(knowledge)
    if not groups:
        return
    held = reference.pathways[pathway]
    covered = tumour_group_coverage(reference, groups, held)
    if covered.reach in (Reach.EVERY_CANCERS, Reach.NONE):
        others = ", ".join(name.removesuffix(TITLE) for name in covered.reference_groups)
        beside = f"; those that reach stages of it: {others}" if others else ""
        yield Found(
            kind=FindingKind.NO_REFERENCE_GROUP,
            pathway=pathway,
            place=ENGLAND,
            severity="low",
            why_severity="low: groups of other tumour groups or of single treatments are all that NHS England can ask",
            words=f"No clinical reference group names {held.name}{beside}.",
            closes_when="a group's scope is entered that names the tumour group",
            bodies=(NHS_ENGLAND,),
        )
    for one in covered.stages:
        if one.specialised and not one.reference_groups:
            yield Found(
                kind=FindingKind.NO_REFERENCE_GROUP,
                pathway=pathway,
                place=ENGLAND,
                stage=one.stage,
                severity="medium",
                why_severity="medium: NHS England commissions it as a specialised service, and no group advises on it",
                words=f"No clinical reference group advises on {one.name} for {held.name}.",
                closes_when="a group's scope is entered that holds the stage of the tumour group",
                bodies=(NHS_ENGLAND,),
            )
