"""Targets, frontiers, other plans and offers, against what can be counted by hand or tried out."""

from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from concord_allocation import translate
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.questions.alternatives import alternatives
from concord_allocation.questions.asking import Refused
from concord_allocation.questions.frontier import frontier
from concord_allocation.questions.offers import least_change, nobody_worse
from concord_allocation.questions.ranges import ranges
from concord_allocation.questions.regret import regret
from concord_allocation.questions.target import target
from concord_allocation.questions.tornado import monte_carlo, tornado
from concord_contracts.allocation import Answer, Problem
from concord_contracts.allocation.questions import (
    Aim,
    AlternativesQuestion,
    FrontierQuestion,
    LeastChangeQuestion,
    MonteCarloQuestion,
    NobodyWorseQuestion,
    RangesQuestion,
    RegretQuestion,
    TargetQuestion,
    TornadoQuestion,
)
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.problems import (
    YEAR,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
)

SECONDS = 30.0
BENEFIT = Aim(measure="benefit")
MONEY = Aim(measure="money")


def problem(**changed: Any) -> Problem:
    """GBP 100 for two lines: `rich` buys 3 per GBP to 40, then 1 to 80; `poor` 2 per GBP to 50. Paid today: 60, 40."""
    return Problem.model_validate(make_problem(**changed))


def ranged(low: float = 1.0, high: float = 5.0) -> Problem:
    curves = [make_curve("rich", (40, 3), (40, 1)), make_curve("poor", (50, 2))]
    curves[1]["segments"][0] |= {"slope_low": low, "slope_high": high}
    return problem(curves=curves)


def best_with(gbp: int) -> float:
    """Greatest benefit of GBP `gbp`, pound by pound."""
    return sum(sorted([3.0] * 40 + [2.0] * 50 + [1.0] * 40, reverse=True)[:gbp])


@pytest.mark.parametrize("wanted", [1, 119, 120, 121, 200, 230])
def test_a_target_needs_the_money_that_counting_pounds_gives(wanted: int) -> None:
    found = target(problem(), TargetQuestion(aim=BENEFIT, at_least=wanted), SECONDS)
    least = next(gbp for gbp in range(200) if best_with(gbp) >= wanted)
    assert found.budget_gbp == least
    assert found.best_with_one_pound_less == pytest.approx(best_with(least - 1), abs=1e-6)
    assert found.proven
    assert found.plan is not None
    assert found.plan.benefit >= wanted
    assert f"GBP {least:,}" in found.sentences[0]


def test_a_targets_changes_ask_for_the_same_as_a_what_if() -> None:
    found = target(problem(), TargetQuestion(aim=BENEFIT, at_least=240), SECONDS)
    assert [need.more_gbp for need in found.needs] == [10]
    plan = translate.solve(translate.apply(problem(), found.changes))
    assert isinstance(plan, Answer)
    assert (plan.totals.spend_gbp, plan.digest) == (110, found.plan.digest if found.plan else None)


def test_a_target_beyond_any_money_says_what_can_be_reached() -> None:
    found = target(problem(), TargetQuestion(aim=BENEFIT, at_least=261), SECONDS)
    assert found.budget_gbp is None
    assert found.greatest == pytest.approx(260)
    assert "260" in found.sentences[0]


def test_a_target_of_spend_on_a_selection_moves_nothing_else() -> None:
    aim = Aim.model_validate({"measure": "spend", "select": {"stages": ["poor"]}})
    found = target(problem(), TargetQuestion(aim=aim, at_least=70), SECONDS)
    assert found.budget_gbp == 70
    strange = Aim.model_validate({"measure": "spend", "select": {"stages": ["poort"]}})
    with pytest.raises(InvalidProblem) as refused:
        target(problem(), TargetQuestion(aim=strange, at_least=1), SECONDS)
    assert refused.value.faults[0].pointer.startswith("/aim")


def test_a_frontier_of_benefit_and_money_is_the_curve_of_the_pounds() -> None:
    found = frontier(problem(), FrontierQuestion(first=BENEFIT, second=MONEY, points=11), SECONDS)
    assert [round(point.second) for point in found.points] == list(range(100, -1, -10))
    for point in found.points:
        assert point.first == pytest.approx(best_with(round(point.second)), abs=1e-6)
        assert sum(payer.gbp for payer in point.payers) == pytest.approx(point.second)
    rates = [point.exchange for point in found.points if point.exchange is not None]
    assert all(a <= b + 1e-9 for a, b in pairwise(rates))  # giving up money costs more and more
    assert (rates[0], rates[-1]) == pytest.approx((1.0, 3.0))


