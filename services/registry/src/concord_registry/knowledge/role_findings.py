"""Leads that nobody holds, leads that end soon, bodies without both kinds of skill. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from concord_contracts.registry import FindingKind, HolderRole, RoleHolderView, Skill
from concord_registry.found import Found
from concord_registry.knowledge.known import Knowledge, said_of
from concord_registry.knowledge.lapses import goes_on, last_held
from concord_registry.wording import day
from concord_registry.world import ENGLAND, REGIONAL_KINDS, Reference

LEVELS = {"local": "this place", "regional": "the area", "national": "England"}


def level_of(reference: Reference, place: str) -> str:
    """The level at which the whole pathway is led there: local, regional or national."""
    if place == ENGLAND:
        return "national"
    return "regional" if reference.places[place].kind in REGIONAL_KINDS else "local"


def holds(one: RoleHolderView, reference: Reference, knowledge: Knowledge) -> bool:
    """Whether somebody who can be reached holds the role on the day."""
    return (
        one.valid_from <= reference.as_of < one.valid_to
        and one.person is not None
        and one.person not in knowledge.erased
    )


def vacancies(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    """A whole-pathway lead at the place's own level, or a CCG's clinical cancer lead: nobody on the day or soon."""
    level = level_of(reference, place)
    leads = [
        one
        for one in knowledge.role_holders
        if one.role is HolderRole.WHOLE_PATHWAY_LEAD
        and (one.level, one.place) == (level, place)
        and said_of([one.pathway], pathway)
    ]
    named = f"whole-pathway lead for {LEVELS[level]}"
    yield from _vacancy(reference, knowledge, leads, FindingKind.VACANCY, pathway, place, named, level)
    body = reference.places[place].body
    if reference.places[place].kind == "ccg" and body:
        leads = clinical_leads(knowledge, body)
        named = f"clinical cancer lead of {reference.name(body)}"
        yield from _vacancy(reference, knowledge, leads, FindingKind.NO_CLINICAL_LEAD, pathway, place, named, None)


def clinical_leads(knowledge: Knowledge, body: str) -> list[RoleHolderView]:
    """Whoever was, is or will be the body's clinical cancer lead."""
    return [one for one in knowledge.role_holders if one.role is HolderRole.CLINICAL_CANCER_LEAD and one.body == body]


def _vacancy(
    reference: Reference,
    knowledge: Knowledge,
    leads: list[RoleHolderView],
    kind: FindingKind,
    pathway: str,
    place: str,
    named: str,
    level: str | None,
) -> Iterator[Found]:
    today = reference.as_of
    holding = [one for one in leads if holds(one, reference, knowledge)]
    if goes_on(leads, holding, today, lambda one: one.person is not None):
        return
    last = last_held(holding)
    before = [one for one in leads if one.valid_from <= today]
    if last is not None:
        severity = "medium: it ends within 90 days and no successor is recorded"
        words = f"The {named} is held until {day(last - timedelta(days=1))}, and nobody follows."
    elif any(one.person in knowledge.erased for one in before if one.valid_to > today):
        severity = "medium: the role is held by somebody who cannot be reached"
        words = f"The details of the {named} were erased, and nobody else is named."
    elif before:
        severity = "medium: somebody held it before, and nobody does now"
        since = max(min(one.valid_to, today) if one.person else one.valid_from for one in before)
        words = f"Nobody has been {named} since {day(since)}."
    else:
        severity = "low: nobody was ever recorded; it may be that it was never entered"
        words = f"No {named} is recorded."
    yield Found(
        kind=kind,
        pathway=pathway,
        place=place,
        level=level,
        severity=severity.partition(":")[0],
        why_severity=severity,
        words=words,
        closes_when="a person is entered in the role for the day",
        bodies=tuple(sorted({one.body for one in leads})),
        records=tuple(sorted(one.id for one in holding or before)),
    )


WANTED = (Skill.CLINICAL, Skill.COMMISSIONING)


def skill_mix(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    """A body of the place with people in roles, but without both clinical and commissioning skill among them."""
    body = reference.places[place].body
    there = [one for one in knowledge.role_holders if one.body == body and holds(one, reference, knowledge)]
    if body is None or not there:
        return
    missing = [skill for skill in WANTED if not any(skill in one.skills for one in there)]
    if not missing:
        return
    words = " nor ".join(skill.value for skill in missing)
    people = "person" if len(there) == 1 else "people"
    yield Found(
        kind=FindingKind.SKILL_MIX,
        pathway=pathway,
        place=place,
        severity="medium" if len(missing) == 1 else "low",
        why_severity="medium: decisions are taken without that skill"
        if len(missing) == 1
        else "low: no skills are recorded; they may never have been entered",
        words=f"{reference.name(body)} has {len(there)} {people} in roles, none with {words} skill.",
        closes_when="somebody with the skill is entered in a role of the body",
        bodies=(body,),
        records=tuple(sorted(one.id for one in there)),
    )
