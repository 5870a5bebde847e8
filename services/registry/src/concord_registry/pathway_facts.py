"""What a stage is planned for, held against and guided by, on one day as known at one moment. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A population or activity that services are best planned for, as a report states it; advice."""

    key: str
    rule: str
    measure: str
    at_least: int | None
    at_most: int | None
    unit: str
    stages: tuple[str, ...]
    quotation: str | None
    source: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """A service within a stage. `commissioner`: where the law names another for it than for the stage."""

    key: str
    name: str
    stage: str
    pathways: tuple[str, ...]
    population_basis: str
    planning_population_min: int | None
    planning_population_max: int | None
    minimum_volume: int | None
    volume_unit: str | None
    hospitals_max: int | None
    thresholds: tuple[str, ...]
    commissioner: str | None
    citation: str | None
    basis: str
    source: str | None
    note: str | None
    low: int | None
    high: int | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Comparator:
    """What a stage is held against. No value: it is measured, and there is no standard."""

    key: str
    name: str
    stages: tuple[str, ...]
    pathways: tuple[str, ...]
    direction: str
    value: float | None
    unit: str
    measured_from: str | None
    measured_to: str | None
    measured_as: tuple[str, ...]
    """Measures of publishers' files that say what was reached."""
    kind: str
    basis: str
    source: str | None
    note: str | None
    low: float | None
    high: float | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Actual:
    """What was reached in a place in a period, in the comparator's unit."""

    comparator: str
    place: str
    period: str
    value: float
    basis: str
    source: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Guidance:
    """A strategy, guidance, standard or statement of law; `in_force` on the day asked about."""

    key: str
    title: str
    publisher: str
    kind: str
    published_on: date | None
    date_precision: str | None
    version: str | None
    superseded_by: str | None
    verified: bool
    address: str | None
    source: str | None
    note: str | None
    valid_from: date
    valid_to: date

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day < self.valid_to


@dataclass(frozen=True, slots=True)
class GuidanceLink:
    """That guidance is about a stage of a pathway; `organisation` (a body or an expression) is to act on it."""

    guidance: str
    stage: str
    pathway: str
    organisation: str | None
    progress: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ResponsibleRule:
    """Which fact about a person says whose the person is."""

    key: str
    population_basis: str
    person: str
    taken_from: str
    words: str
    citation: str
    quotation: str | None
    note: str | None
    verified: bool
    source: str | None
    valid_from: date
    valid_to: date


def about(keys: tuple[str, ...], key: str) -> bool:
    """Whether a list of keys holds one, or all."""
    return key in keys or EVERY in keys


@dataclass(frozen=True)
class PathwayFacts:
    """All of it, with the lookups that answers need. `guidance` holds every edition, in force or not."""

    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    comparators: Mapping[str, Comparator] = field(default_factory=dict)
    actuals: tuple[Actual, ...] = ()
    guidance: Mapping[str, Guidance] = field(default_factory=dict)
    links: tuple[GuidanceLink, ...] = ()
    responsible_rules: tuple[ResponsibleRule, ...] = ()

    @cached_property
    def _services_by_stage(self) -> Mapping[str, tuple[Service, ...]]:
        found: dict[str, list[Service]] = {}
        for service in self.services.values():
            found.setdefault(service.stage, []).append(service)
        return {stage: tuple(sorted(some, key=lambda one: one.key)) for stage, some in found.items()}

    @cached_property
    def _links_by_stage(self) -> Mapping[str, tuple[GuidanceLink, ...]]:
        found: dict[str, list[GuidanceLink]] = {}
        for link in self.links:
            found.setdefault(link.stage, []).append(link)
        return {stage: tuple(some) for stage, some in found.items()}

    @cached_property
    def _actuals_by_comparator(self) -> Mapping[str, tuple[Actual, ...]]:
        found: dict[str, list[Actual]] = {}
        for actual in self.actuals:
            found.setdefault(actual.comparator, []).append(actual)
        return {key: tuple(sorted(some, key=lambda one: (one.place, one.period))) for key, some in found.items()}

    def services_of(self, stage: str, pathway: str | None = None) -> tuple[Service, ...]:
        """Services of a stage; for a pathway, its own and those of all."""
        found = self._services_by_stage.get(stage, ())
        return tuple(one for one in found if pathway is None or about(one.pathways, pathway))

    def comparators_of(self, stage: str, pathway: str | None = None) -> tuple[Comparator, ...]:
        """Comparators of a stage, by key; for a pathway, its own and those of all."""
        found = sorted(self.comparators.values(), key=lambda one: one.key)
        return tuple(
            one for one in found if about(one.stages, stage) and (pathway is None or about(one.pathways, pathway))
        )

    def actuals_of(self, comparator: str) -> tuple[Actual, ...]:
        """Values reached, by place and period."""
        return self._actuals_by_comparator.get(comparator, ())

    def links_of(self, stage: str, pathway: str | None = None) -> tuple[GuidanceLink, ...]:
        """Links of a stage; for a pathway, its own and those of all."""
        found = self._links_by_stage.get(stage, ())
        return tuple(one for one in found if pathway is None or one.pathway in (pathway, EVERY))

    def guidance_of(self, stage: str, pathway: str, day: date) -> tuple[Guidance, ...]:
        """What is to be followed for a stage of a pathway on a day, by key."""
        keys = {link.guidance for link in self.links_of(stage, pathway)}
        found = (self.guidance[key] for key in sorted(keys) if key in self.guidance)
        return tuple(one for one in found if one.in_force(day))
