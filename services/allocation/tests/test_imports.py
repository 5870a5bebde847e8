"""Bodies' own figures in place of ours: what changes, what is refused, and that it can be taken back."""

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import openpyxl
import pytest

from concord_allocation import importing, store
from concord_allocation.importing import dangling
from concord_allocation.load import OwnRowsLeftBehindError
from concord_allocation.reference.own import rows_sent
from concord_kit.journal import Intent
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE, read
from services.allocation.tests.conftest import Running, database_at, load, make_edition, prepare
from services.allocation.tests.worlds import CCG, COUNCIL, make_figures, make_line

LINE = {
    "line": "ccg-02A/lung/imaging",
    "place": "ccg-02A",
    "pathway": "lung",
    "stage": "imaging",
    "population_basis": "registered",
    "purse": "ccg-programme",
    "baseline_gbp": "450000",
    "kind_of_money": "outturn",
    "basis": "published",
    "source": "annual-report",
}


def as_csv(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, dict.fromkeys(column for row in rows for column in row), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_workbook(**sheets: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(
    running: Running, content: bytes, table: str | None = None, *, kind: str = CSV_TYPE, who: Any = None, **params: Any
) -> httpx.Response:
    asked = {name: value for name, value in {"table": table, **params}.items() if value is not None}
    headers = {**(who or running.headers()), "Content-Type": kind}
    return running.http.post("/v1/imports", params=asked, content=content, headers=headers)


def baseline(running: Running, key: str = LINE["line"], **params: Any) -> dict[str, Any]:
    found = running.http.get("/v1/reference/figures", params={"table": "lines", "key": key, **params}).json()
    (one,) = found["items"]
    return {**one, "known_at": found["known_at"]}


def faults(answer: httpx.Response) -> list[tuple[str | None, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:concord:problem:faulty-table"
    return [(fault.get("pointer"), fault.get("type", "invalid")) for fault in answer.json()["errors"]]


def test_a_bodys_own_figure_is_used_in_place_of_ours_until_it_is_withdrawn(running: Running) -> None:
    before = baseline(running)
    scenario = running.scenario()

    answer = send(running, as_csv(LINE), "lines", reason="the ledger")
    assert answer.status_code == 201, answer.text
    report = answer.json()
    assert answer.headers["Location"] == f"/v1/imports/{report['id']}"
    assert report["tables"] == [{"table": "lines", "added": 0, "changed": 1, "withdrawn": 0, "unchanged": 0}]
    assert report["rows"] == [
        {
            "table": "lines",
            "key": "ccg-02A/lung/imaging",
            "kind": "changed",
            "cells": [
                {"column": "baseline_gbp", "before": "500000", "after": "450000"},
                {"column": "kind_of_money", "before": "plan", "after": "outturn"},
            ],
            "sent_by_before": None,
        }
    ]
    assert report["money"] == [
        {"table": "lines", "pathway": "lung", "year": None, "before_gbp": 3_000_000, "after_gbp": 2_950_000}
    ]
    assert report["scenarios_resting"] == 1
    assert (report["acting_for"], report["reason"], report["dry_run"]) == (CCG, "the ledger", False)

    assert (baseline(running)["value"], baseline(running)["sent_by"]) == ("450000", CCG)
    assert before["sent_by"] is None
    assert baseline(running, known_at=before["known_at"])["value"] == "500000"
    again = running.get(f"/v1/scenarios/{running.scenario()['id']}/problem").json()
    imaging = next(line for line in again["lines"] if line["stage"] == "imaging")
    assert [part["gbp"] for part in imaging["reference"]] == [450_000]
    assert running.get(f"/v1/scenarios/{scenario['id']}").json()["outcome"] == scenario["outcome"]

    taken_back = send(running, as_csv({"line": LINE["line"]}), "lines", action="withdraw")
    assert taken_back.status_code == 201, taken_back.text
    assert taken_back.json()["rows"][0]["kind"] == "withdrawn"
    assert taken_back.json()["rows"][0]["cells"][0] == {
        "column": "baseline_gbp", "before": "450000", "after": "500000",
    }  # fmt: skip
    assert baseline(running)["value"] == "500000"

    again = send(running, as_csv({"line": LINE["line"]}), "lines", action="withdraw")
    assert (again.status_code, again.json()["tables"][0]["unchanged"]) == (200, 1)
    nothing = send(running, as_csv({"line": "never-sent"}), "lines", action="withdraw")
    assert faults(nothing) == [("/lines/2", "nothing-to-withdraw")]
    listed = running.http.get("/v1/imports", params={"acting_for": CCG}).json()["items"]
    assert [one["action"] for one in listed] == ["withdraw", "replace"]
    assert running.http.get(f"/v1/imports/{report['id']}").json() == report


def test_a_dry_run_says_the_same_and_leaves_no_trace(alone: Running) -> None:
    head = alone.http.get("/v1/changes", headers=alone.headers(role="auditor")).json()["head_seq"]
    tried = send(alone, as_csv(LINE), "lines", dry_run=True)
    assert tried.status_code == 200, tried.text
    assert alone.http.get("/v1/changes", headers=alone.headers(role="auditor")).json()["head_seq"] == head
    assert baseline(alone)["value"] == "500000"
    done = send(alone, as_csv(LINE), "lines").json()
    differing = {"id", "recorded_at", "dry_run"}
    assert {k: v for k, v in tried.json().items() if k not in differing} == {
        k: v for k, v in done.items() if k not in differing
    }


def test_the_same_rows_again_change_nothing(alone: Running) -> None:
    who = alone.headers()
    first = send(alone, as_csv(LINE), "lines", who=who)
    repeated = send(alone, as_csv(LINE), "lines", who=who)
    assert (repeated.status_code, repeated.json()) == (201, first.json())
    assert repeated.headers["Idempotent-Replayed"] == "true"
    again = send(alone, as_csv(LINE), "lines")
    assert (again.status_code, again.json()["changed"], again.json()["id"]) == (200, False, None)
    assert again.json()["tables"] == [{"table": "lines", "added": 0, "changed": 0, "withdrawn": 0, "unchanged": 1}]


def test_every_fault_is_named_and_nothing_is_taken(alone: Running) -> None:
    rows = [
        LINE | {"baseline_gbp": "1,000"},
        LINE | {"line": "b", "purse": "nobody", "source": ""},
        LINE | {"line": "c", "purse": "nobody"},
        LINE | {"line": "d", "purse": "council-grant"},
        LINE | {"line": "e", "stage": "imagery", "place": "ccg-02a", "pathway": "lungs"},
        LINE | {"line": "ccg-02A/lung/nurses"},
        LINE | {"line": "g", "source": "a-ledger-nobody-sent"},
        LINE | {"line": "h", "kind_of_money": "for 943 476 5919"},
        LINE | {"line": "c"},
    ]
    answer = send(alone, as_csv(*rows), "lines")
    assert sorted(faults(answer)) == sorted(
        [
            ("/lines/2/baseline_gbp", "int_parsing"),
            ("/lines/3", "value_error"),
            ("/lines/4/purse", "unknown-purses"),
            ("/lines/5", "not-yours"),
            ("/lines/5/stage", "outside-purse"),
            ("/lines/5/place", "outside-purse"),
            ("/lines/6/place", "not-your-place"),
            ("/lines/6/pathway", "outside-purse"),
            ("/lines/6/stage", "unknown-stage"),
            ("/lines/6/place", "unknown-place"),
            ("/lines/6/pathway", "unknown-pathway"),
            ("/lines/7/stage", "another-line"),
            ("/lines/8/source", "unknown-sources"),
            ("/lines/9/kind_of_money", "nhs-number"),
            ("/lines/10", "twice"),
        ]
    )
    words = [fault["detail"] for fault in answer.json()["errors"]]
    assert "lines, line 2, baseline_gbp: must be a whole number (found '1,000'): write it without £ and commas" in words
    assert baseline(alone)["value"] == "500000"
    assert alone.http.get("/v1/imports").json()["items"] == []


@pytest.mark.parametrize(
    ("content", "table", "kind", "expected"),
    [
        (b"line,line\na,b\n", "lines", CSV_TYPE, ("/lines/1/line", "invalid")),
        (b"line,basline_gbp\na,b\n", "lines", CSV_TYPE, ("/lines/1/basline_gbp", "unknown-column")),
        (b"", "lines", CSV_TYPE, None),
        (b"line\n", "lines", CSV_TYPE, ("/lines", "invalid")),
        (b"line\na,b\n", "lines", CSV_TYPE, ("/lines/2", "invalid")),
        (b'line\n"a\n', "lines", CSV_TYPE, ("/lines/2", "invalid")),
        ("line\n\xe9".encode("latin-1"), "lines", CSV_TYPE, ("/lines", "invalid")),
        (b"line\na\n", "nowhere", CSV_TYPE, ("/nowhere", "unknown-table")),
        (b"line\na\n", None, CSV_TYPE, (None, "table-missing")),
        (b"line\na\n", None, EXCEL_TYPE, (None, "invalid")),
    ],
)
def test_what_is_no_table_is_refused(
    alone: Running, content: bytes, table: str | None, kind: str, expected: tuple[str, str] | None
) -> None:
    answer = send(alone, content, table, kind=kind)
    if expected is None:
        assert answer.status_code == 400
    else:
        assert expected in faults(answer)


def test_other_media_types_are_refused(alone: Running) -> None:
    assert send(alone, b"{}", "lines", kind="application/json").status_code == 415


def test_a_workbook_brings_figures_and_the_documents_they_cite_together(alone: Running) -> None:
    book = as_workbook(
        sources=[{"source": "ledger-m12", "title": "Ledger, month 12", "publisher": "NHS Trafford CCG"}],
        lines=[LINE | {"baseline_gbp": 450_000.0, "source": "ledger-m12"}],
    )
    answer = send(alone, book, kind=EXCEL_TYPE)
    assert answer.status_code == 201, answer.text
    assert [one["table"] for one in answer.json()["tables"]] == ["lines", "sources"]
    assert baseline(alone)["source"] == "ledger-m12"
    others = send(
        alone,
        as_csv({"source": "ledger-m12", "title": "Another's"}),
        "sources",
        who=alone.headers(COUNCIL, "commissioner"),
    )
    assert faults(others) == [("/sources/2/source", "not-yours")]
    needed = send(alone, as_csv({"source": "ledger-m12"}), "sources", action="withdraw")
    assert faults(needed) == [("/sources/2", "in-use")]
    both = as_workbook(sources=[{"source": "ledger-m12"}], lines=[{"line": LINE["line"]}])
    assert send(alone, both, kind=EXCEL_TYPE, action="withdraw").status_code == 201
    assert baseline(alone)["source"] == "annual-report"


def test_excel_s_own_mistakes_are_named(alone: Running) -> None:
    amount = {
        "purse": "ccg-programme", "pathway": "*", "amount_gbp": "=1000000*1.02", "kind_of_money": "plan",
        "basis": "published", "source": "annual-report",
    }  # fmt: skip
    book = as_workbook(purse_amounts=[amount | {"year": date(2013, 12, 1)}])
    assert faults(send(alone, book, kind=EXCEL_TYPE)) == [("/purse_amounts/2/amount_gbp", "invalid")]
    book = as_workbook(purse_amounts=[amount | {"year": date(2011, 12, 1), "amount_gbp": 5}])
    answer = send(alone, book, kind=EXCEL_TYPE)
    assert faults(answer) == [("/purse_amounts/2/year", "value_error")]
    assert "Excel made a day of 2011-12" in answer.json()["errors"][0]["detail"]


def curve(segment: int, gbp_per_qaly: int | None, **changed: str) -> dict[str, str]:
    return {
        "pathway": "lung", "stage": "follow_up", "segment": str(segment), "label": "A", "width_share": "0.5",
        "gbp_per_qaly": str(gbp_per_qaly or ""), "slope_qaly_per_gbp": f"{1 / gbp_per_qaly if gbp_per_qaly else 0}",
        "gbp_per_qaly_low": str(gbp_per_qaly or ""), "gbp_per_qaly_high": str(gbp_per_qaly or ""),
        "rule": "R2", "basis": "assumption", "note": "local audit",
    } | changed  # fmt: skip


def test_a_body_sends_its_own_purses_rows_and_a_steward_every_table(alone: Running) -> None:
    two = as_csv(curve(1, 9000), curve(2, 12_000))
    assert ("/curves/2", "not-yours") in faults(send(alone, two, "curves"))
    steward = alone.headers("ods:0AJ", "data-steward")
    assert send(alone, as_csv(LINE), "lines", who=alone.headers(COUNCIL)).status_code == 422
    stolen = LINE | {"line": "la-trafford/lung/prevention", "place": "la-trafford", "stage": "prevention"}
    assert ("/lines/2", "not-yours") in faults(send(alone, as_csv(stolen), "lines"))
    elsewhere = LINE | {"line": "far", "place": "ccg-far", "stage": "surgery"}
    alone.registry.places.append(alone.registry.places[1].model_copy(update={"key": "ccg-far"}))
    assert faults(send(alone, as_csv(elsewhere), "lines")) == [
        ("/lines/2/stage", "unknown-stage"), ("/lines/2/place", "not-your-place"),
    ]  # fmt: skip
    assert send(alone, two, "curves", who=steward).status_code == 201


def test_a_curve_is_sent_whole_and_falls(alone: Running) -> None:
    steward = alone.headers("ods:0AJ", "data-steward")

    def sent(*rows: dict[str, str]) -> httpx.Response:
        return send(alone, as_csv(*rows), "curves", who=steward | {"Idempotency-Key": uuid4().hex})

    assert faults(sent(curve(2, 9000))) == [("/curves/2/segment", "gap")]
    assert faults(sent(curve(1, 9000), curve(2, 8000))) == [("/curves/3/slope_qaly_per_gbp", "rising-curve")]
    assert faults(sent(curve(1, 9000, slope_qaly_per_gbp="0.9"))) == [("/curves/2/slope_qaly_per_gbp", "another-slope")]
    assert faults(sent(curve(1, 9000, gbp_per_qaly_low="9500"))) == [("/curves/2/gbp_per_qaly", "outside-range")]
    assert faults(sent(curve(1, 9000, gbp_per_qaly_low=""))) == [("/curves/2/low", "no-range")]
    done = sent(curve(1, 9000), curve(2, 12_000))  # ours has three segments
    assert {(row["key"], row["kind"]) for row in done.json()["rows"]} == {
        ("lung|follow_up|1", "changed"),
        ("lung|follow_up|2", "changed"),
        ("lung|follow_up|3", "withdrawn"),
    }
    problem = alone.get(f"/v1/scenarios/{alone.scenario()['id']}/problem").json()
    (used,) = [one for one in problem["curves"] if one["key"].endswith("follow_up")]
    assert len(used["segments"]) == 2
    taken_back = send(alone, as_csv(curve(1, 9000)), "curves", who=steward, action="withdraw")
    assert sum(one["withdrawn"] + one["added"] for one in taken_back.json()["tables"]) == 3


def test_a_purse_s_year_is_sent_whole(alone: Running) -> None:
    lung = {
        "purse": "ccg-programme", "pathway": "lung", "year": "2014-15", "amount_gbp": "900000",
        "kind_of_money": "plan", "basis": "published", "source": "annual-report",
    }  # fmt: skip
    done = send(alone, as_csv(lung), "purse_amounts")
    assert {(row["key"], row["kind"]) for row in done.json()["rows"]} == {
        ("ccg-programme|lung|2014-15", "added"),
        ("ccg-programme|*|2014-15", "withdrawn"),
    }
    problem = alone.get(f"/v1/scenarios/{alone.scenario()['id']}/problem").json()
    (purse,) = [one for one in problem["purses"] if one["key"] == "ccg-programme"]
    assert purse["amount_gbp"]["2014-15"] == 900_000


def test_a_purse_still_covers_what_it_pays(alone: Running) -> None:
    narrow = {
        "purse": "ccg-programme", "owner": CCG, "name": "programme", "kind": "general", "pathways": "lung",
        "stages": "imaging", "places": "*", "recurrent": "true", "in_baseline": "true",
    }  # fmt: skip
    assert {kind for _, kind in faults(send(alone, as_csv(narrow), "purses"))} == {"outside-purse"}


def test_what_another_sent_is_theirs_to_withdraw_and_costs_do_not_fall_back_on_others(alone: Running) -> None:
    steward = alone.headers("ods:0AJ", "data-steward")
    surgery = LINE | {"line": "ccg-02A/lung/surgery", "stage": "surgery", "baseline_gbp": "800000"}
    moved = send(alone, as_csv(surgery), "lines", who=steward)
    assert moved.status_code == 201, moved.text
    back = send(alone, as_csv({"line": surgery["line"]}), "lines", action="withdraw")
    assert {kind for _, kind in faults(back)} == {"not-yours"}
    assert send(alone, as_csv({"line": surgery["line"]}), "lines", who=steward | {"Idempotency-Key": "back"},
                action="withdraw").status_code == 201  # fmt: skip


def test_counts_of_five_people_and_fewer_are_not_taken(alone: Running) -> None:
    cases = {
        "line": LINE["line"], "mode": "day case", "unit": "scan", "cases": "5", "basis": "published",
        "source": "annual-report",
    }  # fmt: skip
    assert faults(send(alone, as_csv(cases), "activity")) == [("/activity/2/cases", "small-count")]
    assert send(alone, as_csv(cases | {"cases": "6"}), "activity").status_code == 201


def test_lines_dearer_than_their_purse_are_taken_with_a_warning(alone: Running) -> None:
    answer = send(alone, as_csv(LINE | {"baseline_gbp": "700000"}), "lines")
    assert answer.status_code == 201
    assert (
        answer.json()["warnings"][0] == "ccg-programme holds GBP 1,000,000 for 2013-14; its lines cost GBP 1,200,000."
    )


def test_the_registry_is_asked_only_for_codes_that_are_new(alone: Running) -> None:
    alone.registry.asked.clear()
    send(alone, as_csv(LINE), "lines")
    assert not [one for one in alone.registry.asked if one.path == "/v1/places"]
    alone.registry.down = True
    answer = send(alone, as_csv(LINE | {"line": "new"}), "lines")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:concord:problem:dependency-unavailable")
    assert len(alone.http.get("/v1/imports").json()["items"]) == 1


def test_two_imports_at_once_are_both_recorded_one_after_the_other(alone: Running) -> None:
    rows = [LINE | {"baseline_gbp": str(gbp)} for gbp in range(400_000, 400_008)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda row: send(alone, as_csv(row), "lines"), rows))
    assert {one.status_code for one in answers} == {201}
    by_order = sorted((one.json() for one in answers), key=lambda report: report["id"])
    seen = "500000"
    for report in by_order:
        (cell,) = [cell for cell in report["rows"][0]["cells"] if cell["column"] == "baseline_gbp"]
        assert cell["before"] == seen
        seen = cell["after"]
    assert baseline(alone)["value"] == seen


def test_a_form_filled_with_what_is_in_use_comes_back_as_nothing_new(alone: Running) -> None:
    for kind, media_type in (("csv", CSV_TYPE), ("xlsx", EXCEL_TYPE)):
        for table in ("purses", "purse_amounts", "lines", "activity"):
            filled = alone.http.get(f"/v1/imports/templates/{table}.{kind}", params={"filled": True, "payer": CCG})
            assert filled.headers["Content-Type"].startswith(media_type)
            assert filled.headers["Content-Disposition"] == f'attachment; filename="{table}.{kind}"'
            answer = send(alone, filled.content, table, kind=media_type)
            assert (answer.status_code, answer.json().get("changed")) == (200, False), answer.text


def test_every_table_has_a_form_whose_header_is_taken_and_a_page_of_words(alone: Running) -> None:
    steward = alone.headers("ods:0AJ", "data-steward")
    pages = alone.http.get("/v1/imports/templates").json()["items"]
    assert {"lines", "curves", "purses", "sources"} <= {page["table"] for page in pages}
    for page in pages:
        assert page["words"]
        assert page["sent_by"]
        assert all(column["words"] and column["form"] for column in page["columns"])
        form = alone.http.get(f"/v1/imports/templates/{page['table']}.csv").content
        assert faults(send(alone, form, page["table"], who=steward)) == [(f"/{page['table']}", "invalid")]  # no line
        book = openpyxl.load_workbook(io.BytesIO(alone.http.get(f"/v1/imports/templates/{page['table']}.xlsx").content))
        assert book.sheetnames == [page["table"], "Read me"]
    assert alone.http.get("/v1/imports/templates/nothing.csv").status_code == 404
    assert alone.http.get("/v1/imports/templates/lines.ods").status_code == 422


def test_a_row_that_ours_has_caught_up_with_is_withdrawn_all_the_same(fresh_sqlite: Callable[..., str]) -> None:
    def act(action: Any, *rows: dict[str, str]) -> Any:
        sent, wrong = rows_sent(read(CSV_TYPE, as_csv(*rows), "lines"), action)
        asked = importing.Asked(sent, wrong, action, importing.Sender(CCG, steward=False), "a" * 64, None)
        return database.write_now(Intent("test", "imports.create"), lambda tx: importing.carried_out(tx, asked))

    with database_at(fresh_sqlite("allocation", prepare)) as database:
        act("replace", LINE)
        ours = make_line("ccg-02A", "imaging", "ccg-programme", 450_000, kind_of_money="outturn")
        others = [row for row in make_figures().lines if row.line != LINE["line"]]
        load(database, make_edition("b" * 64, lines=[ours, *others]))
        assert act("withdraw", {"line": LINE["line"]}).id is not None
        assert database.read_now(store.imports.own_rows) == []


def test_own_rows_stay_when_ours_are_loaded_again(fresh_database: Callable[..., str]) -> None:
    with database_at(fresh_database("allocation", prepare)) as database:
        sent, wrong = rows_sent(read(CSV_TYPE, as_csv(LINE), "lines"), "replace")
        sender = importing.Sender(CCG, steward=False)
        asked = importing.Asked(sent, wrong, "replace", sender, "a" * 64, None)
        database.write_now(Intent("test", "imports.create"), lambda tx: importing.carried_out(tx, asked))
        figures = make_figures()
        ours = [row if row.line != LINE["line"] else make_line("ccg-02A", "imaging", "ccg-programme", 510_000)
                for row in figures.lines]  # fmt: skip
        done = load(database, make_edition("b" * 64, lines=ours))
        assert [(one.key, one.covered) for one in done.changes] == [(LINE["line"], True)]
        used = database.read_now(lambda tx: store.figures.rows_in_use(tx, tx.head_at, "lines"))
        assert {row.line: row.baseline_gbp for row in used}[LINE["line"]] == 450_000
        assert database.read_now(dangling) == []
        amounts = [row for row in figures.purse_amounts if row.purse != "ccg-programme"]
        gone = make_edition(
            "c" * 64,
            lines=[row for row in ours if row.purse != "ccg-programme"],
            activity=[],
            purses=[row for row in figures.purses if row.purse != "ccg-programme"],
            purse_amounts=amounts,
        )
        with pytest.raises(OwnRowsLeftBehindError) as refused:
            load(database, gone)
        assert refused.value.rows == (
            "lines ccg-02A/lung/imaging names ccg-programme, which is not in purses any more",
        )
        assert database.read_now(dangling) == []
