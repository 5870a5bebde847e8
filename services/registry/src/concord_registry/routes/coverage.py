"""The map of a pathway in places, with everything a commissioner should look at."""

from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry import Coverage
from concord_kit import etags
from concord_kit.calls import Call, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_registry import rolled_views, views
from concord_registry.coverage import cover, places_that_matter
from concord_registry.coverage_cache import CoverageCache, tag_of
from concord_registry.reading import RollingWhen, position_of, require_known
from concord_registry.routes.shared import (
    Coverages,
    PathwayKey,
    References,
    json_routes,
    reference_then,
    refusing_backwards,
)
from concord_registry.store import claims
from concord_registry.store.places import days_known
from concord_registry.store.reference import ReferenceReader

router = json_routes("coverage")

MOST_PLACES = 50


class CoverageQuery(RollingWhen):
    pathway: PathwayKey
    place: Annotated[
        list[Key],
        Field(min_length=1, max_length=MOST_PLACES, description="Places, repeated", examples=[["ccg-02A"]]),
    ]


@router.get(
    "/coverage",
    name="read_coverage",
    response_model=Coverage,
    responses={304: {"description": "Not changed"}, **problem_responses("unknown-code", "known-at-too-late")},
)
async def read_coverage(
    query: Annotated[CoverageQuery, Query()],
    references: References,
    cache: Coverages,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Every stage with law, claims and findings; with `roll_to` also who stood on that later day in the place of each
    body and place that it names. The weak `ETag` stands for the position and the scope."""
    held = call.request.headers.get("if-none-match")
    with refusing_backwards():
        tag, body = await call.read(lambda tx: _answer(tx, references, cache, query, held, call.clock))
    if body is None:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})


def _answer(
    tx: Reading, references: ReferenceReader, cache: CoverageCache, query: CoverageQuery, held: str | None, clock: Clock
) -> tuple[str, bytes | None]:
    """The tag and the rendered answer; None in its place where the caller holds it already."""
    position = position_of(tx, query, clock)
    places = list(dict.fromkeys(query.place))
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, days_known(tx, position.known_at), pathway=query.pathway, place=places)
    then = reference_then(tx, references, reference, position.known_at, query.roll_to)
    rolled = {} if query.roll_to is None else {"roll_to": query.roll_to.isoformat()}
    tag = etags.weak(tag_of(position, pathway=query.pathway, places=places, **rolled))
    if etags.matches(held, tag):
        return tag, None
    kept = cache.get(tag)
    if kept is not None:
        return tag, kept
    scope = places_that_matter(reference, places)
    found = claims.in_scope(tx, position.as_of, position.known_at, query.pathway, scope)
    mapped = cover(reference, found, query.pathway, places)
    answer = views.coverage(reference, position, mapped, tag)
    if query.roll_to is not None:
        answer = rolled_views.re_expressed(answer, reference, then, query.roll_to)
    body = answer.model_dump_json().encode()
    cache.put(tag, body)
    return tag, body
