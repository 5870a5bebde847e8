"""Soft limits by priority, equity between groups, the worst-off, sacrifices that are reported."""

from typing import Any

import pytest

from services.allocation.tests.core.problems import (
    YEAR,
    answer,
    make_curve,
    make_limit,
    make_line,
    make_problem,
    refusal,
    spend,
    spend_on,
)


def places(**changed: Any) -> dict[str, Any]:
    """GBP 90 for three places of ten heads; a pound is worth 3 in the north, 2 in the south, 1 in the west."""
    made = {
        "purses": [{**make_problem()["purses"][0], "amount_gbp": {YEAR: 90}}],
        "lines": [make_line(key, {}, key, place=key) for key in ("north", "south", "west")],
        "curves": [make_curve("north", (None, 3)), make_curve("south", (None, 2)), make_curve("west", (None, 1))],
    }
    return make_problem(**(made | changed))


def fair(**changed: Any) -> dict[str, Any]:
    heads = {"north": 10, "south": 10, "west": 10}
    return {"key": "fair", "label": "fair shares", "heads": heads, "source": "a test"} | changed


def test_a_floor_per_weighted_head_is_kept_and_priced() -> None:
    found = answer(places(equity=[fair(floor=1.0)]))
    assert spend(found) == {"north": 75, "south": 5, "west": 10}
    prices = {row.label: row.price_more for row in found.binding if row.kind == "equity_floor"}
    assert prices["fair shares: west gets at least 10 QALY (1 per weighted head) in 2014-15"] == pytest.approx(2)
    assert {row.group: row.per_head for row in found.equity} == {"north": 22.5, "south": 1, "west": 1}


def test_spend_per_head_may_lie_only_so_far_apart() -> None:
    found = answer(places(equity=[fair(measure="spend", spread_at_most=3.0)]))
    assert spend(found) == {"north": 50, "south": 20, "west": 20}
    assert next(row for row in found.binding if row.kind == "equity_spread").price_more > 0
    assert found.check.gap == pytest.approx(0, abs=1e-9)


def test_a_floor_that_cannot_be_paid_is_named_with_the_purse() -> None:
    found = refusal(places(equity=[fair(floor=9.0)]))
    assert {member.kind for member in found.conflict} >= {"fairness", "purse"}


def test_the_worst_off_are_raised_after_benefit_within_what_may_be_given_up() -> None:
    """Benefit alone gives all to the north; a sacrifice lets the least head rise, and says what it cost."""
    order = ["benefit", "worst_off", "uniqueness"]
    raised = fair(raise_least=True, per_year=False)
    alone = answer(places(equity=[raised], objectives=order))
    assert spend(alone) == {"north": 90, "south": 0, "west": 0}
    found = answer(places(equity=[raised], objectives=order, sacrifices={"benefit": 0.2}))
    least = min(row.per_head for row in found.equity)
    assert least > 1.5
    told = found.objectives[0]
    assert told.sacrifice == 0.2
    assert told.best - told.value == pytest.approx(0.2 * 270, abs=3)
    assert any("benefit gives up" in one.words for one in found.sentences)


def test_the_worst_off_first_is_leximin() -> None:
    """The west can have no more than 20: it is held there, and of the others the least is raised."""
    order = ["worst_off", "benefit", "uniqueness"]
    ceiling = make_limit("west", spend_on("west"), at_most=20)
    found = answer(places(equity=[fair(raise_least=True, per_year=False)], objectives=order, limits=[ceiling]))
    per_head = {row.group: row.per_head for row in found.equity}
    assert per_head["west"] == pytest.approx(2)
    assert per_head["north"] == pytest.approx(per_head["south"], abs=0.5)
    assert per_head["north"] == pytest.approx(8.4, abs=0.5)  # 70 split so that 3n = 2s


def soft(key: str, line: str, at_least: int, **changed: Any) -> dict[str, Any]:
    return make_limit(key, spend_on(line), at_least=at_least) | {"hard": False} | changed


def test_soft_limits_are_missed_least_by_weight() -> None:
    found = answer(places(limits=[soft("a", "south", 60), soft("b", "west", 60, relaxation_weight=2.0)]))
    assert spend(found) == {"north": 0, "south": 30, "west": 60}
    assert [(miss.limit, miss.amount) for miss in found.missed] == [("a", pytest.approx(30))]
    assert found.objectives[0].value == pytest.approx(30)


def test_a_higher_priority_comes_first_whatever_the_weights() -> None:
    found = answer(
        places(limits=[soft("a", "south", 60, priority=1), soft("b", "west", 60, priority=2, relaxation_weight=900.0)])
    )
    assert spend(found) == {"north": 0, "south": 60, "west": 30}
    assert [one.objective for one in found.objectives[:2]] == ["soft/1", "soft/2"]


def test_a_soft_limit_never_makes_a_problem_infeasible_and_is_kept_where_it_can_be() -> None:
    found = answer(places(limits=[soft("a", "south", 40), make_limit("hard", spend_on("west"), at_least=20)]))
    assert spend(found) == {"north": 30, "south": 40, "west": 20}
    assert not found.missed
    assert found.check.passed
    assert found.check.gap == pytest.approx(0, abs=1e-6)


def test_a_floor_of_benefit_is_a_limit_like_any_other() -> None:
    floor = make_limit("benefit", {"select": {"places": ["west"]}, "measure": "benefit"}, at_least=30, unit="QALY")
    found = answer(places(limits=[floor]))
    assert spend(found) == {"north": 60, "south": 0, "west": 30}


def test_one_variable_may_be_limited_by_its_key() -> None:
    named = {"column": f"pay/{YEAR}/north/money/-"}
    found = answer(places(limits=[make_limit("named", named, at_most=10, per_year=False)]))
    assert spend(found) == {"north": 10, "south": 80, "west": 0}
