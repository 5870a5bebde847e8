"""Regions for three years: every change the study makes fits the problem, and its page says what it came to."""

import json
import re
from pathlib import Path

import pytest

from concord_allocation.assembly.assemble import assemble
from concord_allocation.assembly.world import Figures, World
from concord_allocation.core.changes import apply
from concord_allocation.core.parse import parse
from concord_allocation.reference.files import read_edition
from concord_contracts.allocation import Problem
from demo.region import study
from services.allocation.tests.greater_manchester import DATA, places_of, shipped_world

PAGE = Path("docs/case-study.md")
FACTS = [study.PAGE / region / "facts.json" for region in study.REGIONS]
NUMBER = re.compile(r"(?<![\w.\[/-])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.\[/-])\d+\.\d+")
"""Numbers that could be figures: with thousands, or with a point."""


def london() -> Problem:
    tables = read_edition(DATA).tables
    figures = Figures(**{name: tables[name] for name in Figures.__dataclass_fields__ if name in tables})  # type: ignore[arg-type]
    world = shipped_world("london", study.PATHWAY, figures, list(places_of("london")))
    request = study.first_question("london", 0.1)
    return assemble(World(**{**vars(world), "request": request}))


def test_every_part_of_the_model_is_in_the_study() -> None:
    document = london().model_dump(mode="json")
    for step in study.STEPS:
        changes = step.changes(Problem.model_validate(document))
        document = apply(document, [change.model_dump(mode="json") for change in changes])
    parse(document)
    parts = (
        "price_indices", "resources", "demands", "links", "savings", "equity", "options", "option_rules", "contracts",
        "business_rules", "outside", "funds", "mechanisms", "pace_of_change", "limits",
    )  # fmt: skip
    assert [part for part in parts if not document[part]] == []
    assert any(purse["carry"] for purse in document["purses"])
    assert any(demand["shifts"] for demand in document["demands"])
    assert any(not limit["hard"] for limit in document["limits"])
    assert len(document["lines"]) == 642  # money that moves is a change of its own


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
    stated = {14_000.0, 14_100.0, 2.14, 1.7}  # what the study itself assumes: demo/region/parts.py
    known = stated.union(*(numbers_in(json.loads(path.read_text(encoding="utf-8"))) for path in FACTS))
    said = NUMBER.findall(PAGE.read_text(encoding="utf-8").partition("## What a commissioner would do")[0])
    assert len(said) > 30
    assert [text for text in said if not any(_is(text, number) for number in known)] == []


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
