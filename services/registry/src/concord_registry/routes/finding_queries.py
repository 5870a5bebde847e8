"""The query parameters of findings, and the scope they stand for."""

from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.problems import Fault
from concord_contracts.registry import FindingKind
from concord_kit.problems import Problem
from concord_registry.finding_scope import FindingScope
from concord_registry.national import big_four
from concord_registry.reading import DaysOf, require_known
from concord_registry.world import ENGLAND, REGIONAL_KINDS, Reference

MOST_PLACES = 50
MOST_PATHWAYS = 50


class ScopeQuery(BaseModel):
    """Which findings: each filter may be repeated, and a finding must match one value of every filter given."""

    model_config = ConfigDict(extra="forbid")

    pathway: Annotated[
        list[Key],
        Field(
            max_length=MOST_PATHWAYS,
            description="Pathways; default the four most common cancers",
            examples=[["lung"]],
        ),
    ] = []
    place: Annotated[
        list[Key],
        Field(
            max_length=MOST_PLACES,
            description="Places as they are; default every CCG's and every council's",
            examples=[["ccg-02A"]],
        ),
    ] = []
    region: Annotated[
        Key | None, Field(description="An area, a region or `england`: the CCGs and councils in it, and its leads")
    ] = None
    body: Annotated[
        BodyId | None,
        Field(
            description="What a body has a part in, and what is on either side of that; in its own places",
            examples=["ods:02A"],
        ),
    ] = None
    stage: Annotated[list[Key], Field(max_length=100, description="Stages; a hand-over is of both its stages")] = []
    kind: Annotated[list[FindingKind], Field(max_length=len(FindingKind))] = []
    severity: Annotated[list[Literal["high", "medium", "low"]], Field(max_length=3)] = []


class Scoped(Protocol):
    """What a question's filters are read from."""

    pathway: list[Key]
    place: list[Key]
    region: Key | None
    body: BodyId | None
    stage: list[Key]
    kind: list[FindingKind]
    severity: list[Literal["high", "medium", "low"]]


def scope_of(query: Scoped, *references: Reference, days: DaysOf | None = None) -> FindingScope:
    """The scope, whose codes must be known in one of the references (422 unknown-code, each named).

    With `days`, a place that is on the map on other days is told with them.
    """
    known = references[-1]
    elsewhere = {place for reference in references for place in reference.places}
    require_known(
        known,
        days,
        pathway=query.pathway,
        stage=query.stage,
        place=[place for place in query.place if place not in elsewhere or len(references) == 1],
        body=query.body,
        region=query.region,
    )
    if query.region is not None and not any(_is_region(reference, query.region) for reference in references):
        words = f"{query.region} is no area and no region: ask for it as `place`"
        raise Problem("invalid-request", errors=[Fault(parameter="query:region", detail=words, type="not-a-region")])
    return FindingScope(
        pathways=tuple(sorted(set(query.pathway))) or big_four(known),
        places=tuple(sorted(set(query.place))),
        body=query.body,
        region=query.region,
        stages=frozenset(query.stage),
        kinds=frozenset(query.kind),
        severities=frozenset(query.severity),
    )


def _is_region(reference: Reference, key: str) -> bool:
    return key == ENGLAND or (key in reference.places and reference.places[key].kind in REGIONAL_KINDS)
