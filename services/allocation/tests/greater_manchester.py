"""Worlds from the shipped tables: Greater Manchester's lung cancer, or any area's pathway.

The registry resolves the rule book in earnest; here a line of rules, places and bodies is enough to build the problem
without another service.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from concord_allocation.assembly.world import Figures, World
from concord_allocation.reference.files import read_edition
from concord_contracts.allocation.scenarios import ScenarioRequest
from concord_contracts.registry import Citation, NamedBody, PlaceView, Population, Responsibility, Statutory

DATA = Path(__file__).parents[3] / "data" / "england_2013_14"
DAY = "2014-04-01"


def table(name: str) -> list[dict[str, str]]:
    with (DATA / "registry" / f"{name}.csv").open(newline="", encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def of_the_day(name: str) -> list[dict[str, str]]:
    """The rows that hold on the day; a code has other names, places and rules on others."""
    return [row for row in table(name) if row["valid_from"] <= DAY < row["valid_to"]]


def greater_manchester(called: Mapping[str, str] | None = None) -> World:
    """Lung cancer in Greater Manchester for 2014-15 and 2015-16, from the shipped tables; `called`: other names."""
    tables = read_edition(DATA).tables
    figures: dict[str, Any] = {name: tables[name] for name in Figures.__dataclass_fields__ if name in tables}
    return shipped_world(
        "greater-manchester", "lung", Figures(**figures), list(places_of("greater-manchester")), called
    )


def shipped_world(
    area: str, pathway: str, figures: Figures, places: list[PlaceView], called: Mapping[str, str] | None = None
) -> World:
    """A pathway in an area for 2014-15 and 2015-16; `figures` at least what an assembly needs."""
    return World(
        request=ScenarioRequest(
            title=f"{pathway}, {area}", pathways=[pathway], places=[area], years=["2014-15", "2015-16"]
        ),
        figures=figures,
        places=places,
        responsibilities=list(_responsibilities(places, pathway, called or {})),
        stage_names={row["allocation_stage"]: row["name"] for row in table("stages") if row["allocation_stage"]},
    )


def what_if_amounts(what_if: str, year: str) -> list[dict[str, str]]:
    """The prepared question's money by purse, in one year."""
    with (DATA / "allocation" / "what_if_amounts.csv").open(newline="", encoding="utf-8") as rows:
        return [row for row in csv.DictReader(rows) if row["what_if"] == what_if and row["year"] == year]


def places_of(area: str) -> Iterator[PlaceView]:
    """The area and every place below it."""
    parents: dict[str, list[str]] = {}
    for row in of_the_day("place_parents"):
        parents.setdefault(row["child"], []).append(row["parent"])
    people: dict[str, list[Population]] = {}
    for row in table("populations"):
        found = Population(
            place=row["place"], year=row["year"], basis=row["population_basis"], persons=int(row["persons"])
        )
        people.setdefault(row["place"], []).append(found)
    inside = {area}
    while more := {child for child, above in parents.items() if inside.intersection(above)} - inside:
        inside |= more
    for row in of_the_day("places"):
        key = row["place"]
        if key in inside:
            yield PlaceView(
                key=key,
                kind=row["kind"],
                name=row["name"],
                body=row["body"] or None,
                parents=parents.get(key, []),
                populations=people.get(key, []),
            )


def _responsibilities(places: Iterable[PlaceView], pathway: str, called: Mapping[str, str]) -> Iterator[Responsibility]:
    names = {row["body"]: row["name"] for row in of_the_day("body_names")} | dict(called)
    bodies = {row["place"]: (row["kind"], row["body"]) for row in of_the_day("places")}
    rules = {row["stage"]: row for row in of_the_day("rules") if row["pathway"] == "*"}
    stages = [row for row in table("stages") if row["allocation_stage"]]
    for place in places:
        near = [bodies[key] for key in (place.key, *place.parents) if key in bodies]
        for stage in stages:
            rule = rules[stage["stage"]]
            payers = {
                "ccg_of_place": [body for kind, body in near if kind == "ccg"],
                "upper_tier_council_of_place": [body for kind, body in near if kind == "council"],
                "nhs_england": ["ods:X24"],
            }[rule["commissioner"]]
            yield Responsibility(
                stage=stage["stage"],
                pathway=pathway,
                place=place.key,
                allocation_stage=stage["allocation_stage"],
                statutory=Statutory(
                    rule=rule["rule"],
                    commissioners=[NamedBody(id=payer, name=names[payer], kind="body") for payer in payers if payer],
                    population_basis=rule["population_basis"],
                    procedure_class=rule["procedure_class"],
                    citation=Citation(text=rule["citation"], verified=rule["mark"] == "V"),
                    valid_from=date.fromisoformat(rule["valid_from"]),
                    valid_to=date.fromisoformat(rule["valid_to"]),
                ),
            )
