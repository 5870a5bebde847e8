"""People of an area by age, of any year: single years, or bands that cover all ages; long (a line for each) or wide (a
column for each).

ONS's mid-year estimates by CCG, council, district; also NHS England's registered patients by age.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import financial_year, number, word
from concord_registry.publications.formats.base import (
    NO_MATCH,
    OGL,
    Format,
    Match,
    body_of,
    by_header,
    column,
)
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, MeasureSaid, PopulationSaid, Said

AREA = r"(ccg|sicbl|icb|lad|ltla|utla|ctyua|stp|rgn|laua)\d\d(cd|cdh|cdo)?"
ODS_AREA = r"(ccg|sicbl|icb|stp)\d\d(cdh|cdo)"
COUNTED = r"population20\d\d"
LONG = (
    column("area", "areacode", "code", "orgcode", "area_codes", "geography_code", "ccg_code", pattern=AREA),
    column("ods", "ods_code", "nhs_code", needed=False, pattern=ODS_AREA),
    column("age", "single_year_of_age", "age_band", "agegroup"),
    column("count", "persons", "population", "value", "number_of_patients", "patients", "obs_value", pattern=COUNTED),
    column("sex", "gender", needed=False),
    column("total", "all_ages", "allages", needed=False),
)
BOTH = frozenset({"", "persons", "all", "total", "both", "t", "p"})
"""Words for men and women together; lines of either alone are left out where there are lines of both."""
AGE = re.compile(r"(?:aged?|a|persons|p)?[ _]?(\d{1,3})(\+|plus|andover)?")
BAND = re.compile(
    r"(?:aged?|persons)?\s*"
    r"(?:(\d{1,3})\s*(?:-|\u2013|to|_)\s*(\d{1,3})|(\d{1,3})\s*(?:\+|plus|and over|years and over))(?:\s*years)?",
    re.IGNORECASE,
)
FEWEST_AGES, FEWEST_BANDS = 15, 3
WIDE_AREA = re.compile(
    rf"{AREA}|(ccg|sicbl|icb|la|lad|ons|onsccg|gss|area|geography)codes?|code|orgcode|areacodes1|odscode|{AREA}code"
)
OLDEST = re.compile(r"(?:aged? )?(?:(\d{1,3}) ?(\+|plus|and over)|(\d{1,3}))", re.IGNORECASE)


def recognise(grid: Grid) -> Match:
    long = by_header(grid, LONG, bonus=0.4)
    wide = _wide(grid)
    return max(long, wide, key=lambda one: one.score)


def _wide(grid: Grid) -> Match:
    for position, (number_of_line, cells) in enumerate(grid.head[:25]):
        ages = {at: found[1] for at, cell in enumerate(cells) if (found := AGE.fullmatch(word(cell)))}
        bands = {at: key for at, cell in enumerate(cells) if (key := _band(cell))}
        if len(set(ages.values())) < FEWEST_AGES:
            ages = bands
            if len(bands) < FEWEST_BANDS:
                continue
            if not _whole(bands.values()):
                words = f"the ages in the header in line {number_of_line} overlap, or leave ages out"
                return Match(0.8, differs=words)
        areas = [at for at, cell in enumerate(cells) if WIDE_AREA.fullmatch(word(cell))]
        if not areas:
            words = f"the header in line {number_of_line} has ages and no column of area codes"
            return Match(0.8, differs=words)
        odses = [at for at in areas if re.fullmatch(ODS_AREA, word(cells[at]))]
        why = f"an area code and {len(ages)} ages in the header in line {number_of_line}"
        columns = {"area": areas[0], **({"ods": odses[0]} if odses and odses[0] != areas[0] else {})}
        totals = [at for at, cell in enumerate(cells) if word(cell) in ("allages", "total", "allpersons", "allpeople")]
        columns |= {"total": totals[0]} if totals else {}
        return Match(1.7, why, header=position, columns=columns, more=ages)
    return NO_MATCH


def _band(cell: str) -> str | None:
    """Ages as they are kept: `000-004`, `085+`; None for what is none."""
    found = BAND.fullmatch(cell.strip())
    if not found:
        return None
    return f"{int(found[1]):03d}-{int(found[2]):03d}" if found[1] else f"{int(found[3]):03d}+"


def _whole(bands: Iterable[str]) -> bool:
    """Whether bands follow each other from 0 on, each age once, to the oldest."""
    expected = 0
    for first, last in sorted((int(one[:3]), int(one[4:]) if "-" in one else -1) for one in bands):
        if first != expected:
            return False
        expected = last + 1
    return expected == 0  # the last is open


def _year(grid: Grid, match: Match, asked: Asked) -> int | None:
    """The year of the estimate: as the column of counts says, else a title or name, the column of areas, the caller."""
    header = grid.rows[match.header][1]
    above = [cell for _, row in grid.rows[: match.header] for cell in row]
    counted = header[match.columns["count"]] if "count" in match.columns else ""
    if found := re.search(r"20(\d\d)$", word(counted)):
        return 2000 + int(found[1])
    for text in (*above, grid.sheet or "", asked.hints.get("name", "")):
        if found := re.search(r"mid[- _]?20(\d\d)(?!\d)", text, re.IGNORECASE):
            return 2000 + int(found[1])
    if found := re.search(r"(\d\d)(?:cd|cdh|cdo)$", word(header[match.columns["area"]])):
        return 2000 + int(found[1])
    return asked.stated_on.year if asked.stated_on else None


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    year = _year(grid, match, asked)
    if year is None:
        words = "the file does not say which year it is of: say so (stated_on)"
        yield SheetFault("", 0, None, words, "no-year")
        return
    by_area: dict[str, dict[str, float]] = defaultdict(dict)
    sex = match.columns.get("sex")
    both = sex is not None and any(word(row[sex]) in BOTH for _, row in grid.head[match.header + 1 :] if len(row) > sex)
    totals: dict[str, float] = {}
    first: dict[str, int] = {}
    width = len(grid.rows[match.header][1])
    for line, cells in grid.rows[match.header + 1 :]:
        if len(cells) != width and grid.sheet is None:
            yield SheetFault("", line, None, f"has {len(cells)} columns where {width} are expected", "columns")
            continue
        row = [*cells, *[""] * (width - len(cells))]
        if both and sex is not None and word(row[sex]) not in BOTH:
            continue
        try:
            area = body_of((row[match.columns["ods"]] if "ods" in match.columns else "") or row[match.columns["area"]])
            first.setdefault(area, line)
            if "total" in match.columns:
                total = number(row[match.columns["total"]])
                if total is not None:
                    totals[area] = total
            for age, value in _ages(row, match):
                by_area[area][age] = by_area[area].get(age, 0.0) + value
        except ValueError as error:
            yield SheetFault("", line, None, str(error))
    for area, ages in by_area.items():
        yield from _of_area(first[area], area, ages, totals.get(area), year)


def _ages(row: list[str], match: Match) -> Iterator[tuple[str, float]]:
    if match.more is not None:
        for at, age in match.more.items():
            value = number(row[at])
            if value is not None:
                yield age, value
        return
    written = row[match.columns["age"]]
    if word(written) in ("all", "allages", "total"):
        return
    single = OLDEST.fullmatch(written)
    age = re.sub(r"\D", "", written) if single else _band(written)
    if age is None:
        raise ValueError(f"{written[:40]!r} is no age in years, nor a band of ages")
    value = number(row[match.columns["count"]])
    if value is not None:
        yield age, value


def _of_area(
    line: int, area: str, ages: dict[str, float], total: float | None, year: int
) -> Iterator[Said | SheetFault]:
    whole = sum(ages.values())
    bands = [age for age in ages if not age.isdigit()]
    if bands and not _whole(ages if len(bands) == len(ages) else []):
        yield SheetFault("", line, None, f"the bands of ages of {area} overlap, or leave ages out", "ages")
        return
    if total is not None and abs(total - whole) > 0.5:
        words = f"the ages of {area} come to {whole:,.0f}, all ages to {total:,.0f}: lines may be missing"
        yield SheetFault("", line, None, words, "not-the-total")
        return
    period = f"{year}-06-30"
    yield MeasureSaid(line, area, "population", period, whole, "people", "all ages")
    for age, value in sorted(ages.items(), key=lambda one: int(one[0][:3].rstrip("+"))):
        part = f"age {int(age):03d}" if age.isdigit() else f"ages {age}"
        yield MeasureSaid(line, area, "population", period, value, "people", part)
    yield PopulationSaid(line, area, financial_year(date(year, 6, 30)), "resident", round(whole))


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    year = _year(grid, match, asked)
    area = re.sub(r"\d.*", "", word(grid.rows[match.header][1][match.columns["area"]])) or "area"
    on = date(year, 6, 30) if year else None
    return Edition(f"population-by-age-{area}-{year}", f"residents by age, mid-{year}", on, str(year))


FORMAT = Format(
    key="population-by-age",
    title="population by age",
    looked_for="an area code with age and count in each line, or with a column for each age or band of ages",
    publisher="ons",
    publisher_name="Office for National Statistics",
    licence=OGL,
    order=40,
    recognise=recognise,
    read=read,
    edition=edition,
)
