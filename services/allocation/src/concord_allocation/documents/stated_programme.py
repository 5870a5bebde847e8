"""A plain linear programme as a problem document: variables as cases or options, rows as plain linear limits.

A variable that is worth something is a case with that benefit; one that costs is a case at a price, paid by
overspending an empty purse at a penalty, so that benefit is exactly the objective. A variable that may be negative is
two cases, one counted against the other; one that is 0 or 1 is an option.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from concord_allocation.documents.written.draft import Draft, Kind, NotReadable, Variable
from concord_contracts.allocation import Problem

YEAR, EVERYBODY, OPTIONS = "2000-01", "everybody", "options"
"""A programme knows neither years nor payers: it gets one of each."""

STATED = {"basis": "source", "source": "the programme as it was sent"}
MOST_GBP = 10**12
LARGEST_COST_GBP = 1e4
"""What the dearest unit costs, to within a power of ten: plans are in whole pounds, which are then small beside it."""

KEY_BEGINS = 60
"""Signs of a name that its key keeps: a key has 80 at most, and limits and numbers take some."""

WHOLE = (Kind.INTEGER, Kind.SEMI_INTEGER)

type Entry = tuple[str, float]
"""(key of one variable of the problem, how often it counts)."""


def stated_problem(draft: Draft, title: str) -> Problem:
    """Raises NotReadable for what no part of a problem does."""
    faults = list(_faults(draft))
    if faults:
        raise NotReadable("; ".join(faults[:20]))
    keys = _keys([variable.name for variable in draft.variables])
    sign = 1.0 if draft.maximise else -1.0
    dearest = max((cost for v in draft.variables for cost in _costs(v, sign)), default=0.0)
    gbp = 10.0 ** math.floor(math.log10(LARGEST_COST_GBP / dearest)) if dearest else 1.0
    lines: list[dict[str, Any]] = []
    if any(variable.kind in WHOLE for variable in draft.variables):
        lines.append({"key": OPTIONS, "name": "What is 0 or 1", "statutory_payer": EVERYBODY})
    options: list[dict[str, Any]] = []
    columns: list[list[Entry]] = []
    for variable, key in zip(draft.variables, keys, strict=True):
        if variable.kind in WHOLE:
            options.append(_option(variable, key, sign))
            columns.append([(f"option/{YEAR}/{key}", 1.0)])
            continue
        parts = [(key, 1.0)] + ([(f"{key}.minus", -1.0)] if _may_be_negative(variable) else [])
        lines += [_line(variable, part, way, sign * variable.cost, gbp) for part, way in parts]
        columns.append([(f"case/{YEAR}/{part}/unit", way) for part, way in parts])
    limits = [*_bounds(draft, keys, columns), *_rows(draft, columns)]
    document = {
        "title": f"{title[:200]} (objective = {_objective(draft)})",
        "years": [{"key": YEAR}],
        "base_year": YEAR,
        "discount_rate": 0.0,
        "benefit_unit": "objective",
        "payers": [{"key": EVERYBODY, "name": "Everybody"}],
        "purses": [
            {
                "key": "cost", "name": "what it costs", "owner": EVERYBODY, "amount_gbp": {YEAR: 0},
                "overspend": {"at_most_gbp": MOST_GBP, "penalty": 1 / gbp, "source": STATED["source"]},
                "provenance": STATED,
            }
        ],
        "lines": lines,
        "limits": limits,
        "options": options,
    }  # fmt: skip
    try:
        return Problem.model_validate(document)
    except ValidationError as faulty:
        found = faulty.errors()[0]
        where = "/".join(str(part) for part in found["loc"])
        raise NotReadable(f"does not fit a problem document at /{where}: {found['msg']}") from faulty


def _objective(draft: Draft) -> str:
    return ("benefit" if draft.maximise else "-benefit") + (f" {draft.offset:+g}" if draft.offset else "")


def _faults(draft: Draft) -> Iterator[str]:
    for variable in draft.variables:
        lower, upper = variable.lower or 0.0, math.inf if variable.upper is None else variable.upper
        if variable.kind in (Kind.SEMI_CONTINUOUS, Kind.SEMI_INTEGER):
            yield f"{variable.name} is nothing or within its bounds: no part of a problem is that"
        elif variable.kind == Kind.INTEGER and not (0 <= lower <= upper <= 1):
            yield f"{variable.name} takes whole numbers beyond 0 and 1: no part of a problem does"
        elif lower > upper:
            yield f"{variable.name} has a lower bound above its upper one"
    for row in draft.rows:
        if not any(row.entries.values()) and not row.lower <= 0 <= row.upper:
            yield f"row {row.name} counts nothing and cannot be kept"


def _keys(names: list[str]) -> list[str]:
    """Each name spelt as a key; those that would be alike are numbered."""
    found: dict[str, None] = {}
    for name in names:
        plain = f"v.{re.sub(r'[^A-Za-z0-9._~:-]', '_', name)}"[:KEY_BEGINS]
        key, number = plain, 1
        while key in found:
            number += 1
            key = f"{plain}~{number}"
        found[key] = None
    return list(found)


def _may_be_negative(variable: Variable) -> bool:
    return variable.lower is not None and variable.lower < 0


def _costs(variable: Variable, sign: float) -> Iterator[float]:
    """What a unit costs, of each case that stands for the variable, where it costs anything."""
    if variable.kind in WHOLE:
        return
    for way in (1.0, -1.0) if _may_be_negative(variable) else (1.0,):
        if way * sign * variable.cost < 0:
            yield abs(variable.cost)


def _line(variable: Variable, key: str, way: float, worth: float, gbp: float) -> dict[str, Any]:
    gain, name = way * worth, variable.name[:280] + (", below 0" if way < 0 else "")
    mode = {
        "key": "unit", "name": "unit", "unit_cost_gbp": max(0.0, -gain) * gbp, "benefit": max(0.0, gain),
        "provenance": STATED,
    }  # fmt: skip
    return {
        "key": key, "name": name, "stage": "variables", "statutory_payer": EVERYBODY, "unit": "unit",
        "modes": [mode], "citation": STATED["source"], "provenance": STATED,
    }  # fmt: skip


def _option(variable: Variable, key: str, sign: float) -> dict[str, Any]:
    worth = sign * variable.cost
    return {"key": key, "name": variable.name[:300], "line": OPTIONS, "benefit": worth, "provenance": STATED}


def _bounds(draft: Draft, keys: list[str], columns: list[list[Entry]]) -> Iterator[dict[str, Any]]:
    for variable, key, entries in zip(draft.variables, keys, columns, strict=True):
        lower, upper = variable.lower or 0.0, math.inf if variable.upper is None else variable.upper
        needs_lower = lower != 0 or _may_be_negative(variable)
        whole = variable.kind in WHOLE
        bounds = _between(lower if needs_lower else -math.inf, math.inf if whole and upper == 1 else upper)
        if bounds:
            yield _limit(f"bound-{key}", f"bounds of {variable.name}", entries, bounds)


def _rows(draft: Draft, columns: list[list[Entry]]) -> Iterator[dict[str, Any]]:
    for row, key in zip(draft.rows, _keys([row.name for row in draft.rows]), strict=True):
        entries = [(name, value * way) for j, value in row.entries.items() if value for name, way in columns[j]]
        bounds = _between(row.lower, row.upper)
        if entries and bounds:
            yield _limit(f"row-{key.removeprefix('v.')}", row.name, entries, bounds)


def _between(lower: float, upper: float) -> dict[str, float]:
    if lower == upper:
        return {"equal": lower}
    found = {"at_least": lower, "at_most": upper}
    return {side: bound for side, bound in found.items() if math.isfinite(bound)}


def _limit(key: str, label: str, entries: list[Entry], bounds: dict[str, float]) -> dict[str, Any]:
    terms = [{"column": column, "coefficient": value} for column, value in entries]
    return {
        "key": key, "label": label[:2000], "terms": terms, "per_year": False, "unit": "unit",
        "source": STATED["source"],
    } | bounds  # fmt: skip
