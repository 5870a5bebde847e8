"""Stages and pathways: their versions, the services in them, what they are held against and guided by."""

from datetime import date, datetime

from pydantic import Field

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.common import AsKnown


class StageView(Reply):
    """`stage`: on a patient's way; `function`: runs beside every pathway."""

    key: Key
    name: str
    kind: str
    order: int
    allocation_stage: str | None = None
    planning_population_min: int | None = Field(None, description="persons; planning advice, never decides")
    planning_population_max: int | None = Field(None, description="persons; planning advice, never decides")
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


class ServiceView(Reply):
    """A service within a stage, with what it should be planned for: advice, never who must commission it."""

    key: Key
    name: str
    stage: Key
    pathways: list[str]
    population_basis: str = Field(description="whose people: registered, resident, provider or present in the area")
    planning_population_min: int | None = None
    planning_population_max: int | None = None
    minimum_volume: int | None = Field(None, description="a year, in `volume_unit`")
    volume_unit: str | None = None
    hospitals_max: int | None = Field(None, description="in England")
    thresholds: list[Key] = []
    commissioner: str | None = Field(None, description="where the law names another for it than for the stage")
    citation: str | None = None
    basis: str
    source: str | None = None
    note: str | None = None
    low: int | None = None
    high: int | None = None
    valid_from: date
    valid_to: date


class Services(AsKnown):
    items: list[ServiceView]
    next_cursor: str | None = None


class ActualValue(Reply):
    """What was reached; `meets`: on the right side of the comparator, none where there is no standard."""

    place: Key
    period: str
    value: float
    meets: bool | None = None
    difference: float | None = Field(None, description="value less the comparator's, in its unit")
    basis: str
    source: str | None = None
    note: str | None = None


class ComparatorView(Reply):
    """A standard or best practice that what is reached is held against."""

    key: Key
    name: str
    stages: list[Key]
    pathways: list[str]
    direction: str = Field(description="at_least or at_most")
    value: float | None = Field(None, description="none: it is measured, and there is no standard")
    unit: str
    measured_from: str | None = None
    measured_to: str | None = None
    kind: str = Field(description="standard, best_area (what the best reach) or need (what the evidence asks for)")
    basis: str
    source: str | None = None
    note: str | None = None
    low: float | None = None
    high: float | None = None
    valid_from: date
    valid_to: date
    actuals: list[ActualValue] = Field([], description="by place and period")


class Comparators(AsKnown):
    items: list[ComparatorView]
    next_cursor: str | None = None


class GuidanceLinkView(Reply):
    """A stage that guidance is about; `said`: who is to act on it, in words."""

    stage: Key
    pathway: str
    organisation: str | None = Field(None, description="a body, or an expression such as ccg_of_place")
    said: str | None = None
    progress: str | None = Field(None, description="not-begun, under-way or done, as the body says")
    note: str | None = None


class GuidanceView(Reply):
    """A strategy, guidance, standard or statement of law, with the responsibilities it is about."""

    key: Key
    title: str
    publisher: str
    kind: str
    published_on: date | None = None
    date_precision: str | None = None
    version: str | None = None
    superseded_by: Key | None = None
    in_force: bool = Field(description="whether it is the one to follow on the day")
    verified: bool
    address: str | None = None
    source: str | None = None
    note: str | None = None
    valid_from: date
    valid_to: date
    links: list[GuidanceLinkView] = []


class GuidanceList(AsKnown):
    items: list[GuidanceView]
    next_cursor: str | None = None


class GuidanceRef(Reply):
    """Guidance to follow, by key and title; `GET /v1/guidance` tells the rest."""

    key: Key
    title: str
    version: str | None = None


class PathwayVersion(Reply):
    """The ordered stages of a pathway while they stayed the same."""

    number: int = Field(description="1 for the first in the world", ge=1)
    valid_from: date
    valid_to: date
    stages: list[Key]
    added: list[Key] = Field([], description="against the version before")
    removed: list[Key] = []
    moved: list[Key] = Field([], description="stages of both whose order among these changed")


class PathwayVersions(AsKnown):
    """A pathway through time in the world, as known at one moment; `recorded_at`: when its record changed."""

    pathway: Key
    versions: list[PathwayVersion]
    record_version: int = Field(0, description="how often its stages, services and comparators had changed by then")
    recorded_at: list[datetime]


class PathwayStageView(Reply):
    """A stage of a pathway with its services, comparators and guidance."""

    stage: Key
    name: str
    kind: str
    order: int
    services: list[ServiceView]
    comparators: list[ComparatorView]
    guidance: list[GuidanceRef]


class PathwayAnswer(AsKnown):
    """One pathway as it is on the day, stage by stage."""

    pathway: PathwayView
    version: PathwayVersion | None = Field(None, description="none where it has no stages on the day")
    stages: list[PathwayStageView]
