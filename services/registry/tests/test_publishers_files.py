"""Publishers' files taken into the map: they fill in and never replace, come in any order, close nobody by leaving him
out, and say where they and the map differ."""

import hashlib
import itertools
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_kit.database import Database
from concord_kit.journal import Intent
from concord_kit.sheets import FaultySheetsError
from concord_registry.files import check
from concord_registry.publications import taking
from concord_registry.publications.formats import populations
from concord_registry.publications.merging import Stated, merged, uncovered
from concord_registry.publications.planning import Sent
from concord_registry.publications.recognising import read_file
from concord_registry.publications.said import Asked
from concord_registry.store import loads
from concord_registry.store.layers import MODELS, rows_in_use
from services.registry.tests import published, worlds
from services.registry.tests.conftest import Registry
from services.registry.tests.published import ECCG, ECCG_LATER, efile, efile_row

NHS_ENGLAND = "ods:X24"


def send(
    registry: Registry, content: bytes, name: str = "", *, role: str = "data-steward", **params: Any
) -> httpx.Response:
    headers = registry.as_body(NHS_ENGLAND, role) | {"Content-Type": "text/csv"}
    asked = {"name": name, **params} if name else params
    return registry.http.post("/v1/files", params=asked, content=content, headers=headers)


def taken(registry: Registry, content: bytes, name: str = "", **params: Any) -> dict[str, Any]:
    answer = send(registry, content, name, **params)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def counts(report: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {one["table"]: (one["added"], one["changed"], one["unchanged"]) for one in report["tables"]}


def test_a_list_fills_in_what_we_do_not_have_and_replaces_nothing(registry: Registry) -> None:
    before = registry.get("/v1/organisations/ods:02A").json()
    report = taken(registry, efile(), "eccg_2016_02.csv")
    assert (report["recognised"]["series"], report["stated_on"], report["stated_by"]) == (
        "ods-eccg", "2016-02-01", "the file's name",
    )  # fmt: skip
    assert (report["publisher"], report["licence"]) == (
        "NHS Organisation Data Service", "Open Government Licence v3.0",
    )  # fmt: skip
    assert counts(report)["bodies"] == (7, 0, 0)
    ours = next(one for one in report["tables"] if one["table"] == "bodies")
    assert ours["behind_ours"] == 2  # Trafford, and Tameside and Glossop
    after = registry.get("/v1/organisations/ods:02A").json()
    assert (after["names"], after["body"], after["relations"]) == (before["names"], before["body"], before["relations"])
    hub = registry.get("/v1/organisations/ods:12J").json()
    assert (hub["body"]["kind"], hub["body"]["legal_person"], hub["valid_to"]) == (
        "commissioning_hub", False, "2015-04-01",
    )  # fmt: skip
    assert registry.get("/v1/organisations/ods:12J", known_at=before["known_at"]).status_code == 404
    assert registry.http.get(f"/v1/files/{report['id']}").json() == report
    sources = registry.get("/v1/reference/summary").json()
    assert json.dumps(sources).count("ODS e-file of ccgs (eccg), 2016-02-01") >= 1


def test_a_code_that_goes_on_has_another_kind_and_name_from_then_on(registry: Registry) -> None:
    taken(registry, efile(ECCG_LATER), "eccg_2025-01.csv")
    taken(registry, efile(), "eccg_2016_02.csv")
    body = registry.get("/v1/organisations/ods:13T").json()
    assert [(name, start) for name, start, _ in body["names"]] == [("NHS NEWCASTLE GATESHEAD CCG", "2015-04-01")]
    assert body["valid_to"] == "2021-04-01"  # the later list tells the end, in whatever order they come
    gateshead = registry.get("/v1/organisations/ods:00F").json()
    assert (gateshead["valid_from"], gateshead["valid_to"]) == ("2013-04-01", "2015-04-01")


def test_missing_is_not_closed_and_a_file_cut_off_is_refused(registry: Registry) -> None:
    first = taken(registry, efile(ECCG * 1), "eccg_2016_02.csv")
    whole = taken(registry, efile(ECCG_LATER), "eccg_2025-01.csv")
    assert whole["left_out"] == ["ods:12J"]
    assert registry.get("/v1/organisations/ods:12J").json()["valid_to"] == "2015-04-01"
    short = send(registry, efile(ECCG_LATER[:3]), "eccg_2025-02.csv")
    assert short.status_code == 409
    problem = short.json()
    assert (problem["type"], problem["lines"], problem["before"], problem["file"]) == (
        "urn:concord:problem:fewer-than-before", 3, 7, whole["id"],
    )  # fmt: skip
    assert send(registry, efile(ECCG_LATER[:3]), "eccg_2025-02.csv", dry_run=True).status_code == 409
    forced = taken(registry, efile(ECCG_LATER[:3]), "eccg_2025-02.csv", accept_fewer=True)
    assert forced["left_out_count"] == 4
    assert registry.get("/v1/organisations/ods:13Q").json()["valid_to"] == "9999-12-31"
    assert [one["id"] for one in registry.http.get("/v1/files", params={"series": "ods-eccg"}).json()["items"]] == [
        forced["id"], whole["id"], first["id"],
    ]  # fmt: skip


def test_the_same_file_again_changes_nothing_and_a_dry_run_leaves_no_trace(registry: Registry) -> None:
    head = registry.http.get("/v1/changes").json()["head_seq"]
    tried = send(registry, efile(), "eccg.csv", dry_run=True)
    assert (tried.status_code, tried.json()["id"], tried.json()["changed"]) == (200, None, True)
    assert registry.http.get("/v1/changes").json()["head_seq"] == head
    first = taken(registry, efile(), "eccg.csv")
    assert counts(first) == counts(tried.json())
    again = send(registry, efile(), "renamed.csv")
    assert (again.status_code, again.json()["already"], again.json()["id"]) == (200, True, first["id"])
    assert registry.http.get("/v1/changes").json()["head_seq"] == head + 1
    newer = taken(registry, efile([*ECCG, efile_row("99A", "NHS NEW CCG", "20160401", role="C")]), "eccg_2016-05.csv")
    assert counts(newer)["bodies"] == (1, 0, 7)


def test_faults_are_told_all_at_once_and_good_lines_can_be_taken_without_them(registry: Registry) -> None:
    rows = [*ECCG, efile_row("99X", "NHS NOWHERE CCG", "20131301"), efile_row("99Y", "NHS X CCG", "20130401")[:20]]
    refused = send(registry, efile(rows))
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:concord:problem:faulty-table")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/8/11 open day", "/9"]
    report = taken(registry, efile(rows), keep_going=True)
    assert (report["failed_lines"], [one["line"] for one in report["failed"]]) == (2, [8, 9])
    assert counts(report)["bodies"] == (7, 0, 0)


