"""Who advised whom; networks and reference groups; how a CCG's authorisation said that it uses them."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import BodyId, Day, Key, Reply, ShortText
from concord_contracts.registry.common import KeyOrAny, NamedBody
from concord_contracts.registry.records import (
    BodyIds,
    Gbp,
    Link,
    PathwayKeys,
    PlaceKeys,
    RecordIn,
    RecordView,
    StageKeysOrAny,
    Words,
)
from concord_contracts.registry.rolling import ReExpressed


class Outcome(StrEnum):
    PENDING = "pending"
    FOLLOWED = "followed"
    PARTLY_FOLLOWED = "partly-followed"
    NOT_FOLLOWED = "not-followed"


class AdviceFields(BaseModel):
    adviser: BodyId = Field(description="who advised: a network, senate, reference group, support unit or other body")
    person: Key | None = Field(None, description="the person who advised, by id")
    advised: BodyId = Field(description="who was advised")
    stage: Key | None = Field(None, description="none: the whole pathway")
    pathway: KeyOrAny = "*"
    place: Key
    subject: Words = Field(description="what the advice was about, and what it said")
    outcome: Outcome = Outcome.PENDING
    outcome_words: Words | None = Field(None, description="what came of it, and why")
    outcome_on: Day | None = None
    link: Link | None = None


class AdviceIn(RecordIn, AdviceFields):
    """Advice that a commissioner obtained; `valid_from` is the day on which it was given."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "adviser": "gss:E55000002",
                    "advised": "ods:02A",
                    "stage": "radical_radiotherapy",
                    "pathway": "lung",
                    "place": "ccg-02A",
                    "subject": "Two further fractions before Christmas are safe",
                    "valid_from": "2013-11-04",
                }
            ]
        },
    )


class AdviceView(RecordView, AdviceFields):
    """Advice, and what came of it."""


class NetworkKind(StrEnum):
    CANCER_NETWORK = "cancer-network"
    STRATEGIC_CLINICAL_NETWORK = "strategic-clinical-network"
    CLINICAL_REFERENCE_GROUP = "clinical-reference-group"
    CLINICAL_SENATE = "clinical-senate"
    OTHER = "other"


class NetworkFields(BaseModel):
    name: ShortText
    kind: NetworkKind
    body: BodyId | None = Field(None, description="the network itself, where it is on the list of bodies")
    host: BodyId = Field(description="the legal person that hosts it, and signs for it")
    funders: BodyIds = []
    funding_gbp: Gbp | None = Field(None, description="yearly, where it is stated")
    pathways: PathwayKeys = ["*"]
    stages: StageKeysOrAny = ["*"]
    places: PlaceKeys = ["england"]
    powers: Literal["none", "advise", "refer-back", "veto"] = "advise"
    remit: Words | None = None


class NetworkIn(RecordIn, NetworkFields):
    """The reach of a network or reference group: tumour groups, stages and places, with host and funders."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Sarcoma Clinical Reference Group",
                    "kind": "clinical-reference-group",
                    "body": "concord:crg-b12",
                    "host": "ods:X24",
                    "pathways": ["sarcoma"],
                    "stages": ["specialised_surgery"],
                    "places": ["england"],
                    "valid_from": "2013-04-01",
                }
            ]
        },
    )


class NetworkView(RecordView, NetworkFields):
    """A network or reference group with its reach."""


class NetworkOverlap(Reply):
    """Two of a kind that cover the same ground for the same stages of the same tumour groups."""

    kind: NetworkKind
    networks: list[str] = Field(description="names, in order")
    records: list[str] = Field(description="ids of the records; a network known by relations alone has none")
    pathways: list[str]
    stages: list[str] = []
    places: list[Key]


class PlaceNetworks(Reply):
    place: Key
    name: str
    networks: list[str]


class Reach(StrEnum):
    """How far reference groups reach into a tumour group's pathway."""

    WHOLE = "whole-pathway"
    SOME_STAGES = "some-stages"
    EVERY_CANCERS = "stages-of-every-cancer"
    NONE = "none"


class StageReferenceGroups(Reply):
    stage: Key
    name: str
    reference_groups: list[str]
    specialised: bool = Field(description="by law NHS England commissions it as a specialised service")


class TumourGroupCoverage(Reply):
    pathway: Key
    name: str
    tumour_group: str
    reach: Reach = Field(
        description="whole-pathway: a group of it for every stage; some-stages: groups of it for some; "
        "stages-of-every-cancer: only groups for a stage of all cancers, such as radiotherapy; none"
    )
    reference_groups: list[str] = Field(description="groups that name the tumour group, or reach a stage of it")
    stages: list[StageReferenceGroups]
    specialised_without: list[Key] = Field(
        description="stages that NHS England commissions as specialised services, on which no group advises"
    )


class NetworkCoverage(ReExpressed):
    """Which tumour groups and stages have no reference group, which places no network, and where two overlap."""

    within: Key
    tumour_groups: list[TumourGroupCoverage]
    without_reference_group: list[Key] = Field(
        description="pathways of tumour groups that no group names; groups for a stage of every cancer do not count"
    )
    groups_without_scope: list[NamedBody] = Field(
        description="reference groups on the list of bodies whose tumour groups nobody has stated"
    )
    places: list[PlaceNetworks]
    without_network: list[Key]
    overlaps: list[NetworkOverlap]


class AuthorisationFields(BaseModel):
    body: BodyId = Field(description="the CCG")
    outcome: Literal["authorised", "authorised-with-conditions", "shadow", "not-authorised"]
    conditions: Annotated[int, Field(strict=True, ge=0, le=119)] | None = Field(
        None, description="how many of the 119 criteria were open"
    )
    network_expertise: Words = Field(description="how the CCG said it will harness the networks' expertise")
    networks: Annotated[list[Key], Field(max_length=50, description="records of the networks it names")] = []
    acting_for_it: BodyId | None = Field(None, description="for a shadow CCG, who commissions on its behalf")
    link: Link | None = None


class AuthorisationIn(RecordIn, AuthorisationFields):
    """A CCG's authorisation; `valid_from` is the day of the decision."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "body": "ods:02A",
                    "outcome": "authorised",
                    "network_expertise": "The network reviews each pathway yearly with the clinical lead",
                    "valid_from": "2013-04-01",
                }
            ]
        },
    )


class AuthorisationView(RecordView, AuthorisationFields):
    """A CCG's authorisation."""


class CcgKnowledge(Reply):
    """Whom a CCG can ask, and who asks."""

    body: NamedBody
    place: Key
    lead: bool = Field(description="whether a clinical cancer lead is named on the day")
    lead_until: date | None = None
    lead_record: str | None = None
    vacant_since: date | None = Field(None, description="where somebody was named before")
    authorisation: str | None = Field(None, description="outcome of the authorisation recorded")
    network_expertise: str | None = None
    advice_in_the_year: int = Field(description="advice recorded in the twelve months to the day")


class ClinicalLeads(ReExpressed):
    """Every CCG with its clinical cancer lead, or that it has none."""

    within: Key
    items: list[CcgKnowledge]
    without_lead: list[BodyId]
