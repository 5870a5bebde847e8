"""Where: England, regions, areas, CCG and council places, their overlaps, and how many people each has."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from data.compile.apportion import apportion, millionths, rounded, share_text
from data.compile.bodies import BOARDS_BEGIN, REFORM, REGION_CODES, ccg_end
from data.compile.facts import facts
from data.compile.reference import Reference
from data.compile.tables import OPEN_END, RULE_BOOK_BEGINS, Row, Table, table

YEAR = "2013-14"
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


def place_tables(ref: Reference, geo: Geography) -> list[Table]:
    """places, place_parents, footprints, populations."""
    return [
        table("registry/places", "place kind name body valid_from valid_to source", _places(ref, geo)),
        table("registry/place_parents", "child parent valid_from valid_to source", _parents(ref, geo)),
        table(
            "registry/footprints",
            "ccg_place council_place part_place small_areas share_of_ccg share_of_council valid_from valid_to "
            "basis source note",
            _footprints(ref, geo),
        ),
        table(
            "registry/populations",
            "place year population_basis persons basis source note low high",
            [*_populations(geo), *_weighted(ref, geo)],
        ),
    ]


def _places(ref: Reference, geo: Geography) -> Iterator[Row]:
    def row(place: str, kind: str, name: str, body: str, source: str, end: str = OPEN_END) -> Row:
        period = {"valid_from": REFORM, "valid_to": end, "source": source}
        return {"place": place, "kind": kind, "name": name, "body": body, **period}

    yield row("england", "england", "England", "", "ons-ccg-2013") | {"valid_from": RULE_BOOK_BEGINS}
    names = {"north": "North of England", "midlands-and-east": "Midlands and East of England"}
    names |= {"london": "London", "south": "South of England"}
    for body, key in REGION_KEYS.items():
        yield row(key, "region", names[key], body, "ons-ccg-area-team-2013")
    for code, name in ref.area_teams.values():
        yield row(area_key(name), "area", name, f"ods:{code}", "ons-ccg-area-team-2013")
    for code in ref.ccgs:
        name = _ccg_name(ref, code)
        yield row(f"ccg-{code}", "ccg", name, f"ods:{code}", "ons-ccg-2013", ccg_end(ref, code))
    nice = {c["gss-code"]: c for c in ref.councils}
    for council in sorted({council for _, council in geo.overlaps}):
        one = nice[council]
        yield row(f"la-{council}", "council", one["nice-name"], f"gss:{council}", "mysociety-councils", one["end-date"])
    for code, council in geo.overlaps:
        if part := geo.part(code, council):
            name = f"{_ccg_name(ref, code)}: part in {nice[council]['nice-name']}"
            yield row(part, "part", name, "", "ons-lsoa-2015", _overlap_end(ref, code, council))


def _ccg_name(ref: Reference, code: str) -> str:
    name, _ = ref.ccg_names.get(code, (f"{ref.ccgs[code][1]} CCG", ""))
    return name


def _overlap_end(ref: Reference, code: str, council: str) -> str:
    council_end = next(c["end-date"] for c in ref.councils if c["gss-code"] == council)
    return min(ccg_end(ref, code), council_end)


def _parents(ref: Reference, geo: Geography) -> Iterator[Row]:
    def row(child: str, parent: str, source: str, end: str = OPEN_END) -> Row:
        return {"child": child, "parent": parent, "valid_from": REFORM, "valid_to": end, "source": source}

    for key in REGION_KEYS.values():
        yield row(key, "england", "ons-ccg-area-team-2013")
    for area, region in sorted({(geo.area_of[c], geo.region_of[c]) for c in geo.area_of}):
        yield row(area, region, "ons-ccg-area-team-2013")
    for code, area in geo.area_of.items():
        yield row(f"ccg-{code}", area, "ons-ccg-area-team-2013", ccg_end(ref, code))
    for council in sorted({council for _, council in geo.overlaps}):
        end = next(c["end-date"] for c in ref.councils if c["gss-code"] == council)
        yield row(f"la-{council}", _smallest_around(geo, council), "ons-lsoa-2015", end)
    for code, council in geo.overlaps:
        if part := geo.part(code, council):
            end = _overlap_end(ref, code, council)
            yield row(part, f"ccg-{code}", "ons-lsoa-2015", end)
            yield row(part, f"la-{council}", "ons-lsoa-2015", end)


def _smallest_around(geo: Geography, council: str) -> str:
    """The smallest area or region that wholly contains the council."""
    codes = [code for code, one in geo.overlaps if one == council]
    for level in (geo.area_of, geo.region_of):
        if len(around := {level[code] for code in codes}) == 1:
            return around.pop()
    return "england"


def _footprints(ref: Reference, geo: Geography) -> Iterator[Row]:
    of_ccg = _shares(geo.overlaps, of=0)
    of_council = _shares(geo.overlaps, of=1)
    for (code, council), count in geo.overlaps.items():
        divided = code in {"00F", "00G", "00H"}
        note = "small areas of the April 2015 lookup, districts counted up to counties, carried back to 2013"
        yield {
            "ccg_place": f"ccg-{code}",
            "council_place": f"la-{council}",
            "part_place": geo.part(code, council),
            "small_areas": str(count),
            "share_of_ccg": share_text(of_ccg[code, council]),
            "share_of_council": share_text(of_council[code, council]),
            "valid_from": REFORM,
            "valid_to": min(_overlap_end(ref, code, council), BOARDS_BEGIN),
            "basis": "assumption" if divided else "derived",
            "source": "ons-lsoa-2015 ons-ltla-utla-2018",
            "note": f"{note}; Newcastle's divided between its two CCGs by list" if divided else note,
        }


def _shares(overlaps: dict[tuple[str, str], int], of: int) -> dict[tuple[str, str], int]:
    """Millionths of each overlap in its CCG (`of` 0) or its council (`of` 1)."""
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for pair, count in overlaps.items():
        groups[pair[of]][pair[1 - of]] = count
    split = {group: millionths(weights) for group, weights in groups.items()}
    return {pair: split[pair[of]][pair[1 - of]] for pair in overlaps}


def _populations(geo: Geography) -> Iterator[Row]:
    for code, persons in geo.registered.items():
        note = "registered list of practices in the Quality and Outcomes Framework"
        yield _population(f"ccg-{code}", "registered", persons, "published", "qof-2013-14", note)
    note = "sum of the CCGs' lists"
    for place, persons in _sums({(c, ""): n for c, n in geo.registered.items()}, geo):
        yield _population(place, "registered", persons, "derived", "qof-2013-14", note)
    for code in {ccg for ccg, _ in geo.overlaps}:
        parts = {one: count for (ccg, one), count in geo.overlaps.items() if ccg == code}
        if len(parts) > 1:
            for council, persons in apportion(geo.registered[code], parts).items():
                note = "the CCG's list by share of small areas"
                place = geo.part(code, council)
                yield _population(place, "registered", persons, "assumption", "qof-2013-14 ons-lsoa-2015", note, 10)
    yield from _resident_populations(geo)


def _weighted(ref: Reference, geo: Geography) -> Iterator[Row]:
    """Weighted people of the sub-ICB locations that kept a CCG's code of 2013, and with it its ground."""
    for code, weighted in sorted(ref.weighted.items()):
        if code in geo.registered:
            persons = rounded(Fraction(weighted))
            note = "final weighted population for 2024-25 of the sub-ICB location with the CCG's code; units of need"
            row = _population(f"ccg-{code}", "weighted", persons, "published", "nhse-weighted-2024", note)
            yield row | {"year": "2024-25"}


