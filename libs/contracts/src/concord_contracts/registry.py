"""What the registry says: who commissions which stage of a pathway, where, since when, on what authority.

Law and opinion are two layers. A *rule* gives each stage, pathway and place its statutory commissioner, with citation.
A *claim* says what somebody believes or does; claims may contradict each other and the rule.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator
from pydantic.config import JsonDict

from concord_contracts.identifiers import (
    FOREVER,
    BodyId,
    Day,
    Digest,
    Key,
    LongText,
    Reply,
    Request,
    ShortText,
)


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


LENDABLE_ACTIONS = frozenset(
    {
        "claims.assert",
        "claims.confirm",
        "claims.dispute",
        "claims.end",
        "imports.create",
        "scenarios.create",
        "scenarios.read",
        "scenarios.what-if",
        "problems.solve",
        "agreements.read",
        "agreements.read-mechanisms",
        "agreements.draft",
        "agreements.revise",
        "agreements.send",
        "agreements.commit",
    }
)
"""What a body can let a support body do for it. Approving, signing and lending stay with the body itself."""


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


class FindingKind(StrEnum):
    GAP = "gap"
    ASSUMED_ELSEWHERE = "assumed-elsewhere"
    DUPLICATE = "duplicate"
    DISPUTED = "disputed"
    DEPARTS_FROM_RULE = "departs-from-the-rule-book"
    UNCONFIRMED = "unconfirmed-locally"
    STALE = "stale"
    NO_PATHWAY_LEAD = "no-whole-pathway-lead"
    IDLE_BODY = "idle-body"
    BELOW_PLANNING_POPULATION = "below-planning-population"
    HAND_OVER = "hand-over"


KeyOrAny = Annotated[
    str,
    StringConstraints(pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9._~:-]{0,79})$"),
    Field(description="A stable key, or `*` for every one", examples=["lung", "*"]),
]


class AsKnown(Reply):
    """The position in both time axes that an answer was read at; ask again with these for the same answer."""

    as_of: date
    known_at: datetime
    seq: int = Field(description="journal position of `known_at`", ge=0)


class NamedBody(Reply):
    """A body with the name it had on the day asked about; an office acts for a legal person."""

    id: BodyId
    name: str
    kind: str
    legal_person: bool = True


class Citation(Reply):
    """The authority for a statement: law, guidance or document."""

    text: str
    source: str | None = None
    verified: bool = Field(True, description="false where the text is from memory and awaits its source")


class Statutory(Reply):
    """The rule book's answer for one cell."""

    rule: Key
    said: str = Field("", description="the commissioner as the rule says it, e.g. 'the CCG of the place'")
    commissioners: list[NamedBody] = Field(description="empty where no commissioner is named nationally")
    shares: list[tuple[BodyId, float]] = Field(
        [], description="(commissioner, share of the place, 0..1) where several councils or CCGs divide it"
    )
    office: NamedBody | None = Field(None, description="the office that holds the budget, where one is known")
    office_note: str | None = None
    population_basis: str
    procedure_class: str = Field(description="none, or a class that section 75 or 76 excludes, or needs_legal_view")
    naming: str = Field(
        "named", description="named: the law names the service; residual: it falls under a general duty"
    )
    citation: Citation
    quotation: str | None = None
    note: str | None = None
    valid_from: date
    valid_to: date


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
    displaces: str | None = Field(None, description="the claim it silences wherever it applies itself")
    displaced_by: str | None = Field(None, description="on a map: the claim that silences it in this cell")
    succeeds: str | None = Field(None, description="the claim it follows, which ended when it began")
    agreement: str | None = None
    valid_from: date
    valid_to: date
    recorded_from: datetime


class Claims(AsKnown):
    """Claims in force on the day, by id."""

    items: list[ClaimView]
    next_cursor: str | None = None


class ClaimVersion(ClaimView):
    """A version with the end of its recorded period; the open one ends at 9999-12-31."""

    recorded_to: datetime


class ClaimHistory(AsKnown):
    """Everything recorded of one claim by `known_at`, oldest first."""

    claim: str
    versions: list[ClaimVersion]


class Finding(Reply):
    """Something a commissioner should look at, with what it rests on and what would close it."""

    kind: FindingKind
    stage: Key | None = None
    next_stage: Key | None = Field(None, description="for a hand-over, the stage after")
    pathway: Key
    place: Key
    level: str | None = Field(None, description="local, regional or national, for a missing whole-pathway lead")
    severity: str = Field(description="high, medium or low, by the rule stated in `why_severity`")
    why_severity: str
    words: str
    closes_when: str
    commitment: Commitment | None = Field(
        None, description="the furthest commitment reached while the gap is still open"
    )
    bodies: list[NamedBody] = []
    claims: list[str] = []


