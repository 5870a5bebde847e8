import copy
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from concord_contracts.allocation import EXAMPLE_PROBLEM, Change, Limit, Problem, Provenance


def _problem(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(EXAMPLE_PROBLEM) | changes


def test_the_documented_example_is_a_problem() -> None:
    problem = Problem.model_validate(EXAMPLE_PROBLEM)
    assert [purse.amount_gbp["2014-15"] for purse in problem.purses] == [700_000, 350_000]


def test_a_misspelt_field_is_refused_rather_than_lost() -> None:
    with pytest.raises(ValidationError, match="discount_rat"):
        Problem.model_validate(_problem(discount_rat=0.1))


@pytest.mark.parametrize("wrong", [92.36, -0.1, float("nan"), float("inf")])
def test_a_share_lies_between_nought_and_one(wrong: float) -> None:
    with pytest.raises(ValidationError):
        Problem.model_validate(_problem(discount_rate=wrong))


@pytest.mark.parametrize("wrong", [-1, 1.5, "100", 10**13, 1e300, float("nan")])
def test_money_is_whole_pounds_never_negative_and_bounded(wrong: Any) -> None:
    problem = _problem()
    problem["purses"][0]["amount_gbp"] = {"2014-15": wrong}
    with pytest.raises(ValidationError):
        Problem.model_validate(problem)


def test_every_fault_of_a_problem_is_reported_at_once() -> None:
    problem = _problem(base_year="2014-16")
    problem["purses"][1]["amount_gbp"] = {"2014-15": -5}
    problem["lines"][0]["modes"] = [{"key": "a b", "name": "x", "unit_cost_gbp": -1, "provenance": {"basis": "source"}}]
    with pytest.raises(ValidationError) as refused:
        Problem.model_validate(problem)
    places = {".".join(map(str, error["loc"])) for error in refused.value.errors()}
    assert {
        "base_year",
        "purses.1.amount_gbp.2014-15",
        "lines.0.modes.0.key",
        "lines.0.modes.0.unit_cost_gbp",
        "lines.0.modes.0.provenance",
    } <= places


def test_a_figure_without_source_or_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="names its source"):
        Provenance(basis="source")
    with pytest.raises(ValidationError, match="carries a note"):
        Provenance(basis="assumption")


@pytest.mark.parametrize(
    "bounds", [{}, {"equal": 1, "at_most": 2}, {"at_least": 2, "at_most": 1}, {"at_least": float("inf")}]
)
def test_a_limit_needs_bounds_that_make_sense(bounds: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Limit.model_validate({"key": "k", "label": "l", "terms": [{}], "source": "s"} | bounds)


def test_a_change_is_known_by_its_kind() -> None:
    change = TypeAdapter[Any](Change).validate_python(
        {"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}
    )
    assert type(change).__name__ == "ScalePurse"
    with pytest.raises(ValidationError, match="kind"):
        TypeAdapter[Any](Change).validate_python({"kind": "scale_everything", "factor": 2})
