"""Prices: right and left derivative of the best benefit, against re-solves in whole pounds and independent bounds."""

import copy
from typing import Any

import pytest
from hypothesis import assume, given, settings

from concord_allocation.core.results import Answer, BindingLimit
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.problems import (
    answer,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_problem,
    make_purse,
    outcome,
    spend,
    spend_on,
)


def price_of(found: Answer, limit: str) -> BindingLimit:
    (binding,) = [b for b in found.binding if b.limit == limit]
    return binding


def test_a_purse_that_ends_inside_a_segment_has_one_price() -> None:
    found = price_of(answer(make_problem()), "money")
    assert (found.price_more, found.price_less) == (pytest.approx(1), pytest.approx(1))
    assert found.proof == "re-solved"


def test_a_purse_that_ends_on_a_kink_gains_less_than_it_loses() -> None:
    found = price_of(answer(make_problem(purses=[make_purse("money", 90)])), "money")
    assert (found.price_more, found.price_less) == (pytest.approx(1), pytest.approx(2))


def test_money_beyond_every_curve_has_no_price() -> None:
    found = answer(make_problem(purses=[make_purse("money", 500)]))
    assert [b for b in found.binding if b.limit == "money"] == []


def test_a_ceiling_a_floor_and_an_equality_are_priced_by_loosening() -> None:
    ceiling = answer(make_problem(limits=[make_limit("c", spend_on("rich"), at_most=20)]))
    assert price_of(ceiling, "c").price_more == pytest.approx(3)
    floor = answer(make_problem(limits=[make_limit("f", spend_on("rich"), at_least=70)]))
    assert price_of(floor, "f").price_more == pytest.approx(1)
    assert price_of(floor, "f").kind == "at_least"
    equal = price_of(answer(make_problem(limits=[make_limit("e", spend_on("rich"), equal=70)])), "e")
    assert (equal.price_more, equal.price_less) == (pytest.approx(-1), pytest.approx(-1))


def test_a_limit_that_cannot_be_tightened_says_so() -> None:
    found = price_of(answer(make_problem(limits=[make_limit("f", spend_on("rich"), at_least=100)])), "f")
    assert found.price_less is None
    assert "cannot be tightened" in found.words


def test_a_limit_on_cases_is_priced_per_case() -> None:
    found = answer(
        make_problem(
            lines=[make_line("rich", {}, "rich", modes=[make_mode("scan", 4.0)]), make_line("poor", {}, "poor")],
            limits=[make_limit("cap", {"select": {"modes": ["scan"]}, "measure": "activity"}, at_most=5, unit="scan")],
        )
    )
    cap = price_of(found, "cap")
    assert cap.price_more == pytest.approx(4 * 3)  # GBP 4 a case; the money would otherwise find nothing
    assert cap.unit == "scan"


def test_the_price_of_a_ring_fence_is_what_a_general_pound_is_worth_more() -> None:
    found = answer(
        make_problem(
            purses=[
                make_purse("money", 50),
                make_purse("fenced", 60, kind="ring_fence", scope={"lines": ["poor"]}),
            ],
            curves=[make_curve("rich", (80, 3)), make_curve("poor", (100, 2))],
        )
    )
    (fence,) = found.ring_fences
    assert (fence.purse, fence.general_purse, fence.price_per_gbp) == ("fenced", "money", pytest.approx(1))


def test_at_most_fifty_limits_are_proved_and_the_rest_show_one_valid_price() -> None:
    names = [f"line-{n:02}" for n in range(60)]
    found = answer(
        make_problem(
            purses=[make_purse("money", 10_000)],
            lines=[make_line(name, None, name) for name in names],
            curves=[make_curve(name, (100, 1 + n / 100)) for n, name in enumerate(names)],
            limits=[make_limit(name, spend_on(name), at_most=50) for name in names],
        )
    )
    assert [b.proof for b in found.binding].count("re-solved") == 50
    assert [b.proof for b in found.binding].count("one valid price") == 10
    assert all(b.price_more == pytest.approx(1 + names.index(b.limit) / 100) for b in found.binding)