class StageCoverage(Reply):
    """One cell of the map: a stage of a pathway in a place."""

    stage: Key
    name: str
    kind: str
    order: int = Field(description="1 for the pathway's first stage; functions follow the stages")
    place: Key
    statutory: Statutory | None
    local_position: str = Field(description="confirmed, stated, unconfirmed, disputed or none, in words a board reads")
    claims: list[ClaimView]
    findings: list[Finding]


class Fragmentation(Reply):
    """How often responsibility changes hands along the pathway.

    score = hand-overs / (stages with a known commissioner - 1), 0..1; ranked only where at least half of the stages are
    locally confirmed.
    """

    score: float | None = None
    hand_overs: int
    stages_known: int
    stages_confirmed_locally: int
    stages: int
    ranked: bool


class Coverage(AsKnown):
    """The map of one pathway in one or several places."""

    pathway: Key
    pathway_name: str
    places: list[Key]
    stages: list[StageCoverage]
    findings: list[Finding]
    fragmentation: list[tuple[Key, Fragmentation]]
    etag: str


class StageCells(Reply):
    """A stage of the map and how many cells it has in each region: (region, cells), a cell being a stage of a pathway
    in a place."""

    stage: Key
    name: str
    kind: str
    order: int
    cells: list[tuple[Key, int]]


class FindingCount(Reply):
    """How often a kind of finding is made of a stage in a region, over the pathways asked about."""

    stage: Key | None = Field(None, description="none: of a place or a whole pathway")
    region: Key = Field(description="a region, or `england` for all of it, with what lies in no region")
    kind: FindingKind
    findings: int
    high: int = Field(0, description="of these, how many of high severity")
    medium: int = Field(0, description="of these, how many of medium severity")
    places: int = Field(description="distinct places concerned; areas and England itself count where a lead is missing")


class HandOverCount(Reply):
    """Two neighbouring stages, the kinds of bodies that commission them, and how often that is so."""

    rank: int
    stage: Key
    name: str
    next_stage: Key
    next_name: str
    kinds: list[str] = Field(description="kinds of bodies that commission the stage, by the kind's key")
    next_kinds: list[str]
    hand_overs: int = Field(description="places times pathways in which it is so")
    between_nhs_and_council: int = Field(
        description="of these, between the NHS and local government with no agreement in force that joins the sides"
    )
    places: int = Field(description="distinct places")
    pathways: list[Key]
    weight: int = Field(description="what it is ranked by: see `hand_overs_ranked_by`")


class LeadCount(Reply):
    """How many places of a level have nobody who leads a whole pathway."""

    pathway: Key
    level: str = Field(description="local, regional or national")
    missing: int
    places: int


class FragmentationOfRegion(Reply):
    """How often responsibility changes hands, on average over the places that may be ranked; no score where none may.

    Counted over places times pathways.
    """

    region: Key
    score: float | None = None
    ranked: int
    maps: int = Field(description="places times pathways")
    words: str


class RegionOfNation(Reply):
    key: Key
    name: str
    ccgs: int
    councils: int


NATIONAL_EXAMPLE: JsonDict = {
    "as_of": "2014-01-15",
    "known_at": "2014-01-15T10:21:00.123456Z",
    "seq": 1,
    "pathways": ["lung"],
    "regions": [{"key": "england", "name": "England", "ccgs": 211, "councils": 152}],
    "stages": [
        {"stage": "prevention", "name": "Prevention", "kind": "stage", "order": 10, "cells": [["england", 363]]}
    ],
    "findings": [
        {
            "stage": "prevention",
            "region": "england",
            "kind": "unconfirmed-locally",
            "findings": 363,
            "high": 0,
            "medium": 0,
            "places": 363,
        }
    ],
    "hand_overs": [
        {
            "rank": 1,
            "stage": "screening",
            "name": "Screening",
            "next_stage": "early_stages",
            "next_name": "Early stages",
            "kinds": ["nhs_england"],
            "next_kinds": ["ccg"],
            "hand_overs": 363,
            "between_nhs_and_council": 0,
            "places": 363,
            "pathways": ["lung"],
            "weight": 363,
        }
    ],
    "hand_overs_ranked_by": "hand-overs + those between the NHS and local government that no agreement joins",
    "leads": [{"pathway": "lung", "level": "local", "missing": 363, "places": 363}],
    "fragmentation": [
        {
            "region": "england",
            "score": None,
            "ranked": 0,
            "maps": 363,
            "words": "not ranked: 0 of 363 maps have half of their stages locally confirmed",
        }
    ],
    "claims": [["stated", 70]],
    "etag": 'W/"0123456789abcdef0123456789abcdef"',
}


