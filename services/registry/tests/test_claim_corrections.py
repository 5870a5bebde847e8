"""What becomes of a claim later: corrected, taken back, paid for meanwhile, succeeded; how far a mandate reaches."""

from typing import Any

import httpx

from services.registry.tests.conftest import Registry
from services.registry.tests.test_claims_over_http import IMAGING, decide, say


def sent(registry: Registry, claim: dict[str, Any], action: str, body: str, **given: Any) -> httpx.Response:
    headers = registry.as_body(body) | {"If-Match": f'"{claim["version"]}"'}
    return registry.http.post(f"/v1/claims/{claim['id']}/{action}", json=given, headers=headers)


def correct(registry: Registry, claim: dict[str, Any], body: str = "ods:02A", **given: Any) -> httpx.Response:
    return sent(registry, claim, "correct", body, **(IMAGING | {"reason": "misread"} | given))


def ids(registry: Registry, **params: Any) -> list[str]:
    return [one["id"] for one in registry.get("/v1/claims", stage="imaging", **params).json()["items"]]


def test_a_correction_is_a_new_version_and_what_was_believed_stays_readable(registry: Registry) -> None:
    claim = say(registry).json()
    confirmed = decide(registry, claim, "confirm", "ods:02A").json()
    meant = correct(registry, confirmed, valid_from="2013-10-01", quotation="from October").json()
    assert (meant["id"], meant["version"], meant["valid_from"]) == (claim["id"], 3, "2013-10-01")
    assert meant["status"] == "stated", "it says something else: confirmation is to be given anew"
    believed = registry.get("/v1/claims", as_of="2013-05-01", known_at=confirmed["recorded_from"], place="ccg-02A")
    assert [one["status"] for one in believed.json()["items"]] == ["confirmed"]
    assert ids(registry, as_of="2013-05-01") == []
    assert ids(registry, as_of="2013-10-01") == [claim["id"]]


def test_a_correction_of_the_evidence_leaves_what_others_decided(registry: Registry) -> None:
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    disputed = decide(registry, claim, "dispute", "ods:X24").json()
    meant = correct(registry, disputed, "gss:P", organisation="gss:P", stage="gp", quotation="page 4").json()
    assert (meant["status"], meant["disputed_by"], meant["quotation"]) == ("disputed", "ods:X24", "page 4")
    other = correct(registry, meant, "gss:P", organisation="gss:P", stage="gp", pathway="breast").json()
    assert (other["status"], other["disputed_by"]) == ("stated", None)


def test_only_who_said_it_corrects_or_withdraws_it(registry: Registry) -> None:
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    assert correct(registry, claim, "ods:X24", organisation="ods:X24", stage="gp").status_code == 403
    refused = sent(registry, claim, "withdraw", "ods:X24", reason="no")
    assert (refused.status_code, refused.json()["roles_needed"]) == (403, ["gss:P"])
    national = registry.get("/v1/claims/n-surgery").json()["versions"][0]
    assert sent(registry, national, "withdraw", "ods:X24", reason="no").status_code == 403


def test_to_withdraw_is_not_to_end(registry: Registry) -> None:
    claim = say(registry).json()
    answer = sent(registry, claim, "withdraw", "ods:02A", reason="wrong place")
    assert answer.status_code == 200
    assert ids(registry, as_of="2013-05-01") == [], "it is as if never said, in the past too"
    then = registry.get("/v1/claims", as_of="2013-05-01", stage="imaging", known_at=claim["recorded_from"])
    assert [one["id"] for one in then.json()["items"]] == [claim["id"]]
    history = registry.get(f"/v1/claims/{claim['id']}").json()
    assert history["withdrawn_at"] == history["versions"][-1]["recorded_to"]
    before = registry.get(f"/v1/claims/{claim['id']}", known_at=claim["recorded_from"]).json()
    assert before["withdrawn_at"] is None
    gone = decide(registry, claim, "confirm", "ods:02A")
    assert (gone.status_code, gone.json()["type"]) == (409, "urn:concord:problem:claim-ended")
    assert say(registry).status_code == 201, "it may be said again"


