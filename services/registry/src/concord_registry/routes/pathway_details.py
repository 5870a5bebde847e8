"""A pathway stage by stage and through time; services, comparators and guidance as lists."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import (
    Comparators,
    GuidanceList,
    PathwayAnswer,
    PathwayVersions,
    Services,
)
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import pathway_versions, views, views_of_pathways
from concord_registry.pathway_facts import EVERY, about
from concord_registry.pathway_versions import Version
from concord_registry.reading import Page, Start, cursor_after, position_of, require_known, start_of
from concord_registry.routes.shared import PathwayKey, References, StageKeys, WhenQuery, json_routes, next_page
from concord_registry.rulebook import holders
from concord_registry.store.pathway_changes import record_version
from concord_registry.store.pathway_facts import dated_stages, stages_recorded_at
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Reference

router = json_routes("pathways")

OnePathway = Annotated[Key, Path(description="A pathway", examples=["lung"])]
NOT_FOUND = problem_responses("not-found", "known-at-too-late")
OF_A_LIST = problem_responses("bad-cursor", "unknown-code", "known-at-too-late")


@router.get("/pathways/{pathway}", name="read_pathway", response_model=PathwayAnswer, responses=NOT_FOUND)
async def read_pathway(
    pathway: OnePathway, query: WhenQuery, references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """A pathway as it is on the day: each stage with its services and their planning facts, what it is held against
    with what was reached, and the guidance to follow."""

    def find(tx: Reading) -> PathwayAnswer:
        position = position_of(tx, query, call.clock)
        reference = references.read(tx, position.as_of, position.known_at)
        own = reference.pathways.get(pathway) or _unknown(pathway)
        version = pathway_versions.on_day(_versions(tx, pathway, position.known_at), position.as_of)
        return PathwayAnswer(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            pathway=views.pathway(own),
            version=views_of_pathways.version(version) if version else None,
            stages=[
                views_of_pathways.pathway_stage(reference, pathway, stage, order)
                for order, stage in enumerate(own.stages, 1)
            ],
        )

    return call.reply(await call.read(find))


@router.get(
    "/pathways/{pathway}/versions", name="list_pathway_versions", response_model=PathwayVersions, responses=NOT_FOUND
)
async def list_pathway_versions(
    pathway: OnePathway, query: WhenQuery, references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """The pathway's ordered stages through time in the world, as known at `known_at`; and when its record changed. Its
    record's version, which a change names in `If-Match`, is in the body and the `ETag`."""

    def find(tx: Reading) -> PathwayVersions:
        position = position_of(tx, query, call.clock)
        reference = references.read(tx, position.as_of, position.known_at)
        if pathway not in reference.pathways:
            _unknown(pathway)
        found = _versions(tx, pathway, position.known_at)
        return PathwayVersions(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            pathway=pathway,
            versions=[views_of_pathways.version(one) for one in found],
            record_version=record_version(tx, pathway, position.known_at),
            recorded_at=stages_recorded_at(tx, pathway, position.known_at),
        )

    found = await call.read(find)
    return call.reply(Result(found, version=found.record_version))


def _versions(tx: Reading, pathway: str, known_at: Any) -> list[Version]:
    return pathway_versions.versions(dated_stages(tx, pathway, known_at))


def _unknown(pathway: str) -> Any:
    raise Problem("not-found", f"There is no pathway {pathway}.")


class StagesQuery(Page):
    pathway: PathwayKey | None = None
    stage: StageKeys = []


@router.get("/services", name="list_services", response_model=Services, responses=OF_A_LIST)
async def list_services(
    query: Annotated[StagesQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Services within stages, by key, with whose people they are for and what they should be planned for: advice."""

    def chosen(reference: Reference) -> Iterable[Any]:
        return (
            one
            for one in reference.facts.services.values()
            if (not query.stage or one.stage in query.stage)
            and (query.pathway is None or about(one.pathways, query.pathway))
        )

    page = await call.read(
        lambda tx: _page(tx, references, query, call.clock, Services, chosen, views_of_pathways.service)
    )
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


class ComparatorsQuery(StagesQuery):
    place: Annotated[
        Key | None,
        Field(description="With what was reached there, else in the nearest place around it", examples=["ccg-02A"]),
    ] = None


@router.get("/comparators", name="list_comparators", response_model=Comparators, responses=OF_A_LIST)
async def list_comparators(
    query: Annotated[ComparatorsQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """What stages are held against, by key, and what was reached: a standard, what the best areas reach, or what the
    evidence asks for."""

    def chosen(reference: Reference) -> Iterable[Any]:
        require_known(reference, place=query.place)
        return (
            one
            for one in reference.facts.comparators.values()
            if (not query.stage or any(about(one.stages, stage) for stage in query.stage))
            and (query.pathway is None or about(one.pathways, query.pathway))
        )

    def view(reference: Reference, one: Any) -> Any:
        return views_of_pathways.comparator(reference, one, query.place)

    page = await call.read(lambda tx: _page(tx, references, query, call.clock, Comparators, chosen, view))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


class GuidanceQuery(StagesQuery):
    organisation: Annotated[
        BodyId | None, Field(description="What this body is to act on in its own places", examples=["ods:02A"])
    ] = None
    in_force: Annotated[bool, Field(description="Only what is to be followed on the day")] = False


@router.get("/guidance", name="list_guidance", response_model=GuidanceList, responses=OF_A_LIST)
async def list_guidance(
    query: Annotated[GuidanceQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Strategies, guidance, standards and statements of law, by key, each with the stages it is about, who is to act
    on it, how far they have come, and what superseded it."""

    def links_of(reference: Reference, key: str) -> list[Any]:
        return [
            link
            for link in reference.facts.links
            if link.guidance == key
            and (not query.stage or link.stage in query.stage)
            and (query.pathway is None or link.pathway in (query.pathway, EVERY))
            and (query.organisation is None or _is_to_act(reference, query.organisation, link.organisation))
        ]

    def chosen(reference: Reference) -> Iterable[Any]:
        require_known(reference, organisation=query.organisation)
        asked = query.stage or query.pathway or query.organisation
        return (
            one
            for one in reference.facts.guidance.values()
            if (not query.in_force or one.in_force(reference.as_of)) and (not asked or links_of(reference, one.key))
        )

    def view(reference: Reference, one: Any) -> Any:
        return views_of_pathways.guidance(reference, one, links_of(reference, one.key))

    page = await call.read(lambda tx: _page(tx, references, query, call.clock, GuidanceList, chosen, view))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _is_to_act(reference: Reference, body: str, expression: str | None) -> bool:
    """Whether a body, or who an expression names for one of its places, is the one."""
    places: Sequence[str] = reference.places_of_body.get(body, ()) or ("",)
    return any(holder.body == body for place in places for holder in holders(reference, expression, place))


def _page[Answer: BaseModel](
    tx: Reading,
    references: ReferenceReader,
    query: StagesQuery,
    clock: Clock,
    model: type[Answer],
    chosen: Callable[[Reference], Iterable[Any]],
    view: Callable[[Reference, Any], Any],
) -> Answer:
    """A page of what is chosen, by key."""
    start: Start = start_of(tx, query, clock, str)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, pathway=query.pathway, stage=query.stage)
    found = sorted(chosen(reference), key=lambda one: one.key)
    found = [one for one in found if start.after is None or one.key > start.after[0]]
    items = found[: query.limit]
    return model(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        items=[view(reference, one) for one in items],
        next_cursor=cursor_after(position, items[-1].key) if len(found) > query.limit else None,
    )
