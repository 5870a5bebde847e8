"""Changes of limits and paces of change. What law sets is not changed."""

import copy
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Literal, NamedTuple

from concord_allocation.core.changes.selecting import (
    Mutable,
    Refusing,
    keys_of,
    line_faults,
    put,
    selected_lines,
    unknown_years,
    years_of,
)

SIDES = ("at_least", "at_most", "equal")


def scale_bounds(limit: Mutable, factor: float) -> None:
    """The label says so too: it is quoted in refusals, and its own figures are those of before."""
    for side in SIDES:
        if limit[side] is not None:
            limit[side] = float(limit[side] * factor)
    if factor != 1:
        limit["label"] += f" (what-if: times {factor:g})"


def scale_bounds_in(document: Mutable, limit: Mutable, factor: float, years: Sequence[str]) -> Refusing:
    """The bounds in some years alone: a limit on each of its years is split then, and each part keeps its own years."""
    held, other = limit_years(document, limit, years)
    if not held:
        return
    if not other:
        scale_bounds(limit, factor)
    elif not limit["per_year"]:
        yield "/years", "years-together", together(limit, [*held, *other])
    else:
        apart = copy.deepcopy(limit) | {"key": _key_beside(document, limit["key"], held[0]), "years": held}
        limit["years"] = other
        scale_bounds(apart, factor)
        _rename_loosened(document, limit["key"], apart["key"], held)
        document["limits"].append(apart)


def limit_years(document: Mutable, limit: Mapping[str, Any], years: Sequence[str]) -> tuple[list[str], list[str]]:
    """A limit's own years among `years`, and its others; both in the order of the plan."""
    own = years_of(document, limit)
    return [year for year in own if year in years], [year for year in own if year not in years]


def together(limit: Mapping[str, Any], years: Sequence[str]) -> str:
    return (
        f"{limit['key']!r} holds over {', '.join(sorted(years))} together: nothing says how much of it falls into "
        "single years; set or remove it first"
    )


def _key_beside(document: Mutable, key: str, year: str) -> str:
    """A key for the part of a limit that begins with a year."""
    name = f"{key[: KEY_LENGTH - 11]}.{year}"
    taken, tried = keys_of(document["limits"]) | keys_of(document["pace_of_change"]), name
    for number in count(2):
        if tried not in taken:
            return tried
        tried = f"{name}.{number}"
    raise AssertionError("counting does not end")


KEY_LENGTH = 80
"""Of a key in a problem."""


def _rename_loosened(document: Mutable, key: str, apart: str, years: Sequence[str]) -> None:
    """What was loosened before stays so, under the name of the part that it is in."""
    for loosening in document["loosened"]:
        for year in years:
            before = f"limit/{year}/{key}/"
            if loosening["row"].startswith(before):
                loosening["row"] = f"limit/{year}/{apart}/{loosening['row'].removeprefix(before)}"


def _limit(document: Mutable, key: str) -> Mutable | None:
    return next((limit for limit in document["limits"] if limit["key"] == key), None)


def _changeable(limit: Mapping[str, Any] | None, key: str, pointer: str) -> Refusing:
    if limit is None:
        yield pointer, "unknown-key", f"no limit {key!r} in this problem"
    elif limit["statutory"]:
        yield pointer, "statutory-limit", f"{key!r} is set by law ({limit['source']}); a what-if does not change law"


def scale_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    for index, key in enumerate(change["limits"]):
        limit = _limit(document, key)
        yield from _changeable(limit, key, f"/limits/{index}")
        if limit is not None:
            scale_bounds(limit, change["factor"])


def set_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    limit = _limit(document, change["limit"])
    yield from _changeable(limit, change["limit"], "/limit")
    sides = {side: change[side] for side in SIDES}
    if all(bound is None for bound in sides.values()):
        yield "", "empty-limit", "give at_least, at_most or equal; to drop a limit, remove it"
    elif sides["equal"] is not None and (sides["at_least"] is not None or sides["at_most"] is not None):
        yield "/equal", "reversed-bounds", "`equal` stands alone"
    if limit is not None:
        told = ", ".join(f"{side.replace('_', ' ')} {bound:,g}" for side, bound in sides.items() if bound is not None)
        limit.update(sides | {"label": f"{limit['label']} (what-if: {told})"})


