"""Reorganisations: previewed, carried out as one change, refused with every fault; what ended bodies hold is listed."""

from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from concord_contracts.registry import ReorganisationIn
from concord_kit.database import Database, Reading
from concord_kit.journal import Intent
from concord_registry.reorganising import ahead
from concord_registry.reorganising.carrying_out import carried_out
from concord_registry.store.layers import rows_in_use
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Reference
from services.registry.tests import published, worlds
from services.registry.tests.conftest import Registry
from services.registry.tests.test_publishers_files import take

STEWARD = "ods:X24"
ON = "2018-04-01"
BEFORE, AFTER = "2018-03-31", "2018-04-01"


def merging(**changed: Any) -> dict[str, Any]:
    """Trafford and Tameside become one CCG with one place, on 1 April 2018."""
    return {
        "on": ON,
        "title": "The two CCGs become one",
        "authority": "s.14G NHS Act 2006",
        "events": [
            {"event": "open", "body": "ods:15Z", "kind": "ccg", "name": "NHS New CCG", "legal_person": True,
             "codes": [{"scheme": "gss", "code": "E38000999"}]},
            {"event": "merge", "predecessors": ["ods:02A", "ods:01Y"], "successor": "ods:15Z",
             "place": {"key": "ccg-15Z", "name": "New"}},
            {"event": "rename", "body": "gss:P", "name": "Greater P Council"},
        ],
        "reason": "minute 14",
    } | changed  # fmt: skip


def send(registry: Registry, body: dict[str, Any], *, dry_run: bool = False, key: str | None = None) -> httpx.Response:
    headers = registry.as_body(STEWARD, "data-steward", key=key)
    return registry.http.post(
        "/v1/reorganisations", params={"dry_run": "true"} if dry_run else {}, json=body, headers=headers
    )


