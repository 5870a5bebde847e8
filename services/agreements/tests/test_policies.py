"""Each rule of a legal basis: a lawful text has no fault, and spoiling one thing gives exactly the fault for it."""

from dataclasses import replace
from typing import Any

import pytest

from concord_agreements.policies import check
from concord_contracts.agreements import Content, Fault
from services.agreements.tests.worlds import (
    BODIES,
    CENTRAL,
    LEAD_BASIS,
    MANCHESTER,
    NHS_ENGLAND,
    NORTH,
    POOL_BASIS,
    SALFORD,
    SOUTH,
    TRAFFORD,
    lead_document,
    make_facts,
    pool_document,
)


def faults_of(document: dict[str, Any]) -> list[Fault]:
    content = Content.model_validate(document)
    return check(content, make_facts(content), POOL_BASIS if content.basis == "s75_pool" else LEAD_BASIS)


def rules(document: dict[str, Any]) -> list[str]:
    return [fault.rule for fault in faults_of(document)]


def pooled(stage: str, places: list[str], **more: str) -> dict[str, Any]:
    document = pool_document()
    document["stages"].append({"stage": stage, "handling": "pooled", "places": places, **more})
    return document


def test_the_lawful_texts_have_no_fault() -> None:
    assert faults_of(pool_document()) == []
    assert faults_of(lead_document()) == []


def test_endoscopy_may_not_be_pooled_and_the_refusal_says_what_to_do() -> None:
    (fault,) = faults_of(pooled("bronchoscopy", ["ccg-00W"]))
    assert fault.rule == "excluded-function"
    assert fault.pointer == "/stages/5/handling"
    assert "Bronchoscopy" in fault.words
    assert "regulation 5 of SI 2000/617" in fault.words
    assert "aligned" in str(fault.instead)


@pytest.mark.parametrize("handling", ["aligned", "in_view"])
def test_what_may_not_be_pooled_may_be_planned_beside(handling: str) -> None:
    document = pool_document()
    document["stages"].append({"stage": "bronchoscopy", "handling": handling, "places": ["ccg-00W"]})
    assert faults_of(document) == []


def test_chemotherapy_needs_the_legal_view_it_rests_on() -> None:
    document = pooled("chemotherapy", ["ccg-00W"])
    document["parties"].append({"organisation": NHS_ENGLAND, "role": "associate"})
    assert rules(document) == ["needs-legal-view"]
    document["stages"][-1]["legal_view"] = "Counsel, 3 January 2014: oral chemotherapy is no invasive treatment."
    assert faults_of(document) == []


def test_a_basis_not_in_force_on_the_first_day_is_no_basis() -> None:
    content = Content.model_validate(lead_document())
    (fault,) = check(content, make_facts(content), None)
    assert fault.rule == "basis-not-in-force"


def test_only_ccg_functions_are_delegated_between_ccgs() -> None:
    document = lead_document()
    document["stages"].append({"stage": "prevention", "handling": "delegated", "places": ["ccg-02A"]})
    (fault,) = faults_of(document)
    assert fault.rule == "function-not-covered"
    assert "Trafford Council" in fault.words


def test_the_statutory_commissioner_must_be_a_party_for_each_stage_and_place() -> None:
    document = pooled("diagnostic_imaging", ["ccg-00W", "ccg-01G"])
    document["stages"][3]["places"] = ["ccg-01M"]
    (fault,) = faults_of(document)
    assert fault.rule == "commissioner-not-a-party"
    assert SALFORD in fault.words
    assert "ccg-01G" in fault.words
    assert "ccg-00W" not in fault.words


def test_where_nobody_is_named_nationally_the_parties_may_take_it_on() -> None:
    assert faults_of(pool_document()) == [], "care_coordination is pooled although the law names nobody"


def test_a_council_cannot_join_an_arrangement_between_ccgs() -> None:
    document = lead_document()
    document["parties"].append({"organisation": MANCHESTER, "role": "partner"})
    assert rules(document) == ["party-may-not-join"]


def test_a_pool_needs_a_council_and_an_nhs_body_and_one_host() -> None:
    document = lead_document(basis="s75_pool")
    assert {"parties-required", "role-for-basis", "one-principal"} <= set(rules(document))


def test_an_office_is_no_party() -> None:
    document = pool_document()
    document["parties"].append({"organisation": "ods:Q46", "role": "associate"})
    (fault,) = faults_of(document)
    assert fault.rule == "party-not-a-legal-person"
    assert "legal person" in str(fault.instead)


def test_unknown_bodies_stages_and_places_are_each_named() -> None:
    document = pool_document(leads_pathway_for=[])
    document["parties"].append({"organisation": "ods:ZZZ", "role": "associate"})
    document["stages"].append({"stage": "alchemy", "handling": "in_view", "places": ["ccg-00W", "atlantis"]})
    assert rules(document) == ["party-unknown", "place-unknown", "stage-unknown"]


def test_a_body_that_does_not_exist_yet_cannot_join() -> None:
    document = lead_document(starts="2013-03-01", ends="2015-03-01", review_by="2014-03-01")
    assert rules(document) == ["party-not-in-being", "party-not-in-being"]


