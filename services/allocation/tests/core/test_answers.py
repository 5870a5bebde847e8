"""What an answer says: who pays, why, what rests on assumptions, what ends, what was decided by the tie-break."""

from typing import Any

import pytest

from concord_allocation.core.difference import compare
from concord_allocation.core.results import Answer
from concord_allocation.core.results_of_refusals import Refusal
from services.allocation.tests.core.problems import (
    YEAR,
    answer,
    bills,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    outcome,
    refusal,
    spend,
    spend_on,
)

ASSUMED = {"basis": "assumption", "note": "a judgement"}


def shared(**changed: object) -> dict[str, object]:
    """A CCG's and a council's purse, either of which may pay for one line by a grant; GBP 100 are wanted."""
    return make_problem(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("money", 100), make_purse("grant", 100, owner="council")],
        lines=[make_line("joint", {"money": 70, "grant": 30}, "joint")],
        curves=[make_curve("joint", (100, 1))],
        mechanisms=[{"key": "gift", "kind": "grant", "payers": ["council"], "lines": {}, "citation": "a grant"}],
        **changed,
    )


def test_pounds_follow_the_steepest_slopes() -> None:
    assert spend(answer(make_problem())) == {"rich": 50, "poor": 50}


def test_among_equal_plans_the_one_nearest_the_reference_is_chosen() -> None:
    found = answer(shared())
    assert bills(found) == {(YEAR, "ccg"): 70, (YEAR, "council"): 30}
    assert found.totals.moved_gbp == 0
    assert not found.ties.other_plans_as_good


def test_without_least_movement_a_hash_decides_and_says_how_much() -> None:
    whole = make_limit("whole", {}, equal=100)
    found = answer(shared(objectives=["benefit", "uniqueness"], limits=[whole]))
    assert found.ties.other_plans_as_good
    assert found.ties.decided_gbp == 100
    assert {tie.payer: (tie.least_gbp, tie.greatest_gbp, tie.decided_gbp) for tie in found.ties.payers} == {
        "ccg": (0, 100, 50),
        "council": (0, 100, 50),
    }
    assert any(s.about == "tie" and "GBP 100" in s.words for s in found.sentences)


def test_movement_is_spread_by_its_bands_rather_than_taken_from_one() -> None:
    """GBP 20 must go from two like lines of GBP 100: 10 and 10 cost less than 20 from one."""
    found = answer(
        make_problem(
            purses=[make_purse("money", 180)],
            lines=[make_line("one", {"money": 100}, "same"), make_line("two", {"money": 100}, "same")],
            curves=[make_curve("same", (None, 1))],
        )
    )
    assert spend(found) == {"one": 90, "two": 90}


def test_a_fund_does_not_launder_a_ring_fence() -> None:
    """The grant may only pay to stop smoking; in a pool with a CCG it still may."""
    found = answer(
        make_problem(
            payers=[make_payer("ccg"), make_payer("council")],
            purses=[
                make_purse("money", 10),
                make_purse("grant", 90, owner="council", scope={"purposes": ["public-health"]}),
            ],
            lines=[
                make_line("quit", {"grant": 90}, "low", "council", purpose="public-health"),
                make_line("nurse", {"money": 10}, "high"),
            ],
            curves=[make_curve("low", (None, 0.1)), make_curve("high", (None, 1))],
            mechanisms=[
                {"key": "s75", "kind": "s75_pool", "payers": ["ccg", "council"], "lines": {}, "citation": "s.75"}
            ],
            funds=[
                {
                    "key": "pot",
                    "name": "pot",
                    "mechanism": "s75",
                    "contributors": [{"purse": "money", "at_least_gbp": 4}, {"purse": "grant", "at_least_gbp": 30}],
                    "source": "a test",
                }
            ],
        )
    )
    assert spend(found) == {"nurse": 10, "quit": 90}
    assert {(c.purse, c.gbp) for c in found.contributions} >= {
        ("grant", sum(c.gbp for c in found.cells if c.purse == "grant" and c.fund == "pot"))
    }
    assert all(c.line == "quit" for c in found.cells if c.purse == "grant" and c.gbp)
    assert sum(c.gbp for c in found.cells if c.fund == "pot" and c.purse == "money") >= 4


