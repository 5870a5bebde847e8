"""The edge between contract and core: the documented example, digests, faults of a changed problem."""

import copy
import random
from typing import Any

import pytest
from pydantic import TypeAdapter

from concord_allocation import translate
from concord_allocation.core.problem import InvalidProblem
from concord_contracts.allocation import EXAMPLE_PROBLEM, Answer, Change, Problem, Refusal

CHANGES: TypeAdapter[list[Any]] = TypeAdapter(list[Change])


def example(**changed: Any) -> Problem:
    return Problem.model_validate(copy.deepcopy(EXAMPLE_PROBLEM) | changed)


def solved(problem: Problem) -> Answer:
    found = translate.solve(problem)
    assert isinstance(found, Answer)
    return found


def test_the_documented_example_is_answered() -> None:
    found = solved(example())
    assert found.status == "optimal"
    assert found.totals.spend_gbp == 1_050_000
    assert found.problem_digest == translate.check(example())
    assert Answer.model_validate_json(found.model_dump_json()) == found


def test_an_infeasible_problem_is_answered_with_a_refusal() -> None:
    (change,) = CHANGES.validate_python(
        [{"kind": "scale_demand", "select": {"stages": ["diagnostic-imaging"]}, "factor": 2}]
    )
    found = translate.solve(translate.apply(example(), [change]))
    assert isinstance(found, Refusal)
    assert found.relaxation_gbp == pytest.approx(2000 * 575 - 700_000)
    assert Refusal.model_validate_json(found.model_dump_json()) == found


def test_digests_do_not_depend_on_the_order_of_input() -> None:
    shuffled = copy.deepcopy(EXAMPLE_PROBLEM)
    for part in ("payers", "purses", "lines", "curves"):
        random.Random(1).shuffle(shuffled[part])
        shuffled[part].reverse()
    other = Problem.model_validate(shuffled)
    assert translate.problem_digest(other) == translate.problem_digest(example())
    assert solved(other).digest == solved(example()).digest


def test_digests_change_with_what_they_cover_and_with_nothing_else() -> None:
    first = solved(example())
    assert translate.problem_digest(example(discount_rate=0.036)) != first.problem_digest
    segments = copy.deepcopy(EXAMPLE_PROBLEM)
    segments["curves"][0]["segments"][0]["slope"] = 0.0011
    assert translate.problem_digest(Problem.model_validate(segments)) != first.problem_digest
    assert solved(example()).digest == first.digest
    # Without prices the reasons are missing, but the plan that an agreement cites is the same.
    assert translate.solve(example(), prices=False).digest == first.digest


@pytest.mark.parametrize(
    ("number", "text"), [(0.5, "0.5"), (1.0, "1"), (1.25e-05, "0.0000125"), (-0.0, "0"), (1e12, "1000000000000")]
)
def test_numbers_are_digested_as_plain_decimals(number: float, text: str) -> None:
    assert translate.decimal_text(number) == text


def test_changes_that_lead_out_of_range_point_into_the_problem_that_results() -> None:
    rising = CHANGES.validate_python(
        [{"kind": "scale_demand", "select": {"stages": ["prevention"]}, "factor": 100}] * 2
    )
    with pytest.raises(InvalidProblem) as refused:
        translate.apply(example(), rising)
    assert [fault.pointer for fault in refused.value.faults] == ["/lines/0/demand_factor"]


def test_a_difference_is_told_in_the_contract() -> None:
    (cut,) = CHANGES.validate_python([{"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}])
    before, after = solved(example()), solved(translate.apply(example(), [cut]))
    found = translate.difference(before, after)
    assert found.spend_change_gbp == -21_700
    assert [row.key for row in found.payers] == ["gss:E08000009"]
    assert found.benefit_change < 0
