"""Parts that an assembly fills in only where it is asked to: prices, fairness, rules of the year, patients who wait."""

from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from concord_allocation.assembly.assemble import assemble
from concord_allocation.assembly.faults import AssemblyFault, CannotAssemble
from concord_contracts.allocation import Objective
from services.allocation.tests.worlds import (
    CCG,
    make_cell,
    make_cells,
    make_figures,
    make_line,
    make_place,
    make_request,
    make_world,
)

WAITING = {"growth_a_year": 0.1, "minimum_share": 0.9, "backlog_at_most_share": 0.2, "source": "a test"}
OTHER = "ods:01G"
FIGURES = make_figures()
ORDER = ["benefit", "worst_off", "least_movement", "uniqueness"]


def faults_of(**world: object) -> list[tuple[str | None, str]]:
    with pytest.raises(CannotAssemble) as refused:
        assemble(make_world(**world))  # type: ignore[arg-type]
    return [(fault.pointer, fault.kind) for fault in refused.value.faults]


def two_groups() -> dict[str, object]:
    """A second group's place with a line of its own, which the first group's purse may not pay for."""
    figures = make_figures()
    beside = make_line("ccg-01G", "imaging", "ccg-programme", 1000)
    places = [
        make_place("trafford", "area", ()),
        *(
            make_place(key, "ccg").model_copy(update={"body": body})
            for key, body in (("ccg-02A", CCG), ("ccg-01G", OTHER))
        ),
        make_place("la-trafford", "council"),
    ]
    return {
        "figures": make_figures(
            lines=[*figures.lines, beside],
            purses=[row.model_copy(update={"places": ("*",)}) if row.purse == "ccg-programme" else row
                    for row in figures.purses],
        ),
        "places": places,
        "cells": [*make_cells(), make_cell("imaging", "ccg-01G", CCG)],
    }  # fmt: skip


def test_nothing_is_filled_in_that_was_not_asked_for() -> None:
    problem = assemble(make_world())
    assert (problem.price_indices, problem.equity, problem.business_rules, problem.demands) == ([], [], [], [])


def test_price_indices_are_one_in_the_reference_year() -> None:
    (index,) = assemble(make_world(fill_in=["price_indices"])).price_indices
    assert (index.key, index.values) == ("prices", {"2014-15": 1.02})
    assert index.provenance.basis == "source"


def test_a_series_that_lacks_the_reference_year_or_the_planned_ones_is_no_index() -> None:
    for years in ({"2012-13", "2014-15"}, {"2013-14"}):
        rows = [row for row in make_figures().deflators if row.year in years]
        found = faults_of(figures=make_figures(deflators=rows), fill_in=["equity", "price_indices"])
        assert found == [("/fill_in/0", "nothing-to-fill-in"), ("/fill_in/1", "nothing-to-fill-in")]


def test_faults_are_told_in_the_order_of_the_request() -> None:
    places = [f"/places/{number}" for number in (10, 9)]
    pointers = [None, "/fill_in/0", *places, "/pathways/0", "/places"]
    told = CannotAssemble([AssemblyFault(pointer, "no-lines", f"at {pointer}") for pointer in pointers])
    assert [fault.pointer for fault in told.faults] == [
        "/pathways/0", "/places", "/places/9", "/places/10", "/fill_in/0", None,
    ]  # fmt: skip
    assert str(told).startswith("at /pathways/0; at /places; at /places/9")


def test_an_index_is_of_one_vintage_the_latest_that_reaches_the_plan() -> None:
    first = make_figures().deflators
    rebased = [row.model_copy(update={"vintage": "2", "index": row.index / 2 + 1}) for row in first]
    unfit = [first[0].model_copy(update={"vintage": "3", "index": Decimal(7)})]
    for rows in ([*first, *rebased, *unfit], [*unfit, *rebased, *first]):
        (index,) = assemble(make_world(figures=make_figures(deflators=rows), fill_in=["price_indices"])).price_indices
        assert index.values == {"2014-15": pytest.approx(103 / 101)}
        assert "(2)" in index.name


