"""Statutory responsibilities as a list: every cell of a scope in one order, filtered by who is responsible."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from concord_registry.places import of_kind
from concord_registry.rulebook import Assignment, assigned_by, rule_for
from concord_registry.world import ENGLAND, GROUP_KINDS, Reference, Rule


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked about. Empty places: those of the organisation, else every CCG's, which hold everybody once."""

    pathways: Sequence[str] = ()
    stages: Sequence[str] = ()
    places: Sequence[str] = ()
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Responsible:
    """One cell with the rule book's answer; None where it has no rule. `key` is its place in the order of all cells."""

    key: tuple[str, str, int]
    stage: str
    assignment: Assignment | None

    @property
    def place(self) -> str:
        return self.key[0]

    @property
    def pathway(self) -> str:
        return self.key[1]


def responsibilities(
    reference: Reference, scope: Scope, after: tuple[str, str, int] = ("", "", -1)
) -> Iterator[Responsible]:
    """Cells by place, pathway and the pathway's own order, after the cell with the key `after`.

    With an organisation, only cells it is responsible for, itself or as the office that holds the budget.
    """
    for place in sorted(set(scope.places)) or places_of(reference, scope.organisation):
        if place < after[0]:
            continue
        said: dict[Rule, Assignment] = {}  # here; a rule is for many pathways
        for pathway in sorted(set(scope.pathways) or reference.pathways):
            for index, stage in enumerate(reference.cells_of(pathway)):
                key = (place, pathway, index)
                if key > after and (not scope.stages or stage in scope.stages):
                    rule = rule_for(reference, stage, pathway)
                    if rule is not None and rule not in said:
                        said[rule] = assigned_by(reference, rule, place)
                    found = Responsible(key, stage, None if rule is None else said[rule])
                    if scope.organisation is None or _answers(found, scope.organisation):
                        yield found


def _answers(found: Responsible, organisation: str) -> bool:
    assigned = found.assignment
    return assigned is not None and (organisation in assigned.bodies or organisation == assigned.office)


def places_of(reference: Reference, organisation: str | None) -> tuple[str, ...]:
    """Where to look for an organisation's responsibilities: its own places; for an area team those of its CCGs; else,
    for a body without a place, England; without an organisation the place of every CCG (trust, board)."""
    if organisation is None:
        return tuple(sorted(of_kind(reference, reference.places, *GROUP_KINDS)))
    own = reference.places_of_body.get(organisation)
    if own and reference.body(organisation).legal_person:
        return own
    answered = {
        place
        for relation in reference.relations
        if relation.type == "area_team_of" and relation.subject == organisation
        for place in reference.places_of_body.get(relation.object, ())
    }
    return tuple(sorted(answered)) or tuple({ENGLAND} & set(reference.places))