def test_a_file_of_no_format_is_refused_with_the_nearest(registry: Registry) -> None:
    answer = send(registry, efile([row[:-1] for row in ECCG]))
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["nearest"], problem["differs"]) == ("ods-efile", "26 columns where 27 are expected in line 1")
    assert len(problem["formats"]) == len(registry.http.get("/v1/files/formats").json()["items"])
    wrong = send(registry, published.WAITS, format="ods-efile")
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:concord:problem:unknown-format")
    assert send(registry, published.WAITS, format="nonsense").json()["type"] == "urn:concord:problem:unknown-code"


def test_only_stewards_send_publishers_files(registry: Registry) -> None:
    assert send(registry, efile(), role="commissioner").status_code == 403


def test_open_in_a_list_and_succeeded_by_another(registry: Registry) -> None:
    support = taken(registry, published.SUPPORT)
    assert support["stated_by"] == "nobody"
    taken(registry, published.SUCCESSORS)

    def found(**asked: Any) -> dict[str, Any]:
        answer = registry.http.get(f"/v1/files/{support['id']}/reconciliation", params={"as_of": "2020-01-01", **asked})
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    whole = found()
    assert {(one["kind"], one["body"]) for one in whole["items"]} == {
        ("open-but-succeeded", "ods:0AJ"),
        ("not-in-ours", "ods:0CY"),
        ("not-in-ours", "ods:0DG"),
    }
    assert found(kind="open-but-succeeded")["items"][0]["words"] == "succeeded by ods:0CY"
    first = found(limit=1)
    assert found(limit=1, cursor=first["next_cursor"])["items"] == whole["items"][1:2]
    body = registry.get("/v1/organisations/ods:0AJ").json()
    assert body["valid_to"] == "9999-12-31"  # nothing is closed by it
    assert [(one[0]["id"], one[2]) for one in body["successors"]] == [("ods:0CY", "2014-10-01")]


