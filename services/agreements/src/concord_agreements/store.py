"""The only place with queries: agreements as values out of rows, and new facts into rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import exists, func, select
from sqlmodel import Session, col
from uuid_utils import uuid7

from concord_agreements.agreement import (
    Agreement,
    Check,
    RecordedApproval,
    RecordedCommitment,
    RecordedEvent,
    RecordedSignature,
    Version,
)
from concord_agreements.authority_limits import Scheme
from concord_agreements.facts import RegistryFacts
from concord_agreements.lifecycle import Event, Step
from concord_agreements.positions import Reported
from concord_agreements.steps import NewEvent
from concord_agreements.tables import (
    AgreementRow,
    ApprovalRow,
    CheckRow,
    CommitmentRow,
    EventRow,
    PartyRow,
    PositionRow,
    SignatoryRow,
    SignatureRow,
    VersionRow,
)
from concord_contracts.agreements import Approval, CommitmentIn, Content, Fault, PaperAnnex, PositionIn, SignatureIn
from concord_contracts.identifiers import digest_of
from concord_contracts.registry import Commitment
from concord_kit.database import Writing

_FAULTS = TypeAdapter(list[Fault])
_SCHEME = TypeAdapter(Scheme)


class NoSuchAgreement(Exception):
    """No agreement of that id was known at the moment asked about, or none that the caller may know of."""

    def __init__(self, agreement: str) -> None:
        super().__init__(f"There is no agreement {agreement} for you, as known at the moment asked about.")


class NoSuchVersion(Exception):
    """The agreement has no version of that number, or had none yet."""

    def __init__(self, agreement: str, number: int) -> None:
        super().__init__(f"Agreement {agreement} has no version {number}.")


def find(session: Session, agreement: str, known_at: datetime) -> Agreement:
    """One agreement as recorded up to `known_at`. NoSuchAgreement."""
    found = find_all(session, [agreement], known_at)
    if not found:
        raise NoSuchAgreement(agreement)
    return found[0]


def find_all(session: Session, agreements: Sequence[str], known_at: datetime) -> list[Agreement]:
    """Agreements as recorded up to `known_at`, in the order of their ids; those not known then are left out."""

    def rows(table: Any, *order: Any) -> dict[str, list[Any]]:
        query = select(table).where(table.agreement.in_(agreements), table.at <= known_at).order_by(*order)
        grouped: dict[str, list[Any]] = defaultdict(list)
        for row in session.scalars(query):
            grouped[row.agreement].append(row)
        return grouped

    heads = select(AgreementRow).where(col(AgreementRow.id).in_(agreements), col(AgreementRow.at) <= known_at)
    versions = rows(VersionRow, col(VersionRow.number))
    checks = rows(CheckRow, CheckRow.version, CheckRow.number)
    events = rows(EventRow, col(EventRow.number))
    approvals = rows(ApprovalRow, ApprovalRow.at)
    signatures = rows(SignatureRow, SignatureRow.at)
    commitments = rows(CommitmentRow, CommitmentRow.number)
    return [
        Agreement(
            id=head.id,
            edition=head.edition,
            versions=tuple(map(_version, versions[head.id])),
            checks=tuple(map(_check, checks[head.id])),
            history=tuple(map(_event, events[head.id])),
            all_approvals=tuple(map(_approval, approvals[head.id])),
            all_signatures=tuple(map(_signature, signatures[head.id])),
            commitments=tuple(map(_commitment, commitments[head.id])),
        )
        for head in session.scalars(heads.order_by(col(AgreementRow.id)))
    ]


def ids_of_party(session: Session, organisation: str | None, after: str, limit: int, known_at: datetime) -> list[str]:
    """Ids after `after` of agreements whose newest version known has this party; of all agreements for None."""
    query = select(col(AgreementRow.id)).where(col(AgreementRow.id) > after, col(AgreementRow.at) <= known_at)
    if organisation is not None:
        newest = (
            select(func.max(col(VersionRow.number)))
            .where(col(VersionRow.agreement) == col(AgreementRow.id), col(VersionRow.at) <= known_at)
            .scalar_subquery()
        )
        named = exists().where(
            col(PartyRow.agreement) == col(AgreementRow.id),
            col(PartyRow.organisation) == organisation,
            col(PartyRow.version) == newest,
        )
        query = query.where(named)
    return list(session.scalars(query.order_by(col(AgreementRow.id)).limit(limit)))


def ids_with_step(
    session: Session,
    step: Step,
    known_at: datetime,
    *,
    pathway: str | None = None,
    parties: Iterable[str] | None = None,
) -> list[str]:
    """Ids of agreements that took a step, in some version on the pathway and with one of the parties, where given."""
    query = (
        select(col(EventRow.agreement)).where(col(EventRow.step) == step.value, col(EventRow.at) <= known_at).distinct()
    )
    if pathway is not None:
        on_it = exists().where(col(VersionRow.agreement) == col(EventRow.agreement), col(VersionRow.pathway) == pathway)
        query = query.where(on_it)
    if parties is not None:
        among = col(PartyRow.organisation).in_(list(parties))
        query = query.where(exists().where(col(PartyRow.agreement) == col(EventRow.agreement), among))
    return list(session.scalars(query.order_by(col(EventRow.agreement))))


def all_ids(session: Session) -> list[str]:
    """Every agreement's id."""
    return list(session.scalars(select(col(AgreementRow.id)).order_by(col(AgreementRow.id))))