def test_cases_follow_the_money_through_unit_costs_and_indices() -> None:
    found = answer(
        make_problem(
            years=[{"key": YEAR, "cost_index": 1.1}],
            purses=[make_purse("money", 1000)],
            lines=[
                make_line(
                    "rich", {}, "rich", modes=[make_mode("scan", 20.0)], cost_factor={YEAR: 1.25}, fixed_cost_gbp=80
                )
            ],
            curves=[make_curve("rich", (None, 1.375))],
        )
    )
    (row,) = found.activity
    assert row.cases == pytest.approx((1000 - 80 * 1.375) / (20 * 1.375), abs=0.005)
    assert found.totals.benefit == pytest.approx(1000)


def test_benefit_is_discounted_to_the_base_year() -> None:
    years = ("2014-15", "2015-16")
    found = answer(
        make_problem(
            years=[{"key": year} for year in years],
            discount_rate=0.1,
            purses=[make_purse("money", dict.fromkeys(years, 10))],
        )
    )
    assert found.totals.benefit == pytest.approx(30 + 30 / 1.1)


def test_non_recurrent_money_shows_its_exit() -> None:
    found = answer(
        make_problem(
            years=[{"key": "2014-15"}, {"key": "2015-16"}],
            purses=[
                make_purse("headroom", {"2014-15": 50}, recurrent=False, scope={"lines": ["poor"]}),
                make_purse("money", dict.fromkeys(("2014-15", "2015-16"), 40)),
            ],
        )
    )
    (end,) = found.exits
    assert (end.purse, end.line, end.gbp, end.line_gbp, end.line_next_gbp) == ("headroom", "poor", 50, 50, 0)
    assert "non-recurrent" in end.words


def test_the_share_that_rests_on_assumptions_counts_each_pound_once() -> None:
    found = answer(
        make_problem(
            purses=[make_purse("money", 60, provenance=ASSUMED, scope={"lines": ["rich"]}), make_purse("sure", 40)],
            lines=[make_line("rich", {}, "rich", provenance=ASSUMED), make_line("poor", {}, "poor")],
        )
    )
    paid = spend(found)
    assert found.assumptions.gbp == paid["rich"]
    assert found.assumptions.share == pytest.approx(paid["rich"] / sum(paid.values()))
    assert {part.what for part in found.assumptions.parts if part.gbp} == {"purse amount", "line cost"}


def test_a_line_without_money_is_told_why() -> None:
    found = answer(
        make_problem(
            payers=[make_payer("ccg"), make_payer("council")],
            purses=[make_purse("money", 40)],
            lines=[
                make_line("rich", {}, "rich"),
                make_line("poor", {}, "poor"),
                make_line("orphan", {}, "poor", "council"),
                make_line("unmeasured"),
            ],
        )
    )
    told = {s.words.split(" gets")[0]: s.words for s in found.sentences if s.about == "line"}
    assert "a pound there would be missed more elsewhere" in told["poor"]
    assert "Body council is responsible (the Act, about orphan)" in told["orphan"]
    assert "no benefit of money here is measured" in told["unmeasured"]


def test_reference_money_that_may_not_be_paid_any_more_is_shown_and_counts_as_movement() -> None:
    found = answer(
        make_problem(bars=[{"key": "no", "payers": ["ccg"], "lines": {"lines": ["poor"]}, "reason": "a test"}])
    )
    (lost,) = [cell for cell in found.cells if cell.line == "poor"]
    assert (lost.gbp, lost.reference_gbp) == (0, 40)
    assert found.totals.reference_gbp == 100


