"""What-ifs of single years: more patients in some years, a payer that leaves from a year on."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.translate import problem_digest
from concord_contracts.allocation import Problem
from services.allocation.tests.core.problems import make_curve, make_limit, make_mode, make_problem, make_purse, spend
from services.allocation.tests.core.test_changes_of_partners import (
    WORTH,
    asked,
    best_by_hand,
    changed,
    digest,
    faults,
    pool,
    words,
)

FIRST, SECOND, THIRD = YEARS = ("2014-15", "2015-16", "2016-17")
few = settings(max_examples=6, deadline=None, derandomize=True, database=None)


def of_years(problem: dict[str, Any], years: tuple[str, ...] = (FIRST, SECOND)) -> dict[str, Any]:
    """The same problem in several years, each with the first one's money; nothing is discounted."""
    purses = [p | {"amount_gbp": dict.fromkeys(years, p["amount_gbp"][FIRST])} for p in problem["purses"]]
    return problem | {"years": [{"key": year} for year in years], "discount_rate": 0, "purses": purses}


def more_patients(factor: float, *years: str, **select: Any) -> dict[str, Any]:
    return {"kind": "scale_demand", "select": select, "factor": factor, "years": list(years) or None}


def scanned(**more: Any) -> dict[str, Any]:
    """Lines of the small problem, the first with cases at GBP 2 each."""
    problem = of_years(make_problem(), YEARS)
    problem["lines"][0] |= {"modes": [make_mode("scan", 2)], "unit": "scan"}
    return problem | more


SCANS = {"select": {"lines": ["rich"]}, "measure": "activity"}


def test_a_limit_on_single_years_is_split_and_grows_in_those_alone() -> None:
    problem = scanned(limits=[make_limit("scans", SCANS, at_least=10, demand_driven=True)])
    problem["loosened"] = [{"row": f"limit/{SECOND}/scans/at_least", "side": "lower", "by": 1}]
    after = changed(problem, more_patients(1.5, SECOND, lines=["rich"]))
    assert {limit["key"]: (limit["years"], limit["at_least"]) for limit in after["limits"]} == {
        "scans": ([FIRST, THIRD], 10),
        f"scans.{SECOND}": ([SECOND], 15),
    }
    assert [row["row"] for row in after["loosened"]] == [f"limit/{SECOND}/scans.{SECOND}/at_least"]
    cases = {row.year: row.cases for row in asked(problem, more_patients(1.5, SECOND, lines=["rich"])).activity}
    assert cases[SECOND] >= 14
    twice = changed(problem, more_patients(1.5, SECOND, lines=["rich"]), more_patients(2, SECOND, THIRD))
    assert sorted((limit["years"], limit["at_least"]) for limit in twice["limits"]) == [
        ([FIRST], 10), ([SECOND], 30), ([THIRD], 20),
    ]  # fmt: skip


def test_every_year_named_is_the_same_as_none() -> None:
    problem = scanned(limits=[make_limit("scans", SCANS, at_least=10, demand_driven=True)])
    assert digest(changed(problem, more_patients(1.5, *YEARS))) == digest(changed(problem, more_patients(1.5)))


def test_a_limit_on_years_together_grows_whole_or_is_refused() -> None:
    problem = scanned(limits=[make_limit("scans", SCANS, at_least=30, demand_driven=True, per_year=False)])
    assert changed(problem, more_patients(1.5))["limits"][0]["at_least"] == 45
    assert faults(problem, more_patients(1.5, SECOND)) == {("/changes/0/years", "years-together")}
    assert faults(problem, more_patients(1.5, "2020-21")) == {("/changes/0/years/0", "unknown-key")}


