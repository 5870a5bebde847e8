"""Contracts of the registry in an assembled plan: which lines, how much, released when; and of none is nothing said."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation import translate
from concord_allocation.assembly.assemble import Assembled, assembled
from concord_allocation.assembly.contract_values import by_weight
from concord_allocation.assembly.faults import CannotAssemble
from concord_contracts.allocation import Answer, ContractEntered
from concord_contracts.registry import ContractView, NamedBody
from services.allocation.tests.conftest import Running
from services.allocation.tests.worlds import CCG, COUNCIL, NHSE, make_cell, make_world

TRUST, OTHER = "ods:RM2", "ods:01G"
NAMES = {TRUST: "University Hospital of South Manchester", CCG: "NHS Trafford CCG", NHSE: "NHS England"}
FIRST, SECOND = "2014-15", "2015-16"


def make_contract(**changed: Any) -> ContractView:
    """Trafford's block for imaging, GBP 400,000 in 2014-15, two years long."""
    made: dict[str, Any] = {
        "id": "01a20000-0000-7000-8000-000000000001",
        "version": 1,
        "owner": CCG,
        "valid_from": date(2014, 4, 1),
        "valid_to": date(2016, 4, 1),
        "recorded_from": datetime(2014, 1, 9, tzinfo=UTC),
        "title": "Imaging",
        "provider": TRUST,
        "coordinator": CCG,
        "form": "block",
        "stages": ["map_imaging"],
        "pathways": ["lung"],
        "places": ["ccg-02A"],
        "values": [{"year": FIRST, "money": "contract-value", "value_gbp": 400_000}],
        "bodies": [NamedBody(id=key, name=name, kind="body") for key, name in NAMES.items()],
    }
    return ContractView.model_validate(made | changed)


def value(gbp: int, year: str = FIRST, money: str = "contract-value") -> dict[str, Any]:
    return {"year": year, "money": money, "value_gbp": gbp}


def entered(*contracts: ContractView, **world: Any) -> Assembled:
    made = make_world(fill_in=["contracts"], **world)
    above = {"ccg-02A": {"trafford", "north-west"}, "la-trafford": {"trafford", "north-west"}}
    return assembled(replace(made, contracts=contracts, above=above))


def told(*contracts: ContractView, **world: Any) -> list[ContractEntered]:
    found = entered(*contracts, **world).told
    assert found is not None
    return found.contracts


def committed(*contracts: ContractView, **world: Any) -> dict[tuple[str, str], int]:
    """(line, year) -> GBP that the plan may not release, of the plan's answer."""
    plan = translate.solve(entered(*contracts, **world).problem, prices=False)
    assert isinstance(plan, Answer), plan
    assert plan.check.passed
    return {(row.line.rpartition(".")[2], row.year): row.committed_gbp for row in plan.contracts}


def test_nothing_enters_that_was_not_asked_for_and_a_fault_says_that_there_is_none() -> None:
    plain = assembled(replace(make_world(), contracts=[make_contract()]))
    assert (plain.problem.contracts, plain.told) == ([], None)
    with pytest.raises(CannotAssemble) as refused:
        entered()
    assert [(fault.pointer, fault.kind) for fault in refused.value.faults] == [("/fill_in/0", "nothing-to-fill-in")]


@pytest.mark.parametrize(
    ("changed", "first", "second"),
    [
        ({}, 400_000, 400_000),  # no notice: all of it until its term ends
        ({"notice_given_on": date(2014, 4, 1), "notice_months": 12}, 400_000, 0),
        ({"notice_given_on": date(2013, 10, 1), "notice_months": 12}, 200_547, 0),  # 183 of 365 days
        ({"notice_given_on": date(2014, 4, 1)}, 400_000, 0),  # no period stated: the usual twelve months
        ({"notice_given_on": date(2014, 4, 1), "releasable_share": 0.25}, 400_000, 300_000),
        ({"valid_to": date(2015, 4, 1)}, 400_000, 0),
        ({"form": "national-tariff"}, 0, 0),
        ({"form": "national-tariff", "releasable_share": 0.7}, 120_000, 120_000),
        ({"form": "local-price", "releasable_share": 0.7, "releasable_from": date(2015, 4, 1)}, 400_000, 120_000),
        ({"form": "cost-and-volume"}, 400_000, 400_000),
        ({"form": "grant", "valid_from": date(2015, 4, 1), "releasable_share": 0.0}, 0, 400_000),
        ({"values": [value(400_000), value(300_000, SECOND)]}, 400_000, 300_000),
        ({"values": [value(420_000, money="plan"), value(1, money="outturn")]}, 420_000, 420_000),
    ],
)
def test_what_is_held_back_follows_form_notice_and_release(changed: dict[str, Any], first: int, second: int) -> None:
    held = committed(make_contract(**changed))
    assert (held.get(("imaging", FIRST), 0), held.get(("imaging", SECOND), 0)) == (first, second)


