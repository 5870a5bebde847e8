"""Infeasible problems of many causes, each with the limits (by their own keys) that are its irreducible conflict."""

from typing import Any

from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    make_limit,
    make_line,
    make_mode,
    make_problem,
    spend_on,
)
from services.allocation.tests.core.test_cases import FIRST, SECOND, clinic, link, sessions, waiting
from services.allocation.tests.core.test_fairness import fair, places
from services.allocation.tests.core.test_options import kit, option
from services.allocation.tests.core.test_years import block, rule, two_years

VISITS: dict[str, Any] = {"lines": [make_line("care", {}, None, modes=[make_mode("visit", 10.0)])], "curves": []}


def wanted(visits: float) -> dict[str, Any]:
    return make_limit("wanted", {"measure": "activity"}, at_least=visits, unit="visit")


CLASHING: dict[str, tuple[dict[str, Any], set[str]]] = {
    "floors above the purse": (
        make_problem(
            limits=[
                make_limit("a", spend_on("rich"), at_least=80),
                make_limit("b", spend_on("poor"), at_least=70),
            ]
        ),
        {"money", "a", "b"},
    ),
    "a floor against a pace of change": (
        make_problem(
            limits=[make_limit("a", spend_on("rich"), at_least=80)],
            pace_of_change=[{"key": "slow", "label": "slow", "max_up": 0.1, "source": "a test"}],
        ),
        {"a", "slow"},
    ),
    "a capacity below its demand": (
        clinic(
            resources=[sessions(supply={FIRST: 1, SECOND: 9})],
            demands=[
                waiting(waits=False, opening_backlog=0, minimum_share=1.0)
                | {"met_by": [{"select": {"lines": ["scopes"]}}]}
            ],
        ),
        {"sessions", "wait"},
    ),
    "a backlog that no money clears": (
        clinic(demands=[waiting(cases={FIRST: 60, SECOND: 0}, backlog_at_most={SECOND: 5})]),
        {"money", "wait"},
    ),
    "a nested service without its outer one": (
        clinic(
            links=[link("nested", 0.1)],
            limits=[
                make_limit("outer", {"select": {"lines": ["scopes"]}, "measure": "activity"}, at_most=10, unit="scope"),
                make_limit("inner", {"select": {"lines": ["surgery"]}, "measure": "activity"}, at_least=5, unit="case",
                           years=[FIRST]),
            ],
        ),
        {"link", "outer", "inner"},
    ),
    "a contract above the purse": (two_years(second=200, contracts=[block(value_gbp=150)]), {"money", "block"}),
    "a rule of the year against a floor": (
        two_years(second=100, business_rules=[rule("surplus", 0.1)],
                  limits=[make_limit("a", spend_on("care"), at_least=95, years=[FIRST])]),
        {"surplus", "a"},
    ),
    "a carry-over too small for next year's floor": (
        two_years(
            purses=[{**two_years()["purses"][0], "carry": {"at_most_share": 0.1, "source": "a test"}}],
            limits=[make_limit("later", spend_on("care"), at_least=30, years=[SECOND])],
        ),
        {"money", "later"},
    ),
    "fair floors above the purse": (places(equity=[fair(floor=9.0)]), {"money", "fair"}),
    "options that must be and cannot be paid": (
        kit(
            options=[option("a", 60, 1), option("b", 70, 1)],
            option_rules=[
                {"key": "both", "label": "both", "kind": "exactly", "options": ["a", "b"], "count": 2, "source": "x"}
            ],
        ),
        {"money", "both"},
    ),
    "a volume that its option may not have": (
        kit(
            **VISITS | {"lines": [*VISITS["lines"], make_line("kit", {}, None)]},
            options=[option("a", 1, 1, volumes=[{"select": {"lines": ["care"]}, "at_most": 3}])],
            limits=[wanted(5)],
        ),
        {"a", "wanted"},
    ),
    "a named variable held down": (
        make_problem(
            limits=[
                make_limit("named", {"column": f"pay/{YEAR}/rich/money/-"}, at_most=5, per_year=False),
                make_limit("a", spend_on("rich"), at_least=20),
            ]
        ),
        {"named", "a"},
    ),
    "money saved too little": (
        two_years(
            savings=[{"key": "s", "label": "s", "lines": ["care"], "rate": 0.2, "lag": 1, "to_purse": "money",
                      "provenance": SOURCED}],
            limits=[make_limit("later", spend_on("care"), at_least=30, years=[SECOND])],
        ),
        {"money", "later"},
    ),
}  # fmt: skip
