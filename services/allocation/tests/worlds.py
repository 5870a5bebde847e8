"""A small fixed world with sensible defaults: one CCG, its council, NHS England; five stages, one of them nobody's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from concord_allocation.assembly.world import Figures, World
from concord_allocation.reference import rows
from concord_allocation.reference.rows_for_plans import BusinessRuleRow, DeflatorRow, NeedWeightRow
from concord_contracts.agreements import Contribution, Mechanism
from concord_contracts.allocation.scenarios import ScenarioRequest
from concord_contracts.registry import Citation, NamedBody, PlaceView, Population, Responsibility, Statutory

CCG, COUNCIL, NHSE = "ods:02A", "gss:E08000009", "ods:X24"
NAMES = {CCG: "NHS Trafford CCG", COUNCIL: "Trafford Council", NHSE: "NHS England"}
PUBLISHED: dict[str, Any] = {"basis": "published", "source": "annual-report"}
ASSUMED: dict[str, Any] = {"basis": "assumption", "note": "a judgement", "low": 1, "high": 10**9}
YEARS = ("2013-14", "2014-15", "2015-16")


def make_request(**changed: Any) -> ScenarioRequest:
    asked: dict[str, Any] = {
        "title": "Trafford, lung",
        "pathways": ["lung"],
        "places": ["trafford"],
        "years": ["2014-15", "2015-16"],
    }
    return ScenarioRequest.model_validate(asked | changed)


def make_line(place: str, stage: str, purse: str, baseline_gbp: int, **changed: Any) -> rows.LineRow:
    return rows.LineRow.model_validate(
        {
            "line": f"{place}/lung/{stage}",
            "place": place,
            "pathway": "lung",
            "stage": stage,
            "population_basis": "resident" if place.startswith("la-") else "registered",
            "purse": purse,
            "baseline_gbp": baseline_gbp,
            "kind_of_money": "plan",
            **PUBLISHED,
            **changed,
        }
    )


def make_purse(purse: str, owner: str, kind: str = "general", **changed: Any) -> rows.PurseRow:
    return rows.PurseRow.model_validate(
        {
            "purse": purse,
            "owner": owner,
            "name": f"{kind} budget",
            "kind": kind,
            "pathways": "lung",
            "stages": "*",
            "places": "*",
            "recurrent": "yes",
            "in_baseline": "yes",
            **changed,
        }
    )


def make_amounts(purse: str, gbp: int, years: Sequence[str] = YEARS) -> list[rows.PurseAmountRow]:
    return [
        rows.PurseAmountRow.model_validate(
            {"purse": purse, "year": year, "amount_gbp": gbp, "kind_of_money": "plan", **PUBLISHED}
        )
        for year in years
    ]


def make_curve(stage: str, *values: tuple[float, int | None], per_head: bool = False) -> list[rows.CurveRow]:
    """Segments as (width, GBP per QALY; None without benefit of its own)."""
    width = "width_per_100k_gbp" if per_head else "width_share"
    return [
        rows.CurveRow.model_validate(
            {
                "pathway": "lung",
                "stage": stage,
                "segment": position,
                "label": f"S{position}",
                width: value[0],
                "gbp_per_qaly": value[1],
                "slope_qaly_per_gbp": 1 / value[1] if value[1] else 0,
                "rule": "R2",
                **ASSUMED,
            }
        )
        for position, value in enumerate(values, 1)
    ]


def make_figures(**changed: Any) -> Figures:
    made: dict[str, Any] = {
        "purses": [
            make_purse("ccg-programme", CCG),
            make_purse("council-grant", COUNCIL, "ring_fence", stages="prevention", places="la-trafford"),
            make_purse("nhse-specialised", NHSE, "specialised", office="ods:Q44"),
            make_purse("ccg-headroom", CCG, "non_recurrent", in_baseline="no", recurrent="no", stages="imaging"),
        ],
        "purse_amounts": [
            *make_amounts("ccg-programme", 1_000_000),
            *make_amounts("council-grant", 400_000),
            *make_amounts("nhse-specialised", 1_600_000),
        ],
        "lines": [
            make_line("la-trafford", "prevention", "council-grant", 400_000),
            make_line("ccg-02A", "imaging", "ccg-programme", 500_000),
            make_line("ccg-02A", "follow_up", "ccg-programme", 300_000),
            make_line("ccg-02A", "nurses", "ccg-programme", 200_000, basis="assumption", note="a judgement"),
            make_line("ccg-02A", "navigation", "ccg-programme", 0),
            make_line("ccg-02A", "surgery", "nhse-specialised", 800_000),
            make_line("ccg-far", "surgery", "nhse-specialised", 800_000),
        ],
        "curves": [
            *make_curve("prevention", (0.8, 1000), (0.2, 1600), (0.5, 1700)),
            *make_curve("imaging", (1.0, None)),
            *make_curve("follow_up", (0.8, 17_000), (0.2, 56_000), (0.25, 60_000)),
            *make_curve("nurses", (0.8, 7000), (0.2, 14_000), (0.5, 15_000)),
            *make_curve("surgery", (0.8, 2000), (0.2, 12_000), (0.3, 13_000)),
            *make_curve("navigation", (5400, 12_000), per_head=True),
        ],
        "unit_costs": [
            rows.UnitCostRow.model_validate(
                {"pathway": "lung", "stage": stage, "mode": "day case", "unit": unit, "unit_cost_gbp": gbp, **ASSUMED}
            )
            for stage, unit, gbp in (("imaging", "scan", 100), ("surgery", "resection", 8000))
        ],
        "activity": [
            rows.ActivityRow.model_validate(
                {
                    "line": f"ccg-02A/lung/{stage}",
                    "mode": "day case",
                    "unit": unit,
                    "cases": cases,
                    "driver": "referrals",
                    "must_meet": must_meet,
                    **ASSUMED,
                }
            )
            for stage, unit, cases, must_meet in (("imaging", "scan", 4900, "yes"), ("surgery", "resection", 100, "no"))
        ],
        "links": [
            rows.LinkRow.model_validate(
                {
                    "link": "resections-per-scan",
                    "pathway": "lung",
                    "stage": "surgery",
                    "per_stage": "imaging",
                    "at_most": "0.03",
                    "label": "no more than 3 resections per 100 scans",
                    **PUBLISHED,
                }
            )
        ],
        "price_changes": [
            rows.PriceChangeRow.model_validate({"year": year, "sector": "acute", "change": change, **PUBLISHED})
            for year, change in (("2013-14", "-0.011"), ("2014-15", "-0.015"))
        ],
        "stage_prices": [
            rows.StagePriceRow.model_validate({"stage": stage, "sector": sector, **ASSUMED})
            for stage, sector in (("surgery", "acute"), ("prevention", "none"))
        ],
        "planning_rules": [make_rule("pace-first", "pace", max_up="0.25", max_down="0.10", years="first"),
                           make_rule("nurses-kept", "floor", stages="nurses", floor_share="1.0")],
        "deflators": [
            DeflatorRow.model_validate({"series": "prices", "vintage": "1", "year": year, "index": index, **PUBLISHED})
            for year, index in (("2013-14", "200"), ("2014-15", "204"))
        ],
        "need_weights": [make_need("ccg-02A", 200_000, "0.004"), make_need("ccg-01G", 100_000, "0.001")],
        "need_weights_cancer": [make_need("ccg-02A", 200_000, "0.003"), make_need("ccg-01G", 100_000, "0.003")],
        "business_rules": [
            BusinessRuleRow.model_validate({"rule": rule, "year": year, "value": value, "unit": unit, **PUBLISHED})
            for rule, year, value, unit in (
                ("surplus", "2013-14", "0.01", "share of allocation"),
                ("contingency", "2014-15", "0.005", "share of allocation"),
                ("running costs", "2014-15", "24.73", "GBP a head"),
            )
        ],
    }  # fmt: skip
    return Figures(**(made | changed))


def make_need(place: str, persons: int, weight_share: str) -> NeedWeightRow:
    return NeedWeightRow.model_validate({"place": place, "persons": persons, "weight_share": weight_share, **ASSUMED})


def make_rule(rule: str, kind: str, **changed: Any) -> rows.PlanningRuleRow:
    return rows.PlanningRuleRow.model_validate(
        {"rule": rule, "kind": kind, "pathways": "*", "stages": "*", "label": f"rule {rule}", **ASSUMED, **changed}
    )


def make_place(key: str, kind: str, parents: Sequence[str] = ("trafford",), persons: int = 200_000) -> PlaceView:
    basis = "resident" if kind == "council" else "registered"
    population = Population(place=key, year="2013-14", basis=basis, persons=persons)
    return PlaceView(key=key, kind=kind, name=key.title(), parents=list(parents), populations=[population])


def make_cell(
    stage: str, place: str, *payers: str, procedure_class: str = "none", ruled: bool = True, verified: bool = True
) -> Responsibility:
    """The map's answer for one stage and place; no payers: the rule names nobody; not ruled: there is no rule."""
    statutory = Statutory(
        rule=f"{stage}-2013",
        commissioners=[NamedBody(id=payer, name=NAMES.get(payer, payer), kind="body") for payer in payers],
        office=NamedBody(id="ods:Q44", name="Cheshire, Warrington and Wirral", kind="office", legal_person=False)
        if NHSE in payers
        else None,
        population_basis="registered",
        procedure_class=procedure_class,
        citation=Citation(text=f"the rule on {stage}", verified=verified),
        valid_from=date(2013, 4, 1),
        valid_to=date(9999, 12, 31),
    )
    return Responsibility(
        stage=f"map_{stage}",
        pathway="lung",
        place=place,
        allocation_stage=stage,
        statutory=statutory if ruled else None,
    )


