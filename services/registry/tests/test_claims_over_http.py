"""Claims over HTTP: who may say, confirm, dispute and end what, on which version."""

from typing import Any

import httpx
import pytest

from services.registry.tests.conftest import Registry

IMAGING: dict[str, Any] = {
    "role": "commissions",
    "organisation": "ods:02A",
    "stage": "imaging",
    "pathway": "lung",
    "place": "ccg-02A",
    "valid_from": "2013-04-01",
    "reason": "minute 12",
}


def say(registry: Registry, body: str = "ods:02A", **given: Any) -> httpx.Response:
    return registry.http.post("/v1/claims", json=IMAGING | given, headers=registry.as_body(body))


def decide(registry: Registry, claim: dict[str, Any], decision: str, body: str, **given: Any) -> httpx.Response:
    headers = registry.as_body(body) | {"If-Match": f'"{claim["version"]}"'}
    return registry.http.post(
        f"/v1/claims/{claim['id']}/{decision}", json={"reason": "because", "on": "2014-01-15"} | given, headers=headers
    )


def test_a_claim_is_said_read_and_closes_its_gap(registry: Registry) -> None:
    assert [one["stage"] for one in registry.findings("gap", "ccg-02A") if one["stage"] == "imaging"] == ["imaging"]
    answer = say(registry)
    assert answer.status_code == 201
    claim = answer.json()
    assert answer.headers["location"] == f"/v1/claims/{claim['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (claim["asserted_by"], claim["organisation"]["name"], claim["status"]) == (
        "ods:02A",
        "NHS Trafford CCG",
        "stated",
    )
    assert not [one for one in registry.findings("gap", "ccg-02A") if one["stage"] == "imaging"]
    history = registry.http.get(answer.headers["location"])
    assert history.headers["etag"] == '"1"'
    assert [one["version"] for one in history.json()["versions"]] == [1]


def test_the_whole_life_of_a_claim_stays_readable(registry: Registry) -> None:
    claim = say(registry).json()
    confirmed = decide(registry, claim, "confirm", "ods:02A", review_by="2015-01-15").json()
    assert (confirmed["status"], confirmed["confirmed_by"], confirmed["confirmed_on"]) == (
        "confirmed", "ods:02A", "2014-01-15",
    )  # fmt: skip
    disputed = decide(registry, confirmed, "dispute", "ods:02A").json()
    ended = decide(registry, disputed, "end", "ods:02A", on="2014-04-01").json()
    assert (ended["version"], ended["valid_to"]) == (4, "2014-04-01")
    history = registry.get(f"/v1/claims/{claim['id']}", as_of="2014-03-31").json()["versions"]
    assert [one["status"] for one in history] == ["stated", "confirmed", "disputed", "disputed"]
    assert [one["recorded_to"] for one in history[:3]] == [one["recorded_from"] for one in history[1:]]
    assert history[3]["recorded_to"].startswith("9999")
    later = registry.get(f"/v1/claims/{claim['id']}", as_of="2014-04-01").json()["versions"]
    assert later[-1]["status"] == "ended"
    then = registry.get(f"/v1/claims/{claim['id']}", known_at=confirmed["recorded_from"]).json()["versions"]
    assert [one["version"] for one in then] == [1, 2]
    assert then[-1]["recorded_to"].startswith("9999")
    listed = registry.get("/v1/claims", organisation="ods:02A", as_of="2014-04-01").json()["items"]
    assert listed == []


def test_a_claim_that_succeeds_another_ends_it_on_its_first_day(registry: Registry) -> None:
    earlier = say(registry).json()
    later = say(registry, organisation="ods:02A", succeeds=earlier["id"], valid_from="2014-04-01").json()
    assert later["succeeds"] == earlier["id"]
    before = registry.get("/v1/claims", organisation="ods:02A", as_of="2014-03-31").json()["items"]
    after = registry.get("/v1/claims", organisation="ods:02A", as_of="2014-04-01").json()["items"]
    assert ([one["id"] for one in before], [one["id"] for one in after]) == ([earlier["id"]], [later["id"]])


def test_an_outsider_cannot_end_a_claim_by_succeeding_it(registry: Registry) -> None:
    earlier = say(registry).json()
    answer = say(
        registry, "gss:Q", organisation="gss:Q", status="assumed", succeeds=earlier["id"], valid_from="2014-04-01"
    )
    assert answer.status_code == 403
    assert registry.get("/v1/claims", organisation="gss:Q").json()["items"] == []


def test_a_body_states_its_own_and_assumes_anothers(registry: Registry) -> None:
    refused = say(registry, "ods:02A", organisation="gss:P")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/status"
    assert say(registry, "ods:02A", organisation="gss:P", status="assumed").status_code == 201
    assert say(registry, "gss:P", organisation="ods:02A", status="assumed").status_code == 201
    (found,) = registry.findings("assumed-elsewhere", "ccg-02A")
    assert found["stage"] == "imaging"


DECISIONS = [
    # decision, body, allowed: the claim is Trafford's of itself, in its own place
    ("confirm", "ods:02A", True),
    ("confirm", "gss:P", False),
    ("dispute", "ods:02A", True),
    ("dispute", "ods:01Y", False),
    ("end", "ods:02A", True),
    ("end", "gss:Q", False),
]