class National(AsKnown):
    """The map of all England counted: every CCG's and every council's place, in one or several pathways.

    Counts are sums over the findings of the places' own maps (`coverage`), each counted once.
    """

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [NATIONAL_EXAMPLE]})

    pathways: list[Key]
    regions: list[RegionOfNation] = Field(description="the regions of the map and, last, `england`: all of it")
    stages: list[StageCells] = Field(description="in order: stages, then functions")
    findings: list[FindingCount]
    hand_overs: list[HandOverCount] = Field(description="the worst first")
    hand_overs_ranked_by: str
    leads: list[LeadCount]
    fragmentation: list[FragmentationOfRegion]
    claims: list[tuple[ClaimStatus, int]] = Field(description="claims the counts rest on, by status")
    etag: str


class Responsibility(Reply):
    """Who is statutorily responsible for a stage in a place, as allocation and agreements use it."""

    stage: Key
    pathway: Key
    place: Key
    allocation_stage: str | None
    statutory: Statutory | None


class Responsibilities(AsKnown):
    items: list[Responsibility]
    next_cursor: str | None = None


class ActivatedResponsibility(Request):
    """One responsibility that an agreement in force gives a body, dated by the activation."""

    role: Role
    organisation: BodyId
    on_behalf_of: Annotated[list[BodyId], Field(max_length=250)] = []
    stage: Key | None = Field(None, description="none with role `leads`: the whole pathway")
    pathway: Key
    place: Key
    commitment: Commitment = Commitment.AGREED


class Activation(Request):
    """The whole present state of an agreement's responsibilities: state, not an event.

    A lower or equal `sequence` changes nothing; an equal one with another `digest` is a conflict; a higher one
    replaces all claims of this agreement in one transaction. An ended agreement sends an empty list or an earlier
    `effective_to`.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "sequence": 1,
                    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "basis": "s.14Z3 NHS Act 2006: Lung cancer lead commissioning in Greater Manchester",
                    "effective_from": "2014-04-01",
                    "effective_to": "2016-04-01",
                    "responsibilities": [
                        {
                            "role": "leads",
                            "organisation": "ods:02A",
                            "on_behalf_of": ["ods:00T"],
                            "stage": None,
                            "pathway": "lung",
                            "place": "ccg-00T",
                            "commitment": "agreed",
                        }
                    ],
                }
            ]
        },
    )

    sequence: Annotated[int, Field(strict=True, ge=1, le=10**15)]
    digest: Digest
    basis: ShortText
    effective_from: Day
    effective_to: Day = FOREVER
    responsibilities: Annotated[list[ActivatedResponsibility], Field(max_length=5000)]

    @field_validator("effective_to")
    @classmethod
    def _not_before_the_start(cls, effective_to: date, info: ValidationInfo) -> date:
        start = info.data.get("effective_from")
        if start is not None and effective_to < start:
            raise ValueError("lies before effective_from")
        return effective_to


class ActivationState(AsKnown):
    """What the registry holds of one agreement."""

    agreement: str
    sequence: int
    digest: Digest
    changed: bool
    claims: list[ClaimView]


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
    succeeds: Key | None = Field(None, description="a claim that ends when this one begins: the world changed")
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


def _lendable(action: str) -> str:
    families = {f"{name.rpartition('.')[0]}.*" for name in LENDABLE_ACTIONS}
    if action not in LENDABLE_ACTIONS | families:
        can = ", ".join(sorted(LENDABLE_ACTIONS | families))
        raise ValueError(f"cannot be lent; what can is: {can}")
    return action


class MandateIn(Request):
    """A body lets a support body act for it. Granted by the body acted for; `claims.*` is a family of actions."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"holder": "ods:0CX", "actions": ["claims.*"], "valid_from": "2013-04-01", "limit_gbp": None}]
        },
    )

    holder: BodyId
    actions: Annotated[
        list[Annotated[str, StringConstraints(max_length=60), AfterValidator(_lendable)]],
        Field(min_length=1, max_length=50),
    ] = Field(description="actions of LENDABLE_ACTIONS, or a family such as `claims.*`")
    limit_gbp: Annotated[int, Field(strict=True, ge=0, le=10**12)] | None = None
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


