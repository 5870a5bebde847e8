"""The map of 2013 as plain values: overlaps of CCGs and councils by small areas, and people spread over them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from data.compile.apportion import apportion
from data.compile.bodies import REGION_CODES
from data.compile.facts import facts
from data.compile.reference import Reference

REGION_KEYS = {"ods:Y54": "north", "ods:Y55": "midlands-and-east", "ods:Y56": "london", "ods:Y57": "south"}
NEWCASTLE_GATESHEAD = "13T"
"""The 2015 lookup knows this CCG, formed from three of those of 2013: 00F for Gateshead, 00G and 00H for Newcastle."""
GATESHEAD, NEWCASTLE = "E08000037", "E08000021"


@dataclass(frozen=True)
class Geography:
    """The map as plain values, for the money to be spread over.

    `overlaps` is {(CCG code, council GSS): small areas}; people are whole numbers; `part` names an overlap's place.
    """

    overlaps: dict[tuple[str, str], int]
    area_of: dict[str, str]
    region_of: dict[str, str]
    registered: dict[str, int]
    residents: dict[tuple[str, str], int]
    resident_basis: dict[str, str]

    def ccgs_in(self, area: str) -> list[str]:
        """CCG codes of an area, in order of code."""
        return sorted(code for code, name in self.area_of.items() if name == area)

    def councils_of(self, code: str) -> list[str]:
        """GSS codes of the councils whose areas the CCG's touches."""
        return sorted(council for ccg, council in self.overlaps if ccg == code)

    def part(self, code: str, council: str) -> str:
        """The place of an overlap: a part of its own where the CCG spans several councils, else empty."""
        return f"ccg-{code}~la-{council}" if len(self.councils_of(code)) > 1 else ""

    def council_residents(self, council: str) -> int:
        """Residents of a whole council."""
        return sum(persons for (_, one), persons in self.residents.items() if one == council)


def geography(ref: Reference) -> Geography:
    """Counts small areas up to councils, and spreads residents over the overlaps by them."""
    overlaps = _upper_tier_overlaps(ref)
    area_of = {code: area_key(ref.area_teams[team][1]) for code, (team, _) in ref.ccg_area.items()}
    region_of = {code: REGION_KEYS[REGION_CODES[region]] for code, (_, region) in ref.ccg_area.items()}
    registered = ref.qof["LIST"]
    councils = _council_residents(overlaps, registered)
    residents: dict[tuple[str, str], int] = {}
    for council, persons in councils.items():
        weights = {ccg: n for (ccg, one), n in overlaps.items() if one == council}
        residents |= {(ccg, council): part for ccg, part in apportion(persons, weights).items()}
    counted = {row["place"].removeprefix("la-") for row in facts("resident_populations")}
    basis = {council: "derived" if council in counted else "assumption" for council in councils}
    return Geography(overlaps, area_of, region_of, registered, residents, basis)


def area_key(name: str) -> str:
    key = re.sub(r"[^a-z]+", "-", name.lower()).strip("-")
    return "london-area" if key == "london" else key


def _upper_tier_overlaps(ref: Reference) -> dict[tuple[str, str], int]:
    overlaps: dict[tuple[str, str], int] = defaultdict(int)
    for (ccg, district), count in ref.overlaps.items():
        council = ref.county_of_district.get(district, district)
        if ccg != NEWCASTLE_GATESHEAD:
            overlaps[ccg, council] += count
            continue
        heirs = {"00F": 1} if council == GATESHEAD else {c: ref.qof["LIST"][c] for c in ("00G", "00H")}
        for code, part in apportion(count, heirs).items():
            overlaps[code, council] += part
    return dict(overlaps)


def _council_residents(overlaps: dict[tuple[str, str], int], registered: dict[str, int]) -> dict[str, int]:
    """Residents of each council: by ONS where entered, the rest of England spread by list and small areas."""
    entered = {row["place"]: int(row["persons"]) for row in facts("resident_populations")}
    england = entered.pop("england")
    known = {place.removeprefix("la-"): persons for place, persons in entered.items()}
    areas: dict[str, int] = defaultdict(int)
    for (ccg, _), count in overlaps.items():
        areas[ccg] += count
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for (ccg, council), count in overlaps.items():
        if council not in known:
            weights[council] += Fraction(registered[ccg] * count, areas[ccg])
    return known | apportion(england - sum(known.values()), weights)