def positions_of(session: Session, agreements: Sequence[str], known_at: datetime) -> dict[str, list[Reported]]:
    """What was reported of the funds of agreements up to `known_at`, in the order of the record."""
    query = select(PositionRow).where(col(PositionRow.agreement).in_(agreements), col(PositionRow.at) <= known_at)
    found: dict[str, list[Reported]] = defaultdict(list)
    for row in session.scalars(query.order_by(col(PositionRow.agreement), col(PositionRow.number))):
        found[row.agreement].append(_reported(row))
    return found


def names_of(session: Session, signatures: Iterable[RecordedSignature]) -> dict[str, str | None]:
    """Names by signatory id; None where erased."""
    ids = [signature.signatory for signature in signatures]
    rows = session.scalars(select(SignatoryRow).where(col(SignatoryRow.id).in_(ids)))
    return {row.id: row.name for row in rows}


def add_agreement(tx: Writing) -> str:
    """A new agreement without a version; gives its id."""
    identity = str(uuid7())
    tx.session.add(AgreementRow(id=identity, edition=1, at=tx.at))
    tx.session.flush()
    return identity


def add_version(
    tx: Writing, agreement: str, number: int, content: Content, annex: PaperAnnex | None, *, by: str, on_behalf: str
) -> Version:
    """An immutable version with its parties and their whole-life values."""
    document = content.model_dump(mode="json")
    annex_document = annex.model_dump(mode="json") if annex else None
    version = Version(
        number=number,
        digest=digest_of(document),
        content=content,
        annex=annex,
        annex_digest=digest_of(annex_document) if annex_document else None,
        created_by=by,
        created_for=on_behalf,
        at=tx.at,
    )
    tx.session.add(
        VersionRow(
            agreement=agreement,
            number=number,
            digest=version.digest,
            content=content.model_dump_json(),
            annex=annex.model_dump_json() if annex else None,
            annex_digest=version.annex_digest,
            pathway=content.pathway,
            created_by=by,
            created_for=on_behalf,
            at=tx.at,
        )
    )
    tx.session.flush()
    roles = {party.organisation: party.role.value for party in content.parties}
    tx.session.add_all(
        PartyRow(
            agreement=agreement,
            version=number,
            organisation=organisation,
            role=role,
            whole_life_pence=version.whole_life.get(organisation, 0),
        )
        for organisation, role in roles.items()
    )
    return version


def add_check(
    tx: Writing, agreement: str, version: int, number: int, facts: RegistryFacts, faults: list[Fault]
) -> None:
    """What the registry said and what followed from it."""
    tx.session.add(
        CheckRow(
            agreement=agreement,
            version=version,
            number=number,
            registry_seq=facts.seq,
            facts=facts.model_dump_json(),
            faults=_FAULTS.dump_json(faults).decode(),
            at=tx.at,
        )
    )