def test_figures_that_no_problem_can_hold_are_named_and_not_taken() -> None:
    risen = [
        row.model_copy(update={"index": row.index * (row.year == "2014-15") * 99 + 1}) for row in FIGURES.deflators
    ]
    assert faults_of(figures=make_figures(deflators=risen), fill_in=["price_indices"]) == [
        ("/fill_in/0", "figures-do-not-fit")
    ]
    percent = [row.model_copy(update={"value": row.value * 101}) for row in FIGURES.business_rules if row.value < 1]
    world = two_groups()
    world["figures"] = replace(world["figures"], business_rules=percent)  # type: ignore[type-var]
    assert set(faults_of(**world, fill_in=["business_rules"])) == {("/fill_in/0", "figures-do-not-fit")}


def test_fairness_is_between_groups_by_their_need() -> None:
    (equity,) = assemble(make_world(fill_in=["equity"], objectives=ORDER, **two_groups())).equity
    assert equity.heads == {"ccg-01G": 60_000, "ccg-02A": 240_000}
    assert sum(equity.heads.values()) == 300_000
    assert equity.select.places == ["ccg-01G", "ccg-02A"]
    assert (equity.raise_least, equity.per_year, equity.measure) == (True, False, "benefit")


def test_fairness_needs_two_groups() -> None:
    assert faults_of(fill_in=["equity"]) == [("/fill_in/0", "nothing-to-fill-in")]


def test_the_worst_off_are_raised_only_where_it_is_said_who_they_are() -> None:
    with pytest.raises(ValidationError, match="worst_off"):
        make_request(objectives=ORDER)
    assert make_request(objectives=ORDER, fill_in=["equity"]).objectives[1] == Objective.WORST_OFF


def test_rules_of_the_year_are_shares_of_the_allocation_and_go_on_where_none_is_known_yet() -> None:
    rules = assemble(make_world(fill_in=["business_rules"], **two_groups())).business_rules
    assert [(rule.key, rule.kind, rule.share, rule.years) for rule in rules] == [
        ("surplus.2014-15", "surplus", 0.01, ["2014-15"]),
        ("surplus.2015-16", "surplus", 0.01, ["2015-16"]),
        ("contingency.2014-15", "contingency", 0.005, ["2014-15"]),
        ("contingency.2015-16", "contingency", 0.005, ["2015-16"]),
    ]
    assert all(rule.purses == ["ccg-programme"] for rule in rules)
    assert rules[0].source.startswith("assumed to go on from 2013-14")
    assert not rules[2].source.startswith("assumed")


def test_without_groups_there_is_nobody_to_hold_back() -> None:
    assert faults_of(fill_in=["business_rules"]) == [("/fill_in/0", "nothing-to-fill-in")]


def test_patients_may_wait_in_place_of_a_floor() -> None:
    problem = assemble(make_world(waiting=WAITING))
    (demand,) = problem.demands
    assert demand.waits
    assert demand.demand_driven
    assert demand.cases == pytest.approx({"2014-15": 4900 * 1.1, "2015-16": 4900 * 1.21})
    assert demand.backlog_at_most == pytest.approx({"2014-15": 4900 * 0.22, "2015-16": 4900 * 0.242})
    assert demand.minimum_share == 0.9
    assert not [limit for limit in problem.limits if limit.key.startswith("demand.")]
    assert [limit.key for limit in assemble(make_world()).limits if limit.key.startswith("demand.")] == [demand.key]


def test_last_year_s_split_treats_no_more_than_come_where_a_case_costs_no_round_sum() -> None:
    figures = make_figures()
    price = figures.unit_costs[0].model_copy(update={"unit_cost_gbp": Decimal(113)})
    follows = [row.model_copy(update={"follows_lines": True}) for row in figures.activity]
    world = make_world(
        figures=make_figures(unit_costs=[price, *figures.unit_costs[1:]], activity=follows), waiting=WAITING
    )
    (demand,) = assemble(world).demands
    bought = next(row.baseline_gbp for row in world.lines if row.stage == "imaging") / Decimal(113)
    assert bought <= Decimal(str(demand.cases["2014-15"])) / Decimal("1.1") <= bought + Decimal("0.001")


def test_a_part_is_named_once() -> None:
    with pytest.raises(ValidationError, match="each part once"):
        make_request(fill_in=["equity", "equity"])


def test_a_sacrifice_is_part_of_the_problem() -> None:
    asked = {"fill_in": ["equity"], "objectives": ORDER, "sacrifices": {"benefit": 0.01}}
    assert assemble(make_world(**asked, **two_groups())).sacrifices == {Objective.BENEFIT: 0.01}  # type: ignore[arg-type]
