"""What the routes share: query parameters, the map's readers on the application, pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from concord_contracts.identifiers import Key
from concord_contracts.problems import Fault
from concord_contracts.registry import ReExpressed
from concord_kit.calls import Call
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry import rolled_views
from concord_registry.coverage_cache import CoverageCache
from concord_registry.reading import RollingWhen, When
from concord_registry.representation import JSON_TYPE, chosen
from concord_registry.rolling import BackwardsError
from concord_registry.store.reference import ReferenceReader
from concord_registry.store.search import IndexReader
from concord_registry.world import Reference

WhenQuery = Annotated[When, Query()]
RollingQuery = Annotated[RollingWhen, Query()]

PathwayKey = Annotated[Key, Field(description="A pathway", examples=["lung"])]
StageKeys = Annotated[list[Key], Field(max_length=100, description="Stages, repeated", examples=[["prevention"]])]
PlaceKeys = Annotated[list[Key], Field(max_length=250, description="Places, repeated", examples=[["ccg-02A"]])]


async def _takes_json(request: Request) -> None:
    chosen(request.headers.get("accept"), (JSON_TYPE,))


def json_routes(tag: str) -> Routes:
    """A router of addresses that answer JSON alone: a caller who takes none is refused (406)."""
    return Routes(
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


def _indexes(request: Request) -> IndexReader:
    found: IndexReader = request.app.state.indexes
    return found


References = Annotated[ReferenceReader, Depends(_references)]
Coverages = Annotated[CoverageCache, Depends(_coverage_cache)]
Indexes = Annotated[IndexReader, Depends(_indexes)]


def reference_then(
    tx: Reading, references: ReferenceReader, reference: Reference, known_at: datetime, roll_to: date | None
) -> Reference:
    """The map on the day asked for, known at the same moment; the map itself without one. BackwardsError before it."""
    if roll_to is None:
        return reference
    if roll_to < reference.as_of:
        raise BackwardsError(reference.as_of, roll_to)
    return references.read(tx, roll_to, known_at)


@contextmanager
def refusing_backwards() -> Iterator[None]:
    """A `roll_to` before the day asked about is a fault of the query."""
    try:
        yield
    except BackwardsError as error:
        fault = Fault(parameter="query:roll_to", detail=str(error), type="backwards")
        raise Problem("invalid-request", f"{error}.", errors=[fault]) from None


async def re_expressed[A: ReExpressed](
    call: Call,
    references: ReferenceReader,
    roll_to: date | None,
    answer: A,
    since: date | None = None,
    more: Callable[[A, Reference, Reference, date], A] | None = None,
) -> A:
    """The answer as it was read, and with `roll_to` who stood then in whose place; 422 `backwards` before its day.

    Bodies are followed from `since`, default the answer's own day. `more` adds what is particular to an answer.
    """
    if roll_to is None:
        return answer

    def work(tx: Reading) -> A:
        reference = references.read(tx, since or answer.as_of, answer.known_at)
        then = reference_then(tx, references, reference, answer.known_at, roll_to)
        made = rolled_views.re_expressed(answer, reference, then, roll_to)
        return more(made, reference, then, roll_to) if more else made

    with refusing_backwards():
        return await call.read(work)


def without_reason[T: BaseModel](call: Call, said: T) -> T:
    """What is said of a change, to the public without its reason: it was written for the journal."""
    return said if call.principal else said.model_copy(update={"reason": None})


def next_page(call: Call, cursor: str | None) -> dict[str, str]:
    """The `Link` header to the next page; the cursor holds the position, so nothing else changes."""
    if cursor is None:
        return {}
    url = call.request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
