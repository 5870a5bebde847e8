"""The life of an agreement through the routes, on both databases, with a registry that comes and goes."""

from datetime import date

import pytest

from services.agreements.tests.acts import (
    approval,
    approve_all,
    concluded,
    draft_lead,
    draft_pool,
    ok,
    parties_of,
    read,
    refused,
    send,
    sent,
    sign,
    signature,
    wait_until,
)
from services.agreements.tests.conftest import Service, pool_draft
from services.agreements.tests.registry_double import limit
from services.agreements.tests.worlds import CENTRAL, MANCHESTER, NORTH, SALFORD, SOUTH, TRAFFORD, pool_document


def test_a_pool_from_draft_to_the_map(service_on_both: Service) -> None:
    service = service_on_both
    view = draft_pool(service)
    assert (view["state"], view["current"]["faults"]) == ("draft", [])
    assert view["current"]["whole_life_by_party_pence"][MANCHESTER] == 120_000_000
    assert view["current"]["checked_registry_seq"] == 17

    view = approve_all(service, view)
    assert (view["state"], view["current"]["awaiting_approval"]) == ("in-approval", [])
    view = send(service, view)
    assert view["state"] == "sent"
    view = sign(service, view, parties_of(view)[:-1])
    assert (view["state"], view["activation"]) == ("part-signed", "not-due")
    assert service.registry.told == []
    view = sign(service, view, parties_of(view)[-1:])
    assert view["current"]["awaiting_signature"] == []

    wait_until(lambda: read(service, view)["activation"] == "sent")
    ((agreement, told),) = service.registry.told
    assert agreement == view["id"]
    assert (told.effective_from.isoformat(), told.effective_to.isoformat()) == ("2014-04-01", "2016-04-01")
    assert {(item.stage, item.role.value) for item in told.responsibilities} == {
        ("prevention", "commissions"),
        ("awareness", "commissions"),
        ("care_coordination", "commissions"),
        ("diagnostic_imaging", "coordinates"),
    }
    states = {day: read(service, view, as_of=day)["state"] for day in ("2014-03-31", "2014-04-01", "2016-04-01")}
    assert states == {
        "2014-03-31": "signed-not-yet-in-force",
        "2014-04-01": "in-force",
        "2016-04-01": "ended",
    }


def test_regulation_5_is_named_and_stands_against_approval_and_sending(service: Service) -> None:
    document = pool_document()
    document["stages"].append({"stage": "bronchoscopy", "handling": "pooled", "places": ["ccg-00W"]})
    view = draft_pool(service, stages=document["stages"])
    (fault,) = view["current"]["faults"]
    assert fault["rule"] == "excluded-function"
    assert fault["citation"] == "regulation 5 of SI 2000/617"

    path = f"/agreements/{view['id']}"
    answer = service.at(MANCHESTER, "cabinet").post(f"{path}/approvals", approval(view, MANCHESTER))
    problem = refused(answer, 422, "not-lawful")
    assert "regulation 5 of SI 2000/617" in problem["detail"]
    assert problem["errors"][0]["pointer"] == "/stages/5/handling"
    assert "aligned" in problem["faults"][0]["instead"]
    answer = service.at(MANCHESTER, "commissioner").post(f"{path}/send", {"reason": "now"}, if_match=view["etag"])
    refused(answer, 422, "not-lawful")


def test_the_finance_officer_is_held_to_the_limit(service: Service) -> None:
    document = pool_document()
    document["contributions"][1]["amount_pence"] = 120_000_000
    view = draft_pool(service, contributions=document["contributions"])
    officer = service.at(NORTH, "chief-finance-officer")
    given = approval(view, NORTH, role="chief-finance-officer")
    problem = refused(officer.post(f"/agreements/{view['id']}/approvals", given), 422, "exceeds-authority")
    assert problem["detail"] == (
        "Whole-life GBP 2.4m exceeds the chief finance officer's limit of GBP 1m: needs a governing-body minute."
    )
    assert (problem["commitment_gbp"], problem["limit_gbp"]) == (2_400_000, 1_000_000)
    assert problem["needs"] == ["governing-body"]
    assert read(service, view)["current"]["approvals"] == []


