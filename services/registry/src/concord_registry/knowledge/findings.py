"""What follows from what is known beside the map, for a pathway in a place: findings like those of the map. Pure.

Where a topic holds nothing at all for a place, one finding says so, and no stage is named: that nothing was entered is
no proof that nothing is there.
"""

from collections.abc import Iterator

from concord_contracts.registry import FindingKind
from concord_registry.found import Found
from concord_registry.knowledge.authority_findings import lapsed_authorities, overlapping_authorities
from concord_registry.knowledge.contract_findings import contract_findings
from concord_registry.knowledge.known import Knowledge, covering, last_to_end, ran_until, said_of
from concord_registry.knowledge.network_coverage import networks_of_place, overlaps
from concord_registry.knowledge.reference_groups import without_reference_group
from concord_registry.knowledge.risks import on_the_day
from concord_registry.knowledge.role_findings import skill_mix, vacancies
from concord_registry.places import containing
from concord_registry.wording import day
from concord_registry.world import ENGLAND, Reference


def knowledge_findings(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> list[Found]:
    """All of them in a stable order; none but of reference groups where nobody entered anything beside the map."""
    groups = [*without_reference_group(reference, knowledge, pathway)] if place == ENGLAND else []
    if not knowledge:
        return groups
    return [
        *groups,
        *vacancies(reference, knowledge, pathway, place),
        *skill_mix(reference, knowledge, pathway, place),
        *contract_findings(reference, knowledge, pathway, place),
        *_without_plan(reference, knowledge, pathway, place),
        *_networks(reference, knowledge, pathway, place),
        *_overdue(reference, knowledge, pathway, place),
        *lapsed_authorities(reference, knowledge, pathway, place),
        *overlapping_authorities(reference, knowledge, pathway, place),
    ]


def findings_above(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> list[Found]:
    """Whether somebody leads the whole pathway for an area or England; for England, what no reference group reaches."""
    found = list(vacancies(reference, knowledge, pathway, place)) if knowledge else []
    return [*found, *(without_reference_group(reference, knowledge, pathway) if place == ENGLAND else ())]


def _without_plan(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    """Stages that no plan in force covers, in a place where any is or was."""
    plans = list(covering(reference, knowledge.plans, pathway, place))
    if not plans and last_to_end(reference, knowledge, "plans", pathway, place) is None:
        return
    covered = {stage for one in plans for stage in one.stages}
    for stage in reference.pathways[pathway].stages:
        if stage in covered:
            continue
        last = last_to_end(reference, knowledge, "plans", pathway, place, stage)
        yield Found(
            kind=FindingKind.NO_PLAN,
            pathway=pathway,
            place=place,
            stage=stage,
            severity="medium" if last else "low",
            why_severity="medium: it was planned until then, and nothing follows"
            if last
            else "low: other stages are or were planned here; what nobody plans is found late",
            words=f"No plan in force covers {reference.stages[stage].name} here{ran_until(last)}.",
            closes_when="a plan that covers the stage is entered",
            records=(last.id,) if last else (),
        )


def _networks(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    if not networks_of_place(reference, knowledge, place, pathway):
        yield Found(
            kind=FindingKind.NO_NETWORK,
            pathway=pathway,
            place=place,
            severity="low",
            why_severity="low: advice and coordination have no address here",
            words="No network is recorded for this place and pathway.",
            closes_when="a network's reach is entered that covers the place",
        )
    for kind, one, other in overlaps(reference, knowledge, place, pathway):
        yield Found(
            kind=FindingKind.NETWORK_OVERLAP,
            pathway=pathway,
            place=place,
            severity="low",
            why_severity="low: two of a kind may each leave work to the other",
            words=f"{one.name} and {other.name} are both {kind.value.replace('-', ' ')}s for this place and pathway.",
            closes_when="their reach is agreed and corrected, or one ends",
            bodies=tuple(sorted({one.host, other.host})),
            records=tuple(sorted((one.id, other.id))),
        )


def _overdue(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    around = set(containing(reference, place))
    for risk in knowledge.risks:
        if risk.place not in around or not said_of([risk.pathway], pathway):
            continue
        seen = on_the_day(risk, reference.as_of)
        if seen.overdue and seen.due:
            grave = seen.score >= 15
            yield Found(
                kind=FindingKind.RISK_OVERDUE,
                pathway=pathway,
                place=place,
                stage=risk.stage,
                severity="high" if grave else "medium",
                why_severity=f"{'high' if grave else 'medium'}: it scores {seen.score} of 25"
                f"{'' if grave else ', below 15'}",
                words=f"{risk.title}: its mitigation was due on {day(seen.due)}.",
                closes_when="the mitigation is done and the risk's status entered, or a new day is",
                bodies=(risk.owner_body,),
                records=(risk.id,),
            )
