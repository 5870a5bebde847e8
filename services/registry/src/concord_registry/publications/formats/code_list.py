"""Lists of organisations with a header: a code, a name, perhaps a role, an ONS code, days; so of support units."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import day
from concord_registry.publications.formats.base import (
    GSS_CODE,
    OGL,
    Cells,
    Format,
    Match,
    body_of,
    by_header,
    column,
    lines,
)
from concord_registry.publications.formats.ods_efile import LEGAL, ROLES, SHAPES
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, BodySaid, Edition, Said, SeatSaid

COLUMNS = (
    column("code", "ods_code", "hscic_code", "nhs_code", "org_code", "organisation_code", "odscode"),
    column("name", "org_name", "organisation_name", "ods_name"),
    column("ons_code", "gss_code", "ons", "gss", needed=False),
    column("role", "primary_role", "role_id", "primary_role_id", needed=False),
    column("opened", "open_date", "start_date", "legal_start", needed=False),
    column("closed", "close_date", "end_date", "legal_end", needed=False),
    column("postcode", "post_code", needed=False),
)
TEAM = re.compile(r"Q\d\d")


def recognise(grid: Grid) -> Match:
    match = by_header(grid, COLUMNS)
    if not match.recognised or {"ons_code", "role"} & match.columns.keys():
        return match
    return Match(0.85, differs="a list of codes and names has a column of roles or of ONS codes as well")


def _kind(cells: Cells) -> str:
    role, code = cells.text("role").upper(), cells.text("code").upper()
    if role in ROLES:
        return ROLES[role]
    if TEAM.fullmatch(code) and cells.text("ons_code").startswith("E39"):
        return "area_team"
    return next((kind for shape, kind in SHAPES if shape.fullmatch(code)), role.lower() or "organisation")


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    def line(cells: Cells) -> Iterable[Said]:
        kind, gss = _kind(cells), cells.text("ons_code").upper()
        closed = cells.take("closed", day)
        body = cells.take("code", body_of)
        yield BodySaid(
            cells.line,
            body,
            kind,
            cells.need("name"),
            cells.take("opened", day),
            closed + timedelta(days=1) if closed else None,
            also=(f"gss:{gss}",) if GSS_CODE.fullmatch(gss) else (),
            legal_person=LEGAL.get(kind, False),
        )
        if cells.text("postcode"):
            yield SeatSaid(cells.line, body, cells.text("postcode"))

    yield from lines(grid, match, line)


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    names = {key: key for key in match.columns}
    rows = [
        Cells(number, {key: row[at] if at < len(row) else "" for key, at in match.columns.items()}, names)
        for number, row in grid.rows[match.header + 1 :]
    ]
    kinds = Counter(_kind(cells) for cells in rows)
    most = kinds.most_common(1)[0][0] if kinds else "organisation"
    return Edition(f"ods-list-{most.replace('_', '-')}", f"ODS list of {most.replace('_', ' ')}s", None)


FORMAT = Format(
    key="ods-list",
    title="list of ODS codes",
    looked_for="a header with an ODS code, a name, and a role or an ONS code",
    publisher="ods",
    publisher_name="NHS Organisation Data Service",
    licence=OGL,
    order=11,
    recognise=recognise,
    read=read,
    edition=edition,
)
