"""Between the contract's models and the core's plain values; the only place that knows both.

Also the digests: of a problem's canonical content, and of an answer's, so that an agreement can name exactly what it
rests on. Solver timings are no part of either.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, cast

from pydantic import ValidationError

from concord_allocation.core import changes as core_changes
from concord_allocation.core import difference as core_difference
from concord_allocation.core import results, results_of_refusals
from concord_allocation.core import solve as core_solve
from concord_allocation.core.changes.told import TOLD, told
from concord_allocation.core.parse import parse
from concord_allocation.core.phases import Phase, Within, unwatched
from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables
from concord_allocation.core.units import unit_of
from concord_contracts.allocation import Answer, Change, Difference, Problem, Refusal
from concord_contracts.identifiers import digest_of

ANSWER_MODEL = "allocation-answer/1"

ORDERED = frozenset({"segments", "years", "objectives"})
"""Lists whose order means something; every other list is put in canonical order before it is digested."""

ADDED: dict[str, dict[str, Any]] = {
    "": {
        part: []
        for part in [
            "price_indices",
            "resources",
            "demands",
            "links",
            "savings",
            "equity",
            "options",
            "option_rules",
            "contracts",
            "business_rules",
            "transfers",
            "outside",
            "loosened",
        ]
    }
    | {"sacrifices": {}},
    "purses": {"only_non_recurrent": False, "carry": None, "overspend": None},
    "lines": {"cost_index": None, "non_recurrent": False, "demand_by_year": {}},
    "mechanisms": {"leaving": {}},
    "modes": {"benefit": 0.0, "benefit_low": None, "benefit_high": None},
    "reference": {"built_from": None},
    "funds": {"carry": None},
    "contracts": {"values_gbp": {}, "begins": None},
    "limits": {"priority": 1},
    "terms": {"column": None},
    "select": {"resources": None, "demands": None, "options": None},
    "pace_of_change": {"deflator": None, "hard": True, "priority": 1},
}
"""Fields that the schema gained later, by the part they stand in. At its default such a field is no part of a digest,
so that a problem asked before it existed keeps its name for ever."""

UNNAMED = {"people", "unchecked_units"}
"""Parts that no plan depends on and no digest names: the same plan has the same name however people are counted, and a
problem kept from before its units were checked keeps the name it was given then."""

BENEFIT_PLACES = 6
"""Decimal places of benefit in a digest: below the reproducibility that is promised between machines."""


def tables_of(problem: Problem) -> ProblemTables:
    """Raises InvalidProblem with every contradiction, at JSON pointers inside the problem."""
    return parse(problem.model_dump(mode="json"))


def check(problem: Problem) -> str:
    """The problem's digest, once it is known to hold together. Raises InvalidProblem."""
    tables_of(problem)
    return problem_digest(problem)


def solve(
    problem: Problem,
    *,
    time_limit_seconds: float | None = None,
    prices: bool = True,
    within: Within = unwatched,
) -> Answer | Refusal:
    """The problem's outcome, solved cold. Raises InvalidProblem."""
    with within(Phase.PROBLEM):
        tables, digest = tables_of(problem), problem_digest(problem)
    outcome = core_solve.solve(tables, time_limit_seconds=time_limit_seconds, prices=prices, within=within)
    with within(Phase.WRITING):
        return outcome_of(outcome, digest)


def apply(problem: Problem, changes: Sequence[Change]) -> Problem:
    """The changed problem. Raises InvalidProblem, at /changes/<number>/... or in the problem that results."""
    asked = [change.model_dump(mode="json") for change in changes]
    changed = core_changes.apply(problem.model_dump(mode="json"), asked)
    try:
        return Problem.model_validate(changed)
    except ValidationError as wrong:
        faults = [
            Fault("/" + "/".join(str(part) for part in error["loc"]), "out-of-range", error["msg"])
            for error in wrong.errors()
        ]
        raise InvalidProblem(faults) from wrong


def difference(before: Answer, after: Answer, base: str | None = None, changes: Sequence[Change] = ()) -> Difference:
    """What changed from one plan to another; `base`: the problem (JSON) that the changes were applied to."""
    # The contract's answers have the field names of the core's, and neither function reads anything else.
    plans = cast(results.Answer, before), cast(results.Answer, after)
    said: list[str] = []
    if base and any(change.kind in TOLD for change in changes):
        asked = [change.model_dump(mode="json") for change in changes]
        said = told(Problem.model_validate_json(base).model_dump(mode="json"), asked, *plans)
    return Difference.model_validate(asdict(core_difference.compare(*plans, said)))


def outcome_of(outcome: results.Answer | results_of_refusals.Refusal, of_problem: str) -> Answer | Refusal:
    """The core's outcome as the contract has it, with both digests."""
    fields = asdict(outcome) | {"problem_digest": of_problem}
    if isinstance(outcome, results.Answer):
        return Answer.model_validate(fields | {"digest": digest_of(_answer_content(outcome, of_problem))})
    return Refusal.model_validate(fields | {"digest": digest_of(_refusal_content(outcome, of_problem))})


def problem_digest(problem: Problem) -> str:
    """SHA-256 of the problem's canonical content: the same for the same problem in any order of input."""
    document = problem.model_dump(mode="json", exclude=UNNAMED)
    units = [unit_of(limit, document) for limit in document["limits"]]
    for limit, unit in zip(document["limits"], units, strict=True):
        limit["unit"] = unit  # stated or left out, it is the same limit
    return digest_of(_canonical(document, ""))


def _canonical(value: Any, part: str) -> Any:
    """Lists in canonical order, numbers with a fraction as decimal strings; `part`: the field it stands in."""
    if isinstance(value, float):
        return decimal_text(value)
    if isinstance(value, dict):
        added = ADDED.get(part, {})
        kept = {key: inner for key, inner in value.items() if key not in added or inner != added[key]}
        canonical = {key: _canonical(inner, key) for key, inner in kept.items()}
        if part == "option_rules" and value["kind"] == "requires":  # the first needs the others: no other may be first
            first, *others = value["options"]
            canonical["options"] = [first, *sorted(others)]
        return canonical
    if isinstance(value, list):
        items = [_canonical(inner, part) for inner in value]
        return items if part in ORDERED else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def decimal_text(value: float) -> str:
    """The shortest decimal that reads back as the same number, without exponent: 0.5, 1, 0.0000125."""
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _answer_content(answer: results.Answer, of_problem: str) -> dict[str, Any]:
    return {
        "model": ANSWER_MODEL,
        "problem_digest": of_problem,
        "status": answer.status,
        "cells": [[c.year, c.line, c.purse, c.fund or "", c.gbp] for c in answer.cells if c.gbp],
        "contributions": [[c.year, c.fund, c.purse, c.gbp] for c in answer.contributions],
        "benefit": decimal_text(round(answer.totals.benefit, BENEFIT_PLACES)),
        "benefit_unit": answer.totals.benefit_unit,
        "assumption_share": decimal_text(answer.assumptions.share),
    }


def _refusal_content(refusal: results_of_refusals.Refusal, of_problem: str) -> dict[str, Any]:
    return {
        "model": ANSWER_MODEL,
        "problem_digest": of_problem,
        "status": refusal.status,
        "reason": refusal.reason,
        "conflict": [member.key for member in refusal.conflict],
    }
