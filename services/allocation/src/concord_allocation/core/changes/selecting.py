"""Which purses and lines of a document a change is about, and what is wrong with how it names them."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from concord_allocation.core.faults_of_keys import LINE_ATTRIBUTES

type Mutable = dict[str, Any]
type Refusing = Iterator[tuple[str, str, str]]
"""(pointer inside the change, kind, words) of everything wrong with one change; the document is changed on the way."""


def keys_of(items: Sequence[Mapping[str, Any]]) -> set[str]:
    return {str(item["key"]) for item in items}


def years_of(document: Mutable, change: Mapping[str, Any]) -> list[str]:
    return [y["key"] for y in document["years"] if change["years"] is None or y["key"] in change["years"]]


def unknown_years(document: Mutable, years: Sequence[str] | None) -> Refusing:
    for index, year in enumerate(years or ()):
        if year not in keys_of(document["years"]):
            yield f"/years/{index}", "unknown-key", f"no year {year!r} in this problem"


def selected_purses(document: Mutable, select: Mapping[str, Any]) -> list[Mutable]:
    wanted = (("purses", "key"), ("owners", "owner"), ("kinds", "kind"))
    return [
        purse
        for purse in sorted(document["purses"], key=lambda purse: str(purse["key"]))
        if all(select[name] is None or purse[field] in select[name] for name, field in wanted)
    ]


def selected_lines(document: Mutable, select: Mapping[str, Any]) -> list[Mutable]:
    return [
        line
        for line in document["lines"]
        if all(select[name] is None or line[field] in select[name] for name, field in LINE_ATTRIBUTES.items())
    ]


def _misspelt(select: Mapping[str, Any], known: Mapping[str, set[str]], at: str) -> Refusing:
    for name, values in known.items():
        for index, value in enumerate(select[name] or ()):
            if value not in values:
                yield f"{at}/{name}/{index}", "unknown-key", f"no {name.rstrip('s')} {value!r} in this problem"


def purse_faults(document: Mutable, select: Mapping[str, Any]) -> Refusing:
    purses = document["purses"]
    yield from _misspelt(
        select,
        {"purses": keys_of(purses), "owners": keys_of(document["payers"]), "kinds": {p["kind"] for p in purses}},
        "/select",
    )
    if not selected_purses(document, select):
        yield "/select", "selects-nothing", "no purse is selected"


def line_faults(document: Mutable, select: Mapping[str, Any], at: str = "/select") -> Refusing:
    lines = document["lines"]
    known = {name: {line[field] for line in lines} for name, field in LINE_ATTRIBUTES.items()}
    yield from _misspelt(select, known, at)
    if not selected_lines(document, select):
        yield at, "selects-nothing", "no line is selected"


def put(items: list[Mutable], item: Mapping[str, Any]) -> None:
    """Replace the item of the same key, or add it."""
    items[:] = [other for other in items if other["key"] != item["key"]] + [copy.deepcopy(dict(item))]
