"""Drafting: a new agreement, a new version of it, sending it for signature, taking it back."""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from concord_agreements.changes import change
from concord_agreements.routes.addresses import ASKED, STEP, AgreementId
from concord_agreements.routes.forms import json_only
from concord_agreements.routes.repeats import repeats
from concord_agreements.routes.steps_by_call import (
    answer,
    lead_or_drafter,
    lock_what_is_cited,
    take_step,
    text_to_check,
    told_of,
)
from concord_contracts.agreements import AgreementView, DraftIn, Reasoned
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Writing
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["drafting"], dependencies=[Depends(json_only)])

Drafting = Annotated[Call, Depends(allowed("agreements.draft", idempotent=True))]
Revising = Annotated[Call, Depends(allowed("agreements.revise", idempotent=True, if_match=True))]
Sending = Annotated[Call, Depends(allowed("agreements.send", idempotent=True, if_match=True))]
Withdrawing = Annotated[Call, Depends(allowed("agreements.withdraw", idempotent=True, if_match=True))]


@router.post(
    "/agreements",
    status_code=201,
    response_model=AgreementView,
    responses=problem_responses(*ASKED, "not-acceptable", "nothing-loaded"),
    summary="Draft an agreement",
)
async def draft_agreement(draft: DraftIn, call: Drafting) -> Response:
    """A text is stored as given and held against its legal basis; its faults are listed in `current.faults`. A text
    with faults may be drafted, never approved or sent. The body acted for must be one of its parties."""
    parties = [party.organisation for party in draft.content.parties]
    call.require_party(parties)
    async with repeats(call).answered(call) as kept:
        if kept is not None:
            return kept
        told = await told_of(call, draft.content)

        def work(tx: Writing) -> Result:
            view = change(tx).draft(draft, told, call.acting_for or "")
            tx.concerns(f"agreement:{view.id}")
            return answer(view, created=True)

        return await call.write(work, status=201, reason=draft.reason)


@router.post(
    "/agreements/{agreement}/versions",
    response_model=AgreementView,
    responses=problem_responses(*STEP, "conflict"),
    summary="Replace the text",
)
async def revise_agreement(agreement: AgreementId, draft: DraftIn, call: Revising) -> Response:
    """A new version, until every party has signed. Approvals and signatures stay with the version they are for."""
    async with repeats(call).answered(call) as kept:
        if kept is not None:
            return kept
        await text_to_check(call, agreement, lead_or_drafter)
        told = await told_of(call, draft.content)
        return await take_step(
            call,
            agreement,
            lead_or_drafter,
            lambda changing, found: changing.revise(found, draft, told, call.acting_for or ""),
            if_match=True,
            reason=draft.reason,
        )


@router.post(
    "/agreements/{agreement}/send",
    response_model=AgreementView,
    responses=problem_responses(*STEP, "not-lawful", "conflicting-agreement"),
    summary="Send for signature",
)
async def send_agreement(agreement: AgreementId, why: Reasoned, call: Sending) -> Response:
    """The text is checked afresh; it must be lawful, approved by every party and clear of other agreements."""
    async with repeats(call).answered(call) as kept:
        if kept is not None:
            return kept
        text = await text_to_check(call, agreement, lead_or_drafter)
        await lock_what_is_cited(call, agreement)
        told = await told_of(call, text.content)
        return await take_step(
            call,
            agreement,
            lead_or_drafter,
            lambda changing, found: changing.send(found, why, told, text.digest),
            if_match=True,
            reason=why.reason,
        )


@router.post(
    "/agreements/{agreement}/withdraw",
    response_model=AgreementView,
    responses=problem_responses(*STEP),
    summary="Take the text back",
)
async def withdraw_agreement(agreement: AgreementId, why: Reasoned, call: Withdrawing) -> Response:
    """Until every party has signed, the lead or the body that drafted the text may take it back for good."""
    return await take_step(
        call,
        agreement,
        lead_or_drafter,
        lambda changing, found: changing.withdraw(found, why),
        if_match=True,
        reason=why.reason,
    )