def test_one_limit_of_each_price_is_proved_before_fifty_of_one_price() -> None:
    """Sixty like ceilings at 2 a GBP and one at 1: the dearest fifty alone would leave the one without proof."""
    names = [f"line-{n:02}" for n in range(60)]
    found = answer(
        make_problem(
            purses=[make_purse("money", 10_000)],
            lines=[make_line(name, None, name) for name in (*names, "unlike")],
            curves=[*(make_curve(name, (100, 2)) for name in names), make_curve("unlike", (100, 1))],
            limits=[make_limit(name, spend_on(name), at_most=50) for name in (*names, "unlike")],
        )
    )
    assert [b.proof for b in found.binding if b.limit == "unlike"] == ["re-solved"]
    assert [b.proof for b in found.binding].count("re-solved") == 50
    assert found.binding[-1].limit == "unlike", "dearest first all the same"


SHIFT = {"purse": 1, "at_most": 1, "pace_up": 1, "contribution_max": 1, "at_least": -1, "contribution_min": -1}


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(problems())
def test_prices_agree_with_asking_again_with_a_pound_more_or_less(problem: dict[str, Any]) -> None:
    """f concave: f(b + 1) - f(b) <= right derivative, f(b) - f(b - 1) >= left derivative."""
    before = outcome(problem)
    assume(isinstance(before, Answer))
    assert isinstance(before, Answer)
    best = before.objectives[0].value
    for binding in before.binding:
        if binding.kind == "purse" and binding.price_more is not None:
            more, less = (asked_again(problem, binding, step) for step in (1, -1))
            noise = 1e-7 * max(1.0, abs(best))
            assert more is not None
            assert more - best <= binding.price_more + noise
            assert more - best >= -noise
            if less is not None and binding.price_less is not None:
                assert best - less >= binding.price_less - noise


def asked_again(problem: dict[str, Any], binding: BindingLimit, step: int) -> float | None:
    changed = copy.deepcopy(problem)
    (purse,) = [purse for purse in changed["purses"] if purse["key"] == binding.limit]
    gbp = purse["amount_gbp"].get(binding.year, 0) + step
    if gbp < 0:
        return None
    purse["amount_gbp"][binding.year] = gbp
    found = outcome(changed, prices=False)
    return found.objectives[0].value if isinstance(found, Answer) else None


def test_what_the_next_money_would_buy_follows_the_curve_and_the_limits() -> None:
    found = answer(
        make_problem(
            purses=[make_purse("money", 1_000_000)],
            lines=[make_line("rich", {}, "rich"), make_line("poor", {}, "poor"), make_line("shut", {}, "shut")],
            curves=[
                make_curve("rich", (800_000, 0.003), (60_000, 0.002)),
                make_curve("poor", (400_000, 0.0025), (None, 0.0001)),
                make_curve("shut", (None, 0.01)),
            ],
            limits=[make_limit("door", spend_on("shut"), at_most=0)],
        )
    )
    gains = {(c.kind, c.key): c for c in found.candidate_investments}
    assert gains["line", "poor"].benefit_change == pytest.approx(100_000 * 0.0025)
    assert gains["line", "rich"].benefit_change == pytest.approx(60_000 * 0.002)
    assert ("line", "shut") not in gains
    assert gains["purse", "money"].benefit_change == pytest.approx(250)
    assert [(line.line, line.gbp) for line in gains["purse", "money"].lines] == [("poor", 100_000)]
    losses = {(c.kind, c.key): c for c in found.candidate_releases}
    assert losses["purse", "money"].benefit_change == pytest.approx(-250)
    assert losses["line", "rich"].gbp_per_unit == pytest.approx(1 / 0.003)


def test_no_release_is_told_for_what_another_line_would_have_to_make_good_at_a_higher_price() -> None:
    """Ten thousand cases are owed: cheap ones at GBP 10, dear ones at 20. Without the cheap ones care loses it all."""
    owed = {"select": {"lines": ["cheap", "dear"]}, "measure": "activity"}
    problem = make_problem(
        purses=[make_purse("money", 300_000)],
        lines=[
            make_line("cheap", {}, None, modes=[make_mode("one", 10)]),
            make_line("dear", {}, None, modes=[make_mode("one", 20)]),
            make_line("care", {}, "care"),
        ],
        curves=[make_curve("care", (1_000_000, 0.001))],
        limits=[make_limit("owed", owed, at_least=10_000, unit="case")],
    )
    found = answer(problem)
    assert spend(found) == {"cheap": 100_000, "dear": 0, "care": 200_000}
    assert [one.key for one in found.candidate_releases if one.kind == "line"] == ["care"]