def test_other_names_on_one_code_missing_bodies_and_closed_there(registry: Registry) -> None:
    rows = [
        efile_row("02A", "NHS SALE AND ALTRINCHAM CCG", role="C"),
        efile_row("13T", "NHS NEWCASTLE GATESHEAD CCG", "20150401", role="C"),
        efile_row("13X", "NHS OTHER CCG", "20150401", role="C"),
        efile_row("13Y", "NHS FURTHER CCG", "20150401", role="C"),
    ]
    report = taken(registry, efile(rows), "eccg_2016_02.csv")
    answer = registry.http.get(f"/v1/files/{report['id']}/reconciliation", params={"as_of": "2020-01-01"}).json()
    found = {(one["kind"], one["body"]): one for one in answer["items"]}
    assert found["names-differ", "ods:02A"]["ours"] == "NHS Trafford CCG"
    assert found["missing-there", "ods:01Y"]["words"].endswith("does not close it")
    gone = taken(
        registry, efile([efile_row("02A", "NHS TRAFFORD CCG", closed="20180331", role="C"), *rows[1:]]), "2019.csv"
    )
    answer = registry.http.get(f"/v1/files/{gone['id']}/reconciliation", params={"as_of": "2020-01-01"}).json()
    kinds = {(one["kind"], one["body"]) for one in answer["items"]}
    assert ("closed-there-open-here", "ods:02A") in kinds
    assert registry.get("/v1/organisations/ods:02A").json()["valid_to"] == "9999-12-31"


def test_measures_and_terms_are_kept_with_their_file(registry: Registry) -> None:
    waits = taken(registry, published.WAITS)
    ages = taken(registry, published.AGES_LONG)
    taken(registry, published.TUMOURS)
    (one,) = registry.http.get("/v1/measures", params={"subject": "ods:02A", "period": "2021-07"}).json()["items"]
    assert (one["value"], one["numerator"], one["denominator"], one["file"]) == (0.75, 30, 40, waits["id"])
    first = registry.http.get("/v1/measures", params={"measure": "population", "limit": 2}).json()
    rest = registry.http.get("/v1/measures", params={"measure": "population", "cursor": first["next_cursor"]}).json()
    assert [one["part"] for one in (*first["items"], *rest["items"])] == ["all ages", "age 000", "age 001"]
    kinds = {one["measure"]: one["values"] for one in registry.http.get("/v1/measures/kinds").json()["items"]}
    assert kinds == {"population": 3, "waiting-62-day-all-cancer": 2}
    asked = {"pathway": "lung", "place": "ccg-02A", "as_of": "2021-08-01"}
    register = registry.http.get("/v1/risk-register", params=asked).json()
    (held,) = [one for one in register["standards"] if one["standard"] == "wait"]
    assert (held["actual"], held["within"], held["of"], held["verdict"]) == (0.75, 30, 40, "missed")
    assert (held["period"], held["measured_of"], held["source"]) == ("2021-07", "ccg-02A", f"file-{waits['id']}")
    assert "NHS England, cancer waiting times by commissioner, 2021-07, stated on 2021-07-01" in held["edition"]
    before = registry.http.get("/v1/risk-register", params=asked | {"as_of": "2021-07-31"}).json()["standards"]
    assert {one["standard"]: one["actual"] for one in before}["wait"] == 0.96, "the month is not over"
    terms = registry.http.get("/v1/terms", params={"scheme": "icd10-tumour-group"}).json()["items"]
    assert [(one["code"], one["name"]) for one in terms] == [("C34", "Lung"), ("C50", "Breast")]
    corrected = published.AGES_LONG.replace(b"0,600", b"0,700").replace(b"1,500", b"1,600")
    report = taken(registry, corrected)
    assert counts(report)["measures"] == (0, 2, 1)
    assert counts(report)["populations"] == (0, 1, 0)
    known_at = ages["recorded_at"]
    old = registry.http.get("/v1/measures", params={"part": "age 000", "known_at": known_at}).json()["items"]
    assert [one["value"] for one in old] == [600]
    place = registry.get("/v1/places/ccg-02A", as_of="2019-01-01").json()["place"]
    assert ("2018-19", "resident", 1600) in {
        (each["year"], each["basis"], each["persons"]) for each in place["populations"]
    }


