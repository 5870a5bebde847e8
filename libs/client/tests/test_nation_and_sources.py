"""`concord map --england` and `concord data sources`: what is asked, and how the answers read."""

import json
from typing import Any

import pytest

from concord_contracts.registry.national import NATIONAL_EXAMPLE
from libs.client.tests.test_command_line import Double, double, run

__all__ = ["double"]

KNOWN = "2026-11-25T15:10:41.674960Z"


def a_count(stage: str | None, kind: str, region: str, places: int) -> dict[str, Any]:
    return {"stage": stage, "kind": kind, "region": region, "findings": 2 * places, "places": places}


def the_nation(**changes: Any) -> dict[str, Any]:
    regions = [
        {"key": "london", "name": "London", "ccgs": 32, "councils": 33},
        {"key": "midlands-and-east", "name": "Midlands and East of England", "ccgs": 61, "councils": 33},
        {"key": "england", "name": "England", "ccgs": 211, "councils": 152},
    ]
    findings = [
        a_count("prevention", "unconfirmed-locally", "london", 65),
        a_count("prevention", "unconfirmed-locally", "england", 363),
        a_count("prevention", "hand-over", "england", 363),
        a_count("prevention", "gap", "midlands-and-east", 1),
        a_count(None, "no-whole-pathway-lead", "england", 392),
    ]
    return {**NATIONAL_EXAMPLE, "pathways": ["lung", "breast"], "regions": regions, "findings": findings, **changes}


def test_all_england_is_one_table_of_stages_and_regions(double: Double) -> None:
    double.answers = [(200, the_nation())]
    shown = run("map", "--england", "--pathway", "lung", "--pathway", "breast", "--as-of", "2014-01-15")
    assert shown.exit_code == 0, shown.output
    assert double.asked[0][1] == "/v1/national?pathway=lung&pathway=breast&as_of=2014-01-15"
    lines = shown.output.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 100
    rows = [" ".join(line.split()) for line in lines]
    assert "Stage Finding London Mid+E. England" in rows
    assert "Prevention nobody known to do it - 1 -" in rows
    assert "said, not confirmed here 65 - 363" in rows
    assert "The pathway as a whole nobody leads all of it - - 392" in rows
    assert "(NHS England)" in shown.output
    assert "Fragmentation is not ranked: 0 of 363 maps" in shown.output
    assert "70 stated" in shown.output


def test_eleven_columns_are_shown_whole(double: Double) -> None:
    """Ten health authorities and England before April 2013: a count that is cut is another number."""
    regions = [{"key": f"sha-{number}", "name": "North West", "ccgs": 15, "councils": 15} for number in range(10)]
    regions.append({"key": "england", "name": "England", "ccgs": 151, "councils": 152})
    findings = [a_count("prevention", "gap", one["key"], 303 if one["key"] == "england" else 45) for one in regions]
    double.answers = [(200, the_nation(regions=regions, findings=findings, as_of="2012-06-01"))]
    lines = run("map", "--england", "lung", "--as-of", "2012-06-01").output.splitlines()
    rows = [" ".join(line.split()) for line in lines]
    assert max(len(line.rstrip()) for line in lines) <= 100
    assert f"Prevention nobody known to do it {'45 ' * 10}303" in rows
    assert f"Stage Finding {'NW ' * 10}Eng" in rows


def test_where_places_may_be_ranked_each_region_has_its_score(double: Double) -> None:
    scores = [
        {"region": region, "score": score, "ranked": ranked, "maps": 10, "words": "over so many maps"}
        for region, score, ranked in (("london", 0.5, 2), ("midlands-and-east", None, 0), ("england", 0.25, 4))
    ]
    double.answers = [(200, the_nation(fragmentation=scores))]
    shown = run("map", "--england", "lung").output
    assert "Fragmentation, London: 0.50 over so many maps." in shown
    assert "Fragmentation, Midlands and East of England: over so many maps." in shown


def test_a_day_without_places_is_said_not_shown_as_noughts(double: Double) -> None:
    nobody = [{"key": "england", "name": "England", "ccgs": 0, "councils": 0}]
    double.answers = [(200, the_nation(regions=nobody))]
    assert "nothing to count" in run("map", "--england").output


@pytest.mark.parametrize("wrong", [("--england", "--place", "ccg-02A"), (), ("lung", "--pathway", "breast")])
def test_the_two_maps_are_not_mixed_up(double: Double, wrong: tuple[str, ...]) -> None:
    shown = run("map", *wrong)
    assert (shown.exit_code, double.asked) == (2, [])


def test_sources_say_what_was_taken_and_what_is_assumed(double: Double) -> None:
    at = {"as_of": "2014-01-15", "known_at": KNOWN}
    law = {"key": "law", "title": "The Act", "publisher": "Parliament"}
    described = law | {
        "licence": "Open Parliament Licence",
        "taken": "duties",
        "limits": "as made",
        "date": "2006-01-01",
        "date_precision": "year",
        "figures": 7,
    }
    table = {
        "table": "populations",
        "columns": "persons",
        "words": "people",
        "published": 1,
        "derived": 0,
        "assumption": 3,
    }
    pounds = [
        {"pathway": "breast", "gbp": 50, "assumption_gbp": 0},
        {"pathway": "lung", "gbp": 400, "assumption_gbp": 300},
    ]
    double.answers = [
        (200, at | {"seq": 1, "tables": [table], "sources": [described]}),
        (200, at | {"edition": "a" * 64, "tables": [], "pounds": pounds, "sources": [law | {"figures": 2}]}),
    ]
    shown = run("data", "sources")
    assert shown.exit_code == 0, shown.output
    asked = [path for _, path, _, _ in double.asked]
    assert asked == ["/v1/reference/summary", "/v1/reference/summary"]
    assert max(len(line.rstrip()) for line in shown.output.splitlines()) <= 100
    rows = [" ".join(line.split()) for line in shown.output.splitlines()]
    assert "The Act, Parliament, 2006 duties; as made 9" in rows
    assert "Open Parliament Licence" in shown.output
    assert "registry populations 4 25.0% - 75.0%" in rows
    assert "all GBP 450 GBP 300 66.7%" in rows


def test_one_service_alone_is_asked_alone(double: Double) -> None:
    double.answers = [(200, {"as_of": "2014-01-15", "known_at": KNOWN, "seq": 1, "tables": [], "sources": []})]
    shown = run("data", "sources", "--service", "registry", "--json")
    assert len(double.asked) == 1
    assert json.loads(shown.output)["allocation"] is None
