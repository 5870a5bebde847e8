"""From an agreement as a value to what a caller reads of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from concord_agreements.agreement import Agreement, RecordedApproval, RecordedSignature, Version
from concord_agreements.amounts import cash_of_year
from concord_agreements.authority_limits import AuthorityLimit
from concord_agreements.legal_basis import LegalBasis
from concord_agreements.lifecycle import steps_from
from concord_agreements.positions import (
    PLAN_RULE,
    Reported,
    forecast_variance,
    latest_by_month,
    plan_to_date,
    shares,
)
from concord_contracts.agreements import (
    AgreementSummary,
    AgreementView,
    ApprovalView,
    AuthorityView,
    CommitmentView,
    EventView,
    FundPosition,
    FundPositions,
    LegalBasisView,
    RequiredContentView,
    SignatureView,
    VersionView,
    fund_key,
)
from concord_kit.etags import strong
from concord_kit.outbox import OutboxState

HELD_APART = "(held apart)"
ERASED = "(erased)"

Names = Mapping[str, str | None]
"""Signatory id -> name; None where erased. Empty where names are not to be shown."""


def agreement_view(
    agreement: Agreement,
    *,
    as_of: date,
    known_at: datetime,
    limits: Iterable[AuthorityLimit],
    names: Names,
    sending: OutboxState | None,
    citing: OutboxState | None,
) -> AgreementView:
    """The whole agreement on a day."""
    state = agreement.state(as_of)
    starts, until = agreement.period
    return AgreementView(
        id=agreement.id,
        etag=strong(agreement.edition),
        state=state,
        as_of=as_of,
        known_at=known_at,
        title=agreement.content.title,
        basis=agreement.content.basis,
        pathway=agreement.content.pathway,
        lead=agreement.lead,
        in_force_from=starts,
        in_force_until=until,
        commitments=[
            CommitmentView(stage=c.stage, commitment=c.commitment, on=c.on, evidence=c.evidence, at=c.at)
            for c in agreement.commitments
        ],
        current=version_view(agreement, agreement.current, limits=limits, names=names),
        versions=[version.number for version in agreement.versions],
        events=[
            EventView(
                seq=recorded.event.seq,
                kind=recorded.event.step.value,
                at=recorded.event.at,
                effective_on=recorded.event.effective_on,
                actor=recorded.actor,
                acting_for=recorded.acting_for,
                reason=recorded.reason,
                version=recorded.event.version,
                organisation=recorded.event.organisation,
            )
            for recorded in agreement.history
        ],
        activation=activation_words(agreement, sending),
        citation=told_words(citing),
        transitions=steps_from(state),
    )


def version_view(
    agreement: Agreement, version: Version, *, limits: Iterable[AuthorityLimit], names: Names
) -> VersionView:
    """One version; what is awaited is said of the current one only, since nothing can be added to an older one."""
    check = [check for check in agreement.checks if check.version == version.number][-1]
    is_current = version.number == agreement.current.number
    return VersionView(
        number=version.number,
        digest=version.digest,
        content=version.content,
        annex_digest=version.annex_digest,
        created_at=version.at,
        created_by=version.created_by,
        whole_life_pence=sum(version.whole_life.values()),
        whole_life_by_party_pence=version.whole_life,
        faults=list(check.faults),
        checked_at=check.at,
        checked_registry_seq=check.registry_seq,
        approvals=[
            ApprovalView(
                organisation=given.organisation,
                role=given.role,
                decided_on=given.decided_on,
                minute=given.minute,
                digest=given.digest,
                at=given.at,
                authority=_authority(given),
            )
            for given in agreement.approvals(version.number)
        ],
        signatures=[_signature(given, names) for given in agreement.signatures(version.number)],
        awaiting_approval=agreement.awaiting_approval(limits) if is_current else [],
        awaiting_signature=agreement.awaiting_signature() if is_current else [],
    )


def _authority(given: RecordedApproval) -> AuthorityView | None:
    """By whose limits the role was judged; none where the registry was not asked."""
    if given.scheme is None:
        return None
    record = next((limit.record for limit in given.scheme.limits if limit.role == given.role), None)
    return AuthorityView(record=record, known_at=given.scheme.known_at)


def _signature(given: RecordedSignature, names: Names) -> SignatureView:
    name = (names[given.signatory] or ERASED) if given.signatory in names else HELD_APART
    return SignatureView(
        organisation=given.organisation,
        signatory=given.signatory,
        name=name,
        office=given.office,
        signed_on=given.signed_on,
        digest=given.digest,
        at=given.at,
    )


def activation_words(agreement: Agreement, sending: OutboxState | None) -> str:
    """How far the registry has been told."""
    return "not-due" if agreement.concluded_on is None else told_words(sending)


def told_words(sending: OutboxState | None) -> str:
    """How far another service has been told."""
    if sending is None:
        return "not-due"
    if sending.parked_at is not None:
        return f"parked: {sending.last_error}"
    if sending.sequence > sending.sent_sequence:
        return f"queued: {sending.last_error}" if sending.last_error else "queued"
    return "sent"


def summary(agreement: Agreement, as_of: date) -> AgreementSummary:
    starts, until = agreement.period
    return AgreementSummary(
        id=agreement.id,
        title=agreement.content.title,
        basis=agreement.content.basis,
        pathway=agreement.content.pathway,
        lead=agreement.lead,
        parties=agreement.parties,
        state=agreement.state(as_of),
        in_force_from=starts,
        in_force_until=until,
        digest=agreement.current.digest,
    )


def legal_basis_view(basis: LegalBasis) -> LegalBasisView:
    return LegalBasisView(
        key=basis.key,
        words=basis.name,
        joined_by=sorted(basis.may_join),
        requires=sorted(basis.requires),
        excluded=sorted(basis.excluded_classes),
        required_content=[
            RequiredContentView(item=item.item, words=item.words, citation=item.citation)
            for item in basis.required_items
        ],
        citation=basis.citation,
        verified=basis.verified,
        note=basis.note,
        valid_from=basis.valid_from,
        valid_to=basis.valid_to,
    )


def fund_position(agreement: Agreement, reports: Iterable[Reported], report: Reported) -> FundPosition:
    """One month of a fund, held against its plan."""
    content = agreement.content
    planned = plan_to_date(content, report.year, report.month)
    return FundPosition(
        year=report.year,
        month=report.month,
        until=report.until,
        plan_pence=cash_of_year(content, report.year),
        plan_to_date_pence=planned,
        actual_pence=report.actual_pence,
        variance_pence=report.actual_pence - planned,
        forecast_pence=report.forecast_pence,
        forecast_variance_pence=forecast_variance(content, report),
        shares_pence=shares(content, report),
        minute=report.minute,
        note=report.note,
        reported_at=report.at,
        reports=sum(1 for one in reports if (one.year, one.month) == (report.year, report.month)),
    )


def fund_positions(
    agreement: Agreement, reports: Sequence[Reported], *, year: str | None, as_of: date, known_at: datetime
) -> FundPositions:
    """The months that were over on a day, each by its latest report; of one year, where one is named."""
    shown = [one for one in latest_by_month(reports).values() if one.until <= as_of and year in (None, one.year)]
    return FundPositions(
        agreement=agreement.id,
        fund=fund_key(agreement.id),
        host=agreement.lead,
        as_of=as_of,
        known_at=known_at,
        plan_rule=PLAN_RULE,
        items=[fund_position(agreement, reports, one) for one in shown],
    )
