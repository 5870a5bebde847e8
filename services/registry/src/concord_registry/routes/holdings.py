"""What a body still holds: the work to reassign when it ends."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from concord_contracts.identifiers import FOREVER, BodyId
from concord_contracts.registry import HoldingCount, Holdings
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import holdings, rolled_views, views
from concord_registry.knowledge.showing import people_seen, viewer_of
from concord_registry.reading import LAST_DAY, Page, cursor_after, start_of
from concord_registry.routes.shared import References, json_routes, next_page
from concord_registry.store import holdings as stored
from concord_registry.store.reference import ReferenceReader

router = json_routes("organisations")


class HoldingsQuery(Page):
    kind: Annotated[
        list[Annotated[str, Field(max_length=40)]],
        Field(
            max_length=20,
            description="claim, mandate, relation, place, agreement, role-holders, people ...",
            examples=[["claim"]],
        ),
    ] = []


@router.get(
    "/organisations/{organisation}/holdings",
    name="list_holdings",
    response_model=Holdings,
    responses=problem_responses("not-found", "bad-cursor", "known-at-too-late"),
)
async def list_holdings(
    organisation: Annotated[BodyId, Path(examples=["ods:02A"])],
    query: Annotated[HoldingsQuery, Query()],
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """What names a body on the day or after it, as long as nobody has reassigned it: claims, mandates, relations,
    places, agreements by reference, role-holders and other records. Names of people for whoever is signed in for a
    body, and where the person lets anybody see them; whose details it keeps is told to others as a count alone."""
    page = await call.read(lambda tx: _page(tx, references, organisation, query, call))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _page(tx: Reading, references: ReferenceReader, organisation: str, query: HoldingsQuery, call: Call) -> Holdings:
    start = start_of(tx, query, call.clock, str, str, str, str)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    if organisation not in reference.bodies:
        raise Problem("not-found", f"There is no organisation {organisation}; search by name or code with `q`.")
    held = stored.of_body(tx, organisation, position.as_of, position.known_at)
    held = [one for one in held if not query.kind or one.kind in query.kind]
    viewer = viewer_of(tx, call)
    told = holdings.listed(held, people=viewer.signed_in)
    after = [one for one in told if start.after is None or one.key > start.after]
    items = after[: query.limit]
    seen = people_seen(tx, [one.person for one in items if one.person], viewer)
    end = reference.body(organisation).valid_to
    parts = rolled_views.parts(reference, [organisation], LAST_DAY, reference)
    return Holdings(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        body=views.named(reference, organisation),
        ends=None if end >= FOREVER else end,
        successors=[part for part in parts if part.body.id != organisation],
        counts=[
            HoldingCount(kind=kind, held_as=held_as, records=records)
            for kind, held_as, records in holdings.counts(held)
        ],
        items=[views.holding(one, seen.get(one.person or "")) for one in items],
        next_cursor=cursor_after(position, *items[-1].key) if len(after) > query.limit else None,
    )