def test_more_patients_are_as_many_more_who_may_wait() -> None:
    demand = {
        "key": "scan",
        "label": "scans",
        "unit": "scan",
        "cases": dict.fromkeys(YEARS, 20.0),
        "met_by": [{"select": {"lines": ["rich"]}}],
        "waits": True,
        "backlog_at_most": {FIRST: 4, THIRD: 8},
        "demand_driven": True,
        "source": "a test",
    }
    problem = scanned(demands=[demand])
    (later,) = changed(problem, more_patients(1.5, SECOND, THIRD))["demands"]
    assert later["cases"] == {FIRST: 20, SECOND: 30, THIRD: 30}
    assert later["backlog_at_most"] == {FIRST: 4, THIRD: 12}
    (whole,) = changed(problem, more_patients(1.5))["demands"]
    assert whole["backlog_at_most"] == {FIRST: 6, THIRD: 12}


@few
@given(st.lists(st.integers(0, 8), min_size=2, max_size=2), st.sampled_from([0.5, 1.0, 2.0, 3.0]), st.booleans())
def test_curves_widen_in_the_years_named_and_in_no_other(tens: list[int], factor: float, second: bool) -> None:
    """Against every way to split a year's money in tens of pounds between two lines."""
    problem = of_years(make_problem(curves=[make_curve("rich", (20, 3), (20, 1)), make_curve("poor", (20, 2))]))
    amounts = dict(zip((FIRST, SECOND), (10 * ten for ten in tens), strict=True))
    problem["purses"] = [make_purse("money", amounts)]
    year = SECOND if second else FIRST
    found = asked(problem, more_patients(factor, year, lines=["rich"]))

    def best(gbp: int, width: float) -> float:
        def rich(spent: float) -> float:
            return 3 * min(spent, width) + max(0.0, min(spent, 2 * width) - width)

        return max((rich(part) + 2 * min(20, gbp - part) for part in range(0, gbp + 1, 10)), default=0.0)

    by_hand = {each: best(gbp, 20 * factor if each == year else 20) for each, gbp in amounts.items()}
    assert found.totals.benefit == pytest.approx(sum(by_hand.values()))


@few
@given(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.sampled_from("abc"))
def test_leaving_from_a_year_on_agrees_with_every_way_to_spend(tens: list[int], payer: str) -> None:
    amounts = {key: 10 * ten for key, ten in zip("abc", tens, strict=True)}
    problem = pool("a", "b", "c")
    problem["purses"] = [make_purse(f"{key}-money", gbp, owner=key) for key, gbp in amounts.items()]
    problem["curves"] = [make_curve(key, (40, worth)) for key, worth in WORTH.items()]
    found = asked(of_years(problem), {"kind": "leave_pool", "payer": payer, "from_year": SECOND})
    rest = "".join(key for key in "abc" if key != payer)
    together, apart = (best_by_hand(amounts, members, WORTH, 40) for members in ("abc", rest))
    assert found.totals.benefit == pytest.approx(together + apart)


def test_who_leaves_later_pools_until_then_and_the_words_are_of_after() -> None:
    problem = of_years(pool("a", "b", "c"))
    leave = {"kind": "leave_pool", "payer": "a", "from_year": SECOND}
    found = asked(problem, leave)
    assert spend(found, FIRST) == {"a-line": 120, "b-line": 30, "c-line": 0}
    assert spend(found, SECOND) == {"a-line": 50, "b-line": 100, "c-line": 0}
    assert {row.year for row in found.contributions if row.payer == "a"} == {FIRST}
    put = sum(row.gbp for row in asked(problem).contributions if row.payer == "a" and row.year == SECOND)
    stays = sum(row.gbp for row in found.contributions if row.year == SECOND)
    assert words(problem, leave) == [
        f"Body a leaves the pot from {SECOND} on and takes along GBP {put}; GBP {stays} remains in it.",
        "Line a-line of its own that partners helped to pay for lost GBP 70: nobody fills it; it has GBP 70 less "
        "than before.",
    ]


def test_from_the_first_year_on_is_the_whole_plan() -> None:
    problem = of_years(pool("a", "b", "c"))
    whole = {"kind": "leave_pool", "payer": "b"}
    assert digest(changed(problem, whole | {"from_year": FIRST})) == digest(changed(problem, whole))


