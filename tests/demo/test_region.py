"""Regions for three years: every change the study makes fits the problem, and its page says what it came to."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from concord_allocation.assembly.assemble import assemble
from concord_allocation.assembly.world import Figures, World
from concord_allocation.core.changes import apply
from concord_allocation.core.columns import lay_out
from concord_allocation.core.families import BY_CHOICE, BY_COLUMN, KINDS
from concord_allocation.core.families.rows import Chooser
from concord_allocation.core.parse import parse
from concord_allocation.reference.files import read_edition
from concord_contracts.allocation import Problem
from demo.region import study
from demo.region.parts import STEPS, from_outturn
from services.allocation.tests.greater_manchester import DATA, places_of, shipped_world

PAGE = Path("docs/case-study.md")
FACTS = [study.PAGE / region / "facts.json" for region in study.REGIONS]
NUMBER = re.compile(r"(?<![\w.\[/-])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.\[/-])\d+\.\d+")
"""Numbers that could be figures: with thousands, or with a point."""


@cache
def document_of(region: str) -> dict[str, Any]:
    """The region's problem with everything that the steps add for good, and with how its baseline is built."""
    tables = read_edition(DATA).tables
    figures = Figures(**{name: tables[name] for name in Figures.__dataclass_fields__ if name in tables})  # type: ignore[arg-type]
    world = shipped_world(region, study.PATHWAY, figures, list(places_of(region)))
    request = study.first_question(region, 0.1)
    document = from_outturn(assemble(World(**{**vars(world), "request": request}))).model_dump(mode="json")
    for step in STEPS:
        changes = step.changes(Problem.model_validate(document))
        changed = apply(document, [change.model_dump(mode="json") for change in changes])
        document = changed if step.then else document
    return document


@pytest.mark.parametrize("region", ["greater-manchester", pytest.param("london", marks=pytest.mark.long)])
def test_every_family_has_rows_in_the_study(region: str) -> None:
    """By the model's own lists: a family that comes to them and is not in the study fails here."""
    tables = parse(document_of(region))
    columns = lay_out(tables)
    chooser = Chooser(tables, columns, {})
    rows = {name: list(family(tables, columns)) for name, family in BY_COLUMN.items()}
    rows |= {name: list(family(tables, chooser)) for name, family in BY_CHOICE.items()}
    assert [name for name, found in rows.items() if not found] == []
    assert set(KINDS) - {row.family for found in rows.values() for row in found} == set()


AS_THEY_COME = {
    "unchecked_units": "every limit's unit is checked",
    "bars": "nobody is barred",
    "loosened": "nothing is loosened: a refusal's own remedy",
    "transfers": "the last step's, which nothing stands on",
}
"""Parts of a problem that the study does without."""


def test_every_part_of_a_problem_is_in_the_study() -> None:
    document = document_of("greater-manchester")
    parts = {name for name, field in Problem.model_fields.items() if str(field.annotation).startswith("list")}
    assert {part for part in parts if not document[part]} == set(AS_THEY_COME)
    assert len(document["lines"]) == 238 + 12 + 4  # as assembled, telephones, what is paid once
    assert any(purse["overspend"] for purse in document["purses"])
    assert any(purse["carry"] for purse in document["purses"])
    assert any(fund["carry"] for fund in document["funds"])
    assert any(contract["releasable"] for contract in document["contracts"])
    assert any(demand["shifts"] for demand in document["demands"])
    assert any(len(demand["met_by"]) > 1 for demand in document["demands"])
    assert any(not limit["hard"] for limit in document["limits"])
    assert any(term["measure"] == "burden" for limit in document["limits"] for term in limit["terms"])
    assert any(rule["waived_by"] for rule in document["business_rules"])
    assert {rule["kind"] for rule in document["business_rules"]} == {"surplus", "contingency", "non_recurrent"}
    assert any(payment["built_from"] for line in document["lines"] for payment in line["reference"])


NOWHERE = {
    "at_least", "contribution_min", "equity_spread", "extra_max", "growth_max", "link", "option_rule", "volume_min",
}  # fmt: skip
"""Families of the study that bind in none of its plans, as its page says of the telling ones."""


def test_all_other_families_bind_in_some_plan() -> None:
    told = [json.loads(path.read_text(encoding="utf-8"))["scenarios"].values() for path in FACTS]
    assert set(KINDS) - {kind for plans in told for plan in plans for kind in plan["binding_kinds"]} == NOWHERE


def numbers_in(value: object) -> set[float]:
    match value:
        case dict():
            return {n for one in value.values() for n in numbers_in(one)}
        case list():
            return {n for one in value for n in numbers_in(one)}
        case bool() | None:
            return set()
        case int() | float():
            return {float(value)}
        case _:
            return {float(n.replace(",", "")) for n in NUMBER.findall(str(value))}


def test_the_page_says_what_came_out() -> None:
    """Every figure of the page is one of the facts, as far as the page writes it out."""
    stated = {10_069.0, 14_100.0, 2.14, 1.7, 2.5, 0.5, 0.1}  # what the study itself assumes: demo/region/parts.py
    known = stated.union(*(numbers_in(json.loads(path.read_text(encoding="utf-8"))) for path in FACTS))
    said = NUMBER.findall(PAGE.read_text(encoding="utf-8").partition("## What a commissioner would do")[0])
    assert len(said) > 30
    assert [text for text in said if not any(_is(text, number) for number in known)] == []


@pytest.mark.parametrize("path", FACTS, ids=lambda path: path.parent.name)
def test_each_row_of_the_tables_of_steps_is_its_own_scenario(path: Path) -> None:
    """Spent, QALYs in the pathway and elsewhere, as rounding writes them."""
    scenarios = json.loads(path.read_text(encoding="utf-8"))["scenarios"]
    rows = [[cell.strip(" *") for cell in line.split("|")] for line in PAGE.read_text("utf-8").splitlines()]
    for name in set(scenarios) - {"divisible"}:
        totals, step = scenarios[name]["totals"], {"base": "as assembled"}.get(name, name.replace("-", " "))
        elsewhere = f"{totals['elsewhere_benefit']:.1f}".replace("-", "−")
        wanted = [f"{totals['spend_gbp'] / 1e6:.3f}", f"{totals['benefit']:,.0f}", elsewhere.replace("0.0", "")]
        assert any(row[1:5] == [step, *wanted] for row in rows), (step, wanted)


def _is(text: str, number: float) -> bool:
    """Whether `text` is the number, it in millions, or a price of GBP 1 as one of 100,000; as far as the text goes."""
    places = len(text.partition(".")[2])
    wanted = float(text.replace(",", ""))
    return any(abs(round(abs(number) / unit, places) - wanted) < 1e-9 for unit in (1, 1_000_000, 1e-5))


@pytest.mark.long
def test_the_study_comes_out_as_it_is_kept(tmp_path: Path) -> None:
    assert study.main(["--out", str(tmp_path)]) == 0
    for path in FACTS:
        kept, again = (json.loads(one.read_text("utf-8")) for one in (path, tmp_path / path.relative_to(study.PAGE)))
        for facts in (kept, again):
            for scenario in facts["scenarios"].values():
                scenario.pop("seconds", None)
        assert again == kept