def test_each_row_says_where_it_comes_from() -> None:
    (contract,) = entered(make_contract(version=3)).problem.contracts
    assert contract.source.startswith(
        "registry, contract 01a20000-0000-7000-8000-000000000001, version 3, recorded 2014-01-09, contract value"
    )
    assert contract.provider == NAMES[TRUST]
    (said,) = told(make_contract(host=NHSE, price_basis="HRG tariff"))
    assert (said.entered, said.money, said.host, said.price_basis) == (
        "whole", "contract-value", "NHS England", "HRG tariff",
    )  # fmt: skip
    assert [(on.payer, on.gbp, on.baseline_gbp) for on in said.lines] == [
        (CCG, {FIRST: 400_000, SECOND: 400_000}, 500_000)
    ]
    assert said.words == (
        "Imaging (block, University Hospital of South Manchester): GBP 400,000 in 2014-15 (contract value) on one "
        "line; 2015-16 as in 2014-15; no notice is recorded: nothing is released before its term ends on 2016-03-31."
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"pathways": ["breast"]}, "none of its pathways (breast) is in this plan"),
        ({"stages": ["map_peer"]}, "none of its stages (map_peer) is planned as a line here"),
        ({"places": ["ccg-01G"]}, "its stages have no line in its places (ccg-01G)"),
        ({"coordinator": NHSE}, "its lines are for NHS Trafford CCG to pay, and it is bought by NHS England"),
        ({"values": []}, "it states no contract value and no plan"),
        ({"values": [value(5, money="outturn")]}, "no plan (outturn alone, which commits nobody)"),
        ({"values": [], "values_withheld": True}, "its values are withheld from you, who are no party to it"),
        ({"valid_from": date(2011, 4, 1), "valid_to": date(2012, 4, 1)}, "it is in force on no day of it"),
    ],
)
def test_a_contract_that_matches_no_line_is_told_and_never_dropped(changed: dict[str, Any], why: str) -> None:
    found = entered(make_contract(**changed))
    assert found.told is not None
    (said,) = found.told.contracts
    assert (said.entered, said.lines, found.problem.contracts) == ("not", [], [])
    assert why in said.words


def test_an_office_that_coordinates_buys_for_its_legal_person() -> None:
    surgery = make_contract(stages=["map_surgery"], coordinator="ods:Q44")
    (said,) = told(surgery)
    assert [(on.payer, on.gbp[FIRST]) for on in said.lines] == [(NHSE, 400_000)]


def test_associates_pay_their_shares_and_the_coordinator_the_rest() -> None:
    both = make_contract(
        stages=["map_imaging", "map_follow_up", "map_surgery"],
        associates=[{"organisation": NHSE, "share": 0.25}],
        values=[value(100_001)],
    )
    (said,) = told(both)
    by_payer: dict[str, int] = {}
    for on in said.lines:
        by_payer[on.payer] = by_payer.get(on.payer, 0) + on.gbp[FIRST]
    assert by_payer == {CCG: 75_001, NHSE: 25_000}
    lines = {on.line.rpartition(".")[2]: on.gbp[FIRST] for on in said.lines}
    assert lines["imaging"] == 46_876  # five eighths of the group's part, as its baselines are


