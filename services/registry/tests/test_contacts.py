"""Whom to turn to for a stage in a place, in one call."""

from typing import Any

from services.registry.tests.conftest import Registry


def points(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["body"]["id"], one["capacity"]) for one in answer["points"]]


def contacts(registry: Registry, stage: str, place: str, pathway: str = "lung", **more: str) -> dict[str, Any]:
    answer = registry.get("/v1/contacts", stage=stage, place=place, pathway=pathway, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_law_names_body_and_office_until_somebody_confirms_otherwise(registry: Registry) -> None:
    assert points(contacts(registry, "gp", "ccg-02A")) == [("ods:X24", "commissions"), ("ods:Q46", "office")]
    assert points(contacts(registry, "imaging", "ccg-02A")) == [("ods:02A", "commissions")]
    claim = {"role": "commissions", "organisation": "ods:01Y", "on_behalf_of": ["ods:02A"], "stage": "imaging"}
    claim |= {"pathway": "lung", "place": "ccg-02A", "valid_from": "2013-04-01", "status": "confirmed"}
    before = registry.get("/v1/stages").json()["known_at"]
    made = registry.http.post("/v1/claims", json=claim, headers=registry.as_body("ods:02A"))
    assert made.status_code == 201, made.text
    after = contacts(registry, "imaging", "ccg-02A")
    assert points(after) == [("ods:01Y", "commissions"), ("ods:02A", "statutory")]
    assert "confirmed by NHS Trafford CCG" in after["points"][0]["because"]
    assert points(contacts(registry, "imaging", "ccg-02A", known_at=before)) == [("ods:02A", "commissions")]


def test_leads_of_the_pathway_are_named(registry: Registry) -> None:
    lead = {"role": "leads", "organisation": "ods:02A", "stage": None, "pathway": "lung", "place": "ccg-02A"}
    lead |= {"valid_from": "2013-04-01", "status": "stated"}
    registry.http.post("/v1/claims", json=lead, headers=registry.as_body("ods:02A")).raise_for_status()
    assert points(contacts(registry, "gp", "ccg-02A"))[-1] == ("ods:02A", "leads")


def test_what_has_no_single_answer_says_so(standing: Registry) -> None:
    nobody = contacts(standing, "support", "ccg-02A")
    assert nobody["points"] == []
    assert "neither the law" in nobody["notes"][0]
    assert "differs by pathway" in contacts(standing, "imaging", "ccg-02A", "*")["notes"][0]
    assert "2 bodies share it" in contacts(standing, "imaging", "gm")["notes"][0]


def test_unknown_codes_are_named_together(standing: Registry) -> None:
    answer = standing.get("/v1/contacts", stage="dentistry", place="mars", pathway="x")
    assert answer.status_code == 422
    assert {one["type"] for one in answer.json()["errors"]} == {"unknown-stage", "unknown-place", "unknown-pathway"}
    assert standing.get("/v1/contacts", stage="gp").status_code == 422
