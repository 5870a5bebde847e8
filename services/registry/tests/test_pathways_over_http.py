"""A pathway stage by stage and through time, what it is held against and guided by, and whose a person is."""

from typing import Any

import pytest

from concord_kit.sheets import CSV_TYPE
from services.registry.tests.conftest import Registry
from services.registry.tests.test_imports import as_csv


def test_a_pathway_shows_services_comparators_and_guidance_stage_by_stage(standing: Registry) -> None:
    answer = standing.get("/v1/pathways/lung").json()
    assert answer["version"]["number"] == 1
    stages = {one["stage"]: one for one in answer["stages"]}
    assert list(stages) == ["prevention", "gp", "imaging", "surgery", "support"]
    assert [one["key"] for one in stages["gp"]["services"]] == ["ambulance"]
    assert [one["key"] for one in stages["imaging"]["guidance"]] == ["strategy-2011"]
    (resection,) = stages["surgery"]["comparators"]
    assert resection["actuals"][0] | {"source": None} == {
        "place": "england", "period": "2013", "value": 0.151, "meets": False, "difference": -0.019,
        "basis": "published", "source": None, "note": None,
    }  # fmt: skip
    assert standing.get("/v1/pathways/breast").json()["stages"][1]["services"][0]["key"] == "scanning"
    assert standing.get("/v1/pathways/nothing").status_code == 404


def test_guidance_is_superseded_on_its_day_and_says_who_is_to_act(standing: Registry) -> None:
    def in_force(day: str) -> list[str]:
        answer = standing.get("/v1/guidance", in_force="true", as_of=day).json()
        return [one["key"] for one in answer["items"]]

    assert in_force("2015-07-18") == ["strategy-2011"]
    assert in_force("2015-07-19") == ["strategy-2015"]
    first = standing.get("/v1/guidance", stage="imaging").json()["items"][0]
    assert (first["superseded_by"], first["in_force"]) == ("strategy-2015", True)
    assert first["links"][0]["said"] == "the CCG of the place"
    mine = standing.get("/v1/guidance", organisation="ods:02A").json()["items"]
    assert [one["key"] for one in mine] == ["strategy-2011"]
    assert standing.get("/v1/guidance", organisation="gss:P").json()["items"] == []


def test_guidance_stands_beside_the_responsibility_and_in_the_map(standing: Registry) -> None:
    law = standing.get("/v1/responsibilities", pathway="lung", place="ccg-02A", stage=["imaging"]).json()["items"][0]
    assert [one["title"] for one in law["guidance"]] == ["A strategy"]
    cells = standing.get("/v1/coverage", pathway="lung", place="ccg-02A").json()["stages"]
    assert [len(cell["guidance"]) for cell in cells] == [0, 0, 1, 0, 0, 0]


def sent(registry: Registry, table: str, *rows: dict[str, Any], who: tuple[str, str], **query: str) -> int:
    headers = registry.as_body(*who) | {"Content-Type": CSV_TYPE}
    answer = registry.http.post("/v1/imports", params={"table": table} | query, content=as_csv(*rows), headers=headers)
    return answer.status_code


STEWARD = ("ods:X24", "data-steward")


def test_a_pathway_has_versions_in_the_world_and_in_the_record(registry: Registry) -> None:
    before = registry.get("/v1/pathways/lung/versions").json()
    assert [one["valid_from"] for one in before["versions"]] == ["2000-01-01"]
    stage = {"pathway": "lung", "order": "3", "source": "law"}
    imaging = stage | {"stage": "imaging", "valid_from": "2000-01-01", "valid_to": "2014-04-01"}
    later = stage | {"stage": "imaging", "order": "5", "valid_from": "2014-04-01", "valid_to": "9999-12-31"}
    surgery = stage | {"stage": "surgery", "order": "4", "valid_from": "2000-01-01", "valid_to": "2016-04-01"}
    assert sent(registry, "pathway_stages", imaging, later, surgery, who=STEWARD) == 201
    after = registry.get("/v1/pathways/lung/versions").json()
    assert [(one["number"], one["valid_from"], one["removed"]) for one in after["versions"]] == [
        (1, "2000-01-01", []),
        (2, "2014-04-01", []),
        (3, "2016-04-01", ["surgery"]),
    ]
    assert after["versions"][1]["moved"] == ["surgery", "imaging"]
    assert len(after["recorded_at"]) == len(before["recorded_at"]) + 1
    known = {"known_at": before["known_at"]}
    assert registry.get("/v1/pathways/lung/versions", **known).json()["versions"] == before["versions"]
    assert registry.get("/v1/pathways/lung", as_of="2016-04-01").json()["version"]["number"] == 3
    assert "surgery" in registry.get("/v1/pathways/lung", as_of="2016-04-01", **known).json()["pathway"]["stages"]