def ok(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {one["pointer"]: one["type"] for one in answer.json()["errors"]}


@pytest.fixture(scope="module")
def merged(standing_on: Any) -> tuple[Registry, dict[str, Any], dict[str, Any]]:
    """A registry in which the two have merged, the preview of it, and what was said of it."""
    registry: Registry = standing_on(worlds.FILES)
    claim = {
        "role": "commissions", "organisation": "ods:02A", "on_behalf_of": ["ods:01Y"], "stage": "imaging",
        "pathway": "lung", "place": "ccg-02A", "valid_from": "2013-04-01",
    }  # fmt: skip
    ok(registry.http.post("/v1/claims", json=claim, headers=registry.as_body("ods:02A")), 201)
    preview = ok(send(registry, merging(), dry_run=True))
    assert ok(registry.get("/v1/organisations/ods:02A"))["valid_to"] == "9999-12-31", "a preview changes nothing"
    return registry, preview, ok(send(registry, merging(), key="merge-1"), 201)


type Merged = tuple[Registry, dict[str, Any], dict[str, Any]]


def test_the_preview_says_what_is_then_done(merged: Merged) -> None:
    _, preview, said = merged
    assert preview["id"] is None
    assert (preview["dry_run"], said["dry_run"]) == (True, False)
    assert preview["effects"] == said["effects"]
    effects = said["effects"]
    assert [body["id"] for body in effects["ended"]] == ["ods:01Y", "ods:02A"]
    assert [body["name"] for body in effects["opened"]] == ["NHS New CCG"]
    assert [body["name"] for body in effects["renamed"]] == ["Greater P Council"]
    changed = {(row["table"], row["kind"]) for row in effects["rows"]}
    assert {("bodies", "added"), ("bodies", "changed"), ("succession", "added"), ("footprints", "added")} <= changed
    figures = effects["figures"]
    assert figures["before"][0]["persons"] == sum(one["persons"] for one in figures["items"]) == 470_000
    assert [(one["place"], one["body"]["id"]) for one in figures["items"]] == [("ccg-15Z", "ods:15Z")]
    assert {one["kind"] for one in effects["findings"]} >= {"gap"}


def test_bodies_names_codes_places_and_footprints_are_as_of_the_day(merged: Merged) -> None:
    registry, _, _ = merged

    def ids(day: str) -> set[str]:
        found = ok(registry.get("/v1/organisations", kind="ccg", as_of=day))
        return {one["id"] for one in found["items"]}

    assert (ids(BEFORE), ids(AFTER)) == ({"ods:02A", "ods:01Y"}, {"ods:15Z"})
    new = ok(registry.get("/v1/organisations/ods:15Z", as_of=AFTER))
    assert [(scheme, code) for scheme, code, *_ in new["codes"]] == [("gss", "E38000999"), ("ods", "15Z")]
    assert {body["id"] for body, *_ in new["predecessors"]} == {"ods:02A", "ods:01Y"}
    assert [name for name, *_ in ok(registry.get("/v1/organisations/gss:P", as_of=AFTER))["names"]] == [
        "P Council", "Greater P Council",
    ]  # fmt: skip
    place = ok(registry.get("/v1/places/ccg-15Z", as_of=AFTER))["place"]
    assert place["parents"] == ["gm"]
    assert dict(place["footprint"]) == {
        "la-P": pytest.approx(120 / 140, abs=1e-6),
        "la-Q": pytest.approx(20 / 140, abs=1e-6),
    }
    assert sum(share for _, share in place["footprint"]) == pytest.approx(1, abs=1e-9)
    assert registry.get("/v1/places/ccg-02A", as_of=AFTER).status_code == 404
    assert dict(ok(registry.get("/v1/places/la-P", as_of=AFTER))["place"]["footprint"]) == {"ccg-15Z": 1.0}


def test_what_ended_bodies_hold_is_work_to_reassign(merged: Merged) -> None:
    registry, _, said = merged
    held = ok(registry.get("/v1/organisations/ods:02A/holdings", as_of=AFTER))
    assert held["ends"] == ON
    assert [part["body"]["id"] for part in held["successors"]] == ["ods:15Z"]
    assert {(one["kind"], one["held_as"]): one["records"] for one in held["counts"]} == {
        ("claim", "organisation"): 1, ("claim", "asserted_by"): 1, ("mandate", "body"): 1, ("relation", "object"): 1,
    }  # fmt: skip
    other = ok(registry.get("/v1/organisations/ods:01Y/holdings", as_of=AFTER, kind="claim"))
    assert [one["held_as"] for one in other["items"]] == ["on_behalf_of"]
    assert registry.http.get(other["items"][0]["address"]).status_code == 200
    listed = {work["body"]["id"]: work["counts"] for work in said["effects"]["to_reassign"]}
    assert listed["ods:02A"] == held["counts"]
    first = ok(registry.get("/v1/organisations/ods:02A/holdings", as_of=AFTER, limit=3))
    rest = ok(registry.get("/v1/organisations/ods:02A/holdings", as_of=AFTER, cursor=first["next_cursor"]))
    assert [*first["items"], *rest["items"]] == held["items"]
    assert registry.get("/v1/organisations/ods:NONE/holdings").status_code == 404


def test_it_is_done_once_and_can_be_read_as_known_then(merged: Merged) -> None:
    registry, _, said = merged
    again = ok(send(registry, merging(), key="merge-1"), 201)
    assert again == said
    assert faults(send(registry, merging())) == {
        "/events/0/body": "taken",
        "/events/1/place/key": "taken",
        "/events/1/predecessors/0": "already-passed-on",
        "/events/1/predecessors/1": "already-passed-on",
        "/events/2/name": "unchanged",
    }
    one = ok(registry.http.get(f"/v1/reorganisations/{said['id']}"))
    assert (one["events"], one["effects"]) == (said["events"], said["effects"])
    (listed,) = ok(registry.http.get("/v1/reorganisations"))["items"]
    assert (listed["id"], listed["ended"], listed["opened"]) == (said["id"], ["ods:01Y", "ods:02A"], ["ods:15Z"])
    assert ok(registry.http.get("/v1/reorganisations", params={"since": "2018-04-02"}))["items"] == []
    changes = ok(registry.http.get("/v1/changes", params={"limit": 1000}))["items"]
    mine = next(one for one in changes if one["subject"] == f"reorganisation:{said['id']}")
    assert (mine["action"], mine["acting_for"], mine["reason"]) == (
        "reorganisations.apply", STEWARD, None,
    ), "the public sees no reason"  # fmt: skip
    then = changes[0]["at"]
    assert registry.http.get(f"/v1/reorganisations/{said['id']}", params={"known_at": then}).status_code == 404
    assert ok(registry.get("/v1/organisations/ods:02A", known_at=then))["valid_to"] == "9999-12-31"


WRONG: list[tuple[dict[str, Any] | list[dict[str, Any]], dict[str, str]]] = [
    ({"event": "close", "body": "ods:NONE"}, {"/events/0/body": "unknown-organisation"}),
    ({"event": "close", "body": "ods:OLD"}, {"/events/0/body": "not-in-being"}),
    (
        {"event": "split", "predecessor": "ods:02A",
         "successors": [{"body": "ods:01Y", "share": 0.5}, {"body": "ods:OLD", "share": 0.4}]},
        {"/events/0/successors": "shares", "/events/0/successors/1/body": "not-in-being"},
    ),
    (
        {"event": "split", "predecessor": "ods:02A", "goes_on": True, "basis": "published",
         "successors": [{"body": "ods:01Y", "share": 1}]},
        {"/events/0/successors": "shares", "/events/0/basis": "no-source"},
    ),
    (
        [{"event": "transfer", "predecessor": "ods:02A", "successor": "ods:01Y"},
         {"event": "transfer", "predecessor": "ods:01Y", "successor": "ods:02A"}],
        {"/events/0/successor": "ends-here", "/events/1/successor": "ends-here"},
    ),
    (
        [{"event": "close", "body": "ods:02A"}, {"event": "close", "body": "ods:02A"},
         {"event": "rename", "body": "ods:02A", "name": "X"}],
        {"/events/1/body": "twice", "/events/2/body": "contradiction"},
    ),
    (
        {"event": "open", "body": "ods:NEW", "kind": "guild", "name": "X", "legal_person": True,
         "codes": [{"scheme": "gss", "code": "E38000187"}], "relations": [{"type": "office_of", "object": "ods:ZZ"}]},
        {"/events/0/kind": "unknown-kind", "/events/0/codes/0": "taken",
         "/events/0/relations/0/object": "unknown-organisation"},
    ),
    ({"event": "transfer", "predecessor": "ods:02A", "successor": "ods:02A"}, {"/events/0/successor": "cycle"}),
    ({"event": "pass_place", "place": "nowhere", "body": "ods:ZZ"},
     {"/events/0/place": "unknown-place", "/events/0/body": "unknown-organisation"}),
    ({"event": "close_place", "place": "la-P"}, {"/events/0": "shares"}),
    ({"event": "open_place", "place": "ccg-02A", "kind": "ccg", "name": "X", "parents": ["no"]},
     {"/events/0/place": "taken", "/events/0/footprint": "no-footprint", "/events/0/parents/0": "unknown-place"}),
]  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), WRONG)
def test_every_fault_is_named_at_once(standing: Registry, events: Any, expected: dict[str, str]) -> None:
    several = events if isinstance(events, list) else [events]
    answer = send(standing, merging(events=several), dry_run=True)
    found = faults(answer)
    assert found == found | expected