@pytest.mark.parametrize(("decision", "body", "allowed"), DECISIONS)
def test_only_a_body_concerned_decides(registry: Registry, decision: str, body: str, allowed: bool) -> None:
    claim = say(registry).json()
    answer = decide(registry, claim, decision, body)
    assert answer.status_code == (200 if allowed else 403), answer.text
    if not allowed:
        assert answer.json()["roles_needed"] == ["ods:02A"]


def test_the_asserter_withdraws_its_word_but_cannot_confirm_it(registry: Registry) -> None:
    belief = say(registry, "ods:02A", organisation="gss:P", status="assumed", place="ccg-01Y").json()
    assert decide(registry, belief, "confirm", "ods:02A").status_code == 403
    assert decide(registry, belief, "end", "ods:02A").status_code == 200


def test_the_statutory_commissioner_and_the_named_office_have_a_say(registry: Registry) -> None:
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    assert decide(registry, claim, "dispute", "ods:X24").status_code == 200
    national = registry.get("/v1/claims/n-surgery").json()["versions"][0]
    assert decide(registry, national, "confirm", "ods:Q46").json()["confirmed_by"] == "ods:X24"


def test_a_national_expression_is_nobodys_to_confirm(registry: Registry) -> None:
    national = registry.get("/v1/claims/n-prevention").json()["versions"][0]
    answer = decide(registry, national, "confirm", "gss:P")
    assert answer.status_code == 403
    assert "state your own position" in answer.json()["detail"]


