"""Contradictions in a problem: all of them at once, each where the caller wrote it."""

from typing import Any

import pytest

from concord_allocation.core.faults import find_faults
from concord_allocation.core.parse import parse
from concord_allocation.core.problem import InvalidProblem
from services.allocation.tests.core.problems import (
    YEAR,
    document,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    outcome,
    spend_on,
    tables,
)


def faults_of(problem: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(InvalidProblem) as refused:
        tables(problem)
    return {(fault.pointer, fault.kind) for fault in refused.value.faults}


def test_a_consistent_problem_has_no_faults() -> None:
    assert find_faults(document(make_problem())) == []


def test_every_fault_is_reported_at_once_with_its_pointer() -> None:
    problem = make_problem(
        years=[{"key": "2015-16"}, {"key": YEAR}],
        base_year="2016-17",
        payers=[make_payer("ccg"), make_payer("ccg")],
        purses=[make_purse("money", {"2020-21": 5}, owner="nobody", scope={"stages": ["surgery"]})],
        lines=[
            make_line("rich", {"gold": 5}, "steep", payer="stranger"),
            make_line("rich", fixed_cost_gbp=5),
            make_line("poor", modes=[make_mode("ct", 5)], unit=None),
        ],
        curves=[make_curve("rising", (10, 1), (None, 2), (10, 1))],
        limits=[
            make_limit("a", {"select": {"lines": ["rich"]}, "measure": "activity"}, at_least=1),
            make_limit("a", {"select": {"stages": ["x-ray"]}, "measure": "contribution"}, at_most=1, years=["1999-00"]),
        ],
        objectives=["uniqueness", "benefit"],
    )
    assert faults_of(problem) == {
        ("/years/1/key", "years-out-of-order"),
        ("/base_year", "years-out-of-order"),
        ("/payers/1/key", "duplicate"),
        ("/purses/0/owner", "unknown-key"),
        ("/purses/0/amount_gbp/2020-21", "unknown-key"),
        ("/purses/0/scope/stages/0", "unknown-key"),
        ("/lines/1/key", "duplicate"),
        ("/lines/0/reference/0/purse", "unknown-key"),
        ("/lines/0/curve", "unknown-key"),
        ("/lines/0/statutory_payer", "unknown-key"),
        ("/lines/1/fixed_cost_gbp", "no-activity"),
        ("/lines/2/unit", "no-unit"),
        ("/curves/0/segments/1/slope", "rising-curve"),
        ("/curves/0/segments/1/width_gbp", "endless-segment"),
        ("/limits/1/key", "duplicate"),
        ("/limits/0/terms/0", "no-activity"),
        ("/limits/1/terms/0/select/stages", "wrong-measure"),
        ("/limits/1/terms/0/select/stages/0", "unknown-key"),
        ("/limits/1/years/0", "unknown-key"),
        ("/objectives", "unknown-order"),
    }


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 1e300, 10**13])
def test_numbers_that_cannot_be_added_exactly_are_refused(number: float) -> None:
    raw = document(make_problem())
    raw["curves"][0]["segments"][0]["slope"] = number
    raw["purses"][0]["amount_gbp"][YEAR] = number
    with pytest.raises(InvalidProblem) as refused:
        parse(raw)
    assert {fault.pointer for fault in refused.value.faults} == {
        "/curves/0/segments/0/slope",
        f"/purses/0/amount_gbp/{YEAR}",
    }


def test_negative_money_is_refused() -> None:
    raw = document(make_problem())
    raw["purses"][0]["amount_gbp"][YEAR] = -1
    with pytest.raises(InvalidProblem, match="less than nothing"):
        parse(raw)


def test_a_mechanism_may_not_cover_what_the_law_excludes() -> None:
    problem = make_problem(
        payers=[make_payer("ccg"), make_payer("council")],
        lines=[make_line("endoscopy", procedure_class="endoscopy"), make_line("ct")],
        mechanisms=[
            {
                "key": "pool",
                "kind": "s75_pool",
                "payers": ["ccg", "council"],
                "lines": {"stages": ["endoscopy", "ct"]},
                "excluded_classes": ["endoscopy"],
                "citation": "SI 2000/617 reg 5",
            }
        ],
    )
    with pytest.raises(InvalidProblem, match=r"endoscopy.*SI 2000/617 reg 5"):
        tables(problem)


def test_a_fund_takes_money_only_from_partners_of_a_mechanism_that_can_pool() -> None:
    problem = make_problem(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("money", 100), make_purse("grant", 5, owner="council")],
        mechanisms=[{"key": "gift", "kind": "s256", "payers": ["ccg"], "lines": {}, "citation": "s.256"}],
        funds=[
            {
                "key": "pot",
                "name": "pot",
                "mechanism": "gift",
                "contributors": [{"purse": "grant", "at_least_gbp": 5, "at_most_gbp": 4}],
                "source": "a test",
            }
        ],
    )
    assert faults_of(problem) == {
        ("/funds/0/mechanism", "cannot-pool"),
        ("/funds/0/contributors/0/purse", "not-a-partner"),
        ("/funds/0/contributors/0/at_least_gbp", "reversed-bounds"),
    }


def test_demanding_money_from_a_payer_without_a_right_names_the_rule() -> None:
    problem = make_problem(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("money", 100), make_purse("grant", 5, owner="council")],
        limits=[make_limit("share", {"select": {"payers": ["council"], "lines": ["rich"]}}, at_least=5)],
    )
    with pytest.raises(InvalidProblem) as refused:
        tables(problem)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.kind) == ("/limits/0/terms/0/select", "payer-not-eligible")
    assert "statutory payer is ccg (the Act, about rich)" in fault.detail


def test_the_same_reference_payment_is_not_stated_twice() -> None:
    twice = [{"purse": "money", "gbp": 1}, {"purse": "money", "gbp": 2, "year": YEAR}]
    problem = make_problem(lines=[make_line("rich", reference=twice), make_line("poor")])
    assert faults_of(problem) == {("/lines/0/reference/1", "duplicate")}


def test_a_floor_above_the_budget_is_a_question_and_no_fault() -> None:
    tables(make_problem(limits=[make_limit("floor", spend_on("rich"), at_least=1000)]))


def test_numbers_too_small_to_divide_by_are_named() -> None:
    """Their products come to nothing, and a price level of nothing makes slopes infinite."""
    problem = make_problem(years=[{"key": YEAR, "cost_index": 1e-200}])
    problem["lines"][0]["cost_factor"] = {YEAR: 1e-200}
    assert faults_of(problem) == {
        ("/years/0/cost_index", "not-a-usable-number"),
        (f"/lines/0/cost_factor/{YEAR}", "not-a-usable-number"),
    }


@pytest.mark.parametrize("level", [1e-15, 100.0])
def test_prices_at_either_end_of_what_is_allowed_are_reckoned_with(level: float) -> None:
    problem = make_problem(years=[{"key": YEAR, "cost_index": level}])
    problem["lines"][0]["cost_factor"] = {YEAR: level}
    assert outcome(problem).status in ("optimal", "unknown")


@pytest.mark.parametrize(
    "amount",
    [10**13, 10**400, 10**5000, float("inf"), float("nan"), -1e300],
    ids=["too large", "no float", "too long to print", "infinite", "no number", "below"],
)
def test_numbers_too_large_to_add_are_named_however_long_they_are(amount: float) -> None:
    problem = document(make_problem())
    problem["purses"][0]["amount_gbp"][YEAR] = amount
    assert [(fault.pointer, fault.kind) for fault in find_faults(problem)] == [
        (f"/purses/0/amount_gbp/{YEAR}", "not-a-usable-number")
    ]
