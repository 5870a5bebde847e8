"""ODS "e-files" (eccg, etr, eauth, epraccur, ensa, ecare …): 27 columns without a header, the same for every kind.

1 code, 2 name, 3 region, 4 local office or board, 5-9 address, 10 postcode, 11 open and 12 close day YYYYMMDD (the
last day it is open), 14 role or status, 15 parent with 16 join and 17 left day, 18 telephone, 22 amended, 24-26 kind.
What a row is follows from its role (`RO319|RO326`), else from the shape of its code, else from what most of the file
is: a file of CCGs holds NHS England's hubs too, and a name with "CCG" in it proves nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from concord_contracts.identifiers import FOREVER
from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import day
from concord_registry.publications.formats.base import CODE, NO_MATCH, OGL, Format, Match
from concord_registry.publications.grid import Grid, Row
from concord_registry.publications.remarks import remarks
from concord_registry.publications.said import (
    BEGUN,
    ENDED,
    Asked,
    BodySaid,
    Edition,
    RelationSaid,
    Said,
    SeatSaid,
    end_of,
)

COLUMNS = 27
ROLES = {
    "RO98": "ccg",
    "RO218": "commissioning_hub",
    "RO211": "commissioning_hub",
    "RO319": "sub_icb_location",
    "RO326": "sub_icb_location",
    "RO327": "sub_icb_reporting_entity",
    "RO318": "icb",
    "RO261": "icb",
    "RO262": "stp",
    "RO177": "gp_practice",
    "RO76": "gp_practice",
    "RO197": "nhs_trust",
    "RO57": "nhs_trust",
    "RO107": "nhs_trust",
    "RO213": "csu",
    "RO209": "nhs_region",
    "RO210": "local_office",
    "RO179": "pct",
    "RO141": "council",
    "RO172": "independent_provider",
    "RO128": "government_office_region",
    "RO132": "health_authority",
    "RO126": "government_department",
    "RO189": "special_health_authority",
    "RO102": "clinical_network",
    "RO103": "cancer_network",
}
"""ODS roles that we have a word for (list: ODS role and relationship codes); others are `ro` and their number."""

SHAPES = (
    (re.compile(r"Y\d\d"), "nhs_region"),
    (re.compile(r"Q\d\d"), "local_office"),
    (re.compile(r"Q[A-Z]{2}"), "icb"),
    (re.compile(r"[A-HJK]|W00"), "government_office_region"),
    (re.compile(r"R[A-Z0-9]{2}"), "nhs_trust"),
    (re.compile(r"[A-Z]\d{5}"), "gp_practice"),
)
SERIES = {
    "ccg": "ods-eccg",
    "sub_icb_location": "ods-eccg",
    "commissioning_hub": "ods-eccg",
    "nhs_trust": "ods-etr",
    "local_office": "ods-eauth",
    "nhs_region": "ods-eauth",
    "government_office_region": "ods-eauth",
    "gp_practice": "ods-epraccur",
}
LEGAL = {"ccg": True, "nhs_trust": True, "icb": True, "pct": True, "gp_practice": True, "council": True}
COMMISSIONER_CODE = re.compile(r"\d\d[A-Z]|[A-Z]\d[A-Z]\d[A-Z]")
HEADER = ("organisationcode", "code", "orgcode")


def recognise(grid: Grid) -> Match:
    rows = _table(grid, grid.head)
    if not rows:
        return NO_MATCH
    shaped = [row for row in rows if _shaped(row[1])]
    whole = [row for row in shaped if len(row[1]) == COLUMNS]
    if not shaped or len(shaped) < (len(rows) - len(remarks(grid.head, -1))) * 0.5:
        return NO_MATCH
    if len(whole) > len(shaped) * 0.5:
        why = f"{COLUMNS} columns without a header; a code in the first, days YYYYMMDD in the 11th and 12th"
        return Match(2, why, header=len(grid.rows) - len(_table(grid, grid.rows)) - 1)
    number, cells = next(row for row in shaped if len(row[1]) != COLUMNS)
    return Match(0.8, differs=f"{len(cells)} columns where {COLUMNS} are expected in line {number}")


def _table(grid: Grid, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without a header, and without cells that say nothing: a workbook keeps no empty cells at the end of a
    row, and some editions end each line with one more comma."""
    return [(number, _of_width(cells, pad=grid.sheet is not None)) for number, cells in _without_header(rows)]


def _of_width(cells: Sequence[str], *, pad: bool) -> Sequence[str]:
    if pad and 12 <= len(cells) < COLUMNS:
        return [*cells, *[""] * (COLUMNS - len(cells))]
    if len(cells) > COLUMNS and not any(cells[COLUMNS:]):
        return cells[:COLUMNS]
    return cells


def _without_header(rows: Sequence[Row]) -> Sequence[Row]:
    named = bool(rows) and re.sub("[^a-z]", "", rows[0][1][0].lower()) in HEADER
    return rows[1:] if named else rows


def _shaped(cells: Sequence[str]) -> bool:
    """Whether a row could be one: many columns, a code first, a day where the open day stands."""
    if not 20 <= len(cells) <= 34 or not CODE.fullmatch(cells[0]) or not cells[1]:
        return False
    return bool(re.fullmatch(r"\d{8}|", cells[10])) and any(re.fullmatch(r"\d{8}", cell) for cell in cells[9:12])


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    rows = _table(grid, grid.rows)
    kinds = Counter(_certain(row[1]) for row in rows if len(row[1]) == COLUMNS)
    most = _most(kinds)
    days = [
        cell
        for _, row in rows
        if len(row) == COLUMNS
        for cell in (row[10], row[11])
        if re.fullmatch(r"(19|20)\d{6}", cell)
    ]
    latest = _latest(days)
    series = SERIES.get(most, f"ods-efile-{most.replace('_', '-')}")
    return Edition(
        series, f"ODS e-file of {most.replace('_', ' ')}s ({series.removeprefix('ods-')})", latest, at_least=True
    )


