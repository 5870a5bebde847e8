"""Findings as lists: what to look at now, what changed between two positions, what will change."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Day
from concord_contracts.problems import Fault
from concord_contracts.registry import FindingChanges, Findings, FindingsAhead, Moment
from concord_kit import etags
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.positions import resolve
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry import finding_pages as pages
from concord_registry import finding_views, pages_ahead
from concord_registry.coverage_cache import CoverageCache, tag_of
from concord_registry.finding_pages import Key, ReadAt
from concord_registry.finding_scope import FindingScope
from concord_registry.pages_ahead import DayKey
from concord_registry.reading import (
    FIRST_DAY,
    LAST_DAY,
    KnownAt,
    Page,
    Rolling,
    RollingPage,
    Start,
    cursor_after,
    start_of,
)
from concord_registry.representation import CSV_TYPE, JSON_TYPE, as_csv, chosen
from concord_registry.routes.finding_queries import ScopeQuery, scope_of
from concord_registry.routes.shared import Coverages, References, next_page, re_expressed
from concord_registry.store.places import days_known
from concord_registry.store.reference import ReferenceReader

router = Routes(prefix="/v1", tags=["findings"], responses=problem_responses("not-acceptable"))

LONGEST_AHEAD = timedelta(days=5 * 366)


class FindingsQuery(ScopeQuery, RollingPage):
    """A page of findings of a scope."""


class ChangesQuery(ScopeQuery, Rolling):
    """Between two positions: days in the world, moments in our records, or both."""

    from_: Annotated[
        Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)] | None,
        Field(alias="from", description="The earlier day; default the later one", examples=["2014-01-15"]),
    ] = None
    to: Annotated[
        Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)] | None,
        Field(description="The later day; default today in England", examples=["2014-04-02"]),
    ] = None
    known_from: Annotated[KnownAt, Field(description="What was recorded by then; default as `known_to`")] = None
    known_to: Annotated[KnownAt, Field(description="Default, and upper bound, the latest record")] = None
    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most")] = 100
    cursor: Annotated[str | None, Field(max_length=500, description="From `next_cursor` or `Link: rel=next`")] = None


class AheadQuery(ScopeQuery, RollingPage):
    """From a day on, as the record stands."""

    until: Annotated[
        Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)],
        Field(description="The last day looked at; at most five years ahead", examples=["2015-03-31"]),
    ]
    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most")] = 1000


FORMS: dict[int | str, dict[str, Any]] = {
    200: {"content": {CSV_TYPE: {"schema": {"type": "string"}}}},
    304: {"description": "Not changed"},
}
PROBLEMS = problem_responses("bad-cursor", "not-acceptable", "unknown-code", "known-at-too-late")


@router.get("/findings", name="list_findings", response_model=Findings, responses={**FORMS, **PROBLEMS})
async def list_findings(
    query: Annotated[FindingsQuery, Query()],
    references: References,
    cache: Coverages,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """What to look at, by place, pathway and the pathway's order: of places, of a body and what is on either side of
    it, of a stage, of a region, of England. JSON, or CSV where `Accept` prefers it.

    A page looks through at most 240 maps: it may hold fewer than asked and still have a next one. With `roll_to` it
    also tells who stood on that later day in the place of each body and place that it names."""
    form = chosen(call.request.headers.get("accept"))
    held = call.request.headers.get("if-none-match")
    tag, page = await call.read(lambda tx: _page(tx, references, cache, query, call))
    page = await re_expressed(call, references, query.roll_to, page)
    headers = {"ETag": tag, "Vary": "Accept"} | next_page(call, page.next_cursor)
    if etags.matches(held, tag):
        return Response(status_code=304, headers=headers)
    if form == CSV_TYPE:
        echoed = {"as_of": page.as_of, "known_at": page.known_at.isoformat()}
        rows = finding_views.csv_rows(page.items, echoed)
        columns: tuple[str, ...] = finding_views.CSV_COLUMNS
        if query.roll_to is not None:
            columns = (*columns, *finding_views.ROLLED_COLUMNS)
            rows = [row | finding_views.rolled_cells(page, one) for row, one in zip(rows, page.items, strict=True)]
        return _table(as_csv(columns, rows), headers, page)
    return Response(page.model_dump_json(), media_type=JSON_TYPE, headers=headers)


def _table(text: str, headers: dict[str, str], page: Findings) -> Response:
    more = {"Concord-As-Of": page.as_of.isoformat(), "Concord-Known-At": page.known_at.isoformat()}
    return Response(text, media_type=f"{CSV_TYPE}; charset=utf-8; header=present", headers=headers | more)


def _page(
    tx: Reading, references: ReferenceReader, cache: CoverageCache, query: FindingsQuery, call: Call
) -> tuple[str, Findings]:
    start = start_of(tx, query, call.clock, str, str, int)
    at = ReadAt(start.position, references.read(tx, start.position.as_of, start.position.known_at))
    scope = scope_of(query, at.reference, days=days_known(tx, start.position.known_at))
    asked = query.model_dump(mode="json", exclude={"as_of", "known_at"})
    tag = etags.weak(tag_of(start.position, findings=asked))
    return tag, _kept(cache, tag, lambda: _derived(tx, at, query, scope, _key(start)))


def _key(start: Start) -> Key | None:
    if start.after is None:
        return None
    place, pathway, number = start.after
    return place, pathway, number


def _kept(cache: CoverageCache, tag: str, make: Callable[[], Findings]) -> Findings:
    kept = cache.get(tag)
    if kept is not None:
        return Findings.model_validate_json(kept)
    made = make()
    cache.put(tag, made.model_dump_json().encode())
    return made


def _derived(tx: Reading, at: ReadAt, query: FindingsQuery, scope: FindingScope, after: Key | None) -> Findings:
    found = pages.findings(tx, at, scope, after, query.limit)
    position = at.position
    return Findings(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathways=list(scope.pathways),
        items=[finding_views.listed(at.reference, one) for one in found.items],
        next_cursor=cursor_after(position, *found.after) if found.after else None,
    )


@router.get(
    "/findings/changes",
    name="list_finding_changes",
    response_model=FindingChanges,
    responses=PROBLEMS,
)
async def list_finding_changes(
    query: Annotated[ChangesQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """What opened, closed or changed severity between two positions: two days in the world (`from`, `to`), two moments
    of our records (`known_from`, `known_to`), or both. So one sees what happened, and what was only learnt."""
    chosen(call.request.headers.get("accept"), (JSON_TYPE,))
    page = await call.read(lambda tx: _changes(tx, references, query, call))
    page = await re_expressed(call, references, query.roll_to, page)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _changes(tx: Reading, references: ReferenceReader, query: ChangesQuery, call: Call) -> FindingChanges:
    later = Page.model_construct(as_of=query.to, known_at=query.known_to, cursor=query.cursor, limit=query.limit)
    start = start_of(tx, later, call.clock, str, str, int)
    position = start.position
    earlier = resolve(tx, query.from_ or position.as_of, query.known_from or position.known_at, call.clock)
    if (earlier.as_of, earlier.known_at) == (position.as_of, position.known_at):
        words = "name an earlier day (`from`) or an earlier moment of the record (`known_from`): else nothing differs"
        raise Problem("invalid-request", errors=[Fault(parameter="query:from", detail=words, type="nothing-differs")])
    before, now = (ReadAt(one, references.read(tx, one.as_of, one.known_at)) for one in (earlier, position))
    scope = scope_of(query, before.reference, now.reference, days=days_known(tx, position.known_at))
    found = pages.changes(tx, before, now, scope, _key(start), query.limit)
    return FindingChanges(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        before=Moment(as_of=earlier.as_of, known_at=earlier.known_at),
        pathways=list(scope.pathways),
        items=[finding_views.changed(before.reference, now.reference, one) for one in found.items],
        next_cursor=cursor_after(position, *found.after) if found.after else None,
    )


@router.get(
    "/findings/ahead",
    name="list_findings_ahead",
    response_model=FindingsAhead,
    responses=problem_responses("bad-cursor", "unknown-code", "known-at-too-late"),
)
async def list_findings_ahead(
    query: Annotated[AheadQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """What will open, close or change severity until a day, from what is recorded now: claims and agreements that end
    or begin, reviews that fall due, rules, bodies and places that change; roles, contracts, plans, networks and limits
    of authority that begin or end, notice and mitigation that fall due. Only days on which something changes are
    looked at, and only maps it can reach: at most 300 in a page, which may end within a day and hold fewer changes
    than asked; the next page goes on there."""
    chosen(call.request.headers.get("accept"), (JSON_TYPE,))
    page = await call.read(lambda tx: _ahead(tx, references, query, call))
    page = await re_expressed(call, references, query.roll_to, page)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _ahead(tx: Reading, references: ReferenceReader, query: AheadQuery, call: Call) -> FindingsAhead:
    start = start_of(tx, query, call.clock, str, str, str, int)
    position = start.position
    if not position.as_of < query.until <= position.as_of + LONGEST_AHEAD:
        words = f"must lie after {position.as_of} and at most five years ahead of it"
        raise Problem("invalid-request", errors=[Fault(parameter="query:until", detail=words, type="out-of-range")])
    at = ReadAt(position, references.read(tx, position.as_of, position.known_at))
    scope = scope_of(query, at.reference, days=days_known(tx, position.known_at))
    found = pages_ahead.ahead(tx, references, at, scope, query.until, query.limit, _day_key(start))
    return FindingsAhead(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        until=query.until,
        scanned_until=found.scanned_until,
        stopped_because=found.stopped,
        days=list(found.days),
        pathways=list(scope.pathways),
        items=[finding_views.foreseen(*one) for one in found.items],
        next_cursor=cursor_after(position, found.after[0].isoformat(), *found.after[1:]) if found.after else None,
    )


def _day_key(start: Start) -> DayKey | None:
    if start.after is None:
        return None
    on, place, pathway, number = start.after
    try:
        return date.fromisoformat(on), place, pathway, number
    except ValueError:
        raise Problem("bad-cursor") from None
