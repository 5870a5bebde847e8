"""Cells as publishers write them: days, numbers and what stands for "nothing". Pure."""

import re
from datetime import date

NOTHING = frozenset({"", "NA", "N/A", "NULL", "-", "--", "..", ".", ":", "#N/A", "[x]", "[z]"})
SUPPRESSED = frozenset({"*", "[c]", "s", "S"})

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_MONTHS = re.compile(r"(\d{1,2})[- ]?([A-Za-z]{3})[a-z]*[- ]?(\d{2}|\d{4})")
_NUMBER = re.compile(r"£?\s*(-?)£?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)\s*(%?)")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def day(cell: str) -> date | None:
    """A day written 20130401, 2013-04-01, 01/04/2013, 1-Apr-2013 or 01APR2013; None for nothing. ValueError else."""
    if cell in NOTHING:
        return None
    try:
        if found := _COMPACT.fullmatch(cell) or _ISO.fullmatch(cell):
            return date(*map(int, found.groups()))
        if found := _BRITISH.fullmatch(cell):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if (found := _MONTHS.fullmatch(cell)) and found[2].lower() in _NAMES:
            year = int(found[3]) + (0 if len(found[3]) == 4 else 2000)
            return date(year, _NAMES.index(found[2].lower()) + 1, int(found[1]))
    except ValueError:
        pass
    raise ValueError(f"{cell[:40]!r} is no day: 20130401, 2013-04-01 and 01/04/2013 are")


def number(cell: str) -> float | None:
    """A number with or without thousands separators, £ and %; None for nothing and for what is suppressed.

    ValueError else. 72.4% is 0.724.
    """
    if cell in NOTHING or cell in SUPPRESSED:
        return None
    found = _NUMBER.fullmatch(cell)
    if not found:
        raise ValueError(f"{cell[:40]!r} is no number")
    value = float(found[2].replace(",", "")) * (-1 if found[1] else 1)
    if value != value or abs(value) == float("inf"):
        raise ValueError(f"{cell[:40]!r} is no number")
    return value / 100 if found[3] else value


def whole(cell: str) -> int | None:
    """A number of people or things; halves are no whole numbers. ValueError else."""
    found = number(cell)
    if found is None:
        return None
    if not found.is_integer() or found < 0:
        raise ValueError(f"{cell[:40]!r} is no whole number")
    return int(found)


def word(name: str) -> str:
    """A column's name without case, blanks and signs: `CCG code`, `ccg_code` and `CCG-Code` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def slug(text: str, most: int = 60) -> str:
    """A key made of a text: `62-DAY (ALL CANCER)` is `62-day-all-cancer`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:most].strip("-") or "none"


def financial_year(on: date) -> str:
    """The financial year a day lies in, `2013-14`."""
    start = on.year if on.month >= 4 else on.year - 1
    return f"{start}-{(start + 1) % 100:02d}"


_IN_NAME = (
    re.compile(r"(?<!\d)(20\d\d)[-_ ]?(0[1-9]|1[0-2])[-_ ]?([0-2]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)(20\d\d)[-_ ](0[1-9]|1[0-2])(?!\d)"),
)
_MONTH_IN_NAME = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_ ]?(20\d\d)", re.IGNORECASE)


def day_in_name(name: str) -> date | None:
    """The day, month or else year that a file's name tells: `eccg_2016_02.csv` is of 1 February 2016."""
    for pattern in _IN_NAME:
        for found in pattern.finditer(name):
            try:
                return date(*(int(part) for part in (*found.groups(), 1)[:3]))
            except ValueError:
                continue
    month = _MONTH_IN_NAME.search(name)
    if month:
        return date(int(month[2]), _NAMES.index(month[1].lower()) + 1, 1)
    year = re.search(r"(?<!\d)(20\d\d)(?!\d|[-_]\d\d(?!\d))", name)
    return date(int(year[1]), 1, 1) if year else None