def test_a_body_is_held_to_the_limits_it_publishes_on_the_day_and_to_those_loaded_while_the_registry_is_silent(
    service: Service,
) -> None:
    document = pool_document()
    document["contributions"][1]["amount_pence"] = 120_000_000
    view = draft_pool(service, contributions=document["contributions"])
    path, officer = f"/agreements/{view['id']}/approvals", service.at(NORTH, "chief-finance-officer")
    given = approval(view, NORTH, role="chief-finance-officer")
    service.registry.authorities = [
        limit(NORTH, "chief-finance-officer", 100_000, valid_to=date(2013, 5, 1)),
        limit(SOUTH, "chief-finance-officer", None),
    ]
    assert refused(officer.post(path, given), 422, "exceeds-authority")["limit_gbp"] == 1_000_000, "nothing of its own"
    service.registry.authorities = [limit(NORTH, "chief-finance-officer", 2_000_000)]
    problem = refused(officer.post(path, given), 422, "exceeds-authority")
    assert (problem["limit_gbp"], problem["needs"]) == (2_000_000, ["governing-body"])
    service.registry.authorities = [limit(NORTH, "chief-finance-officer", 2_400_000)]
    service.registry.down = True
    assert refused(officer.post(path, given), 422, "exceeds-authority")["limit_gbp"] == 1_000_000
    service.registry.down = False
    made = ok(officer.post(path, given))
    service.registry.authorities, service.registry.down = [], True
    (kept,) = read(service, view)["current"]["approvals"]
    assert kept == made["current"]["approvals"][0]
    assert (kept["authority"]["record"], kept["authority"]["known_at"]) == (
        "limit-of-chief-finance-officer", "2026-11-23T09:00:00Z",
    )  # fmt: skip
    assert NORTH not in read(service, view)["current"]["awaiting_approval"], "judged by what was published then"


def test_of_two_limits_that_a_body_publishes_of_one_office_none_is_picked(service: Service) -> None:
    view = draft_pool(service)
    path, officer = f"/agreements/{view['id']}/approvals", service.at(NORTH, "chief-finance-officer")
    given = approval(view, NORTH, role="chief-finance-officer")
    one = limit(NORTH, "chief-finance-officer", 10_000_000)
    for other in (limit(NORTH, "chief-finance-officer", 1), limit(NORTH, "chief-finance-officer", None)):
        two = [one, other.model_copy(update={"id": "another"})]
        for service.registry.authorities in (two, two[::-1]):
            problem = refused(officer.post(path, given), 409, "overlapping-authority")
            assert {each["record"] for each in problem["recorded"]} == {one.id, "another"}
            assert (problem["role"], problem["organisation"]) == ("chief-finance-officer", NORTH)
    assert read(service, view)["current"]["approvals"] == []
    service.registry.authorities = [one]
    ok(officer.post(path, given))


def test_each_approval_counts_as_it_was_judged_whatever_a_later_one_was_judged_by(service: Service) -> None:
    officer, secretary = service.at(NORTH, "chief-finance-officer"), service.at(NORTH, "board-secretary")
    alone = limit(NORTH, "chief-finance-officer", None)
    jointly = limit(NORTH, "chief-finance-officer", None, jointly_with="governing-body")
    other = limit(NORTH, "chief-officer", None, jointly_with="governing-body")
    for first, then, waits in ((alone, jointly, False), (jointly, alone, True)):
        view = draft_pool(service)
        path = f"/agreements/{view['id']}/approvals"
        service.registry.authorities = [first]
        given = ok(officer.post(path, approval(view, NORTH, role="chief-finance-officer")))
        assert (NORTH in given["current"]["awaiting_approval"]) == waits
        service.registry.authorities = [then, other]
        given = ok(secretary.post(path, approval(view, NORTH, role="chief-officer")))
        assert (NORTH in given["current"]["awaiting_approval"]) == waits


