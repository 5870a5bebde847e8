"""Lines of the files about what a stage is planned for, held against and guided by. Pure; knows no table."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from concord_contracts.identifiers import Key
from concord_registry.row_types import (
    BLANK,
    BodyOrExpression,
    DatedRow,
    FileRow,
    KeyOrAny,
    Maybe,
    MaybeCount,
    MaybeFigure,
    MaybeKey,
    Text,
)

Keys = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9._~:-]{0,79}( [A-Za-z0-9._~:-]{1,80})*)$")]
"""Keys with spaces between, or `*` for all."""
NoKeysOrSome = Annotated[Keys | None, BLANK]
Basis = Literal["published", "derived", "assumption"]
PopulationBasis = Literal["registered", "resident", "provider", "present"]


class PlanningThresholdRow(FileRow):
    """A population or activity that services are best planned for, as a report states it. Advice."""

    identity = ("threshold",)
    threshold: Key
    rule: Text
    measure: Key
    at_least: MaybeCount = None
    at_most: MaybeCount = None
    unit: Text
    stages: NoKeysOrSome = None
    quotation: Maybe = None
    source: Maybe = None
    note: Maybe = None


class ServiceRow(DatedRow):
    """A service within a stage. `commissioner` only where the law names another for it than for the stage."""

    identity = ("service",)
    service: Key
    name: Text
    stage: Key
    pathways: Keys = "*"
    population_basis: PopulationBasis
    planning_population_min: MaybeCount = None
    planning_population_max: MaybeCount = None
    minimum_volume: MaybeCount = None
    volume_unit: Maybe = None
    hospitals_max: MaybeCount = None
    threshold: NoKeysOrSome = None
    commissioner: Annotated[BodyOrExpression | None, BLANK] = None
    citation: Maybe = None
    basis: Basis
    source: Maybe = None
    note: Maybe = None
    low: MaybeCount = None
    high: MaybeCount = None


class ComparatorRow(DatedRow):
    """What a stage is held against. No value: it is measured, and there is no standard."""

    identity = ("comparator",)
    comparator: Key
    name: Text
    stages: Keys
    pathways: Keys = "*"
    direction: Literal["at_least", "at_most"]
    value: MaybeFigure = None
    unit: Text
    measured_from: Maybe = None
    measured_to: Maybe = None
    measured_as: Maybe = None
    kind: Literal["standard", "best_area", "need"]
    basis: Basis
    source: Maybe = None
    note: Maybe = None
    low: MaybeFigure = None
    high: MaybeFigure = None


class ComparatorValueRow(FileRow):
    """What was reached in a place; the unit is the comparator's."""

    identity = ("comparator", "place", "period")
    comparator: Key
    place: Key
    period: Annotated[str, StringConstraints(min_length=4, max_length=40)]
    value: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    basis: Basis
    source: Maybe = None
    note: Maybe = None
    low: MaybeFigure = None
    high: MaybeFigure = None


class GuidanceRow(DatedRow):
    """A strategy, guidance, standard or statement of law, for as long as it was the one to follow."""

    identity = ("guidance",)
    guidance: Key
    title: Text
    publisher: Text
    kind: Literal["strategy", "guidance", "standard", "law"]
    published_on: Annotated[date | None, BLANK] = None
    date_precision: Annotated[Literal["year", "month", "day"] | None, BLANK] = None
    version: Maybe = None
    superseded_by: MaybeKey = None
    mark: Literal["V", "M"]
    address: Maybe = None
    source: Maybe = None
    note: Maybe = None


class GuidanceLinkRow(FileRow):
    """That guidance is about a stage of a pathway, and who is to act on it; how far a body has come with it."""

    identity = ("guidance", "stage", "pathway", "organisation")
    guidance: Key
    stage: Key
    pathway: KeyOrAny = "*"
    organisation: Annotated[BodyOrExpression | None, BLANK] = None
    progress: Annotated[Literal["not-begun", "under-way", "done"] | None, BLANK] = None
    note: Maybe = None


class ResponsibleRuleRow(DatedRow):
    """Which fact about a person says whose the person is, by whose people a rule is for."""

    identity = ("population_basis", "person")
    responsible_rule: Key
    population_basis: PopulationBasis
    person: Literal["registered", "unregistered", "any"]
    taken_from: Literal["registration", "residence", "presence", "none"]
    words: Text
    citation: Text
    quotation: Maybe = None
    note: Maybe = None
    mark: Literal["V", "M"]
    source: Maybe = None