def add_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["limit"]["key"]
    if key in keys_of(document["limits"]) | keys_of(document["pace_of_change"]):
        yield "/limit/key", "duplicate", f"there is a limit {key!r} already"
    document["limits"].append(copy.deepcopy(change["limit"]))


def remove_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["limit"]
    found = next((x for part in ("limits", "pace_of_change") for x in document[part] if x["key"] == key), None)
    yield from _changeable(found, key, "/limit")
    for part in ("limits", "pace_of_change"):
        document[part] = [item for item in document[part] if item["key"] != key]


def set_pace(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["pace"]["key"]
    old = next((pace for pace in document["pace_of_change"] if pace["key"] == key), None)
    if old is not None:
        yield from _changeable(old, key, "/pace/key")
    if _limit(document, key) is not None:
        yield "/pace/key", "duplicate", f"there is a limit {key!r} already"
    put(document["pace_of_change"], change["pace"])


def hold_lines(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    if not selected_lines(document, change["select"]):
        yield "/select", "selects-nothing", "no line is selected"
    told = "held as they are" if not change["tolerance"] else f"held within {change['tolerance']:.1%}"
    held = pace_of(told, change["select"], max_up=change["tolerance"], max_down=change["tolerance"], new_at_most_gbp=0)
    yield from add_rules(document, change["key"], [held])


def new_money_only(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    """Floors at the reference, line by line; with `keep_payers` purse by purse on each line."""
    select, years = change["select"], change["years"]
    yield from unknown_years(document, years)
    yield from line_faults(document, select)
    lines = selected_lines(document, select)
    purses = sorted({payment["purse"] for line in lines for payment in line["reference"] if payment["gbp"]})
    if lines and not purses:
        yield "/select", "nothing-to-protect", "no selected line has money in the reference split"
    names = {purse["key"]: purse["name"] for purse in document["purses"]}
    chosen = (
        [(f"no less from {names.get(purse, purse)} than today", {"purses": [purse]}) for purse in purses]
        if change["keep_payers"]
        else [("no less than today", {})]
    )
    floors = [pace_of(label, select | whose, max_down=0.0, years=years) for label, whose in chosen]
    yield from add_rules(document, change["key"], floors)


class Made(NamedTuple):
    """A rule without its key, and the part of the problem it goes to."""

    part: Literal["limits", "pace_of_change"]
    rule: Mutable


def add_rules(document: Mutable, key: str, made: Sequence[Made]) -> Refusing:
    """The rules that one change makes, called by its key and further ones with a number; names that are taken."""
    for number, (part, rule) in enumerate(made):
        name = f"{key}-{number}" if number else key
        if name in keys_of(document["limits"]) | keys_of(document["pace_of_change"]):
            yield "/key", "duplicate", f"there is a limit {name!r} already"
        document[part].append({"key": name, **rule})


def pace_of(label: str, select: Mapping[str, Any], **said: Any) -> Made:
    """A pace of change per line."""
    unsaid: Mutable = {"per": "line", "max_up": None, "max_down": None, "new_at_most_gbp": None, "deflator": None}
    rule = {"label": label, "select": {**EVERYTHING, **copy.deepcopy(dict(select))}, "years": None} | unsaid | WHAT_IF
    return Made("pace_of_change", rule | said)


def none_of(label: str, measure: str, select: Mapping[str, Any], years: Sequence[str], unit: str) -> Made:
    """A limit that keeps what is selected at nothing in each of these years."""
    term = {"select": {**EVERYTHING, **select}, "measure": measure, "coefficient": 1.0, "column": None}
    bounds = {"at_least": None, "at_most": 0.0, "equal": None, "years": list(years), "per_year": True}
    return Made("limits", {"label": label, "terms": [term], "unit": unit, "demand_driven": False} | bounds | WHAT_IF)


WHAT_IF: Mutable = {"source": "what-if", "statutory": False, "relaxation_weight": 1.0, "hard": True, "priority": 1}

EVERYTHING: Mapping[str, None] = dict.fromkeys(
    [
        "lines",
        "places",
        "pathways",
        "stages",
        "purposes",
        "statutory_payers",
        "payers",
        "purses",
        "funds",
        "modes",
        "resources",
        "demands",
        "options",
    ]
)
"""A selection that restricts nothing."""