def test_a_claim_and_its_successor_neither_overlap_nor_leave_a_hole(registry: Registry) -> None:
    earlier = say(registry).json()
    later = say(registry, succeeds=earlier["id"], valid_from="2014-04-01").json()

    def held() -> dict[str, str]:
        days = ("2014-03-01", "2014-03-31", "2014-04-01", "2014-06-01")
        found = {day: ids(registry, as_of=day) for day in days}
        assert all(len(one) == 1 for one in found.values()), found
        return {day: one[0] for day, one in found.items()}

    moved = correct(registry, later, valid_from="2014-03-01").json()
    assert set(held().values()) == {later["id"]}
    moved = correct(registry, moved, valid_from="2014-06-01").json()
    assert held() == dict.fromkeys(("2014-03-01", "2014-03-31", "2014-04-01"), earlier["id"]) | {
        "2014-06-01": later["id"]
    }
    before = registry.get(f"/v1/claims/{earlier['id']}").json()["versions"][-1]
    hole = decide(registry, before, "end", "ods:02A", on="2014-02-01")
    assert (hole.status_code, hole.json()["errors"][0]["pointer"]) == (422, "/on")
    hole = correct(registry, before, valid_to="2014-02-01")
    assert (hole.status_code, hole.json()["errors"][0]["pointer"]) == (422, "/valid_to")
    early = correct(registry, moved, valid_from="2013-04-01")
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/valid_from")
    assert sent(registry, before, "withdraw", "ods:02A", reason="x").status_code == 409
    assert sent(registry, moved, "withdraw", "ods:02A", reason="it never changed").status_code == 200
    assert set(held().values()) == {earlier["id"]}, "what it had ended holds on"


def test_who_pays_while_it_is_disputed_is_on_the_map_and_in_the_finding(registry: Registry) -> None:
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    pays = {"reason": "nobody waits", "on": "2014-01-15"}
    early = sent(registry, claim, "pay-meanwhile", "gss:P", **pays)
    assert (early.status_code, early.json()["type"]) == (409, "urn:concord:problem:conflict")
    disputed = decide(registry, claim, "dispute", "ods:X24").json()
    (found,) = [one for one in registry.findings("disputed", "ccg-02A") if one["stage"] == "gp"]
    assert (found["severity"], found["interim_payers"]) == ("high", [])
    assert sent(registry, disputed, "pay-meanwhile", "ods:01Y", **pays).status_code == 403
    paying = sent(registry, disputed, "pay-meanwhile", "gss:P", **pays).json()
    assert (paying["interim_payer"]["id"], paying["interim_since"]) == ("gss:P", "2014-01-15")
    second = sent(registry, paying, "pay-meanwhile", "ods:X24", **pays)
    assert second.status_code == 409
    (found,) = [one for one in registry.findings("disputed", "ccg-02A") if one["stage"] == "gp"]
    assert (found["severity"], [one["id"] for one in found["interim_payers"]]) == ("medium", ["gss:P"])
    assert "P Council pays meanwhile, without prejudice" in found["words"]
    stages = registry.get("/v1/coverage", pathway="lung", place="ccg-02A").json()["stages"]
    (cell,) = [one for one in stages if one["stage"] == "gp"]
    assert "P Council pays meanwhile, without prejudice" in cell["local_position"]
    confirmed = decide(registry, paying, "confirm", "ods:X24").json()
    assert confirmed["interim_payer"] is None


def test_to_dispute_and_pay_meanwhile_is_one_step(registry: Registry) -> None:
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    disputed = decide(registry, claim, "dispute", "ods:X24", pays_meanwhile=True).json()
    assert disputed["interim_payer"]["id"] == "ods:X24"
    stopped = sent(registry, disputed, "pay-meanwhile", "ods:X24", reason="over", on="2014-01-15", pays=False).json()
    assert stopped["interim_payer"] is None


def test_a_support_unit_is_given_no_responsibility(registry: Registry) -> None:
    for role in ("commissions", "accountable", "funds"):
        refused = say(registry, organisation="ods:0AJ", role=role, status="assumed")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/organisation")

    def commissioners() -> list[Any]:
        stages = registry.get("/v1/coverage", pathway="lung", place="ccg-02A").json()["stages"]
        return [(one["stage"], one["statutory"] and one["statutory"]["commissioners"]) for one in stages]

    before, gaps = commissioners(), registry.findings("gap", "ccg-02A")
    headers = registry.as_body("ods:0AJ", acting_for="ods:02A")
    supports = IMAGING | {"organisation": "ods:0AJ", "role": "supports", "status": "assumed"}
    assert registry.http.post("/v1/claims", json=supports, headers=headers).status_code == 201
    assert (commissioners(), registry.findings("gap", "ccg-02A")) == (before, gaps)