def test_a_pool_hosts_money_and_leads_no_pathway() -> None:
    assert rules(pool_document(leads_pathway_for=["ccg-00W"])) == ["lead-for-basis"]


def test_nobody_is_led_without_being_a_party() -> None:
    assert rules(lead_document(leads_pathway_for=["ccg-02A", "ccg-01M"])) == ["lead-without-the-led"]


def test_what_the_law_wants_said_is_asked_for_item_by_item() -> None:
    found = faults_of(pool_document(clauses=[{"item": "aims", "text": "Earlier diagnosis."}]))
    assert [fault.rule for fault in found] == ["required-content"] * 2
    assert "contributions" in found[0].words


def test_a_text_cannot_declare_a_service_contracted() -> None:
    document = pool_document()
    document["stages"][0]["commitment"] = "contracted"
    assert rules(document) == ["commitment-needs-evidence"]


def test_a_cell_is_handled_in_one_way() -> None:
    document = pool_document()
    document["stages"].append({"stage": "prevention", "handling": "aligned", "places": ["la-E08000003"]})
    assert rules(document) == ["cell-twice"]


def test_delegation_belongs_to_the_lead_arrangement_and_pooling_to_the_pool() -> None:
    document = lead_document()
    document["stages"][0]["handling"] = "pooled"
    assert rules(document) == ["handling-for-basis"]


def test_notice_longer_than_the_agreement_is_no_notice() -> None:
    assert rules(lead_document(notice_months=36)) == ["notice-too-long"]


class TestMoney:
    def test_strangers_years_and_doubles(self) -> None:
        document = pool_document()
        given = document["contributions"]
        given.append({**given[1], "party": TRAFFORD})
        given.append({**given[1], "year": "2019-20"})
        given.append(dict(given[2]))
        assert rules(document) == ["contributor-not-a-party", "contribution-outside-the-period", "contribution-twice"]

    def test_a_partner_that_puts_nothing_in_says_so(self) -> None:
        document = pool_document()
        document["contributions"].pop()
        assert rules(document) == ["contribution-missing"]

    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            ({"ring_fence": None}, "ring-fence-unsaid"),
            ({"for_stages": []}, "ring-fence"),
            ({"for_stages": ["diagnostic_imaging"]}, "ring-fence"),
            ({"for_stages": ["prevention", "care_coordination"]}, "ring-fence"),
        ],
    )
    def test_a_pool_does_not_launder_the_public_health_grant(self, change: dict[str, Any], rule: str) -> None:
        document = pool_document()
        document["contributions"][0].update(change)
        assert rules(document) == [rule]

    def test_only_councils_hold_the_grant(self) -> None:
        document = pool_document()
        document["contributions"][1].update(ring_fence="public-health-grant", for_stages=["prevention"])
        assert rules(document) == ["ring-fence"]

    def test_shares_sum_to_one_exactly(self) -> None:
        third = {MANCHESTER: "0.333333", NORTH: "0.333333", CENTRAL: "0.333333"}
        document = pool_document(risk=[{"over_shares": third, "under_shares": {MANCHESTER: "1"}}])
        (fault,) = faults_of(document)
        assert fault.pointer == "/risk/0/over_shares"
        assert "0.999999" in fault.words

    def test_layers_climb_and_the_last_is_open(self) -> None:
        whole = {"over_shares": {SOUTH: "1"}, "under_shares": {SOUTH: "1"}}
        document = pool_document(risk=[{"up_to_pence": 100, **whole}, {"up_to_pence": 50, **whole}, whole])
        assert rules(document) == ["risk-layers"]
        document = pool_document(risk=[{"up_to_pence": 100, **whole}])
        assert rules(document) == ["risk-layers"]
        document = pool_document(risk=[whole, whole])
        assert rules(document) == ["risk-layers"]
        assert rules(pool_document(risk=[])) == ["risk-unshared"]

    def test_strangers_bear_no_risk(self) -> None:
        shares = {MANCHESTER: "0.5", TRAFFORD: "0.5"}
        document = pool_document(risk=[{"over_shares": shares, "under_shares": {MANCHESTER: "1"}}])
        assert rules(document) == ["risk-shares"]


def test_all_faults_come_at_once_in_the_order_of_the_text() -> None:
    document = pooled("bronchoscopy", ["ccg-00W"])
    document["parties"].append({"organisation": "ods:ZZZ", "role": "associate"})
    document.update(clauses=[], risk=[], notice_months=36)
    pointers = [fault.pointer.split("/")[1] for fault in faults_of(document)]
    assert pointers == ["parties", "stages", "risk", *["clauses"] * 3, "notice_months"]


def test_the_kinds_that_may_join_are_data() -> None:
    content = Content.model_validate(pool_document())
    closed = replace(POOL_BASIS, may_join=frozenset({"ccg"}))
    found = check(content, make_facts(content), closed)
    assert [fault.rule for fault in found] == ["party-may-not-join"]
    assert BODIES[MANCHESTER].name in found[0].words
