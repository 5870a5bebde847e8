"""Whose a person is, told by places."""

from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.problems import Fault
from concord_contracts.registry import ResponsibleCommissioner
from concord_kit.calls import Call, allowed
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import views_of_planning
from concord_registry.reading import When, position_of, require_known
from concord_registry.responsible_for import Person, UntoldError, responsible_for
from concord_registry.routes.shared import PathwayKey, References, json_routes
from concord_registry.world import ANY, GROUND_KINDS, GROUP_KINDS, Reference

router = json_routes("planning")


class PersonQuery(When):
    """A person by places alone; no registration: registered with no practice."""

    stage: Annotated[Key | None, Field(description="A stage", examples=["prevention"])] = None
    service: Annotated[
        Key | None, Field(description="A service, in place of a stage", examples=["accident-and-emergency"])
    ] = None
    pathway: PathwayKey | None = None
    registered_with: Annotated[
        Key | None, Field(description="The CCG's place of the person's practice", examples=["ccg-02A"])
    ] = None
    lives_in: Annotated[
        Key | None,
        Field(description="The place of a council, a CCG, or a part, of the person's home", examples=["la-Q"]),
    ] = None
    present_in: Annotated[
        Key | None, Field(description="Where it happens, for ambulance and emergency", examples=["ccg-01Y"])
    ] = None


@router.get(
    "/responsible-commissioner",
    name="read_responsible_commissioner",
    response_model=ResponsibleCommissioner,
    responses=problem_responses("not-found", "unknown-code", "known-at-too-late"),
)
async def read_responsible_commissioner(
    query: Annotated[PersonQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Who is responsible, on a day, for a stage or a service for a person registered here and living there; told by
    places, never by the person. By registration, residence or presence, as the rules cited say."""

    def find(tx: Reading) -> ResponsibleCommissioner:
        position = position_of(tx, query, call.clock)
        reference = references.read(tx, position.as_of, position.known_at)
        stage = _stage_asked(reference, query)
        _require_places(reference, query)
        person = Person(query.registered_with, query.lives_in, query.present_in)
        pathway = query.pathway or ANY
        try:
            found = responsible_for(reference, person, stage, pathway, query.service)
        except UntoldError as error:
            fault = Fault(parameter=f"query:{error.parameter}", detail=error.words, type="missing")
            raise Problem("invalid-request", f"{error.words}.", errors=[fault]) from None
        except LookupError:
            words = f"The rule book says nothing of {stage} on {position.as_of}."
            raise Problem("not-found", words) from None
        return views_of_planning.responsible_commissioner(reference, position, person, stage, pathway, found)

    return call.reply(await call.read(find))


def _stage_asked(reference: Reference, query: PersonQuery) -> str:
    require_known(reference, stage=query.stage, pathway=query.pathway)
    if query.service is not None:
        held = reference.facts.services.get(query.service)
        if held is None:
            fault = Fault(parameter="query:service", detail=f"unknown service {query.service}", type="unknown-service")
            raise Problem("unknown-code", f"{fault.detail}.", errors=[fault])
        if query.stage not in (None, held.stage):
            fault = Fault(
                parameter="query:stage", detail=f"{held.name} is in the stage {held.stage}", type="other-stage"
            )
            raise Problem("invalid-request", errors=[fault])
        return held.stage
    if query.stage is None:
        fault = Fault(parameter="query:stage", detail="name a stage or a service", type="missing")
        raise Problem("invalid-request", errors=[fault])
    return query.stage


LIVED_IN = (*GROUND_KINDS, "part")
KINDS = {"registered_with": GROUP_KINDS, "lives_in": LIVED_IN, "present_in": LIVED_IN}
"""Kinds of place that each fact may name."""


def _require_places(reference: Reference, query: PersonQuery) -> None:
    named = {name: getattr(query, name) for name in KINDS}
    unknown = [(name, key) for name, key in named.items() if key is not None and key not in reference.places]
    if unknown:
        faults = [
            Fault(parameter=f"query:{name}", detail=f"unknown place {key} on {reference.as_of}", type="unknown-place")
            for name, key in unknown
        ]
        raise Problem("unknown-code", "; ".join(fault.detail for fault in faults) + ".", errors=faults)
    wrong = [
        Fault(
            parameter=f"query:{name}",
            detail=f"{key} is of kind {reference.places[key].kind}: name a place of kind {' or '.join(KINDS[name])}",
            type="other-kind",
        )
        for name, key in named.items()
        if key is not None and reference.places[key].kind not in KINDS[name]
    ]
    if wrong:
        raise Problem("invalid-request", errors=wrong)
