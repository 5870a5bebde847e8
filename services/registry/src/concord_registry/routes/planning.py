"""Planning advice: thresholds, distances, and the smallest sets of neighbours."""

from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Path, Query, Response
from pydantic import ConfigDict, Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.problems import Fault
from concord_contracts.registry import (
    PlanningDistances,
    PlanningSets,
    PlanningThresholds,
)
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_kit.problems import Problem, problem_responses
from concord_registry import views_of_planning
from concord_registry.places import of_kind
from concord_registry.planning.advice import advise, distances
from concord_registry.planning.needs import Law, Need, NoNeedError, law, need
from concord_registry.planning.neighbours import commissioners
from concord_registry.reading import Page, When, cursor_after, position_of, require_known, start_of
from concord_registry.routes.shared import PathwayKey, References, WhenQuery, json_routes, next_page
from concord_registry.world import GROUP_KINDS, Reference

router = json_routes("planning")

MOST_PEOPLE = 60_000_000
"""All England."""
MOST_SETS = 20


class NeedQuery(When):
    """For how many people: one of these; `people` goes before what the others state."""

    model_config = ConfigDict(extra="forbid")

    stage: Annotated[Key | None, Field(description="A stage", examples=["radical_radiotherapy"])] = None
    service: Annotated[Key | None, Field(description="A service", examples=["pet-ct-scanning"])] = None
    threshold: Annotated[Key | None, Field(description="A planning threshold", examples=["T5"])] = None
    pathway: PathwayKey | None = None
    people: Annotated[
        int | None, Field(ge=1, le=MOST_PEOPLE, description="So many people, whatever is stated", examples=[2000000])
    ] = None


@router.get(
    "/planning-thresholds",
    name="list_planning_thresholds",
    response_model=PlanningThresholds,
    responses=problem_responses("known-at-too-late"),
)
async def list_planning_thresholds(
    query: WhenQuery, references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Populations and activity that services are best planned for, T1 to T9, in the reports' words: advice."""

    def find(tx: Reading) -> PlanningThresholds:
        position = position_of(tx, query, call.clock)
        reference = references.read(tx, position.as_of, position.known_at)
        found = sorted(reference.facts.thresholds.values(), key=lambda one: one.key)
        return PlanningThresholds(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            items=[views_of_planning.threshold(reference, one) for one in found],
        )

    return call.reply(await call.read(find))


class DistancesQuery(NeedQuery, Page):
    pass


@router.get(
    "/planning-advice",
    name="list_planning_distances",
    response_model=PlanningDistances,
    responses=problem_responses("bad-cursor", "unknown-code", "known-at-too-late"),
)
async def list_planning_distances(
    query: Annotated[DistancesQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """How far each commissioner is from the planning population of a stage, a service or a threshold, by place. Advice:
    the law is beside it."""

    def find(tx: Reading) -> PlanningDistances:
        start = start_of(tx, query, call.clock, str)
        position = start.position
        reference = references.read(tx, position.as_of, position.known_at)
        asked, by_law = _asked(reference, query)
        beside = views_of_planning.law_beside(reference, by_law, None)
        every = distances(reference, asked)
        following = [one for one in every if start.after is None or one.place > start.after[0]]
        items = following[: query.limit]
        return PlanningDistances(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            advice=views_of_planning.advice_words(beside),
            need=views_of_planning.need(reference, asked),
            law=beside,
            commissioners=len(every),
            reaching=sum(one.missing == 0 for one in every),
            items=[views_of_planning.distance(reference, one, asked.at_least) for one in items],
            next_cursor=cursor_after(position, items[-1].place) if len(following) > query.limit else None,
        )

    page = await call.read(find)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


class SetsQuery(NeedQuery):
    sets: Annotated[int, Field(ge=1, le=MOST_SETS, description="How many sets of the smallest size at most")] = 5


@router.get(
    "/planning-advice/{organisation}",
    name="read_planning_sets",
    response_model=PlanningSets,
    responses=problem_responses("not-found", "unknown-code", "known-at-too-late"),
)
async def read_planning_sets(
    organisation: Annotated[BodyId, Path(description="A commissioner", examples=["ods:02A"])],
    query: Annotated[SetsQuery, Query()],
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """The smallest sets of neighbouring commissioners, this one among them, that reach the planning population: fewest
    commissioners, then nearest above it, with what was proven. Advice: the law is beside it."""

    def find(tx: Reading) -> tuple[Position, Reference, str, Need, Law | None]:
        position = position_of(tx, query, call.clock)
        reference = references.read(tx, position.as_of, position.known_at)
        asked, by_law = _asked(reference, query)
        return position, reference, _place_of(reference, organisation), asked, by_law

    position, reference, place, asked, by_law = await call.read(find)
    found = await to_thread.run_sync(lambda: advise(reference, asked, place, most=query.sets))
    return call.reply(views_of_planning.sets(reference, position, place, asked, by_law, found))


def _asked(reference: Reference, query: NeedQuery) -> tuple[Need, Law | None]:
    require_known(reference, stage=query.stage, pathway=query.pathway)
    faults = [
        Fault(parameter=f"query:{name}", detail=f"unknown {name} {value}", type=f"unknown-{name}")
        for name, value, held in (
            ("service", query.service, reference.facts.services),
            ("threshold", query.threshold, reference.facts.thresholds),
        )
        if value is not None and value not in held
    ]
    if faults:
        raise Problem("unknown-code", "; ".join(fault.detail for fault in faults) + ".", errors=faults)
    try:
        asked = need(
            reference,
            stage=query.stage,
            service=query.service,
            threshold=query.threshold,
            people=query.people,
            pathway=query.pathway,
        )
    except NoNeedError as error:
        fault = Fault(parameter=f"query:{error.parameter}", detail=error.words, type="no-planning-population")
        raise Problem("invalid-request", f"{error.words}.", errors=[fault]) from None
    return asked, law(reference, asked, query.pathway)


def _place_of(reference: Reference, organisation: str) -> str:
    places = of_kind(reference, reference.places_of_body.get(organisation, ()), *GROUP_KINDS)
    counted = commissioners(reference, by=()).persons
    for place in places:
        if place in counted:
            return place
    raise Problem(
        "not-found",
        f"{organisation} is no commissioner with people of its own on {reference.as_of}: a CCG, for instance.",
    )
