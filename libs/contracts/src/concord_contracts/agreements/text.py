"""The text of a version: parties, stages, money, risk, clauses. Its digest is what approvals and signatures name."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from concord_contracts.identifiers import BodyId, Day, Digest, FinancialYear, Key, Request, ShortText
from concord_contracts.registry import Commitment


class BasisKey(StrEnum):
    """Legal bases that a text can be drafted from; the dated table with law and limits is reference data."""

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


FIRST_DAY, LAST_DAY = date(2000, 4, 1), date(2199, 12, 31)
"""Between these an agreement lies: SI 2000/617 came into force on the first; the last keeps dates in range."""


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
