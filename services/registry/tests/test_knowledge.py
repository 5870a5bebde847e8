"""Records beside the map, and people who can be erased: through the addresses, as callers see them."""

import sqlite3
from typing import Any

import httpx
import pytest

from concord_registry.knowledge.topics import TOPICS
from services.registry.tests.conftest import Registry
from services.registry.tests.test_imports import as_csv, send

TRAFFORD, TAMESIDE, UNIT = "ods:02A", "ods:01Y", "ods:0AJ"
LATER = {"valid_from": "2013-04-01"}

SENT: dict[str, dict[str, Any]] = {
    "role-holders": LATER
    | {"role": "clinical-cancer-lead", "body": TRAFFORD, "place": "ccg-02A", "skills": ["clinical"]},
    "signing-authorities": LATER
    | {"body": TRAFFORD, "role": "chief-finance-officer", "decision": "enter_agreement", "limit_gbp": 1_000_000},
    "advice": LATER
    | {"adviser": "ods:X24", "advised": TRAFFORD, "stage": "surgery", "place": "ccg-02A", "subject": "Do it twice"},
    "networks": LATER
    | {
        "name": "Manchester Cancer",
        "kind": "cancer-network",
        "host": TRAFFORD,
        "funders": [TRAFFORD, TAMESIDE],
        "pathways": ["lung"],
        "stages": ["surgery"],
        "places": ["gm"],
    },
    "authorisations": LATER
    | {"body": TRAFFORD, "outcome": "authorised", "network_expertise": "The network reviews each pathway yearly"},
    "plans": LATER
    | {"title": "Plan", "kind": "ccg-plan", "body": TRAFFORD, "stages": ["imaging", "gp"], "places": ["ccg-02A"]},
    "contracts": LATER
    | {
        "title": "Imaging",
        "provider": "concord:phe",
        "coordinator": TRAFFORD,
        "associates": [{"organisation": TAMESIDE, "share": 0.4}],
        "form": "block",
        "stages": ["imaging"],
        "pathways": ["lung"],
        "places": ["gm"],
        "notice_months": 12,
        "values": [{"year": "2013-14", "money": "contract-value", "value_gbp": 1_200_000}],
        "valid_to": "2015-04-01",
    },
    "risks": LATER
    | {
        "title": "Reporting falls behind",
        "pathway": "lung",
        "place": "ccg-02A",
        "stage": "imaging",
        "cause": "Posts are vacant",
        "effect": "The standard is missed",
        "likelihood": 4,
        "impact": 3,
        "owner_body": TRAFFORD,
        "owner_role": "clinical-cancer-lead",
    },
}
ROLE_FOR = {"signing-authorities": "chief-officer"}


def enter(registry: Registry, topic: str, *, body: str = TRAFFORD, as_role: str | None = None, **changed: Any) -> Any:
    headers = registry.as_body(body, as_role or ROLE_FOR.get(topic, "commissioner"))
    return registry.http.post(f"/v1/{topic}", json=SENT[topic] | changed, headers=headers)


def entered(registry: Registry, topic: str, **changed: Any) -> dict[str, Any]:
    answer = enter(registry, topic, **changed)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def listed(registry: Registry, topic: str, headers: dict[str, str] | None = None, **params: Any) -> list[Any]:
    answer = registry.http.get(f"/v1/{topic}", params={"as_of": "2014-01-15"} | params, headers=headers or {})
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


def kinds(answer: httpx.Response) -> set[tuple[str | None, str]]:
    assert answer.status_code == 422, answer.text
    return {(one.get("pointer"), one["type"]) for one in answer.json()["errors"]}