def test_a_body_says_how_it_does_and_how_far_it_has_come(registry: Registry) -> None:
    value = {"comparator": "wait", "place": "ccg-02A", "period": "2013-14", "value": "0.91", "basis": "published"}
    assert sent(registry, "comparator_values", value | {"source": "law"}, who=("ods:02A", "commissioner")) == 201
    here = registry.get("/v1/comparators", stage="gp", place="ccg-02A").json()["items"][0]["actuals"]
    assert [(one["place"], one["meets"], one["difference"]) for one in here] == [("ccg-02A", False, -0.02)]
    there = registry.get("/v1/comparators", stage="gp", place="ccg-01Y").json()["items"][0]["actuals"]
    assert [(one["place"], one["period"]) for one in there] == [("england", "2012-13"), ("england", "2013-14")]
    mine = {"guidance": "strategy-2011", "stage": "imaging", "pathway": "*", "progress": "under-way"}
    assert sent(registry, "guidance_links", mine | {"organisation": "ods:02A"}, who=("ods:02A", "commissioner")) == 201
    assert sent(registry, "guidance_links", mine | {"organisation": "ods:01Y"}, who=("ods:02A", "commissioner")) == 422
    links = registry.get("/v1/guidance", organisation="ods:02A").json()["items"][0]["links"]
    assert {link["progress"] for link in links} == {None, "under-way"}


def asked(registry: Registry, **query: str) -> Any:
    return registry.get("/v1/responsible-commissioner", pathway="lung", **query)


@pytest.mark.parametrize(
    ("stage", "person", "bodies", "taken_from"),
    [
        ("imaging", {"registered_with": "ccg-01Y", "lives_in": "la-P"}, ["ods:01Y"], "registration"),
        ("imaging", {"lives_in": "ccg-01Y~la-Q"}, ["ods:01Y"], "residence"),
        ("prevention", {"registered_with": "ccg-01Y", "lives_in": "la-Q"}, ["gss:Q"], "residence"),
        ("gp", {"registered_with": "ccg-01Y"}, ["ods:X24"], "registration"),
        ("surgery", {}, ["ods:X24"], "none"),
        ("support", {"registered_with": "ccg-02A"}, [], "registration"),
    ],
)
def test_whose_a_person_is_goes_by_the_fact_that_counts(
    standing: Registry, stage: str, person: dict[str, str], bodies: list[str], taken_from: str
) -> None:
    answer = asked(standing, stage=stage, **person).json()
    assert [one["id"] for one in answer["commissioners"]] == bodies
    assert (answer["taken_from"], answer["certain"]) == (taken_from, True)


def test_an_ambulance_is_for_whoever_is_there(standing: Registry) -> None:
    answer = asked(standing, service="ambulance", registered_with="ccg-01Y", present_in="ccg-02A").json()
    assert [one["id"] for one in answer["commissioners"]] == ["ods:02A"]
    assert (answer["stage"], answer["population_basis"], answer["taken_from"]) == ("gp", "present", "presence")
    assert answer["rule_citation"]["text"] == "Sch 1"
    untold = asked(standing, service="ambulance", registered_with="ccg-01Y")
    assert untold.status_code == 422
    assert untold.json()["errors"][0]["parameter"] == "query:present_in"


def test_what_is_told_may_leave_it_open(standing: Registry) -> None:
    answer = asked(standing, stage="imaging", lives_in="la-P").json()
    assert (answer["certain"], answer["shares"]) == (False, [["ods:01Y", 0.5], ["ods:02A", 0.5]])
    assert "leaves it open" in answer["notes"][0]
    apart = asked(standing, stage="imaging", registered_with="ccg-02A", lives_in="la-Q").json()
    assert apart["commissioners"][0]["id"] == "ods:02A"
    assert "share no ground" in apart["notes"][-1]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"stage": "imaging"},
        {"stage": "imaging", "registered_with": "la-P"},
        {"stage": "imaging", "lives_in": "nowhere"},
        {"stage": "imaging", "service": "ambulance"},
        {"service": "nothing"},
        {"stage": "imaging", "nhs_number": "9434765919"},
    ],
)
def test_questions_that_cannot_be_answered_say_why(standing: Registry, query: dict[str, str]) -> None:
    answer = asked(standing, **query)
    assert answer.status_code == 422
    assert all(one["parameter"].startswith("query:") for one in answer.json()["errors"])


def test_services_are_filtered_and_paged(standing: Registry) -> None:
    first = standing.get("/v1/services", limit=1).json()
    second = standing.get("/v1/services", limit=1, cursor=first["next_cursor"]).json()
    assert [one["key"] for one in (*first["items"], *second["items"])] == ["ambulance", "scanning"]
    assert second["next_cursor"] is None
    assert [one["key"] for one in standing.get("/v1/services", pathway="breast").json()["items"]] == ["scanning"]
    assert standing.get("/v1/planning-thresholds").json()["items"][0]["quotation"] == "more than a million people"