def test_amounts_are_whole_pounds_and_plain_sums_hold_exactly() -> None:
    """Thirds of GBP 100: each line floor or ceiling, the purse spent to the pound, a total kept."""
    found = answer(
        make_problem(
            lines=[make_line(key, {}, "same") for key in ("a", "b", "c")],
            curves=[make_curve("same", (100, 1))],
            limits=[
                make_limit("equal-1", spend_on("a"), spend_on("b", coefficient=-1), equal=0),
                make_limit("equal-2", spend_on("b"), spend_on("c", coefficient=-1), equal=0),
                make_limit("all", {}, equal=100),
            ],
        )
    )
    assert sorted(spend(found).values()) == [33, 33, 34]
    assert {miss.limit for miss in found.check.rounding_missed} <= {f"limit/{YEAR}/equal-1", f"limit/{YEAR}/equal-2"}


def test_a_plan_that_no_whole_pounds_can_keep_is_refused() -> None:
    found = refusal(make_problem(limits=[make_limit("half", spend_on("rich"), equal=20.5)]))
    assert found.reason == "no_whole_pound_plan"


def test_a_share_of_a_baseline_is_kept_to_the_pound() -> None:
    """Both lines may lose 0.5 of GBP 5 and their purse has GBP 9 left: 4.5 each, which no whole pounds are."""
    problem = make_problem(
        purses=[make_purse("money", 9)],
        lines=[make_line("rich", {"money": 5}, "rich"), make_line("poor", {"money": 5}, "poor")],
        pace_of_change=[{"key": "pace", "label": "a tenth at most", "max_down": 0.1, "source": "a test"}],
    )
    found = answer(problem)
    assert sorted(spend(found).values()) == [4, 5]
    assert not found.check.rounding_missed


def test_a_pace_of_change_names_what_it_holds_as_people_do() -> None:
    problem = make_problem(
        lines=[make_line("rich", {"money": 60}, "rich", name="Surgery, Trafford"), make_line("poor", {"money": 40})],
        pace_of_change=[{"key": "pace", "label": "a tenth at most", "max_up": 0.1, "source": "a test"}],
    )
    labels = [limit.label for limit in answer(problem).binding if limit.limit == "pace"]
    assert labels == ["a tenth at most: Surgery, Trafford at most GBP 66 in 2014-15"]


def test_a_time_limit_gives_the_reference_split_unproven_with_a_bound() -> None:
    found = answer(make_problem(), time_limit_seconds=1e-9)
    assert found.status == "feasible_not_proven"
    assert spend(found) == {"rich": 60, "poor": 40}
    assert found.check.bound >= answer(make_problem()).totals.benefit
    assert not any(result.proven for result in found.objectives)


def test_the_reference_split_is_a_plan_with_cases_that_are_worth_something_and_free_ones() -> None:
    modes = [make_mode("free", 0.0), make_mode("priced", 2.0) | {"benefit": 4.0}]
    lines = [make_line("rich", {"money": 60}, "rich", modes=modes), make_line("poor", {"money": 40}, "poor")]
    problem = make_problem(lines=lines)
    found = answer(problem, time_limit_seconds=1e-9)
    assert found.status == "feasible_not_proven"
    assert spend(found) == {"rich": 60, "poor": 40}
    assert found.totals.benefit == pytest.approx(found.totals.reference_benefit)


def test_where_time_ran_out_nothing_is_said_that_only_the_best_plan_shows() -> None:
    problem = make_problem(lines=[make_line("rich", {"money": 100}, "rich"), make_line("poor", None, "poor")])
    told = [sentence.words for sentence in answer(problem, time_limit_seconds=1e-9).sentences]
    assert not any("as good" in words or "elsewhere, or" in words for words in told)
    assert any("poor gets nothing" in words and "time ran out before" in words for words in told)


def test_a_time_limit_with_no_plan_in_sight_says_so() -> None:
    found = outcome(make_problem(limits=[make_limit("floor", spend_on("poor"), at_least=45)]), time_limit_seconds=1e-9)
    assert isinstance(found, Refusal)
    assert (found.status, found.reason) == ("unknown", "no_plan_in_time")


