"""The governing-body paper's tables: columns that add up, and options that may be held against each other."""

from typing import Any

import pytest

from concord_allocation import translate
from concord_allocation.questions.appraisal import appraisal, released, what_differs
from concord_contracts.allocation import Answer, Contract, Problem
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.problems import make_curve, make_line, make_payer, make_problem, make_purse

BRIDGE = {
    "outturn_gbp": 70, "non_recurrent_gbp": 20, "full_year_effect_gbp": 6, "growth_gbp": 5, "qipp_gbp": 1,
    "source": "a test",
}  # fmt: skip


def paper(**lines_of_money: dict[str, Any]) -> Any:
    lines = [
        make_line(key, {}, key, reference=[{"purse": "money", "gbp": gbp, **more}])
        for key, gbp, more in (("rich", 60, {"built_from": BRIDGE}), ("poor", 40, lines_of_money.get("poor", {})))
    ]
    asked = Problem.model_validate(make_problem(lines=lines))
    plan = translate.solve(asked)
    assert isinstance(plan, Answer)
    return appraisal(asked, [("recommended", "0", "a plan", plan)])


def test_a_baseline_is_told_from_its_outturn_only_where_the_table_adds_up() -> None:
    (partly,) = paper().payers
    assert (partly.outturn_gbp, partly.uplift_and_qipp_gbp, partly.baseline_gbp) == (None, None, 100)
    assert "Not stated in the problem: Outturn, Non-recurrent, Full-year effect, Uplift and QIPP." in paper().markdown
    assert "| Payer | Baseline | Option | Change | Change % | Recurrent? |" in paper().markdown
    (whole,) = paper(poor={"built_from": {"outturn_gbp": 40, "source": "a test"}}).payers
    parts = (whole.outturn_gbp, whole.non_recurrent_gbp, whole.full_year_effect_gbp, whole.uplift_and_qipp_gbp)
    assert parts == (110, 20, 6, 4)
    assert parts[0] - parts[1] + parts[2] + parts[3] == whole.baseline_gbp


@pytest.mark.parametrize(
    ("changed", "apart"),
    [
        ({"title": "another"}, ""),
        ({"benefit_unit": "life year"}, "unit of benefit"),
        ({"lines": [make_line("rich", {}, "rich", place="elsewhere")], "curves": []}, "places"),
        ({"years": [{"key": "2014-15"}, {"key": "2015-16"}]}, "years"),
    ],
)
def test_options_of_other_places_years_or_units_do_not_add_up(changed: dict[str, Any], apart: str) -> None:
    one, other = (Problem.model_validate(make_problem(**more)) for more in ({}, changed))
    assert what_differs([one, one, other]) == apart


def test_scenarios_of_other_years_are_no_options_of_one_paper(alone: Running) -> None:
    both, one = alone.scenario()["id"], alone.scenario(years=["2014-15"])["id"]
    answer = alone.post("/v1/appraisals", {"do_nothing": both, "minimum": one, "recommended": both})
    assert answer.status_code == 409, answer.text
    assert "years" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("contract", "told"),
    [
        ({}, "no notice given: nothing"),
        ({"ends": "2016-03-31"}, "no notice given: nothing before it ends 2016-03-31"),
        ({"notice_given": "2014-06-30"}, "notice expires 2015-06-30; 100% from 2015-06-30"),
        (
            {"notice_given": "2014-06-30", "releasable": [{"day": "2014-04-01", "share": 0.2}]},
            "notice expires 2015-06-30; 20% from 2015-06-30",
        ),
        ({"form": "national_tariff", "ends": "2016-03-31"}, "with activity; ends 2016-03-31"),
        ({"form": "grant", "releasable": [{"day": "2015-04-01", "share": 0.5}]}, "50% from 2015-04-01"),
        ({"form": "cost_and_volume"}, "nothing before it ends"),
    ],
)
def test_when_a_contract_releases_what_is_told_with_its_notice(contract: dict[str, Any], told: str) -> None:
    made = {"key": "c", "provider": "a trust", "form": "block", "line": "rich", "value_gbp": 5, "source": "a test"}
    assert released(Contract.model_validate(made | contract)) == told


def test_what_lets_a_payment_be_made_is_told_with_or_without_a_fund() -> None:
    """A grant pays directly, the statutory payer by law: both are named."""
    gift = {"key": "g", "kind": "grant", "payers": ["gift"], "lines": {"lines": ["poor"]}, "citation": "s.256"}
    asked = make_problem(
        payers=[make_payer("ccg"), make_payer("gift")],
        purses=[make_purse("money", 60), make_purse("given", 30, owner="gift")],
        mechanisms=[gift],
    )
    problem = Problem.model_validate(asked)
    plan = translate.solve(problem, prices=False)
    assert isinstance(plan, Answer)
    found = {row.stage: row.mechanisms for row in appraisal(problem, [("recommended", "0", "a plan", plan)]).stages}
    assert found["rich"] == ["statutory payer"]
    assert "grant" in found["poor"]


def test_of_a_stage_that_gets_nothing_it_is_said_that_nothing_is_paid() -> None:
    lines = [make_line("rich", {"money": 60}, "rich", stage="surgery"), make_line("poor", {}, None, stage="advice")]
    for lines_of in (lines, lines[1:]):
        problem = Problem.model_validate(make_problem(purses=[make_purse("money", 60)], lines=lines_of))
        plan = translate.solve(problem, prices=False)
        assert isinstance(plan, Answer)
        told = appraisal(problem, [("recommended", "0", "a plan", plan)]).markdown
        (row,) = (line for line in told.splitlines() if line.startswith("| advice |"))
        assert "| nothing is paid | 0 |" in row


def test_a_change_too_small_to_be_told_has_no_sign() -> None:
    reference = [{"purse": "money", "gbp": 100_000}]
    asked = Problem.model_validate(
        make_problem(
            purses=[make_purse("money", 99_999)], lines=[make_line("rich", {}, "rich", reference=reference)],
            curves=[make_curve("rich", (None, 0.001))],
        )
    )  # fmt: skip
    plan = translate.solve(asked, prices=False)
    assert isinstance(plan, Answer)
    told = appraisal(asked, [("recommended", "0", "a plan", plan)])
    assert told.payers[0].change_gbp == -1
    assert "| 100 | 100 | 0 | 0.0% |" in told.markdown
