"""Bodies' own rows in place of ours, and their claims out of a table."""

import csv
import io
from typing import Any

import httpx
import openpyxl
import pytest

from concord_kit.clock import FOREVER_AT
from concord_kit.database import Database
from concord_kit.journal import Intent
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE, read
from concord_registry.files import check
from concord_registry.importing import Asked, carried_out
from concord_registry.own_rows import rows_sent
from concord_registry.store import loads
from concord_registry.store.layers import rows_in_use, table_of
from concord_registry.store.reference import ReferenceReader
from services.registry.tests.conftest import Registry
from services.registry.tests.worlds import DAY, FILES

TRAFFORD = "ods:02A"
PEOPLE = {
    "place": "ccg-02A", "year": "2013-14", "population_basis": "registered", "persons": "231500",
    "basis": "published", "source": "law",
}  # fmt: skip
NURSE = {
    "claim": "imaging", "role": "commissions", "organisation": TRAFFORD, "stage": "imaging", "pathway": "lung",
    "place": "ccg-02A", "authority": "minute 12 of May 2013", "valid_from": "2013-05-01",
}  # fmt: skip


def as_csv(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, dict.fromkeys(column for row in rows for column in row), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def send(
    registry: Registry,
    content: bytes,
    table: str | None = None,
    *,
    body: str = TRAFFORD,
    role: str = "commissioner",
    kind: str = CSV_TYPE,
    **params: Any,
) -> httpx.Response:
    headers = registry.as_body(body, role) | {"Content-Type": kind}
    asked = {"table": table, **params} if table else params
    return registry.http.post("/v1/imports", params=asked, content=content, headers=headers)


def faults(answer: httpx.Response) -> set[tuple[str | None, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:concord:problem:faulty-table"
    return {(fault.get("pointer"), fault.get("type", "invalid")) for fault in answer.json()["errors"]}


def people(registry: Registry, place: str = "ccg-02A", **params: Any) -> Any:
    found = registry.get(f"/v1/places/{place}", **params).json()
    return {one["basis"]: one["persons"] for one in found["place"]["populations"]}, found["known_at"]


def test_a_bodys_own_count_is_used_in_place_of_ours_until_it_is_withdrawn(registry: Registry) -> None:
    before, known_at = people(registry)
    answer = send(registry, as_csv(PEOPLE), "populations", reason="the list of March")
    assert answer.status_code == 201, answer.text
    report = answer.json()
    assert report["rows"] == [
        {
            "table": "populations",
            "key": "ccg-02A|2013-14|registered",
            "kind": "changed",
            "cells": [{"column": "persons", "before": "230000", "after": "231500"}],
            "sent_by_before": None,
        }
    ]
    assert (before["registered"], people(registry)[0]["registered"]) == (230_000, 231_500)
    assert people(registry, known_at=known_at)[0] == before
    key = {name: PEOPLE[name] for name in ("place", "year", "population_basis")}
    assert send(registry, as_csv(key), "populations", action="withdraw").status_code == 201
    assert people(registry)[0] == before
    again = send(registry, as_csv(key), "populations", action="withdraw")
    assert (again.status_code, again.json()["tables"][0]["unchanged"]) == (200, 1)
    assert faults(send(registry, as_csv(key | {"year": "1999-00"}), "populations", action="withdraw")) == {
        ("/populations/2", "nothing-to-withdraw")
    }
    listed = registry.http.get("/v1/imports", params={"acting_for": TRAFFORD}).json()["items"]
    assert [one["action"] for one in listed] == ["withdraw", "replace"]
    signed_in = registry.as_body("gss:Q", "reader")
    assert registry.http.get(f"/v1/imports/{report['id']}", headers=signed_in).json() == report
    assert registry.http.get(f"/v1/imports/{report['id']}").json() == report | {"reason": None}
    assert "list of March" not in registry.http.get("/v1/imports").text
    assert "list of March" in registry.http.get("/v1/imports", headers=signed_in).text


def test_a_dry_run_leaves_no_trace_and_the_same_again_changes_nothing(registry: Registry) -> None:
    head = registry.http.get("/v1/changes").json()["head_seq"]
    tried = send(registry, as_csv(PEOPLE), "populations", dry_run=True)
    assert (tried.status_code, tried.json()["id"]) == (200, None)
    assert registry.http.get("/v1/changes").json()["head_seq"] == head
    assert send(registry, as_csv(PEOPLE), "populations").status_code == 201
    again = send(registry, as_csv(PEOPLE), "populations")
    assert (again.status_code, again.json()["changed"]) == (200, False)


def test_names_sent_are_all_the_names_there_are(registry: Registry) -> None:
    names = [
        {"body": "ods:01Y", "name": "Tameside", "valid_from": "2013-04-01", "valid_to": "2013-10-01"},
        {"body": "ods:01Y", "name": "Tameside & Glossop", "valid_from": "2013-10-01"},
    ]
    answer = send(registry, as_csv(*names), "body_names", body="ods:01Y")
    assert answer.status_code == 201, answer.text
    assert {(row["key"], row["kind"]) for row in answer.json()["rows"]} == {
        ("ods:01Y|2013-04-01", "changed"),
        ("ods:01Y|2013-10-01", "added"),
        ("ods:01Y|2014-01-01", "withdrawn"),
    }
    body = registry.get("/v1/organisations/ods:01Y").json()
    assert [name for name, _, _ in body["names"]] == ["Tameside", "Tameside & Glossop"]
    assert body["body"]["name"] == "Tameside & Glossop"


def test_every_fault_is_named_and_nothing_is_taken(registry: Registry) -> None:
    rows = [
        PEOPLE | {"persons": "many"},
        PEOPLE | {"place": "ccg-99Z"},
        PEOPLE | {"place": "ccg-01Y"},
        PEOPLE | {"year": "2012-13", "source": ""},
        PEOPLE | {"year": "2014-15", "source": "nothing-we-know"},
        PEOPLE | {"year": "2015-16", "basis": "derived", "source": ""},
        PEOPLE,
        PEOPLE,
        PEOPLE | {"year": "2010-11", "low": "300000", "high": "400000"},
        PEOPLE | {"year": "2009-10", "basis": "assumption", "note": "a guess"},
        PEOPLE | {"year": "2008-10"},
    ]
    assert faults(send(registry, as_csv(*rows), "populations")) == {
        ("/populations/2/persons", "int_parsing"),
        ("/populations/3/place", "unknown-places"),
        ("/populations/4", "not-yours"),
        ("/populations/5/source", "invalid"),
        ("/populations/6/source", "unknown-sources"),
        ("/populations/7/note", "invalid"),
        ("/populations/9", "twice"),
        ("/populations/10/persons", "outside-range"),
        ("/populations/11/low", "no-range"),
        ("/populations/12/year", "no-year"),
    }
    assert people(registry)[0]["registered"] == 230_000
    assert registry.http.get("/v1/imports").json()["items"] == []


def test_what_concerns_everybody_is_sent_by_stewards(registry: Registry) -> None:
    stage = {"stage": "imaging", "name": "Scans", "kind": "stage", "order": "30", "allocation_stage": "imaging"}
    assert faults(send(registry, as_csv(stage), "stages")) == {("/stages/2", "not-yours")}
    answer = send(registry, as_csv(stage), "stages", body="ods:0AJ", role="data-steward")
    assert answer.status_code == 201, answer.text
    named = {one["key"]: one["name"] for one in registry.get("/v1/stages").json()["items"]}
    assert named["imaging"] == "Scans"
    mandate = as_csv({"holder": "ods:0AJ", "body": TRAFFORD, "actions": "claims.*", "valid_from": "2013-04-01"})
    refused = send(registry, mandate, "mandates", body="ods:0AJ", role="data-steward")
    assert faults(refused) == {("/mandates", "unknown-table")}


def test_the_shares_of_a_ccg_come_to_one(registry: Registry) -> None:
    share = {
        "ccg_place": "ccg-01Y", "council_place": "la-P", "small_areas": "0", "share_of_ccg": "0.8",
        "share_of_council": "0.5", "valid_from": "2013-04-01", "basis": "published", "source": "law",
    }  # fmt: skip
    alone = send(registry, as_csv(share), "footprints", body="ods:0AJ", role="data-steward")
    assert faults(alone) == {("/footprints/2/share_of_ccg", "shares")}
    other = share | {"council_place": "la-Q", "share_of_ccg": "0.2", "share_of_council": "0.1"}
    ending = [one | {"valid_to": "2014-01-01"} for one in (share, other)]
    ended = send(registry, as_csv(*ending), "footprints", body="ods:0AJ", role="data-steward")
    assert {kind for _, kind in faults(ended)} == {"shares"}
    more = share | {"share_of_council": "0.9"}
    over = send(registry, as_csv(more, other), "footprints", body="ods:0AJ", role="data-steward")
    assert faults(over) == {("/footprints/2/share_of_council", "shares")}
    both = send(registry, as_csv(share, other), "footprints", body="ods:0AJ", role="data-steward")
    assert both.status_code == 201, both.text


def test_nobody_succeeds_itself(registry: Registry) -> None:
    back = {
        "predecessor": TRAFFORD, "successor": "ods:OLD", "kind": "merger", "on": "2014-04-01", "share": "1",
        "basis": "published", "source": "law",
    }  # fmt: skip
    answer = send(registry, as_csv(back), "succession", body="ods:0AJ", role="data-steward")
    assert ("/succession/2", "cycle") in faults(answer)


def test_no_place_lies_in_itself_and_no_code_is_two_bodies(registry: Registry) -> None:
    around = as_csv({"child": "england", "parent": "ccg-02A", "valid_from": "2013-04-01"})
    assert ("/place_parents/2", "cycle") in faults(
        send(registry, around, "place_parents", body="ods:0AJ", role="data-steward")
    )
    taken = as_csv({"body": "ods:01Y", "scheme": "ods", "code": "02A", "valid_from": "2013-04-01"})
    assert faults(send(registry, taken, "body_codes", body="ods:01Y")) == {("/body_codes/2/code", "taken")}


def test_what_another_sent_is_theirs_to_withdraw(registry: Registry) -> None:
    name = as_csv({"body": TRAFFORD, "name": "Trafford", "valid_from": "2013-04-01"})
    assert send(registry, name, "body_names", body="ods:0AJ", role="data-steward").status_code == 201
    key = as_csv({"body": TRAFFORD})
    assert faults(send(registry, key, "body_names", action="withdraw")) == {("/body_names/2", "not-yours")}
    mine = as_csv({"body": TRAFFORD, "name": "NHS Trafford", "valid_from": "2013-04-01"})
    assert send(registry, mine, "body_names").json()["rows"][0]["sent_by_before"] == "ods:0AJ"
    assert send(registry, key, "body_names", action="withdraw").status_code == 201


def test_what_others_name_is_not_withdrawn(registry: Registry) -> None:
    book = openpyxl.Workbook()
    sources, counts = book.active, book.create_sheet("populations")
    assert sources is not None
    sources.title = "sources"
    sources.append(["source", "title"])
    sources.append(["list-march", "The list of March"])
    counts.append(list(PEOPLE))
    counts.append([*list(PEOPLE.values())[:3], 231_500, "published", "list-march"])
    out = io.BytesIO()
    book.save(out)
    answer = send(registry, out.getvalue(), kind=EXCEL_TYPE)
    assert answer.status_code == 201, answer.text
    withdrawn = send(registry, as_csv({"source": "list-march"}), "sources", action="withdraw")
    assert faults(withdrawn) == {("/sources/2", "in-use")}


def test_claims_come_out_of_a_table_and_are_corrected_by_it(registry: Registry) -> None:
    answer = send(registry, as_csv(NURSE), "claims")
    assert answer.status_code == 201, answer.text
    claim = registry.get("/v1/claims/ods:02A~imaging").json()["versions"][-1]
    assert (claim["version"], claim["status"], claim["asserted_by"]) == (1, "stated", TRAFFORD)
    again = send(registry, as_csv(NURSE), "claims")
    assert (again.status_code, again.json()["tables"][0]["unchanged"]) == (200, 1)
    corrected = send(registry, as_csv(NURSE | {"authority": "minute 14"}), "claims")
    assert corrected.json()["rows"][0]["cells"] == [
        {"column": "authority", "before": "minute 12 of May 2013", "after": "minute 14"}
    ]
    assert [one["version"] for one in registry.get("/v1/claims/ods:02A~imaging").json()["versions"]] == [1, 2]
    assert send(registry, as_csv({"claim": "imaging"}), "claims", action="withdraw").status_code == 201
    assert send(registry, as_csv(NURSE), "claims").status_code == 201  # said again after it was taken back
    versions = registry.get("/v1/claims/ods:02A~imaging").json()["versions"]
    assert [one["version"] for one in versions] == [1, 2, 3]
    assert send(registry, as_csv({"claim": "imaging"}), "claims", action="withdraw").status_code == 201
    assert "ods:02A~imaging" not in registry.get("/v1/coverage", pathway="lung", place=["ccg-02A"]).text


def test_claims_out_of_a_table_keep_the_rules_of_claims(registry: Registry) -> None:
    rows = [
        NURSE | {"claim": "a", "organisation": "ods:01Y"},
        NURSE | {"claim": "b", "stage": "imagery"},
        NURSE | {"claim": "c", "stage": "", "role": "commissions"},
        NURSE | {"claim": "d", "valid_to": "2013-04-30"},
        NURSE | {"claim": "e", "stated_on": "2999-01-01"},
        NURSE | {"claim": "f"},
        NURSE | {"claim": "g"},
    ]
    assert faults(send(registry, as_csv(*rows), "claims")) == {
        ("/claims/2/status", "refused"),
        ("/claims/3/stage", "unknown-stage"),
        ("/claims/4/stage", "value_error"),
        ("/claims/5", "value_error"),
        ("/claims/6/stated_on", "in-the-future"),
        ("/claims/8", "conflict"),
    }
    assert registry.http.get("/v1/imports").json()["items"] == []


@pytest.mark.parametrize("table", ["populations", "body_names", "claims", "rules"])
def test_a_form_filled_with_what_is_in_use_comes_back_as_nothing_new(registry: Registry, table: str) -> None:
    for kind, media_type in (("csv", CSV_TYPE), ("xlsx", EXCEL_TYPE)):
        form = registry.http.get(f"/v1/imports/templates/{table}.{kind}", params={"filled": True})
        assert form.status_code == 200
        answer = send(registry, form.content, table, kind=media_type, body="ods:0AJ", role="data-steward")
        if table == "claims":
            assert ("/claims", "invalid") in faults(answer)  # an empty form: claims are one's own words
        else:
            assert (answer.status_code, answer.json().get("changed")) == (200, False), answer.text


def test_every_table_has_a_page_of_words(registry: Registry) -> None:
    for page in registry.http.get("/v1/imports/templates").json()["items"]:
        assert page["words"]
        assert page["key"]
        assert all(column["words"] and column["form"] for column in page["columns"])
    assert registry.http.get("/v1/imports/templates/mandates.csv").status_code == 404


def test_own_rows_stay_when_ours_are_loaded_again(loaded_on_each: Database) -> None:
    database = loaded_on_each
    rows, wrong = rows_sent(read(CSV_TYPE, as_csv(PEOPLE), "populations"), "replace")
    claims, more = rows_sent(read(CSV_TYPE, as_csv(NURSE), "claims"), "replace")
    asked = Asked([*rows, *claims], [*wrong, *more], "replace", TRAFFORD, False, "a" * 64, None, DAY)
    reader = ReferenceReader()
    database.write_now(Intent("test", "imports.create"), lambda tx: carried_out(tx, reader, asked))

    changed = FILES["populations.csv"].replace("230000", "229000")
    files = check({**FILES, "populations.csv": changed})
    report = database.write_now(Intent("test", "reference.load"), lambda tx: loads.apply(tx, files))
    assert report.by_file["populations.csv"].came == 1
    assert report.differences == ("populations ccg-02A|2013-14|registered: persons 230000 -> 229000",)
    assert report.covered == 1
    assert report.by_file["claims.csv"].went == 0

    def used(tx: Any) -> dict[str, int]:
        return {row.place: row.persons for row in rows_in_use(tx.connection, "populations", tx.head_at)}

    assert database.read_now(used)["ccg-02A"] == 231_500
    again = database.write_now(Intent("test", "reference.load"), lambda tx: loads.apply(tx, files))
    assert not again.changed
    open_claims = database.read_now(
        lambda tx: tx.connection.execute(
            table_of("claims").select().where(table_of("claims").c.recorded_to == FOREVER_AT)
        ).all()
    )
    assert "ods:02A~imaging" in {row.claim for row in open_claims}
