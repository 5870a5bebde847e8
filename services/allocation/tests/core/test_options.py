"""Indivisible options: chosen whole, by branch and bound and by trying all sets; held for prices; proven or not."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.core.choose import choose_options
from concord_allocation.core.matrix import compile_matrix
from concord_allocation.core.solver import Live
from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    answer,
    make_curve,
    make_line,
    make_mode,
    make_problem,
    make_purse,
    outcome,
    refusal,
    spend,
    tables,
)

FIRST, SECOND = "2014-15", "2015-16"


def option(key: str, gbp: int, benefit: float, **changed: Any) -> dict[str, Any]:
    return {
        "key": key, "name": f"option {key}", "line": "kit", "non_recurrent_gbp": gbp, "benefit": benefit,
        "provenance": SOURCED,
    } | changed  # fmt: skip


def kit(**changed: Any) -> dict[str, Any]:
    """GBP 100 for options on a line of their own, and for care at 1 a pound."""
    made = {
        "lines": [make_line("kit", {}, None), make_line("care", {}, "care")],
        "curves": [make_curve("care", (None, 1))],
    }
    return make_problem(**(made | changed))


def taken(found: Any) -> set[str]:
    return {row.option for row in found.options if row.starts is not None}


def test_an_option_is_taken_whole_or_not_at_all() -> None:
    found = answer(kit(options=[option("a", 60, 100), option("b", 70, 105)]))
    assert taken(found) == {"a"}
    assert spend(found) == {"kit": 60, "care": 40}
    assert found.totals.benefit == pytest.approx(140)
    assert found.check.bound == pytest.approx(140)
    assert found.options_unique
    assert any("option a is supported from 2014-15" in one.words for one in found.sentences)


def test_prices_are_of_the_plan_with_its_options_held_and_say_so() -> None:
    found = answer(kit(options=[option("a", 60, 100)]))
    purse = next(row for row in found.binding if row.kind == "purse")
    assert purse.options_held
    assert purse.words.endswith("(options held)")
    assert purse.price_more == pytest.approx(1)


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        ({"kind": "at_most", "options": ["a", "b", "c"], "count": 1}, {"c"}),
        ({"kind": "exactly", "options": ["a", "b", "c"], "count": 2}, {"b", "c"}),
        ({"kind": "at_least", "options": ["a"], "count": 1}, {"a", "c"}),
        ({"kind": "requires", "options": ["c", "a"]}, {"a", "c"}),
    ],
)
def test_options_exclude_and_require_each_other(rule: dict[str, Any], chosen: set[str]) -> None:
    options = [option("a", 30, 20), option("b", 40, 60), option("c", 50, 90)]
    rules = [{"key": "rule", "label": "a rule", "source": "a test"} | rule]
    found = answer(kit(options=options, option_rules=rules))
    assert taken(found) == chosen


def two_years(**changed: Any) -> dict[str, Any]:
    purses = [make_purse("money", {FIRST: 100, SECOND: 100})]
    return kit(**({"years": [{"key": FIRST}, {"key": SECOND}], "purses": purses, "discount_rate": 0.0} | changed))


def test_recurrent_cost_and_capital_that_outlives_the_plan_at_annual_cost() -> None:
    """Capital 1000 over 20 years at no interest is 50 a year; over two years it is 1000 at once."""
    scanner = option("scanner", 5, 80, recurrent_gbp=10, capital_gbp=1000, life_years=20, capital_rate=0.0)
    found = answer(two_years(options=[scanner]))
    assert (spend(found, FIRST)["kit"], spend(found, SECOND)["kit"]) == (65, 60)
    assert (found.options[0].annual_capital_gbp, found.options[0].cost_gbp) == (50, 125)
    short = answer(two_years(options=[scanner | {"life_years": 2}]))
    assert taken(short) == set()


@pytest.mark.parametrize(("growth", "starts"), [(0.5, None), (1.0, SECOND), (None, SECOND)])
def test_what_an_option_supplies_counts_as_growth(growth: float | None, starts: str | None) -> None:
    """A second machine doubles the sessions that there are."""
    sessions = {
        "key": "sessions", "name": "sessions", "unit": "session", "supply": {FIRST: 10, SECOND: 10},
        "uses": [{"select": {"lines": ["care"]}, "per_case": 1}], "max_growth": growth, "source": "a test",
    }  # fmt: skip
    machine = option("machine", 5, 0, starts=[SECOND], supplies={"sessions": 10})
    lines = [make_line("kit", {}, None), make_line("care", {}, "care", modes=[make_mode("visit", 1.0)])]
    found = answer(two_years(lines=lines, resources=[sessions], options=[machine]))
    assert [row.starts for row in found.options] == [starts]


def test_an_option_starts_when_there_is_money_for_it() -> None:
    late = two_years(
        purses=[make_purse("money", {FIRST: 10, SECOND: 100})],
        options=[option("a", 60, 100, starts=[FIRST, SECOND])],
    )
    found = answer(late)
    assert [row.starts for row in found.options] == [SECOND]


def test_volumes_come_with_an_option_and_only_with_it() -> None:
    lines = [make_line("kit", {}, None), make_line("care", {}, "care", modes=[make_mode("visit", 10.0)])]
    volume = {"select": {"lines": ["care"]}, "at_least": 3, "at_most": 5}
    bought = answer(kit(lines=lines, options=[option("a", 20, 0, volumes=[volume])]))
    assert taken(bought) == {"a"}
    assert spend(bought) == {"kit": 20, "care": 50}
    dear = answer(kit(lines=lines, options=[option("a", 90, 0, volumes=[volume])]))
    assert taken(dear) == set()
    assert spend(dear)["care"] == 0


def test_an_option_supplies_a_resource() -> None:
    lines = [make_line("kit", {}, None), make_line("care", {}, "care", modes=[make_mode("scan", 10.0)])]
    scanner = {"key": "hours", "name": "scanner hours", "unit": "hour", "supply": {YEAR: 2},
               "uses": [{"per_case": 1.0}], "source": "a test"}  # fmt: skip
    found = answer(kit(lines=lines, resources=[scanner], options=[option("second", 30, 0, supplies={"hours": 4})]))
    assert taken(found) == {"second"}
    assert spend(found) == {"kit": 30, "care": 60}


def test_options_that_cannot_be_are_refused_with_the_rule_that_asks_for_them() -> None:
    rules = [{"key": "both", "label": "both are supported", "kind": "exactly", "options": ["a", "b"], "count": 2,
              "source": "the board"}]  # fmt: skip
    found = refusal(kit(options=[option("a", 60, 1), option("b", 70, 1)], option_rules=rules))
    assert {member.limit for member in found.conflict if member.limit} == {"both", "money"}
    assert found.relaxation_gbp is not None
    assert found.relaxation_gbp <= 30


def test_equally_good_options_are_settled_by_their_keys_in_any_order() -> None:
    options = [option(key, 50, 90) for key in "abcd"]
    first, second = answer(kit(options=options)), answer(kit(options=options[::-1]))
    assert taken(first) == taken(second)
    assert len(taken(first)) == 2
    assert first.options_unique


def test_out_of_time_says_so_with_the_bound() -> None:
    options = [option(f"o{n:02}", 37 + 7 * (n % 9) + n, 50.0 + 6 * (n % 9) + (n % 5)) for n in range(40)]
    purses = [make_purse("money", 1000)]
    found = outcome(kit(options=options, purses=purses), time_limit_seconds=1e-9)
    assert found.outcome == "plan"
    assert found.status == "feasible_not_proven"
    assert found.check.bound >= found.totals.benefit
    assert any("not proven best" in one.words for one in found.sentences)
    assert not any("No other plan is as good" in one.words for one in found.sentences)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(2, 5))
    keys = "abcde"[:count]
    options = [option(key, draw(st.integers(0, 70)), draw(st.integers(-5, 90))) for key in keys]
    rules = [
        {"key": "rule", "label": "rule", "kind": draw(st.sampled_from(["at_most", "exactly", "requires", "at_least"])),
         "options": list(keys[:2]), "count": draw(st.integers(0, 2)), "source": "a test"}
        for _ in range(draw(st.integers(0, 1)))
    ]  # fmt: skip
    return kit(options=options, option_rules=rules)


def tried(problem: dict[str, Any]) -> float | None:
    """The best benefit over all sets of options: the rest of GBP 100 buys 1 a pound."""
    best = None
    for chosen in itertools.product((0, 1), repeat=len(problem["options"])):
        z = {o["key"]: n for o, n in zip(problem["options"], chosen, strict=True)}
        cost = sum(o["non_recurrent_gbp"] * z[o["key"]] for o in problem["options"])
        if cost > 100 or not all(allows(rule, z) for rule in problem["option_rules"]):
            continue
        value = 100 - cost + sum(o["benefit"] * z[o["key"]] for o in problem["options"])
        best = value if best is None else max(best, value)
    return best


def allows(rule: dict[str, Any], z: dict[str, int]) -> bool:
    total = sum(z[key] for key in rule["options"])
    match rule["kind"]:
        case "at_most":
            return total <= int(rule["count"])
        case "at_least":
            return total >= int(rule["count"])
        case "exactly":
            return total == int(rule["count"])
    return z[rule["options"][0]] <= z[rule["options"][1]]


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_trying_every_set_of_options_finds_nothing_better(problem: dict[str, Any]) -> None:
    best, found = tried(problem), outcome(problem, prices=False)
    if best is None:
        assert found.outcome == "refusal"
    else:
        assert found.outcome == "plan"
        assert found.totals.benefit == pytest.approx(best, abs=1e-6)
        assert found.check.bound == pytest.approx(best, abs=1e-6)


def test_choosing_options_leaves_time_for_the_plan_and_begins_from_what_is_known() -> None:
    options = [option(f"o{n}", 31 + n, 50 + n) for n in range(12)]
    matrix = compile_matrix(tables(kit(options=options)))
    held, live = choose_options(matrix, 8.0)
    assert held is not None
    assert live.time_limit_seconds == pytest.approx(6.0)

    def searched(*, known: bool) -> bool:
        """Whether there is a plan after a search that may look at nothing by itself."""
        fresh = Live(matrix)
        for name, value in (("presolve", "off"), ("mip_heuristic_effort", 0.0), ("mip_max_nodes", 0)):
            fresh.highs.setOptionValue(name, value)
        fresh.highs.clearSolver()
        if known:
            fresh.begin_from(live.values())
        fresh.run()
        return fresh.has_plan

    assert searched(known=True)
    assert not searched(known=False)