def test_a_share_that_nobody_stated_is_divided_by_baseline_where_all_buyers_are_here() -> None:
    here = make_contract(stages=["map_imaging", "map_surgery"], associates=[{"organisation": NHSE}])
    (said,) = told(here)
    assert said.entered == "whole"
    assert {on.payer: on.gbp[FIRST] for on in said.lines} == {CCG: 153_846, NHSE: 246_154}
    (partly,) = told(make_contract(associates=[{"organisation": OTHER}]))
    assert partly.entered == "part"
    assert "commissioners whose shares are not recorded" in partly.words


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"pathways": ["*"]}, "every pathway"),
        ({"pathways": ["lung", "breast"]}, "other pathways (breast)"),
        ({"stages": ["map_imaging", "map_peer"]}, "other stages (map_peer)"),
        ({"places": ["ccg-02A", "ccg-01G"]}, "other places (ccg-01G)"),
        ({"places": ["north-west"]}, "other places (north-west)"),
    ],
)
def test_a_contract_for_more_than_the_plan_holds_what_its_line_spends(changed: dict[str, Any], what: str) -> None:
    """An acute contract of GBP 300m says nothing of what lung imaging comes to: that is assumed, and said."""
    wide = make_contract(**changed, values=[value(300_000_000)])
    (said,) = told(wide)
    assert said.entered == "part"
    assert f"it is for {what} too" in said.words
    assert [on.gbp[FIRST] for on in said.lines] == [500_000]
    assert "assumption: its part here is what its lines spend" in entered(wide).problem.contracts[0].source
    (small,) = told(make_contract(**changed, values=[value(70_000)]))
    assert [on.gbp[FIRST] for on in small.lines] == [70_000]


def test_contracts_for_more_share_what_others_leave_of_a_line() -> None:
    def wide(number: int, gbp: int, **changed: Any) -> ContractView:
        key = f"01a20000-0000-7000-8000-00000000000{number}"
        return make_contract(**({"id": key, "pathways": ["*"], "values": [value(gbp)]} | changed))

    own = wide(1, 100_000, pathways=["lung"])
    parts = told(own, wide(2, 30_000_000), wide(3, 10_000_000))
    assert [on.gbp[FIRST] for said in parts for on in said.lines] == [100_000, 300_000, 100_000]
    earlier = wide(2, 30_000_000, valid_to=date(2015, 4, 1))
    later = wide(3, 30_000_000, valid_from=date(2015, 4, 1), values=[value(30_000_000, SECOND)])
    assert [on.gbp for said in told(earlier, later) for on in said.lines] == [{FIRST: 500_000}, {SECOND: 500_000}]


def test_what_comes_to_more_than_the_baseline_is_said_so() -> None:
    (said,) = told(make_contract(values=[value(600_000)]))
    assert "on ccg-02A.lung.imaging that is more than the baseline" in said.words


def test_a_stage_of_the_map_that_is_planned_with_others_is_enough() -> None:
    cells = [*make_world().responsibilities, make_cell("imaging", "ccg-02A", CCG).model_copy(update={"stage": "x-ray"})]
    (said,) = told(make_contract(stages=["x-ray"]), cells=cells)
    assert said.entered == "whole"


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 10**9), st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**6), min_size=1))
def test_whole_pounds_add_up(gbp: int, weights: dict[str, int]) -> None:
    parts = by_weight(gbp, weights)
    assert sum(parts.values()) == gbp
    if any(weights.values()):
        assert all(abs(parts[key] - gbp * weights[key] / sum(weights.values())) < 1 for key in weights)


def test_a_scenario_reads_contracts_at_the_maps_position_and_keeps_what_became_of_them(alone: Running) -> None:
    alone.registry.contracts = [make_contract(), make_contract(id="x" * 8, coordinator=COUNCIL)]
    made = alone.scenario(fill_in=["contracts"])
    asked = [one for one in alone.registry.asked if one.path == "/v1/contracts"]
    assert {(one.query["year"][0], one.query["known_at"][0]) for one in asked} == {
        (year, "2014-01-10T12:00:00+00:00") for year in (FIRST, SECOND)
    }
    assert {one.query["as_of"][0] for one in asked} == {"2014-04-01"}
    assert all((one.authorization or "").startswith("Bearer ") for one in asked)
    assert [one["entered"] for one in made["assembly"]["contracts"]] == ["whole", "not"]
    assert alone.get(f"/v1/scenarios/{made['id']}").json()["assembly"] == made["assembly"]
    rows = [row for row in made["outcome"]["contracts"] if row["year"] == FIRST]
    assert [row["committed_gbp"] for row in rows] == [400_000]
