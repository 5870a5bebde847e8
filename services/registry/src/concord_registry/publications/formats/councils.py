"""Local authorities past and present: mySociety's list, and the GOV.UK registers (tab-separated, or as CSV).

Both know a council by its three-letter register code; mySociety's gives the GSS code, what replaced it and its county.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import day
from concord_registry.publications.formats.base import (
    GSS_CODE,
    OGL,
    Cells,
    Format,
    Match,
    by_header,
    column,
    lines,
)
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import (
    Asked,
    BodySaid,
    Edition,
    RelationSaid,
    Said,
    SuccessionSaid,
)

UPPER = frozenset({"UA", "MD", "LBO", "CC", "CTY", "COI", "UTLA"})
"""Types of council that commission public health from 2013: unitary, metropolitan, London, City, county, Scilly."""
REORGANISED = date(1974, 4, 1)
"""Since when an English council is there at the latest, where no day is listed: Local Government Act 1972."""
KINDS = {"NMD": "district", "COMB": "combined_authority", "SRA": "strategic_regional_authority"}


MYSOCIETY = (
    column("code", "local_authority_code"),
    column("official_name"),
    column("gss", "gss_code"),
    column("start", "start_date"),
    column("end", "end_date"),
    column("replaced_by"),
    column("nation"),
    column("type", "local_authority_type"),
    column("county", "county_la", needed=False),
    column("combined", "combined_authority", needed=False),
    column("former", "former_gss_codes", needed=False),
)
REGISTER = (
    column("code", "key", pattern=r"localauthority(eng|sct|wls|nir)"),
    column("name"),
    column("official_name", "official_name", needed=False),
    column("type", "local_authority_type", needed=False),
    column("start", "start_date"),
    column("end", "end_date"),
    column("entry", "entry_timestamp", needed=False),
)
REGISTER_CODE = re.compile(r"[A-Z]{3,4}(-[A-Z0-9]{1,4})?")


def _kind(kind: str) -> str:
    return KINDS.get(kind, "council" if kind in UPPER or not kind else "district" if kind == "NID" else "council")


def _name(read: str) -> str:
    if not REGISTER_CODE.fullmatch(read.upper()):
        raise ValueError(f"{read[:40]!r} is no register code such as BKM")
    return read.upper()


def _codes(text: str) -> list[str]:
    return [one.strip().upper() for one in re.split(r"[,;]", text) if one.strip()]


def _read_mysociety(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    known: dict[str, str] = {}
    code, gss = match.columns["code"], match.columns["gss"]
    for _, row in grid.rows[match.header + 1 :]:
        if len(row) > max(code, gss) and GSS_CODE.fullmatch(row[gss].upper()):
            known[row[code].upper()] = f"gss:{row[gss].upper()}"

    def body(register_code: str) -> str:
        return known.get(register_code, f"la-register:{register_code}")

    def line(cells: Cells) -> Iterable[Said]:
        own = cells.take("code", _name)
        start, end = cells.take("start", day), cells.take("end", day)
        gone = end + timedelta(days=1) if end else None
        kind = _kind(cells.text("type"))
        upper = cells.text("type") in UPPER and cells.text("nation") == "England"
        also = {f"la-register:{own}", *(f"gss:{one}" for one in _codes(cells.text("gss")) if GSS_CODE.fullmatch(one))}
        name = cells.need("official_name")
        others = tuple(sorted(also - {body(own)}))
        seen = REORGANISED if cells.text("nation") == "England" else None
        yield BodySaid(cells.line, body(own), kind, name, start, gone, others, True, seen=seen, place=upper)
        for other in _codes(cells.text("replaced_by")):
            if gone and body(other) != body(own):
                yield SuccessionSaid(cells.line, body(own), body(other), gone)
        if cells.text("county"):
            for county in _codes(cells.text("county")):
                yield RelationSaid(cells.line, body(own), "district_of", body(county), start, gone)

    yield from lines(grid, match, line)


def _read_register(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    def line(cells: Cells) -> Iterable[Said]:
        own = cells.text("code").rpartition(":")[2]
        try:
            own = _name(own)
        except ValueError:
            own = cells.take("code", _name)
        start, end = cells.take("start", day), cells.take("end", day)
        gone = end + timedelta(days=1) if end else None
        name = cells.text("official_name") or cells.need("name")
        yield BodySaid(cells.line, f"la-register:{own}", _kind(cells.text("type")), name, start, gone, (), True)

    yield from lines(grid, match, line)


def _edition_mysociety(grid: Grid, match: Match, asked: Asked) -> Edition:
    return Edition("mysociety-councils", "UK local authorities past and current", None)


def _edition_register(grid: Grid, match: Match, asked: Asked) -> Edition:
    header = grid.rows[match.header][1]
    named = next((name for name in header if name.startswith("local-authority-") and "type" not in name), "")
    at = match.columns.get("entry")
    days = [_entry(row[at]) for _, row in grid.rows[match.header + 1 :] if at is not None and len(row) > at]
    latest = max((one for one in days if one), default=None)
    return Edition(f"register-{named or 'local-authority'}", f"GOV.UK register {named or 'of authorities'}", latest)


def _entry(cell: str) -> date | None:
    try:
        return day(cell)
    except ValueError:
        return None


def _recognise_by(columns: tuple[object, ...], bonus: float) -> Callable[[Grid], Match]:
    return lambda grid: by_header(grid, columns, bonus=bonus)  # type: ignore[arg-type]


MYSOCIETY_LIST = Format(
    key="mysociety-councils",
    title="mySociety's list of local authorities",
    looked_for="a header with local-authority-code, official-name, gss-code, start-date, end-date, replaced-by",
    publisher="mysociety",
    publisher_name="mySociety",
    licence="CC BY 4.0",
    order=12,
    recognise=_recognise_by(MYSOCIETY, 0.6),
    read=_read_mysociety,
    edition=_edition_mysociety,
)
GOVUK_REGISTER = Format(
    key="govuk-register",
    title="GOV.UK register of local authorities",
    looked_for="a header with key or local-authority-eng, name, start-date, end-date",
    publisher="govuk",
    publisher_name="Government Digital Service, GOV.UK Registers",
    licence=OGL,
    order=13,
    recognise=_recognise_by(REGISTER, 0.3),
    read=_read_register,
    edition=_edition_register,
)