def test_two_who_decide_jointly_both_approve(service: Service) -> None:
    """The accountable officer may commit up to GBP 2m, but jointly with the chief finance officer."""
    document = pool_document()
    document["contributions"][1]["amount_pence"] = 60_000_000
    view = draft_pool(service, contributions=document["contributions"])
    path = f"/agreements/{view['id']}/approvals"
    first = approval(view, NORTH, role="accountable-officer")
    view = ok(service.at(NORTH, "accountable-officer").post(path, first))
    assert NORTH in view["current"]["awaiting_approval"]


def test_a_word_changed_after_a_signature_needs_everybody_again(service: Service) -> None:
    view = sign(service, sent(service, draft_pool(service)), [MANCHESTER])
    host = service.at(MANCHESTER, "commissioner")
    changed = pool_draft(title="Manchester lung prevention and awareness fund, amended")
    new = ok(host.post(f"/agreements/{view['id']}/versions", changed, if_match=view["etag"]))
    assert (new["state"], new["current"]["number"]) == ("draft", 2)
    assert new["current"]["signatures"] == new["current"]["approvals"] == []

    answer = service.at(NORTH, "signatory").post(f"/agreements/{view['id']}/signatures", signature(view, NORTH))
    problem = refused(answer, 409, "text-changed")
    assert problem["digest"] == new["current"]["digest"]
    first = ok(host.get(f"/agreements/{view['id']}/versions/1"))
    assert [given["organisation"] for given in first["signatures"]] == [MANCHESTER]

    view = concluded(service, new)
    assert len(view["current"]["signatures"]) == 4


def test_signed_text_is_not_rewritten(service: Service) -> None:
    view = concluded(service, draft_lead(service))
    person = service.at(TRAFFORD, "commissioner")
    changed = {"content": {**view["current"]["content"], "title": "Another"}}
    problem = refused(
        person.post(f"/agreements/{view['id']}/versions", changed, if_match=view["etag"]), 409, "refused-transition"
    )
    assert problem["event"] == "revised"
    assert problem["detail"].startswith("A new text is not possible: the agreement is ")


def test_nothing_is_sent_before_every_party_approved(service: Service) -> None:
    view = draft_lead(service)
    lead = service.at(TRAFFORD, "commissioner")
    path = f"/agreements/{view['id']}/send"
    refused(lead.post(path, {"reason": "x"}, if_match=view["etag"]), 409, "refused-transition")
    given = approval(view, TRAFFORD)
    view = ok(service.at(TRAFFORD, "governing-body").post(f"/agreements/{view['id']}/approvals", given))
    problem = refused(lead.post(path, {"reason": "x"}, if_match=view["etag"]), 409, "refused-transition")
    assert problem["awaiting_approval"] == [SALFORD]
    assert problem["detail"] == "Not every party has approved this text: NHS Salford CCG has not."


def test_a_second_agreement_on_the_same_ground_is_found_before_sending(service: Service) -> None:
    first = sent(service, draft_lead(service))
    second = approve_all(service, draft_lead(service, title="The same again"))
    lead = service.at(TRAFFORD, "commissioner")
    path = f"/agreements/{second['id']}/send"
    problem = refused(lead.post(path, {"reason": "x"}, if_match=second["etag"]), 409, "conflicting-agreement")
    (conflict,) = problem["conflicts"]
    assert conflict["agreement"] == first["id"]
    assert "the whole pathway" in conflict["words"]

    ok(lead.post(f"/agreements/{first['id']}/withdraw", {"reason": "superseded"}, if_match=first["etag"]))
    assert send(service, second)["state"] == "sent"


def test_the_registry_may_be_down_for_signatures_but_not_for_drafts(service: Service) -> None:
    view = sent(service, draft_lead(service))
    service.registry.down = True
    problem = refused(
        service.at(MANCHESTER, "commissioner").post("/agreements", pool_draft()), 503, "dependency-unavailable"
    )
    assert problem["dependency"] == "registry"
    view = sign(service, view)
    wait_until(lambda: read(service, view)["activation"].startswith("queued: "))
    ready = service.client.get("/health/ready")
    assert (ready.status_code, ready.json()["dependencies"]["registry"]) == (200, "degraded")

    service.registry.down = False
    wait_until(lambda: read(service, view)["activation"] == "sent")
    assert [name for name, _ in service.registry.told] == [view["id"]]


