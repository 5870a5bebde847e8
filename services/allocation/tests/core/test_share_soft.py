"""Coalitions keep soft limits by the plan's own rule: misses first, priority by priority, then benefit."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.core.matrix import compile_matrix
from concord_allocation.core.results import Answer
from concord_allocation.core.share.coalitions import Coalitions, Party, gains, last_year
from concord_allocation.core.solve import solve
from services.allocation.tests.core.problems import (
    make_curve,
    make_limit,
    make_line,
    make_payer,
    make_problem,
    make_purse,
    spend_on,
    tables,
)

PAYERS = ("a", "b")


def wished(dull: int, second: int, paid: int, money: int = 50) -> dict[str, Any]:
    """a and b pay for any line by grant; nothing is bought on `dull`, which has a soft floor; `b-line` has a later one.

    Today each pays `paid` for its own line and nothing for the dull one.
    """
    return make_problem(
        payers=[make_payer(payer) for payer in PAYERS],
        purses=[make_purse(f"{payer}-money", money, payer) for payer in PAYERS],
        lines=[
            make_line("a-line", {"a-money": paid}, "a", "a"),
            make_line("b-line", {"b-money": paid}, "b", "b"),
            make_line("dull", {}, None, "a"),
        ],
        curves=[make_curve("a", (120, 3)), make_curve("b", (120, 1))],
        mechanisms=[{"key": "gift", "kind": "grant", "payers": list(PAYERS), "lines": {}, "citation": "they agreed"}],
        limits=[
            make_limit("wish", spend_on("dull"), at_least=dull, hard=False, priority=1),
            make_limit("later", spend_on("b-line"), at_least=second, hard=False, priority=2),
        ],
    )


def valued(problem: dict[str, Any]) -> tuple[Coalitions, list[float]]:
    matrix = compile_matrix(tables(problem))
    parties = [Party(payer, payer, frozenset([payer])) for payer in PAYERS]
    asked = Coalitions(matrix, parties, last_year(matrix.tables), {})
    return asked, gains(asked).values.tolist()


def test_a_coalition_gives_benefit_up_for_a_soft_limit_as_the_plan_does() -> None:
    """Alone, a moves GBP 30 from its line (3 a pound) to the dull one; b pays for it from its own (1)."""
    asked, worth = valued(wished(dull=30, second=0, paid=50))
    assert worth == pytest.approx([0, -90, 10, 10])
    assert asked.missed[0] == pytest.approx(30)
    assert {mask: asked.missed[mask] for mask in (1, 2, 3)} == pytest.approx({1: 0, 2: 0, 3: 0}, abs=1e-6)


def alone(problem: dict[str, Any], members: str) -> Answer:
    """The plan where everybody outside is held by equalities to what they pay today: another way to the same."""
    held = [
        make_limit(f"held-{payer}-{line}", {"select": {"purses": [f"{payer}-money"], "lines": [line]}}, equal=gbp)
        for payer in PAYERS
        if payer not in members
        for line in ("a-line", "b-line", "dull")
        for gbp in [_paid(problem, payer, line)]
    ]
    found = solve(tables(problem | {"limits": [*problem["limits"], *held]}), prices=False)
    assert isinstance(found, Answer)
    return found


def _paid(problem: dict[str, Any], payer: str, line: str) -> int:
    (found,) = [each for each in problem["lines"] if each["key"] == line]
    return sum(payment["gbp"] for payment in found["reference"] if payment["purse"] == f"{payer}-money")


@settings(max_examples=10, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 50))
def test_every_coalitions_value_is_that_of_the_plan_it_would_make(dull: int, second: int, paid: int) -> None:
    problem = wished(dull, second, paid)
    asked, worth = valued(problem)
    nobody = alone(problem, "")
    for mask, members in enumerate(("", "a", "b", "ab")):
        plan = alone(problem, members)
        assert worth[mask] == pytest.approx(plan.totals.benefit - nobody.totals.benefit, abs=1e-6), members
        missed = sum(each.value for each in plan.objectives if each.objective.startswith("soft/"))
        assert asked.missed[mask] == pytest.approx(missed, abs=1e-6)


def test_without_soft_limits_nothing_is_given_up() -> None:
    asked, worth = valued(wished(0, 0, 40) | {"limits": []})
    assert set(asked.missed.values()) == {0.0}
    assert all(value >= 0 for value in worth)
