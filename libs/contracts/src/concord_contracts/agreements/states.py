"""An agreement as it reads on a day: its state, versions and events."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from concord_contracts.agreements.decisions import ApprovalView, SignatureView
from concord_contracts.agreements.drafts import Fault
from concord_contracts.agreements.steps import CommitmentView
from concord_contracts.agreements.text import BasisKey, Content
from concord_contracts.identifiers import BodyId, Digest, Key, Reply


class State(StrEnum):
    DRAFT = "draft"
    IN_APPROVAL = "in-approval"
    SENT = "sent"
    PART_SIGNED = "part-signed"
    IN_FORCE_LATER = "signed-not-yet-in-force"
    IN_FORCE = "in-force"
    NOTICE_GIVEN = "notice-given"
    ENDED = "ended"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"


class VersionView(Reply):
    number: int
    digest: Digest
    content: Content
    annex_digest: Digest | None = None
    created_at: datetime
    created_by: str
    whole_life_pence: int
    whole_life_by_party_pence: dict[BodyId, int] = {}
    faults: list[Fault]
    checked_at: datetime | None = Field(None, description="when the text was last held against the registry")
    checked_registry_seq: int | None = None
    approvals: list[ApprovalView]
    signatures: list[SignatureView]
    awaiting_approval: list[BodyId]
    awaiting_signature: list[BodyId]


class EventView(Reply):
    seq: int
    kind: str
    at: datetime
    effective_on: date
    actor: str
    acting_for: str | None
    reason: str | None
    version: int | None
    organisation: BodyId | None = None


class AgreementView(Reply):
    id: str
    etag: str
    state: State
    as_of: date
    known_at: datetime
    title: str
    basis: BasisKey
    pathway: Key
    lead: BodyId = Field(description="the lead, or the host of a pooled fund")
    in_force_from: date = Field(description="the agreed start, or the last signature where that came later")
    in_force_until: date = Field(description="the first day no longer in force, after notice or an agreed earlier end")
    commitments: list[CommitmentView] = []
    current: VersionView
    versions: list[int]
    events: list[EventView]
    activation: str = Field(description="not-due, queued, sent or parked, with the last error in words")
    citation: str = Field(
        "not-due",
        description="how far allocation was told what is cited: not-due (nothing ever was), queued, sent or parked",
    )
    transitions: list[str] = Field(description="what can be done next")


class AgreementSummary(Reply):
    id: str
    title: str
    basis: BasisKey
    pathway: Key
    lead: BodyId
    parties: list[BodyId]
    state: State
    in_force_from: date
    in_force_until: date
    digest: Digest


class Agreements(Reply):
    """The agreements of the body acted for; all of them for an auditor."""

    as_of: date
    known_at: datetime
    items: list[AgreementSummary]
    next_cursor: str | None = None
