"""Whose a person is: who is responsible for a stage or service for somebody registered, living or being somewhere.

No person is known here, only places. Which fact counts is data (`responsible_rules`), by whose people the rule book's
rule, or the service, is for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from concord_registry.pathway_facts import ResponsibleRule, Service
from concord_registry.places import councils_of, groups_of
from concord_registry.rulebook import ONE_BODY, Assignment, Holder, assigned_by, holders, rule_for
from concord_registry.world import ANY, ENGLAND, Reference, Rule


@dataclass(frozen=True, slots=True)
class Person:
    """What is told of a person: places. No registration: registered with no practice."""

    registered_with: str | None = None
    lives_in: str | None = None
    present_in: str | None = None

    @property
    def standing(self) -> str:
        return "registered" if self.registered_with else "unregistered"


class UntoldError(Exception):
    """The answer turns on a fact that is not told; `parameter` names it."""

    def __init__(self, parameter: str, words: str) -> None:
        super().__init__(words)
        self.parameter = parameter
        self.words = words


@dataclass(frozen=True, slots=True)
class Responsible:
    """The answer. `place`: from where the bodies are named; `settles`: whether one body, or all it names, is meant."""

    rule: Rule
    service: Service | None
    basis: str
    person_rule: ResponsibleRule | None
    taken_from: str
    place: str
    holders: tuple[Holder, ...]
    settles: bool
    assignment: Assignment
    notes: tuple[str, ...]


PARAMETER = {"registration": "registered_with", "residence": "lives_in", "presence": "present_in"}


def responsible_for(reference: Reference, person: Person, stage: str, pathway: str, service: str | None) -> Responsible:
    """Who is responsible, by the rule in force on the day. UntoldError, or LookupError where there is no rule."""
    rule = rule_for(reference, stage, pathway)
    if rule is None:
        raise LookupError(stage)
    held = reference.facts.services.get(service) if service else None
    basis = held.population_basis if held else rule.population_basis
    expression = (held.commissioner if held else None) or rule.commissioner
    person_rule = _person_rule(reference, basis, person)
    taken_from = person_rule.taken_from if person_rule else "none"
    place = _place(person, taken_from, names_one_body=expression in ONE_BODY or ":" in expression)
    found = holders(reference, expression, place)
    return Responsible(
        rule=rule,
        service=held,
        basis=basis,
        person_rule=person_rule,
        taken_from=taken_from,
        place=place,
        holders=found,
        settles=len(found) < 2,
        assignment=assigned_by(reference, rule, place),
        notes=tuple(_notes(reference, person, found, person_rule)),
    )


def _person_rule(reference: Reference, basis: str, person: Person) -> ResponsibleRule | None:
    rules = [one for one in reference.facts.responsible_rules if one.population_basis == basis]
    fitting = [one for one in rules if one.person in (person.standing, ANY, "any")]
    return min(fitting, key=lambda one: (one.person == "any", one.key), default=None)


def _place(person: Person, taken_from: str, *, names_one_body: bool) -> str:
    """The place that counts; where one body answers for everybody any place will do, for the sake of its office."""
    told = {name: getattr(person, name) for name in PARAMETER.values()}
    wanted = PARAMETER.get(taken_from)
    if wanted is not None and told[wanted] is not None:
        return str(told[wanted])
    if wanted is None or names_one_body:
        return person.registered_with or person.lives_in or person.present_in or ENGLAND
    raise UntoldError(wanted, f"whose the person is turns on {taken_from} here: say where")


def _notes(
    reference: Reference, person: Person, found: tuple[Holder, ...], rule: ResponsibleRule | None
) -> Iterator[str]:
    if len(found) > 1:
        yield "What is told leaves it open: a smaller place, or a postcode, would settle it."
    if not found:
        yield "Nobody is named on this day."
    if rule is not None and not rule.verified:
        yield "Which fact counts is from professional memory and awaits its source."
    if person.registered_with and person.lives_in and not _meet(reference, person.registered_with, person.lives_in):
        where = [reference.places[key].name for key in (person.registered_with, person.lives_in)]
        yield f"{where[0]}'s list and {where[1]} share no ground in our data: the person lives outside the list's area."


def _meet(reference: Reference, one: str, other: str) -> bool:
    def ground(place: str) -> set[str]:
        return {key for members in (groups_of, councils_of) for key, _ in members(reference, place)}

    return one in ground(other) or other in ground(one) or one == other