def test_a_body_that_would_succeed_itself_over_other_days_is_refused(registry: Registry) -> None:
    ok(send(registry, merging(events=[{"event": "split", "predecessor": "ods:02A", "goes_on": True,
                                       "successors": [{"body": "ods:01Y", "share": 0.4}]}])), 201)  # fmt: skip
    back = {"event": "transfer", "predecessor": "ods:01Y", "successor": "ods:02A"}
    assert faults(send(registry, merging(on="2019-04-01", events=[back]))) == {"/events/0": "cycle"}


def test_only_data_stewards_reorganise(standing: Registry) -> None:
    answer = standing.http.post("/v1/reorganisations", json=merging(), headers=standing.as_body("ods:02A"))
    assert answer.status_code == 403


def test_a_later_load_of_our_files_does_not_undo_it(loaded_on_each: Database) -> None:

    references = ReferenceReader()
    sent = ReorganisationIn.model_validate(merging())
    day = date(2018, 4, 1)
    before = loaded_on_each.read_now(lambda tx: references.read(tx, day, tx.head_at))
    loaded_on_each.write_now(
        Intent("test", "reorganisations.apply"), lambda tx: carried_out(tx, references, sent, STEWARD, day)
    )
    after = loaded_on_each.read_now(lambda tx: references.read(tx, day, tx.head_at))
    assert [one.bodies["ods:02A"].in_being(day) for one in (before, after)] == [True, False], "the cache notices"
    renamed = worlds.FILES["body_names.csv"].replace("NHS Trafford CCG", "NHS Trafford Clinical Commissioning Group")
    worlds.load_into(loaded_on_each, {**worlds.FILES, "body_names.csv": renamed})
    then = loaded_on_each.read_now(lambda tx: references.read(tx, day, tx.head_at))
    assert not then.bodies["ods:02A"].in_being(day)
    assert then.places_of_body["ods:15Z"] == ("ccg-15Z",)
    assert [part.body for part in then.lineage.parts("ods:02A", date(2014, 1, 1), day)] == ["ods:15Z"]


def test_what_publishers_say_of_other_days_and_other_places_stays_in_use(loaded_on_each: Database) -> None:
    database, references, day = loaded_on_each, ReferenceReader(), date(2020, 4, 1)
    take(database, published.CCG19, "ccg19.csv")
    take(database, published.table("from,to,legal_start,share", "01Y,02A,2015-04-01,0.1"), "successors.csv")
    events = [
        {"event": "transfer", "predecessor": "ods:01Y", "successor": "ods:02A"},
        {"event": "open_place", "place": "north", "kind": "union", "name": "North", "members": ["ccg-13T"]},
    ]
    sent = ReorganisationIn.model_validate(merging(on=day.isoformat(), events=events))
    database.write_now(Intent("test", "x"), lambda tx: carried_out(tx, references, sent, STEWARD, day))

    def look(tx: Reading) -> tuple[set[Any], set[Any]]:
        events = rows_in_use(tx.connection, "succession", tx.head_at)
        lying = rows_in_use(tx.connection, "place_parents", tx.head_at, on_day=day)
        passed = {(row.on, row.share) for row in events if row.predecessor == "ods:01Y"}
        return passed, {row.parent for row in lying if row.child == "ccg-13T"}

    assert database.read_now(look) == ({(date(2015, 4, 1), 0.1), (day, 1.0)}, {"england", "north"})