@pytest.mark.parametrize("topic", list(TOPICS))
def test_a_record_is_entered_corrected_and_ended_on_both_axes(standing: Registry, topic: str) -> None:
    made = entered(standing, topic, note=f"first word on {topic}")
    address, headers = f"/v1/{topic}/{made['id']}", standing.as_body(TRAFFORD, ROLE_FOR.get(topic, "commissioner"))
    first = standing.get(address)
    assert (first.headers["ETag"], first.json()["versions"][0]["record"]["note"]) == ('"1"', f"first word on {topic}")
    again = SENT[topic] | {"note": "as we know it now"}
    assert standing.http.put(address, json=again, headers=headers).status_code == 428
    corrected = standing.http.put(address, json=again, headers=headers | {"If-Match": '"1"'})
    assert (corrected.status_code, corrected.headers.get("ETag")) == (200, '"2"'), corrected.text
    assert standing.http.put(address, json=again, headers=headers | {"If-Match": '"1"'}).status_code == 412
    same = standing.http.put(address, json=again, headers=headers | {"If-Match": '"2"'})
    assert same.headers["ETag"] == '"2"'
    end = {"reason": "it is over", "on": "2014-01-01"}
    ended = standing.http.post(
        f"{address}/end",
        json=end,
        headers=standing.as_body(TRAFFORD, ROLE_FOR.get(topic, "commissioner")) | {"If-Match": '"2"'},
    )
    assert (ended.status_code, ended.json()["valid_to"]) == (200, "2014-01-01"), ended.text
    assert made["id"] not in {one["id"] for one in listed(standing, topic, limit=1000)}
    assert made["id"] in {one["id"] for one in listed(standing, topic, as_of="2013-12-31", limit=1000)}
    assert made["id"] in {one["id"] for one in listed(standing, topic, every_day=True, limit=1000)}
    then = listed(standing, topic, known_at=first.json()["known_at"], limit=1000)
    assert [one["note"] for one in then if one["id"] == made["id"]] == [f"first word on {topic}"]
    assert standing.get(address, known_at=first.json()["known_at"]).json() == first.json()


@pytest.mark.parametrize("topic", list(TOPICS))
def test_only_whose_matter_it_is_enters_it_and_a_steward_for_anybody(standing: Registry, topic: str) -> None:
    refused = enter(standing, topic, body="gss:Q", note="not ours")
    assert ("not-yours") in {kind for _, kind in kinds(refused)}
    if topic != "signing-authorities":
        assert enter(standing, topic, body="gss:Q", as_role="data-steward", note="for them").status_code == 201
        by_unit = standing.as_body(UNIT, acting_for=TRAFFORD)
        lent = standing.http.post(f"/v1/{topic}", json=SENT[topic] | {"note": "by the unit"}, headers=by_unit)
        assert (lent.status_code, lent.json().get("owner")) == (201, TRAFFORD)


def test_every_fault_of_a_record_is_named_at_its_place(standing: Registry) -> None:
    wrong = enter(
        standing,
        "contracts",
        provider="ods:ZZZ",
        associates=[{"organisation": "ods:OLD"}],
        stages=["imaging", "nothing"],
        pathways=["lung", "skin"],
        places=["ccg-99Z"],
    )
    assert kinds(wrong) == {
        ("/provider", "unknown-organisation"),
        ("/associates/0/organisation", "not-in-being"),
        ("/stages/1", "unknown-stage"),
        ("/pathways/1", "unknown-pathway"),
        ("/places/0", "unknown-place"),
    }
    twice = enter(standing, "contracts", associates=[{"organisation": TAMESIDE, "share": 0.7}] * 2)
    assert kinds(twice) == {(None, "value_error")} or kinds(twice) == {("", "value_error")}
    text = [{"year": "2013-14", "money": "outturn", "value_gbp": "12"}]
    assert ("/values/0/value_gbp", "int_type") in kinds(enter(standing, "contracts", values=text))


def test_the_same_twice_is_refused_and_a_record_that_succeeds_ends_the_one_before(registry: Registry) -> None:
    first = entered(registry, "contracts")
    assert enter(registry, "contracts").status_code == 409
    second = entered(registry, "contracts", valid_from="2014-04-01", valid_to="2016-04-01", succeeds=first["id"])
    assert registry.get(f"/v1/contracts/{first['id']}").json()["versions"][-1]["record"]["valid_to"] == "2014-04-01"
    assert [one["id"] for one in listed(registry, "contracts", as_of="2014-04-01")] == [second["id"]]
    others = enter(
        registry, "contracts", body=TAMESIDE, valid_from="2015-04-01", valid_to="2017-04-01", succeeds=first["id"]
    )
    assert others.status_code == 403


