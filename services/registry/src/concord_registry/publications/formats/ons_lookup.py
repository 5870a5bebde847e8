"""ONS lists and lookups of coded areas, of any year and in any column order: `CCG19CD, CCG19CDH, CCG19NM, STP19CD …`.

Each area in a line has a GSS code (CD), often an ODS code (CDH, CDO) and a name (NM). What lies in what follows from
the lines: where nearly every area of a kind is paired with one of another, it lies in it; where areas overlap, or lines
are small areas (LSOA), pairs are counted and the shares kept as measured values.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import number as as_number
from concord_registry.publications.formats.base import CODE, GSS_CODE, NO_MATCH, OGL, Format, Match
from concord_registry.publications.formats.ons_areas import FINENESS, Area, Lookup, LookupRead, between
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import (
    Asked,
    BodySaid,
    Edition,
    Said,
)

NAME = re.compile(r"([A-Za-z]{2,8}?)((?:19|20)?\d{2})[ _]?(CDH|CDO|CD|NMW|NM)", re.IGNORECASE)
COUNT = re.compile(r"(lsoa|msoa|oa|small_?area)s?_?(count|number)?", re.IGNORECASE)

GSS_ALONE = frozenset({"district", "council", "scn", "cancer_alliance", "statistical_region", "country"})
"""Kinds that have no ODS code."""
LEGAL = frozenset({"ccg", "council", "district", "icb", "pct", "sha", "combined_authority"})


SILENT = frozenset({"fid", "objectid", "globalid", "oid", "bnge", "bngn", "long", "lat", "x", "y"})


def recognise(grid: Grid) -> Match:
    best = NO_MATCH
    for position, (number, cells) in enumerate(grid.head[:25]):
        lookup = _lookup(cells)
        coded = [area for area in lookup.areas if area.cd is not None or area.cdh is not None]
        named = [area for area in coded if area.nm is not None]
        if not coded:
            if lookup.areas:
                words = f"the header in line {number} names areas and not their codes (…CD)"
                best = max(best, Match(0.6, differs=words), key=lambda one: one.score)
            continue
        others = [cell for at, cell in enumerate(cells) if cell and at not in _used(lookup)]
        strange = [cell for cell in others if not _passes(cell)]
        if len(coded) == 1 and not (named and len(strange) == 0):
            best = max(best, Match(0.7, differs=f"one coded area and the columns {', '.join(strange[:4])}"),
                       key=lambda one: one.score)  # fmt: skip
            continue
        if len(strange) > 3 + len(coded):
            best = max(best, Match(0.75, differs=f"columns that are no areas: {', '.join(strange[:4])}"),
                       key=lambda one: one.score)  # fmt: skip
            continue
        what = ", ".join(f"{area.prefix}{area.year % 100:02d}" for area in coded)
        score = 1.2 + len(coded) / 100 - len(strange) / 50
        best = max(best, Match(score, f"coded areas {what} in line {number}", header=position, more=lookup),
                   key=lambda one: one.score)  # fmt: skip
    return best


def _lookup(cells: Sequence[str]) -> Lookup:
    found: dict[tuple[str, int], dict[str, int]] = {}
    lookup = Lookup()
    for at, cell in enumerate(cells):
        named = NAME.fullmatch(cell)
        if named:
            year = int(named[2])
            if year < 100:
                year += 2000 if year < 90 else 1900
            key = (named[1].upper(), year)
            found.setdefault(key, {}).setdefault(named[3].upper().replace("CDO", "CDH"), at)
        elif COUNT.fullmatch(cell) and lookup.count is None:
            lookup.count = at
    areas = [
        Area(prefix, year, one.get("CD"), one.get("CDH"), one.get("NM"))
        for (prefix, year), one in found.items()
        if one.keys() != {"NMW"}
    ]
    lookup.areas = sorted(areas, key=_fineness)
    return lookup


def _fineness(area: Area) -> int:
    if area.small:
        return -1
    return FINENESS.index(area.kind) if area.kind in FINENESS else len(FINENESS)


def _used(lookup: Lookup) -> set[int]:
    columns = {at for area in lookup.areas for at in (area.cd, area.cdh, area.nm) if at is not None}
    return columns | ({lookup.count} if lookup.count is not None else set())


def _passes(cell: str) -> bool:
    """Columns of ONS's that say nothing of areas: row numbers, where an area lies, how large it is."""
    plain = cell.lower().replace("_", "")
    return plain in SILENT or plain.startswith(("shareof", "chgind", "shape", "st")) or bool(NAME.fullmatch(cell))


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    areas = [area for area in match.more.areas if area.cd is not None or area.cdh is not None]
    names = [f"{area.prefix.lower()}{area.year % 100:02d}" for area in areas]
    latest = max(areas, key=lambda area: area.year)
    title = f"ONS {'lookup' if len(areas) > 1 else 'list'} of {' to '.join(name.upper() for name in names)}"
    one_code = any(area.cdh is None and area.kind not in GSS_ALONE for area in areas)
    return Edition(f"ons-{'-'.join(names)}"[:80], title, date(latest.year, 4, 1), later=int(one_code))


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    lookup: Lookup = match.more
    width = len(grid.rows[match.header][1])
    state = LookupRead(lookup)
    for number, cells in grid.rows[match.header + 1 :]:
        if len(cells) != width and grid.sheet is None:
            yield SheetFault("", number, None, f"has {len(cells)} columns where {width} are expected", "columns")
            continue
        faults = list(_line(state, number, [*cells, *[""] * (width - len(cells))]))
        yield from faults
    yield from state.bodies.values()
    yield from between(state)


