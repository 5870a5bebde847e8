"""What was re-expressed for the bodies of another date, as the contract's models."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from pydantic import BaseModel

from concord_contracts.registry import (
    ClaimView,
    People,
    PeopleFrom,
    PeopleTotal,
    ReExpressed,
    Responsibility,
    RolledClaim,
    RolledFrom,
    RolledPart,
    RolledPlace,
)
from concord_registry.populations import Counted, totals
from concord_registry.rolling import Origin, parts_of
from concord_registry.rulebook import holders
from concord_registry.succession import weakest
from concord_registry.views import named
from concord_registry.world import GROUP_KINDS, Claim, Reference


def parts(reference: Reference, bodies: Iterable[str], roll_to: date, then: Reference) -> list[RolledPart]:
    """Who stands in the place of each; under the names of the later day."""
    return [
        RolledPart(of=body, body=named(then, part.body), share=float(part.share), basis=part.basis)
        for body in dict.fromkeys(bodies)
        for part in parts_of(reference, body, roll_to)
    ]


def origins(reference: Reference, found: Iterable[Origin]) -> list[RolledFrom]:
    return [RolledFrom(body=named(reference, one.body), share=float(one.share), basis=one.basis) for one in found]


def re_expressed[A: ReExpressed](
    answer: A, reference: Reference, then: Reference, roll_to: date, named_in: Iterable[str] | None = None
) -> A:
    """An answer with who stood on the day in the place of each body, and of each body's place, that it names.

    `named_in`: ids of bodies and places, default all that stand in the answer.
    """
    named_in = sorted(set(texts(answer) if named_in is None else named_in))
    return answer.model_copy(
        update={
            "roll_to": roll_to,
            "rolled": parts(reference, (text for text in named_in if text in reference.bodies), roll_to, then),
            "rolled_places": [one for text in named_in for one in places(reference, text, roll_to, then)],
        }
    )


def texts(value: object) -> Iterator[str]:
    """Every text in an answer: whatever member names a body or a place, its id is one of them."""
    match value:
        case str():
            yield value
        case BaseModel():
            for name in type(value).model_fields:
                yield from texts(getattr(value, name))
        case Mapping():
            for one in value.values():
                yield from texts(one)
        case list() | tuple():
            for one in value:
                yield from texts(one)


def places(reference: Reference, key: str, roll_to: date, then: Reference) -> list[RolledPlace]:
    """The places that followed a body's place, each with its body; none for a place that is nobody's."""
    place = reference.places.get(key)
    if place is None or place.body is None:
        return []
    return [
        RolledPlace(
            of=key,
            place=place_then(then, part.body.id, place.kind) or None,
            body=part.body,
            share=part.share,
            basis=part.basis,
        )
        for part in parts(reference, [place.body], roll_to, then)
    ]


def on_claim(shown: ClaimView, reference: Reference, one: Claim, roll_to: date, then: Reference) -> ClaimView:
    """The view of a claim, with its bodies (those that an expression names in its place too) and its place as they
    stood on the day."""
    own = [holder.body for holder in holders(reference, one.organisation, one.place)]
    rolled = RolledClaim(
        organisation=parts(reference, own, roll_to, then),
        on_behalf_of=parts(reference, one.on_behalf_of, roll_to, then),
        place=places(reference, one.place, roll_to, then),
    )
    return shown.model_copy(update={"rolled": rolled})


def on_responsibilities(
    shown: list[Responsibility], reference: Reference, roll_to: date | None, then: Reference
) -> list[Responsibility]:
    """Each with who stood in its commissioners' place on the day."""
    if roll_to is None:
        return shown
    return [
        one
        if one.statutory is None
        else one.model_copy(
            update={"rolled": parts(reference, [body.id for body in one.statutory.commissioners], roll_to, then)}
        )
        for one in shown
    ]


def csv_cells(one: Responsibility, roll_to: date | None) -> dict[str, object]:
    """`body` of the later day with its share, as cells; none where nothing is rolled."""
    if roll_to is None:
        return {}
    return {
        "roll_to": roll_to,
        "rolled_to": in_a_cell(one.rolled),
        "rolled_basis": weakest(*(part.basis for part in one.rolled)) if one.rolled else None,
    }


def in_a_cell(parts: Iterable[RolledPart | RolledPlace]) -> str:
    """`ods:02A -> ods:NEW 0.333333; ...`"""
    return "; ".join(f"{part.of} -> {part.body.id} {part.share:.6f}" for part in parts)


def place_then(then: Reference, body: str, kind: str) -> str:
    """A body's place of a kind on the day, for a group's place that of any kind of group: boards followed CCGs. Empty
    where it has none, or several."""
    kinds = GROUP_KINDS if kind in GROUP_KINDS else (kind,)
    found = [key for key in then.places_of_body.get(body, ()) if then.places[key].kind in kinds]
    return found[0] if len(found) == 1 else ""


def people(reference: Reference, then: Reference, found: Sequence[Counted]) -> list[People]:
    """`reference` names the bodies that figures came from, `then` those they are of."""
    return [
        People(
            place=one.figure.place or None,
            kind=one.kind,
            body=named(then, one.body) if one.body else None,
            year=one.figure.year,
            basis=one.figure.basis,
            age_from=one.figure.age_from,
            age_to=one.figure.age_to,
            persons=one.figure.persons,
            figure_basis=one.figure.figure_basis,
            low=one.figure.low,
            high=one.figure.high,
            source=one.figure.source,
            note=one.figure.note,
            rolled_from=[
                PeopleFrom(
                    place=origin.place or None,
                    body=named(reference, origin.body) if origin.body else None,
                    persons=origin.persons,
                    share=float(origin.share),
                    basis=origin.basis,
                )
                for origin in one.origins
            ],
        )
        for one in found
    ]


def people_totals(found: Iterable[Counted]) -> list[PeopleTotal]:
    return [
        PeopleTotal(
            kind=kind, year=year, basis=basis, age_from=age_from, age_to=age_to, persons=persons, places=figures
        )
        for (kind, year, basis, age_from, age_to), (persons, figures) in totals(found).items()
    ]
