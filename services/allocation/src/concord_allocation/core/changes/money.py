"""Changes of what purses hold, move and carry."""

import copy
from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from typing import Any

from concord_allocation.core.changes.selecting import (
    Mutable,
    Refusing,
    keys_of,
    purse_faults,
    selected_purses,
    unknown_years,
    years_of,
)
from concord_allocation.core.parse_amounts import moved, moved_years
from concord_allocation.core.whole_pounds import in_proportion

SOURCE_AT_MOST = 300
"""Characters of a transfer's source."""


def scale_purse(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from unknown_years(document, change["years"])
    yield from purse_faults(document, change["select"])
    for purse in selected_purses(document, change["select"]):
        for year in years_of(document, change):
            if year in purse["amount_gbp"]:
                purse["amount_gbp"][year] = _half_up(purse["amount_gbp"][year] * _exact(change["factor"]))


def _exact(factor: float) -> Fraction:
    """The decimal that the caller wrote: 0.938 means 938/1000, not its nearest binary number."""
    return Fraction(repr(factor))


def _half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


def add_money(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from unknown_years(document, change["years"])
    yield from purse_faults(document, change["select"])
    purses = selected_purses(document, change["select"])
    for year in years_of(document, change) if purses else ():
        held = [purse["amount_gbp"].get(year, 0) for purse in purses]
        weights = held if change["split"] == "in_proportion" and any(held) else [1] * len(purses)
        parts = in_proportion(change["gbp"], weights)
        for purse, has, part in zip(purses, held, parts, strict=True):
            if has + part < 0:
                yield "/gbp", "negative-money", f"{purse['key']} holds GBP {has:,} in {year}, less than GBP {-part:,}"
            else:
                purse["amount_gbp"][year] = has + part


def add_purse(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    if change["purse"]["key"] in keys_of(document["purses"]):
        yield "/purse/key", "duplicate", f"there is a purse {change['purse']['key']!r} already"
    document["purses"].append(copy.deepcopy(change["purse"]))


def transfer(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    """A row among the boundary transfers: amounts of purses are as before it, so nothing else is touched."""
    purses = {purse["key"]: purse for purse in document["purses"]}
    years = [year["key"] for year in document["years"]]
    for end in ("from_purse", "to_purse"):
        if change[end] not in purses:
            yield f"/{end}", "unknown-key", f"no purse {change[end]!r} in this problem"
    if change["from_year"] not in years:
        yield "/from_year", "unknown-key", f"no year {change['from_year']!r} in this problem"
    if change["from_purse"] == change["to_purse"]:
        yield "/to_purse", "same-purse", "money moves from one purse to another"
    if change["from_purse"] not in purses or change["to_purse"] not in purses or change["from_year"] not in years:
        return
    source, before = change["from_purse"], moved(document, years)
    for t in moved_years(change, years):
        held = purses[source]["amount_gbp"].get(years[t], 0) + before.get((source, t), 0)
        if held < change["gbp"]:
            yield "/gbp", "negative-money", f"{source} holds only GBP {held:,} in {years[t]}"
    taken = keys_of(document["transfers"])
    record = {name: change[name] for name in ("from_purse", "to_purse", "service", "from_year", "recurrent", "gbp")}
    document["transfers"].append(
        record
        | {
            "key": next(key for number in count(1) if (key := f"what-if-{number}") not in taken),
            "day": change["day"] or f"{change['from_year'][:4]}-04-01",
            "source": (change["note"] or "a what-if")[:SOURCE_AT_MOST].strip(),
        }
    )


def set_carry(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from purse_faults(document, change["select"])
    for purse in selected_purses(document, change["select"]):
        purse["carry"] = copy.deepcopy(change["carry"])


def set_overspend(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from purse_faults(document, change["select"])
    for purse in selected_purses(document, change["select"]):
        purse["overspend"] = copy.deepcopy(change["overspend"])
