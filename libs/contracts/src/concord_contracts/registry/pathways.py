"""Stages and pathways."""

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
