"""Ages as publishers write them, single years or bands, and the bands that populations by age are kept in. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

AGE = re.compile(r"(?:aged?|a|persons|p)?[ _]?(\d{1,3})(\+|plus|andover)?")
BAND = re.compile(
    r"(?:aged?|persons)?\s*"
    r"(?:(\d{1,3})\s*(?:-|\u2013|to|_)\s*(\d{1,3})|(\d{1,3})\s*(?:\+|plus|and over|years and over))(?:\s*years)?",
    re.IGNORECASE,
)
OLDEST = re.compile(r"(?:aged? )?(?:(\d{1,3}) ?(\+|plus|and over)|(\d{1,3}))", re.IGNORECASE)
KEPT: Sequence[tuple[int, int | None]] = (
    (0, 17), (18, 24), (25, 49), (50, 59), (60, 69), (70, 74), (75, 84), (85, None),
)  # fmt: skip
"""The bands of the table `population_ages`, which divide at the ages at which screening begins and ends. Files are
summed into the same bands, so that they can be added up. Registered patients in bands that lie across these keep their
own: of a year's several counts the last alone is read, so nobody counts twice."""


def band(cell: str) -> str | None:
    """Ages as they are kept: `000-004`, `085+`; None for what is none."""
    found = BAND.fullmatch(cell.strip())
    if not found:
        return None
    return f"{int(found[1]):03d}-{int(found[2]):03d}" if found[1] else f"{int(found[3]):03d}+"


def whole(bands: Iterable[str]) -> bool:
    """Whether bands follow each other from 0 on, each age once, to the oldest."""
    expected = 0
    for first, last in sorted((int(one[:3]), int(one[4:]) if "-" in one else -1) for one in bands):
        if first != expected:
            return False
        expected = last + 1
    return expected == 0  # the last is open


def age_of(written: str) -> str:
    """A single year as its digits, or a band. ValueError for what is neither."""
    single = OLDEST.fullmatch(written)
    age = re.sub(r"\D", "", written) if single else band(written)
    if age is None:
        raise ValueError(f"{written[:40]!r} is no age in years, nor a band of ages")
    return age


def first_of(age: str) -> int:
    return int(age[:3].rstrip("+"))


def in_kept_bands(ages: Mapping[str, float]) -> dict[tuple[int, int | None], int] | None:
    """People by the bands that are kept; None where ages are missing, or a band of the file lies across two of them.
    The oldest single year stands for itself and over."""
    if all(age.isdigit() for age in ages):
        years = {int(age) for age in ages}
        if years != set(range(len(years))) or len(years) <= (KEPT[-1][0]):
            return None
    elif not whole(ages):
        return None
    found = dict.fromkeys(KEPT, 0.0)
    for age, people in ages.items():
        first = first_of(age)
        kept = next(one for one in reversed(KEPT) if one[0] <= first)
        last = first if age.isdigit() else int(age[4:]) if "-" in age else None
        if kept[1] is not None and (last is None or last > kept[1]):
            return None
        found[kept] += people
    return {kept: round(people) for kept, people in found.items()}


def in_own_bands(ages: Mapping[str, float]) -> dict[tuple[int, int | None], int]:
    """People by the bands that the file has, which are `whole`."""
    last = {age: int(age[4:]) if "-" in age else None for age in sorted(ages)}
    return {(first_of(age), until): round(ages[age]) for age, until in last.items()}