def test_money_kept_in_a_fund_is_spent_before_its_purse_leaves() -> None:
    problem = of_years(pool("a", "b"))
    problem["funds"][0]["carry"] = {"at_most_share": 1, "source": "a test"}
    found = asked(problem, {"kind": "leave_pool", "payer": "b", "from_year": SECOND})
    kept = {(row.purse, row.year) for row in found.carried if row.gbp and row.fund == "pot"}
    assert not {each for each in kept if each[0] == "b-money"}
    assert {row.year for row in found.contributions if row.purse == "b-money"} == {FIRST}


def test_what_was_signed_falls_away_for_the_years_after() -> None:
    def signed(payer: str, **more: Any) -> dict[str, Any]:
        into = {"select": {"purses": [f"{payer}-money"], "funds": ["pot"]}, "measure": "contribution"}
        return make_limit(more.pop("key", f"signed-{payer}"), into, at_least=20, **more)

    leave = {"kind": "leave_pool", "payer": "b", "from_year": SECOND}
    both = of_years(pool("a", "b", "c", limits=[signed("b"), signed("c"), signed("b", years=[SECOND], key="late")]))
    after = changed(both, leave)
    assert {limit["key"]: limit["years"] for limit in after["limits"]} == {"signed-b": [FIRST], "signed-c": None}
    put = {(row.payer, row.year): row.gbp for row in asked(both, leave).contributions}
    assert (put["b", FIRST] >= 20, put.get(("b", SECOND)), put["c", SECOND] >= 20) == (True, None, True)
    together = of_years(pool("a", "b", limits=[signed("b", per_year=False)]))
    assert faults(together, leave) == {("/changes/0/from_year", "years-together")}
    law = of_years(pool("a", "b", limits=[signed("b", statutory=True)]))
    assert faults(law, leave) == {("/changes/0/payer", "statutory-limit")}


def test_promises_to_a_fund_that_reaches_nobody_fall_away_too() -> None:
    """Only a's line is in the arrangement: without a there is nothing that b's promised GBP 20 could pay for."""
    problem = of_years(pool("a", "b"))
    problem["mechanisms"][0]["lines"] = {"lines": ["a-line"]}
    problem["funds"][0]["contributors"][1]["at_least_gbp"] = 20
    into = {"select": {"purses": ["b-money"], "funds": ["pot"]}, "measure": "contribution"}
    problem["limits"] = [make_limit("signed-b", into, at_least=20)]
    put = asked(problem, {"kind": "leave_pool", "payer": "a", "from_year": SECOND}).contributions
    assert {(row.year, row.payer) for row in put if row.payer == "b"} == {(FIRST, "b")}


def test_nobody_leaves_twice_or_in_no_year() -> None:
    problem = of_years(pool("a", "b"), YEARS)
    leave = {"kind": "leave_pool", "payer": "a", "mechanisms": ["s75"]}
    assert faults(problem, leave | {"from_year": "2030-31"}) == {("/changes/0/from_year", "unknown-key")}
    assert faults(problem, leave | {"from_year": SECOND}, leave | {"from_year": THIRD}) == {
        ("/changes/1/mechanisms/0", "not-a-partner")
    }
    sooner = changed(problem, leave | {"from_year": THIRD}, leave | {"from_year": SECOND})
    assert sooner["mechanisms"][0]["leaving"] == {"a": SECOND}
    assert changed(problem, leave | {"from_year": THIRD}, leave)["mechanisms"][0]["leaving"] == {}


def test_a_problem_without_such_years_keeps_its_name() -> None:
    plain = Problem.model_validate(pool("a", "b"))
    told = Problem.model_validate(pool("a", "b") | {"mechanisms": [pool("a", "b")["mechanisms"][0] | {"leaving": {}}]})
    left = Problem.model_validate(
        pool("a", "b") | {"mechanisms": [pool("a", "b")["mechanisms"][0] | {"leaving": {"a": FIRST}}]}
    )
    assert problem_digest(plain) == problem_digest(told) != problem_digest(left)
