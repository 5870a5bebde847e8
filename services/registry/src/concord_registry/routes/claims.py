"""Claims: what bodies and documents say about who does what, and the history of each."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import ClaimHistory, Claims, ClaimView, KeyOrAny, Role
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import FOREVER_AT, Clock
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import rolled_views, views
from concord_registry.reading import RollingPage, When, cursor_after, position_of, start_of
from concord_registry.routes.shared import (
    References,
    RollingQuery,
    json_routes,
    next_page,
    re_expressed,
    reference_then,
    refusing_backwards,
)
from concord_registry.store import claims
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Claim

router = json_routes("claims")

ClaimId = Annotated[Key, Path(description="A claim", examples=["s0-early-stages"])]


class ClaimsQuery(RollingPage):
    """Each filter may be repeated; a claim must match one value of every filter given."""

    role: Annotated[list[Role], Field(max_length=20)] = []
    organisation: Annotated[
        list[BodyId | Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]],
        Field(max_length=100, description="Bodies, or expressions such as ccg_of_place", examples=[["ods:02A"]]),
    ] = []
    stage: Annotated[list[KeyOrAny], Field(max_length=100, description="`*`: the whole pathway")] = []
    pathway: Annotated[list[KeyOrAny], Field(max_length=100, description="`*`: said of every pathway")] = []
    place: Annotated[list[Key], Field(max_length=250)] = []
    status: Annotated[list[Literal["stated", "confirmed", "assumed", "disputed"]], Field(max_length=4)] = []
    asserted_by: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=100)] = []
    agreement: Annotated[list[Key], Field(max_length=100)] = []

    @property
    def filters(self) -> dict[str, list[str]]:
        return {
            "role": [role.value for role in self.role],
            "organisation": self.organisation,
            "stage": self.stage,
            "pathway": self.pathway,
            "place": self.place,
            "status": list(self.status),
            "asserted_by": self.asserted_by,
            "agreement": self.agreement,
        }


@router.get(
    "/claims",
    name="list_claims",
    response_model=Claims,
    responses=problem_responses("bad-cursor", "known-at-too-late"),
)
async def list_claims(
    query: Annotated[ClaimsQuery, Query()], references: References, call: Call = Depends(allowed("claims.read"))
) -> Response:
    """Claims in force on the day, by id; with `roll_to` each with its bodies and place as they stand on a later one."""
    with refusing_backwards():
        page = await call.read(lambda tx: _page(tx, references, query, call.clock))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _page(tx: Reading, references: ReferenceReader, query: ClaimsQuery, clock: Clock) -> Claims:
    start = start_of(tx, query, clock, str)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    found = claims.listed(
        tx,
        position.as_of,
        position.known_at,
        filters=query.filters,
        after=start.after[0] if start.after else None,
        limit=query.limit + 1,
    )
    items = found[: query.limit]
    then = reference_then(tx, references, reference, position.known_at, query.roll_to)

    def view(one: Claim) -> ClaimView:
        shown = views.claim(reference, one)
        return shown if query.roll_to is None else rolled_views.on_claim(shown, reference, one, query.roll_to, then)

    return Claims(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        roll_to=query.roll_to,
        items=[view(one) for one in items],
        next_cursor=cursor_after(position, items[-1].id) if len(found) > query.limit else None,
    )


@router.get(
    "/claims/{claim}",
    name="read_claim",
    response_model=ClaimHistory,
    responses=problem_responses("not-found", "known-at-too-late"),
)
async def read_claim(
    claim: ClaimId, query: RollingQuery, references: References, call: Call = Depends(allowed("claims.read"))
) -> Response:
    """Every version recorded by `known_at`; the `ETag` is the last one's, for `If-Match`."""
    found, version = await call.read(lambda tx: _history(tx, references, claim, query, call.clock))
    return call.reply(Result(await re_expressed(call, references, query.roll_to, found), version=version))


def _history(
    tx: Reading, references: ReferenceReader, claim: str, when: When, clock: Clock
) -> tuple[ClaimHistory, int]:
    position = position_of(tx, when, clock)
    found = claims.versions(tx, claim, position.known_at)
    if not found:
        raise Problem("not-found", f"There is no claim {claim} by {position.known_at.isoformat()}.")
    reference = references.read(tx, position.as_of, position.known_at)
    history = ClaimHistory(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        claim=claim,
        versions=[views.claim_version(reference, version, recorded_to) for version, recorded_to in found],
        withdrawn_at=None if found[-1][1] == FOREVER_AT else found[-1][1],
    )
    return history, found[-1][0].version