def _resident_populations(geo: Geography) -> Iterator[Row]:
    for row in facts("resident_populations"):
        if row["place"] != "england":
            note = "mid-2011"
            yield _population(row["place"], "resident", int(row["persons"]), "published", row["source"], note) | {
                "year": "2011-12"
            }
    spread = "England's mid-2012 total less the entered councils, by registered list and small areas"
    for council in sorted({one for _, one in geo.overlaps}):
        basis = geo.resident_basis[council]
        known = basis == "derived"
        source = "ons-mye-2011" if known else "ons-mye-2012 qof-2013-14 ons-lsoa-2015"
        note = "mid-2011 estimate carried forward unchanged" if known else spread
        persons = geo.council_residents(council)
        yield _population(f"la-{council}", "resident", persons, basis, source, note, 0 if known else 10)
    for (code, council), persons in geo.residents.items():
        if part := geo.part(code, council):
            note = "the council's residents by share of small areas"
            yield _population(part, "resident", persons, "assumption", "ons-mye-2012 ons-lsoa-2015", note, 10)
    for place, persons in _sums(geo.residents, geo):
        note = "sum of councils and parts of councils"
        yield _population(place, "resident", persons, "assumption", "ons-mye-2011 ons-mye-2012 ons-lsoa-2015", note, 5)


def _sums(persons: dict[tuple[str, str], int], geo: Geography) -> Iterable[tuple[str, int]]:
    """Totals of areas, regions and England from values keyed by (CCG, anything)."""
    totals: dict[str, int] = defaultdict(int)
    for (code, _), count in persons.items():
        for place in (geo.area_of[code], geo.region_of[code], "england"):
            totals[place] += count
    return totals.items()


def _population(
    place: str, kind: str, persons: int, basis: str, source: str, note: str, margin_percent: int = 0
) -> Row:
    low = persons * (100 - margin_percent) // 100 if margin_percent else ""
    high = persons * (100 + margin_percent) // 100 if margin_percent else ""
    return {
        "place": place,
        "year": YEAR,
        "population_basis": kind,
        "persons": str(persons),
        "basis": basis,
        "source": source,
        "note": note,
        "low": str(low),
        "high": str(high),
    }
