"""ODS role, relationship and record-class codes with what each is called: a JSON of groups of code to name."""

import re
from collections.abc import Iterator
from typing import Any

from concord_kit.sheets import SheetFault
from concord_registry.publications.formats.base import NO_MATCH, OGL, Format, Match
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, Said, TermSaid

CODE = re.compile(r"R[OEC]\d{1,4}")


def recognise(grid: Grid) -> Match:
    pairs = list(_pairs(grid.content))
    if not pairs:
        return NO_MATCH
    codes = [code for code, _ in pairs if CODE.fullmatch(code)]
    if len(codes) < len(pairs) * 0.8:
        return Match(0.5, differs="few of the names are ODS codes such as RO98")
    return Match(1.5, f"{len(codes)} codes such as {codes[0]} with names, in JSON")


def _pairs(content: Any) -> Iterator[tuple[str, Any]]:
    """(code, name) of a JSON object of codes, of groups of them, or of lists of {id, displayName}."""
    if isinstance(content, list):
        for one in content:
            if isinstance(one, dict):
                code = one.get("id") or one.get("code") or one.get("Id") or one.get("code")
                name = one.get("displayName") or one.get("name") or one.get("DisplayName")
                if isinstance(code, str):
                    yield code, name
    elif isinstance(content, dict):
        for key, value in content.items():
            if isinstance(value, dict | list):
                yield from _pairs(value)
            elif CODE.fullmatch(str(key)) or isinstance(value, str):
                yield str(key), value


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    for number, (code, name) in enumerate(_pairs(grid.content), 1):
        if not CODE.fullmatch(code) or not isinstance(name, str) or not name.strip():
            yield SheetFault("", number, code[:40], "is no ODS code with a name")
        else:
            yield TermSaid(number, "ods-role", code, name.strip())


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    return Edition("ods-roles", "ODS role, relationship and record-class codes", None)


FORMAT = Format(
    key="ods-roles",
    title="ODS role and relationship codes",
    looked_for="a JSON of ODS codes (RO98, RE4, RC1) with their names",
    publisher="ods",
    publisher_name="NHS Organisation Data Service",
    licence=OGL,
    order=0,
    recognise=recognise,
    read=read,
    edition=edition,
)
