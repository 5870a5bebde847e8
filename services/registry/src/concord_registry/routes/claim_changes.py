"""Saying, confirming, disputing, correcting, ending and withdrawing claims."""

from fastapi import Depends, Response

from concord_contracts.registry import (
    BulkOutcome,
    ClaimCorrection,
    ClaimDecision,
    ClaimDispute,
    ClaimIn,
    ClaimsInBulk,
    ClaimView,
    ClaimWithdrawal,
    InterimPayment,
)
from concord_kit.calls import Call, allowed
from concord_kit.database import Writing
from concord_kit.problems import problem_responses
from concord_registry import claim_recording as recording
from concord_registry import claims_in_bulk
from concord_registry.acting import acting
from concord_registry.routes.claims import ClaimId
from concord_registry.routes.shared import References, json_routes
from concord_registry.store.reference import ReferenceReader

router = json_routes("claims")


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
    return await call.write(
        lambda tx: recording.assert_claim(tx, references, claim, acting(call)), reason=claim.reason, status=201
    )


@router.post(
    "/claims/bulk",
    name="record_in_bulk",
    response_model=BulkOutcome,
    responses=problem_responses("unknown-code", "conflict", "claim-ended"),
)
async def record_in_bulk(
    bulk: ClaimsInBulk,
    references: References,
    call: Call = Depends(allowed("claims.bulk", idempotent=True)),
) -> Response:
    """Record and confirm many claims at once, all or nothing, every fault named; with `dry_run` only say what would
    be. A network or an area team speaks for its area, and of a body only as far as that body's mandate lets it; what
    no mandate covers is recorded as its assumption."""
    who = acting(call)
    if bulk.dry_run:
        plan = await call.read(lambda tx: claims_in_bulk.planned(tx, references, bulk, who))
        return call.reply(plan.outcome(dry_run=True))

    def work(tx: Writing) -> BulkOutcome:
        made = claims_in_bulk.planned(tx, references, bulk, who)
        claims_in_bulk.write(tx, made)
        return made.outcome(dry_run=False)

    return await call.write(work, subject="claims", reason=bulk.reason)


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
    decision: ClaimDispute,
    references: References,
    call: Call = Depends(allowed("claims.dispute", idempotent=True, if_match=True)),
) -> Response:
    """A body concerned, or the asserter, disputes it: it no longer counts, and shows as disputed. With
    `pays_meanwhile` the same body pays until the dispute is settled, without prejudice."""
    return await _decide(call, references, claim, "dispute", decision)


@router.post(
    "/claims/{claim}/pay-meanwhile", name="pay_meanwhile", response_model=ClaimView, responses=DECISION_PROBLEMS
)
async def pay_meanwhile(
    claim: ClaimId,
    payment: InterimPayment,
    references: References,
    call: Call = Depends(allowed("claims.pay", idempotent=True, if_match=True)),
) -> Response:
    """A body concerned by a disputed claim pays until the dispute is settled, or stops. It admits nothing by it.

    Only the body itself says so: no support body promises its money. It ends when the claim is confirmed or says
    something else."""
    return await _decide(call, references, claim, "pay", payment)


@router.post("/claims/{claim}/end", name="end_claim", response_model=ClaimView, responses=DECISION_PROBLEMS)
async def end_claim(
    claim: ClaimId,
    decision: ClaimDecision,
    references: References,
    call: Call = Depends(allowed("claims.end", idempotent=True, if_match=True)),
) -> Response:
    """The world changed: from `on` the claim no longer holds; before that day it did."""
    return await _decide(call, references, claim, "end", decision)


@router.post("/claims/{claim}/correct", name="correct_claim", response_model=ClaimView, responses=DECISION_PROBLEMS)
async def correct_claim(
    claim: ClaimId,
    correction: ClaimCorrection,
    references: References,
    call: Call = Depends(allowed("claims.correct", idempotent=True, if_match=True)),
) -> Response:
    """The asserter meant something else: the next version of the claim, for the days past too. What was known before
    is still read by `known_at`; where it says something else now, others decide on it anew."""
    return await call.write(
        lambda tx: recording.correct(tx, references, claim, correction, who=acting(call), expect=call.expect),
        subject=f"claim:{claim}",
        reason=correction.reason,
    )


@router.post("/claims/{claim}/withdraw", name="withdraw_claim", response_model=ClaimView, responses=DECISION_PROBLEMS)
async def withdraw_claim(
    claim: ClaimId,
    withdrawal: ClaimWithdrawal,
    references: References,
    call: Call = Depends(allowed("claims.withdraw", idempotent=True, if_match=True)),
) -> Response:
    """The asserter takes its word back, as if never said: that is not an end, for which the world must have changed.
    Answers with the last version; what was known before is still read by `known_at`."""
    return await call.write(
        lambda tx: recording.withdraw(tx, references, claim, who=acting(call), expect=call.expect),
        subject=f"claim:{claim}",
        reason=withdrawal.reason,
    )


async def _decide(
    call: Call, references: ReferenceReader, claim: str, decision: str, sent: ClaimDecision | InterimPayment
) -> Response:
    return await call.write(
        lambda tx: recording.decide(tx, references, claim, decision, sent, who=acting(call), expect=call.expect),
        subject=f"claim:{claim}",
        reason=sent.reason,
    )
