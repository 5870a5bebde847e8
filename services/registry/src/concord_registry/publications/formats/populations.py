"""People of an area by age, of any year: single years, or bands that cover all ages; long (a line for each) or wide (a
column for each).

Residents: ONS's mid-year estimates by CCG, council, district. Registered patients: NHS Digital's lists of GP practices'
patients, of the day of the extract. A file of one sex says nothing of all people: its figures are kept as measured
values and are nobody's population.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import day, day_in_name, financial_year, number, word
from concord_registry.publications.formats.ages import (
    AGE,
    KEPT,
    age_of,
    band,
    first_of,
    in_kept_bands,
    in_own_bands,
    whole,
)
from concord_registry.publications.formats.base import (
    NO_MATCH,
    OGL,
    Format,
    Match,
    body_of,
    by_header,
    column,
)
from concord_registry.publications.formats.people_by_sex import BOTH, Area, sex_of
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import AgesSaid, Asked, Edition, LeftOutSaid, MeasureSaid, PopulationSaid, Said

AREA = r"(ccg|sicbl|icb|lad|ltla|utla|ctyua|stp|rgn|laua)\d\d(cd|cdh|cdo)?"
ODS_AREA = r"(ccg|sicbl|icb|stp)\d\d(cdh|cdo)"
COUNTED = r"population20\d\d"
AREA_NAMES = (
    "areacode", "code", "orgcode", "area_codes", "geography_code", "ccg_code", "sub_icb_location_code", "icb_code",
)  # fmt: skip
LONG = (
    column("area", *AREA_NAMES, pattern=AREA),
    column("ods", "ods_code", "nhs_code", needed=False, pattern=ODS_AREA),
    column("age", "single_year_of_age", "age_band", "agegroup", "age_group_5"),
    column(
        "count",
        "persons",
        "population",
        "value",
        "number_of_patients",
        "patients",
        "registered_patients",
        "obs_value",
        pattern=COUNTED,
    ),
    column("sex", "gender", needed=False),
    column("total", "all_ages", "allages", needed=False),
    column("on", "extract_date", needed=False),
)
PATIENTS = ("numberofpatients", "patients", "registeredpatients")
"""Columns that count patients of practices: people registered with them, wherever they live."""
ALL_AGES = ("all", "allages", "total")
FEWEST_AGES, FEWEST_BANDS = 15, 3
WIDE_AREA = re.compile(
    rf"{AREA}|(ccg|sicbl|icb|la|lad|ons|onsccg|gss|area|geography)codes?|code|orgcode|areacodes1|odscode|{AREA}code"
)


type Basis = Literal["resident", "registered"]
ONLY = {"men": "men", "women": "women", "other": "one sex"}
KEPT_IN_WORDS = ", ".join(f"{first}-{last}" if last is not None else f"{first}+" for first, last in KEPT)


def recognise(grid: Grid) -> Match:
    """A file of residents: of people by age, but not of patients."""
    found = _found(grid)
    return NO_MATCH if found.recognised and _of_patients(grid, found) else found


def recognise_patients(grid: Grid) -> Match:
    found = _found(grid)
    if not found.recognised or not _of_patients(grid, found):
        return NO_MATCH
    return replace(found, why=f"{found.why}; it counts patients")


def _found(grid: Grid) -> Match:
    return max(by_header(grid, LONG, bonus=0.4), _wide(grid), key=lambda one: one.score)


def _of_patients(grid: Grid, match: Match) -> bool:
    """Whether people are counted as patients of practices: by the column of counts, the day of an extract, a title."""
    header = grid.rows[match.header][1]
    counted = "count" in match.columns and word(header[match.columns["count"]]) in PATIENTS
    above = " ".join(cell for _, row in grid.rows[: match.header] for cell in row)
    return counted or "on" in match.columns or bool(re.search(r"registered|patients", above, re.IGNORECASE))


def _wide(grid: Grid) -> Match:
    for position, (number_of_line, cells) in enumerate(grid.head[:25]):
        ages = {at: found[1] for at, cell in enumerate(cells) if (found := AGE.fullmatch(word(cell)))}
        bands = {at: key for at, cell in enumerate(cells) if (key := band(cell))}
        if len(set(ages.values())) < FEWEST_AGES:
            ages = bands
            if len(bands) < FEWEST_BANDS:
                continue
            if not whole(bands.values()):
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


def _day(grid: Grid, match: Match, asked: Asked) -> date | None:
    """The day of an extract of patients: as its lines say, else the caller, else a day in a title or the name."""
    at = match.columns.get("on")
    if at is not None:
        for _, cells in grid.rows[match.header + 1 :]:
            try:
                if len(cells) > at and (found := day(cells[at])):
                    return found
            except ValueError:
                continue  # named where the line is read
    if asked.stated_on:
        return asked.stated_on
    above = [cell for _, row in grid.rows[: match.header] for cell in row]
    return next((found for text in (*above, asked.hints.get("name", "")) if (found := day_in_name(text))), None)


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    year = _year(grid, match, asked)
    if year is None:
        yield SheetFault("", 0, None, "the file does not say which year it is of: say so (stated_on)", "no-year")
        return
    yield from _read(grid, match, asked, date(year, 6, 30), "resident")


def read_patients(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    on = _day(grid, match, asked)
    if on is None:
        yield SheetFault("", 0, None, "the file does not say which day it is of: say so (stated_on)", "no-day")
        return
    yield from _read(grid, match, asked, on, "registered")


def _read(grid: Grid, match: Match, asked: Asked, on: date, basis: Basis) -> Iterator[Said | SheetFault]:
    areas: dict[str, Area] = {}
    sex_in_name = _sex_in_name(match, asked)
    width = len(grid.rows[match.header][1])
    for line, cells in grid.rows[match.header + 1 :]:
        if len(cells) != width and grid.sheet is None:
            yield SheetFault("", line, None, f"has {len(cells)} columns where {width} are expected", "columns")
            continue
        row = [*cells, *[""] * (width - len(cells))]
        try:
            if "on" in match.columns and day(row[match.columns["on"]]) not in (None, on):
                raise ValueError(f"is of {row[match.columns['on']]}, lines before it of {on}: send a file for each day")
            body = body_of((row[match.columns["ods"]] if "ods" in match.columns else "") or row[match.columns["area"]])
            sex = sex_of(row[match.columns["sex"]]) if "sex" in match.columns else sex_in_name
            _take(areas.setdefault(body, Area(line)), sex, row, match)
        except ValueError as error:
            yield SheetFault("", line, None, str(error))
    for body, area in areas.items():
        yield from _of_area(body, area, on, basis)


def _sex_in_name(match: Match, asked: Asked) -> str:
    """The sex that a file without such a column is of, as its name tells."""
    found = re.search(r"(?<![a-z])(females?|women|males?|men)(?![a-z])", asked.hints.get("name", ""), re.IGNORECASE)
    return sex_of(found[1]) if found else BOTH


def _take(area: Area, sex: str, row: list[str], match: Match) -> None:
    if "total" in match.columns:
        total = number(row[match.columns["total"]])
        if total is not None:
            area.all_ages[sex] = total
    if match.more is not None:
        for at, age in match.more.items():
            value = number(row[at])
            if value is not None:
                area.ages[sex][age] += value
        return
    written = row[match.columns["age"]]
    age = None if word(written) in ALL_AGES else age_of(written)
    value = number(row[match.columns["count"]])
    if value is None:
        return
    if age is not None:
        area.ages[sex][age] += value
    elif "total" not in match.columns:
        area.all_ages[sex] += value


def _of_area(body: str, area: Area, on: date, basis: Basis) -> Iterator[Said | SheetFault]:
    ages, total, line = area.by_age(), area.total(), area.line
    if not ages and total is None:
        return
    people = sum(ages.values()) if ages else total or 0.0
    bands = [age for age in ages if not age.isdigit()]
    if bands and not whole(ages if len(bands) == len(ages) else []):
        yield SheetFault("", line, None, f"the bands of ages of {body} overlap, or leave ages out", "ages")
        return
    if total is not None and abs(total - people) > 0.5:
        words = f"the ages of {body} come to {people:,.0f}, all ages to {total:,.0f}: lines may be missing"
        yield SheetFault("", line, None, words, "not-the-total")
        return
    measure = "population" if basis == "resident" else "registered-patients"
    of = f"{area.only}, " if area.only else ""
    yield MeasureSaid(line, body, measure, on.isoformat(), people, "people", f"{of}all ages")
    for age, value in sorted(ages.items(), key=lambda one: first_of(one[0])):
        part = f"{of}age {int(age):03d}" if age.isdigit() else f"{of}ages {age}"
        yield MeasureSaid(line, body, measure, on.isoformat(), value, "people", part)
    if area.only:
        words = f"figures of {ONLY[area.only]} alone are kept as measured values and are no area's population"
        yield LeftOutSaid(line, words)
        return
    yield PopulationSaid(line, body, financial_year(on), basis, round(people))
    kept = in_kept_bands(ages)
    if kept is None and basis == "registered" and bands:  # lists of patients come in fives, which no year of age fills
        kept = in_own_bands(ages)
    if kept is not None:
        for (first, last), persons in kept.items():
            yield AgesSaid(line, body, on, first, last, persons, basis)
    elif bands:
        yield LeftOutSaid(line, f"bands of ages that lie across {KEPT_IN_WORDS} are kept as measured values alone")


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    year = _year(grid, match, asked)
    on = date(year, 6, 30) if year else None
    only = _only(grid, match, asked)
    series = f"population-by-age-{_area_kind(grid, match)}-{year}{f'-{only}' if only else ''}"
    who = f"residents by age, {ONLY[only]} alone" if only else "residents by age"
    return Edition(series, f"{who}, mid-{year}", on, str(year))


def edition_of_patients(grid: Grid, match: Match, asked: Asked) -> Edition:
    on = _day(grid, match, asked)
    only = _only(grid, match, asked)
    series = f"registered-by-age-{_area_kind(grid, match)}-{on}{f'-{only}' if only else ''}"
    who = f"registered patients by age, {ONLY[only]} alone" if only else "registered patients by age"
    return Edition(series, f"{who}, {on}", on, on.isoformat() if on else None)


def _area_kind(grid: Grid, match: Match) -> str:
    return re.sub(r"\d.*|code$", "", word(grid.rows[match.header][1][match.columns["area"]])) or "area"


def _only(grid: Grid, match: Match, asked: Asked) -> str:
    """The one sex that all lines are of; "" where they are of both."""
    at = match.columns.get("sex")
    area = Area(0)
    for _, cells in grid.rows[match.header + 1 :] if at is not None else ():
        if at is not None and len(cells) > at:
            area.all_ages[sex_of(cells[at])] = 0.0
    if at is None:
        area.all_ages[_sex_in_name(match, asked)] = 0.0
    return area.only if area.all_ages else ""


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

PATIENTS_FORMAT = Format(
    key="registered-by-age",
    title="registered patients by age",
    looked_for="a header with a code, AGE and NUMBER_OF_PATIENTS, of the day in EXTRACT_DATE",
    publisher="nhs-digital",
    publisher_name="NHS Digital",
    licence=OGL,
    order=40,
    recognise=recognise_patients,
    read=read_patients,
    edition=edition_of_patients,
)