def test_a_frontier_shows_no_point_that_another_beats() -> None:
    first = Aim.model_validate({"measure": "spend", "select": {"stages": ["rich"]}})
    second = Aim.model_validate({"measure": "spend", "select": {"stages": ["poor"]}})
    found = frontier(problem(), FrontierQuestion(first=first, second=second, points=5), SECONDS)
    assert all(point.first + point.second == pytest.approx(100) for point in found.points)
    same = frontier(problem(), FrontierQuestion(first=BENEFIT, second=BENEFIT, points=5), SECONDS)
    assert len(same.points) == 1
    assert "do not conflict" in same.sentences[0]


def test_the_worst_off_place_is_an_aim_by_the_heads_that_are_given() -> None:
    lines = [make_line("rich", {"money": 60}, "rich"), make_line("poor", {"money": 40}, "poor", place="other")]
    aim = Aim(measure="worst_off", heads={"place": 1, "other": 1})
    found = frontier(problem(lines=lines), FrontierQuestion(first=BENEFIT, second=aim, points=3), SECONDS)
    assert found.points[-1].second == pytest.approx(100)  # `other` can have 2 x 50 at most
    with pytest.raises(InvalidProblem):
        frontier(problem(), FrontierQuestion(first=BENEFIT, second=Aim(measure="worst_off")), SECONDS)


def test_alternatives_keep_the_benefit_that_is_asked_for() -> None:
    found = alternatives(problem(), AlternativesQuestion(sacrifice=0.1), SECONDS)
    best = best_with(100)
    assert (found.best_benefit, found.kept_benefit) == pytest.approx((best, 0.9 * best))
    bill = found.alternatives[0]
    cheapest = next(gbp for gbp in range(101) if best_with(gbp) >= 0.9 * best)
    assert bill.now == pytest.approx(100)
    assert cheapest - 1 < bill.least <= cheapest
    assert bill.greatest == pytest.approx(100)


OFFER = [
    {"year": YEAR, "line": "rich", "purse": "money", "gbp": 20},
    {"year": YEAR, "line": "poor", "purse": "money", "gbp": 40},
]


def test_an_offer_that_keeps_every_condition_is_acceptable() -> None:
    found = least_change(problem(), LeastChangeQuestion.model_validate({"offer": OFFER}), SECONDS)
    assert (found.acceptable, found.distance_gbp, found.moves) == (True, 0, [])


@pytest.mark.parametrize("floor", [141, 160, 200])
def test_least_change_is_least_by_trying_every_plan(floor: int) -> None:
    condition = make_limit("mine", {"measure": "benefit"}, at_least=floor, per_year=False, unit="QALY")
    asked = LeastChangeQuestion.model_validate({"offer": OFFER, "conditions": [condition]})
    found = least_change(problem(), asked, SECONDS)

    def benefit(rich: int, poor: int) -> float:
        return 3 * min(rich, 40) + min(max(rich - 40, 0), 40) + 2 * min(poor, 50)

    nearest = min(
        abs(rich - 20) + abs(poor - 40)
        for rich in range(101)
        for poor in range(101 - rich)
        if benefit(rich, poor) >= floor
    )
    assert found.distance_gbp == nearest
    assert nearest - 1 < found.bound <= nearest
    assert found.acceptable is (nearest == 0)
    assert sum(abs(move.change_gbp) for move in found.moves) == nearest
    if nearest:
        assert any("mine" in words for words in found.in_the_way)


def test_conditions_that_cannot_be_kept_are_refused_and_strange_payments_named() -> None:
    condition = make_limit("mine", {"measure": "benefit"}, at_least=999, per_year=False, unit="QALY")
    with pytest.raises(Refused) as refused:
        least_change(
            problem(), LeastChangeQuestion.model_validate({"offer": OFFER, "conditions": [condition]}), SECONDS
        )
    assert any("mine" in member.label for member in refused.value.refusal.conflict)
    strange = [*OFFER, {"year": YEAR, "line": "nowhere", "purse": "money", "gbp": 1}]
    with pytest.raises(InvalidProblem) as invalid:
        least_change(problem(), LeastChangeQuestion.model_validate({"offer": strange}), SECONDS)
    assert invalid.value.faults[0].pointer == "/offer/2"


