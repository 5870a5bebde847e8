"""Changes of the service: patients, prices, capacity, and the parts of the problem by key."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from concord_allocation.core.changes.rules import scale_bounds_in
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

PARTS = {
    "resource": "resources",
    "demand": "demands",
    "link": "links",
    "saving": "savings",
    "equity": "equity",
    "option": "options",
    "option_rule": "option_rules",
    "contract": "contracts",
    "business_rule": "business_rules",
    "outside": "outside",
}
"""Field of a `set_part` change -> the part of the problem it goes to."""


def scale_demand(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from unknown_years(document, change["years"])
    yield from line_faults(document, change["select"])
    factor, years = change["factor"], years_of(document, change)
    chosen = selected_lines(document, change["select"])
    keys = keys_of(chosen)
    for line in chosen:
        if len(years) == len(document["years"]):
            line["demand_factor"] *= factor
        else:
            line["demand_by_year"] |= {year: line["demand_by_year"].get(year, 1.0) * factor for year in years}
    for limit in list(document["limits"]):
        if limit["demand_driven"] and all(_selects_only(document, term, keys) for term in limit["terms"]):
            yield from scale_bounds_in(document, limit, factor, years)
    for demand in document["demands"]:
        if demand["demand_driven"] and all(_selects_only(document, met, keys) for met in demand["met_by"]):
            for part in ("cases", "backlog_at_most"):
                scaled = {year: float(demand[part][year] * factor) for year in years if year in demand[part]}
                demand[part] = demand[part] | scaled


def _selects_only(document: Mutable, term: Mapping[str, Any], keys: set[str]) -> bool:
    counted = keys_of(selected_lines(document, term["select"]))
    return bool(counted) and counted <= keys


def price_shock(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from unknown_years(document, change["years"])
    yield from line_faults(document, change["select"])
    for line in selected_lines(document, change["select"]):
        for year in years_of(document, change):
            line["cost_factor"][year] = line["cost_factor"].get(year, 1.0) * change["factor"]


def add_line(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    for field, part in (("line", "lines"), ("curve", "curves")):
        item = change[field]
        if item is not None and item["key"] in keys_of(document[part]):
            yield f"/{field}/key", "duplicate", f"there is a {field} {item['key']!r} already"
        elif item is not None:
            document[part].append(copy.deepcopy(item))


def set_part(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    (field,) = [name for name in PARTS if change[name] is not None]
    items = document[PARTS[field]]
    yield from _by_law(items, change[field]["key"], f"/{field}/key")
    put(items, change[field])


def _by_law(items: Sequence[Mapping[str, Any]], key: str, pointer: str) -> Refusing:
    old = next((item for item in items if item["key"] == key), None)
    if old is not None and old.get("statutory"):
        yield pointer, "statutory-limit", f"{key!r} is set by law ({old['source']}); a what-if does not change law"


def remove_part(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    items, key = document[change["part"]], change["key"]
    if key not in keys_of(items):
        yield "/key", "unknown-key", f"no {change['part'].rstrip('s').replace('_', ' ')} {key!r} in this problem"
    yield from _by_law(items, key, "/key")
    document[change["part"]] = [item for item in items if item["key"] != key]


def scale_supply(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from unknown_years(document, change["years"])
    resources = {resource["key"]: resource for resource in document["resources"]}
    for index, key in enumerate(change["resources"]):
        if key not in resources:
            yield f"/resources/{index}", "unknown-key", f"no resource {key!r} in this problem"
            continue
        supply = resources[key]["supply"]
        for year in years_of(document, change):
            if year in supply:
                supply[year] = float(supply[year] * change["factor"])