def _line(state: LookupRead, number: int, cells: Sequence[str]) -> Iterator[SheetFault]:
    met: list[tuple[int, str]] = []
    weight = 1.0
    if state.lookup.count is not None:
        try:
            weight = as_number(cells[state.lookup.count]) or 0.0
        except ValueError as error:
            yield SheetFault("", number, "count", str(error))
    for index, area in enumerate(state.lookup.areas):
        gss = cells[area.cd].upper() if area.cd is not None else ""
        ods = cells[area.cdh].upper() if area.cdh is not None else ""
        name = cells[area.nm] if area.nm is not None else ""
        if not gss and not ods:
            continue  # a line need not lie in an area of every kind
        if gss and not GSS_CODE.fullmatch(gss) and not (area.small and CODE.fullmatch(gss)):
            yield SheetFault("", number, f"{area.prefix}{area.year % 100:02d}CD", f"{gss[:40]!r} is no GSS code")
            continue
        if ods and not CODE.fullmatch(ods):
            yield SheetFault("", number, f"{area.prefix}{area.year % 100:02d}CDH", f"{ods[:40]!r} is no ODS code")
            continue
        body = f"ods:{ods}" if ods else f"gss:{gss}"
        met.append((index, body))
        if not area.small and body not in state.bodies:
            state.bodies[body] = _said(area, number, body, gss if ods else "", name)
        elif not area.small:
            held = state.bodies[body].name
            if name and held and name != held:
                words = f"{body} is called {name[:60]!r} here and {held[:60]!r} above"
                yield SheetFault("", number, f"{area.prefix}{area.year % 100:02d}NM", words, "two-names")
    for at, (one, body) in enumerate(met):
        for other, around in met[at + 1 :]:
            state.pairs[one, other][body, around] += int(weight) if weight.is_integer() else weight  # type: ignore[assignment]
            state.lines.setdefault(f"{body}|{around}", number)


def _said(area: Area, number: int, body: str, gss: str, name: str) -> BodySaid:
    kind = area.kind
    if kind == "district" and body.startswith(("gss:E06", "gss:E08", "gss:E09", "gss:W06", "gss:E10")):
        kind = "council"  # unitary: its own upper tier
    return BodySaid(
        number,
        body,
        kind,
        name or None,
        also=(f"gss:{gss}",) if gss else (),
        legal_person=kind in LEGAL,
        seen=area.as_at,
        place=kind == "ccg" or (kind == "council" and body.startswith("gss:E")),
    )


FORMAT = Format(
    key="ons-lookup",
    title="ONS list or lookup of coded areas",
    looked_for="a header with coded areas of a year: CCG19CD, CCG19CDH, CCG19NM, STP19CD …",
    publisher="ons",
    publisher_name="Office for National Statistics",
    licence=OGL,
    order=20,
    recognise=recognise,
    read=read,
    edition=edition,
)
