"""Places: populations somebody is responsible for, and how they lie in each other."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry import PlaceAnswer, PlaceOverlaps, Places
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import views
from concord_registry.ground import overlaps
from concord_registry.places import within
from concord_registry.reading import RollingPage, When, cursor_after, position_of, require_known, start_of
from concord_registry.routes.shared import References, RollingQuery, json_routes, next_page, re_expressed
from concord_registry.row_types import PlaceKind
from concord_registry.store.reference import ReferenceReader

router = json_routes("places")


class PlacesQuery(RollingPage):
    within: Annotated[Key | None, Field(description="This place and all declared below it", examples=["north"])] = None
    kind: PlaceKind | None = None


@router.get(
    "/places",
    name="list_places",
    response_model=Places,
    responses=problem_responses("bad-cursor", "unknown-code", "known-at-too-late"),
)
async def list_places(
    query: Annotated[PlacesQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Places in being on the day, by key."""
    page = await call.read(lambda tx: _page(tx, references, query, call.clock))
    page = await re_expressed(call, references, query.roll_to, page)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _page(tx: Reading, references: ReferenceReader, query: PlacesQuery, clock: Clock) -> Places:
    start = start_of(tx, query, clock, str)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, within=query.within)
    keys = within(reference, query.within) if query.within else reference.places
    found = sorted(
        key
        for key in keys
        if key in reference.places
        and (query.kind is None or reference.places[key].kind == query.kind)
        and (start.after is None or key > start.after[0])
    )
    items = found[: query.limit]
    return Places(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        items=[views.place(reference, reference.places[key]) for key in items],
        next_cursor=cursor_after(position, items[-1]) if len(found) > query.limit else None,
    )


@router.get(
    "/places/{key}",
    name="read_place",
    response_model=PlaceAnswer,
    responses=problem_responses("not-found", "known-at-too-late"),
)
async def read_place(
    key: Annotated[Key, Path(examples=["ccg-01Y"])],
    query: RollingQuery,
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """A place with its parents, children, populations and footprint."""
    found = await call.read(lambda tx: _answer(tx, references, key, query, call.clock))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


class OverlapsQuery(RollingPage):
    kind: Annotated[PlaceKind | None, Field(description="Only places of this kind", examples=["council"])] = None


@router.get(
    "/places/{key}/overlaps",
    name="list_place_overlaps",
    response_model=PlaceOverlaps,
    responses=problem_responses("not-found", "bad-cursor", "known-at-too-late"),
)
async def list_place_overlaps(
    key: Annotated[Key, Path(examples=["ccg-01Y"])],
    query: Annotated[OverlapsQuery, Query()],
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Which places share ground with it on the day, and which share of each."""
    page = await call.read(lambda tx: _overlaps(tx, references, key, query, call.clock))
    page = await re_expressed(call, references, query.roll_to, page)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _overlaps(tx: Reading, references: ReferenceReader, key: str, query: OverlapsQuery, clock: Clock) -> PlaceOverlaps:
    start = start_of(tx, query, clock, str)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    if key not in reference.places:
        raise Problem("not-found", f"There is no place {key} on {position.as_of}.")
    found = [
        views.shared_ground(reference, one)
        for one in overlaps(reference, key)
        if (query.kind is None or reference.places[one.place].kind == query.kind)
        and (start.after is None or one.place > start.after[0])
    ]
    items = found[: query.limit]
    return PlaceOverlaps(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        place=views.place(reference, reference.places[key]),
        items=items,
        next_cursor=cursor_after(position, items[-1].place) if len(found) > query.limit else None,
    )


def _answer(tx: Reading, references: ReferenceReader, key: str, when: When, clock: Clock) -> PlaceAnswer:
    position = position_of(tx, when, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    if key not in reference.places:
        raise Problem("not-found", f"There is no place {key} on {position.as_of}.")
    return PlaceAnswer(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        place=views.place(reference, reference.places[key]),
    )
