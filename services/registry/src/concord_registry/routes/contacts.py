"""The person to contact for a stage and place in one call."""

from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry import ContactPoint, Contacts, KeyOrAny
from concord_kit.calls import Call, allowed
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_registry import views
from concord_registry.contacts import contact
from concord_registry.coverage import places_that_matter
from concord_registry.knowledge.contact_holders import holders
from concord_registry.knowledge.showing import roles_of_every_day
from concord_registry.reading import When, position_of, require_known
from concord_registry.routes.shared import References, json_routes
from concord_registry.store import claims
from concord_registry.store.places import days_known
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY

router = json_routes("search")


class ContactsQuery(When):
    stage: Annotated[Key, Field(description="A stage or function", examples=["radical_radiotherapy"])]
    place: Annotated[Key, Field(description="A place", examples=["ccg-02A"])]
    pathway: Annotated[KeyOrAny, Field(description="A pathway; default what holds for every one")] = ANY


@router.get(
    "/contacts",
    name="read_contacts",
    response_model=Contacts,
    responses=problem_responses("unknown-code", "known-at-too-late"),
)
async def read_contacts(
    query: Annotated[ContactsQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Whom to turn to about a stage in a place, in the order to try them: who is taken to commission it (confirmed
    locally, else by law, else as stated), the office that holds the budget, who leads, who else the law names."""
    return call.reply(await call.read(lambda tx: _answer(tx, references, query, call)))


def _answer(tx: Reading, references: ReferenceReader, query: ContactsQuery, call: Call) -> Contacts:
    position = position_of(tx, query, call.clock)
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(
        reference,
        days_known(tx, position.known_at),
        stage=query.stage,
        place=query.place,
        pathway=None if query.pathway == ANY else query.pathway,
    )
    scope = places_that_matter(reference, [query.place])
    said = claims.in_scope(tx, position.as_of, position.known_at, query.pathway, scope)
    found = contact(reference, said, query.stage, query.pathway, query.place)
    roles = roles_of_every_day(tx, reference, position, call)
    asked = query.stage, query.pathway, query.place
    return Contacts(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        stage=query.stage,
        stage_name=reference.stages[query.stage].name,
        pathway=query.pathway,
        place=query.place,
        place_name=reference.places[query.place].name,
        points=[
            ContactPoint(
                body=views.named(reference, one.body),
                capacity=one.capacity,
                because=one.because,
                holders=holders(reference, roles, one.body, *asked),
            )
            for one in found.points
        ],
        notes=list(found.notes),
    )
