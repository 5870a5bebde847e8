"""What publishers' files measured of a commissioner: the latest period that was over on a day. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from concord_contracts.identifiers import first_day


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value with the file that says so. `part`: what of the whole, as published ("ALL CARE / LUNG")."""

    subject: str
    measure: str
    part: str
    period: str
    value: float
    numerator: float | None
    denominator: float | None
    file: int
    edition: str
    """The file in words: publisher, title, the day that it is of."""


def after_period(period: str) -> date | None:
    """The first day after a month (2021-07), a quarter (2013-14 Q1) or a financial year (2013-14); None for others."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?: Q([1-4]))?", period)
    if found is None:
        return None
    year, second, quarter = int(found[1]), int(found[2]), found[3]
    if quarter is None and 1 <= second <= 12:  # as the files' reader has it: 2010-11 is a month
        return date(year + second // 12, second % 12 + 1, 1)
    if (year + 1) % 100 != second or year >= date.max.year:
        return None
    start = first_day(f"{found[1]}-{found[2]}")
    months = 3 * int(quarter) if quarter else 12
    return date(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, 1)


def latest(
    found: Iterable[Measured], subjects: Collection[str], measures: Collection[str], pathway: str, day: date
) -> Measured | None:
    """Of a body's values the one of the latest period over by the day; of one period that of the latest file.

    A value of the pathway itself is preferred to one of all cancers. Parts are never added up.
    """
    over: dict[tuple[date, int, str], list[Measured]] = {}
    for one in found:
        end = after_period(one.period) if one.subject in subjects and one.measure in measures else None
        if end is not None and end <= day:
            over.setdefault((end, one.file, one.measure), []).append(one)
    for _, of_a_period in sorted(over.items(), reverse=True):
        chosen = _of_pathway(of_a_period, pathway)
        if chosen is not None:
            return chosen
    return None


def _of_pathway(parts: Sequence[Measured], pathway: str) -> Measured | None:
    """The part that is of the pathway, else the one that is of everything, else the only one."""
    own = [one for one in parts if pathway in (piece.lower() for piece in one.part.split(" / "))]
    for some in (own, parts):
        most = max((_wholes(one) for one in some), default=0)
        best = [one for one in some if _wholes(one) == most]
        if len(best) == 1:
            return best[0]
    return None


def _wholes(one: Measured) -> int:
    """How many of the pieces of a part stand for all of something."""
    return sum(piece.lower().startswith("all ") for piece in one.part.split(" / "))
