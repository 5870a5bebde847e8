"""Plans and strategies, and which stages of a pathway they cover."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import BodyId, Key, Reply, ShortText
from concord_contracts.registry.records import Link, PathwayKeys, PlaceKeys, RecordIn, RecordView, StageKeys, Words
from concord_contracts.registry.rolling import ReExpressed


class PlanKind(StrEnum):
    CCG_PLAN = "ccg-plan"
    JSNA = "jsna"
    JHWS = "jhws"
    IMPROVING_OUTCOMES_STRATEGY = "improving-outcomes-strategy"
    NETWORK_PLAN = "network-plan"
    NATIONAL_STRATEGY = "national-strategy"
    OTHER = "other"


class PlanStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    UNDER_REVIEW = "under-review"


class PlanFields(BaseModel):
    title: ShortText
    kind: PlanKind
    body: BodyId = Field(description="whose plan it is")
    with_bodies: Annotated[list[BodyId], Field(max_length=100)] = Field([], description="who made it together with it")
    stages: Annotated[StageKeys, Field(min_length=1)]
    pathways: PathwayKeys = ["*"]
    places: PlaceKeys
    status: PlanStatus = PlanStatus.PUBLISHED
    implements: Key | None = Field(None, description="the record of the strategy that it carries out here")
    progress: Words | None = Field(None, description="how far it has come")
    link: Link | None = None


class PlanIn(RecordIn, PlanFields):
    """A plan; its period is `valid_from` until before `valid_to`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "Everyone counts: operational plan 2013-14",
                    "kind": "ccg-plan",
                    "body": "ods:02A",
                    "stages": ["diagnostic_imaging"],
                    "pathways": ["lung"],
                    "places": ["ccg-02A"],
                    "link": "https://example.nhs.uk/plan",
                    "valid_from": "2013-04-01",
                    "valid_to": "2014-04-01",
                }
            ]
        },
    )


class PlanView(RecordView, PlanFields):
    """A plan and what it covers."""


class StagePlans(Reply):
    stage: Key
    name: str
    plans: list[str] = Field(description="titles, with kind and body")
    records: list[str]


class PlanCoverage(ReExpressed):
    """Which plans in force cover which stages of a pathway in a place, and which stages none covers."""

    pathway: Key
    place: Key
    stages: list[StagePlans]
    without_plan: list[Key]
    plans: int = Field(description="plans in force that cover the place and the pathway")
