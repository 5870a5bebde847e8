"""A text that rests on an allocation answer: held to it by digest, and allocation told for as long as it cites."""

from decimal import Decimal
from typing import Any

from concord_agreements.citing import citation_faults
from services.agreements.tests.acts import (
    approve_all,
    concluded,
    draft_lead,
    ok,
    read,
    refused,
    send,
    sent,
    sign,
    wait_until,
)
from services.agreements.tests.allocation_double import PLAN, citation, plan
from services.agreements.tests.conftest import Service, draft
from services.agreements.tests.worlds import MANCHESTER, TRAFFORD, lead_document, make_lead

OTHER = "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a45"


def cited(**changes: Any) -> dict[str, Any]:
    return lead_document(allocation=citation(**changes))


def rules(found: Any, **changes: Any) -> list[tuple[str, str]]:
    content = make_lead(allocation=citation(**changes))
    return [(fault.pointer, fault.rule) for fault in citation_faults(content, found)]


def test_a_true_citation_has_no_faults_to_as_many_decimals_as_it_gives() -> None:
    for share in ("0.9", "0.92", "0.924", "0.9236", "0.92361"):
        assert rules(plan(), assumption_share=share) == [], share
    assert rules(plan(assumption_share=1.0), assumption_share="1") == []
    assert citation_faults(make_lead(), None) == []


def test_a_text_cannot_round_what_it_rests_on_away() -> None:
    for share, truth in (("0", 0.49), ("1", 0.51), ("1", 0.92361)):
        found = rules(plan(assumption_share=truth), assumption_share=share)
        assert found == [("/allocation/assumption_share", "cited-otherwise")], (share, truth)


def test_every_untruth_of_a_citation_is_told_with_its_place() -> None:
    wrong = {"problem_digest": "c" * 64, "answer_digest": "d" * 64, "assumption_share": "0.92"}
    assert rules(plan(payers=[MANCHESTER], made_for=MANCHESTER, assumption_share=0.5), **wrong) == [
        ("/allocation/problem_digest", "cited-otherwise"),
        ("/allocation/answer_digest", "cited-otherwise"),
        ("/allocation/assumption_share", "cited-otherwise"),
        ("/allocation/scenario", "scenario-of-others"),
    ]
    assert rules(None) == [("/allocation/scenario", "unknown-scenario")]
    assert rules(plan(outcome="refusal", assumption_share=None)) == [("/allocation/scenario", "cited-refusal")]
    assert Decimal("0.924") - Decimal("0.92361") < Decimal("0.0005")  # what the first test rests on


def test_a_draft_with_another_answers_digest_is_kept_with_its_fault_locks_nothing_and_is_never_sent(
    service: Service,
) -> None:
    drafted = draft_lead(service, allocation=citation(answer_digest="d" * 64))
    assert [fault["rule"] for fault in drafted["current"]["faults"]] == ["cited-otherwise"]
    assert read(service, drafted)["citation"] == "not-due"
    why = {"reason": "x", "on": "2014-02-10"}
    person = service.at(TRAFFORD, "commissioner")
    answer = person.post(f"/agreements/{drafted['id']}/send", why, if_match=drafted["etag"])
    assert refused(answer, 422, "not-lawful")["errors"][0]["pointer"] == "/allocation/answer_digest"


def test_allocation_is_told_what_is_cited_until_a_later_text_drops_it(service_on_both: Service) -> None:
    service = service_on_both
    allocation = service.registry.allocation
    allocation.scenarios[OTHER] = plan(OTHER)
    view = draft_lead(service, allocation=citation())
    wait_until(lambda: read(service, view)["citation"] == "sent")
    (one,) = allocation.held[view["id"]].citations
    assert (one.scenario, one.version, one.for_ever) == (PLAN, 1, False)
    assert one.text_digest == view["current"]["digest"]
    assert allocation.held[view["id"]].parties == ["ods:01G", "ods:02A"]

    person = service.at(TRAFFORD, "commissioner")
    path = f"/agreements/{view['id']}/versions"
    view = ok(person.post(path, draft(cited(scenario=OTHER)), if_match=view["etag"]))
    wait_until(lambda: [(one.scenario, one.version) for one in allocation.held[view["id"]].citations] == [(OTHER, 2)])

    view = sign(service, sent(service, view), [TRAFFORD])  # part signed: the second text cites for ever
    wait_until(lambda: [one.for_ever for one in allocation.held[view["id"]].citations] == [True])
    view = ok(person.post(path, draft(lead_document()), if_match=read(service, view)["etag"]))
    view = ok(
        person.post(f"/agreements/{view['id']}/withdraw", {"reason": "x"}, if_match=view["etag"]),
    )
    wait_until(lambda: read(service, view)["citation"] == "sent")
    assert [(one.version, one.for_ever) for one in allocation.held[view["id"]].citations] == [(2, True)]


