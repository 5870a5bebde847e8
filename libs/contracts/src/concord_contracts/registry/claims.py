"""Claims: what a body or a document says of who does what for a stage. They may contradict each other and the law."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict

from concord_contracts.identifiers import FOREVER, BodyId, Day, Key, Reply, Request
from concord_contracts.registry.common import AsKnown, KeyOrAny, NamedBody
from concord_contracts.registry.rolling import ReExpressed, RolledClaim


class Role(StrEnum):
    """What a body does about a stage."""

    ACCOUNTABLE = "accountable"
    COMMISSIONS = "commissions"
    FUNDS = "funds"
    LEADS = "leads"
    SUPPORTS = "supports"
    ADVISES = "advises"
    COORDINATES = "coordinates"
    SCRUTINISES = "scrutinises"
    PROVIDES = "provides"


class Function(StrEnum):
    """Part of a responsibility: planning a stage may lie elsewhere than buying it (2020health, 2012, functions
    framework)."""

    ANY = "*"
    PLANNING = "planning"
    ASSESSMENT = "assessment-and-evaluation"
    STRATEGIC = "strategic-commissioning"
    OPERATIONAL = "operational-commissioning"
    DELIVERY = "delivery"
    ACCOUNTABILITY = "accountability"
    RISKS = "risks"


class ClaimStatus(StrEnum):
    STATED = "stated"
    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    DISPUTED = "disputed"
    ENDED = "ended"


class Commitment(StrEnum):
    """How far an agreed responsibility has come; a service gap closes only at CONTRACTED."""

    AGREED = "agreed"
    FUNDED = "funded"
    CONTRACTED = "contracted"
    MOBILISED = "mobilised"


CLAIM_EXAMPLE: JsonDict = {
    "id": "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44",
    "version": 2,
    "role": "commissions",
    "organisation": {"id": "ods:02A", "name": "NHS Trafford CCG", "kind": "ccg", "legal_person": True},
    "organisations": [{"id": "ods:02A", "name": "NHS Trafford CCG", "kind": "ccg", "legal_person": True}],
    "organisation_said": "NHS Trafford CCG",
    "stage": "palliative_eol",
    "pathway": "lung",
    "place": "ccg-02A",
    "status": "confirmed",
    "asserted_by": "ods:02A",
    "asserted_by_name": "NHS Trafford CCG",
    "confirmed_by": "ods:02A",
    "confirmed_on": "2014-01-15",
    "valid_from": "2013-04-01",
    "valid_to": "9999-12-31",
    "recorded_from": "2014-01-15T10:21:00.123456Z",
}


class ClaimView(Reply):
    """One claim as it was known."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [CLAIM_EXAMPLE]})

    id: str
    version: int
    role: Role
    organisation: NamedBody | None = Field(
        None, description="none where the source says nobody is named, or where `organisations` are several"
    )
    organisations: list[NamedBody] = Field([], description="every body it names in the place asked about")
    organisation_said: str = Field(description="how the source names it, e.g. 'the CCG of the place'")
    on_behalf_of: list[NamedBody] = []
    stage: Key | None = Field(None, description="none: the whole pathway")
    pathway: str
    place: Key
    function: str = "*"
    status: ClaimStatus
    commitment: Commitment | None = None
    asserted_by: str
    asserted_by_name: str = ""
    authority: str | None = None
    quotation: str | None = None
    source: str | None = None
    stated_on: date | None = None
    confirmed_by: str | None = None
    confirmed_on: date | None = None
    review_by: date | None = None
    disputed_by: str | None = None
    disputed_reason: str | None = None
    interim_payer: NamedBody | None = Field(
        None, description="while the claim is disputed: who pays meanwhile, without prejudice to who is responsible"
    )
    interim_since: date | None = None
    displaces: str | None = Field(None, description="the claim it silences wherever it applies itself")
    displaced_by: str | None = Field(None, description="on a map: the claim that silences it in this cell")
    succeeds: str | None = Field(None, description="the claim it follows, which ended when it began")
    agreement: str | None = None
    valid_from: date
    valid_to: date
    recorded_from: datetime
    rolled: RolledClaim | None = Field(None, description="with `roll_to`: its bodies and place as they stood then")


class Claims(AsKnown):
    """Claims in force on the day, by id."""

    roll_to: date | None = None
    items: list[ClaimView]
    next_cursor: str | None = None