def test_nobody_is_worse_off_and_the_gain_is_the_greatest() -> None:
    two = problem(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("money", 100), make_purse("grant", 50, "council")],
        lines=[
            make_line("rich", {"money": 60}, "rich"),
            make_line("poor", {"money": 40}, "poor"),
            make_line("own", {"grant": 50}, "own", "council"),
        ],
        curves=[make_curve("rich", (40, 3), (40, 1)), make_curve("poor", (50, 2)), make_curve("own", (50, 1))],
    )
    found = nobody_worse(two, NobodyWorseQuestion(gainers=["ccg"]), SECONDS)
    assert found.greatest_gain == pytest.approx(best_with(100) - (3 * 40 + 20 + 2 * 40))
    assert found.plan is not None
    for row in found.payers:
        assert row.spend_after_gbp <= row.spend_before_gbp
        assert row.benefit_after >= row.benefit_before - 1e-6


def test_a_tornado_bar_is_the_plan_made_anew_at_both_ends() -> None:
    found = tornado(ranged(), TornadoQuestion(), SECONDS)
    (bar,) = found.bars
    assert (bar.at_low, bar.at_high) == pytest.approx((3 * 40 + 60 * 1, 3 * 40 + 5 * 50 + 10))
    assert bar.swing == pytest.approx((bar.at_high or 0) - (bar.at_low or 0))
    assert (bar.low, bar.high) == pytest.approx((0.5, 2.5))


def worthwhile(**ranged: float) -> Problem:
    """GBP 100 for scans at GBP 10 each, worth 20 a case, or for `poor`, which buys 1.5 per GBP."""
    scan = make_mode("scan", 10) | {"benefit": 20} | ranged
    return problem(
        lines=[make_line("scans", {"money": 100}, None, modes=[scan]), make_line("poor", {}, "poor")],
        curves=[make_curve("poor", (200, 1.5))],
    )


def test_the_benefit_of_a_case_may_have_a_range_like_others() -> None:
    """At 12 a case the money is better spent on `poor`; at 30 ten cases bring 300."""
    found = tornado(worthwhile(benefit_low=12, benefit_high=30), TornadoQuestion(), SECONDS)
    (bar,) = found.bars
    assert (bar.figure, bar.kind, bar.low, bar.high) == ("benefit of a scan", "benefit of a case", 0.6, 1.5)
    assert (bar.at_low, bar.at_high, found.benefit) == (
        pytest.approx(150), pytest.approx(300), pytest.approx(200)
    )  # fmt: skip
    drawn = monte_carlo(worthwhile(benefit_low=12), MonteCarloQuestion(draws=40, seed=3), SECONDS)
    assert drawn.figures == 1
    assert drawn.benefit is not None
    assert 150 <= drawn.benefit.p5 < drawn.benefit.p95 <= 200
    assert 0 < next(row.funded for row in drawn.lines if row.line == "scans") < 1
    assert tornado(worthwhile(), TornadoQuestion(), SECONDS).bars == []


def test_a_benefit_lies_within_its_range() -> None:
    for ranged in ({"benefit_low": 21}, {"benefit_high": 19}):
        with pytest.raises(ValidationError, match="benefit lies between"):
            worthwhile(**ranged)


def test_draws_are_the_same_for_a_seed_and_lie_in_the_range() -> None:
    first, again = (monte_carlo(ranged(), MonteCarloQuestion(draws=20, seed=3), SECONDS) for _ in range(2))
    other = monte_carlo(ranged(), MonteCarloQuestion(draws=20, seed=4), SECONDS)
    assert first.digest == again.digest != other.digest
    assert first.benefit is not None
    assert 180 <= first.benefit.p5 <= first.benefit.p95 <= 380
    assert {row.line: row.robustness for row in first.lines} == {"rich": "always", "poor": "always"}
    assert all(row.share.p5 == pytest.approx(1.0) for row in first.payers)


def test_draws_of_nothing_say_that_nothing_was_drawn() -> None:
    found = monte_carlo(ranged(), MonteCarloQuestion(kinds=["purse amount"], draws=10), SECONDS)
    assert found.figures == 0
    assert found.sentences[1:] == [
        "Not drawn: unit cost, benefit curve, benefit of a case.",
        "No figure of these kinds has a stated low and high: each draw is the plan as it stands.",
    ]


