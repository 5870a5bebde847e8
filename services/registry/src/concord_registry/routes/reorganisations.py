"""Reorganisations: previewed, then carried out as one change; and those there were."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import Day, Key
from concord_contracts.registry import Reorganisation, ReorganisationIn, Reorganisations
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock, today_in_england
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem, problem_responses
from concord_registry.reading import Page, When, cursor_after, position_of, start_of
from concord_registry.reorganising import carrying_out
from concord_registry.routes.shared import References, WhenQuery, json_routes, next_page, without_reason
from concord_registry.store import reorganisations as stored

router = json_routes("reorganisations")


class ReorganisationQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dry_run: Annotated[bool, Field(description="Say what would change, and record nothing")] = False


@router.post(
    "/reorganisations",
    name="reorganise",
    status_code=201,
    response_model=Reorganisation,
    responses={200: {"model": Reorganisation}, **problem_responses("unknown-code")},
)
async def reorganise(
    sent: ReorganisationIn,
    query: Annotated[ReorganisationQuery, Query()],
    references: References,
    call: Call = Depends(allowed("reorganisations.apply", idempotent=True)),
) -> Response:
    """Merge, split, rename, transfer, close and open bodies, and their places, on one day: all of it or nothing.

    201: recorded, from the day on, which may lie ahead. 200: a dry run. What ended bodies hold stays until it is
    reassigned: `/v1/organisations/{organisation}/holdings`.
    """
    me, today = call.acting_for or "", today_in_england(call.clock)
    if query.dry_run:
        return call.reply(await call.read(lambda tx: carrying_out.looked_at(tx, references, sent, me, today)))

    def carry_out(tx: Writing) -> Result:
        said = carrying_out.carried_out(tx, references, sent, me, today)
        return Result(said, location=f"/v1/reorganisations/{said.id}")

    return await call.write(carry_out, status=201, reason=sent.reason)


class ReorganisationsQuery(Page):
    since: Annotated[Day | None, Field(description="On this day or after it")] = None
    until: Annotated[Day | None, Field(description="Before this day")] = None


@router.get(
    "/reorganisations",
    name="list_reorganisations",
    response_model=Reorganisations,
    responses=problem_responses("bad-cursor", "known-at-too-late"),
)
async def list_reorganisations(
    query: Annotated[ReorganisationsQuery, Query()], call: Call = Depends(allowed("map.read"))
) -> Response:
    """Reorganisations recorded by `known_at`, of any day, those ahead too; the latest day first."""
    page = await call.read(lambda tx: _page(tx, query, call.clock))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _page(tx: Reading, query: ReorganisationsQuery, clock: Clock) -> Reorganisations:
    start = start_of(tx, query, clock, str, int)
    position = start.position
    found = stored.listed(
        tx,
        position.known_at,
        since=query.since,
        until=query.until,
        after=_after(start.after),
        limit=query.limit + 1,
    )
    items = found[: query.limit]
    last = items[-1][1] if items else None
    more = last is not None and len(found) > query.limit
    return Reorganisations(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        items=[summary for summary, _ in items],
        next_cursor=cursor_after(position, last[0].isoformat(), last[1]) if more and last else None,
    )


def _after(key: tuple[str, int] | None) -> tuple[date, int] | None:
    if key is None:
        return None
    try:
        return date.fromisoformat(key[0]), key[1]
    except ValueError:
        raise Problem("bad-cursor") from None


@router.get(
    "/reorganisations/{reorganisation}",
    name="read_reorganisation",
    response_model=Reorganisation,
    responses=problem_responses("not-found", "known-at-too-late"),
)
async def read_reorganisation(
    reorganisation: Annotated[Key, Path(examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])],
    query: WhenQuery,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """One reorganisation with its events, and its effects as they were seen when it was recorded."""
    found = await call.read(lambda tx: _one(tx, reorganisation, query, call.clock))
    return call.reply(without_reason(call, found))


def _one(tx: Reading, reorganisation: str, when: When, clock: Clock) -> Reorganisation:
    position = position_of(tx, when, clock)
    found = stored.find(tx, reorganisation, position.known_at)
    if found is None:
        raise Problem("not-found", f"There is no reorganisation {reorganisation} by {_moment(position.known_at)}.")
    return found.model_copy(update={"as_of": position.as_of, "known_at": position.known_at, "seq": position.seq})


def _moment(at: datetime) -> str:
    return at.isoformat()