def test_a_support_body_acts_for_its_ccg_and_for_no_other(registry: Registry) -> None:
    claim = registry.http.post(
        "/v1/claims", json=IMAGING, headers=registry.as_body("ods:0AJ", acting_for="ods:02A")
    ).json()
    assert claim["asserted_by"] == "ods:02A"
    headers = registry.as_body("ods:0AJ", acting_for="ods:01Y")
    refused = registry.http.post("/v1/claims", json=IMAGING | {"organisation": "ods:01Y"}, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:concord:problem:not-allowed")


def test_a_mandate_is_granted_used_and_taken_back(registry: Registry) -> None:
    def csu_says() -> int:
        headers = registry.as_body("ods:0AJ", acting_for="ods:01Y")
        claim = IMAGING | {"organisation": "ods:01Y", "place": "ccg-01Y"}
        return registry.http.post("/v1/claims", json=claim, headers=headers).status_code

    grant = {"holder": "ods:0AJ", "actions": ["claims.*"], "valid_from": "2013-04-01", "reason": "board"}
    assert registry.http.post("/v1/mandates", json=grant, headers=registry.as_body("ods:01Y")).status_code == 403
    granted = registry.http.post("/v1/mandates", json=grant, headers=registry.as_body("ods:01Y", "chief-officer"))
    assert granted.status_code == 201
    assert csu_says() == 201
    mandate = granted.json()
    listed = registry.get("/v1/mandates", holder="ods:0AJ", body="ods:01Y").json()["items"]
    assert [(one["id"], one["actions"]) for one in listed] == [(mandate["id"], ["claims.*"])]
    end = {"reason": "contract over", "on": "2014-01-01"}
    ended = registry.http.post(
        f"/v1/mandates/{mandate['id']}/end",
        json=end,
        headers=registry.as_body("ods:01Y", "chief-officer") | {"If-Match": '"1"'},
    )
    assert (ended.status_code, ended.json()["valid_to"]) == (200, "2014-01-01")
    assert csu_says() == 403
    assert registry.get("/v1/mandates", holder="ods:0AJ", body="ods:01Y", as_of="2013-12-31").json()["items"] != []


def test_an_action_is_not_lent_twice_at_one_time(registry: Registry) -> None:
    def granted(**given: Any) -> httpx.Response:
        grant = {"holder": "ods:0AJ", "actions": ["claims.*"], "valid_from": "2013-04-01", "valid_to": "2014-04-01"}
        headers = registry.as_body("ods:01Y", "chief-officer")
        return registry.http.post("/v1/mandates", json=grant | given, headers=headers)

    first = granted()
    again = granted(actions=["scenarios.*", "claims.*"], valid_from="2014-03-31", valid_to="2015-04-01")
    assert (again.status_code, again.json()["mandate"]) == (409, first.json()["id"])
    assert granted(actions=["scenarios.*"]).status_code == 201
    assert granted(valid_from="2014-04-01", valid_to="2015-04-01").status_code == 201


def test_a_mandate_that_has_not_begun_ends_on_its_first_day_and_is_held_by_nobody(registry: Registry) -> None:
    headers = registry.as_body("ods:01Y", "chief-officer")
    grant = {"holder": "ods:0AJ", "actions": ["claims.*"], "valid_from": "2099-04-01"}
    mandate = registry.http.post("/v1/mandates", json=grant, headers=headers).json()
    claim = say(registry, valid_from="2099-04-01").json()

    def held() -> set[str]:
        found = registry.get("/v1/organisations/ods:0AJ/holdings").json()["items"]
        found += registry.get("/v1/organisations/ods:02A/holdings").json()["items"]
        return {one["id"] for one in found} & {mandate["id"], claim["id"]}

    assert held() == {mandate["id"], claim["id"]}
    headers = registry.as_body("ods:01Y", "chief-officer") | {"If-Match": '"1"'}
    ended = registry.http.post(f"/v1/mandates/{mandate['id']}/end", json={"reason": "not needed"}, headers=headers)
    assert (ended.status_code, ended.json()["valid_to"]) == (200, "2099-04-01")
    assert decide(registry, claim, "end", "ods:02A", on="2099-04-01").status_code == 200
    assert held() == set()


def test_another_bodys_mandate_cannot_be_ended(registry: Registry) -> None:
    (mandate,) = registry.get("/v1/mandates", body="ods:02A").json()["items"]
    headers = registry.as_body("ods:01Y", "chief-officer") | {"If-Match": '"1"'}
    answer = registry.http.post(f"/v1/mandates/{mandate['id']}/end", json={"reason": "x"}, headers=headers)
    assert answer.status_code == 404


@pytest.mark.parametrize(("tag", "status"), [(None, 428), ('"2"', 412), ('W/"1"', 412), ("*", 428)])
def test_a_decision_names_the_version_it_was_made_on(registry: Registry, tag: str | None, status: int) -> None:
    claim = say(registry).json()
    headers = registry.as_body("ods:02A") | ({"If-Match": tag} if tag else {})
    answer = registry.http.post(f"/v1/claims/{claim['id']}/confirm", json={"reason": "x"}, headers=headers)
    assert answer.status_code == status


def test_a_repeated_request_has_one_effect(registry: Registry) -> None:
    headers = registry.as_body("ods:02A", key="once")
    first = registry.http.post("/v1/claims", json=IMAGING, headers=headers)
    again = registry.http.post("/v1/claims", json=IMAGING, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(registry.get("/v1/claims", organisation="ods:02A").json()["items"]) == 1


def test_nothing_is_confirmed_in_the_future(registry: Registry) -> None:
    claim = say(registry).json()
    answer = decide(registry, claim, "confirm", "ods:02A", on="2999-01-01")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/on"
    assert decide(registry, claim, "end", "ods:02A", on="2999-01-01").status_code == 200


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({"organisation": "ods:ZZZ", "stage": "x", "pathway": "y", "place": "z"},
         ["/organisation", "/stage", "/pathway", "/place"]),
        ({"displaces": "nothing", "succeeds": "nobody"}, ["/displaces", "/succeeds"]),
        ({"on_behalf_of": ["ods:02A", "ods:ZZZ"]}, ["/on_behalf_of/1"]),
    ],
)  # fmt: skip
def test_every_unknown_code_is_named(registry: Registry, given: dict[str, Any], pointers: list[str]) -> None:
    answer = say(registry, **given)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:concord:problem:unknown-code"
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"organisation": "ods:OLD"}, "/organisation"),
        ({"stated_on": "2999-01-01"}, "/stated_on"),
        ({"function": "nope"}, "/function"),
        ({"review_by": "2013-04-01"}, "/review_by"),
        ({"status": "confirmed", "organisation": None}, "/organisation"),
        ({"place": "england"}, "/place"),
    ],
)
def test_what_is_known_and_still_wrong_is_an_invalid_request(
    registry: Registry, given: dict[str, Any], pointer: str
) -> None:
    answer = say(registry, **given)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:concord:problem:invalid-request")
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_the_same_is_not_said_twice_of_the_same_days(registry: Registry) -> None:
    first = say(registry).json()
    again = say(registry, valid_from="2013-10-01", quotation="once more")
    assert (again.status_code, again.json()["claim"]) == (409, first["id"])
    assert say(registry, function="planning").status_code == 201
    assert say(registry, pathway="breast").status_code == 201
    assert say(registry, succeeds=first["id"], valid_from="2014-04-01").status_code == 201


def test_an_ended_claim_is_history(registry: Registry) -> None:
    claim = say(registry).json()
    ended = decide(registry, claim, "end", "ods:02A", on="2014-01-10").json()
    answer = decide(registry, ended, "confirm", "ods:02A", on="2014-01-10")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:concord:problem:claim-ended")
    assert decide(registry, ended, "confirm", "ods:02A", on="2014-01-09").status_code == 200


def test_only_what_can_be_lent_is_lent_and_only_by_bodies_in_being(registry: Registry) -> None:
    def granted(**given: Any) -> httpx.Response:
        grant = {"holder": "ods:0AJ", "actions": ["claims.*"], "valid_from": "2013-04-01"}
        return registry.http.post(
            "/v1/mandates", json=grant | given, headers=registry.as_body("ods:01Y", "chief-officer")
        )

    for actions in (["agreements.sign"], ["foo.bar"], ["*"], ["mandates.*"]):
        assert granted(actions=actions).json()["errors"][0]["pointer"] == "/actions/0"
    assert granted(valid_from="2013-03-31").json()["errors"][0]["pointer"] == "/valid_from"