def test_what_happened_before_can_be_recorded_after_what_happened_later(registry: Registry) -> None:
    def passed(on: str, body: str, name: str) -> None:
        events = [
            {"event": "pass_place", "place": "la-P", "body": body},
            {"event": "rename", "body": "gss:Q", "name": name, "code": {"scheme": "gss", "code": f"E-{on}"}},
        ]
        ok(send(registry, merging(on=on, events=events)), 201)

    passed("2020-04-01", "gss:Q", "Q Combined")
    passed("2018-04-01", "ods:02A", "Q Unitary")
    passed("2018-04-01", "ods:01Y", "Q Borough")
    found = []
    for day in ("2018-03-31", "2018-04-01", "2020-03-31", "2020-04-01"):
        body = ok(registry.get("/v1/organisations/gss:Q", as_of=day))
        place = ok(registry.get("/v1/places/la-P", as_of=day))["place"]
        codes = [code for scheme, code, start, end in body["codes"] if scheme == "gss" and start <= day < end]
        found.append((place["body"], body["body"]["name"], codes))
    assert found == [
        ("gss:P", "Q County Council", []),
        ("ods:01Y", "Q Borough", ["E-2018-04-01"]),
        ("ods:01Y", "Q Borough", ["E-2018-04-01"]),
        ("gss:Q", "Q Combined", ["E-2020-04-01"]),
    ]
    ended = ok(
        send(registry, merging(on="2022-04-01", events=[{"event": "close_place", "place": "ccg-01Y~la-Q"}])), 201
    )
    assert ended["effects"]["rows"]
    late = merging(on="2022-04-01", events=[{"event": "pass_place", "place": "ccg-01Y~la-Q", "body": "gss:Q"}])
    assert faults(send(registry, late)) == {"/events/0/place": "already-ended"}


def test_the_same_places_are_compared_before_and_after(small_world: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that follows has places of its own, and only afterwards: they push none of the others out."""
    monkeypatch.setattr(ahead, "MOST_PLACES", 2)
    new = replace(small_world.places["la-P"], key="a-new")
    after = replace(small_world, places={**small_world.places, "a-new": new})
    bodies = ["ods:01Y", "ods:02A", "gss:P"]
    found = ahead.findings_ahead(small_world, after, [], frozenset(), bodies)
    assert found.places_left_off == 2
    assert found.closing == 0, "what was looked at before is looked at after"


@pytest.mark.parametrize("listed_before", [False, True])
def test_a_later_list_that_has_open_what_was_closed_says_so_by_name(registry: Registry, listed_before: bool) -> None:
    """Where the list is the first to say so it is on the map again; where it was so listed before it stays closed."""
    if listed_before:
        file(registry, published.efile(), "eccg_2016-02.csv")
    done = ok(send(registry, merging()), 201)
    later = [published.efile_row("02A", "NHS TRAFFORD CCG", role="C"), *published.ECCG[2:]]
    report = file(registry, published.efile(later), "eccg_2019-02.csv")
    (conflict,) = [one for one in report["conflicts"] if one["key"] == "ods:02A"]
    assert (conflict["closed_on"], conflict["reorganisation"]) == (ON, done["id"])
    assert any(f"The two CCGs become one' ({done['id']})" in words for words in report["warnings"])
    path = f"/v1/files/{report['id']}/reconciliation"
    seen = registry.http.get(path, params={"kind": "closed-by-reorganisation"}).json()
    assert [(one["body"], one["ours"]) for one in seen["items"]] == [("ods:02A", f"closed on {ON}")]
    again = registry.get("/v1/organisations/ods:02A", as_of="2019-06-01").json()["valid_to"] > "2019-06-01"
    assert conflict["shows_again"] == again == (not listed_before)
    assert ("on the map again" in seen["items"][0]["words"]) is again


def file(registry: Registry, content: bytes, name: str) -> dict[str, Any]:
    headers = registry.as_body(STEWARD, "data-steward") | {"Content-Type": "text/csv"}
    sent = registry.http.post(
        "/v1/files", params={"name": name, "accept_fewer": "true"}, content=content, headers=headers
    )
    return ok(sent, 201)
