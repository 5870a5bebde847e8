"""What agreements say: who leads for whom, who pays in what, who bears which risk, how it ends.

A version's content is immutable; approvals and signatures name its digest. State is derived from dated events.
Money in a signed schedule is whole pence.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from concord_contracts.identifiers import (
    BodyId,
    Day,
    Digest,
    FinancialYear,
    Key,
    Reply,
    Request,
    ShortText,
)
from concord_contracts.registry import Commitment

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def example_of(document: dict[str, Any]) -> ConfigDict:
    """Strict as every request, with an example for the documentation; a test reads each one back."""
    return ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [document]})


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
    NOTICE_GIVEN = "notice-given"
    ENDED = "ended"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"


FIRST_DAY, LAST_DAY = date(2000, 4, 1), date(2199, 12, 31)
"""Between these an agreement lies: SI 2000/617 came into force on the first; the last keeps dates in range."""

Gbp = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12)]
Note = Annotated[str, Field(max_length=600)]


def _share(value: str) -> str:
    if not re.fullmatch(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", value):
        raise ValueError('a share is written "0" to "1" with up to six decimals: 92.36% is "0.9236"')
    return value


Share = Annotated[str, Field(max_length=40, examples=["0.25"]), AfterValidator(_share)]
Shares = Annotated[dict[BodyId, Share], Field(max_length=250)]


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


class RingFence(StrEnum):
    """Whether the money may pay only for what its grant was given for; a pool does not lift a ring-fence."""

    NONE = "none"
    PUBLIC_HEALTH_GRANT = "public-health-grant"


class Contribution(Request):
    """What a party puts in, per year; pence, so that sums are exact."""

    party: BodyId
    purse: Key
    year: FinancialYear
    amount_pence: Annotated[int, Field(strict=True, ge=0, le=10**15)]
    kind: Annotated[str, Field(pattern=r"^(cash|in-kind)$")] = "cash"
    recurrent: Annotated[bool, Field(strict=True)] = True
    money: Annotated[str, Field(pattern=r"^(allocation|plan|contract value|forecast|outturn)$")] = "plan"
    ring_fence: RingFence | None = Field(None, description="a local authority must say; nobody else holds the grant")
    for_stages: Annotated[list[Key], Field(max_length=100)] = Field(
        [], description="the stages this money may pay for; required where it is ring-fenced, empty means all"
    )


class RiskLayer(Request):
    """One step of the risk waterfall: variance up to a limit (none = without limit), in shares that sum to 1."""

    up_to_pence: Annotated[int, Field(strict=True, ge=1, le=10**15)] | None = None
    over_shares: Shares
    under_shares: Shares


class AllocationCitation(Request):
    """The answer this draft rests on: enough to find it again and to see that it has not changed."""

    scenario: Annotated[str, Field(min_length=1, max_length=100)]
    problem_digest: Digest
    answer_digest: Digest
    benefit: Annotated[str, Field(max_length=60)] | None = None
    assumption_share: Share


class Clause(Request):
    """One of the things the legal basis requires the agreement to say."""

    item: Key
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]


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
    starts: Annotated[Day, Field(ge=FIRST_DAY)]
    ends: Annotated[Day, Field(le=LAST_DAY)] = Field(
        description="the first day on which the agreement is no longer in force"
    )
    review_by: Day
    notice_months: Annotated[int, Field(strict=True, ge=1, le=36)]
    allocation: AllocationCitation | None = None

    @field_validator("ends")
    @classmethod
    def _ends_after_it_starts(cls, ends: date, before: ValidationInfo) -> date:
        starts = before.data.get("starts")
        if starts is not None and ends <= starts:
            raise ValueError(f"must lie after starts, {starts.isoformat()}")
        return ends

    @field_validator("review_by")
    @classmethod
    def _reviewed_within(cls, review_by: date, before: ValidationInfo) -> date:
        starts, ends = before.data.get("starts"), before.data.get("ends")
        if starts is not None and ends is not None and not starts <= review_by <= ends:
            raise ValueError(f"must lie between starts and ends, {starts.isoformat()} and {ends.isoformat()}")
        return review_by


class PayerRow(Request):
    """Paper, table 1: from last year's outturn to next year's baseline and the option; whole pounds.

    The four steps between outturn and baseline may be left out where they are not known; given, they must add up:
    baseline = outturn - non-recurrent + full-year effect + uplift and QIPP.
    """

    payer: BodyId
    name: ShortText
    outturn_gbp: Gbp
    non_recurrent_gbp: Gbp | None = None
    full_year_effect_gbp: Gbp | None = None
    uplift_and_qipp_gbp: Gbp | None = None
    baseline_gbp: Gbp
    option_gbp: Gbp
    recurrent: bool = True

    @model_validator(mode="after")
    def _steps_add_up(self) -> "PayerRow":
        steps = (self.non_recurrent_gbp, self.full_year_effect_gbp, self.uplift_and_qipp_gbp)
        if all(step is None for step in steps):
            return self
        less, plus, uplift = (step or 0 for step in steps)
        reached = self.outturn_gbp - less + plus + uplift
        if reached != self.baseline_gbp:
            raise ValueError(f"outturn and its steps come to {reached} GBP, the baseline says {self.baseline_gbp} GBP")
        return self


class StageRow(Request):
    """Paper, table 2: what is bought at a stage, from whom, under which mechanism."""

    stage: Key
    name: ShortText
    statutory_commissioner: ShortText
    provider: Note = ""
    contract_form: Note = ""
    mechanism: Note = ""
    amount_gbp: Gbp
    releasable_when: Note = ""
    source_grade: Note = ""


class OptionRow(Request):
    """Paper, table 3: do nothing, minimum, recommended."""

    option: ShortText
    cost_gbp: Gbp
    activity: Note = ""
    effect_62_day: Note = ""
    risk: Note = ""


class PaperAnnex(Request):
    """The facts of the governing-body paper that the text does not hold; stored beside the version and digested.

    `binds` and `candidates` are the allocation answer's own sentences. `outturn_is` says which of the five moneys the
    first column of table 1 holds, or that it is a stand-in; `gives_way` names what pays for the recommended option.
    """

    model: Annotated[str, Field(pattern=r"^paper/1$")] = "paper/1"
    approve: Note
    delegate: Note = ""
    note: Note = ""
    author: ShortText
    clinical_lead: ShortText
    conflicts_of_interest: Note = "None declared."
    outturn_year: FinancialYear
    outturn_is: Annotated[str, Field(min_length=1, max_length=60)] = "outturn"
    baseline_year: FinancialYear
    payers: Annotated[list[PayerRow], Field(min_length=1, max_length=40)]
    stages: Annotated[list[StageRow], Field(min_length=1, max_length=40)]
    payers_note: Note = ""
    options: Annotated[list[OptionRow], Field(min_length=2, max_length=6)]
    options_note: Note = ""
    gives_way: Annotated[list[Note], Field(max_length=12)] = []
    binds: Annotated[list[Note], Field(max_length=12)] = []
    candidates: Annotated[list[Note], Field(max_length=12)] = []
    quality: Note = ""
    equality: Note = ""
    privacy: Note = ""
    engagement: Note = ""
    assumptions: Note = Field("", description="what the share that rests on assumptions is made of")
    timetable: Annotated[list[Note], Field(max_length=12)] = []


class DraftIn(Request):
    """A new agreement, or a new version of one: the text, and beside it the facts for the governing-body paper."""

    model_config = example_of(
        {
            "content": {
                "title": "Manchester pooled fund for stop smoking and awareness",
                "basis": "s75_pool",
                "pathway": "lung",
                "parties": [
                    {"organisation": "gss:E08000003", "role": "host"},
                    {"organisation": "ods:01M", "role": "partner"},
                ],
                "stages": [
                    {"stage": "prevention", "handling": "pooled", "places": ["la-E08000003"]},
                    {"stage": "diagnostic_imaging", "handling": "aligned", "places": ["ccg-01M"]},
                ],
                "contributions": [
                    {
                        "party": "gss:E08000003",
                        "purse": "phg-E08000003",
                        "year": "2014-15",
                        "amount_pence": 60000000,
                        "ring_fence": "public-health-grant",
                        "for_stages": ["prevention"],
                    },
                    {"party": "ods:01M", "purse": "programme-01M", "year": "2014-15", "amount_pence": 20000000},
                ],
                "risk": [
                    {
                        "over_shares": {"gss:E08000003": "0.75", "ods:01M": "0.25"},
                        "under_shares": {"gss:E08000003": "0.75", "ods:01M": "0.25"},
                    }
                ],
                "clauses": [{"item": "aims", "text": "Fewer people smoke; lung cancer is found earlier."}],
                "starts": "2014-04-01",
                "ends": "2016-04-01",
                "review_by": "2015-01-15",
                "notice_months": 6,
            },
            "reason": "first draft from the chosen plan",
        }
    )

    content: Content
    annex: PaperAnnex | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None


class Fault(Reply):
    """Why a text may not be sent or signed: the rule, where in the text, in words."""

    pointer: str = Field(description="RFC 6901 pointer into the content", examples=["/stages/2/handling"])
    rule: str = Field(description="stable key of the rule", examples=["excluded-function"])
    citation: str | None = None
    words: str
    instead: str | None = Field(None, description="what would be lawful")


class Approval(Request):
    """A body's decision to enter, for exactly this text, recorded with its minute."""

    model_config = example_of(
        {
            "digest": _DIGEST,
            "organisation": "ods:01M",
            "role": "governing-body",
            "decided_on": "2014-02-12",
            "minute": "February 2014, item 7",
        }
    )

    digest: Digest
    organisation: BodyId
    role: ShortText = Field(description="who decided: governing-body, chief-finance-officer, cabinet ...")
    decided_on: Day
    minute: ShortText


