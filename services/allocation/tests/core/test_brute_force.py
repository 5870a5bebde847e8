"""Tiny cases in whole pounds, answered by trying every split: it shares nothing with the optimiser."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.core.columns import BANDS, NO_REFERENCE_PENALTY
from concord_allocation.core.results_of_refusals import Refusal
from services.allocation.tests.core.problems import (
    YEAR,
    make_curve,
    make_limit,
    make_line,
    make_payer,
    make_problem,
    make_purse,
    outcome,
    spend_on,
)

# (purse, line) pairs that may pay: a pays for its own two lines, b for its own and, by a grant, for the second.
CELLS = [("a", "one"), ("a", "two"), ("b", "two"), ("b", "three")]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    whole = st.integers(0, 4)
    return {
        "budgets": {"a": draw(whole), "b": draw(whole)},
        "slopes": {
            line: sorted(draw(st.lists(st.integers(1, 9), min_size=2, max_size=2)), reverse=True)
            for line in ("one", "two", "three")
        },
        "widths": {line: (draw(st.integers(1, 2)), draw(st.integers(1, 2))) for line in ("one", "two", "three")},
        "reference": {cell: draw(whole) for cell in CELLS},
        "floor": draw(st.integers(0, 3)),
        "ceiling": draw(st.integers(1, 5)),
    }


def as_problem(case: dict[str, Any]) -> dict[str, Any]:
    owner = {"one": "a", "two": "a", "three": "b"}
    return make_problem(
        payers=[make_payer("a"), make_payer("b")],
        purses=[make_purse(purse, gbp, owner=purse) for purse, gbp in case["budgets"].items()],
        lines=[
            make_line(line, {p: case["reference"][p, x] for p, x in CELLS if x == line}, line, owner[line])
            for line in owner
        ],
        curves=[make_curve(line, *zip(case["widths"][line], case["slopes"][line], strict=True)) for line in owner],
        mechanisms=[
            {"key": "gift", "kind": "grant", "payers": ["b"], "lines": {"lines": ["two"]}, "citation": "a test"}
        ],
        limits=[
            make_limit("floor", spend_on("two"), at_least=case["floor"]),
            make_limit("ceiling", spend_on("one", "three"), at_most=case["ceiling"]),
        ],
    )


def feasible(case: dict[str, Any], split: dict[tuple[str, str], int]) -> bool:
    spend = spent(split)
    return (
        all(sum(g for (p, _), g in split.items() if p == purse) <= gbp for purse, gbp in case["budgets"].items())
        and spend["two"] >= case["floor"]
        and spend["one"] + spend["three"] <= case["ceiling"]
    )


def spent(split: dict[tuple[str, str], int]) -> dict[str, int]:
    return {line: sum(g for (_, x), g in split.items() if x == line) for line in ("one", "two", "three")}


def benefit(case: dict[str, Any], split: dict[tuple[str, str], int]) -> int:
    total = 0
    for line, gbp in spent(split).items():
        pounds = [s for s, w in zip(case["slopes"][line], case["widths"][line], strict=True) for _ in range(w)]
        total += sum(pounds[:gbp])
    return total


def movement(case: dict[str, Any], split: dict[tuple[str, str], int]) -> float:
    """Penalty of the bands, cell by cell."""
    total = 0.0
    for cell, gbp in split.items():
        reference, start = case["reference"][cell], 0.0
        away = abs(gbp - reference)
        if reference == 0:
            total += NO_REFERENCE_PENALTY * gbp
            continue
        for edge, penalty in BANDS:
            total += penalty * max(0.0, min(away, edge * reference) - start)
            start = edge * reference
    return total


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(cases())
def test_trying_every_split_in_whole_pounds_agrees(case: dict[str, Any]) -> None:
    ranges = [range(case["budgets"][purse] + 1) for purse, _ in CELLS]
    splits = [dict(zip(CELLS, amounts, strict=True)) for amounts in itertools.product(*ranges)]
    possible = [split for split in splits if feasible(case, split)]
    found = outcome(as_problem(case), prices=False)
    if isinstance(found, Refusal):
        assert not possible
        assert found.reason == "conflict"
        return
    best = max(benefit(case, split) for split in possible)
    assert found.totals.benefit == pytest.approx(best, abs=1e-9)
    least = min(movement(case, split) for split in possible if benefit(case, split) == best)
    # Bands need not end on whole pounds, so an unrounded plan may move less than any whole one; never more.
    assert found.objectives[1].value <= least + 1e-6
    chosen = {(cell.purse, cell.line): cell.gbp for cell in found.cells}
    assert feasible(case, {cell: chosen.get(cell, 0) for cell in CELLS})


def test_a_published_transport_problem_has_its_published_optimum() -> None:
    """Fourer, Gay and Kernighan, AMPL (2003), figure 3-1: steel from 3 mills to 7 factories at least cost 196,200.

    Supply is a purse, a route a line of its mill, demand an equality on a place; cost is benefit forgone.
    """
    supply = {"GARY": 1400, "CLEV": 2600, "PITT": 2900}
    demand = {"FRA": 900, "DET": 1200, "LAN": 600, "WIN": 400, "STL": 1700, "FRE": 1100, "LAF": 1000}
    cost = {
        "GARY": (39, 14, 11, 14, 16, 82, 8),
        "CLEV": (27, 9, 12, 9, 26, 95, 17),
        "PITT": (24, 14, 17, 13, 28, 99, 20),
    }
    routes = [(mill, factory, cost[mill][n]) for mill in supply for n, factory in enumerate(demand)]
    found = outcome(
        make_problem(
            payers=[make_payer(mill) for mill in supply],
            purses=[make_purse(mill, tons, owner=mill) for mill, tons in supply.items()],
            lines=[
                make_line(f"{mill}.{factory}", None, f"at-{per_ton}", mill, place=factory)
                for mill, factory, per_ton in routes
            ],
            curves=[make_curve(f"at-{per_ton}", (None, 100 - per_ton)) for per_ton in {c for _, _, c in routes}],
            limits=[
                make_limit(f"demand-{factory}", {"select": {"places": [factory]}}, equal=tons)
                for factory, tons in demand.items()
            ],
        )
    )
    assert not isinstance(found, Refusal)
    assert 100 * sum(demand.values()) - found.totals.benefit == pytest.approx(196_200)
    assert {row.key: row.gbp for row in found.splits.place if row.year == YEAR} == demand
