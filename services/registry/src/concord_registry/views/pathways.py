"""Stages and pathways by themselves; `views_of_pathways` has what they are made of and held against."""

from concord_contracts.registry import PathwayView, StageView
from concord_registry.world import Pathway, Stage


def stage(one: Stage) -> StageView:
    return StageView(
        key=one.key,
        name=one.name,
        kind=one.kind,
        order=one.order,
        allocation_stage=one.allocation_stage,
        planning_population_min=one.planning_population_min,
        planning_population_max=one.planning_population_max,
        planning_note=one.planning_note,
    )


def pathway(one: Pathway) -> PathwayView:
    return PathwayView(
        key=one.key,
        name=one.name,
        tumour_group=one.tumour_group,
        icd10=list(one.icd10),
        big_four=one.big_four,
        stages=list(one.stages),
    )
