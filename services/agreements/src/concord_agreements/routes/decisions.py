"""Each party's own acts: approving and signing exactly one text, giving notice, consenting to an end; and erasure.

Approvals and signatures take the text's digest as their precondition, not the aggregate's version, so that two honest
signers do not block each other.
"""

from typing import Annotated

from fastapi import Depends, Path
from starlette.responses import Response

from concord_agreements.agreement import Agreement
from concord_agreements.authority import RECORDS_MINUTES
from concord_agreements.registry_client import RegistryClient
from concord_agreements.routes.addresses import STEP, AgreementId
from concord_agreements.routes.forms import json_only
from concord_agreements.routes.steps_by_call import (
    Standing,
    party_or_unseen,
    take_step,
    text_to_check,
    the_party_itself,
)
from concord_contracts.agreements import AgreementView, Approval, EndIn, NoticeIn, SignatureIn
from concord_kit.calls import Call, allowed
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["decisions"], dependencies=[Depends(json_only)])

Approving = Annotated[Call, Depends(allowed("agreements.approve", idempotent=True))]
Signing = Annotated[Call, Depends(allowed("agreements.sign", idempotent=True))]
GivingNotice = Annotated[Call, Depends(allowed("agreements.notice", idempotent=True, if_match=True))]
Ending = Annotated[Call, Depends(allowed("agreements.end", idempotent=True, if_match=True))]
Erasing = Annotated[Call, Depends(allowed("agreements.erase-name"))]
SignatoryId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="`signatory` of a signature")]


@router.post(
    "/agreements/{agreement}/approvals",
    response_model=AgreementView,
    responses=problem_responses(
        *STEP, "text-changed", "conflict", "not-lawful", "exceeds-authority", "overlapping-authority"
    ),
    summary="Record a body's approval",
)
async def approve_agreement(agreement: AgreementId, approval: Approval, call: Approving) -> Response:
    """A body's decision to enter, with its minute, by a role whose limit covers the body's whole-life commitment: as
    the body publishes its limits in the registry for the day, else by those of its kind that are loaded here, also
    while the registry is silent. Recorded by the holder of that role, or by the body's secretary; never under a
    mandate."""
    standing = _holds_the_role(approval)
    await text_to_check(call, agreement, standing)
    registry: RegistryClient = call.request.app.state.registry
    scheme = await registry.scheme(approval.organisation, approval.decided_on)
    return await take_step(call, agreement, standing, lambda changing, found: changing.approve(found, approval, scheme))


@router.post(
    "/agreements/{agreement}/signatures",
    response_model=AgreementView,
    responses=problem_responses(*STEP, "text-changed", "conflict", "conflicting-agreement"),
    summary="Sign",
)
async def sign_agreement(agreement: AgreementId, signature: SignatureIn, call: Signing) -> Response:
    """A signature over exactly this text; never under a mandate. With the last one the agreement is concluded and its
    activation is owed to the registry, whether or not the registry can be reached."""
    return await take_step(
        call,
        agreement,
        the_party_itself(signature.organisation),
        lambda changing, found: changing.sign(found, signature),
    )


@router.post(
    "/agreements/{agreement}/notice",
    response_model=AgreementView,
    responses=problem_responses(*STEP, "conflict"),
    summary="Give notice",
)
async def give_notice(agreement: AgreementId, notice: NoticeIn, call: GivingNotice) -> Response:
    """One party's notice ends the agreement for all when the agreed months have run."""
    return await take_step(
        call,
        agreement,
        the_party_itself(notice.organisation),
        lambda changing, found: changing.give_notice(found, notice),
        if_match=True,
        reason=notice.reason,
    )


@router.post(
    "/agreements/{agreement}/end",
    response_model=AgreementView,
    responses=problem_responses(*STEP, "conflict"),
    summary="Consent to an earlier end",
)
async def end_agreement(agreement: AgreementId, ending: EndIn, call: Ending) -> Response:
    """The agreement ends on a day that every party has consented to; nobody ends it alone without notice."""
    return await take_step(
        call,
        agreement,
        the_party_itself(ending.organisation),
        lambda changing, found: changing.end(found, ending),
        if_match=True,
        reason=ending.reason,
    )


@router.delete(
    "/agreements/{agreement}/signatories/{signatory}",
    response_model=AgreementView,
    responses=problem_responses(
        "not-found", "not-acceptable", "malformed-request", "too-large", "unsupported-media-type"
    ),
    summary="Erase a signatory's name",
)
async def erase_signatory(agreement: AgreementId, signatory: SignatoryId, call: Erasing) -> Response:
    """The name is forgotten for good; that the party signed this text, in which post and when, stays."""
    return await take_step(
        call, agreement, _signed_for_us(signatory), lambda changing, found: changing.erase_name(found, signatory)
    )


def _holds_the_role(approval: Approval) -> Standing:
    itself = the_party_itself(approval.organisation)

    def check(call: Call, agreement: Agreement) -> None:
        itself(call, agreement)
        roles = call.principal.roles.get(approval.organisation, ()) if call.principal else ()
        if not {approval.role, RECORDS_MINUTES} & set(roles):
            raise Problem(
                "not-allowed",
                f"A decision of the {approval.role} is recorded by its holder or by the {RECORDS_MINUTES}.",
                action=call.grant.row.action,
                acting_for=call.acting_for,
                roles_needed=[approval.role, RECORDS_MINUTES],
            )

    return check


def _signed_for_us(signatory: str) -> Standing:
    def check(call: Call, agreement: Agreement) -> None:
        party_or_unseen(call, agreement)
        whose = {one.signatory: one.organisation for one in agreement.all_signatures}
        if signatory not in whose:
            raise Problem("not-found", f"Nobody signed under {signatory}.")
        the_party_itself(whose[signatory])(call, agreement)

    return check
