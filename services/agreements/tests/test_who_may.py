"""Every action, role and relation of the authority table, and every one that is not in it, asked of the service."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest

from concord_agreements.authority import TABLE
from concord_kit.authority import Relation
from services.agreements.tests.acts import approval, draft_lead, ok, refused, sent, signature
from services.agreements.tests.conftest import Person, Service, draft
from services.agreements.tests.registry_double import SUPPORT_UNIT, mandate
from services.agreements.tests.worlds import MANCHESTER, SALFORD, TRAFFORD, lead_document

HELD = {row.role for row in TABLE if row.relation not in (Relation.ANYONE, Relation.SERVICE)}
ROLES = sorted(HELD | {"receptionist"})
ACTIONS = sorted({row.action for row in TABLE} - {"legal-bases.read"})
STALE = '"0"'
NOBODY = "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"


def attempt(person: Person, action: str, view: dict[str, Any], role: str) -> httpx.Response:
    """The action asked so that, where it is allowed, it still changes nothing: on an old version, text or name."""
    path = f"/agreements/{view['id']}"
    old = {"digest": "0" * 64}
    asks = {
        "agreements.draft": lambda: person.post("/agreements", draft(lead_document(title=f"By {role}"))),
        "agreements.revise": lambda: person.post(f"{path}/versions", draft(lead_document()), if_match=STALE),
        "agreements.send": lambda: person.post(f"{path}/send", {"reason": "x"}, if_match=STALE),
        "agreements.withdraw": lambda: person.post(f"{path}/withdraw", {"reason": "x"}, if_match=STALE),
        "agreements.approve": lambda: person.post(f"{path}/approvals", approval(view, TRAFFORD, role=role, **old)),
        "agreements.sign": lambda: person.post(f"{path}/signatures", signature(view, TRAFFORD, **old)),
        "agreements.notice": lambda: person.post(
            f"{path}/notice", {"organisation": TRAFFORD, "given_on": "2014-05-01", "reason": "x"}, if_match=STALE
        ),
        "agreements.end": lambda: person.post(
            f"{path}/end", {"organisation": TRAFFORD, "on": "2014-05-01", "reason": "x"}, if_match=STALE
        ),
        "agreements.commit": lambda: person.post(
            f"{path}/commitments",
            {"stage": "diagnostic_imaging", "commitment": "funded", "on": "2014-05-01", "evidence": "x"},
            if_match=STALE,
        ),
        "agreements.report-position": lambda: person.post(
            f"{path}/positions", {"year": "2014-15", "month": 1, "actual_pence": 1, "forecast_pence": 2}
        ),
        "agreements.erase-name": lambda: person.send("DELETE", f"{path}/signatories/{view['id']}"),
        "agreements.read": lambda: person.get(path),
        "agreements.read-mechanisms": lambda: person.get("/mechanisms", as_of="2014-04-01"),
        "legal-bases.read": lambda: person.get("/legal-bases"),
        "changes.read": lambda: person.get("/changes"),
    }
    return asks[action]()


def allows(action: str, role: str, *relations: Relation) -> bool:
    return any(row.action == action and row.role == role and row.relation in relations for row in TABLE)


@pytest.fixture
def drafted(service: Service) -> dict[str, Any]:
    service.registry.mandates = [mandate(TRAFFORD, "agreements.*")]
    return draft_lead(service)


def standings(service: Service, role: str) -> Iterator[tuple[str, Person, tuple[Relation, ...]]]:
    """How the holder of a role can stand to the agreement, and the relations of the table that fit."""
    yield "at a party", service.at(TRAFFORD, role), (Relation.PARTY, Relation.AUDITOR)
    yield "at a unit with a mandate", service.at(SUPPORT_UNIT, role, acting_for=TRAFFORD), (Relation.PARTY_BY_MANDATE,)
    yield "at a unit without one", service.at(SUPPORT_UNIT, role, acting_for=SALFORD), ()


def test_each_row_allows_and_nothing_else_does(service: Service, drafted: dict[str, Any]) -> None:
    wrong = []
    for role, action in product(ROLES, ACTIONS):
        for words, person, relations in standings(service, role):
            answer = attempt(person, action, drafted, role)
            refused_it = answer.status_code in {400, 401, 403}
            if refused_it == allows(action, role, *relations):
                wrong.append(f"{role} {words}: {action} answered {answer.status_code} {answer.text[:200]}")
            assert answer.status_code < 500, answer.text
    assert wrong == []


def test_strangers_see_and_do_nothing(service: Service, drafted: dict[str, Any]) -> None:
    for role, action in product(ROLES, ACTIONS):
        if action == "agreements.read-mechanisms" or role == "auditor":
            continue
        person = service.at(MANCHESTER, role)
        answer = attempt(person, action, drafted, role)
        unseen = action != "agreements.draft" and allows(action, role, Relation.PARTY)
        assert answer.status_code == (404 if unseen else 403), f"{role}: {action} answered {answer.status_code}"
        if unseen:
            free = attempt(person, action, {**drafted, "id": NOBODY}, role)
            said, nobodys = answer.json(), free.json()
            assert said["detail"].replace(drafted["id"], NOBODY) == nobodys["detail"], "a stranger learns what exists"


def test_without_a_token_only_the_law_is_read(service: Service, drafted: dict[str, Any]) -> None:
    anonymous = Person(service.client, None, None)
    for action in ACTIONS:
        refused(attempt(anonymous, action, drafted, "commissioner"), 401, "unauthenticated")
    ok(anonymous.get("/legal-bases"))


def test_a_service_reads_mechanisms_and_nothing_more(service: Service, drafted: dict[str, Any]) -> None:
    for name, role in product(("allocation", "registry"), ("reader", "activator")):
        person = service.service(name, role)
        for action in ACTIONS:
            may = (name, role, action) == ("allocation", "reader", "agreements.read-mechanisms")
            answer = attempt(person, action, drafted, role)
            assert answer.status_code == (200 if may else 403), f"{name} {role} {action}: {answer.status_code}"


def test_a_support_unit_acts_but_never_decides_or_signs(service: Service) -> None:
    service.registry.mandates = [mandate(TRAFFORD, "agreements.*"), mandate(SALFORD, "agreements.*")]
    unit = service.at(SUPPORT_UNIT, "commissioner", acting_for=TRAFFORD)
    view = ok(unit.post("/agreements", draft(lead_document())), 201)
    assert view["events"][0]["acting_for"] == TRAFFORD
    every = sorted({row.role for row in TABLE if row.action in {"agreements.approve", "agreements.sign"}})
    signing = service.at(SUPPORT_UNIT, *every, acting_for=TRAFFORD)
    refused(signing.post(f"/agreements/{view['id']}/approvals", approval(view, TRAFFORD)), 403, "not-allowed")
    view = sent(service, view)
    refused(signing.post(f"/agreements/{view['id']}/signatures", signature(view, TRAFFORD)), 403, "not-allowed")


def test_nobody_decides_or_signs_for_another_party(service: Service) -> None:
    view = draft_lead(service)
    path = f"/agreements/{view['id']}"
    refused(
        service.at(TRAFFORD, "governing-body").post(f"{path}/approvals", approval(view, SALFORD)), 403, "not-allowed"
    )
    view = sent(service, view)
    refused(service.at(TRAFFORD, "signatory").post(f"{path}/signatures", signature(view, SALFORD)), 403, "not-allowed")


def test_a_decision_is_recorded_by_who_took_it_or_by_the_secretary(service: Service) -> None:
    view = draft_lead(service)
    path = f"/agreements/{view['id']}/approvals"
    officer = service.at(TRAFFORD, "chief-finance-officer")
    refused(officer.post(path, approval(view, TRAFFORD)), 403, "not-allowed")
    ok(service.at(TRAFFORD, "board-secretary").post(path, approval(view, TRAFFORD)))


def test_only_the_lead_or_the_drafter_sends_and_takes_back(service: Service) -> None:
    view = draft_lead(service)
    other = service.at(SALFORD, "commissioner")
    for step in ("send", "withdraw"):
        answer = other.post(f"/agreements/{view['id']}/{step}", {"reason": "x"}, if_match=view["etag"])
        refused(answer, 403, "not-allowed")


def test_nobody_drafts_for_parties_it_does_not_act_for(service: Service) -> None:
    person = service.at(MANCHESTER, "commissioner")
    refused(person.post("/agreements", draft(lead_document())), 403, "not-allowed")
