"""Who commissions a stage for the people of a place on any day: they are followed where the place is not on the map.

Pure. `then` is the reference data of the nearest day on which the place is on the map, `now` of the day asked about.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from concord_registry.places import councils_of, groups_of
from concord_registry.rolling import parts_of
from concord_registry.rulebook import AUTHORITY_OF, REGIONAL_GROUP_OF, Assignment, Holder, assigned_by, rule_for
from concord_registry.wording import day, names
from concord_registry.world import Reference, Rule

BY_GROUPS = {
    "ccg_of_place": "group",
    "icb_of_place": "group",
    "pct_of_place": "group",
    "scg_of_place": "group",
    "upper_tier_council_of_place": "council",
}
"""Expression -> which bodies of the place it starts from."""

BY_PROVIDER = "provider"
"""The people of a specialised service: an office holds its money, which the rule book after 2022 does not name."""


@dataclass(frozen=True, slots=True)
class Following:
    """A body of the day that people of the place belong to. `share` is of the place's people, for later bodies; of the
    body itself, for earlier ones."""

    body: str
    share: float | None
    earlier: bool
    basis: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    bodies: tuple[Following, ...]
    assignment: Assignment | None
    through: str | None
    unknown: tuple[str, ...]


def answer(then: Reference, now: Reference, stage: str, pathway: str, place: str) -> Answer:
    """The rule of the day, applied to the bodies of the day that the place's people are of."""
    rule = rule_for(now, stage, pathway)
    kind = BY_GROUPS.get(rule.commissioner, "group") if rule else "group"
    bodies = tuple(_of_the_day(then, now, place, kind))
    if rule is None:
        return Answer(bodies, None, None, (f"The rule book has no rule for this stage on {day(now.as_of)}.",))
    assignment = _assigned(now, rule, place, bodies)
    through = _through(now, rule, assignment)
    return Answer(bodies, assignment, through, tuple(_unknown(now, rule, assignment, bodies)))


def _assigned(now: Reference, rule: Rule, place: str, bodies: tuple[Following, ...]) -> Assignment:
    if place in now.places:
        return assigned_by(now, rule, place)
    if rule.commissioner in BY_GROUPS:
        held = tuple(Holder(one.body, None if one.earlier else one.share) for one in bodies)
        return Assignment(rule, held, None, None)
    made = assigned_by(now, rule, "")
    offices = {team for one in bodies for team in now.related.get(("area_team_of", one.body), ())}
    office = offices.pop() if len(offices) == 1 and rule.office else None
    return replace(made, office=office, office_note=None)


def _of_the_day(then: Reference, now: Reference, place: str, kind: str) -> Iterator[Following]:
    members = groups_of(then, place) if kind == "group" else councils_of(then, place)
    for member, share in members:
        body = then.places[member].body if member in then.places else None
        if body is None:
            continue
        if now.as_of >= then.as_of:
            for part in parts_of(now, body, now.as_of, then.as_of):
                whole = (1.0 if share is None else share) * float(part.share)
                yield Following(part.body, whole, earlier=False, basis=part.basis if part.body != body else None)
        else:
            yield from _before(now, body, now.as_of)


def _before(now: Reference, body: str, on: date, passed_on: float = 1.0) -> Iterator[Following]:
    """The bodies that a body's people were of on an earlier day; itself where it was in being. `passed_on`: what part
    of the body came to the place's over the steps between."""
    if now.body(body).in_being(on):
        yield Following(body, None, earlier=True, basis=None)
        return
    for event in sorted(now.succession, key=lambda event: (event.predecessor, event.on)):
        if event.successor != body or event.on <= on:
            continue
        share = passed_on * event.share
        if now.body(event.predecessor).in_being(on):
            yield Following(event.predecessor, share, earlier=True, basis=event.basis, note=event.note)
        else:
            yield from _before(now, event.predecessor, on, share)


def _through(now: Reference, rule: Rule, made: Assignment) -> str | None:
    if rule.commissioner != "scg_of_place" or not made.holders:
        return None
    authorities = _authorities(now, made)
    where = f" of {names(now, authorities)}" if authorities else ""
    groups, _ = _regional_groups(now, authorities)
    if not groups:
        who = "their specialised commissioning group, a joint committee that is no legal person"
    elif len(groups) == 1:
        who = f"{names(now, groups)}, their joint committee that is no legal person"
    else:
        who = f"{names(now, groups)}, their joint committees that are no legal persons"
    return f"together with the other primary care trusts{where}: {who}"


def _authorities(now: Reference, made: Assignment) -> set[str]:
    """The strategic health authorities in whose areas the commissioners worked."""
    return {one.object for one in now.relations if one.type == AUTHORITY_OF and one.subject in made.bodies}


def _regional_groups(now: Reference, authorities: set[str]) -> tuple[set[str], bool]:
    """The specialised commissioning groups of those authorities, and whether each authority's is known."""
    found = [now.related.get((REGIONAL_GROUP_OF, one), ()) for one in authorities]
    return {group for groups in found for group in groups}, bool(found) and all(found)


def _unknown(now: Reference, rule: Rule, made: Assignment, bodies: tuple[Following, ...]) -> Iterator[str]:
    if not rule.verified:
        yield f"The rule awaits its source: {rule.note}." if rule.note else "The rule awaits its source."
    if rule.commissioner != "none_named" and not made.holders:
        yield f"Which body that was on {day(now.as_of)} is not in the reference data."
    if rule.commissioner == "scg_of_place" and not _regional_groups(now, _authorities(now, made))[1]:
        yield "The specialised commissioning group is not in the reference data under its name."
    if made.office is None and (rule.office or rule.population_basis == BY_PROVIDER):
        yield f"Which office held the budget on {day(now.as_of)} is not known."
    kind = "earlier" if any(one.earlier for one in bodies) else "later"
    if any(one.basis == "assumption" for one in bodies):
        yield f"Which {kind} bodies the people were of, and with what share, is an assumption."
    if any(one.earlier and one.basis == "derived" for one in bodies):
        by = "its postcodes" if any(now.body(one.body).kind == "pct" for one in bodies) else "small areas and lists"
        yield f"How many of the people were of each earlier body: the shares are of {by}, not of people."


def in_words(now: Reference, found: Answer, place_name: str, stage_name: str) -> str:
    """The answer in sentences."""
    made = found.assignment
    start = f"{stage_name} for the people of {place_name} on {day(now.as_of)}: "
    if made is None:
        return start + "not known; the rule book has no rule for it."
    who = names(now, made.bodies) if made.holders else "no body known"
    through = f", {found.through}" if found.through else ""
    office = f" (budget held by {now.name(made.office)})" if made.office else ""
    return f"{start}{who}{through}{office}, by {made.rule.citation}."