def test_a_mandate_reaches_as_far_as_it_says_and_no_longer_than_it_holds(registry: Registry) -> None:
    def granted(**limits: Any) -> dict[str, Any]:
        grant = {"holder": "ods:0AJ", "actions": ["claims.assert"], "valid_from": "2013-04-01", **limits}
        answer = registry.http.post("/v1/mandates", json=grant, headers=registry.as_body("ods:01Y", "chief-officer"))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def csu_says(**given: Any) -> httpx.Response:
        headers = registry.as_body("ods:0AJ", acting_for="ods:01Y")
        claim = IMAGING | {"organisation": "ods:01Y", "place": "ccg-01Y"} | given
        return registry.http.post("/v1/claims", json=claim, headers=headers)

    lung = granted(pathways=["lung"], stages=["imaging"], places=["ccg-01Y"])
    granted(pathways=["breast"], stages=["prevention"])
    for outside in (
        {"stage": "support"},
        {"pathway": "*"},
        {"pathway": "breast"},
        {"place": "gm", "status": "assumed"},
    ):
        refused = csu_says(**outside)
        assert refused.status_code == 403, outside
        assert "pathways lung; stages imaging; places ccg-01Y" in refused.json()["detail"]
    assert csu_says(place="ccg-01Y~la-Q").status_code == 201, "what lies in the place is within it"
    assert csu_says().status_code == 201
    end = {"reason": "over", "on": "2014-01-01"}
    headers = registry.as_body("ods:01Y", "chief-officer") | {"If-Match": '"1"'}
    registry.http.post(f"/v1/mandates/{lung['id']}/end", json=end, headers=headers)
    assert csu_says(function="planning").status_code == 403


def test_a_mandates_limits_are_known_and_of_claims_alone(registry: Registry) -> None:
    def refused(**given: Any) -> list[str]:
        grant = {"holder": "ods:0AJ", "actions": ["claims.assert"], "valid_from": "2013-04-01", **given}
        answer = registry.http.post("/v1/mandates", json=grant, headers=registry.as_body("ods:01Y", "chief-officer"))
        assert answer.status_code == 422
        return [one["pointer"] for one in answer.json()["errors"]]

    assert refused(pathways=["x"], stages=["imaging", "y"], places=["z"]) == ["/pathways/0", "/stages/1", "/places/0"]
    assert refused(actions=["claims.assert", "imports.create"], pathways=["lung"]) == ["/pathways"]


def test_what_a_mandate_does_not_reach_does_not_end_by_being_succeeded(registry: Registry) -> None:
    breast = say(registry, "ods:01Y", organisation="ods:01Y", place="ccg-01Y", pathway="breast", function="planning")
    lung = say(registry, "ods:01Y", organisation="ods:01Y", place="ccg-01Y", function="planning")
    grant = {"holder": "ods:0AJ", "actions": ["claims.*"], "valid_from": "2013-04-01", "pathways": ["lung"]}
    registry.http.post("/v1/mandates", json=grant, headers=registry.as_body("ods:01Y", "chief-officer"))

    def csu_says(succeeds: str) -> httpx.Response:
        claim = {"organisation": "ods:01Y", "place": "ccg-01Y", "valid_from": "2014-04-01", "succeeds": succeeds}
        return registry.http.post(
            "/v1/claims", json=IMAGING | claim, headers=registry.as_body("ods:0AJ", acting_for="ods:01Y")
        )

    assert csu_says(breast.json()["id"]).status_code == 403
    assert len(registry.get(f"/v1/claims/{breast.json()['id']}").json()["versions"]) == 1
    assert csu_says(lung.json()["id"]).status_code == 201


def test_a_claim_follows_one_of_its_own_stage_and_place(registry: Registry) -> None:
    earlier = say(registry, valid_from="2013-10-01").json()
    for other in ({"stage": "support"}, {"place": "gm", "status": "assumed"}):
        refused = say(registry, succeeds=earlier["id"], valid_from="2014-04-01", **other)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/succeeds"), other
    early = say(registry, succeeds=earlier["id"], valid_from="2013-05-01")
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/succeeds"), "it has not begun"


def test_who_pays_meanwhile_is_not_replaced_by_another_dispute(registry: Registry) -> None:
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    paying = decide(registry, claim, "dispute", "ods:X24", pays_meanwhile=True).json()
    refused = decide(registry, paying, "dispute", "gss:P", pays_meanwhile=True)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/pays_meanwhile")
    also = decide(registry, paying, "dispute", "gss:P").json()
    assert (also["disputed_by"], also["interim_payer"]["id"]) == ("gss:P", "ods:X24"), "the payment goes on"


def test_no_two_claims_displace_each_other(registry: Registry) -> None:
    first = say(registry).json()
    second = say(registry, function="planning", displaces=first["id"]).json()
    third = say(registry, function="delivery", displaces=second["id"]).json()
    for back in (first, second, third):
        refused = correct(registry, first, displaces=back["id"])
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/displaces"), back
    assert correct(registry, third, function="delivery", displaces=first["id"]).status_code == 200
