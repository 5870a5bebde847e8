"""Baselines built up from outturn: sent as a table, carried by a plan, added up again; and the paper of them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from concord_allocation import translate
from concord_allocation.assembly.assemble import Assembled, assembled
from concord_allocation.assembly.faults import CannotAssemble
from concord_allocation.questions.appraisal import appraisal
from concord_allocation.reference.rows_for_plans import BridgeRow
from concord_contracts.allocation import Answer
from concord_contracts.registry import NamedBody
from concord_kit.sheets import EXCEL_TYPE
from services.allocation.tests.conftest import Running
from services.allocation.tests.greater_manchester import greater_manchester
from services.allocation.tests.test_assembly_contracts import make_contract
from services.allocation.tests.test_imports import as_csv, as_workbook, faults, send
from services.allocation.tests.worlds import CCG, COUNCIL, PUBLISHED, make_amounts, make_figures, make_world

IMAGING = {
    "line": "ccg-02A/lung/imaging",
    "year": "2014-15",
    "outturn_gbp": "510000",
    "non_recurrent_gbp": "30000",
    "full_year_effect_gbp": "12000",
    "tariff_uplift_gbp": "12750",
    "efficiency_gbp": "20400",
    "growth_gbp": "8000",
    "qipp_gbp": "2350",
    "baseline_gbp": "490000",
    "basis": "published",
    "source": "annual-report",
}
PARTS = ("non_recurrent_gbp", "full_year_effect_gbp", "tariff_uplift_gbp", "efficiency_gbp", "growth_gbp", "qipp_gbp")


def bridge(**changed: Any) -> BridgeRow:
    return BridgeRow.model_validate(IMAGING | changed)


def plain(line: str, gbp: int, **changed: Any) -> BridgeRow:
    nothing = dict.fromkeys(PARTS, 0)
    return bridge(**({"line": line, "outturn_gbp": gbp, "baseline_gbp": gbp} | nothing | changed))


def built(*bridges: BridgeRow, **figures: Any) -> Assembled:
    return assembled(make_world(fill_in=["baseline"], figures=make_figures(baseline_bridges=bridges, **figures)))


def test_a_row_that_does_not_add_up_is_none() -> None:
    with pytest.raises(ValidationError, match=r"the parts come to 490,000, and baseline_gbp says 490,001"):
        bridge(baseline_gbp=490_001)


def test_the_plan_begins_from_what_was_built_up_and_carries_every_column() -> None:
    problem, told = built(bridge())
    (line,) = [line for line in problem.lines if line.key == "ccg-02A.lung.imaging"]
    (paid,) = line.reference
    assert paid.built_from is not None
    assert (paid.gbp, paid.built_from.baseline_gbp, paid.built_from.source) == (490_000, 490_000, "annual-report")
    assert line.provenance.note is not None
    assert "baseline of 2014-15 built up from outturn" in line.provenance.note
    plan = translate.solve(problem, prices=False)
    assert isinstance(plan, Answer), plan
    (row,) = plan.bridges
    shown = [getattr(row, name) for name in ("outturn_gbp", *PARTS, "baseline_gbp")]
    assert shown == [510_000, 30_000, 12_000, 12_750, 20_400, 8_000, 2_350, 490_000]
    assert told is not None
    (of_group,) = told.baselines
    assert (of_group.payer, of_group.lines, of_group.lines_without, of_group.before_gbp) == (CCG, 1, 3, 500_000)
    assert of_group.words == (
        "NHS Trafford CCG: outturn GBP 510,000 less GBP 30,000 non-recurrent plus GBP 12,000 full-year effect plus "
        "GBP 12,750 tariff uplift less GBP 20,400 efficiency plus GBP 8,000 growth less GBP 2,350 QIPP is GBP 490,000 "
        "on one line, where the figures have GBP 500,000. No outturn was sent for 3 lines more: they keep theirs."
    )


def test_nothing_moves_where_it_is_not_asked_for() -> None:
    figures = make_figures(baseline_bridges=[bridge()])
    assert translate.problem_digest(assembled(make_world(figures=figures)).problem) == translate.problem_digest(
        assembled(make_world()).problem
    )


def test_without_an_outturn_there_is_nothing_to_fill_in() -> None:
    for rows in ((), (bridge(year="2015-16"),), (plain("ccg-far/lung/surgery", 5),)):
        with pytest.raises(CannotAssemble) as refused:
            built(*rows)
        assert [(fault.pointer, fault.kind) for fault in refused.value.faults] == [("/fill_in/0", "nothing-to-fill-in")]


def test_of_several_years_the_latest_that_is_not_after_the_first_counts() -> None:
    other = (plain("ccg-02A/lung/imaging", gbp, year=year) for year, gbp in (("2013-14", 7), ("2015-16", 9)))
    problem, _ = built(bridge(), *other)
    assert [paid.gbp for line in problem.lines for paid in line.reference if paid.built_from] == [490_000]


def test_what_follows_the_lines_moves_with_them_and_shares_of_a_purse_do_not() -> None:
    """NHS England's amount is for two lines, of which one is here; the group's own follows its lines."""
    follows = [row.model_copy(update={"follows_lines": True}) for row in make_amounts("ccg-programme", 1_000_000)]
    rest = [*make_amounts("council-grant", 400_000), *make_amounts("nhse-specialised", 1_600_000)]
    rows = bridge(), plain("ccg-02A/lung/surgery", 900_000)
    problem, told = built(*rows, purse_amounts=[*follows, *rest])
    held = {purse.key: purse.amount_gbp["2014-15"] for purse in problem.purses}
    assert (held["ccg-programme"], held["nhse-specialised"]) == (990_000, 800_000)
    assert told is not None
    words = {one.payer: one.words for one in told.baselines}
    assert "Its purses hold GBP 800,000 in 2014-15, GBP 100,000 less than its lines then cost." in words["ods:X24"]
    assert "Its purses hold" not in words[CCG]


def test_bridges_are_sent_as_a_table_and_a_scenario_carries_them(running: Running) -> None:
    first = send(running, as_csv(IMAGING), "baseline_bridges", reason="month 12")
    assert first.status_code == 201, first.text
    assert first.json()["tables"] == [
        {"table": "baseline_bridges", "added": 1, "changed": 0, "withdrawn": 0, "unchanged": 0}
    ]
    again = send(running, as_workbook(baseline_bridges=[IMAGING]), kind=EXCEL_TYPE)
    assert again.json()["tables"][0]["unchanged"] == 1
    made = running.scenario(fill_in=["baseline"])
    assert made["assembly"]["baselines"][0]["baseline_gbp"] == 490_000
    assert [row["outturn_gbp"] for row in made["outcome"]["bridges"]] == [510_000]
    without = running.scenario()
    assert (without["outcome"]["bridges"], without["assembly"]) == ([], None)
    changed = IMAGING | {"outturn_gbp": "511000", "baseline_gbp": "491000"}
    assert send(running, as_csv(changed), "baseline_bridges").status_code == 201
    newer = {
        one: running.get(f"/v1/scenarios/{one}").json()["freshness"]["newer"] for one in (made["id"], without["id"])
    }
    assert newer == {made["id"]: ["baseline_bridges"], without["id"]: []}


def test_every_fault_of_a_sent_bridge_is_told_at_its_row(alone: Running) -> None:
    wrong = [
        IMAGING | {"baseline_gbp": "490001"},
        IMAGING | {"line": "ccg-02A/lung/nowhere"},
        IMAGING | {"line": "la-trafford/lung/prevention"},
        IMAGING | {"growth_gbp": "lots"},
        IMAGING | {"year": "2015-16", "source": "nobody-knows"},
    ]
    assert set(faults(send(alone, as_csv(*wrong), "baseline_bridges"))) == {
        ("/baseline_bridges/2", "value_error"),
        ("/baseline_bridges/3/line", "unknown-lines"),
        ("/baseline_bridges/4", "not-yours"),
        ("/baseline_bridges/5/growth_gbp", "int_parsing"),
        ("/baseline_bridges/6/source", "unknown-sources"),
    }


def test_the_paper_of_the_shipped_figures_with_a_contract_and_an_outturn_leaves_nothing_unsaid() -> None:
    """Trafford Council's two lines are built up from outturn, and Trafford's imaging is bought by a block."""
    world = greater_manchester()
    mine = [line for line in world.lines if world.figures.purse_of[line.purse].owner == COUNCIL]
    rows = [
        plain(line.line, line.baseline_gbp + 900, baseline_gbp=line.baseline_gbp, non_recurrent_gbp=900, **PUBLISHED)
        for line in mine
    ]
    contract = make_contract(
        stages=["diagnostic_imaging"],
        notice_given_on=date(2014, 6, 30),
        notice_months=12,
        releasable_share=0.5,
        values=[{"year": "2014-15", "money": "contract-value", "value_gbp": 20_000}],
        bodies=[NamedBody(id="ods:RM2", name="University Hospital of South Manchester", kind="trust")],
    )
    told = assembled(
        replace(
            world,
            request=world.request.model_copy(update={"fill_in": ["contracts", "baseline"]}),
            figures=replace(world.figures, baseline_bridges=rows),
            contracts=[contract],
        )
    )
    plan = translate.solve(told.problem, prices=False)
    assert isinstance(plan, Answer), plan
    found = appraisal(told.problem, [("recommended", "0", "a plan", plan)])
    assert "Not stated in the problem" not in found.markdown
    assert len(mine) == 2
    (council,) = [row for row in found.payers if row.payer == COUNCIL]
    assert (council.non_recurrent_gbp, council.uplift_and_qipp_gbp) == (3_600, 0)
    assert council.outturn_gbp == council.baseline_gbp + 3_600
    (imaging,) = [row for row in found.stages if row.stage == "diagnostic_imaging"]
    assert (imaging.providers, imaging.contract_forms) == (["University Hospital of South Manchester"], ["block"])
    assert imaging.mechanisms == ["statutory payer"]
    assert imaging.releasable == ["notice expires 2015-06-30; 50% from 2015-06-30; ends 2016-03-31"]
