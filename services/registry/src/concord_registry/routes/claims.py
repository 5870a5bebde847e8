"""Claims: what bodies and documents say about who does what."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import (
    ClaimDecision,
    ClaimHistory,
    ClaimIn,
    Claims,
    ClaimView,
    KeyOrAny,
    Role,
)
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock, today_in_england
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import recording, views
from concord_registry.reading import Page, When, cursor_after, position_of, start_of
from concord_registry.routes.shared import References, WhenQuery, json_routes, next_page
from concord_registry.store import claims
from concord_registry.store.reference import ReferenceReader

router = json_routes("claims")

ClaimId = Annotated[Key, Path(description="A claim", examples=["s0-early-stages"])]


class ClaimsQuery(Page):
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
    """Claims in force on the day, by id."""
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
    return Claims(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        items=[views.claim(reference, one) for one in items],
        next_cursor=cursor_after(position, items[-1].id) if len(found) > query.limit else None,
    )


@router.get(
    "/claims/{claim}",
    name="read_claim",
    response_model=ClaimHistory,
    responses=problem_responses("not-found", "known-at-too-late"),
)
async def read_claim(
    claim: ClaimId, query: WhenQuery, references: References, call: Call = Depends(allowed("claims.read"))
) -> Response:
    """Every version recorded by `known_at`; the `ETag` is the last one's, for `If-Match`."""
    return call.reply(await call.read(lambda tx: _history(tx, references, claim, query, call.clock)))


def _history(tx: Reading, references: ReferenceReader, claim: str, when: When, clock: Clock) -> Result:
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
    )
    return Result(history, version=found[-1][0].version)


@router.post(
    "/claims",
    name="assert_claim",
    status_code=201,
    response_model=ClaimView,
    responses=problem_responses("unknown-code", "conflict"),
)
async def assert_claim(
    claim: ClaimIn,
    references: References,
    call: Call = Depends(allowed("claims.assert", idempotent=True)),
) -> Response:
    """Record what the body acted for says. What it believes of another body is `assumed`, never stated."""
    today = today_in_england(call.clock)
    me = call.acting_for or ""
    return await call.write(
        lambda tx: recording.assert_claim(tx, references, claim, me, today), reason=claim.reason, status=201
    )


DECISION_PROBLEMS = problem_responses("not-found", "conflict", "claim-ended")


@router.post("/claims/{claim}/confirm", name="confirm_claim", response_model=ClaimView, responses=DECISION_PROBLEMS)
async def confirm_claim(
    claim: ClaimId,
    decision: ClaimDecision,
    references: References,
    call: Call = Depends(allowed("claims.confirm", idempotent=True, if_match=True)),
) -> Response:
    """A body concerned confirms it: named by the claim, acted for, whose place it is, or named by the rule book."""
    return await _decide(call, references, claim, "confirm", decision)


@router.post("/claims/{claim}/dispute", name="dispute_claim", response_model=ClaimView, responses=DECISION_PROBLEMS)
async def dispute_claim(
    claim: ClaimId,
    decision: ClaimDecision,
    references: References,
    call: Call = Depends(allowed("claims.dispute", idempotent=True, if_match=True)),
) -> Response:
    """A body concerned, or the asserter, disputes it: it no longer counts, and shows as disputed."""
    return await _decide(call, references, claim, "dispute", decision)


@router.post("/claims/{claim}/end", name="end_claim", response_model=ClaimView, responses=DECISION_PROBLEMS)
async def end_claim(
    claim: ClaimId,
    decision: ClaimDecision,
    references: References,
    call: Call = Depends(allowed("claims.end", idempotent=True, if_match=True)),
) -> Response:
    """The world changed: from `on` the claim no longer holds; before that day it did."""
    return await _decide(call, references, claim, "end", decision)


async def _decide(call: Call, references: ReferenceReader, claim: str, decision: str, sent: ClaimDecision) -> Response:
    today = today_in_england(call.clock)
    me = call.acting_for or ""
    return await call.write(
        lambda tx: recording.decide(tx, references, claim, decision, sent, me=me, today=today, expect=call.expect),
        subject=f"claim:{claim}",
        reason=sent.reason,
    )