def test_a_problem_in_which_nobody_may_pay_is_answered_with_nothing() -> None:
    found = answer(
        make_problem(
            payers=[make_payer("ccg"), make_payer("council")],
            purses=[make_purse("x", 5, "council")],
            lines=[make_line("rich", {}, "rich")],
        )
    )
    assert found.totals.spend_gbp == 0
    assert found.totals.unspent_gbp == 5


def test_a_difference_has_only_what_changed_and_adds_up() -> None:
    before, after = answer(make_problem()), answer(make_problem(purses=[make_purse("money", 120)]))
    difference = compare(before, after)
    assert [(row.key, row.change_gbp) for row in difference.payers] == [("ccg", 20)]
    assert sum(row.change_gbp for row in difference.lines) == difference.spend_change_gbp == 20
    assert difference.benefit_change == pytest.approx(after.totals.benefit - before.totals.benefit)
    assert compare(before, before).payers == ()
    assert difference.prices_changed == ()
    gone = compare(after, answer(make_problem(purses=[make_purse("money", 500)])))
    assert [limit.key for limit in gone.binding_removed] == [f"purse/{YEAR}/money"]


def test_objectives_lose_nothing_to_later_ones() -> None:
    found = answer(shared())
    assert isinstance(found, Answer)
    assert [(result.objective, result.proven) for result in found.objectives] == [
        ("benefit", True),
        ("least_movement", True),
        ("uniqueness", True),
    ]
    assert all(result.loss <= 1e-9 for result in found.objectives)


def pooling(**caps: tuple[str, int]) -> dict[str, Any]:
    """A CCG pays for its own line and, through a pool alone, for the council's, which brings three times as much.

    `caps`: limits on what the CCG pays, by key: what is counted, GBP.
    """
    return make_problem(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("money", 100), make_purse("grant", 60, owner="council")],
        lines=[make_line("own", {}, "own"), make_line("joint", {}, "joint", "council")],
        curves=[make_curve("own", (200, 1)), make_curve("joint", (140, 3))],
        mechanisms=[
            {"key": "s75", "kind": "s75_pool", "payers": ["ccg", "council"], "lines": {"lines": ["joint"]},
             "citation": "s.75"}
        ],
        funds=[
            {"key": "pot", "name": "pot", "mechanism": "s75", "contributors": [{"purse": "money"}, {"purse": "grant"}],
             "source": "a test"}
        ],
        limits=[
            make_limit(key, {"select": {"payers": ["ccg"]}, "measure": measure}, at_most=most)
            for key, (measure, most) in caps.items()
        ],
    )  # fmt: skip


def test_a_burden_limit_reaches_what_is_paid_through_a_pool() -> None:
    """Of the CCG's GBP 100, 80 go into the pool and 20 to its own line. What it may bear counts both, and cuts both."""

    def of_ccg(found: Answer) -> tuple[int, int]:
        (row,) = [row for row in found.contributions if row.purse == "money"]
        return row.gbp, sum(cell.gbp for cell in found.cells if cell.purse == "money" and cell.fund is None)

    assert of_ccg(answer(pooling())) == (80, 20)
    assert of_ccg(answer(pooling(cap=("burden", 90)))) == (80, 10)
    tight = answer(pooling(cap=("burden", 50)))
    assert of_ccg(tight) == (50, 0)
    assert spend(tight) == {"own": 0, "joint": 110}
    assert bills(tight)[YEAR, "ccg"] == 50
    (cap,) = [limit for limit in tight.binding if limit.limit == "cap"]
    assert (cap.price_more, cap.price_less) == (pytest.approx(3), pytest.approx(3))
    assert of_ccg(answer(pooling(direct=("direct_spend", 10)))) == (80, 10), "direct spend leaves the pool alone"
