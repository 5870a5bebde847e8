"""Planning advice, and whose a person is, as the contract's models."""

import itertools
from collections.abc import Sequence

from concord_contracts.registry import (
    Citation,
    Distance,
    LawBeside,
    NeighbourLink,
    PersonAsked,
    PlanningNeed,
    PlanningSet,
    PlanningSets,
    PlanningThresholdView,
    ResponsibleCommissioner,
)
from concord_kit.positions import Position
from concord_registry import views
from concord_registry.pathway_facts import Threshold
from concord_registry.planning.advice import Advice, Away
from concord_registry.planning.needs import Law, Need
from concord_registry.planning.neighbours import WORDS
from concord_registry.responsible_for import Person, Responsible
from concord_registry.rulebook import holders, said
from concord_registry.wording import names, titles
from concord_registry.world import Reference

ADVICE = "Planning advice only: populations never decide who must commission."


def threshold(reference: Reference, one: Threshold) -> PlanningThresholdView:
    return PlanningThresholdView(
        key=one.key,
        rule=one.rule,
        measure=one.measure,
        at_least=one.at_least,
        at_most=one.at_most,
        unit=one.unit,
        stages=list(one.stages),
        quotation=one.quotation,
        source=titles(reference, one.source),
        note=one.note,
    )


def need(reference: Reference, asked: Need) -> PlanningNeed:
    return PlanningNeed(
        words=asked.words,
        stage=asked.stage,
        service=asked.service,
        threshold=asked.threshold,
        at_least=asked.at_least,
        at_most=asked.at_most,
        citation=Citation(
            text=titles(reference, asked.source) or "as asked for",
            source=titles(reference, asked.source),
            verified=asked.verified,
        ),
    )


def law_beside(reference: Reference, law: Law | None, place: str | None) -> LawBeside:
    """Whom the law names, in words, and for a place the bodies themselves."""
    if law is None:
        return LawBeside(said="no stage was named, so the law is not asked")
    bodies = [holder.body for holder in holders(reference, law.commissioner, place)] if place else []
    return LawBeside(
        said=f"by law {said(reference, law.commissioner)}",
        commissioners=views.all_named(reference, bodies),
        citation=Citation(text=law.citation, source=titles(reference, law.rule.source), verified=law.rule.verified),
    )


def advice_words(law: LawBeside) -> str:
    if law.citation is None:
        return ADVICE
    return f"{ADVICE} For this stage it is {law.said} ({law.citation.text})."


def distance(reference: Reference, away: Away, at_least: int) -> Distance:
    return Distance(
        commissioner=views.named(reference, _body(reference, away.place)),
        place=away.place,
        persons=away.persons,
        missing=away.missing,
        share=round(away.persons / at_least, 6),
    )


def sets(
    reference: Reference, position: Position, place: str, asked: Need, law: Law | None, found: Advice
) -> PlanningSets:
    beside = law_beside(reference, law, place)
    persons = found.around.persons[place]
    return PlanningSets(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        advice=advice_words(beside),
        need=need(reference, asked),
        law=beside,
        commissioner=views.named(reference, _body(reference, place)),
        place=place,
        persons=persons,
        missing=max(asked.at_least - persons, 0),
        neighbours_by=[link.value for link in found.links],
        neighbours_words=WORDS,
        fewest=found.found.fewest,
        proven_fewest=found.found.proven_fewest,
        proven_nearest=found.found.proven_nearest,
        reachable=found.found.reachable,
        sets=[_set(reference, asked, found, places, weight) for places, weight in found.found.sets],
    )


def _set(reference: Reference, asked: Need, found: Advice, places: Sequence[str], persons: int) -> PlanningSet:
    return PlanningSet(
        commissioners=[views.named(reference, _body(reference, place)) for place in places],
        places=list(places),
        persons=persons,
        above=persons - asked.at_least,
        within=asked.at_most is None or persons <= asked.at_most,
        links=[
            NeighbourLink(one=one, other=other, by=sorted(link.value for link in by))
            for one, other in itertools.combinations(places, 2)
            if (by := found.around.link(one, other))
        ],
    )


def _body(reference: Reference, place: str) -> str:
    return reference.places[place].body or place


def responsible_commissioner(
    reference: Reference, position: Position, person: Person, stage: str, pathway: str, found: Responsible
) -> ResponsibleCommissioner:
    bodies = [holder.body for holder in found.holders]
    rule, service, person_rule = found.rule, found.service, found.person_rule
    return ResponsibleCommissioner(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        person=PersonAsked(
            registered_with=person.registered_with, lives_in=person.lives_in, present_in=person.present_in
        ),
        stage=stage,
        pathway=pathway,
        service=service.key if service else None,
        commissioners=views.all_named(reference, bodies),
        certain=found.settles,
        shares=[] if found.settles else [(one.body, one.share) for one in found.holders if one.share is not None],
        office=views.named(reference, found.assignment.office) if found.assignment.office else None,
        words=_words(reference, found),
        population_basis=found.basis,
        taken_from=found.taken_from,
        rule=rule.key,
        rule_citation=Citation(
            text=(service.citation if service and service.citation else rule.citation),
            source=titles(reference, service.source if service and service.citation else rule.source),
            verified=rule.verified,
        ),
        person_rule=person_rule.key if person_rule else None,
        person_rule_words=person_rule.words if person_rule else None,
        person_rule_citation=Citation(
            text=person_rule.citation, source=titles(reference, person_rule.source), verified=person_rule.verified
        )
        if person_rule
        else None,
        notes=list(found.notes),
    )


def _words(reference: Reference, found: Responsible) -> str:
    who = names(reference, (holder.body for holder in found.holders))
    if not found.holders:
        return "The law names nobody for it on this day."
    verb = "is" if found.settles else "is one of"
    because = (
        f", by {found.taken_from}" if found.taken_from != "none" else ", wherever the person is registered or lives"
    )
    return f"Responsible {verb} {who}{because}."
