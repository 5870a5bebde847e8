"""Places of groups and councils formed after April 2013 as rows, and the footprints of every day, out of `later`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from data.compile.apportion import apportion, millionths, share_text
from data.compile.bodies import BOARDS_BEGIN, REFORM, ccg_end, ccgs_after
from data.compile.facts import facts
from data.compile.geography import Geography
from data.compile.later import (
    BOUNDARIES_2017,
    Boards,
    Boundary,
    Councils,
    Event,
    Figure,
    Later,
    Merger,
    Pair,
    Piece,
    later,
)
from data.compile.reference import Reference
from data.compile.tables import OPEN_END, Row

SMALL_AREAS_2015 = "ons-lsoa-2015 ons-ltla-utla-2018"
SMALL_AREAS_2017 = "ons-lsoa-2017 ons-ltla-utla-2018"
COUNCILS = "mysociety-councils"
SUCCESSORS = "ods-successors-2023"
WITHIN_PARTS = "by share of small areas"


@dataclass(frozen=True)
class LaterPlaces:
    """The pieces of every day with what is needed to name them."""

    ref: Reference
    geo: Geography
    start: Mapping[Pair, Piece]
    found: Later

    @cached_property
    def days_of_parts(self) -> dict[Pair, tuple[str, str]]:
        """When the ground that a CCG's and a council's places share is a place of its own."""
        days: dict[Pair, tuple[str, str]] = {}
        for pair, piece in self.found.pieces():
            start, end = piece.start, self.end(pair, piece)
            if start < end and piece.part:
                first, last = days.get(pair, (start, end))
                days[pair] = min(first, start), max(last, end)
        return days

    def end(self, pair: Pair, piece: Piece) -> str:
        """A CCG's ground is a board's once boards begin; a board's ends only with a council's."""
        if pair[0] in self.ref.boards:
            return piece.end or OPEN_END
        return min(piece.end or ccg_end(self.ref, pair[0]), ccg_end(self.ref, pair[0]))

    def key(self, group: str) -> str:
        """The place of a CCG or a board."""
        return f"{'icb' if group in self.ref.boards else 'ccg'}-{group}"

    def part_key(self, pair: Pair) -> str:
        return f"{self.key(pair[0])}~la-{pair[1]}"

    @cached_property
    def moved(self) -> dict[Pair, str]:
        """The pieces that came to another board than the rest of their CCG."""
        return dict(_boards(self.ref).moved)

    def sources_of_moves(self, ccg: str) -> str:
        return " ".join(source for pair, source in _boards(self.ref).sources.items() if pair[0] == ccg)

    def group_name(self, group: str) -> str:
        return self.ref.boards[group] if group in self.ref.boards else self.ref.ccg_names[group][0]

    def ccgs(self) -> list[tuple[str, str]]:
        """(CCG, its first day as one that followed others) by code."""
        formed = {(one.pair[0], one.on) for one in self.found.figures if one.of == "group" and not one.moved}
        return sorted((code, on) for code, on in formed if code not in self.ref.boards)

    def councils(self) -> list[tuple[str, str]]:
        """(council, the day it followed others) by code."""
        return sorted({(one.pair[1], one.on) for one in self.found.figures if one.of == "council"})

    def around(self, ccgs: list[str]) -> str:
        """The smallest area or region that holds all of 2013 that the CCGs are made of."""
        codes = {code for ccg in ccgs for code in self.found.origins[ccg]}
        for level in (self.geo.area_of, self.geo.region_of):
            if len(found := {level[code] for code in codes}) == 1:
                return found.pop()
        return "england"


def later_places(ref: Reference, geo: Geography) -> LaterPlaces:
    start = _start(ref, geo)
    return LaterPlaces(ref, geo, start, later(start, _events(ref)))


def _start(ref: Reference, geo: Geography) -> dict[Pair, Piece]:
    """April 2013: the overlaps of the reference data with their districts and people."""
    districts: dict[Pair, dict[str, int]] = defaultdict(dict)
    for (ccg, district), count in ref.overlaps.items():
        pair = ccg, ref.county_of_district.get(district, district)
        if pair in geo.overlaps:
            districts[pair][district] = count
    of_ccg, of_council = shares(geo.overlaps, of=0), shares(geo.overlaps, of=1)
    start: dict[Pair, Piece] = {}
    for pair, count in geo.overlaps.items():
        weights = {council: n for (ccg, council), n in geo.overlaps.items() if ccg == pair[0]}
        divided = pair[0] in {"00F", "00G", "00H"}
        note = "small areas of the April 2015 lookup, districts counted up to counties, carried back to 2013"
        start[pair] = Piece(
            districts=districts.get(pair, {pair[1]: count}),
            share_of_ccg=of_ccg[pair],
            share_of_council=of_council[pair],
            registered=apportion(geo.registered[pair[0]], weights)[pair[1]],
            resident=geo.residents[pair],
            start=REFORM,
            basis="assumption" if divided else "derived",
            source=SMALL_AREAS_2015,
            note=f"{note}; Newcastle's divided between its two CCGs by list" if divided else note,
            part=bool(geo.part(*pair)),
        )
    return start


def shares(overlaps: dict[Pair, int], of: int) -> dict[Pair, int]:
    """Millionths of each overlap in its CCG (`of` 0) or its council (`of` 1)."""
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for pair, count in overlaps.items():
        groups[pair[of]][pair[1 - of]] = count
    split = {group: millionths(weights) for group, weights in groups.items()}
    return {pair: split[pair[of]][pair[1 - of]] for pair in overlaps}


def _events(ref: Reference) -> Iterator[Event]:
    merged: dict[tuple[str, str], list[str]] = defaultdict(list)
    formed = ccgs_after(ref)
    for predecessor, successor, on in ref.successions:
        if successor in formed:
            merged[on, successor].append(predecessor)
    for (on, successor), predecessors in sorted(merged.items()):
        listed = {}
        if on <= "2015-04-01":
            listed = {d: n for (ccg, d), n in ref.overlaps.items() if ccg == successor}
        elif on <= BOUNDARIES_2017:
            listed = {d: n for (ccg, d), n in ref.overlaps_2017.items() if ccg == successor}
        source = (SMALL_AREAS_2015 if on <= "2015-04-01" else SMALL_AREAS_2017) if listed else ""
        yield Merger(on, successor, tuple(sorted(predecessors)), listed or None, source)
    yield Boundary(BOUNDARIES_2017, ref.overlaps_2017, SMALL_AREAS_2017)
    yield _boards(ref)
    into: dict[str, dict[str, str]] = defaultdict(dict)
    for row in ref.merged_councils:
        found = _followed(ref, row)
        if found is not None:
            into[found[0]][row["gss-code"]] = found[1]
    for on, moves in sorted(into.items()):
        yield Councils(on, moves, COUNCILS)


def _boards(ref: Reference) -> Boards:
    """The boards that followed the CCGs of 2021, and the ground that went to another board than the rest of its CCG."""
    rows = {(row["ccg"], row["council"]): row for row in facts("board_boundaries")}
    return Boards(
        BOARDS_BEGIN,
        ref.board_of_code,
        moved={pair: row["board"] for pair, row in rows.items()},
        notes={pair: row["what"] for pair, row in rows.items()},
        sources={pair: row["source"] for pair, row in rows.items()},
    )


def _followed(ref: Reference, row: Row) -> tuple[str, str] | None:
    """(day, council) that a district's or unitary's ground came to; None where it stayed in its county, or is one."""
    upper = {one["local-authority-code"]: one["gss-code"] for one in ref.councils}
    districts = {one["local-authority-code"]: one for one in ref.merged_councils}
    if row["local-authority-type"] in ("CTY", "CC"):
        return None
    while (code := row["replaced-by"].strip()) not in upper:
        if code not in districts:
            return None
        row = districts[code]
    return row["end-date"], upper[code]


def place_rows(one: LaterPlaces) -> Iterator[Row]:
    """Places that the map of 2013 has not."""
    ref, found = one.ref, one.found
    for code, on in one.ccgs():
        name, source = ref.ccg_names[code]
        yield _place(f"ccg-{code}", "ccg", name, f"ods:{code}", on, ccg_end(ref, code), f"{SUCCESSORS} {source}")
    councils = {row["gss-code"]: row for row in ref.councils}
    for code, on in one.councils():
        row = councils[code]
        yield _place(f"la-{code}", "council", row["nice-name"], f"gss:{code}", on, row["end-date"], COUNCILS)
    pieces = dict(found.pieces())
    for pair, (start, end) in sorted(one.days_of_parts.items()):
        if start > REFORM or not one.geo.part(*pair):
            name = f"{one.group_name(pair[0])}: part in {councils[pair[1]]['nice-name']}"
            yield _place(one.part_key(pair), "part", name, "", start, end, pieces[pair].source)


def _place(place: str, kind: str, name: str, body: str, start: str, end: str, source: str) -> Row:
    period = {"valid_from": start, "valid_to": end, "source": source}
    return {"place": place, "kind": kind, "name": name, "body": body, **period}


def parent_rows(one: LaterPlaces) -> Iterator[Row]:
    """Where those places lie: a CCG that came out of several areas in the region, or in England."""

    def row(child: str, parent: str, start: str, end: str, source: str) -> Row:
        return {"child": child, "parent": parent, "valid_from": start, "valid_to": end, "source": source}

    ends = {row["gss-code"]: row["end-date"] for row in one.ref.councils}
    pieces = dict(one.found.pieces())
    for code, on in one.ccgs():
        end = ccg_end(one.ref, code)
        yield row(f"ccg-{code}", one.around([code]), on, end, "ons-ccg-area-team-2013")
    for code, on in one.councils():
        members = sorted({each.pair[0] for each in one.found.figures if each.pair[1] == code and each.on == on})
        if on < BOARDS_BEGIN:
            yield row(f"la-{code}", one.around(members), on, min(ends[code], BOARDS_BEGIN), COUNCILS)
    for pair, (start, end) in sorted(one.days_of_parts.items()):
        if start > REFORM or not one.geo.part(*pair):
            for parent in (one.key(pair[0]), f"la-{pair[1]}"):
                yield row(one.part_key(pair), parent, start, end, pieces[pair].source)


def footprint_rows(one: LaterPlaces) -> Iterator[Row]:
    """The footprints of every day since April 2013."""
    for pair, piece in one.found.pieces():
        end = one.end(pair, piece)
        if piece.start < end:
            yield {
                "ccg_place": one.key(pair[0]),
                "council_place": f"la-{pair[1]}",
                "part_place": one.part_key(pair) if piece.part else "",
                "small_areas": str(piece.small_areas),
                "share_of_ccg": share_text(piece.share_of_ccg),
                "share_of_council": share_text(piece.share_of_council),
                "valid_from": piece.start,
                "valid_to": end,
                "basis": piece.basis,
                "source": piece.source,
                "note": piece.note,
            }


def population_rows(one: LaterPlaces) -> Iterator[Row]:
    """People of what a group or council came to be, under the year it did: those of 2013-14, not counted anew."""
    groups: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in one.found.figures:
        groups[figure.on, figure.of, figure.pair[0 if figure.of == "group" else 1]].append(figure)
    for (on, of, code), figures in sorted(groups.items()):
        moved = any(figure.moved for figure in figures)
        if of == "group":
            words = f"the list of 2013-14 with what its boundary moved, {WITHIN_PARTS}"
            note = words if moved else "sum of the lists of 2013-14 of those it followed, not counted anew"
            persons, basis = sum(each.piece.registered for each in figures), "assumption" if moved else "derived"
            yield people(one.key(code), on, "registered", persons, basis, "qof-2013-14", note)
        else:
            persons = sum(each.piece.resident for each in figures)
            note = f"residents as of 2013-14 of the districts it was made of, {WITHIN_PARTS}"
            yield people(f"la-{code}", on, "resident", persons, "assumption", "ons-mye-2012 ons-lsoa-2015", note)
    last = {(figure.pair, figure.on): figure for figure in one.found.figures}
    for (pair, on), figure in sorted(last.items()):
        if pair in one.days_of_parts and figure.piece.part:
            for basis, persons in (("registered", figure.piece.registered), ("resident", figure.piece.resident)):
                note = f"of those of 2013-14, {WITHIN_PARTS}"
                yield people(one.part_key(pair), on, basis, persons, "assumption", "qof-2013-14 ons-lsoa-2015", note)


def people(place: str, on: str, kind: str, persons: int, basis: str, source: str, note: str) -> Row:
    """A figure of the financial year that the day lies in, from April; assumptions are good to a tenth."""
    year = int(on[:4])
    ranged = basis == "assumption"
    return {
        "place": place,
        "year": f"{year}-{(year + 1) % 100:02d}",
        "population_basis": kind,
        "persons": str(persons),
        "basis": basis,
        "source": source,
        "note": note,
        "low": str(persons * 90 // 100) if ranged else "",
        "high": str(persons * 110 // 100) if ranged else "",
    }
