"""What a board would check by eye on the shipped figures: who gains, who pays, what gives, what cannot be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from concord_allocation import translate
from concord_allocation.assembly.assemble import assemble
from concord_contracts.agreements import Contribution, Mechanism
from concord_contracts.allocation import Answer, Changes, Difference, Problem, Refusal
from services.allocation.tests.greater_manchester import greater_manchester, what_if_amounts

CHANGES: TypeAdapter[Changes] = TypeAdapter(Changes)
YEARS = ("2014-15", "2015-16")
NHS_ENGLAND = ("nhse-Q44-specialised", "nhse-Q46-primary-care")
TESTS_OF_REFERRALS = ["diagnostic_imaging", "generalist_care", "bronchoscopy"]


@pytest.fixture(scope="module")
def problem() -> Problem:
    return assemble(greater_manchester())


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Answer:
    found = translate.solve(problem, prices=False)
    assert isinstance(found, Answer)
    return found


def ask(problem: Problem, *changes: dict[str, Any]) -> Answer | Refusal:
    changed = translate.apply(problem, CHANGES.validate_python(list(changes)))
    return translate.solve(changed, prices=False)


def answered(plan: Answer, problem: Problem, *changes: dict[str, Any]) -> tuple[Answer, Difference]:
    after = ask(problem, *changes)
    assert isinstance(after, Answer)
    assert after.check.passed
    return after, translate.difference(plan, after)


def stage_changes(difference: Difference, year: str) -> dict[str, int]:
    return {row.key: row.change_gbp for row in difference.stages if row.year == year and abs(row.change_gbp) > 100}


def test_the_baseline_is_the_whole_of_lung_for_2_9_million_people(problem: Problem) -> None:
    spent = sum(payment.gbp for line in problem.lines for payment in line.reference)
    assert 35_000_000 < spent < 45_000_000  # about GBP 1.2m per 100,000, smoking included
    assert len({line.statutory_payer for line in problem.lines}) == 24  # twelve CCGs, eleven councils, NHS England


def test_last_year_itself_keeps_every_standard_limit(problem: Problem) -> None:
    held = ask(problem, {"kind": "hold_lines", "key": "as-last-year", "select": {}, "tolerance": 0.001})
    assert isinstance(held, Answer)


def test_the_plan_moves_money_from_late_to_early_and_starves_nobody(problem: Problem, plan: Answer) -> None:
    assert plan.check.passed
    assert plan.totals.benefit > plan.totals.reference_benefit
    change = {row.key: row.change_gbp for row in plan.splits.stage if row.year == "2014-15"}
    assert change["radical_radiotherapy"] > 0 > change["chemotherapy"]
    assert change["follow_up"] < 0 < change["care_coordination"]
    for row in plan.lines:
        assert row.gbp >= 0.79 * row.reference_gbp
    kept = [row for row in plan.lines if row.line.endswith("nurse_specialists")]
    assert all(row.gbp >= row.reference_gbp - 1 for row in kept)


def test_a_cut_of_the_grants_falls_on_stop_smoking_and_on_councils_alone(problem: Problem, plan: Answer) -> None:
    _, found = answered(plan, problem, {"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938})
    assert found.benefit_change < 0
    assert set(stage_changes(found, "2014-15")) <= {"prevention", "awareness"}
    losers = {row.key for row in found.payers if row.change_gbp < -100}
    assert len(losers) == 11
    assert all(payer.startswith("gss:") for payer in losers)


def test_headroom_buys_earlier_diagnosis_for_a_year_and_shows_its_exit(problem: Problem, plan: Answer) -> None:
    changes = [
        {
            "kind": "add_money",
            "select": {"purses": [row["purse"]]},
            "gbp": int(row["amount_gbp"]),
            "years": [row["year"]],
        }
        | {"split": "equally"}
        for row in what_if_amounts("headroom", "2014-15")
    ]  # fmt: skip
    after, found = answered(plan, problem, *changes)
    assert found.available_change_gbp == found.spend_change_gbp == 1_000_000
    assert found.benefit_change > 0
    assert stage_changes(found, "2014-15")["early_stages"] > 800_000
    assert len(after.exits) == 12
    assert all(one.line_next_gbp < one.line_gbp for one in after.exits)


def test_a_boundary_shift_takes_from_twelve_groups_what_nhs_england_gains(problem: Problem, plan: Answer) -> None:
    changes = [
        {
            "kind": "transfer", "from_purse": row["purse"], "to_purse": row["to_purse"], "gbp": int(row["amount_gbp"]),
            "from_year": row["year"], "recurrent": True, "service": "specialised",
        }
        for row in what_if_amounts("boundary-shift", "2014-15")
    ]  # fmt: skip
    _, found = answered(plan, problem, *changes)
    assert found.available_change_gbp == 0
    for year in YEARS:
        change = {row.key: row.change_gbp for row in found.payers if row.year == year}
        assert change["ods:X24"] > 400_000
        assert len([gbp for payer, gbp in change.items() if payer != "ods:X24" and gbp < -20_000]) == 12


def test_every_grant_and_both_purses_of_nhs_england_say_what_their_fences_cost(problem: Problem) -> None:
    found = translate.solve(problem)
    assert isinstance(found, Answer)
    rows = [row for row in found.ring_fences if row.year == "2014-15"]
    alone = {row.purse for row in rows if row.general_purse is None}
    grants = {purse.key for purse in problem.purses if purse.kind == "ring_fence"}
    assert alone == grants
    assert len(grants) == 11
    prices = {limit.limit: limit.price_more for limit in found.binding if limit.year == "2014-15"}
    assert all(row.purse_price == prices[row.purse] for row in rows if row.purse in grants)
    special, primary = (next(row for row in rows if row.purse == key) for key in NHS_ENGLAND)
    assert (special.general_purse, primary.general_purse) == (NHS_ENGLAND[1], NHS_ENGLAND[0])
    assert primary.price_per_gbp == prices[NHS_ENGLAND[0]] == -(special.price_per_gbp or 0)
    told = [sentence.words for sentence in found.sentences if sentence.about == "ring_fence"]
    assert any(
        "and 8 more, each buys 58.8 QALY; nothing else of their owners' is in the plan" in words for words in told
    )


def test_more_referrals_are_met_and_supporting_care_gives_but_keeps_its_floor(problem: Problem, plan: Answer) -> None:
    select = {"stages": TESTS_OF_REFERRALS}
    after, found = answered(plan, problem, {"kind": "scale_demand", "select": select, "factor": 1.1})
    change = stage_changes(found, "2014-15")
    assert all(change[stage] > 100_000 for stage in TESTS_OF_REFERRALS)
    assert change["palliative_eol"] < 0
    assert found.benefit_change < 0
    floors = [row for row in after.lines if row.line.endswith("palliative_eol")]
    assert all(row.gbp >= 0.85 * row.reference_gbp - 1 for row in floors)


def test_the_cut_and_every_boroughs_quits_cannot_both_hold(problem: Problem) -> None:
    boroughs = [line for line in problem.lines if line.stage == "prevention"]
    quits = [
        {
            "kind": "add_limit",
            "limit": {
                "key": f"quits-{line.place}",
                "label": f"{line.name}: as many quits as in 2013-14",
                "terms": [{"select": {"lines": [line.key]}, "measure": "activity"}],
                "at_least": int(line.reference[0].gbp / line.modes[0].unit_cost_gbp),
                "unit": "quit",
                "source": "made impossible on purpose",
            },
        }
        for line in boroughs
    ]
    cut = {"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}
    outcome = ask(problem, cut, *quits)
    assert isinstance(outcome, Refusal)
    assert any(member.limit and member.limit.startswith("quits-") for member in outcome.conflict)
    assert any(member.kind == "purse" for member in outcome.conflict)
    assert outcome.relaxation_gbp
    assert outcome.relaxation


MANCHESTER = "gss:E08000003"
CITY_GROUPS = ("ods:00W", "ods:01M", "ods:01N")


def pool(contributions: Sequence[Contribution]) -> Mechanism:
    """The city and its three groups pool stop-smoking, awareness and navigation."""
    cells = [(stage, "la-E08000003") for stage in ("prevention", "awareness")]
    cells += [("care_coordination", f"ccg-{group[4:]}") for group in CITY_GROUPS]
    return Mechanism(
        agreement="01a2083e-0201-7365-8f29-103cd6f32145",
        kind="s75_pool",
        digest="0" * 64,
        payers=[MANCHESTER, *CITY_GROUPS],
        lead=MANCHESTER,
        pathway="lung",
        stages=sorted({stage for stage, _ in cells}),
        places=sorted({place for _, place in cells}),
        cells=cells,
        contributions=list(contributions),
        valid_from=date(2014, 4, 1),
        valid_to=date(2016, 4, 1),
        citation="NHS Act 2006 s.75",
    )


def signed(purse: str, year: str, gbp: int) -> Contribution:
    council = purse.startswith("la-")
    return Contribution(
        party=MANCHESTER if council else f"ods:{purse[4:7]}",
        purse=purse,
        year=year,
        amount_pence=100 * gbp,
        ring_fence="public-health-grant" if council else None,
        for_stages=["prevention", "awareness"] if council else [],
    )


def test_what_was_signed_from_a_plan_can_be_kept_when_the_question_is_asked_again() -> None:
    world = greater_manchester()
    purses = ["la-E08000003-public-health", *(f"ccg-{group[4:]}-programme" for group in CITY_GROUPS)]
    opening = pool([signed(purse, year, 1) for purse in purses for year in YEARS])
    plan = translate.solve(assemble(replace(world, mechanisms={year: [opening] for year in YEARS})), prices=False)
    assert isinstance(plan, Answer)
    paid_in = {(row.purse, row.year): row.gbp for row in plan.contributions}
    assert sum(gbp for (purse, _), gbp in paid_in.items() if purse.startswith("ccg-")) > 100_000  # they may pay now
    agreed = pool([signed(purse, year, gbp) for (purse, year), gbp in paid_in.items()])
    again = translate.solve(assemble(replace(world, mechanisms={year: [agreed] for year in YEARS})), prices=False)
    assert isinstance(again, Answer), again.words
    assert again.totals.benefit >= plan.totals.benefit - 0.01