def test_a_refused_activation_is_parked_and_says_why(service: Service) -> None:
    service.registry.refuse_activations = 422
    view = concluded(service, draft_lead(service))
    found = wait_until(lambda: (v := read(service, view)["activation"]).startswith("parked: ") and v)
    assert "registry refused" in found


def test_a_stage_moves_one_step_at_a_time_and_the_map_is_told(service: Service) -> None:
    view = concluded(service, draft_lead(service))
    lead = service.at(TRAFFORD, "commissioner")
    path = f"/agreements/{view['id']}/commitments"
    step = {"stage": "diagnostic_imaging", "commitment": "contracted", "on": "2014-04-10", "evidence": "contract 12"}
    refused(lead.post(path, step, if_match=view["etag"]), 422, "invalid-request")
    for commitment in ("funded", "contracted"):
        view = ok(lead.post(path, {**step, "commitment": commitment}, if_match=view["etag"]))
    assert [c["commitment"] for c in view["commitments"]] == ["funded", "contracted"]

    def imaging() -> set[str]:
        held = service.registry.held.get(view["id"])
        return {item.commitment.value for item in held.responsibilities if item.stage} if held else set()

    wait_until(lambda: imaging() == {"contracted"})
    leads = [item for item in service.registry.held[view["id"]].responsibilities if item.stage is None]
    assert {item.commitment.value for item in leads} == {"agreed"}, "leading is agreed, it is not contracted"


def test_notice_by_one_party_ends_it_for_all(service: Service) -> None:
    view = concluded(service, draft_lead(service))
    notice = {"organisation": SALFORD, "given_on": "2014-08-31", "reason": "we rejoin the north"}
    officer = service.at(SALFORD, "chief-officer")
    view = ok(officer.post(f"/agreements/{view['id']}/notice", notice, if_match=view["etag"]))
    assert view["in_force_until"] == "2015-02-28"
    assert read(service, view, as_of="2014-09-01")["state"] == "notice-given"
    wait_until(lambda: told_until(service, view) == "2015-02-28")


def told_until(service: Service, view: dict) -> str | None:
    """The end that the registry was told last."""
    held = service.registry.held.get(view["id"])
    return held and held.effective_to.isoformat()


def test_nobody_ends_it_alone_without_notice(service: Service) -> None:
    view = concluded(service, draft_lead(service))
    path = f"/agreements/{view['id']}/end"

    def consent(body: str, on: str) -> dict:
        given = {"organisation": body, "on": on, "reason": "the hub takes over"}
        return ok(service.at(body, "chief-officer").post(path, given, if_match=read(service, view)["etag"]))

    assert consent(TRAFFORD, "2015-01-01")["in_force_until"] == "2016-04-01"
    assert consent(SALFORD, "2015-06-01")["in_force_until"] == "2016-04-01", "not the same day"
    assert consent(SALFORD, "2015-01-01")["in_force_until"] == "2015-01-01"
    assert read(service, view, as_of="2015-01-01")["state"] == "terminated"
    wait_until(lambda: told_until(service, view) == "2015-01-01")