class SignatureIn(Request):
    """A signature over exactly this text."""

    model_config = example_of(
        {
            "digest": _DIGEST,
            "organisation": "ods:01M",
            "name": "A. Signatory",
            "office": "chief officer",
            "signed_on": "2014-03-20",
        }
    )

    digest: Digest
    organisation: BodyId
    name: ShortText
    office: ShortText = Field(description="the signatory's post, e.g. chief officer")
    signed_on: Day | None = Field(None, description="the day of the signature; default today in England")


class AuthorityView(Reply):
    """By whose limit a role was judged, when its approval was recorded."""

    record: str | None = Field(
        None, description="the body's own limit in the registry; none: that of its kind, as loaded in this service"
    )
    known_at: datetime | None = Field(None, description="what the registry held then; none: it did not answer")


class ApprovalView(Reply):
    organisation: BodyId
    role: str
    decided_on: date
    minute: str
    digest: Digest
    at: datetime
    authority: AuthorityView | None = Field(None, description="none: recorded before the registry was asked")


class SignatureView(Reply):
    organisation: BodyId
    signatory: str = Field(description="the id under which the name is held, for its erasure")
    name: str = Field(
        description="'(erased)' once erased; '(held apart)' in answers to changes, which are stored for replay"
    )
    office: str
    signed_on: date
    digest: Digest
    at: datetime


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