def test_contracts_are_found_by_place_stage_pathway_and_year(registry: Registry) -> None:
    made = entered(registry, "contracts")
    for found in (
        {"place": "ccg-02A"},
        {"place": "ccg-01Y~la-Q"},
        {"place": "england"},
        {"stage": "imaging"},
        {"provider": "concord:phe"},
    ):
        assert [one["id"] for one in listed(registry, "contracts", **found)] == [made["id"]], found
    for found in ({"place": "la-Q"}, {"stage": "gp"}, {"pathway": "breast"}, {"year": "2015-16"}, {"form": "grant"}):
        assert listed(registry, "contracts", **found) == [], found
    assert len(listed(registry, "contracts", year="2014-15", as_of="2026-01-01")) == 1
    assert len(listed(registry, "contracts", organisation=[TAMESIDE, "gss:Q"], stage=["gp", "imaging"])) == 1


def test_values_are_for_the_parties_unless_the_contract_makes_them_public(registry: Registry) -> None:
    entered(registry, "contracts")
    (public,) = listed(registry, "contracts")
    assert (public["values"], public["values_withheld"], public["associates"][0]["share"]) == ([], True, None)
    for reader, role, sees in (
        (TAMESIDE, "reader", 1),
        ("gss:Q", "commissioner", 0),
        ("gss:Q", "auditor", 1),
        (UNIT, "reader", 1),
    ):
        headers = registry.signing.bearer("u", {reader: [role]}, "registry")
        assert len(listed(registry, "contracts", headers)[0]["values"]) == sees, (reader, role)
    entered(registry, "contracts", values_public=True)
    assert sorted(len(one["values"]) for one in listed(registry, "contracts")) == [0, 1]


def mandate(registry: Registry, *actions: str, body: str = TAMESIDE, **limits: Any) -> None:
    sent = {"holder": UNIT, "actions": actions, "valid_from": "2013-04-01"} | limits
    answer = registry.http.post("/v1/mandates", json=sent, headers=registry.as_body(body, "chief-officer"))
    assert answer.status_code == 201, answer.text


def test_only_a_mandate_to_write_contracts_opens_their_values(registry: Registry) -> None:
    entered(registry, "contracts", body=TAMESIDE, coordinator=TAMESIDE, associates=[])
    unit = registry.signing.bearer("u", {UNIT: ["commissioner"]}, "registry")

    def sees() -> bool:
        return bool(listed(registry, "contracts", unit)[0]["values"])

    mandate(registry, "claims.*", "knowledge.*")
    assert not sees()
    mandate(registry, "contracts.write")
    assert sees()


def as_sent(view: dict[str, Any]) -> dict[str, Any]:
    """What was read, as it is sent back."""
    return {name: view[name] for name in SENT["contracts"]}


def test_whoever_may_correct_a_contract_sees_all_of_it_and_so_keeps_its_values(registry: Registry) -> None:
    made = entered(registry, "contracts")
    address, steward = f"/v1/contracts/{made['id']}", registry.as_body("gss:Q", "data-steward")
    read = registry.http.get(address, headers=steward)
    again = as_sent(read.json()["versions"][-1]["record"]) | {"title": "Imaging, all of it"}
    corrected = registry.http.put(address, json=again, headers=steward | {"If-Match": read.headers["ETag"]})
    assert corrected.status_code == 200, corrected.text
    (told,) = registry.http.get("/v1/changes").json()["items"][-1]["touched"]
    assert (told["id"], told["version"], told["places"]) == (made["id"], 2, ["gm"])
    assert set(told["bodies"]) == {TRAFFORD, TAMESIDE, "concord:phe"}
    (own,) = listed(registry, "contracts", registry.as_body(TRAFFORD))
    assert (own["title"], own["values"][0]["value_gbp"], own["associates"][0]["share"]) == (
        "Imaging, all of it", 1_200_000, 0.4,
    )  # fmt: skip


def test_an_office_and_a_successor_see_and_correct_the_contracts_they_keep(registry: Registry) -> None:
    office = entered(registry, "contracts", body="ods:Q46", coordinator="ods:Q46", associates=[], title="The office's")
    assert office["owner"] == "ods:X24"
    for body in ("ods:Q46", "ods:X24"):
        assert listed(registry, "contracts", registry.as_body(body))[0]["values"], body
    made = entered(registry, "contracts", title="Trafford's", associates=[])
    row = {"predecessor": TRAFFORD, "successor": "gss:Q", "kind": "merger", "on": "2016-04-01", "share": "1.0"}
    row |= {"basis": "published", "source": "law"}
    sent = send(registry, as_csv(row), "succession", body="gss:P", role="data-steward")
    assert sent.status_code == 201, sent.text
    address, successor = f"/v1/contracts/{made['id']}", registry.as_body("gss:Q")
    record = registry.http.get(address, headers=successor).json()["versions"][-1]["record"]
    assert record["values"]
    put = registry.http.put(
        address, json=as_sent(record) | {"note": "ours now"}, headers=successor | {"If-Match": '"1"'}
    )
    assert put.status_code == 200, put.text
    elsewhere = as_sent(record) | {"coordinator": TAMESIDE}
    refused = registry.http.put(address, json=elsewhere, headers=successor | {"If-Match": '"2"'})
    assert ("/coordinator", "not-yours") in kinds(refused), "what was never a matter of theirs"


