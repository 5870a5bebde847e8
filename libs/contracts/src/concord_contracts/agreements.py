"""What agreements say: who leads for whom, who pays in what, who bears which risk, how it ends.

A version's content is immutable; approvals and signatures name its digest. State is derived from dated events.
Money in a signed schedule is whole pence.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from concord_contracts.identifiers import (
    BodyId,
    Digest,
    FinancialYear,
    Key,
    LongText,
    Reply,
    Request,
    ShortText,
)
from concord_contracts.registry import Commitment


class BasisKey(StrEnum):
    """Legal bases this issue drafts from; the dated table with law and limits is reference data."""

    S75_POOL = "s75_pool"
    S14Z3 = "s14Z3"


class PartyRole(StrEnum):
    LEAD = "lead"
    HOST = "host"
    PARTNER = "partner"
    ASSOCIATE = "associate"


class Handling(StrEnum):
    """How a stage stands to the pooled money: in the fund, planned beside it, or only watched."""

    POOLED = "pooled"
    DELEGATED = "delegated"
    ALIGNED = "aligned"
    IN_VIEW = "in_view"


class State(StrEnum):
    DRAFT = "draft"
    IN_APPROVAL = "in-approval"
    SENT = "sent"
    PART_SIGNED = "part-signed"
    IN_FORCE_LATER = "signed-not-yet-in-force"
    IN_FORCE = "in-force"
    UNDER_VARIATION = "under-variation"
    NOTICE_GIVEN = "notice-given"
    ENDED = "ended"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Party(Request):
    organisation: BodyId
    role: PartyRole
    office: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="the office that holds the budget and signs for the legal person"
    )


class StageScope(Request):
    """A stage of the pathway under the agreement."""

    stage: Key
    handling: Handling
    places: Annotated[list[Key], Field(min_length=1, max_length=250)]
    commitment: Commitment = Commitment.AGREED
    legal_view: Annotated[str, Field(max_length=1000)] | None = Field(
        None, description="advice relied on where the rule book says needs_legal_view"
    )


class Contribution(Request):
    """What a party puts in, per year; pence, so that sums are exact."""

    party: BodyId
    purse: Key
    year: FinancialYear
    amount_pence: Annotated[int, Field(ge=0, le=10**15)]
    kind: Annotated[str, Field(pattern=r"^(cash|in-kind)$")] = "cash"
    recurrent: bool = True
    money: Annotated[str, Field(pattern=r"^(allocation|plan|contract value|forecast|outturn)$")] = "plan"


class RiskLayer(Request):
    """One step of the risk waterfall: variance up to a limit (none = without limit), in shares that sum to 1."""

    up_to_pence: Annotated[int, Field(ge=1)] | None = None
    over_shares: dict[BodyId, Annotated[str, Field(pattern=r"^(0(\.\d{1,6})?|1(\.0{1,6})?)$")]]
    under_shares: dict[BodyId, Annotated[str, Field(pattern=r"^(0(\.\d{1,6})?|1(\.0{1,6})?)$")]]


class AllocationCitation(Request):
    """The answer this draft rests on: enough to find it again and to see that it has not changed."""

    scenario: str
    problem_digest: Digest
    answer_digest: Digest
    benefit: Annotated[str, Field(max_length=60)] | None = None
    assumption_share: Annotated[str, Field(pattern=r"^(0(\.\d{1,6})?|1(\.0{1,6})?)$")]


class Clause(Request):
    """One of the things the legal basis requires the agreement to say."""

    item: Key
    text: Annotated[str, Field(min_length=1, max_length=8000)]


class Content(Request):
    """The text of one version: what the digest covers. Integers and decimal strings only."""

    model: Annotated[str, Field(pattern=r"^agreement/1$")] = "agreement/1"
    title: ShortText
    basis: BasisKey
    pathway: Key
    parties: Annotated[list[Party], Field(min_length=2, max_length=250)]
    stages: Annotated[list[StageScope], Field(min_length=1, max_length=100)]
    functions_reserved: Annotated[list[ShortText], Field(max_length=100)] = []
    leads_pathway_for: Annotated[list[Key], Field(max_length=250)] = Field(
        [], description="places for which the lead answers for the whole pathway"
    )
    contributions: Annotated[list[Contribution], Field(max_length=5000)] = []
    risk: Annotated[list[RiskLayer], Field(max_length=10)] = []
    clauses: Annotated[list[Clause], Field(max_length=100)] = []
    starts: date
    ends: date
    review_by: date
    notice_months: Annotated[int, Field(ge=1, le=36)]
    allocation: AllocationCitation | None = None

    @model_validator(mode="after")
    def _dates_run_forward(self) -> "Content":
        if not self.starts < self.ends:
            raise ValueError("ends must lie after starts")
        if not self.starts <= self.review_by <= self.ends:
            raise ValueError("review_by must lie within the agreement's period")
        return self


class Fault(Reply):
    """Why a text may not be sent or signed: the rule, where in the text, in words."""

    pointer: str
    rule: str
    citation: str | None = None
    words: str


class Approval(Request):
    """A body's decision to enter, for exactly this text, recorded with its minute."""

    digest: Digest
    organisation: BodyId
    role: ShortText = Field(description="who decided: governing-body, chief-finance-officer, cabinet ...")
    decided_on: date
    minute: ShortText


class SignatureIn(Request):
    """A signature over exactly this text."""

    digest: Digest
    organisation: BodyId
    name: ShortText
    office: ShortText = Field(description="the signatory's post, e.g. chief officer")


class ApprovalView(Reply):
    organisation: BodyId
    role: str
    decided_on: date
    minute: str
    digest: Digest
    at: datetime


class SignatureView(Reply):
    organisation: BodyId
    name: str = Field(description="erased names show as '(erased)'")
    office: str
    digest: Digest
    at: datetime


class VersionView(Reply):
    number: int
    digest: Digest
    content: Content
    created_at: datetime
    created_by: str
    whole_life_pence: int
    faults: list[Fault]
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


class AgreementView(Reply):
    id: str
    etag: str
    state: State
    as_of: date
    known_at: datetime
    title: str
    basis: BasisKey
    pathway: Key
    lead: BodyId
    current: VersionView
    versions: list[int]
    events: list[EventView]
    activation: str = Field(description="not-due, queued, sent or parked, with the last error in words")
    transitions: list[str] = Field(description="what can be done next")


class NoticeIn(Request):
    organisation: BodyId
    given_on: date
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class CommitmentIn(Request):
    """A stage moves on: agreed, funded, contracted, mobilised."""

    stage: Key
    commitment: Commitment
    on: date
    evidence: ShortText


class Mechanism(Reply):
    """A lawful way for a payer to pay for a line that is not its own, in force in a year; allocation reads these."""

    agreement: str
    kind: str = Field(examples=["s75_pool", "s14Z3"])
    digest: Digest
    payers: list[BodyId]
    lead: BodyId
    pathway: Key
    stages: list[Key] = Field(description="stages in the fund or delegated; aligned and in view are not payable")
    places: list[Key]
    contributions: list[Contribution]
    valid_from: date
    valid_to: date
    citation: str


class Mechanisms(Reply):
    as_of: date
    known_at: datetime
    items: list[Mechanism]


class GoverningBodyPaper(Reply):
    """The two-page paper, from stored facts: Markdown and the same as one HTML page."""

    agreement: str
    digest: Digest
    markdown: LongText
    html: str
