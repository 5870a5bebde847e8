"""A network maps out its area in one go: whose word it is, how far mandates reach, all or nothing."""

from typing import Any

import httpx

from services.registry.tests.conftest import Registry
from services.registry.tests.test_claims_over_http import IMAGING, say

AREA_TEAM = "ods:Q46"
CLAIM = {name: value for name, value in IMAGING.items() if name != "reason"} | {"status": "confirmed"}


def bulk(registry: Registry, body: str = AREA_TEAM, role: str = "network-lead", **sent: Any) -> httpx.Response:
    headers = registry.as_body(body, role)
    return registry.http.post("/v1/claims/bulk", json={"reason": "the map of April"} | sent, headers=headers)


def lend(registry: Registry, body: str, *actions: str, **limits: Any) -> dict[str, Any]:
    grant = {"holder": AREA_TEAM, "actions": list(actions), "valid_from": "2013-04-01", **limits}
    answer = registry.http.post("/v1/mandates", json=grant, headers=registry.as_body(body, "chief-officer"))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def known(registry: Registry) -> list[tuple[str, str, str]]:
    items = registry.get("/v1/claims", stage=["imaging", "gp"], limit=1000).json()["items"]
    return sorted((one["place"], one["status"], one["asserted_by"]) for one in items)


def test_a_network_says_in_a_bodys_name_what_it_lets_it_and_else_assumes(registry: Registry) -> None:
    mandate = lend(registry, "ods:02A", "claims.assert", "claims.confirm", pathways=["lung"])
    lend(registry, "ods:01Y", "claims.assert")
    entries = [
        CLAIM,
        CLAIM | {"organisation": "ods:01Y", "place": "ccg-01Y"},
        CLAIM | {"pathway": "breast"},
        CLAIM | {"organisation": "gss:P", "place": "la-P", "status": "stated"},
        CLAIM | {"organisation": "ods:X24", "stage": "gp", "place": "la-P"},
    ]
    looked = bulk(registry, claims=entries, dry_run=True).json()
    assert known(registry) == [], "a dry run records nothing"
    done = bulk(registry, claims=entries).json()
    told = [(one["status"], one["asserted_by"], one["mandate"]) for one in done["claims"]]
    assert [one[:2] for one in told] == [
        ("confirmed", "ods:02A"),
        ("stated", "ods:01Y"),
        ("assumed", "ods:X24"),
        ("assumed", "ods:X24"),
        ("confirmed", "ods:X24"),
    ]
    assert told[0][2] == mandate["id"]
    assert "to say, not to confirm" in done["claims"][1]["words"]
    assert "no mandate" in done["claims"][2]["words"]
    assert done["assumed"] == looked["assumed"] == 2
    assert [(one["status"], one["words"]) for one in looked["claims"]] == [
        (one["status"], one["words"]) for one in done["claims"]
    ]
    assert known(registry) == [
        ("ccg-01Y", "stated", "ods:01Y"),
        ("ccg-02A", "assumed", "ods:X24"),
        ("ccg-02A", "confirmed", "ods:02A"),
        ("la-P", "assumed", "ods:X24"),
        ("la-P", "confirmed", "ods:X24"),
    ]


def test_a_network_confirms_what_bodies_let_it_confirm(registry: Registry) -> None:
    one = say(registry).json()
    other = say(registry, "ods:01Y", organisation="ods:01Y", place="ccg-01Y").json()
    wanted = [{"claim": each["id"], "version": 1} for each in (one, other)]
    refused = bulk(registry, confirmations=wanted, on="2014-01-15")
    assert [(fault["pointer"], fault["type"]) for fault in refused.json()["errors"]] == [
        ("/confirmations/0/claim", "not-concerned"),
        ("/confirmations/1/claim", "not-concerned"),
    ]
    lend(registry, "ods:02A", "claims.confirm")
    mandate = lend(registry, "ods:01Y", "claims.confirm")
    done = bulk(registry, confirmations=wanted, on="2014-01-15")
    assert done.status_code == 200, done.text
    history = registry.get(f"/v1/claims/{other['id']}").json()["versions"][-1]
    assert (history["status"], history["confirmed_by"]) == ("confirmed", "ods:01Y")
    headers = registry.as_body("ods:01Y", "chief-officer") | {"If-Match": '"1"'}
    end = {"reason": "over", "on": "2014-01-01"}
    registry.http.post(f"/v1/mandates/{mandate['id']}/end", json=end, headers=headers)
    again = bulk(registry, confirmations=[{"claim": other["id"], "version": 2}], on="2014-01-15")
    assert again.status_code == 422, "a mandate taken back counts no more"


