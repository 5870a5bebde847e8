"""The same problem asked cold, warm, alone, among others and shuffled gives the same pounds to every payer."""

import copy
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from concord_allocation.core.matrix import compile_matrix
from concord_allocation.core.plans import unrounded_cells
from concord_allocation.core.prices import price_limits
from concord_allocation.core.problem import Floats
from concord_allocation.core.results import Answer
from concord_allocation.core.solve import solve
from concord_allocation.core.solver import Live, Status
from concord_allocation.core.stages import optimise
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.problems import bills, make_problem, tables
from services.allocation.tests.core.published import CASES
from services.allocation.tests.core.test_families_golden import full_document

SAME_POUNDS = 0.01
"""GBP: what allocation model, section 3, promises of unrounded payments; whole pounds are the same."""

OF_EACH_SORT = {
    "two lines": make_problem,
    "every part": full_document,
    **{name: lambda problem=problem: problem for name, (problem, _) in list(CASES.items())[:1]},
}


@pytest.fixture(scope="module", params=OF_EACH_SORT)
def question(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[tuple[str, str], int]]:
    """A problem, and what every payer pays in the plan of a cold solve by itself."""
    problem = OF_EACH_SORT[request.param]()
    return problem, _bills(problem)


def _bills(problem: dict[str, Any]) -> dict[tuple[str, str], int]:
    found = solve(tables(problem), prices=False)
    assert isinstance(found, Answer)
    return bills(found)


def test_cold_again(question: tuple[dict[str, Any], dict[tuple[str, str], int]]) -> None:
    problem, alone = question
    assert _bills(copy.deepcopy(problem)) == alone


def test_shuffled(question: tuple[dict[str, Any], dict[tuple[str, str], int]]) -> None:
    problem, alone = question
    shuffler = random.Random(1)
    for _ in range(2):
        assert _bills(_shuffled(copy.deepcopy(problem), shuffler)) == alone


ORDER_MEANS_SOMETHING = frozenset({"years", "segments", "objectives", "starts"})


def _shuffled(value: Any, shuffler: random.Random, name: str = "") -> Any:
    """Every list whose order means nothing, and the fields of every object, in another order."""
    if isinstance(value, dict):
        fields = list(value.items())
        shuffler.shuffle(fields)
        needs = value.get("kind") == "requires"  # the first option needs the others
        return {key: inner if needs else _shuffled(inner, shuffler, key) for key, inner in fields}
    if isinstance(value, list):
        inner = [_shuffled(each, shuffler) for each in value]
        if name not in ORDER_MEANS_SOMETHING:
            shuffler.shuffle(inner)
        return inner
    return value


def test_among_others(question: tuple[dict[str, Any], dict[tuple[str, str], int]]) -> None:
    """At the same time as other questions, and as itself, in one process."""
    problem, alone = question
    asked = [problem, make_problem(), problem, full_document(), problem]
    with ThreadPoolExecutor(len(asked)) as threads:
        found = list(threads.map(_bills, asked))
    assert [found[k] for k in (0, 2, 4)] == [alone] * 3


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(problems())
def test_warm(problem: dict[str, Any]) -> None:
    """A model that was asked for prices and for another problem's plan meanwhile ends at the same payments."""
    live = Live(compile_matrix(tables(problem)))
    if live.first_status != Status.OPTIMAL:
        return
    cold = optimise(live)
    expected = unrounded_cells(live.matrix, cold.values)
    price_limits(live, cold)
    _pays_as(live, _asked_again(live), expected)
    _ask_for_less_money(live)
    _pays_as(live, _asked_again(live), expected)


def _asked_again(live: Live) -> Floats:
    """From the basis that the last question left."""
    live.reset_bounds()
    live.minimise(live.matrix.objectives["benefit"])
    assert live.run() == Status.OPTIMAL
    return optimise(live).values


def _ask_for_less_money(live: Live) -> None:
    """Another question on the same model: half of every purse."""
    live.reset_bounds()
    purses = [k for k, row in enumerate(live.matrix.rows) if row.family == "purse"]
    upper = live.row_upper[purses].copy()
    for row, most in zip(purses, upper.tolist(), strict=True):
        live.highs.changeRowBounds(row, -np.inf, most / 2)
    live.minimise(live.matrix.objectives["benefit"])
    live.run()


def _pays_as(live: Live, values: Floats, expected: Floats) -> None:
    np.testing.assert_allclose(unrounded_cells(live.matrix, values), expected, atol=SAME_POUNDS, rtol=0)