PERSON = {"name": "Ada Lovelace", "email": "ada@example.nhs.uk", "telephone": "0161 496 0000"}


def keep(registry: Registry, **changed: Any) -> dict[str, Any]:
    answer = registry.http.post("/v1/people", json=PERSON | changed, headers=registry.as_body(TRAFFORD))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_public_sees_the_role_and_a_name_only_where_the_person_says_so(registry: Registry) -> None:
    seen = {}
    for shown in ("nothing", "name", "contact"):
        person = keep(registry, shown=shown)
        assert "Ada" not in str(person)
        entered(registry, "role-holders", person=person["id"], note=shown)
        found = listed(registry, "role-holders", person=person["id"])[0]
        seen[shown] = (found["holder"]["name"], found["holder"]["email"])
        signed_in = registry.signing.bearer("u", {"gss:P": ["reader"]}, "registry")
        assert listed(registry, "role-holders", signed_in, person=person["id"])[0]["holder"]["name"] == PERSON["name"]
    assert seen == {
        "nothing": (None, None),
        "name": (PERSON["name"], None),
        "contact": (PERSON["name"], PERSON["email"]),
    }
    assert registry.http.get("/v1/people").status_code == 401
    assert len(registry.http.get("/v1/people", headers=registry.as_body("gss:P")).json()["items"]) == 3


