"""A new version of a pathway: what is sent, what it would do to the map, what was recorded."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from concord_contracts.identifiers import BodyId, Day, Key, Reply, Request, ShortText
from concord_contracts.registry.common import AsKnown
from concord_contracts.registry.pathways import PathwayVersion
from concord_contracts.registry.rule_changes import FindingsMoved

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Count = Annotated[int, Field(ge=1, le=10**9)]
Figure = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Basis = Literal["published", "derived", "assumption"]


class ServiceIn(Request):
    """A service within a stage from the version's first day on; one that is there already is changed from then on."""

    key: Key
    name: ShortText
    stage: Key
    pathways: Annotated[list[Key], Field(max_length=60)] = Field([], description="none: this pathway alone")
    population_basis: Literal["registered", "resident", "provider", "present"]
    planning_population_min: Count | None = None
    planning_population_max: Count | None = None
    minimum_volume: Count | None = Field(None, description="a year, in `volume_unit`")
    volume_unit: ShortText | None = None
    hospitals_max: Count | None = Field(None, description="in England")
    thresholds: Annotated[list[Key], Field(max_length=20)] = []
    commissioner: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(
        None, description="only where the law names another for it than for the stage: a body, or ccg_of_place"
    )
    citation: Words | None = None
    basis: Basis
    source: ShortText | None = Field(None, description="keys of sources; a published figure names one")
    note: Words | None = None
    low: Count | None = None
    high: Count | None = None


class ComparatorIn(Request):
    """What stages are held against from the version's first day on. No value: it is measured, without a standard."""

    key: Key
    name: ShortText
    stages: Annotated[list[Key], Field(min_length=1, max_length=60)]
    pathways: Annotated[list[Key], Field(max_length=60)] = Field([], description="none: this pathway alone")
    direction: Literal["at_least", "at_most"]
    value: Figure | None = None
    unit: ShortText
    measured_from: ShortText | None = None
    measured_to: ShortText | None = None
    kind: Literal["standard", "best_area", "need"]
    basis: Basis
    source: ShortText | None = None
    note: Words | None = None
    low: Figure | None = None
    high: Figure | None = None


class PathwayVersionIn(Request):
    """The pathway of one tumour group from a day on, until a version that is recorded for later begins. Days before
    stay as they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "valid_from": "2014-10-01",
                    "stages": ["symptom_awareness", "gp_referral", "diagnostic_imaging", "surgery", "end_of_life"],
                    "services_ended": [],
                    "comparators_ended": [],
                    "reason": "the network's pathway of October 2014",
                }
            ]
        },
    )

    valid_from: Day
    stages: Annotated[list[Key], Field(min_length=1, max_length=60)] = Field(
        description="all of them in clinical order, each once; functions belong to every pathway and are not sent"
    )
    services: Annotated[list[ServiceIn], Field(max_length=100)] = Field([], description="new or changed ones alone")
    services_ended: Annotated[list[Key], Field(max_length=100)] = Field([], description="that end on the first day")
    comparators: Annotated[list[ComparatorIn], Field(max_length=100)] = Field(
        [], description="new or changed ones alone"
    )
    comparators_ended: Annotated[list[Key], Field(max_length=100)] = []
    source: ShortText | None = Field(None, description="keys of sources that say so")
    note: Words | None = None
    reason: ShortText


class StageLeaving(Reply):
    """A stage that the pathway no longer has, and what is still said of it there."""

    stage: Key
    name: str
    claims: int
    places: int = Field(description="places that these claims are about")
    agreements: list[str]


class SharedChange(Reply):
    """A service or comparator of several pathways that the version takes from others, or changes for them too."""

    table: Literal["services", "comparators"]
    key: Key
    name: str
    change: Literal["narrowed", "ended", "changed"]
    pathways: list[Key] = Field(description="the other pathways, at most 500 names")
    words: str


class PathwayEffect(Reply):
    """What the version does to the map on its first day. Places are every CCG's and every council's."""

    stages_before: list[Key]
    leaving: list[StageLeaving]
    claims: list[str] = Field(description="claims of this pathway about stages that leave it, at most 500")
    claims_affected: int
    places: list[Key] = Field(description="places that those claims are about, at most 500")
    agreements: list[str]
    cells_added: int = Field(description="stages in places that come on the map")
    cells_removed: int
    without_rule: list[Key] = Field(description="stages of the version that the rule book says nothing about")
    left_behind: list[str] = Field(
        description="services, comparators and guidance of this pathway alone whose stages it no longer has"
    )
    shared: list[SharedChange] = Field(
        [],
        description="a warning for each service and comparator that other pathways lose, or have otherwise than before",
    )
    findings: list[FindingsMoved]


class PathwayVersionMade(AsKnown):
    """A version as it would be (`dry_run`) or was recorded. `record_version` is what `If-Match` names next."""

    dry_run: bool
    pathway: Key
    record_version: int = Field(description="how often the pathway's record had changed: with the version, if recorded")
    version: PathwayVersion
    rows_changed: int = Field(description="lines of stages, services and comparators that change")
    effect: PathwayEffect
    acting_for: BodyId
    reason: str
    recorded_at: datetime | None = None
