"""The map of a pathway in places, with its findings."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.claims import ClaimView, Commitment, Role
from concord_contracts.registry.common import NamedBody
from concord_contracts.registry.pathways import GuidanceRef
from concord_contracts.registry.rolling import ReExpressed
from concord_contracts.registry.rules import Statutory


class FindingKind(StrEnum):
    GAP = "gap"
    NO_FUNDER = "no-funder"
    ASSUMED_ELSEWHERE = "assumed-elsewhere"
    DUPLICATE = "duplicate"
    DISPUTED = "disputed"
    DEPARTS_FROM_RULE = "departs-from-the-rule-book"
    UNCONFIRMED = "unconfirmed-locally"
    STALE = "stale"
    RESTS_ON_WITHDRAWN = "rests-on-withdrawn-file"
    NO_PATHWAY_LEAD = "no-whole-pathway-lead"
    IDLE_BODY = "idle-body"
    BELOW_PLANNING_POPULATION = "below-planning-population"
    HAND_OVER = "hand-over"
    VACANCY = "vacancy"
    NO_CLINICAL_LEAD = "no-clinical-cancer-lead"
    SKILL_MIX = "skill-mix"
    NO_CONTRACT = "stage-without-contract"
    ROLLED_OVER = "contract-rolled-over-unread"
    NOTICE_COMING = "contract-notice-coming"
    CONTRACT_WITH_ENDED_BODY = "contract-with-ended-body"
    NO_PLAN = "stage-without-plan"
    NO_NETWORK = "no-network"
    NO_REFERENCE_GROUP = "no-reference-group"
    NETWORK_OVERLAP = "network-overlap"
    RISK_OVERDUE = "risk-overdue"
    AUTHORITY_ENDS = "authority-without-successor"
    AUTHORITIES_OVERLAP = "overlapping-authorities"


class Finding(Reply):
    """Something a commissioner should look at, with what it rests on and what would close it."""

    key: str = Field(
        "", description="names the finding on any day: kind, pathway, place, stage and what stands beside it"
    )
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
    records: list[str] = Field([], description="contracts, roles, plans and other records that it rests on, by id")
    interim_payers: list[NamedBody] = Field([], description="who pays meanwhile, without prejudice, in a dispute")


class Committed(Reply):
    """How far an agreement in force has come with a stage: agreed, funded, contracted, mobilised."""

    agreement: str
    role: Role
    organisation: NamedBody
    on_behalf_of: list[NamedBody] = []
    commitment: Commitment
    since: date = Field(description="the agreement's first day; a commitment has no day of its own")
    claim: str


class StageCoverage(Reply):
    """One cell of the map: a stage of a pathway in a place."""

    stage: Key
    name: str
    kind: str
    order: int = Field(description="1 for the pathway's first stage; functions follow the stages")
    place: Key
    statutory: Statutory | None
    local_position: str = Field(description="confirmed, stated, unconfirmed, disputed or none, in words a board reads")
    commitment: Commitment | None = Field(None, description="the furthest that any agreement in force has come")
    commitments: list[Committed] = Field([], description="agreements in force, the furthest first")
    funders: list[NamedBody] = Field([], description="who states, confirms or has agreed that it funds the stage")
    claims: list[ClaimView]
    findings: list[Finding]
    guidance: list[GuidanceRef] = Field([], description="strategies and guidance to follow for the stage on the day")


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


class Coverage(ReExpressed):
    """The map of one pathway in one or several places."""

    pathway: Key
    pathway_name: str
    places: list[Key]
    stages: list[StageCoverage]
    findings: list[Finding]
    fragmentation: list[tuple[Key, Fragmentation]]
    whole_pathway: list[ClaimView] = Field(
        [], description="what is said of the whole pathway in the places: leads, and what reports say of all stages"
    )
    etag: str
