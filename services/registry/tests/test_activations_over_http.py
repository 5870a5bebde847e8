"""Activations: only agreements writes them, state replaces state, and the map follows."""

from typing import Any

import httpx
import pytest

from services.registry.tests.conftest import Registry

LEAD: dict[str, Any] = {
    "role": "leads",
    "organisation": "ods:02A",
    "on_behalf_of": [],
    "stage": None,
    "pathway": "lung",
}
SUPPORT: dict[str, Any] = {
    "role": "commissions", "organisation": "ods:02A", "on_behalf_of": ["gss:P"], "stage": "support", "pathway": "lung",
    "place": "ccg-02A",
}  # fmt: skip


def put(registry: Registry, sequence: int = 1, digest: str = "a", **given: Any) -> httpx.Response:
    body = {
        "sequence": sequence,
        "digest": digest * 64,
        "basis": "s.14Z3 NHS Act 2006",
        "effective_from": "2014-04-01",
        "effective_to": "2016-04-01",
        "responsibilities": [LEAD | {"place": "ccg-02A"}, LEAD | {"place": "ccg-01Y"}, SUPPORT],
    }
    return registry.http.put("/v1/activations/agreement-1", json=body | given, headers=registry.as_agreements())


def leads_missing(registry: Registry, as_of: str) -> set[str]:
    return {one["place"] for one in registry.findings("no-whole-pathway-lead", "ccg-02A", "ccg-01Y", as_of=as_of)}


def test_a_leadership_gap_closes_on_the_day_the_agreement_takes_effect(registry: Registry) -> None:
    answer = put(registry)
    assert (answer.status_code, answer.json()["changed"]) == (200, True)
    assert leads_missing(registry, "2014-03-31") == {"ccg-02A", "ccg-01Y", "gm", "england"}
    assert leads_missing(registry, "2014-04-01") == {"england"}
    assert leads_missing(registry, "2016-04-01") == {"ccg-02A", "ccg-01Y", "gm", "england"}


def test_a_service_gap_stays_open_until_contracted(registry: Registry) -> None:
    put(registry)

    def gaps() -> list[str | None]:
        found = registry.findings("gap", "ccg-02A", as_of="2014-04-01")
        return [one["commitment"] for one in found if one["stage"] == "support"]

    assert gaps() == ["agreed"]
    put(registry, 2, responsibilities=[SUPPORT | {"commitment": "funded"}])
    assert gaps() == ["funded"]
    put(registry, 3, responsibilities=[SUPPORT | {"commitment": "contracted"}])
    assert gaps() == []


def test_old_news_and_repeats_write_nothing(registry: Registry) -> None:
    put(registry, 5)
    seq = registry.http.get("/v1/changes").json()["head_seq"]
    repeated, older = put(registry, 5), put(registry, 4, "b", responsibilities=[])
    assert [(one.status_code, one.json()["changed"], one.json()["sequence"]) for one in (repeated, older)] == [
        (200, False, 5),
        (200, False, 5),
    ]
    assert registry.http.get("/v1/changes").json()["head_seq"] == seq
    assert len(older.json()["claims"]) == 3


def test_the_same_sequence_with_another_digest_is_a_conflict(registry: Registry) -> None:
    put(registry, 5)
    answer = put(registry, 5, "b")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:concord:problem:sequence-conflict"
    assert (answer.json()["sequence"], answer.json()["digest"]) == (5, "a" * 64)


def test_a_higher_sequence_replaces_everything_and_keeps_what_did_not_change(registry: Registry) -> None:
    first = {one["place"] + one["role"]: one for one in put(registry, 1).json()["claims"]}
    second = put(registry, 2, responsibilities=[LEAD | {"place": "ccg-02A"}, LEAD | {"place": "gm"}]).json()
    claims = {one["place"] + one["role"]: one for one in second["claims"]}
    assert set(claims) == {"ccg-02Aleads", "gmleads"}
    assert claims["ccg-02Aleads"] == first["ccg-02Aleads"]
    then = registry.get("/v1/activations/agreement-1", known_at=first["ccg-02Aleads"]["recorded_from"]).json()
    assert (then["sequence"], len(then["claims"])) == (1, 3)


def test_an_ended_agreement_stops_on_its_day_and_keeps_its_past(registry: Registry) -> None:
    put(registry, 1)
    put(registry, 2, effective_to="2015-04-01")
    assert "ccg-02A" not in leads_missing(registry, "2015-03-31")
    assert "ccg-02A" in leads_missing(registry, "2015-04-01")


def test_every_unknown_code_is_named_and_nothing_is_written(registry: Registry) -> None:
    wrong = [
        LEAD | {"place": "nowhere"},
        SUPPORT | {"organisation": "ods:ZZZ", "stage": "magic", "pathway": "toe", "on_behalf_of": ["ods:Q46"]},
    ]
    answer = put(registry, responsibilities=wrong)
    assert answer.status_code == 422
    assert [(one["pointer"], one["type"]) for one in answer.json()["errors"]] == [
        ("/responsibilities/0/place", "unknown-place"),
        ("/responsibilities/1/organisation", "unknown-organisation"),
        ("/responsibilities/1/on_behalf_of/0", "not-a-legal-person"),
        ("/responsibilities/1/stage", "unknown-stage"),
        ("/responsibilities/1/pathway", "unknown-pathway"),
    ]
    assert registry.get("/v1/activations/agreement-1").status_code == 404


@pytest.mark.parametrize(
    ("sub", "roles"),
    [
        ("service:allocation", {"service:allocation": ["activator"]}),
        ("service:agreements", {"service:agreements": ["reader"]}),
        ("user-1", {"ods:02A": ["commissioner", "activator", "chief-officer"]}),
        ("user-1", {"service:agreements": ["activator"]}),
    ],
)
def test_nobody_but_the_agreements_service_activates(registry: Registry, sub: str, roles: dict[str, list[str]]) -> None:
    body = {"sequence": 1, "digest": "a" * 64, "basis": "x", "effective_from": "2014-04-01", "responsibilities": []}
    headers = registry.signing.bearer(sub, roles, "registry")
    assert registry.http.put("/v1/activations/agreement-1", json=body, headers=headers).status_code == 403
    assert registry.http.put("/v1/activations/agreement-1", json=body).status_code == 401


def test_what_an_agreement_said_is_not_decided_by_hand(registry: Registry) -> None:
    claim = put(registry).json()["claims"][0]
    headers = registry.as_body("ods:02A") | {"If-Match": '"1"'}
    answer = registry.http.post(f"/v1/claims/{claim['id']}/dispute", json={"reason": "no"}, headers=headers)
    assert answer.status_code == 409
    assert "agreement-1" in answer.json()["detail"]