def test_a_text_that_nobody_signed_releases_its_scenario_when_it_is_withdrawn(service: Service) -> None:
    view = draft_lead(service, allocation=citation())
    person = service.at(TRAFFORD, "commissioner")
    ok(person.post(f"/agreements/{view['id']}/withdraw", {"reason": "x"}, if_match=view["etag"]))
    held = service.registry.allocation.held
    wait_until(lambda: view["id"] in held and held[view["id"]].citations == [])


def test_with_allocation_away_what_cites_waits_and_what_is_signed_is_told_later(service: Service) -> None:
    allocation = service.registry.allocation
    view = approve_all(service, draft_lead(service, allocation=citation()))
    uncited = approve_all(service, draft_lead(service, starts="2018-04-01", ends="2019-04-01", review_by="2018-10-01"))
    allocation.down = True
    person = service.at(TRAFFORD, "commissioner")
    document = refused(person.post("/agreements", draft(cited(scenario=PLAN))), 503, "dependency-unavailable")
    assert document["dependency"] == "allocation"
    why = {"reason": "x", "on": "2014-02-10"}
    send_it = f"/agreements/{view['id']}/send"
    refused(person.post(send_it, why, if_match=view["etag"]), 503, "dependency-unavailable")
    send(service, uncited)  # a text that cites nothing needs nobody

    allocation.down = False
    out = send(service, view)
    allocation.down = True
    signed = sign(service, out)  # signing does not wait for allocation
    assert read(service, signed)["citation"].startswith("queued")
    assert read(service, signed)["state"] != "part-signed"
    allocation.down = False
    wait_until(lambda: [one.for_ever for one in allocation.held[view["id"]].citations] == [True])


def test_what_is_sent_is_locked_first_and_a_scenario_that_went_meanwhile_is_a_fault(service: Service) -> None:
    allocation = service.registry.allocation
    view = approve_all(service, draft_lead(service, allocation=citation()))
    del allocation.scenarios[PLAN]
    person = service.at(TRAFFORD, "commissioner")
    before = len(allocation.told)
    answer = person.post(f"/agreements/{view['id']}/send", {"reason": "x"}, if_match=view["etag"])
    assert refused(answer, 422, "not-lawful")["errors"][0]["type"] == "unknown-scenario"
    assert len(allocation.told) > before


def test_a_text_that_no_longer_cites_can_change_its_title_and_still_be_sent(service: Service) -> None:
    allocation = service.registry.allocation
    person = service.at(TRAFFORD, "commissioner")
    view = draft_lead(service, allocation=citation())
    path = f"/agreements/{view['id']}/versions"
    for title in ("Lung, as agreed in spring", "Lung, as agreed in summer"):
        view = ok(person.post(path, draft(lead_document(title=title)), if_match=view["etag"]))
        wait_until(lambda: allocation.held[view["id"]].title == title)  # noqa: B023
        assert allocation.held[view["id"]].citations == []
    view = sign(service, sent(service, view), [TRAFFORD])
    assert view["state"] == "part-signed"


def test_a_later_text_beside_a_signed_one_that_cites_says_its_title_and_can_be_sent(service: Service) -> None:
    allocation = service.registry.allocation
    view = sign(service, sent(service, draft_lead(service, allocation=citation())), [TRAFFORD])
    person = service.at(TRAFFORD, "commissioner")
    later = draft(lead_document(title="Lung, a second text"))
    view = ok(person.post(f"/agreements/{view['id']}/versions", later, if_match=view["etag"]))
    wait_until(lambda: allocation.held[view["id"]].title == "Lung, a second text")
    assert [(one.version, one.for_ever) for one in allocation.held[view["id"]].citations] == [(1, True)]
    sent(service, view)


def test_a_scenario_that_is_no_address_is_unknown(lasting_service: Service) -> None:
    for scenario in ("../organisations/ods:02A", "x y", "?a=b", "s" * 100):
        view = draft_lead(lasting_service, allocation=citation(scenario=scenario))
        assert [fault["rule"] for fault in view["current"]["faults"]] == ["unknown-scenario"], scenario


def test_the_journey_to_in_force_with_a_citation_tells_both_receivers(service: Service) -> None:
    view = concluded(service, draft_lead(service, allocation=citation()))
    wait_until(lambda: (found := read(service, view))["citation"] == found["activation"] == "sent")
    assert view["id"] in service.registry.held
    assert service.registry.allocation.held[view["id"]].citations[0].for_ever