def test_dates_that_cannot_be(service: Service) -> None:
    view = draft_lead(service)
    path = f"/agreements/{view['id']}"
    late = approval(view, TRAFFORD, decided_on="2999-01-01")
    problem = refused(service.at(TRAFFORD, "governing-body").post(f"{path}/approvals", late), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/decided_on"
    view = sent(service, view)
    for day in ("2014-02-09", "2999-01-01", "2016-04-01"):
        wrong = signature(view, TRAFFORD, signed_on=day)
        answer = service.at(TRAFFORD, "signatory").post(f"{path}/signatures", wrong)
        assert refused(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/signed_on"


def test_nothing_is_sent_or_signed_before_it_was_decided(service: Service) -> None:
    view = approve_all(service, draft_lead(service))
    lead = service.at(TRAFFORD, "commissioner")
    early = lead.post(f"/agreements/{view['id']}/send", {"reason": "x", "on": "2014-01-19"}, if_match=view["etag"])
    problem = refused(early, 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/on"
    assert "2014-01-20" in problem["detail"]


def test_a_decision_before_any_scheme_of_delegation_is_no_decision(service: Service) -> None:
    view = draft_lead(service)
    given = approval(view, TRAFFORD, decided_on="2012-01-01")
    answer = service.at(TRAFFORD, "governing-body").post(f"/agreements/{view['id']}/approvals", given)
    problem = refused(answer, 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/decided_on"
    assert "NHS Trafford CCG" in problem["detail"]


def test_mechanisms_in_force_are_listed_for_parties_and_for_allocation(service: Service) -> None:
    view = concluded(service, draft_pool(service))
    allocation = service.service("allocation", "reader")
    found = ok(allocation.get("/mechanisms", pathway="lung", as_of="2014-04-01"))["items"]
    assert [(one["agreement"], one["kind"], one["lead"]) for one in found] == [(view["id"], "s75_pool", MANCHESTER)]
    assert ["prevention", "la-E08000003"] in found[0]["cells"]
    assert ok(allocation.get("/mechanisms", as_of="2014-03-31"))["items"] == []
    assert ok(allocation.get("/mechanisms", as_of="2016-04-01"))["items"] == []
    assert ok(allocation.get("/mechanisms", as_of="2014-04-01", place="ccg-02A"))["items"] == []
    assert ok(allocation.get("/mechanisms", as_of="2014-04-01", pathway="breast"))["items"] == []
    own = service.at(SOUTH, "commissioner").get("/mechanisms", as_of="2014-04-01")
    assert len(ok(own)["items"]) == 1
    strangers = service.at(TRAFFORD, "commissioner").get("/mechanisms", as_of="2014-04-01")
    assert ok(strangers)["items"] == []


def test_the_paper_comes_in_three_forms(service: Service) -> None:
    view = draft_pool(service)
    person = service.at(CENTRAL, "commissioner")
    path = f"/agreements/{view['id']}/paper"
    paper = ok(person.get(path))
    assert paper["digest"] == view["current"]["digest"]
    assert paper["annex_digest"] == view["current"]["annex_digest"]
    assert "Regulation 5 of SI 2000/617 keeps out thoracic surgery" in paper["markdown"]
    html = person.send("GET", path, headers={"Accept": "text/html"})
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert html.text == paper["html"]
    assert person.send("GET", path, headers={"Accept": "text/markdown"}).text == paper["markdown"]
    refused(person.send("GET", path, headers={"Accept": "application/pdf"}), 406, "not-acceptable")
    without = draft_lead(service)
    answer = service.at(TRAFFORD, "commissioner").get(f"/agreements/{without['id']}/paper")
    refused(answer, 404, "not-found")


def test_the_paper_says_when_the_registry_was_silent_about_contracts(service: Service) -> None:
    view = draft_pool(service)
    path = f"/agreements/{view['id']}/paper"
    assert "registry" not in table_two(ok(service.at(CENTRAL, "commissioner").get(path))["markdown"])
    service.registry.down = True
    silent = ok(service.at(CENTRAL, "commissioner").get(path))["markdown"]
    assert "The registry did not answer when this paper was written" in table_two(silent)


def table_two(markdown: str) -> str:
    return markdown.partition("## Table 2")[2].partition("## ")[0]


def test_a_signatorys_name_can_be_forgotten_and_the_signature_stays(service: Service) -> None:
    view = concluded(service, draft_lead(service))
    assert {s["name"] for s in view["current"]["signatures"]} == {"(held apart)"}, "answers to changes are kept"
    signed = {s["organisation"]: s for s in read(service, view)["current"]["signatures"]}
    assert signed[SALFORD]["name"] == f"Alex of {SALFORD}"
    path = f"/agreements/{view['id']}/signatories/{signed[SALFORD]['signatory']}"
    refused(service.at(TRAFFORD, "data-protection-officer").send("DELETE", path), 403, "not-allowed")
    ok(service.at(SALFORD, "data-protection-officer").send("DELETE", path))
    after = {s["organisation"]: s for s in read(service, view)["current"]["signatures"]}
    assert after[SALFORD] == {**signed[SALFORD], "name": "(erased)"}
    assert after[TRAFFORD]["name"] == f"Alex of {TRAFFORD}"
    missing = f"/agreements/{view['id']}/signatories/{view['id']}"
    refused(service.at(SALFORD, "data-protection-officer").send("DELETE", missing), 404, "not-found")


def test_lists_show_a_party_its_own_and_page_through(service: Service) -> None:
    ids = [draft_lead(service, title=f"Draft {number}")["id"] for number in range(3)]
    draft_pool(service)
    person = service.at(TRAFFORD, "commissioner")
    first = person.get("/agreements", limit=2)
    assert [one["id"] for one in ok(first)["items"]] == ids[:2]
    assert 'rel="next"' in first.headers["link"]
    draft_lead(service, title="Later")
    second = ok(person.get("/agreements", limit=2, cursor=first.json()["next_cursor"]))
    assert [one["id"] for one in second["items"]] == ids[2:], "all pages see what the first one saw"
    assert second["next_cursor"] is None
    assert len(ok(service.auditor().get("/agreements"))["items"]) == 5


@pytest.mark.parametrize("day", ["2014-04-01", "2026-11-23"])
def test_what_was_known_stays_as_it_was(service: Service, day: str) -> None:
    view = sent(service, draft_lead(service))
    moment = view["known_at"]
    before = read(service, view, as_of=day, known_at=moment)
    after = sign(service, view)
    assert read(service, view, as_of=day, known_at=moment) == {
        **before,
        "etag": after["etag"],
        "activation": read(service, view, as_of=day, known_at=moment)["activation"],
    }
    assert before["state"] == "sent"
    early = service.at(TRAFFORD, "commissioner").get(f"/agreements/{view['id']}", known_at="2020-01-01T00:00:00Z")
    refused(early, 404, "not-found")


def test_the_same_thing_twice(service: Service) -> None:
    view = draft_lead(service)
    path = f"/agreements/{view['id']}"
    secretary = service.at(TRAFFORD, "governing-body")
    ok(secretary.post(f"{path}/approvals", approval(view, TRAFFORD)))
    refused(secretary.post(f"{path}/approvals", approval(view, TRAFFORD)), 409, "conflict")
    view = read(service, view)
    same = {"content": view["current"]["content"]}
    answer = service.at(TRAFFORD, "commissioner").post(f"{path}/versions", same, if_match=view["etag"])
    refused(answer, 409, "conflict")
    ok(service.at(SALFORD, "governing-body").post(f"{path}/approvals", approval(view, SALFORD)))
    lead = service.at(TRAFFORD, "commissioner")
    view = ok(lead.post(f"{path}/send", {"reason": "x", "on": "2014-02-10"}, if_match=read(service, view)["etag"]))
    signer = service.at(TRAFFORD, "signatory")
    ok(signer.post(f"{path}/signatures", signature(view, TRAFFORD)))
    refused(signer.post(f"{path}/signatures", signature(view, TRAFFORD)), 409, "conflict")


def test_nothing_was_recorded_by_what_was_refused(service: Service) -> None:
    view = sent(service, draft_lead(service))
    before = ok(service.auditor().get("/changes"))["head_seq"]
    wrong = signature(view, TRAFFORD, digest="0" * 64)
    refused(service.at(TRAFFORD, "signatory").post(f"/agreements/{view['id']}/signatures", wrong), 409, "text-changed")
    strange = signature(view, NORTH)
    refused(service.at(NORTH, "signatory").post(f"/agreements/{view['id']}/signatures", strange), 404, "not-found")
    after = ok(service.auditor().get("/changes"))
    assert after["head_seq"] == before
    assert [entry["seq"] for entry in after["items"]] == list(range(1, before + 1))
