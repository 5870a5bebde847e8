"""The map of all England, counted."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.claims import ClaimStatus
from concord_contracts.registry.common import AsKnown
from concord_contracts.registry.coverage import FindingKind


class StageCells(Reply):
    """A stage of the map and how many cells it has in each region: (region, cells), a cell being a stage of a pathway
    in a place."""

    stage: Key
    name: str
    kind: str
    order: int
    cells: list[tuple[Key, int]]


class FindingCount(Reply):
    """How often a kind of finding is made of a stage in a region, over the pathways asked about."""

    stage: Key | None = Field(None, description="none: of a place or a whole pathway")
    region: Key = Field(description="a region, or `england` for all of it, with what lies in no region")
    kind: FindingKind
    findings: int
    high: int = Field(0, description="of these, how many of high severity")
    medium: int = Field(0, description="of these, how many of medium severity")
    places: int = Field(description="distinct places concerned; areas and England itself count where a lead is missing")


class HandOverCount(Reply):
    """Two neighbouring stages, the kinds of bodies that commission them, and how often that is so."""

    rank: int
    stage: Key
    name: str
    next_stage: Key
    next_name: str
    kinds: list[str] = Field(description="kinds of bodies that commission the stage, by the kind's key")
    next_kinds: list[str]
    hand_overs: int = Field(description="places times pathways in which it is so")
    between_nhs_and_council: int = Field(
        description="of these, between the NHS and local government with no agreement in force that joins the sides"
    )
    places: int = Field(description="distinct places")
    pathways: list[Key]
    weight: int = Field(description="what it is ranked by: see `hand_overs_ranked_by`")


class LeadCount(Reply):
    """How many places of a level have nobody who leads a whole pathway."""

    pathway: Key
    level: str = Field(description="local, regional or national")
    missing: int
    places: int


class FragmentationOfRegion(Reply):
    """How often responsibility changes hands, on average over the places that may be ranked; no score where none may.

    Counted over places times pathways.
    """

    region: Key
    score: float | None = None
    ranked: int
    maps: int = Field(description="places times pathways")
    words: str


class RegionOfNation(Reply):
    key: Key
    name: str
    ccgs: int = Field(description="primary care trusts before April 2013, integrated care boards from July 2022")
    councils: int


NATIONAL_EXAMPLE: JsonDict = {
    "as_of": "2014-01-15",
    "known_at": "2014-01-15T10:21:00.123456Z",
    "seq": 1,
    "pathways": ["lung"],
    "regions": [{"key": "england", "name": "England", "ccgs": 211, "councils": 152}],
    "stages": [
        {"stage": "prevention", "name": "Prevention", "kind": "stage", "order": 10, "cells": [["england", 363]]}
    ],
    "findings": [
        {
            "stage": "prevention",
            "region": "england",
            "kind": "unconfirmed-locally",
            "findings": 363,
            "high": 0,
            "medium": 0,
            "places": 363,
        }
    ],
    "hand_overs": [
        {
            "rank": 1,
            "stage": "screening",
            "name": "Screening",
            "next_stage": "early_stages",
            "next_name": "Early stages",
            "kinds": ["nhs_england"],
            "next_kinds": ["ccg"],
            "hand_overs": 363,
            "between_nhs_and_council": 0,
            "places": 363,
            "pathways": ["lung"],
            "weight": 363,
        }
    ],
    "hand_overs_ranked_by": "hand-overs + those between the NHS and local government that no agreement joins",
    "leads": [{"pathway": "lung", "level": "local", "missing": 363, "places": 363}],
    "fragmentation": [
        {
            "region": "england",
            "score": None,
            "ranked": 0,
            "maps": 363,
            "words": "not ranked: 0 of 363 maps have half of their stages locally confirmed",
        }
    ],
    "claims": [["stated", 70]],
    "etag": 'W/"0123456789abcdef0123456789abcdef"',
}


class National(AsKnown):
    """The map of all England counted: every CCG's and every council's place, in one or several pathways.

    Counts are sums over the findings of the places' own maps (`coverage`), each counted once.
    """

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [NATIONAL_EXAMPLE]})

    pathways: list[Key]
    regions: list[RegionOfNation] = Field(description="the regions of the map and, last, `england`: all of it")
    stages: list[StageCells] = Field(description="in order: stages, then functions")
    findings: list[FindingCount]
    hand_overs: list[HandOverCount] = Field(description="the worst first")
    hand_overs_ranked_by: str
    leads: list[LeadCount]
    fragmentation: list[FragmentationOfRegion]
    claims: list[tuple[ClaimStatus, int]] = Field(description="claims the counts rest on, by status")
    etag: str
