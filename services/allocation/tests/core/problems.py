"""Small problems with sensible defaults, so that a test shows only what it is about."""

from typing import Any

from concord_allocation.core.parse import parse
from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.results import Answer
from concord_allocation.core.results_of_refusals import Refusal
from concord_allocation.core.solve import solve
from concord_contracts.allocation import Problem

SOURCED = {"basis": "source", "source": "a test"}
YEAR = "2014-15"


def make_payer(key: str) -> dict[str, Any]:
    return {"key": key, "name": f"Body {key}"}


def make_purse(key: str, gbp: int | dict[str, int], owner: str = "ccg", **changed: Any) -> dict[str, Any]:
    amounts = gbp if isinstance(gbp, dict) else {YEAR: gbp}
    return {"key": key, "name": f"purse {key}", "owner": owner, "amount_gbp": amounts, "provenance": SOURCED} | changed


def make_mode(key: str, unit_cost_gbp: float) -> dict[str, Any]:
    return {"key": key, "name": key, "unit_cost_gbp": unit_cost_gbp, "provenance": SOURCED}


def make_line(
    key: str, paid: dict[str, int] | None = None, curve: str | None = None, payer: str = "ccg", **changed: Any
) -> dict[str, Any]:
    """`paid`: reference GBP by purse."""
    return {
        "key": key,
        "place": "place",
        "pathway": "lung",
        "stage": key,
        "population_basis": "registered",
        "statutory_payer": payer,
        "citation": f"the Act, about {key}",
        "reference": [{"purse": purse, "gbp": gbp} for purse, gbp in (paid or {}).items()],
        "curve": curve,
        "unit": "case" if changed.get("modes") else None,
        "provenance": SOURCED,
    } | changed


def make_curve(key: str, *segments: tuple[float | None, float]) -> dict[str, Any]:
    """Segments as (width GBP, benefit per GBP)."""
    return {
        "key": key,
        "segments": [{"width_gbp": width, "slope": slope} for width, slope in segments],
        "provenance": SOURCED,
    }


def make_limit(key: str, *terms: dict[str, Any], **bounds: Any) -> dict[str, Any]:
    return {"key": key, "label": f"limit {key}", "terms": list(terms), "source": "a test"} | bounds


def spend_on(*lines: str, **changed: Any) -> dict[str, Any]:
    return {"select": {"lines": list(lines)}} | changed


def make_problem(**changed: Any) -> dict[str, Any]:
    """Two lines of one payer, GBP 100 for both: `rich` buys 3 then 1 per GBP, `poor` 2 per GBP for its first 50."""
    made: dict[str, Any] = {
        "title": "a test",
        "years": [{"key": YEAR}],
        "base_year": YEAR,
        "payers": [make_payer("ccg")],
        "purses": [make_purse("money", 100)],
        "lines": [
            make_line("rich", {"money": 60}, "rich"),
            make_line("poor", {"money": 40}, "poor"),
        ],
        "curves": [make_curve("rich", (40, 3), (40, 1)), make_curve("poor", (50, 2))],
    }
    return made | changed


def document(problem: dict[str, Any]) -> dict[str, Any]:
    """The problem with every default filled in, as the core gets it."""
    return Problem.model_validate(problem).model_dump(mode="json")


def tables(problem: dict[str, Any]) -> ProblemTables:
    return parse(document(problem))


def outcome(problem: dict[str, Any], **options: Any) -> Answer | Refusal:
    return solve(tables(problem), **options)


def answer(problem: dict[str, Any], **options: Any) -> Answer:
    found = outcome(problem, **options)
    assert isinstance(found, Answer), found
    assert found.check.passed
    return found


def refusal(problem: dict[str, Any]) -> Refusal:
    found = outcome(problem)
    assert isinstance(found, Refusal), found
    return found


def spend(found: Answer, year: str = YEAR) -> dict[str, int]:
    return {row.line: row.gbp for row in found.lines if row.year == year}


def bills(found: Answer) -> dict[tuple[str, str], int]:
    return {(row.year, row.key): row.gbp for row in found.splits.payer}