class CommitmentView(Reply):
    """How far a stage has come, with the evidence for its last step."""

    stage: Key
    commitment: Commitment
    on: date
    evidence: str
    at: datetime


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


class Reasoned(Request):
    """A step that needs its reason: sending, withdrawing."""

    model_config = example_of({"reason": "approved by every party", "on": "2014-02-26"})

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    on: Day | None = Field(None, description="the day it was done; default today in England")


class NoticeIn(Request):
    """One party's notice; it ends the agreement for all when the agreed months have run."""

    model_config = example_of(
        {"organisation": "ods:01M", "given_on": "2014-08-31", "reason": "the groups plan to merge"}
    )

    organisation: BodyId
    given_on: Day
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class EndIn(Request):
    """One party's consent to an earlier end; the agreement ends on that day once every party has named the same one."""

    model_config = example_of({"organisation": "ods:01M", "on": "2015-04-01", "reason": "the merged group takes over"})

    organisation: BodyId
    on: Day
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class CommitmentIn(Request):
    """A stage moves on: agreed, funded, contracted, mobilised."""

    model_config = example_of(
        {"stage": "prevention", "commitment": "funded", "on": "2014-04-10", "evidence": "budget book 2014-15, line 12"}
    )

    stage: Key
    commitment: Commitment
    on: Day
    evidence: ShortText


