"""The change that moves bounds outwards row by row, and what becomes of that when later changes take rows away."""

import math
from collections.abc import Mapping
from typing import Any

from concord_allocation.core.changes.selecting import Mutable, Refusing, keys_of
from concord_allocation.core.columns import lay_out
from concord_allocation.core.families import all_rows
from concord_allocation.core.parse import parse
from concord_allocation.core.problem import InvalidProblem


def loosen(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    """What is asked beyond what was loosened before; a purse's row is loosened by money in the purse."""
    purses = {purse["key"]: purse for purse in document["purses"]}
    years = keys_of(document["years"])
    for index, asked in enumerate(change["rows"]):
        kind, _, rest = asked["row"].partition("/")
        if kind == "purse":
            year, _, key = rest.partition("/")
            if key not in purses or year not in years:
                yield f"/rows/{index}/row", "unknown-key", f"no purse {key!r} in year {year!r} of this problem"
            elif asked["side"] != "upper":
                yield f"/rows/{index}/side", "no-such-bound", "a purse has an upper bound alone: what it holds"
            else:
                amounts = purses[key]["amount_gbp"]
                amounts[year] = amounts.get(year, 0) + math.ceil(asked["by"])
            continue
        same = [one for one in document["loosened"] if (one["row"], one["side"]) == (asked["row"], asked["side"])]
        document["loosened"] = [one for one in document["loosened"] if one not in same]
        if asked["by"]:
            by = asked["by"] + sum(one["by"] for one in same)
            document["loosened"].append({"row": asked["row"], "side": asked["side"], "by": by})


def without_gone(document: Mutable, before: Mapping[str, Any]) -> Mutable:
    """The document without what was loosened `before` on rows that its changes have taken away."""
    if not before["loosened"]:
        return document
    try:
        tables = parse(document | {"loosened": []})
    except InvalidProblem:  # told where the whole problem is read
        return document
    rows = {row.key for row in all_rows(tables, lay_out(tables))}
    gone = {one["row"] for one in before["loosened"] if _stated(one["row"]) not in rows}
    return document | {"loosened": [one for one in document["loosened"] if one["row"] not in gone]}


def _stated(row: str) -> str:
    """The row as its rule states it: an equality that was loosened has two sides with names of their own."""
    while row.endswith(("/low", "/high")):
        row = row.rpartition("/")[0]
    return row
