"""Mandates: a body lets a support body act for it. Checked at every use, here and by the other services."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import Mandate, MandateEnd, MandateIn, Mandates
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock, today_in_england
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_registry import recording, views
from concord_registry.reading import RollingPage, cursor_after, start_of
from concord_registry.routes.shared import References, json_routes, next_page, re_expressed
from concord_registry.store import mandates

router = json_routes("mandates")


class MandatesQuery(RollingPage):
    holder: Annotated[BodyId | None, Field(description="The support body", examples=["ods:0AJ"])] = None
    body: Annotated[BodyId | None, Field(description="The body acted for", examples=["ods:02A"])] = None


@router.get(
    "/mandates",
    name="list_mandates",
    response_model=Mandates,
    responses=problem_responses("bad-cursor", "known-at-too-late"),
)
async def list_mandates(
    query: Annotated[MandatesQuery, Query()], references: References, call: Call = Depends(allowed("mandates.read"))
) -> Response:
    """Mandates in force on the day. With `roll_to` who follows their bodies is told: a mandate itself does not pass on,
    and its limit is not divided."""
    page = await call.read(lambda tx: _page(tx, query, call.clock))
    page = await re_expressed(call, references, query.roll_to, page)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _page(tx: Reading, query: MandatesQuery, clock: Clock) -> Mandates:
    start = start_of(tx, query, clock, str)
    position = start.position
    found = mandates.in_force_on(
        tx,
        position.as_of,
        position.known_at,
        holder=query.holder,
        body=query.body,
        after=start.after[0] if start.after else None,
        limit=query.limit + 1,
    )
    items = found[: query.limit]
    return Mandates(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        items=[views.mandate(one) for one in items],
        next_cursor=cursor_after(position, items[-1].id) if len(found) > query.limit else None,
    )


@router.post(
    "/mandates",
    name="grant_mandate",
    status_code=201,
    response_model=Mandate,
    responses=problem_responses("unknown-code", "conflict"),
)
async def grant_mandate(
    mandate: MandateIn,
    references: References,
    call: Call = Depends(allowed("mandates.grant", idempotent=True)),
) -> Response:
    """The body acted for lets the holder act for it, in the actions named."""
    me = call.acting_for or ""
    return await call.write(
        lambda tx: recording.grant_mandate(tx, references, mandate, me), reason=mandate.reason, status=201
    )


@router.post(
    "/mandates/{mandate}/end", name="end_mandate", response_model=Mandate, responses=problem_responses("not-found")
)
async def end_mandate(
    mandate: Annotated[Key, Path(examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])],
    end: MandateEnd,
    call: Call = Depends(allowed("mandates.end", idempotent=True, if_match=True)),
) -> Response:
    """The body takes its mandate back."""
    today = today_in_england(call.clock)
    me = call.acting_for or ""
    return await call.write(
        lambda tx: recording.end_mandate(tx, mandate, end, me=me, today=today, expect=call.expect),
        subject=f"mandate:{mandate}",
        reason=end.reason,
    )