def make_cells() -> list[Responsibility]:
    return [
        make_cell("prevention", "la-trafford", COUNCIL),
        make_cell("imaging", "ccg-02A", CCG),
        make_cell("follow_up", "ccg-02A", CCG, verified=False),
        make_cell("navigation", "ccg-02A", CCG),
        make_cell("nurses", "ccg-02A"),
        make_cell("surgery", "ccg-02A", NHSE, procedure_class="surgery"),
    ]


def make_world(
    *,
    figures: Figures | None = None,
    cells: Sequence[Responsibility] | None = None,
    mechanisms: Mapping[str, Sequence[Mechanism]] | None = None,
    places: Sequence[PlaceView] | None = None,
    **request: Any,
) -> World:
    return World(
        request=make_request(**request),
        figures=figures or make_figures(),
        places=places
        or [make_place("trafford", "area", ()), make_place("ccg-02A", "ccg"), make_place("la-trafford", "council")],
        responsibilities=make_cells() if cells is None else cells,
        mechanisms=mechanisms or {},
        stage_names={"imaging": "Imaging", "surgery": "Thoracic surgery"},
    )


AGREEMENT = "01a2083e-0201-7365-8f29-103cd6f32145"


def make_mechanism(**changed: Any) -> Mechanism:
    """A pool of CCG and council for prevention, GBP 20,000 of the CCG's in 2014-15."""
    made: dict[str, Any] = {
        "agreement": AGREEMENT,
        "kind": "s75_pool",
        "digest": "0" * 64,
        "payers": [CCG, COUNCIL],
        "lead": COUNCIL,
        "pathway": "lung",
        "stages": ["map_prevention"],
        "places": ["la-trafford"],
        "cells": [("map_prevention", "la-trafford")],
        "contributions": [
            Contribution(party=CCG, purse="ccg-programme", year="2014-15", amount_pence=2_000_099, ring_fence="none")
        ],
        "valid_from": date(2014, 4, 1),
        "valid_to": date(2015, 4, 1),
        "citation": "NHS Act 2006 s.75",
    }
    return Mechanism.model_validate(made | changed)


AT = datetime(2014, 1, 15, 9, tzinfo=UTC)