def test_what_there_was_no_time_for_is_said() -> None:
    found = monte_carlo(ranged(), MonteCarloQuestion(draws=2000), 0.0)
    assert (found.complete, found.draws) == (False, 0)
    assert "2000 of 2000 draws" in found.left_out[0]


def test_a_problem_without_a_plan_is_answered_with_its_refusal(alone: Running) -> None:
    floors = [make_limit("floor", {"measure": "spend"}, at_least=101)]
    body = {"problem": make_problem(limits=floors), "first": {"measure": "benefit"}, "second": {"measure": "movement"}}
    answer = alone.post("/v1/questions/frontier", body)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "refusal")
    wrong = alone.post("/v1/questions/frontier", body | {"problem": make_problem(base_year="2099-00")})
    assert wrong.status_code == 422


def test_a_scenario_is_asked_where_its_payers_may_read_it(alone: Running) -> None:
    base = alone.scenario()["id"]
    answer = alone.post(f"/v1/scenarios/{base}/questions/alternatives", {"sacrifice": 0.02})
    assert answer.status_code == 200, answer.text
    assert answer.json()["alternatives"]
    stranger = alone.post(f"/v1/scenarios/{base}/questions/alternatives", {}, body="ods:99Z", sub="another")
    assert stranger.status_code == 404


def test_a_price_holds_inside_its_range_and_not_beyond() -> None:
    found = ranges(problem(purses=[make_purse("money", 95)]), RangesQuestion(), SECONDS)
    (row,) = [each for each in found.ranges if each.limit == "money"]
    assert (row.price, row.low, row.high) == pytest.approx((1.0, 90.0, 130.0), abs=1e-3)
    assert row.proven
    assert "from GBP 90 to GBP 130" in found.sentences[0]
    kink = ranges(problem(purses=[make_purse("money", 90)]), RangesQuestion(limits=["money"]), SECONDS)
    below, above = kink.ranges
    assert (below.price, below.high, above.price, above.high) == pytest.approx((2.0, 90.0, 1.0, 130.0), abs=1e-3)


def test_no_plan_has_a_smaller_largest_regret_than_the_robust_one() -> None:
    asked = ranged(0.1, 2.1)
    found = regret(asked, RegretQuestion(), SECONDS)

    def benefit(rich: int, slope: float) -> float:
        return 3 * min(rich, 40) + min(max(rich - 40, 0), 40) + slope * min(100 - rich, 50)

    slopes = (2.0, 0.1, 2.1)
    best = {slope: max(benefit(rich, slope) for rich in range(101)) for slope in slopes}
    least = min(max(best[slope] - benefit(rich, slope) for slope in slopes) for rich in range(101))
    assert found.robust_regret <= least + 1e-6
    assert found.robust_regret == pytest.approx(least, abs=2.0)  # whole pounds against fractions of them
    assert found.robust_regret <= found.plan_regret
    assert found.plan is not None


def test_any_two_scenarios_are_compared_and_one_is_reproduced(alone: Running) -> None:
    base = alone.scenario()
    cut = {"changes": [{"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}]}
    made = alone.post(f"/v1/scenarios/{base['id']}/what-if", cut).json()
    other = made["scenario"]["id"]
    there = alone.get(f"/v1/scenarios/{base['id']}/compare/{other}").json()
    back = alone.get(f"/v1/scenarios/{other}/compare/{base['id']}").json()
    assert there == made["difference"]
    assert back["benefit_change"] == -there["benefit_change"]
    again = alone.post(f"/v1/scenarios/{base['id']}/reproduce", {}).json()
    assert (again["agrees"], again["answer_again"]) == (True, base["outcome"]["digest"])
    assert again["versions"] == again["stored_versions"]
    three = {"do_nothing": base["id"], "minimum": other, "recommended": base["id"]}
    paper = alone.post("/v1/appraisals", three).json()
    assert [row["cost_gbp"] for row in paper["options"]] == [
        base["outcome"]["totals"]["spend_gbp"],
        made["scenario"]["outcome"]["totals"]["spend_gbp"],
        base["outcome"]["totals"]["spend_gbp"],
    ]
    for table in ("payers", "stages"):
        field = {"payers": "option_gbp", "stages": "gbp"}[table]
        assert sum(row[field] for row in paper[table]) == paper["options"][2]["cost_gbp"]
    assert "GBP 0 more than doing nothing" in paper["sentences"][0]
    assert paper["markdown"].count("**Table") == 3
    assert alone.post("/v1/appraisals", three | {"minimum": "0" * 36}).status_code == 404
