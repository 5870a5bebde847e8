"""Quality and Outcomes Framework: people on a disease register, and on the practices' lists, by CCG or practice."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import number, slug, whole
from concord_registry.publications.formats.base import (
    OGL,
    Cells,
    Format,
    Match,
    body_of,
    by_header,
    column,
    lines,
)
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, MeasureSaid, PopulationSaid, Said

CODES = ("ccg_code", "org_code", "sub_icb_loc_ods_code", "practice_code", "practicecode", "commissioner_code")
COLUMNS = (
    column("code", "ccgcode", *CODES, pattern=r"(ccg|sicbl)\d\d(cdh|cdo)|subicbloc(ods)?code"),
    column("group", "indicator_group", "group_code", "disease_group"),
    column("register_name", "register_description", "register_name", needed=False),
    column("register", "disease_register_size", "register", "register_size"),
    column("list", "ccg_listsize", "list_size", "practice_listsize", "practice_list_size", pattern=r".*listsize"),
    column("prevalence", "prevalence_percent", needed=False),
)


def financial_year_of(asked: Asked) -> str:
    """The year that figures are of: as the caller says by a day in it, or by the file's name (`2013_14`, `1314`)."""
    hint = asked.hints.get("name", "")
    for found in re.finditer(r"(?<!\d)(20\d\d)[-_ ]?(\d\d)(?!\d)|(?<!\d)(\d\d)(\d\d)(?!\d)", hint):
        first, second = (int(found[1]), int(found[2])) if found[1] else (2000 + int(found[3]), int(found[4]))
        if (first + 1) % 100 == second:
            return f"{first}-{second:02d}"
    if asked.stated_on:
        start = asked.stated_on.year if asked.stated_on.month >= 4 else asked.stated_on.year - 1
        return f"{start}-{(start + 1) % 100:02d}"
    return ""


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    year = financial_year_of(asked)
    if not year:
        words = "the file does not say which year it is of: give a day in it (stated_on), or its name"
        yield SheetFault("", 0, None, words, "no-year")
        return
    lists: dict[str, tuple[int, int]] = {}

    def line(cells: Cells) -> Iterable[Said]:
        body = cells.take("code", body_of)
        register, people = cells.take("register", number), cells.take("list", number)
        printed = cells.take("prevalence", number)
        value = register / people if register is not None and people else printed
        group, name = cells.need("group"), cells.text("register_name")
        yield MeasureSaid(cells.line, body, f"register-{slug(group)}", year, value, "share", name, register, people)
        lists.setdefault(body, (cells.line, cells.take("list", whole) or 0))

    yield from lines(grid, match, line)
    for body, (number_of_line, persons) in lists.items():
        if persons:
            yield PopulationSaid(number_of_line, body, year, "registered", persons)


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    year = financial_year_of(asked)
    on = date(int(year[:4]) + 1, 3, 31) if year else None
    return Edition(f"qof-prevalence-{year}", f"QOF disease registers and lists, {year or 'year not said'}", on, year)


FORMAT = Format(
    key="qof-prevalence",
    title="QOF disease registers and list sizes",
    looked_for="a header with ccgcode, indicator_group, disease_register_size, ccg_listsize",
    publisher="nhs-digital",
    publisher_name="Health and Social Care Information Centre",
    licence=OGL,
    order=41,
    recognise=lambda grid: by_header(grid, COLUMNS, bonus=0.5),
    read=read,
    edition=edition,
)
