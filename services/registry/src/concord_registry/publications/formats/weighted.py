"""NHS England's weighted populations by former CCG or board: weighted people by component, not pounds."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import number, slug, word
from concord_registry.publications.formats.base import (
    NO_MATCH,
    OGL,
    Cells,
    FaultyCell,
    Format,
    Match,
    body_of,
    by_header,
    column,
    lines,
)
from concord_registry.publications.formats.qof import financial_year_of
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, MeasureSaid, Said

CODES = ("sub_icb_or_former_ccg_code", "ccg_code", "sub_icb_code", "former_ccg_code", "place_code", "practice_code")
COLUMNS = (
    column("code", *CODES, pattern=r"(ccg|sicbl|icb)\d\d(cdh|cdo)|icbcode"),
    column("population", "pop", "registered_population", pattern=r"pop(ulation)?(20)?\d{2}.*|gppop.*"),
)
WEIGHTED = re.compile(r".*(wp|weightedpopulation|weightedpop)")
POPULATION_YEAR = re.compile(r"(20\d\d)\D?(\d\d)")


def recognise(grid: Grid) -> Match:
    match = by_header(grid, COLUMNS)
    if match.header < 0:
        return NO_MATCH
    header = grid.rows[match.header][1]
    weighted = {f"w{at}": at for at, name in enumerate(header) if WEIGHTED.fullmatch(word(name))}
    if len(weighted) < 2:
        return Match(min(match.score, 0.6), differs="no columns of weighted populations (… WP)")
    if not match.recognised:
        return match
    why = f"{match.why}, and {len(weighted)} columns of weighted populations"
    return Match(match.score + 0.5, why, header=match.header, columns={**match.columns, **weighted})


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    header = grid.rows[match.header][1]
    year = _year(asked, header[match.columns["population"]])
    if not year:
        yield SheetFault("", 0, None, "the file does not say which year it is of: say so (stated_on)", "no-year")
        return

    def line(cells: Cells) -> Iterable[Said]:
        body = cells.take("code", body_of)
        people = cells.take("population", number)
        if people is None:
            raise FaultyCell(SheetFault("", cells.line, cells.names["population"], "is empty", "missing"))
        yield MeasureSaid(cells.line, body, "population-for-allocation", year, people, "people")
        for key in match.columns:
            value = cells.take(key, number) if key.startswith("w") else None
            if value is not None:
                component = re.sub(r"-(wp|weighted-population|weighted-pop)$", "", slug(cells.names[key]))
                yield MeasureSaid(
                    cells.line, body, "weighted-population", year, value, "weighted people", component, None, people
                )

    yield from lines(grid, match, line)


def _year(asked: Asked, population: str) -> str:
    """The year of the allocation: as caller or name say, else two years after the population's, as NHS England did
    for 2024-25 with populations of 2022/23."""
    told = financial_year_of(asked)
    found = POPULATION_YEAR.search(population)
    return told or (f"{int(found[1]) + 2}-{(int(found[1]) + 3) % 100:02d}" if found else "")


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    year = _year(asked, grid.rows[match.header][1][match.columns["population"]])
    on = date(int(year[:4]), 4, 1) if year else None
    return Edition(f"weighted-populations-{year}", f"weighted populations for allocations, {year}", on, year)


FORMAT = Format(
    key="weighted-populations",
    title="weighted populations",
    looked_for="a header with a CCG or board code, pop 2022/23 and columns that end in WP",
    publisher="nhs-england",
    publisher_name="NHS England",
    licence=OGL,
    order=42,
    recognise=recognise,
    read=read,
    edition=edition,
)