def test_ages_and_patients_become_dated_populations_and_go_with_their_file(registry: Registry) -> None:
    women = taken(registry, published.PATIENTS_WOMEN)
    assert set(counts(women)) == {"measures"}
    assert any("women alone" in one for one in women["warnings"])
    everybody = taken(registry, published.PATIENTS_OF_ALL_AGES)
    assert (everybody["publisher"], everybody["stated_on"], everybody["stated_by"]) == (
        "NHS Digital", "2018-04-01", "the file",
    )  # fmt: skip
    ages = taken(registry, published.AGES_WHOLE)
    assert counts(ages)["population_ages"] == (8, 0, 0)

    def people(**asked: Any) -> list[tuple[str, str, int | None, int]]:
        items = registry.get("/v1/populations", place="ccg-02A", **asked).json()["items"]
        return [(one["year"], one["basis"], one.get("age_from"), one["persons"]) for one in items]

    assert ("2018-19", "registered", None, 1500) in people(year="2018-19")
    assert people(ages="true", as_of="2019-08-01")[:2] == [
        ("2019-20", "resident", 0, 180), ("2019-20", "resident", 18, 70),
    ]  # fmt: skip
    headers = registry.as_body(NHS_ENGLAND, "data-steward")
    answer = registry.http.post(f"/v1/files/{ages['id']}/withdraw", json={"reason": "wrong"}, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    assert people(ages="true", as_of="2019-08-01", year="2019-20") == []


def test_registered_patients_by_age_are_populations_beside_the_residents(registry: Registry) -> None:
    taken(registry, published.AGES_WHOLE)
    april = taken(registry, published.PATIENTS_BY_YEAR)
    assert counts(april)["population_ages"] == (8, 0, 0)

    def people(**asked: Any) -> list[tuple[str, str, int | None, int]]:
        items = registry.get("/v1/populations", place="ccg-02A", ages="true", **asked).json()["items"]
        return [(one["year"], one["basis"], one["age_from"], one["persons"]) for one in items]

    registered = people(basis="registered", year="2018-19")
    assert sum(persons for *_, persons in registered) == 980
    assert len(people(basis="resident", year="2019-20")) == 8
    assert {one[:2] for one in people(as_of="2020-08-01")} == {("2018-19", "registered"), ("2019-20", "resident")}
    july = taken(registry, published.PATIENTS_IN_FIVES)
    of_the_year = people(basis="registered", year="2018-19")
    assert sum(persons for *_, persons in of_the_year) == 2000, "a year's last count stands for it"
    rolled = registry.get("/v1/populations", place="ccg-02A", ages="true", basis="registered", roll_to="2019-04-01")
    assert sum(one["persons"] for one in rolled.json()["items"]) == 2000
    headers = registry.as_body(NHS_ENGLAND, "data-steward")
    answer = registry.http.post(f"/v1/files/{july['id']}/withdraw", json={"reason": "wrong"}, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    assert people(basis="registered", year="2018-19") == registered


def test_a_file_sent_again_is_read_for_what_we_have_learnt_since(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file imported when its ages were measured values alone: its ages become populations, known from then on."""
    with monkeypatch.context() as earlier:
        earlier.setattr(populations, "in_kept_bands", lambda ages: None)
        before = taken(registry, published.PATIENTS_BY_YEAR)
    assert "population_ages" not in counts(before)
    known_at = registry.http.get("/v1/changes").json()["items"][-1]["at"]

    def people(**asked: Any) -> int:
        answer = registry.get("/v1/populations", ages="true", basis="registered", year="2018-19", **asked)
        return sum(one["persons"] for one in answer.json()["items"])

    assert people() == 0
    looked_at = send(registry, published.PATIENTS_BY_YEAR, dry_run="true").json()
    assert (looked_at["already"], counts(looked_at)["population_ages"]) == (True, (8, 0, 0))
    assert people() == 0
    again = send(registry, published.PATIENTS_BY_YEAR).json()
    assert (again["id"], again["changed"]) == (before["id"], True)
    assert people() == 980
    assert people(known_at=known_at) == 0
    assert counts(registry.http.get(f"/v1/files/{before['id']}").json())["population_ages"] == (8, 0, 0)
    assert send(registry, published.PATIENTS_BY_YEAR).json()["changed"] is False
    headers = registry.as_body(NHS_ENGLAND, "data-steward")
    answer = registry.http.post(f"/v1/files/{before['id']}/withdraw", json={"reason": "wrong"}, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    assert people() == 0


def test_a_circle_of_successions_is_refused(registry: Registry) -> None:
    around = published.table("from,to,legal_start", "R0X,R0Y,2012-10-01", "R0Y,R0X,2014-10-01")
    answer = send(registry, around)
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (422, "cycle")


def test_a_stewards_own_succession_leaves_what_publishers_say_of_other_days(registry: Registry) -> None:
    taken(registry, published.table("from,to,legal_start,share", "01Y,02A,2015-04-01,0.1", "01Y,02A,2016-04-01,0.2"))
    own = published.table(
        "predecessor,successor,kind,on,share,basis,source", "ods:01Y,ods:02A,split,2016-04-01,0.25,published,law"
    )
    headers = registry.as_body(NHS_ENGLAND, "data-steward") | {"Content-Type": "text/csv"}
    answer = registry.http.post("/v1/imports", params={"table": "succession"}, content=own, headers=headers)
    assert answer.status_code == 201, answer.text
    assert {row["key"] for row in answer.json()["rows"]} == {
        "ods:01Y|ods:02A|2015-04-01", "ods:01Y|ods:02A|2016-04-01",
    }, "the answer says what came along"  # fmt: skip
    events = registry.get("/v1/organisations/ods:01Y", as_of="2020-01-01").json()["successors"]
    assert len(events) == 2, events


# --- what is in use, and in what order files come: without HTTP


def take(database: Database, content: bytes, name: str) -> Any:
    read = read_file(content, Asked(None, {"name": name}))
    sent = Sent(read, hashlib.sha256(content).hexdigest(), NHS_ENGLAND, date(2026, 1, 1), name=name)
    return database.write_now(Intent("test", "files.create"), lambda tx: taking.carried_out(tx, sent))


def in_use(database: Database) -> Any:
    """All that is in use, without what tells of the order in which it came."""

    def look(tx: Any) -> Any:
        return {
            table: sorted(
                tuple(str(getattr(row, column)) for column in row._fields if column not in NOT_COMPARED)
                if hasattr(row, "_fields")
                else tuple(str(value) for column, value in vars(row).items() if column not in NOT_COMPARED)
                for row in rows_in_use(tx.connection, table, tx.head_at)
            )
            for table in MODELS
            if table != "sources"
        }

    return database.read_now(look)


NOT_COMPARED = ("row", "recorded_from", "recorded_to", "digest", "edition", "source")
FILES = {
    "eccg_2016_02.csv": efile(),
    "eccg_2025-01.csv": efile(ECCG_LATER),
    "ccg19.csv": published.CCG19,
    "successors.csv": published.SUCCESSORS,
}


def test_a_publishers_files_in_any_order_come_to_the_same(fresh_sqlite: Callable[..., str]) -> None:
    found = []
    for order in (("eccg_2016_02.csv", "eccg_2025-01.csv"), ("eccg_2025-01.csv", "successors.csv", "eccg_2016_02.csv")):
        with worlds.open_registry(fresh_sqlite("registry-small-world", worlds.prepare)) as database:
            for name in order:
                take(database, FILES[name], name)
            found.append({table: rows for table, rows in in_use(database).items() if table != "succession"})
    assert found[0] == found[1]


def test_what_is_ours_stands_whatever_is_imported_and_a_load_leaves_files_in_place(
    loaded_on_each: Database,
) -> None:
    database = loaded_on_each
    before = in_use(database)
    for name, content in FILES.items():
        take(database, content, name)
    after = in_use(database)
    assert all(set(before[table]) <= set(after[table]) for table in before)
    assert {row[0] for row in after["bodies"]} > {row[0] for row in before["bodies"]}
    more = worlds.with_lines("bodies.csv", "ods:13T,ccg,yes,2015-04-01,9999-12-31,law")
    named = "ods:13T,Newcastle Gateshead,2015-04-01,9999-12-31,law"
    files = check(worlds.with_lines("body_names.csv", named, base=more))
    report = database.write_now(Intent("test", "reference.load"), lambda tx: loads.apply(tx, files))
    assert (report.by_file["bodies.csv"].came, report.by_file["bodies.csv"].went) == (1, 0)
    names = [row for row in in_use(database)["body_names"] if "ods:13T" in row]
    assert [row for row in names if "Newcastle Gateshead" in row]  # ours stands in place of the publisher's now
    assert not [row for row in names if "NHS NEWCASTLE GATESHEAD CCG" in row]


def test_an_open_end_in_an_old_list_does_not_outlive_what_we_know_to_have_ended(loaded: Database) -> None:
    take(loaded, efile([efile_row("OLD", "TRAFFORD PCT", "20020401", role="RO179")] * 1 + ECCG), "2010-01.csv")
    rows = loaded.read_now(lambda tx: [row for row in rows_in_use(tx.connection, "bodies", tx.head_at)
                                       if row.body == "ods:OLD"])  # fmt: skip
    assert [(row.valid_from, row.valid_to) for row in rows] == [(date(2002, 4, 1), date(2013, 4, 1))]


def test_without_a_table_nothing_is_taken(loaded: Database) -> None:
    with pytest.raises(FaultySheetsError):
        take(loaded, b"CCG13CD,CCG13CDH,CCG13NM\n", "ccg.csv")


def stated(content: str, start: int, end: int, seen: int, *, told: bool = True) -> Stated:
    return Stated(
        content, date(2000 + start, 1, 1), date(2000 + end, 1, 1), date(2000 + seen, 6, 1), None, seen, None, told
    )


WORDS = st.builds(
    stated, st.sampled_from("ab"), st.integers(0, 3), st.integers(90, 99), st.integers(4, 20), told=st.booleans()
)


@given(st.lists(WORDS, min_size=1, max_size=4, unique_by=lambda one: one.seen))
@settings(max_examples=100, deadline=None)
def test_a_history_never_says_two_things_of_one_day(words: list[Stated]) -> None:
    history: list[Stated] = []
    for one in words:
        history = merged(history, one)
    for one, other in itertools.combinations(history, 2):
        assert not one.overlaps(other)
    assert all(not one.empty for one in history)


@given(WORDS, WORDS)
@settings(max_examples=100, deadline=None)
def test_two_editions_in_either_order_make_one_history(one: Stated, other: Stated) -> None:
    if one.seen == other.seen:
        return
    forth, back = merged(merged([], one), other), merged(merged([], other), one)

    def plain(history: list[Stated]) -> set[Any]:
        return {(each.content, each.valid_from, each.valid_to, each.seen) for each in history}

    assert plain(forth) == plain(back)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=5), st.integers(0, 10), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_what_is_left_of_a_period_is_every_day_that_no_other_has(
    others: list[tuple[int, int]], start: int, length: int
) -> None:
    def day(number: int) -> date:
        return date.fromordinal(735_000 + number)

    covering = [(day(first), day(first + days)) for first, days in others]
    left = uncovered(day(start), day(start + length), covering)
    held = {number for first, days in others for number in range(first, first + days)}
    assert {number for number in range(start, start + length) if number not in held} == {
        number for first, end in left for number in range(first.toordinal() - 735_000, end.toordinal() - 735_000)
    }


def test_seats_are_found_by_postcode_with_whom_to_turn_to(registry: Registry) -> None:
    """Dated as the list's row; a later list moves the seat from its day on. Bodies may share a seat."""
    ccg = {"role": "C", "office": "Q46"}
    first = [
        efile_row("02A", "NHS TRAFFORD CCG", postcode="m11bb", **ccg),
        efile_row("14L", "NHS MANCHESTER CCG", "20170401", postcode="M1 1BB", **ccg),
        efile_row("01Y", "NHS TAMESIDE AND GLOSSOP CCG", postcode="nowhere", **ccg),
        efile_row("00C", "NHS DARLINGTON CCG", postcode="DL1 5QP", **ccg),
    ]
    report = taken(registry, efile(first), "eccg_2017-06.csv")
    assert "postcodes that are none are not kept: line 3" in report["warnings"]
    person = {"name": "A Manager", "email": "a.manager@example.org"}
    steward = registry.as_body(NHS_ENGLAND, "data-steward")
    made = registry.http.post("/v1/people", json=person, headers=registry.as_body("ods:02A", "commissioner"))
    assert made.status_code == 201, made.text
    role = {"role": "commissioner", "body": "ods:02A", "person": made.json()["id"], "valid_from": "2013-04-01"}
    held = registry.http.post("/v1/role-holders", json=role, headers=registry.as_body("ods:02A", "commissioner"))
    assert held.status_code == 201, held.text

    def hits(**asked: Any) -> list[dict[str, Any]]:
        answer = registry.http.get("/v1/search", params={"as_of": "2018-01-01"} | asked, headers=steward)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    for asked in ({"postcode": "M"}, {"postcode": "M1"}, {"q": "M1 1BB"}, {"q": "m1"}):
        assert {one["id"] for one in hits(**asked)} == {"ods:02A", "ods:14L"}, asked
    assert [one["id"] for one in hits(postcode="DL")] == ["ods:00C"]
    assert hits(postcode="M11") == []
    (trafford,) = [one for one in hits(q="M1 1BB") if one["id"] == "ods:02A"]
    assert (trafford["match"]["text"], trafford["match"]["exact"]) == ("M1 1BB", True)
    assert [(one["role"], one["email"]) for one in trafford["contacts"]] == [("commissioner", "a.manager@example.org")]
    taken(registry, efile([efile_row("02A", "NHS TRAFFORD CCG", postcode="M33 7ZF", **ccg), *first[1:]]), "2019-04.csv")
    assert [(one["match"]["valid_from"], one["match"]["valid_to"]) for one in hits(q="M1 1BB")] == [
        ("2017-04-01", "2022-07-01"), ("2013-04-01", "2019-04-01"),
    ]  # fmt: skip
    fhir = registry.http.get("/v1/fhir/Organization/ods.02A", params={"as_of": "2018-01-01"}).json()
    assert [one["postalCode"] for one in fhir["address"]] == ["M1 1BB", "M33 7ZF"]
    assert "urn:concord:scheme:postcode" not in json.dumps(fhir)
