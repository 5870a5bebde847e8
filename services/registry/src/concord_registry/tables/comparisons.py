"""What a stage is planned for, held against and guided by. A row has the columns of its file
(data/england_2013_14/README.md)."""

from datetime import date
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from concord_registry.tables.base import Dated, Loaded, runs_forward


class PlanningThreshold(Loaded, table=True):
    __tablename__ = "planning_thresholds"

    threshold: str
    rule: str
    measure: str
    at_least: int | None = None
    at_most: int | None = None
    unit: str
    stages: str | None = None
    quotation: str | None = None
    source: str | None = None
    note: str | None = None


class Service(Loaded, Dated, table=True):
    """`planning_population_*` in persons; `minimum_volume` a year, in `volume_unit`."""

    __tablename__ = "services"
    __table_args__: Any = (Index(None, "stage"), runs_forward())

    service: str
    name: str
    stage: str
    pathways: str
    population_basis: str
    planning_population_min: int | None = None
    planning_population_max: int | None = None
    minimum_volume: int | None = None
    volume_unit: str | None = None
    hospitals_max: int | None = None
    threshold: str | None = None
    commissioner: str | None = None
    citation: str | None = None
    basis: str
    source: str | None = None
    note: str | None = None
    low: int | None = None
    high: int | None = None


class Comparator(Loaded, Dated, table=True):
    __tablename__ = "comparators"
    __table_args__: Any = (runs_forward(),)

    comparator: str
    name: str
    stages: str
    pathways: str
    direction: str
    value: float | None = None
    unit: str
    measured_from: str | None = None
    measured_to: str | None = None
    measured_as: str | None = None
    kind: str
    basis: str
    source: str | None = None
    note: str | None = None
    low: float | None = None
    high: float | None = None


class ComparatorValue(Loaded, table=True):
    """In the comparator's unit."""

    __tablename__ = "comparator_values"
    __table_args__: Any = (Index(None, "comparator", "place"),)

    comparator: str
    place: str
    period: str
    value: float
    basis: str
    source: str | None = None
    note: str | None = None
    low: float | None = None
    high: float | None = None


class Guidance(Loaded, Dated, table=True):
    __tablename__ = "guidance"
    __table_args__: Any = (runs_forward(),)

    guidance: str
    title: str
    publisher: str
    kind: str
    published_on: date | None = None
    date_precision: str | None = None
    version: str | None = None
    superseded_by: str | None = None
    mark: str
    address: str | None = None
    source: str | None = None
    note: str | None = None


class GuidanceLink(Loaded, table=True):
    __tablename__ = "guidance_links"
    __table_args__: Any = (Index(None, "guidance"),)

    guidance: str
    stage: str
    pathway: str
    organisation: str | None = Field(default=None, max_length=50)
    progress: str | None = None
    note: str | None = None


class ResponsibleRule(Loaded, Dated, table=True):
    __tablename__ = "responsible_rules"
    __table_args__: Any = (runs_forward(),)

    responsible_rule: str
    population_basis: str
    person: str
    taken_from: str
    words: str
    citation: str
    quotation: str | None = None
    note: str | None = None
    mark: str
    source: str | None = None
