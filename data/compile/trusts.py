"""Primary care trusts before April 2013: their places, ground and people, out of those of the CCGs that followed them.

Nothing finer than postcodes by CCG was found, so a trust has the ground of its CCGs of April 2013. Where one CCG
followed several trusts, its small areas in a council go to the trust of that council, as entered, and to several trusts
of one council by how many postcodes each had there. Small areas and people are kept to the unit.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from data.compile.apportion import apportion, millionths, share_text
from data.compile.bodies import REFORM
from data.compile.facts import facts
from data.compile.later import Pair, Piece
from data.compile.predecessors import trust_successions
from data.compile.reference import Reference
from data.compile.tables import RULE_BOOK_BEGINS, Row

LISTED = "ons-pct-sha-2012"
COUNCILS_OF_TRUSTS = "pct-councils"
POSTCODES = "pct-ccg-postcodes"
YEAR = "2012-13"
ROUNDS = 200
"""Rounds of dividing; the sizes of trusts settle to less than a small area in far fewer."""

type Cell = tuple[str, str, str]
"""A trust, a CCG and a council."""


@dataclass(frozen=True)
class Ground:
    """What a trust and a council share. Shares are in millionths; people are whole."""

    small_areas: int
    share_of_trust: int
    share_of_council: int
    registered: int
    ccgs: tuple[str, ...]
    divided: bool


def trust_ground(ref: Reference, start: Mapping[Pair, Piece]) -> dict[Pair, Ground]:
    """{(trust, council): ground}: every piece of April 2013 once."""
    cells = _divided(ref, start)
    by_piece: dict[Pair, dict[str, int]] = defaultdict(dict)
    for (trust, ccg, council), count in cells.items():
        by_piece[ccg, council][trust] = count
    sums: dict[Pair, list[int]] = defaultdict(lambda: [0, 0, 0])
    ccgs: dict[Pair, set[str]] = defaultdict(set)
    divided: set[Pair] = set()
    for (ccg, council), areas in by_piece.items():
        piece = start[ccg, council]
        registered, share = apportion(piece.registered, areas), apportion(piece.share_of_council, areas)
        for trust, n in areas.items():
            for at, value in enumerate((n, share[trust], registered[trust])):
                sums[trust, council][at] += value
            ccgs[trust, council].add(ccg)
            if len(areas) > 1:
                divided.add((trust, council))
    totals: dict[str, dict[str, int]] = defaultdict(dict)
    for (trust, council), (areas_of_both, _, _) in sums.items():
        totals[trust][council] = areas_of_both
    of_trust = {trust: millionths(counts) for trust, counts in totals.items()}
    return {
        (trust, council): Ground(
            areas_of_both, of_trust[trust][council], share_of_council, people,
            tuple(sorted(ccgs[trust, council])), (trust, council) in divided,
        )
        for (trust, council), (areas_of_both, share_of_council, people) in sorted(sums.items())
    }  # fmt: skip


def _divided(ref: Reference, start: Mapping[Pair, Piece]) -> dict[Cell, int]:
    """Whole small areas of each cell; a cell without any is left out."""
    postcodes: dict[str, dict[str, float]] = defaultdict(dict)
    for row in trust_successions(ref):
        postcodes[row["successor"][4:]][row["predecessor"][4:]] = float(row["share"])
    names = {name: code for code, name in ref.trusts_before.items()}
    councils = {names[row["trust"]]: row["councils"].split() for row in facts("trust_councils")}
    held: dict[Pair, dict[str, float]] = {}
    for ccg, council in sorted(start):
        its = postcodes[ccg]
        of_the_council = {trust: share for trust, share in its.items() if council in councils.get(trust, ())}
        held[ccg, council] = of_the_council if of_the_council and len(its) > 1 else its
    areas = {pair: float(piece.small_areas) for pair, piece in start.items()}
    size = dict.fromkeys(ref.trusts_before, 1.0)
    for _ in range(ROUNDS):
        found = dict.fromkeys(size, 0.0)
        for pair, shares in held.items():
            whole = sum(share * size[trust] for trust, share in shares.items())
            for trust, share in shares.items():
                found[trust] += areas[pair] * share * size[trust] / whole
        size = found
    cells: dict[Cell, int] = {}
    for (ccg, council), shares in held.items():
        weights = {trust: Fraction(round(share * size[trust] * 1_000_000)) for trust, share in shares.items()}
        for trust, n in apportion(start[ccg, council].small_areas, weights).items():
            if n:
                cells[trust, ccg, council] = n
    return cells


def authority_key(code: str) -> str:
    return f"sha-{code}"


def trust_places(ref: Reference) -> Iterator[Row]:
    """The ten authorities as regions, and the trusts, until the reform."""
    for code, name in sorted(set(ref.authority_before.values())):
        yield _place(authority_key(code), "region", name, code)
    for code, name in sorted(ref.trusts_before.items()):
        yield _place(f"pct-{code}", "pct", f"{name} Primary Care Trust", code)


def _place(key: str, kind: str, name: str, code: str) -> Row:
    period = {"valid_from": RULE_BOOK_BEGINS, "valid_to": REFORM, "source": LISTED}
    return {"place": key, "kind": kind, "name": name, "body": f"ods:{code}", **period}


def trust_parents(ref: Reference, ground: Mapping[Pair, Ground]) -> Iterator[Row]:
    """Authorities in England, trusts in their authority, councils in the authority of all their trusts, or England."""

    def row(child: str, parent: str, source: str = LISTED) -> Row:
        period = {"valid_from": RULE_BOOK_BEGINS, "valid_to": REFORM, "source": source}
        return {"child": child, "parent": parent, **period}

    for code, _ in sorted(set(ref.authority_before.values())):
        yield row(authority_key(code), "england")
    around: dict[str, set[str]] = defaultdict(set)
    for trust, council in ground:
        around[council].add(ref.authority_before[trust][0])
    for trust, (authority, _) in sorted(ref.authority_before.items()):
        yield row(f"pct-{trust}", authority_key(authority))
    for council, authorities in sorted(around.items()):
        parent = authority_key(authorities.pop()) if len(authorities) == 1 else "england"
        yield row(f"la-{council}", parent, f"{LISTED} ons-lsoa-2015")


def trust_footprints(ground: Mapping[Pair, Ground]) -> Iterator[Row]:
    """Where trusts and councils met; no part of a trust is a place of its own."""
    for (trust, council), one in ground.items():
        note = f"small areas of April 2015 of the places of {', '.join(one.ccgs)}, which followed it"
        if one.divided:
            note += "; several trusts had one CCG's ground in this council: divided by their postcodes"
        yield {
            "ccg_place": f"pct-{trust}",
            "council_place": f"la-{council}",
            "part_place": "",
            "small_areas": str(one.small_areas),
            "share_of_ccg": share_text(one.share_of_trust),
            "share_of_council": share_text(one.share_of_council),
            "valid_from": RULE_BOOK_BEGINS,
            "valid_to": REFORM,
            "basis": "assumption" if one.divided else "derived",
            "source": f"{POSTCODES} {COUNCILS_OF_TRUSTS} ons-lsoa-2015 ons-ltla-utla-2018",
            "note": note,
        }


def trust_people(ref: Reference, ground: Mapping[Pair, Ground]) -> Iterator[Row]:
    """People of trusts, authorities and England: the lists of 2013-14 of the ground they had, not counted anew."""
    totals: dict[str, int] = defaultdict(int)
    for (trust, _), one in ground.items():
        totals[f"pct-{trust}"] += one.registered
        totals[authority_key(ref.authority_before[trust][0])] += one.registered
        totals["england"] += one.registered
    for place, persons in sorted(totals.items()):
        yield {
            "place": place,
            "year": YEAR,
            "population_basis": "registered",
            "persons": str(persons),
            "basis": "assumption",
            "source": f"qof-2013-14 {POSTCODES}",
            "note": "the CCGs' lists of 2013-14 by share of small areas, not counted anew",
            "low": str(persons * 90 // 100),
            "high": str(persons * 110 // 100),
        }