def test_an_erased_person_leaves_the_role_with_its_history_and_no_trace_in_the_database(registry: Registry) -> None:
    person = keep(registry, shown="contact")
    role = entered(registry, "role-holders", person=person["id"], handed_on="Ask the unit about the second scanner")
    address = f"/v1/people/{person['id']}"
    changed = registry.http.put(
        address, json=PERSON | {"name": "Ada King"}, headers=registry.as_body(TRAFFORD) | {"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert registry.http.delete(address, headers=registry.as_body(TRAFFORD)).status_code == 428
    assert registry.http.delete(address, headers=registry.as_body("gss:Q") | {"If-Match": '"2"'}).status_code == 403
    erased = registry.http.delete(address, headers=registry.as_body(TRAFFORD) | {"If-Match": '"2"'})
    assert (erased.status_code, erased.json()["erased"]) == (200, True)
    again = registry.http.delete(address, headers=registry.as_body(TRAFFORD) | {"If-Match": '"3"'})
    assert (again.status_code, again.json()["version"]) == (200, 3)
    held = registry.get(f"/v1/role-holders/{role['id']}").json()["versions"][0]["record"]
    assert (held["holder"]["erased"], held["holder"]["name"]) == (True, None)
    assert held["handed_on"] == "Ask the unit about the second scanner"
    assert ("/person", "unknown-person") in kinds(enter(registry, "role-holders", person=person["id"], note="again"))
    revived = registry.http.put(address, json=PERSON, headers=registry.as_body(TRAFFORD) | {"If-Match": '"3"'})
    assert revived.status_code == 409
    journal = registry.http.get("/v1/changes", headers=registry.as_body("gss:Q")).json()["items"]
    digests = {one["action"]: one["body_digest"] for one in journal}
    assert (digests["people.write"], digests["people.erase"]) == (None, None)
    assert digests["role-holders.write"]
    database = registry.database_file
    with sqlite3.connect(database) as connection:
        assert "Ada" not in "\n".join(connection.iterdump())
        kept = connection.execute("SELECT count(body_digest) FROM journal WHERE action LIKE 'people.%'").fetchone()
        assert kept == (0,)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Ada" not in database.read_bytes()


def test_a_role_needs_what_it_is_about(standing: Registry) -> None:
    for role in ("whole-pathway-lead", "responsibility-contact", "hand-over-contact"):
        sent = SENT["role-holders"] | {"role": role}
        answer = standing.http.post("/v1/role-holders", json=sent, headers=standing.as_body(TRAFFORD))
        assert answer.status_code == 422, role


def test_whom_to_ask_is_told_with_the_stage_and_place_the_nearest_first(registry: Registry) -> None:
    person = keep(registry, shown="name")
    stage = {"role": "responsibility-contact", "stage": "imaging", "place": "gm"}
    entered(registry, "role-holders", **stage)
    entered(registry, "role-holders", person=person["id"])
    entered(registry, "role-holders", **(stage | {"stage": "gp"}))
    asked = {"stage": "imaging", "pathway": "lung", "place": "ccg-02A"}
    (point,) = registry.get("/v1/contacts", **asked).json()["points"]
    assert [(one["role"], one["name"], one["email"], one["vacant"]) for one in point["holders"]] == [
        ("responsibility-contact", None, None, True),
        ("clinical-cancer-lead", PERSON["name"], None, False),
    ]


def test_findings_of_records_are_listed_with_those_of_the_map(registry: Registry) -> None:
    kind = "contract-rolled-over-unread"
    made = entered(registry, "contracts", renewals=["2013-10-01"])
    (one,) = registry.get("/v1/findings", pathway="lung", place="ccg-02A", kind=kind).json()["items"]
    assert (one["severity"], one["records"]) == ("medium", [made["id"]])
    assert registry.get("/v1/findings", pathway="breast", place="ccg-02A", kind=kind).json()["items"] == []
    earlier = registry.get("/v1/findings", pathway="lung", place="ccg-02A", kind=kind, as_of="2013-09-30")
    assert earlier.json()["items"] == []


def test_what_a_body_holds_is_work_to_reassign(registry: Registry) -> None:
    contract = entered(registry, "contracts")
    entered(registry, "risks", as_role="data-steward", body="ods:X24")
    held = registry.get(f"/v1/organisations/{TRAFFORD}/holdings", kind=["contracts", "risks"]).json()["items"]
    assert [(one["kind"], one["held_as"], one["words"]) for one in held] == [
        ("contracts", "coordinator", "contract: Imaging"),
        ("risks", "owner_body", "risk: Reporting falls behind, kept by ods:X24"),
    ]
    kept = registry.get("/v1/organisations/ods:X24/holdings", kind="risks").json()["items"]
    assert [one["held_as"] for one in kept] == ["keeper"]
    assert [one["id"] for one in held if one["kind"] == "contracts"] == [contract["id"]]


def test_of_people_a_body_holds_others_are_told_the_roles_and_how_many(registry: Registry) -> None:
    hidden, open_, gone = keep(registry), keep(registry, shown="name", name="Open"), keep(registry, name="Gone")
    for person in (hidden, open_, gone, {"id": None}):
        entered(registry, "role-holders", person=person["id"], note=str(person["id"]))
    address = f"/v1/people/{gone['id']}"
    assert registry.http.delete(address, headers=registry.as_body(TRAFFORD) | {"If-Match": '"1"'}).status_code == 200
    asked = {"as_of": "2014-01-15", "kind": ["role-holders", "people"]}

    def told(**headers: str) -> tuple[dict[str, int], list[tuple[str, str | None, bool | None]]]:
        found = registry.http.get(f"/v1/organisations/{TRAFFORD}/holdings", params=asked, headers=headers).json()
        names = [(one["kind"], (one["holder"] or {}).get("name"), (one["holder"] or {}).get("erased"))
                 for one in found["items"]]  # fmt: skip
        return {one["kind"]: one["records"] for one in found["counts"]}, sorted(names, key=str)

    counts, public = told()
    assert counts == {"role-holders": 4, "people": 2}, "nothing of an erased person is left to take over"
    assert public == [
        ("role-holders", "Open", False), ("role-holders", None, False), ("role-holders", None, None),
        ("role-holders", None, True),
    ]  # fmt: skip
    again, signed_in = told(**registry.as_body("gss:P", "reader"))
    assert again == counts
    assert [one[:2] for one in signed_in] == [
        ("people", "Ada Lovelace"), ("people", "Open"), ("role-holders", "Ada Lovelace"), ("role-holders", "Open"),
        ("role-holders", None), ("role-holders", None),
    ]  # fmt: skip
