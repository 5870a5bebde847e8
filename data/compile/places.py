"""Where: England, regions, areas, CCG and council places, their overlaps, and how many people each has."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from data.compile.apportion import apportion, rounded
from data.compile.boards import board_parents, board_people, board_places
from data.compile.bodies import BOARDS_BEGIN, REFORM, ccg_end
from data.compile.facts import facts
from data.compile.geography import REGION_KEYS, Geography, area_key
from data.compile.reference import Reference
from data.compile.successors import LaterPlaces, footprint_rows, parent_rows, place_rows, population_rows
from data.compile.tables import OPEN_END, RULE_BOOK_BEGINS, Row, Table, table
from data.compile.trusts import trust_footprints, trust_ground, trust_parents, trust_people, trust_places

YEAR = "2013-14"


def place_tables(ref: Reference, geo: Geography, after: LaterPlaces) -> list[Table]:
    """places, place_parents, footprints, populations."""
    trusts = trust_ground(ref, after.start)
    return [
        table(
            "registry/places",
            "place kind name body valid_from valid_to source",
            [*_places(ref, geo, after), *place_rows(after), *board_places(after), *trust_places(ref)],
        ),
        table(
            "registry/place_parents",
            "child parent valid_from valid_to source",
            [*_parents(ref, geo, after), *parent_rows(after), *board_parents(after), *trust_parents(ref, trusts)],
        ),
        table(
            "registry/footprints",
            "ccg_place council_place part_place small_areas share_of_ccg share_of_council valid_from valid_to "
            "basis source note",
            [*footprint_rows(after), *trust_footprints(trusts)],
        ),
        table(
            "registry/populations",
            "place year population_basis persons basis source note low high",
            [
                *_populations(geo),
                *_weighted(ref, geo, after),
                *population_rows(after),
                *board_people(after),
                *trust_people(ref, trusts),
            ],
        ),
    ]


def _places(ref: Reference, geo: Geography, after: LaterPlaces) -> Iterator[Row]:
    def row(place: str, kind: str, name: str, body: str, source: str, end: str = OPEN_END) -> Row:
        period = {"valid_from": REFORM, "valid_to": end, "source": source}
        return {"place": place, "kind": kind, "name": name, "body": body, **period}

    yield row("england", "england", "England", "", "ons-ccg-2013") | {"valid_from": RULE_BOOK_BEGINS}
    names = {"north": "North of England", "midlands-and-east": "Midlands and East of England"}
    names |= {"london": "London", "south": "South of England"}
    for body, key in REGION_KEYS.items():
        end = OPEN_END if key == "london" else BOARDS_BEGIN
        yield row(key, "region", names[key], body, "ons-ccg-area-team-2013", end)
    for code, name in ref.area_teams.values():
        yield row(area_key(name), "area", name, f"ods:{code}", "ons-ccg-area-team-2013", BOARDS_BEGIN)
    for code in ref.ccgs:
        name = _ccg_name(ref, code)
        yield row(f"ccg-{code}", "ccg", name, f"ods:{code}", "ons-ccg-2013", ccg_end(ref, code))
    nice = {c["gss-code"]: c for c in ref.councils}
    for council in sorted({council for _, council in geo.overlaps}):
        one = nice[council]
        place = row(
            f"la-{council}", "council", one["nice-name"], f"gss:{council}", "mysociety-councils", one["end-date"]
        )
        yield place | {"valid_from": RULE_BOOK_BEGINS}
    for code, council in geo.overlaps:
        if part := geo.part(code, council):
            name = f"{_ccg_name(ref, code)}: part in {nice[council]['nice-name']}"
            yield row(part, "part", name, "", "ons-lsoa-2015", after.days_of_parts[code, council][1])


def _ccg_name(ref: Reference, code: str) -> str:
    name, _ = ref.ccg_names.get(code, (f"{ref.ccgs[code][1]} CCG", ""))
    return name


def _parents(ref: Reference, geo: Geography, after: LaterPlaces) -> Iterator[Row]:
    def row(child: str, parent: str, source: str, end: str = OPEN_END) -> Row:
        return {"child": child, "parent": parent, "valid_from": REFORM, "valid_to": end, "source": source}

    for key in REGION_KEYS.values():
        yield row(key, "england", "ons-ccg-area-team-2013", OPEN_END if key == "london" else BOARDS_BEGIN)
    for area, region in sorted({(geo.area_of[c], geo.region_of[c]) for c in geo.area_of}):
        yield row(area, region, "ons-ccg-area-team-2013", BOARDS_BEGIN)
    for code, area in geo.area_of.items():
        yield row(f"ccg-{code}", area, "ons-ccg-area-team-2013", ccg_end(ref, code))
    for council in sorted({council for _, council in geo.overlaps}):
        end = next(c["end-date"] for c in ref.councils if c["gss-code"] == council)
        yield row(f"la-{council}", _smallest_around(geo, council), "ons-lsoa-2015", min(end, BOARDS_BEGIN))
    for code, council in geo.overlaps:
        if part := geo.part(code, council):
            end = after.days_of_parts[code, council][1]
            yield row(part, f"ccg-{code}", "ons-lsoa-2015", end)
            yield row(part, f"la-{council}", "ons-lsoa-2015", end)


def _smallest_around(geo: Geography, council: str) -> str:
    """The smallest area or region that wholly contains the council."""
    codes = [code for code, one in geo.overlaps if one == council]
    for level in (geo.area_of, geo.region_of):
        if len(around := {level[code] for code in codes}) == 1:
            return around.pop()
    return "england"


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


def _weighted(ref: Reference, geo: Geography, after: LaterPlaces) -> Iterator[Row]:
    """Weighted people of the sub-ICB locations, which kept the code and the ground of a CCG."""
    formed = {code for code, _ in after.ccgs()}
    for code, weighted in sorted(ref.weighted.items()):
        if code in geo.registered or code in formed:
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
