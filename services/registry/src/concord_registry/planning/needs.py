"""For how many people: what a stage, a service or a threshold asks for. Pure."""

from dataclasses import dataclass

from concord_registry.pathway_facts import Service, Threshold
from concord_registry.rulebook import rule_for
from concord_registry.world import ANY, Reference, Rule

POPULATION = "planning_population"
"""The measure of thresholds that count people to plan for."""


class NoNeedError(Exception):
    """Nothing says for how many people; `parameter` is what to give or mend."""

    def __init__(self, parameter: str, words: str) -> None:
        super().__init__(words)
        self.parameter = parameter
        self.words = words


@dataclass(frozen=True, slots=True)
class Need:
    """At least, and where stated at most, so many people; with what says so. `verified`: a document prints it."""

    words: str
    at_least: int
    at_most: int | None
    source: str | None
    verified: bool
    stage: str | None = None
    service: str | None = None
    threshold: str | None = None


def need(
    reference: Reference,
    *,
    stage: str | None = None,
    service: str | None = None,
    threshold: str | None = None,
    people: int | None = None,
    pathway: str | None = None,
) -> Need:
    """What is asked for: `people` where given, else the threshold's, the service's, or the stage's own figure, else
    the largest of the stage's services'. NoNeedError where none of them states one."""
    held = reference.facts.services.get(service) if service else None
    if held is not None:
        stage = held.stage
    if people is not None:
        return Need(f"{people:,} people, as asked for", people, None, None, False, stage, service, threshold)
    if threshold is not None:
        return _of_threshold(reference.facts.thresholds[threshold], stage, service)
    if held is not None:
        return _of_service(held)
    if stage is None:
        raise NoNeedError("stage", "name a stage, a service, a threshold, or how many people")
    return _of_stage(reference, stage, pathway)


def _of_threshold(one: Threshold, stage: str | None, service: str | None) -> Need:
    if one.measure != POPULATION or one.at_least is None:
        raise NoNeedError("threshold", f"{one.key} states no number of people to plan for: {one.rule}")
    return Need(f"{one.key}: {one.rule}", one.at_least, one.at_most, one.source, True, stage, service, one.key)


def _of_service(one: Service) -> Need:
    if one.planning_population_min is None:
        raise NoNeedError("service", f"no planning population is stated for {one.name}: say for how many people")
    return Need(
        words=one.name,
        at_least=one.planning_population_min,
        at_most=one.planning_population_max,
        source=one.source,
        verified=one.basis == "published",
        stage=one.stage,
        service=one.key,
        threshold=one.thresholds[0] if one.thresholds else None,
    )


def _of_stage(reference: Reference, key: str, pathway: str | None) -> Need:
    stage = reference.stages[key]
    if stage.planning_population_min is not None:
        return Need(
            words=f"{stage.name} ({stage.planning_note})" if stage.planning_note else stage.name,
            at_least=stage.planning_population_min,
            at_most=stage.planning_population_max,
            source=stage.source,
            verified=True,
            stage=key,
        )
    services = [one for one in reference.facts.services_of(key, pathway) if one.planning_population_min is not None]
    if not services:
        raise NoNeedError("stage", f"no planning population is stated for {stage.name}: say for how many people")
    return _of_service(max(services, key=lambda one: (one.planning_population_min or 0, one.key)))


@dataclass(frozen=True, slots=True)
class Law:
    """Whom the law names beside the advice: an expression or a body, and the rule."""

    commissioner: str
    citation: str
    rule: Rule


def law(reference: Reference, asked: Need, pathway: str | None) -> Law | None:
    """None where the need is of no stage, or the rule book says nothing of it on the day."""
    if asked.stage is None:
        return None
    rule = rule_for(reference, asked.stage, pathway or ANY)
    if rule is None:
        return None
    service = reference.facts.services.get(asked.service) if asked.service else None
    if service is not None and service.commissioner is not None:
        return Law(service.commissioner, service.citation or rule.citation, rule)
    return Law(rule.commissioner, rule.citation, rule)
