"""Integrated care boards from 1 July 2022: their regions, places and people, and who followed which CCG."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from data.compile.apportion import millionths, rounded, share_text
from data.compile.bodies import BOARDS_BEGIN
from data.compile.successors import LaterPlaces, people
from data.compile.tables import OPEN_END, Row

REGION_PLACES = {
    "Y56": "london",
    "Y58": "south-west",
    "Y59": "south-east",
    "Y60": "midlands",
    "Y61": "east-of-england",
    "Y62": "north-west",
    "Y63": "north-east-and-yorkshire",
}
"""NHS England's seven regions; London's place is that of 2013, which has the same code and ground."""
LOOKUP = "ons-sub-icb-2024"
WEIGHTED = "nhse-weighted-2024"
WEIGHTED_YEAR = "2024-25"


def board_places(one: LaterPlaces) -> Iterator[Row]:
    """The boards and the regions that are not of 2013."""
    for code, name in sorted(one.ref.boards.items()):
        yield _place(one.key(code), "icb", name, f"ods:{code}", "ons-icb-2024 hca-2022")
    for region, key in REGION_PLACES.items():
        if key != "london":
            yield _place(key, "region", one.ref.board_regions[region], f"ods:{region}", LOOKUP)


def _place(key: str, kind: str, name: str, body: str, source: str) -> Row:
    period = {"valid_from": BOARDS_BEGIN, "valid_to": OPEN_END, "source": source}
    return {"place": key, "kind": kind, "name": name, "body": body, **period}


def board_parents(one: LaterPlaces) -> Iterator[Row]:
    """Regions in England; boards in their region; councils in the region of their boards, else in England."""

    def row(child: str, parent: str, start: str = BOARDS_BEGIN, end: str = OPEN_END) -> Row:
        return {"child": child, "parent": parent, "valid_from": start, "valid_to": end, "source": LOOKUP}

    for key in REGION_PLACES.values():
        if key != "london":
            yield row(key, "england")
    for code in sorted(one.ref.boards):
        yield row(one.key(code), _region(one, code))
    councils = {each["gss-code"]: each for each in one.ref.councils}
    boards: dict[str, set[str]] = defaultdict(set)
    for (group, council), _ in one.found.pieces():
        if group in one.ref.boards:
            boards[council].add(group)
    for council, its in sorted(boards.items()):
        regions = {_region(one, board) for board in its}
        start = max(councils[council]["start-date"], BOARDS_BEGIN)
        parent = regions.pop() if len(regions) == 1 else "england"
        yield row(f"la-{council}", parent, start, councils[council]["end-date"])


def _region(one: LaterPlaces, board: str) -> str:
    return REGION_PLACES[one.ref.region_of_board[board]]


def board_people(one: LaterPlaces) -> Iterator[Row]:
    """People of regions and England in 2022-23 out of figures of 2013-14; of these and boards as published later.

    The publication counts each sub-ICB location; a board's people are the sum of its own.
    """
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for pair, piece in one.found.pieces():
        if pair[0] in one.ref.boards and piece.start == BOARDS_BEGIN:
            for place in (_region(one, pair[0]), "england"):
                totals[place, "registered"] += piece.registered
                totals[place, "resident"] += piece.resident
    for (place, kind), persons in totals.items():
        note = f"sum of the boards' {'lists' if kind == 'registered' else 'residents'} of 2013-14, not counted anew"
        source = "qof-2013-14" if kind == "registered" else "ons-mye-2012 ons-lsoa-2015"
        yield people(place, BOARDS_BEGIN, kind, persons, "assumption", f"{source} {LOOKUP}", note)
    notes = {
        "registered": "average list of 2022-23, the people that the allocations of 2024-25 rest on",
        "weighted": "final weighted population for 2024-25; units of need",
    }
    for kind, by_code in (("registered", one.ref.listed_later), ("weighted", one.ref.weighted)):
        published: dict[str, Fraction] = defaultdict(Fraction)
        for code, figure in by_code.items():
            board = one.ref.board_of_code[code]
            published[one.key(board)] += Fraction(figure)
            published[_region(one, board)] += Fraction(figure)
            published["england"] += Fraction(figure)
        for place, total in sorted(published.items()):
            note = f"{notes[kind]}; sum of its sub-ICB locations"
            found = people(place, "2024-04-01", kind, rounded(total), "derived", WEIGHTED, note)
            yield found | {"year": WEIGHTED_YEAR}


def board_successions(one: LaterPlaces) -> Iterator[Row]:
    """Each CCG to its board; where ground of it came to another, in shares of its registered people."""
    ref, begun = one.ref, defaultdict[str, dict[str, int]](dict)
    for pair, piece in one.found.pieces():
        if piece.end == BOARDS_BEGIN and pair[0] in ref.board_of_code:
            board = one.moved.get(pair, ref.board_of_code[pair[0]])
            begun[pair[0]][board] = begun[pair[0]].get(board, 0) + piece.registered
    for ccg, boards in sorted(begun.items()):
        shares = millionths(boards)
        alone = len(shares) == 1
        note = "the code lives on as a sub-ICB location"
        for board, share in sorted(shares.items()):
            yield {
                "predecessor": f"ods:{ccg}",
                "successor": f"ods:{board}",
                "kind": "transfer" if alone else "split",
                "on": BOARDS_BEGIN,
                "share": share_text(share),
                "basis": "published" if alone else "derived",
                "source": f"{LOOKUP} hca-2022" if alone else f"{LOOKUP} hca-2022 {one.sources_of_moves(ccg)}",
                "note": note if alone else f"{note}; by registered list and small areas, a part came to another board",
            }
