"""Infeasible questions: which limits conflict, and the least that must give."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from concord_allocation.core.conflicts import find_conflict
from concord_allocation.core.matrix import Matrix, compile_matrix
from concord_allocation.core.refusal import elastic_matrix, least_relaxation
from concord_allocation.core.solver import Live, Status
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.problems import (
    YEAR,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    refusal,
    spend_on,
    tables,
)


def test_a_budget_below_its_floors_names_both_and_says_how_much_is_missing() -> None:
    found = refusal(
        make_problem(
            limits=[
                make_limit("rich-floor", spend_on("rich"), at_least=80),
                make_limit("poor-floor", spend_on("poor"), at_least=70),
                make_limit("harmless", spend_on("poor"), at_most=90),
            ]
        )
    )
    assert (found.status, found.reason) == ("infeasible", "conflict")
    decided = {m.limit for m in found.conflict if m.kind not in ("balance", "sign")}
    assert decided == {"money", "rich-floor", "poor-floor"}
    assert all(label in found.words for label in ("purse money holds GBP 100", "limit rich-floor", "limit poor-floor"))
    assert "harmless" not in found.words
    assert found.relaxation_gbp == pytest.approx(50)
    assert sum(r.by_gbp for r in found.relaxation) == pytest.approx(50)


def test_weights_say_what_should_give_first() -> None:
    found = refusal(
        make_problem(
            purses=[make_purse("money", 100, relaxation_weight=5)],
            limits=[make_limit("floor", spend_on("rich"), at_least=150, relaxation_weight=2)],
        )
    )
    assert [(r.limit, r.by) for r in found.relaxation] == [("floor", pytest.approx(50))]
    assert found.relaxation_gbp == pytest.approx(100)


def test_law_is_never_loosened() -> None:
    found = refusal(
        make_problem(
            purses=[make_purse("money", 100, relaxation_weight=1000)],
            limits=[make_limit("duty", spend_on("rich"), at_least=150, statutory=True)],
        )
    )
    assert [(r.limit, r.by) for r in found.relaxation] == [("money", pytest.approx(50))]
    assert "set by law" in found.words


def test_law_against_law_offers_nothing_and_says_so() -> None:
    found = refusal(
        make_problem(
            limits=[
                make_limit("more", spend_on("rich"), at_least=60, statutory=True),
                make_limit("less", spend_on("rich"), at_most=50, statutory=True),
                make_limit("wish", spend_on("poor"), at_least=500),
            ]
        )
    )
    assert found.reason == "statutory_conflict"
    assert {m.limit for m in found.conflict if m.kind == "limit"} == {"more", "less"}
    assert found.relaxation == ()
    assert found.relaxation_gbp is None


def test_cases_count_at_what_they_cost() -> None:
    found = refusal(
        make_problem(
            lines=[make_line("rich", modes=[make_mode("scan", 25.0)]), make_line("poor")],
            limits=[
                make_limit("demand", {"select": {"modes": ["scan"]}, "measure": "activity"}, at_least=6, unit="scan")
            ],
            purses=[make_purse("money", 100, relaxation_weight=3)],
        )
    )
    (loosened,) = found.relaxation
    assert (loosened.limit, loosened.by, loosened.by_gbp) == ("demand", pytest.approx(2), pytest.approx(50))
    assert any(m.kind == "balance" and "cost of its cases" in m.words for m in found.conflict)


def test_a_line_that_nobody_may_pay_for_is_named() -> None:
    found = refusal(
        make_problem(
            payers=[make_payer("ccg"), make_payer("council")],
            lines=[make_line("rich", payer="council"), make_line("poor")],
            limits=[make_limit("floor", spend_on("rich"), at_least=10)],
        )
    )
    assert "nobody has the right to pay" in found.words


def test_a_promised_contribution_above_the_purse_is_a_conflict_with_it() -> None:
    found = refusal(
        make_problem(
            mechanisms=[{"key": "lead", "kind": "s14Z3", "payers": ["ccg"], "lines": {}, "citation": "s.14Z3"}],
            funds=[
                {
                    "key": "pot",
                    "name": "pot",
                    "mechanism": "lead",
                    "contributors": [{"purse": "money", "at_least_gbp": 130}],
                    "source": "a test",
                }
            ],
        )
    )
    assert {(m.kind, m.limit) for m in found.conflict} >= {("purse", "money"), ("contribution", "pot")}


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(problems())
def test_conflicts_are_irreducible_and_relaxations_least(problem: dict[str, Any]) -> None:
    """Against scipy's own solver: without any one member a plan exists, and no cheaper loosening does."""
    tightened = problem | {"limits": [*problem["limits"], make_limit("too-much", {}, at_least=2500, per_year=False)]}
    matrix = compile_matrix(tables(tightened))
    live = Live(matrix)
    assume(live.first_status == Status.INFEASIBLE)
    members, statutory_alone = find_conflict(live)
    assert not statutory_alone
    rows = {m.key for m in members if m.kind != "sign"}
    assert not has_plan(matrix, rows)
    for member in rows:
        assert has_plan(matrix, rows - {member}), member
    found = least_relaxation(matrix)
    assert found is not None
    assert found[1] == pytest.approx(least_by_scipy(matrix), rel=1e-6, abs=1e-6)
    assert sum(r.by_gbp * r.weight for r in found[0]) == pytest.approx(found[1], rel=1e-6, abs=0.01)


def scipy_solve(matrix: Matrix, cost: Any, keep: set[str] | None = None) -> Any:
    chosen = [k for k, row in enumerate(matrix.rows) if keep is None or row.key in keep]
    a = csr_matrix((matrix.value, matrix.index, matrix.start), shape=(len(matrix.rows), len(matrix.col_lower)))[chosen]
    lower, upper = matrix.row_lower[chosen], matrix.row_upper[chosen]
    has_upper, has_lower = np.isfinite(upper), np.isfinite(lower)
    return linprog(
        cost,
        A_ub=np.concatenate([a[has_upper].toarray(), -a[has_lower].toarray()]),
        b_ub=np.concatenate([upper[has_upper], -lower[has_lower]]),
        bounds=list(zip(matrix.col_lower, matrix.col_upper, strict=True)),
        method="highs",
    )


def has_plan(matrix: Matrix, rows: set[str]) -> bool:
    return bool(scipy_solve(matrix, np.zeros(len(matrix.col_lower)), rows).status == 0)


def least_by_scipy(matrix: Matrix) -> float:
    loose = frozenset(k for k, row in enumerate(matrix.rows) if row.weight > 0)
    elastic = elastic_matrix(matrix, loose, by_gbp=True)
    return float(scipy_solve(elastic, elastic.objectives["relaxation"]).fun * elastic.money_scale)


def test_the_least_relaxation_makes_room_for_a_plan() -> None:
    problem = make_problem(
        limits=[
            make_limit("rich-floor", spend_on("rich"), at_least=80),
            make_limit("poor-floor", spend_on("poor"), at_least=70),
        ]
    )
    for loosened in refusal(problem).relaxation:
        for limit, purse in itertools.product(problem["limits"], problem["purses"]):
            if limit["key"] == loosened.limit:
                limit["at_least"] -= loosened.by / len(problem["purses"])
            if purse["key"] == loosened.limit:
                purse["amount_gbp"][YEAR] += round(loosened.by)
    assert Live(compile_matrix(tables(problem))).first_status == Status.OPTIMAL
