"""Units at the edge: what a limit counts goes by its measures; what contradicts them is refused where it stands."""

from copy import deepcopy
from typing import Any

import pytest

from concord_allocation import translate
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.units import is_money
from concord_contracts.allocation import EXAMPLE_PROBLEM, Answer, Problem, Refusal
from services.allocation.tests.core.problems import make_limit, make_line, make_mode, make_problem, spend_on

UNSAID = object()
SCANS = {"measure": "activity"}
CASE = {"lines": [make_line("rich", {"money": 60}, "rich", modes=[make_mode("ct", 5)], unit="scan"),
                  make_line("poor", {"money": 40}, "poor")]}  # fmt: skip


def work_ups(wanted: int, unit: Any = UNSAID, **changed: Any) -> Problem:
    """The documented example with so many work-ups asked for."""
    document = deepcopy(EXAMPLE_PROBLEM)
    (limit,) = document["limits"]
    limit |= {"at_least": wanted} | changed
    del limit["unit"]
    return Problem.model_validate(document | {"limits": [limit | ({} if unit is UNSAID else {"unit": unit})]})


def faults(*limits: dict[str, Any], **changed: Any) -> list[tuple[str, str]]:
    try:
        translate.check(Problem.model_validate(make_problem(**CASE | {"limits": list(limits)} | changed)))
    except InvalidProblem as invalid:
        return [(fault.pointer, fault.kind) for fault in invalid.faults]
    return []


def test_the_least_loosening_is_the_same_whether_the_unit_is_stated_or_left_out() -> None:
    stated, unsaid = (translate.solve(work_ups(2000, *unit)) for unit in (("work-up",), ()))
    assert isinstance(stated, Refusal)
    assert isinstance(unsaid, Refusal)
    assert sum(one.by_gbp for one in stated.relaxation) == pytest.approx(450_000)
    assert unsaid.relaxation == stated.relaxation
    assert unsaid.digest == stated.digest


def test_a_soft_miss_is_the_same_whether_the_unit_is_stated_or_left_out() -> None:
    stated, unsaid = (translate.solve(work_ups(2000, *unit, hard=False)) for unit in (("work-up",), ()))
    assert isinstance(stated, Answer)
    assert isinstance(unsaid, Answer)
    assert stated.missed
    assert unsaid.missed == stated.missed
    assert unsaid.digest == stated.digest


def test_a_spend_limit_has_one_name_with_its_unit_and_without() -> None:
    names = {
        translate.problem_digest(Problem.model_validate(make_problem(limits=[make_limit("a", spend_on("rich"),
                                                                                        at_most=9, **unit)])))
        for unit in ({}, {"unit": "GBP"}, {"unit": None})
    }  # fmt: skip
    assert len(names) == 1


@pytest.mark.parametrize("unit", ["GBP thousand", "£m", "thousands of pounds", "QALY", "scan", "gbp", "k"])
def test_money_is_counted_in_gbp_and_nothing_else(unit: str) -> None:
    assert faults(make_limit("a", spend_on("rich"), at_most=900, unit=unit)) == [("/limits/0/unit", "wrong-unit")]
    mixed = make_limit("a", spend_on("poor"), SCANS, at_most=900, unit=unit)
    assert faults(mixed) == [("/limits/0/unit", "wrong-unit")]


@pytest.mark.parametrize(
    ("term", "unit"),
    [
        (SCANS, "GBP"),
        (SCANS, "GBP thousand"),
        (SCANS, "QALY"),
        ({"column": "case/2014-15/rich/ct"}, "GBP"),
        ({"measure": "benefit"}, "GBP"),
        ({"measure": "benefit"}, "scan"),
        (SCANS | {"coefficient": 0.005}, "GBP thousand"),
    ],
)
def test_what_is_not_money_is_not_counted_in_it(term: dict[str, Any], unit: str) -> None:
    limit = make_limit("a", term, at_least=1, per_year=False, unit=unit)
    assert ("/limits/0/unit", "wrong-unit") in faults(limit)


@pytest.mark.parametrize(
    ("terms", "unit"),
    [
        ([SCANS], "MRI scan"),
        ([{"measure": "benefit"}], "QALY"),
        ([spend_on("rich"), SCANS | {"coefficient": -5.0}], "GBP"),
        ([SCANS, spend_on("rich", coefficient=-0.2)], "scan"),
        ([SCANS | {"coefficient": 5.0}], "GBP"),
        ([spend_on("rich", coefficient=0.0003)], "tonne"),
    ],
)
def test_a_unit_that_the_coefficients_can_make_is_taken(terms: list[dict[str, Any]], unit: str) -> None:
    assert faults(make_limit("a", *terms, at_least=1, unit=unit)) == []


def test_lines_demands_and_resources_are_not_counted_in_money() -> None:
    demand = {"key": "wait", "label": "scans", "unit": "GBP", "cases": {"2014-15": 6}, "source": "a test",
              "met_by": [{"select": {"lines": ["rich"]}}]}  # fmt: skip
    lines = [make_line("rich", {"money": 60}, "rich", modes=[make_mode("ct", 5)], unit="£k"), CASE["lines"][1]]
    purse = {"key": "capital", "name": "capital", "unit": "GBP '000", "supply": {"2014-15": 6},
             "uses": [{"per_case": 1}], "source": "a test"}  # fmt: skip
    assert faults(lines=lines, demands=[demand], resources=[purse]) == [
        (f"/{part}/0/unit", "wrong-unit") for part in ("lines", "demands", "resources")
    ]


def test_the_refusal_of_a_multiple_says_to_give_whole_pounds() -> None:
    with pytest.raises(InvalidProblem) as refused:
        translate.check(Problem.model_validate(make_problem(limits=[
            make_limit("a", spend_on("rich"), at_most=900, unit="GBP thousand")])))  # fmt: skip
    assert "give whole pounds" in refused.value.faults[0].detail


@pytest.mark.parametrize("unit", ["GBP", "£", "GBP '000", "£000s", "GBP (millions)", "k GBP", "1,000 GBP", "pence"])
def test_names_of_money(unit: str) -> None:
    assert is_money(unit)


@pytest.mark.parametrize("unit", ["case", "pounds lost", "GBP per head", "thousand", "k", "QALY", "1000", ""])
def test_names_of_other_things(unit: str) -> None:
    assert not is_money(unit)
