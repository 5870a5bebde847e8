"""Deaths that treatment or prevention could have averted, by area and year, with what was published beside them."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import number, slug, word
from concord_registry.publications.formats.base import (
    NO_MATCH,
    Cells,
    Format,
    Match,
    body_of,
    by_header,
    column,
    lines,
)
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, MeasureSaid, Said

COLUMNS = (
    column("area", "area_code", pattern=r"(ccg|sicbl|icb|lad|utla|ltla)\d\d(cd|cdh|cdo)"),
    column("year", "period"),
    column("rate", "treatable_mortality_rate", "avoidable_mortality_rate", "treatable_rate"),
)
TEXT = re.compile(r".*(nm|name)|rgn.*|fid|objectid")


def recognise(grid: Grid) -> Match:
    match = by_header(grid, COLUMNS, bonus=0.5)
    if not match.recognised:
        return match if match.header >= 0 else NO_MATCH
    header = grid.rows[match.header][1]
    used = set(match.columns.values())
    others = {
        f"m{at}": at for at, name in enumerate(header) if name and at not in used and not TEXT.fullmatch(word(name))
    }
    return Match(match.score, match.why, header=match.header, columns={**match.columns, **others})


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    def line(cells: Cells) -> Iterable[Said]:
        body, year = cells.take("area", body_of), cells.take("year", _year)
        for key in match.columns:
            if key in ("area", "year"):
                continue
            value, name = cells.take(key, number), slug(cells.names[key])
            if value is not None:
                yield MeasureSaid(cells.line, body, name, year, value, unit_of(name))

    yield from lines(grid, match, line)


def unit_of(name: str) -> str:
    if name.endswith("-rate"):
        return "per 100,000, age-standardised"
    return "percent" if "percent" in name else "as published"


def _year(cell: str) -> str:
    if not re.fullmatch(r"(19|20)\d\d(-\d\d)?", cell):
        raise ValueError(f"{cell[:40]!r} is no year")
    return cell


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    at = match.columns["year"]
    years = [row[at] for _, row in grid.rows[match.header + 1 :] if len(row) > at and re.fullmatch(r"\d{4}", row[at])]
    latest = max(years, default=None)
    on = date(int(latest), 12, 31) if latest else None
    return Edition("treatable-mortality", f"treatable and preventable mortality by area, to {latest}", on, latest)


FORMAT = Format(
    key="treatable-mortality",
    title="treatable mortality by area and year",
    looked_for="a header with an area code of a year, year, Treatable_Mortality_Rate",
    publisher="compiled",
    publisher_name=None,
    licence=None,
    order=60,
    recognise=recognise,
    read=read,
    edition=edition,
)