class ClaimVersion(ClaimView):
    """A version with the end of its recorded period; the open one ends at 9999-12-31."""

    recorded_to: datetime


class ClaimHistory(ReExpressed):
    """Everything recorded of one claim by `known_at`, oldest first."""

    claim: str
    versions: list[ClaimVersion]
    withdrawn_at: datetime | None = Field(
        None, description="when its asserter took it back; none where the last version is still held"
    )


class ClaimIn(Request):
    """A body or a document says who does what for a stage.

    `organisation` is a body, or is left out when the source says that nobody is named; `asserted_by` defaults to the
    body acted for.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "role": "commissions",
                    "organisation": "ods:02A",
                    "stage": "palliative_eol",
                    "pathway": "lung",
                    "place": "ccg-02A",
                    "status": "confirmed",
                    "authority": "s.3 NHS Act 2006",
                    "valid_from": "2013-04-01",
                    "review_by": "2015-04-01",
                    "reason": "Confirmed by the cancer commissioning board",
                }
            ]
        },
    )

    role: Role
    organisation: BodyId | None = None
    on_behalf_of: Annotated[list[BodyId], Field(max_length=250)] = []
    stage: Key | None = Field(None, description="none with role `leads`: the whole pathway", validate_default=True)
    pathway: KeyOrAny = "*"
    place: Key
    function: Function = Function.ANY
    status: ClaimStatus = ClaimStatus.STATED
    authority: Annotated[str, Field(max_length=500)] | None = None
    quotation: Annotated[str, Field(max_length=4000)] | None = None
    source: Annotated[str, Field(max_length=300)] | None = None
    displaces: Key | None = Field(None, description="a claim this one silences wherever this one applies")
    succeeds: Key | None = Field(
        None, description="a claim of the same stage and place that ends when this one begins: the world changed"
    )
    stated_on: Day | None = Field(None, description="the day it was said; default today in England, never later")
    review_by: Day | None = None
    valid_from: Day
    valid_to: Day = FOREVER
    reason: Annotated[str, Field(max_length=1000)] | None = None

    @field_validator("valid_to")
    @classmethod
    def _after_the_start(cls, valid_to: date, info: ValidationInfo) -> date:
        start = info.data.get("valid_from")
        if start is not None and valid_to <= start:
            raise ValueError("must lie after valid_from")
        return valid_to

    @field_validator("stage")
    @classmethod
    def _only_a_lead_is_of_the_whole_pathway(cls, stage: str | None, info: ValidationInfo) -> str | None:
        if stage is None and info.data.get("role", Role.LEADS) is not Role.LEADS:
            raise ValueError("is missing; only role leads may be of the whole pathway")
        return stage


class ClaimDecision(Request):
    """Confirm, dispute or end a claim."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "Minute 12 of the governing body", "on": "2014-01-15"}]},
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    on: Day | None = Field(None, description="the day it takes effect; default today in England")
    review_by: Day | None = None


class ClaimDispute(ClaimDecision):
    """Dispute a claim, with the reason; the body may pay meanwhile, without prejudice to who is responsible."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"reason": "Never agreed: our letter of 9 January", "on": "2014-01-15", "pays_meanwhile": True}
            ]
        },
    )

    pays_meanwhile: bool = Field(
        False, description="the body acted for pays until the dispute is settled; refused while another does"
    )


class InterimPayment(Request):
    """A body concerned says that it pays, or no longer pays, while a claim is disputed. It admits nothing by it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "So that nobody waits", "on": "2014-01-15", "pays": True}]},
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    on: Day | None = Field(None, description="the first day it pays; default today in England, never later")
    pays: bool = True


class ClaimWithdrawal(Request):
    """The asserter takes its word back: from now on it is as if never said. What was known before stays readable."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Said of the wrong place by mistake"}]}
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ClaimCorrection(ClaimIn):
    """The whole claim as it should have read: its next version, under the same id. The world has not changed.

    `succeeds` stays as it was and may be left out. Where something other than authority, quotation, source, review or
    day of saying differs, what others decided on the earlier words no longer stands.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "role": "commissions",
                    "organisation": "ods:02A",
                    "stage": "palliative_eol",
                    "pathway": "lung",
                    "place": "ccg-02A",
                    "valid_from": "2013-10-01",
                    "reason": "It began in October, not in April",
                }
            ]
        },
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
