"""The map of all England counted: findings by stage, region and kind, hand-overs, missing leads. Pure.

Every count is a sum over the findings that `coverage.cover` makes for each place: the same functions make them here,
one place after the other, and only the numbers are kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from concord_contracts.registry import FindingKind
from concord_registry.cells import Cell
from concord_registry.claims import claims_by_stage
from concord_registry.found import Found
from concord_registry.fragmentation import Fragmented, fragmentation, hand_overs
from concord_registry.many_cells import ManyCells
from concord_registry.place_findings import hand_over, idle_findings, lead_findings
from concord_registry.places import containing, of_kind, region_of
from concord_registry.world import ENGLAND, GROUND_KINDS, Claim, Reference

COUNTED_KINDS = GROUND_KINDS
"""Places whose maps are counted: each CCG's (trust's, board's) and each council's. Parts of both, areas and regions
would count twice."""

RANKED_BY = (
    "weight = hand-overs + those of them between the NHS and local government that no agreement in force joins, so "
    "that such a one counts twice (a convention, not a measurement); then the number of distinct places"
)


@dataclass
class Tally:
    """Findings of one kind, of a stage in a region."""

    findings: int = 0
    high: int = 0
    medium: int = 0
    places: set[str] = field(default_factory=set)


@dataclass
class HandOvers:
    """One pair of stages with the kinds of bodies on both sides; `crossing` as in RANKED_BY."""

    findings: int = 0
    crossing: int = 0
    places: set[str] = field(default_factory=set)
    pathways: set[str] = field(default_factory=set)

    @property
    def weight(self) -> int:
        return self.findings + self.crossing


@dataclass
class Scores:
    """Fragmentation over maps (a pathway in a place); only maps that may be ranked add to `total`."""

    maps: int = 0
    ranked: int = 0
    total: float = 0.0


type StageRegionKind = tuple[str | None, str, FindingKind]
type Pair = tuple[str, str, tuple[str, ...], tuple[str, ...]]
"""Stage, next stage, kinds of the bodies that commission each."""


@dataclass
class Nation:
    """The counts; `places` holds the places counted, by region and for England as a whole."""

    pathways: tuple[str, ...]
    places: Mapping[str, tuple[str, ...]]
    areas: frozenset[str]
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: dict[StageRegionKind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    pairs: dict[Pair, HandOvers] = field(default_factory=lambda: defaultdict(HandOvers))
    leads: Counter[tuple[str, str]] = field(default_factory=Counter)
    scores: dict[str, Scores] = field(default_factory=lambda: defaultdict(Scores))

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions by key, then England as a whole."""
        return tuple(self.places)

    def ranked_pairs(self) -> list[tuple[Pair, HandOvers]]:
        """The worst first, by RANKED_BY."""
        return sorted(self.pairs.items(), key=lambda one: (-one[1].weight, -len(one[1].places), one[0]))

    def places_by_level(self) -> dict[str, int]:
        """How many places each level of leadership has: CCGs and councils, the areas around them, the nation."""
        return {"local": len(self.places[ENGLAND]), "regional": len(self.areas), "national": 1}


def big_four(reference: Reference) -> tuple[str, ...]:
    """The four most common cancers, by key."""
    return tuple(sorted(key for key, pathway in reference.pathways.items() if pathway.big_four))


def region_around(reference: Reference, place: str) -> str | None:
    """The region a place lies in; None for England, and for a council that no region holds whole."""
    return next(iter(of_kind(reference, containing(reference, place), "region")), None)


def nation(reference: Reference, claims: Iterable[Claim], pathways: Sequence[str]) -> Nation:
    """The counts for pathways over all England. Claims may come in any order; those of other pathways are passed by."""
    made = _nobody_counted(reference, pathways)
    by_stage = claims_by_stage(claims)
    for place in made.places[ENGLAND]:
        _count_place(reference, made, ManyCells(reference, by_stage), place)
    for pathway in made.pathways:
        for found in lead_findings(reference, by_stage, pathway, made.places[ENGLAND]):
            _count(made, found, where_counted(reference, found.place))
            if found.kind is FindingKind.NO_PATHWAY_LEAD:
                made.leads[pathway, found.level or ""] += 1
    return made


def _nobody_counted(reference: Reference, pathways: Sequence[str]) -> Nation:
    places = sorted(key for key, place in reference.places.items() if place.kind in COUNTED_KINDS)
    around = {place: where_counted(reference, place) for place in places}
    regions = (*sorted(of_kind(reference, reference.places, "region")), ENGLAND)
    areas = {region_of(reference, place) for place in places}
    return Nation(
        pathways=tuple(dict.fromkeys(pathways)),
        places={region: tuple(place for place in places if region in around[place]) for region in regions},
        areas=frozenset(area for area in areas if area is not None),
    )


def where_counted(reference: Reference, place: str) -> tuple[str, ...]:
    """Under which regions a place is counted."""
    region = region_around(reference, place)
    return (ENGLAND,) if region is None else (region, ENGLAND)


def _count_place(reference: Reference, made: Nation, many: ManyCells, place: str) -> None:
    where = where_counted(reference, place)
    met: dict[tuple[int, int], tuple[Cell, Cell, Found]] = {}  # cells are kept with it, so that an id stays theirs
    for pathway in made.pathways:
        row = many.row_to_count(pathway, place)
        cells = [one for one, _ in row]
        for one, findings in row:
            made.cells.update((one.stage.key, region) for region in where)
            for found in findings:
                _count(made, found, where)
        for before, after in hand_overs(cells):
            pair = id(before), id(after)
            if pair not in met:
                met[pair] = before, after, hand_over(reference, before, after)
            found = met[pair][2]
            _count(made, found, where)
            _count_pair(reference, made, found, pathway, before, after)
        for found in idle_findings(reference, cells):
            _count(made, found, where)
        _count_score(made, fragmentation(cells), where)


def _count(made: Nation, found: Found, where: Iterable[str]) -> None:
    for region in where:
        tally = made.findings[found.stage, region, found.kind]
        tally.findings += 1
        tally.high += found.severity == "high"
        tally.medium += found.severity == "medium"
        tally.places.add(found.place)


def _count_pair(reference: Reference, made: Nation, found: Found, pathway: str, before: Cell, after: Cell) -> None:
    kinds, next_kinds = (
        tuple(sorted({reference.body(body).kind for body in side.commissioners})) for side in (before, after)
    )
    pair = made.pairs[before.stage.key, after.stage.key, kinds, next_kinds]
    pair.findings += 1
    pair.crossing += found.severity == "medium"
    pair.places.add(found.place)
    pair.pathways.add(pathway)


def _count_score(made: Nation, score: Fragmented, where: Iterable[str]) -> None:
    for region in where:
        sums = made.scores[region]
        sums.maps += 1
        if score.ranked and score.score is not None:
            sums.ranked += 1
            sums.total += score.score