def _latest(days: Sequence[str]) -> date | None:
    for text in sorted(days, reverse=True):
        try:
            return day(text)
        except ValueError:
            continue
    return None


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    rows = _table(grid, grid.rows)
    most = _most(Counter(_certain(row) for _, row in rows if len(row) == COLUMNS))
    for number, cells in rows:
        if len(cells) != COLUMNS:
            yield SheetFault("", number, None, f"has {len(cells)} columns where {COLUMNS} are expected", "columns")
            continue
        faults = list(_faults(number, cells))
        yield from faults
        if not faults:
            yield from _row(number, cells, most)


def _faults(number: int, cells: Sequence[str]) -> Iterator[SheetFault]:
    if not CODE.fullmatch(cells[0]):
        yield SheetFault("", number, "1 code", f"{cells[0][:40]!r} is no code")
    if not cells[1]:
        yield SheetFault("", number, "2 name", "is empty", "missing")
    for position, what in ((10, "11 open day"), (11, "12 close day"), (15, "16 join day"), (16, "17 left day")):
        if cells[position] and (not re.fullmatch(r"\d{8}", cells[position]) or _no_day(cells[position])):
            yield SheetFault("", number, what, f"{cells[position][:40]!r} is no day written YYYYMMDD", "day")
    if re.fullmatch(r"\d{8}", cells[10]) and re.fullmatch(r"\d{8}", cells[11]) and cells[11] < cells[10]:
        yield SheetFault("", number, "12 close day", f"{cells[11]} lies before the open day, {cells[10]}", "day")


def _no_day(text: str) -> bool:
    try:
        day(text)
    except ValueError:
        return True
    return False


def _row(number: int, cells: Sequence[str], most: str) -> Iterator[Said]:
    code, name = cells[0].upper(), cells[1]
    body, kind = f"ods:{code}", _certain(cells) or most
    opened, closed = day(cells[10]), day(cells[11])
    gone = closed + timedelta(days=1) if closed else None
    starts = BEGUN.get(kind)
    if kind == "sub_icb_location" and (opened is None or opened < ENDED["ccg"]):
        # the code was a clinical commissioning group's until integrated care boards began, under a name not given here
        yield BodySaid(number, body, "ccg", None, opened, ENDED["ccg"], legal_person=True)
    since = max(opened, starts) if opened and starts and kind != "ccg" else opened
    until = end_of(kind, gone)
    if since is not None and until <= since:
        until = gone or FOREVER
    yield BodySaid(
        number,
        body,
        kind,
        name,
        since,
        until if gone else None,
        legal_person=LEGAL.get(kind, False),
    )
    if cells[9]:
        yield SeatSaid(number, body, cells[9])
    yield from _relations(number, body, kind, cells, since, gone)


def _relations(
    number: int, body: str, kind: str, cells: Sequence[str], since: date | None, gone: date | None
) -> Iterator[Said]:
    region, office, parent = cells[2].upper(), cells[3].upper(), cells[14].upper()
    period = (since, gone)
    if re.fullmatch(r"Q[A-Z]{2}", office) and kind in ("sub_icb_location", "sub_icb_reporting_entity"):
        yield RelationSaid(number, body, "part_of_board", f"ods:{office}", *period)
    elif re.fullmatch(r"Q\d\d", office) and kind == "ccg":
        yield RelationSaid(number, f"ods:{office}", "area_team_of", body, *period)
    elif re.fullmatch(r"Q\d\d", office) and kind == "commissioning_hub":
        yield RelationSaid(number, body, "hub_of", f"ods:{office}", *period)
    elif office and CODE.fullmatch(office) and kind not in ("ccg", "commissioning_hub"):
        yield RelationSaid(number, body, "located_in_area_of", f"ods:{office}", *period)
    elif region and CODE.fullmatch(region) and kind in ("local_office", "area_team", "icb"):
        yield RelationSaid(number, body, "part_of_region", f"ods:{region}", *period)
    if parent and CODE.fullmatch(parent):
        left = day(cells[16])
        end = left + timedelta(days=1) if left else gone
        yield RelationSaid(number, body, "commissioned_by", f"ods:{parent}", day(cells[15]) or since, end)


def _certain(cells: Sequence[str]) -> str:
    """What a row is by its role or the shape of its code; empty where only the file as a whole can tell."""
    code, role = cells[0].upper(), cells[13].upper()
    for one in role.split("|"):
        if one in ROLES:
            return ROLES[one]
        if re.fullmatch(r"RO\d+", one):
            return one.lower()
    if COMMISSIONER_CODE.fullmatch(code):
        return {"C": "ccg", "H": "commissioning_hub"}.get(role, "")
    return next((kind for shape, kind in SHAPES if shape.fullmatch(code)), "")


def _most(kinds: Counter[str]) -> str:
    """What most rows are; of CCGs and what followed them, the CCG."""
    certain = Counter({kind: count for kind, count in kinds.items() if kind})
    if not certain:
        return "organisation"
    most = certain.most_common(1)[0][0]
    return "ccg" if SERIES.get(most) == "ods-eccg" else most


FORMAT = Format(
    key="ods-efile",
    title="ODS e-file",
    looked_for=f"{COLUMNS} columns without a header: code, name, …, open and close day YYYYMMDD in the 11th and 12th",
    publisher="ods",
    publisher_name="NHS Organisation Data Service",
    licence=OGL,
    order=10,
    recognise=recognise,
    read=read,
    edition=edition,
)