def add_events(
    tx: Writing, agreement: str, recorded: int, version: int, events: Iterable[NewEvent], reason: str | None = None
) -> None:
    """Append events after the `recorded` ones there are."""
    tx.session.add_all(
        EventRow(
            agreement=agreement,
            number=number,
            version=version,
            step=event.step.value,
            effective_on=event.effective_on,
            organisation=event.organisation,
            actor=tx.intent.actor,
            acting_for=tx.intent.acting_for,
            reason=reason,
            at=tx.at,
        )
        for number, event in enumerate(events, recorded + 1)
    )
    tx.session.flush()


def raise_edition(tx: Writing, agreement: str) -> None:
    """The agreement changed: its entity tag moves on."""
    tx.session.get_one(AgreementRow, agreement).edition += 1
    tx.session.flush()


def add_approval(tx: Writing, agreement: Agreement, given: Approval, scheme: Scheme) -> None:
    """The approval with what it was judged by: it reads the same while the registry is down, or says something else."""
    tx.session.add(
        ApprovalRow(
            agreement=agreement.id,
            version=agreement.current.number,
            organisation=given.organisation,
            role=given.role,
            decided_on=given.decided_on,
            minute=given.minute,
            digest=given.digest,
            at=tx.at,
            scheme=_SCHEME.dump_json(scheme).decode(),
        )
    )


def add_signature(tx: Writing, agreement: Agreement, given: SignatureIn, event: NewEvent) -> None:
    """The signature, and apart from it the name of who signed."""
    signatory = str(uuid7())
    tx.session.add(SignatoryRow(id=signatory, name=given.name))
    tx.session.flush()
    tx.session.add(
        SignatureRow(
            agreement=agreement.id,
            version=agreement.current.number,
            organisation=given.organisation,
            signatory=signatory,
            office=given.office,
            signed_on=event.effective_on,
            digest=given.digest,
            at=tx.at,
        )
    )


def add_commitment(tx: Writing, agreement: Agreement, given: CommitmentIn) -> None:
    """Call it after its event was added."""
    tx.session.add(
        CommitmentRow(
            agreement=agreement.id,
            number=len(agreement.history) + 1,
            stage=given.stage,
            commitment=given.commitment.value,
            effective_on=given.on,
            evidence=given.evidence,
            at=tx.at,
        )
    )


def add_position(tx: Writing, agreement: str, recorded: int, given: PositionIn) -> None:
    """Append a report after the `recorded` ones there are."""
    tx.session.add(
        PositionRow(
            agreement=agreement,
            number=recorded + 1,
            year=given.year,
            month=given.month,
            actual_pence=given.actual_pence,
            forecast_pence=given.forecast_pence,
            minute=given.minute,
            note=given.note,
            at=tx.at,
        )
    )
    tx.session.flush()


def erase_name(tx: Writing, signatory: str) -> None:
    """Forget the name of a signatory; that somebody signed stays."""
    tx.session.get_one(SignatoryRow, signatory).name = None


def _version(row: VersionRow) -> Version:
    return Version(
        number=row.number,
        digest=row.digest,
        content=Content.model_validate_json(row.content),
        annex=PaperAnnex.model_validate_json(row.annex) if row.annex else None,
        annex_digest=row.annex_digest,
        created_by=row.created_by,
        created_for=row.created_for,
        at=row.at,
    )


def _check(row: CheckRow) -> Check:
    return Check(row.version, row.registry_seq, row.facts, tuple(_FAULTS.validate_json(row.faults)), row.at)


def _event(row: EventRow) -> RecordedEvent:
    event = Event(row.number, Step(row.step), row.at, row.effective_on, row.version, row.organisation)
    return RecordedEvent(event, row.actor, row.acting_for, row.reason)


def _approval(row: ApprovalRow) -> RecordedApproval:
    scheme = None if row.scheme is None else _SCHEME.validate_json(row.scheme)
    return RecordedApproval(
        row.version, row.organisation, row.role, row.decided_on, row.minute, row.digest, row.at, scheme
    )


def _signature(row: SignatureRow) -> RecordedSignature:
    return RecordedSignature(
        row.version, row.organisation, row.signatory, row.office, row.signed_on, row.digest, row.at
    )


def _commitment(row: CommitmentRow) -> RecordedCommitment:
    return RecordedCommitment(row.stage, Commitment(row.commitment), row.effective_on, row.evidence, row.at)


def _reported(row: PositionRow) -> Reported:
    return Reported(row.number, row.year, row.month, row.actual_pence, row.forecast_pence, row.minute, row.note, row.at)