def fund_key(agreement: str) -> str:
    """How an agreement's pooled fund is named, here and in allocation's problems: it has one."""
    return f"fund.{agreement}"


class PositionIn(Request):
    """Where a pooled fund stood at the end of a month, reported by its host, in whole pence since 1 April.

    A later report of the same month corrects an earlier one; nothing is taken back.
    """

    model_config = example_of(
        {
            "year": "2014-15",
            "month": 3,
            "actual_pence": 18500000,
            "forecast_pence": 82500000,
            "minute": "Partnership board, 24 July 2014, item 5",
        }
    )

    fund: Key | None = Field(None, description="the fund; left out: the agreement's own, it has one")
    year: FinancialYear
    month: Annotated[int, Field(strict=True, ge=1, le=12, description="1 is April, 12 is March")]
    actual_pence: Annotated[int, Field(strict=True, ge=0, le=10**15, description="spent since 1 April")]
    forecast_pence: Annotated[int, Field(strict=True, ge=0, le=10**15, description="expected for the whole year")]
    minute: ShortText | None = Field(None, description="where the position was received, if it was")
    note: Annotated[str, Field(max_length=1000)] | None = None


class FundPosition(Reply):
    """One month of a fund by its latest report. Variances: positive over the plan, negative under it."""

    year: FinancialYear
    month: int
    until: date = Field(description="the first day after the month")
    plan_pence: int = Field(description="cash contributions agreed for the year")
    plan_to_date_pence: int = Field(description="by `plan_rule`, an assumption: the text agrees years, not months")
    actual_pence: int
    variance_pence: int = Field(description="actual less plan to date")
    forecast_pence: int
    forecast_variance_pence: int = Field(description="forecast less the year's plan")
    shares_pence: dict[BodyId, int] = Field(
        description="what each party would bear of the forecast variance (negative: get back), by the agreed waterfall"
    )
    minute: str | None
    note: str | None
    reported_at: datetime
    reports: int = Field(description="how many reports of the month are known; more than one: corrected")


class FundPositions(Reply):
    """What the host has reported of a pooled fund, months in order."""

    agreement: str
    fund: Key
    host: BodyId
    as_of: date
    known_at: datetime
    plan_rule: str
    plan_to_date_basis: str = Field("assumption", description="plan to date has no published or agreed source")
    items: list[FundPosition]


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
    cells: list[tuple[Key, Key]] = Field(
        [], description="the (stage, place) pairs that may be paid; stages need not all cover the same places"
    )
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
    version: int
    annex_digest: Digest | None
    markdown: str
    html: str


class RequiredContentView(Reply):
    item: Key
    words: str
    citation: str


class LegalBasisView(Reply):
    """A dated legal basis: who may join, what may not be put in, what the agreement must say."""

    key: Key
    words: str
    joined_by: list[str] = Field(description="kinds of body that may be parties")
    requires: list[str] = Field(description="kinds of body of which at least one must be a party")
    excluded: list[Key] = Field(description="procedure classes that may be aligned or in view only")
    required_content: list[RequiredContentView]
    citation: str
    verified: bool
    note: str = ""
    valid_from: date
    valid_to: date


class LegalBases(Reply):
    as_of: date
    items: list[LegalBasisView]