def test_every_fault_is_named_and_nothing_is_recorded(registry: Registry) -> None:
    held = say(registry).json()
    answer = bulk(
        registry,
        claims=[
            CLAIM | {"organisation": "ods:X24", "stage": "gp"},
            CLAIM | {"stage": "toe", "organisation": "ods:ZZZ"},
            CLAIM | {"place": "la-Q", "organisation": "gss:Q"},
            CLAIM | {"organisation": "ods:X24", "stage": "gp"},
            CLAIM | {"role": "funds", "organisation": "ods:0AJ", "status": "assumed"},
        ],
        confirmations=[
            {"claim": held["id"], "version": 7},
            {"claim": "nobody", "version": 1},
            {"claim": held["id"], "version": 7},
        ],
    )
    assert answer.status_code == 422
    assert sorted((one["pointer"], one["type"]) for one in answer.json()["errors"]) == [
        ("/claims/1/organisation", "unknown-organisation"),
        ("/claims/1/stage", "unknown-stage"),
        ("/claims/2/place", "outside-the-area"),
        ("/claims/3", "conflict"),
        ("/claims/4/organisation", "refused"),
        ("/confirmations/0/version", "stale"),
        ("/confirmations/1/claim", "unknown-claim"),
        ("/confirmations/2/claim", "twice"),
    ]
    assert known(registry) == [("ccg-02A", "stated", "ods:02A")]
    assert bulk(registry).json()["errors"][0]["type"] == "empty"


def test_a_body_sends_its_own_list_by_the_same_rules_as_one_by_one(registry: Registry) -> None:
    mine = [CLAIM, CLAIM | {"stage": "support"}]
    assert bulk(registry, "ods:02A", "commissioner", claims=mine).json()["assumed"] == 0
    theirs = bulk(registry, "ods:02A", "commissioner", claims=[CLAIM | {"organisation": "gss:P"}])
    assert theirs.json()["errors"][0]["pointer"] == "/claims/0/status"
    assert bulk(registry, "ods:02A", "reader", claims=mine).status_code == 403
    changes = registry.http.get("/v1/changes", params={"limit": 1000}).json()["items"]
    assert sum(one["action"] == "claims.bulk" for one in changes) == 1, "one transaction"


def test_a_recorded_claim_is_touched_once_and_what_can_be_planned_can_be_recorded(registry: Registry) -> None:
    held = say(registry).json()
    other = say(registry, function="planning").json()
    later = CLAIM | {"valid_from": "2014-04-01"}
    clash = bulk(
        registry,
        "ods:02A",
        "commissioner",
        claims=[
            later | {"succeeds": held["id"]},
            later | {"succeeds": held["id"], "function": "delivery"},
            later | {"succeeds": other["id"]},
        ],
        confirmations=[{"claim": held["id"], "version": 1}],
        dry_run=True,
    )
    assert {(one["pointer"], one["type"]) for one in clash.json()["errors"]} == {
        ("/claims/1/succeeds", "twice"),
        ("/claims/2", "conflict"),
        ("/confirmations/0/claim", "twice"),
    }
    good = [later | {"succeeds": held["id"]}, later | {"succeeds": other["id"], "function": "planning"}]
    assert bulk(registry, "ods:02A", "commissioner", claims=good, dry_run=True).status_code == 200
    assert bulk(registry, "ods:02A", "commissioner", claims=good).status_code == 200
    assert [one["valid_to"] for one in registry.get(f"/v1/claims/{held['id']}").json()["versions"]][-1] == "2014-04-01"


def test_a_network_ends_by_succeeding_only_what_its_mandate_reaches(registry: Registry) -> None:
    breast = say(registry, pathway="breast").json()
    lend(registry, "ods:02A", "claims.assert", pathways=["lung"])
    later = CLAIM | {"status": "stated", "valid_from": "2014-04-01"}
    refused = bulk(registry, claims=[later | {"succeeds": breast["id"]}])
    assert [(one["pointer"], one["type"]) for one in refused.json()["errors"]] == [
        ("/claims/0/succeeds", "not-allowed")
    ]
    lung = say(registry).json()
    assert bulk(registry, claims=[later | {"succeeds": lung["id"]}]).status_code == 200
