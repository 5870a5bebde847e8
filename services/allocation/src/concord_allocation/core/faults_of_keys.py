"""Faults of keys: names that nothing has, years that are not planned, keys used twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from concord_allocation.core.problem import Fault

type Document = Mapping[str, Any]

LINE_ATTRIBUTES = {
    "lines": "key",
    "places": "place",
    "pathways": "pathway",
    "stages": "stage",
    "purposes": "purpose",
    "statutory_payers": "statutory_payer",
}


def unknown(value: Any, among: Iterable[str], pointer: str, what: str) -> Iterator[Fault]:
    if value is not None and value not in among:
        yield Fault(pointer, "unknown-key", f"no {what} {value!r} in this problem")


def selection_faults(select: Document, known: Mapping[str, set[str]], pointer: str) -> Iterator[Fault]:
    for attribute, values in select.items():
        for index, value in enumerate(values or ()):
            yield from unknown(value, known[attribute], f"{pointer}/{attribute}/{index}", attribute.rstrip("s"))


def year_keys(years: Iterable[str], known: Mapping[str, set[str]], pointer: str) -> Iterator[Fault]:
    for year in years:
        yield from unknown(year, known["years"], f"{pointer}/{year}", "year")


def year_list(years: Sequence[str] | None, known: Mapping[str, set[str]], pointer: str) -> Iterator[Fault]:
    for index, year in enumerate(years or ()):
        yield from unknown(year, known["years"], f"{pointer}/{index}", "year")
        if year in (years or ())[:index]:
            yield Fault(f"{pointer}/{index}", "duplicate", f"year {year!r} is named twice")


def repeated(items: Sequence[Document], pointer: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item["key"] in seen:
            yield Fault(f"{pointer}/{index}/key", "duplicate", f"key {item['key']!r} is used twice")
        seen.add(item["key"])


def selects(select: Document, line: Document) -> bool:
    return all(
        select.get(attribute) is None or line[field] in select[attribute]
        for attribute, field in LINE_ATTRIBUTES.items()
    )


def has_modes(document: Document, select: Document) -> bool:
    return any(
        select["modes"] is None or mode["key"] in select["modes"]
        for line in document["lines"]
        if selects(select, line)
        for mode in line["modes"]
    )
