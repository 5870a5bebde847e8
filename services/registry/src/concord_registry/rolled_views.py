"""What was re-expressed for the bodies of another date, as the contract's models."""

from collections.abc import Iterable, Sequence
from datetime import date

from concord_contracts.registry import (
    ClaimView,
    People,
    PeopleFrom,
    PeopleTotal,
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
from concord_registry.world import Claim, Reference


def parts(reference: Reference, bodies: Iterable[str], roll_to: date, then: Reference) -> list[RolledPart]:
    """Who stands in the place of each; under the names of the later day."""
    return [
        RolledPart(of=body, body=named(then, part.body), share=float(part.share), basis=part.basis)
        for body in dict.fromkeys(bodies)
        for part in parts_of(reference, body, roll_to)
    ]


def origins(reference: Reference, found: Iterable[Origin]) -> list[RolledFrom]:
    return [RolledFrom(body=named(reference, one.body), share=float(one.share), basis=one.basis) for one in found]


def on_claim(shown: ClaimView, reference: Reference, one: Claim, roll_to: date, then: Reference) -> ClaimView:
    """The view of a claim, with its bodies (those that an expression names in its place too) and its place as they
    stood on the day."""
    own = [holder.body for holder in holders(reference, one.organisation, one.place)]
    place = reference.places.get(one.place)
    rolled = RolledClaim(
        organisation=parts(reference, own, roll_to, then),
        on_behalf_of=parts(reference, one.on_behalf_of, roll_to, then),
        place=[]
        if place is None or place.body is None
        else [
            RolledPlace(
                of=place.key,
                place=place_then(then, part.body.id, place.kind) or None,
                body=part.body,
                share=part.share,
                basis=part.basis,
            )
            for part in parts(reference, [place.body], roll_to, then)
        ],
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
        "rolled_to": "; ".join(f"{part.of} -> {part.body.id} {part.share:.6f}" for part in one.rolled),
        "rolled_basis": weakest(*(part.basis for part in one.rolled)) if one.rolled else None,
    }


def place_then(then: Reference, body: str, kind: str) -> str:
    """A body's place of a kind on the day; empty where it has none, or several."""
    found = [key for key in then.places_of_body.get(body, ()) if then.places[key].kind == kind]
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
