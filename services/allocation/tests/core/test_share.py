"""Dividing gains and costs: published games, claims, and properties on random ones."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from concord_allocation.core.share.claims import RULES, contested_garment, random_arrival, rules_for
from concord_allocation.core.share.coalitions import LineCost, Party, standing_alone
from concord_allocation.core.share.divisions import by_key, to_whole_pounds
from concord_allocation.core.share.game import (
    Game,
    complaints,
    costs,
    game_of,
    in_the_core,
    largest_complaint,
    worst_split,
)
from concord_allocation.core.share.nucleolus import least_core, nucleolus
from concord_allocation.core.share.shapley import sampled_shapley, shapley


def in_order(players: str, *values: float) -> Game:
    """Values of coalitions by size, then alphabetically, as books print them."""
    coalitions = [frozenset(c) for size in range(1, len(players) + 1) for c in itertools.combinations(players, size)]
    return game_of(players, dict(zip(coalitions, values, strict=True)))


OWEN_1975 = in_order("123", 68, 102, 0, 170, 710, 762, 992)
"""A linear production game: three owners of two resources (R package coopProductGame 2.0, example)."""

TALMUD_300 = in_order("abc", 0, 0, 0, 0, 100, 200, 300)
"""Estate 300, claims 100, 200, 300: what others leave of the estate (Aumann and Maschler, 1985)."""

FOUR = in_order("1234", 0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21)
"""R package CoopGame 0.2.2, example of the nucleolus."""


def test_published_nucleoli() -> None:
    assert nucleolus(OWEN_1975) == pytest.approx([149, 192, 651])
    assert nucleolus(in_order("123", 1, 1, 1, 2, 3, 4, 5)) == pytest.approx([1, 1.5, 2.5])
    assert nucleolus(FOUR) == pytest.approx([3.5, 4.5, 5.5, 7.5])
    assert nucleolus(TALMUD_300) == pytest.approx([50, 100, 150])


def test_published_shapley_values() -> None:
    assert shapley(OWEN_1975) == pytest.approx([229, 272, 491])


def test_a_game_of_costs_is_divided_as_its_negative_is() -> None:
    """An airport game, Littlechild and Owen (1973): costs 1, 2, 3 are paid 1/3, 5/6, 11/6."""
    airport = in_order("abc", 1, 2, 3, 2, 3, 3, 3)
    assert -shapley(costs(airport)) == pytest.approx([1 / 3, 5 / 6, 11 / 6])
    assert shapley(airport) == pytest.approx([1 / 3, 5 / 6, 11 / 6])


@pytest.mark.parametrize(("estate", "awards"), [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])])
def test_the_contested_garment(estate: float, awards: list[float]) -> None:
    assert contested_garment(estate, [100, 200, 300]) == pytest.approx(awards)


def test_claims_in_any_order_of_arrival() -> None:
    """O'Neill, Mathematical Social Sciences 2 (1982) 345-371, on the Talmud's claims; a Shapley value."""
    assert random_arrival(200, [100, 200, 300]) == pytest.approx([100 / 3, 250 / 3, 250 / 3])
    assert random_arrival(300, [100, 200, 300]) == pytest.approx(shapley(TALMUD_300))
    assert "random_arrival" not in rules_for(13)


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=6),
    st.floats(0, 1),
)
def test_every_claims_rule_hands_out_the_estate_and_nobody_more_than_claimed(claims: list[int], part: float) -> None:
    estate = part * sum(claims)
    for rule in RULES.values():
        awards = rule(estate, claims)
        assert awards.sum() == pytest.approx(estate, abs=1e-6)
        assert (awards >= -1e-9).all()
        assert (awards <= np.array(claims) + 1e-6).all()


@given(st.lists(st.integers(1, 60), min_size=2, max_size=4), st.floats(0.05, 0.95))
@settings(max_examples=20)
def test_the_contested_garment_is_the_nucleolus_of_what_others_leave(claims: list[int], part: float) -> None:
    """Aumann and Maschler (1985), theorem C."""
    estate = part * sum(claims)
    keys = [str(k) for k in range(len(claims))]
    total = sum(claims)
    values = {
        frozenset(c): max(0.0, estate - (total - sum(claims[int(k)] for k in c)))
        for size in range(1, len(keys) + 1)
        for c in itertools.combinations(keys, size)
    }
    assert contested_garment(estate, claims) == pytest.approx(nucleolus(game_of(keys, values)), abs=1e-5 * total)


@st.composite
def games(draw: st.DrawFn) -> Game:
    players = draw(st.integers(2, 4))
    values = [0, *draw(st.lists(st.integers(0, 40), min_size=2**players - 1, max_size=2**players - 1))]
    return Game(tuple("abcd"[:players]), np.array(values, dtype=np.float64))


@given(games())
@settings(max_examples=60)
def test_what_every_division_must_do(game: Game) -> None:
    for division in (shapley(game), nucleolus(game), nucleolus(game, per_capita=True)):
        assert division.sum() == pytest.approx(game.total, abs=1e-6)
    level = least_core(game)
    assert level is not None
    found = largest_complaint(game, nucleolus(game))
    assert found is not None
    assert level.complaint == pytest.approx(_least_complaint(game), abs=1e-6)
    assert found.amount >= level.complaint - 1e-6
    if level.complaint <= 0:
        assert in_the_core(game, nucleolus(game))


def _least_complaint(game: Game) -> float:
    """The least core by another solver."""
    n = len(game.players)
    rows = [[-float(mask >> k & 1) for k in range(n)] + [-1.0] for mask in range(1, game.everybody)]
    found = linprog(
        [0.0] * n + [1.0],
        A_ub=rows,
        b_ub=-game.values[1 : game.everybody],
        A_eq=[[1.0] * n + [0.0]],
        b_eq=[game.total],
        bounds=[(None, None)] * (n + 1),
    )
    assert found.success
    return float(found.fun)


@given(games())
@settings(max_examples=30)
def test_no_small_move_betters_the_nucleolus(game: Game) -> None:
    """Its complaints, largest first, are lexicographically least among divisions that give each what it has alone."""
    if game.alone.sum() > game.total:
        return
    best = nucleolus(game)
    held = np.round(np.sort(complaints(game, best)[1:-1])[::-1], 5)
    n = len(game.players)
    for giver, taker in itertools.permutations(range(n), 2):
        moved = best.copy()
        moved[giver] -= 0.5
        moved[taker] += 0.5
        if (moved < game.alone - 1e-9).any():
            continue
        other = np.round(np.sort(complaints(game, moved)[1:-1])[::-1], 5)
        assert tuple(held) <= tuple(other)


def test_sampling_finds_the_exact_value_and_hands_out_all_of_it() -> None:
    found = sampled_shapley(lambda mask: float(OWEN_1975.values[mask]), 3, seed=7, within=0.005, most_pairs=3000)
    assert found.reached
    assert found.mean.sum() == pytest.approx(992)
    assert (np.abs(found.mean - [229, 272, 491]) <= 2 * found.half_width).all()
    again = sampled_shapley(lambda mask: float(OWEN_1975.values[mask]), 3, seed=7, within=0.005, most_pairs=3000)
    assert (again.mean == found.mean).all()


def test_a_cap_on_samples_is_said() -> None:
    found = sampled_shapley(lambda mask: float(OWEN_1975.values[mask]), 3, seed=7, within=1e-6, most_pairs=25)
    assert (found.pairs, found.reached) == (25, False)


def test_joining_forces_is_tested_not_assumed() -> None:
    assert worst_split(OWEN_1975) is None
    lost = worst_split(in_order("ab", 5, 5, 8))
    assert lost is not None
    assert (lost.one, lost.other, lost.loss) == (("a",), ("b",), 2)


def test_an_empty_core_has_a_least_complaint() -> None:
    """Three firms of whom any two have everything: each division leaves two of them a third of it short."""
    found = least_core(in_order("abc", 0, 0, 0, 1, 1, 1, 1))
    assert found is not None
    assert found.complaint == pytest.approx(1 / 3)
    assert len(found.coalitions) == 3


def parties(*keys: str) -> list[Party]:
    return [Party(key, key, frozenset([key])) for key in keys]


def test_a_shared_fixed_cost_is_paid_once_together_and_by_each_alone() -> None:
    game = standing_alone(parties("a", "b"), [LineCost(100.0, 60.0, {"a": 0.25, "b": 0.75}), LineCost(0, 7, {"b": 1})])
    assert game.values.tolist() == [0, 115, 152, 167]
    assert -nucleolus(costs(game)) == pytest.approx([65, 102])


@given(st.integers(0, 10**9), st.lists(st.floats(0, 1e6), min_size=1, max_size=8))
def test_whole_pounds_by_a_key_add_up_and_are_within_a_pound(total: int, weights: list[float]) -> None:
    keys = [str(k) for k in range(len(weights))]
    found = by_key(total, dict(zip(keys, weights, strict=True)), parties(*keys))
    if not sum(weights):
        assert found is None
        return
    assert found is not None
    assert sum(found.values()) == total
    whole = sum(weights)
    assert all(abs(found[key] - total * weight / whole) < 1.001 for key, weight in zip(keys, weights, strict=True))


def test_unrounded_parts_become_whole_pounds_that_add_up() -> None:
    found = to_whole_pounds(10, [3.4, -1.7, 8.3], parties("a", "b", "c"))
    assert (found, sum(found.values())) == ({"a": 4, "b": -2, "c": 8}, 10)


def test_parts_that_do_not_add_up_are_not_rounded_into_place() -> None:
    with pytest.raises(ValueError, match="is not GBP 20"):
        to_whole_pounds(20, [3.4, 8.3], parties("a", "b"))


@pytest.mark.parametrize("wrong", [{"values": np.zeros(3)}, {"values": np.ones(4)}])
def test_a_game_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"coalitions|nothing"):
        Game(("a", "b"), **wrong)
