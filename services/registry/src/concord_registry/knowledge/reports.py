"""Answers over many records: plans by stage, clinical leads by CCG, a pathway's risks, whom to ask. Pure."""

from collections.abc import Sequence
from datetime import date

from concord_contracts.registry import (
    CcgKnowledge,
    ClinicalLeads,
    PlanCoverage,
    RiskRegister,
    RiskStatus,
    StagePlans,
)
from concord_kit.positions import Position
from concord_registry import views
from concord_registry.knowledge import contracts
from concord_registry.knowledge.known import Knowledge, covering, said_of
from concord_registry.knowledge.measured import Measured
from concord_registry.knowledge.risks import on_the_day
from concord_registry.knowledge.role_findings import clinical_leads, holds
from concord_registry.knowledge.standards import stages_without, standards
from concord_registry.pathway_facts import PathwayFacts
from concord_registry.places import containing, of_kind, within
from concord_registry.world import GROUP_KINDS, Reference


def plan_coverage(
    reference: Reference, knowledge: Knowledge, position: Position, pathway: str, place: str
) -> PlanCoverage:
    """The pathway's stages, each with the plans in force here that cover it."""
    plans = list(covering(reference, knowledge.plans, pathway, place))
    stages = []
    for key in reference.pathways[pathway].stages:
        of_it = [one for one in plans if key in one.stages]
        stages.append(
            StagePlans(
                stage=key,
                name=reference.stages[key].name,
                plans=[f"{one.title} ({one.kind.value}, {reference.name(one.body)})" for one in of_it],
                records=[one.id for one in of_it],
            )
        )
    return PlanCoverage(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathway=pathway,
        place=place,
        stages=stages,
        without_plan=[one.stage for one in stages if not one.records],
        plans=len(plans),
    )


def leads_by_ccg(reference: Reference, knowledge: Knowledge, position: Position, place: str) -> ClinicalLeads:
    """Every CCG of a place with its clinical cancer lead, or without one."""
    items = [
        _ccg(reference, knowledge, key, body)
        for key in sorted(of_kind(reference, within(reference, place), *GROUP_KINDS))
        if (body := reference.places[key].body) is not None
    ]
    return ClinicalLeads(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        within=place,
        items=items,
        without_lead=[one.body.id for one in items if not one.lead],
    )


def _ccg(reference: Reference, knowledge: Knowledge, place: str, body: str) -> CcgKnowledge:
    today = reference.as_of
    ever = clinical_leads(knowledge, body)
    now = [one for one in ever if holds(one, reference, knowledge)]
    before = [one for one in ever if one.valid_to <= today and one.person]
    decided = [one for one in knowledge.authorisations if one.body == body]
    latest = max(decided, key=lambda one: one.valid_from, default=None)
    since = contracts.months_before(today, 12)
    advised = [one for one in knowledge.advice if one.advised == body]
    return CcgKnowledge(
        body=views.named(reference, body),
        place=place,
        lead=bool(now),
        lead_until=max((one.valid_to for one in now), default=None),
        lead_record=now[0].id if now else None,
        vacant_since=max((one.valid_to for one in before), default=None) if not now else None,
        authorisation=latest.outcome if latest else None,
        network_expertise=latest.network_expertise if latest else None,
        advice_in_the_year=sum(1 for one in advised if since < one.valid_from <= today),
    )


def risk_register(
    reference: Reference,
    knowledge: Knowledge,
    facts: PathwayFacts,
    measured: Sequence[Measured],
    position: Position,
    pathway: str,
    place: str,
) -> RiskRegister:
    """The risks of a pathway here, at places around it and within it, the highest first; and its standards."""
    near = {*containing(reference, place), *within(reference, place)}
    found = [
        on_the_day(one, position.as_of).model_copy(update={"bodies": [views.named(reference, one.owner_body)]})
        for one in knowledge.risks
        if one.place in near and said_of([one.pathway], pathway)
    ]
    found.sort(key=lambda one: (one.status is RiskStatus.CLOSED, -one.score, one.due or date.max, one.id))
    return RiskRegister(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathway=pathway,
        place=place,
        risks=found,
        standards=standards(reference, facts, measured, pathway, place),
        stages_without_standard=stages_without(reference, facts, pathway),
        worst=max((one.score for one in found if one.status is not RiskStatus.CLOSED), default=0),
    )