class MandateEnd(Request):
    """The body takes its mandate back from a day on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "The contract with the unit has ended", "on": "2014-10-01"}]},
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    on: Day | None = Field(None, description="the first day without it; default today in England")


class Mandate(Reply):
    """A body lets a support body act for it, in stated actions; the responsibility never moves."""

    id: str = ""
    version: int = 1
    holder: BodyId
    body: BodyId
    actions: list[str]
    limit_gbp: int | None = None
    valid_from: date
    valid_to: date


class Mandates(AsKnown):
    items: list[Mandate]
    next_cursor: str | None = None


class DocumentView(Reply):
    """A document that the map or its figures cite, as the reference data describe it."""

    key: str
    title: str
    publisher: str | None = None
    date: str | None = Field(None, description="as precise as `date_precision` says")
    date_precision: str | None = Field(None, description="day, month or year")
    licence: str | None = None
    address: str | None = None
    taken: str | None = Field(None, description="what was taken from it")
    limits: str | None = Field(None, description="what it cannot say")
    figures: int = Field(0, description="how many of this service's figures cite it")


class FigureBasis(Reply):
    """How many figures of a table are published, derived from published ones by a stated rule, or assumptions."""

    table: str
    columns: str
    words: str
    published: int
    derived: int
    assumption: int


class RegistryReference(AsKnown):
    """What the registry's own figures rest on, and the documents it knows."""

    tables: list[FigureBasis]
    sources: list[DocumentView]


class Population(Reply):
    place: Key
    year: str
    basis: str
    persons: int
    source: str | None = None
    assumption: LongText | None = None


class PlaceView(Reply):
    key: Key
    kind: str
    name: str
    body: BodyId | None = None
    parents: list[Key] = []
    children: list[Key] = []
    populations: list[Population] = []
    footprint: list[tuple[Key, float]] = Field([], description="(place, share) pairs; shares sum to 1")


class PlaceAnswer(AsKnown):
    place: PlaceView


class Places(AsKnown):
    """Places by key; with `within`, a place and every place declared below it."""

    items: list[PlaceView]
    next_cursor: str | None = None


class StageView(Reply):
    """`stage`: on a patient's way; `function`: runs beside every pathway."""

    key: Key
    name: str
    kind: str
    order: int
    allocation_stage: str | None = None
    planning_population_min: int | None = Field(None, description="persons; planning advice, never decides")
    planning_note: str | None = None


class Stages(AsKnown):
    items: list[StageView]


class PathwayView(Reply):
    key: Key
    name: str
    tumour_group: str
    icd10: list[str]
    big_four: bool
    stages: list[Key] = Field(description="in clinical order; functions belong to every pathway and are not listed")


class Pathways(AsKnown):
    items: list[PathwayView]


class RuleView(Reply):
    """A rule of the rule book: an expression over places, with its authority and validity."""

    key: Key
    stage: Key
    pathway: str
    commissioner: str = Field(description="a body, or an expression such as ccg_of_place")
    said: str
    office: str | None = None
    population_basis: str
    procedure_class: str
    naming: str
    citation: Citation
    quotation: str | None = None
    note: str | None = None
    valid_from: date
    valid_to: date


class Rules(AsKnown):
    items: list[RuleView]
    next_cursor: str | None = None


class Organisation(AsKnown):
    """A body with its names, codes and relations as dated facts."""

    body: NamedBody
    names: list[tuple[str, date, date]]
    codes: list[tuple[str, str, date, date]]
    relations: list[tuple[str, NamedBody, date, date]]
    places: list[Key]
    predecessors: list[tuple[NamedBody, str, date, float]]
    successors: list[tuple[NamedBody, str, date, float]]
    valid_from: date
    valid_to: date


class OrganisationSummary(NamedBody):
    codes: list[tuple[str, str]] = Field([], description="(scheme, code) in use on the day")
    valid_from: date
    valid_to: date


class Organisations(AsKnown):
    """Bodies by id; searched by a part of a name or a code."""

    items: list[OrganisationSummary]
    next_cursor: str | None = None


class OrganisationResponsibilities(AsKnown):
    """'What am I responsible for?' with the stage before and after each."""

    body: NamedBody
    items: list[Responsibility]
    neighbours: list[tuple[Key, str, str]] = Field(
        [], description="(stage, commissioner of the stage before, commissioner of the stage after)"
    )


class Change(Reply):
    seq: int
    at: datetime
    actor: str
    acting_for: str | None
    action: str
    subject: str
    reason: str | None
    body_digest: Digest | None
    hash: Digest


class Changes(Reply):
    items: list[Change]
    next_after: int
    head_seq: int
