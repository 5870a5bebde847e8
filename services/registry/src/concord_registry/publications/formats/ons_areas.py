"""Coded areas of ONS: what each kind is, and what lies in what, as the lines of a lookup show. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from concord_contracts.identifiers import FOREVER
from concord_registry.publications.said import BEGUN, ENDED, BodySaid, MeasureSaid, RelationSaid, Said

SMALL = frozenset({"LSOA", "MSOA", "OA", "WD", "WZ", "PCD", "PAR"})
KINDS: Mapping[str, str] = {
    "LAD": "district", "LTLA": "district", "LAUA": "district", "UTLA": "council", "CTY": "council", "CTYUA": "council",
    "UA": "council", "CCG": "ccg", "SICBL": "sub_icb_location", "LOC": "sub_icb_location", "STP": "stp", "ICB": "icb",
    "CAL": "cancer_alliance", "SCN": "scn", "NHSAT": "area_team", "NHSRLO": "local_office", "NHSER": "nhs_region",
    "NHSRG": "nhs_region", "NHSCR": "nhs_region", "PCO": "pct", "PCT": "pct", "SHA": "sha", "RGN": "statistical_region",
    "CTRY": "country", "CAUTH": "combined_authority",
}  # fmt: skip
"""ONS's prefixes that we have a word for; any other becomes `area-` and the prefix."""
FINENESS = (
    "district", "council", "pct", "sub_icb_location", "ccg", "stp", "icb", "cancer_alliance", "sha", "scn", "area_team",
    "local_office", "combined_authority", "statistical_region", "nhs_region", "country",
)  # fmt: skip
"""From small to large; kinds not named here come after them, in the order of the columns."""
TYPES: Mapping[tuple[str, str], tuple[str, bool]] = {
    ("ccg", "area_team"): ("area_team_of", True),
    ("ccg", "local_office"): ("area_team_of", True),
    ("area_team", "nhs_region"): ("part_of_region", False),
    ("local_office", "nhs_region"): ("part_of_region", False),
    ("icb", "nhs_region"): ("part_of_region", False),
    ("pct", "sha"): ("part_of_authority", False),
    ("sub_icb_location", "icb"): ("part_of_board", False),
    ("ccg", "stp"): ("part_of_partnership", False),
    ("ccg", "cancer_alliance"): ("in_cancer_alliance", False),
    ("district", "scn"): ("network_of", True),
    ("council", "scn"): ("network_of", True),
    ("district", "council"): ("district_of", False),
}
"""(smaller, larger) -> type of relation, and whether the larger one is its subject; else `lies_in`."""


@dataclass(frozen=True)
class Area:
    """The columns of one coded area of a year."""

    prefix: str
    year: int
    cd: int | None
    cdh: int | None
    nm: int | None

    @property
    def kind(self) -> str:
        return KINDS.get(self.prefix, f"area-{self.prefix.lower()}")

    @property
    def small(self) -> bool:
        return self.prefix in SMALL

    @property
    def as_at(self) -> date:
        """1 April of the year in the columns' names, or the day the kind began where that is later in that year."""
        day = date(self.year, 4, 1)
        return max(day, BEGUN.get(self.kind, day)) if BEGUN.get(self.kind, day).year <= self.year else day

    @property
    def ends(self) -> date | None:
        return ENDED.get(self.kind)


@dataclass
class Lookup:
    """What the header says: the areas, from small to large, and the column that counts small areas."""

    areas: list[Area] = field(default_factory=list)
    count: int | None = None


@dataclass
class LookupRead:
    """What has been read so far: each area once, and how often areas of two kinds met."""

    lookup: Lookup
    bodies: dict[str, BodySaid] = field(default_factory=dict)
    small: set[str] = field(default_factory=set)
    pairs: dict[tuple[int, int], Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    lines: dict[str, int] = field(default_factory=dict)


def between(state: LookupRead) -> Iterator[Said]:
    areas = state.lookup.areas
    counted = state.lookup.count is not None or any(area.small for area in areas)
    whole = {pair: _nested(pairs) for pair, pairs in state.pairs.items() if not _is_small(areas, pair)}
    for (small, large), pairs in sorted(state.pairs.items()):
        if _is_small(areas, (small, large)):
            continue
        one, other = areas[small], areas[large]
        between = any(whole.get((small, middle)) and whole.get((middle, large)) for middle in range(small + 1, large))
        if whole[small, large] and not between:
            kind, larger_first = TYPES.get((one.kind, other.kind), ("lies_in", False))
            for body, around in pairs:
                if body == around:
                    continue
                subject, target = (around, body) if larger_first else (body, around)
                ends = min((area.ends for area in (one, other) if area.ends), default=FOREVER)
                start = max(one.as_at, other.as_at)
                line = state.lines[f"{body}|{around}"]
                yield RelationSaid(line, subject, kind, target, start, ends if start < ends < FOREVER else None)
        if counted:
            yield from _shares(state, one, other, pairs)


def _is_small(areas: Sequence[Area], pair: tuple[int, int]) -> bool:
    return areas[pair[0]].small or areas[pair[1]].small


NESTED = 0.95
"""Share of the smaller areas that lie in one larger area alone, from which on the ones lie in the others: four of the
151 primary care trusts of 2012 lay in two strategic health authorities."""


def _nested(pairs: Mapping[tuple[str, str], float]) -> bool:
    """Whether the smaller areas lie in the larger ones."""
    met = Counter(body for body, _ in pairs)
    return sum(count == 1 for count in met.values()) >= NESTED * len(met)


def _shares(state: LookupRead, one: Area, other: Area, pairs: Mapping[tuple[str, str], float]) -> Iterator[MeasureSaid]:
    """How much of each area lies in the other, both ways, by small areas."""
    for at in (0, 1):
        totals: Counter[str] = Counter()
        for pair, count in pairs.items():
            totals[pair[at]] += count  # type: ignore[assignment]
        for pair, count in pairs.items():
            subject, part = pair[at], pair[1 - at]
            if totals[subject]:
                line = state.lines[f"{pair[0]}|{pair[1]}"]
                share = round(count / totals[subject], 6)
                measure = f"share-of-small-areas-in-{(other if at == 0 else one).kind.replace('_', '-')}"
                period = str((one if at == 0 else other).year)
                yield MeasureSaid(line, subject, measure, period, share, "share", part, count, totals[subject])
