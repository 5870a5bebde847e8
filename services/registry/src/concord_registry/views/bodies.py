"""Bodies by name, what they hold, what they can do about each other."""

from collections.abc import Iterable

from concord_contracts.registry import Holding, NamedBody, OrganisationSummary, Person, PowerView, RelationTypeView
from concord_registry.holdings import Holding as Held
from concord_registry.store.organisations import Power, RelationType
from concord_registry.world import Body, Reference


def named(reference: Reference, body: str) -> NamedBody:
    found = reference.body(body)
    return NamedBody(id=found.id, name=found.name, kind=found.kind, legal_person=found.legal_person)


def all_named(reference: Reference, bodies: Iterable[str]) -> list[NamedBody]:
    return [named(reference, body) for body in bodies]


def organisation(reference: Reference, one: Body) -> OrganisationSummary:
    return OrganisationSummary(
        id=one.id,
        name=one.name,
        kind=one.kind,
        legal_person=one.legal_person,
        codes=list(reference.codes.get(one.id, ())),
        valid_from=one.valid_from,
        valid_to=one.valid_to,
    )


def holding(one: Held, holder: Person | None = None) -> Holding:
    return Holding(
        kind=one.kind,
        id=one.id,
        held_as=one.held_as,
        words=one.words,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        address=one.address,
        holder=holder,
    )


def power(one: Power) -> PowerView:
    return PowerView(**{name: getattr(one, name) for name in PowerView.model_fields})


def relation_type(one: RelationType) -> RelationTypeView:
    return RelationTypeView(**{name: getattr(one, name) for name in RelationTypeView.model_fields})
