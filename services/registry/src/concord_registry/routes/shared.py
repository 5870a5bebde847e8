"""What the routes share: query parameters, the map's readers on the application, pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_kit.calls import Call
from concord_kit.problems import problem_responses
from concord_registry.coverage_cache import CoverageCache
from concord_registry.reading import When
from concord_registry.representation import JSON_TYPE, chosen
from concord_registry.store.reference import ReferenceReader

WhenQuery = Annotated[When, Query()]

PathwayKey = Annotated[Key, Field(description="A pathway", examples=["lung"])]
StageKeys = Annotated[list[Key], Field(max_length=100, description="Stages, repeated", examples=[["prevention"]])]
PlaceKeys = Annotated[list[Key], Field(max_length=250, description="Places, repeated", examples=[["ccg-02A"]])]


async def _takes_json(request: Request) -> None:
    chosen(request.headers.get("accept"), (JSON_TYPE,))


def json_routes(tag: str) -> APIRouter:
    """A router of addresses that answer JSON alone: a caller who takes none is refused (406)."""
    return APIRouter(
        prefix="/v1",
        tags=[tag],
        dependencies=[Depends(_takes_json)],
        responses=problem_responses("not-acceptable"),
    )


def _references(request: Request) -> ReferenceReader:
    found: ReferenceReader = request.app.state.references
    return found


def _coverage_cache(request: Request) -> CoverageCache:
    found: CoverageCache = request.app.state.coverage_cache
    return found


References = Annotated[ReferenceReader, Depends(_references)]
Coverages = Annotated[CoverageCache, Depends(_coverage_cache)]


def next_page(call: Call, cursor: str | None) -> dict[str, str]:
    """The `Link` header to the next page; the cursor holds the position, so nothing else changes."""
    if cursor is None:
        return {}
    url = call.request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
