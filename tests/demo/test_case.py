"""A case can be built for every area team and each of the four big pathways, by the stated rules."""

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from concord_contracts.registry import Citation, NamedBody, PlaceView, Population, Responsibility, Statutory
from demo import days
from demo.case import PATHWAYS, Case, build_case

REGISTRY = Path(__file__).parents[2] / "data" / "england_2013_14" / "registry"
KINDS = {"ccg_of_place": "ccg", "nhs_england": "nhs_england", "upper_tier_council_of_place": "council"}


def rows(name: str) -> Iterator[dict[str, str]]:
    with (REGISTRY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def current(row: dict[str, str]) -> bool:
    return date.fromisoformat(row["valid_from"]) <= days.DECIDED < date.fromisoformat(row["valid_to"])


@cache
def places() -> dict[str, PlaceView]:
    """Every area, group and council in being on the day, with its list and footprint."""
    lists = {
        row["place"]: [
            Population(place=row["place"], year=row["year"], basis=row["population_basis"], persons=int(row["persons"]))
        ]
        for row in rows("populations")
        if row["population_basis"] == "registered"
    }
    footprints: dict[str, list[tuple[str, float]]] = {}
    for row in filter(current, rows("footprints")):
        footprints.setdefault(row["ccg_place"], []).append((row["council_place"], float(row["share_of_ccg"])))
    return {
        row["place"]: PlaceView(
            key=row["place"],
            kind=row["kind"],
            name=row["name"],
            populations=lists.get(row["place"], []),
            footprint=footprints.get(row["place"], []),
        )
        for row in filter(current, rows("places"))
    }


@cache
def within(area: str) -> tuple[PlaceView, ...]:
    below = [row["child"] for row in filter(current, rows("place_parents")) if row["parent"] == area]
    return (places()[area], *(places()[key] for key in below))


@cache
def law(pathway: str) -> tuple[Responsibility, ...]:
    """The pathway's stages in its order, with the kind of body and the class that the rule book names."""
    rules = {row["stage"]: row for row in filter(current, rows("rules")) if row["pathway"] in ("*", pathway)}
    planned = {row["stage"]: row["allocation_stage"] or None for row in rows("stages")}
    ordered = sorted((int(r["order"]), r["stage"]) for r in rows("pathway_stages") if r["pathway"] == pathway)
    return tuple(answer(rules[stage], stage, pathway, planned[stage]) for _, stage in ordered if stage in rules)


def answer(rule: dict[str, str], stage: str, pathway: str, planned: str | None) -> Responsibility:
    kind = KINDS.get(rule["commissioner"], "other")
    statutory = Statutory.model_construct(
        rule=rule["rule"],
        commissioners=[NamedBody(id="ods:X24", name=kind, kind=kind, legal_person=True)],
        procedure_class=rule["procedure_class"],
        citation=Citation.model_construct(text=rule["citation"]),
    )
    return Responsibility.model_construct(
        stage=stage, pathway=pathway, place="ccg-02A", allocation_stage=planned, statutory=statutory
    )


AREAS = sorted(key for key, place in places().items() if place.kind == "area")


def built(area: str, pathway: str) -> Case:
    return build_case(area, pathway, within(area), law(pathway))


def test_there_are_twenty_five_area_teams():
    assert len(AREAS) == 25


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_area_has_a_lead_a_host_with_groups_and_a_test_the_law_keeps_out(pathway: str):
    for area in AREAS:
        case = built(area, pathway)
        assert case.lead in case.ccgs, area
        assert set(case.host_ccgs) <= set(case.ccgs), area
        assert case.host_ccgs, area
        assert case.excluded in case.delegated, area
        assert case.navigation == ("care_coordination",), area
        assert not set(case.council_stages) & {*case.delegated, *case.in_view}, area


def test_greater_manchester_stays_the_case_it_was():
    case = built("greater-manchester", "lung")
    assert (case.lead, case.host) == ("ods:02A", "gss:E08000003")
    assert case.host_ccgs == ("ods:00W", "ods:01M", "ods:01N")
    assert len(case.ccgs) == 12
    assert case.council_stages == ("prevention", "awareness")
    assert case.in_view == ("thoracic_surgery", "chemotherapy", "radical_radiotherapy", "palliative_radiotherapy")
    assert case.excluded == "bronchoscopy"


def test_elsewhere_the_largest_list_leads_and_the_rule_says_so():
    case = built("kent-and-medway", "breast")
    assert case.lead_name == "NHS West Kent CCG"
    assert case.host_name == "Kent"
    assert case.excluded == "biopsy"
    assert any("largest registered list" in words for words in case.chosen_by)


def test_without_money_for_a_council_stage_there_is_no_pool():
    case = built("kent-and-medway", "breast")
    assert not case.with_money({"biopsy"}).pooled
    assert case.not_the_groups in case.in_view


def test_with_it_there_is():
    assert built("greater-manchester", "lung").with_money({"prevention"}).council_stages == ("prevention",)
