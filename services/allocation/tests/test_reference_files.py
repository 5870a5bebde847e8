"""Reading and loading the reference tables: every fault at once, twice is once, old editions stay readable."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from concord_allocation import store
from concord_allocation.load import load as load_command
from concord_allocation.reference.files import SENT_ONLY, TABLES, ReferenceFaults, read_edition
from concord_kit import migrations
from concord_kit.columns import UtcDateTime
from concord_kit.database import Database
from services.allocation.tests.conftest import Running, database_at, load, make_edition
from services.allocation.tests.worlds import YEARS, make_amounts, make_line, make_rule

NEW_COLUMNS = {"purse_amounts": {"pathway", "follows_lines"}, "activity": {"follows_lines"}}
"""What rows of whole editions did not have."""

DATA = Path(__file__).parents[3] / "data" / "england_2013_14"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped tables that a test may spoil."""
    for part in ("allocation", "registry"):
        shutil.copytree(DATA / part, tmp_path / part)
    return tmp_path


def spoil(folder: Path, table: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    path = folder / "allocation" / f"{table}.csv"
    with path.open(newline="") as read:
        rows = list(csv.DictReader(read))
    columns = list(rows[0])
    change(rows)
    with path.open("w", newline="") as written:
        writer = csv.DictWriter(written, columns)
        writer.writeheader()
        writer.writerows(rows)


def faults_in(folder: Path) -> list[str]:
    with pytest.raises(ReferenceFaults) as refused:
        read_edition(folder)
    return [str(fault) for fault in refused.value.faults]


def test_the_shipped_tables_are_whole() -> None:
    edition = read_edition(DATA)
    assert set(edition.tables) == set(TABLES)
    assert {name for name, rows in edition.tables.items() if not rows} == SENT_ONLY
    assert {line.pathway for line in edition.tables["lines"]} >= {"breast", "colorectal", "lung", "prostate"}  # type: ignore[attr-defined]


def test_what_the_purses_hold_covers_what_they_paid() -> None:
    tables = read_edition(DATA).tables
    paid: Counter[tuple[str, str]] = Counter()
    for line in tables["lines"]:
        paid[line.purse, line.pathway] += line.baseline_gbp  # type: ignore[attr-defined]
    for amount in tables["purse_amounts"]:
        assert amount.amount_gbp >= paid[amount.purse, amount.pathway]  # type: ignore[attr-defined]


def test_the_same_files_have_the_same_digest_and_others_another(folder: Path) -> None:
    before = read_edition(folder).digest
    assert read_edition(folder).digest == before
    spoil(folder, "lines", lambda rows: rows[0].update(note="another note"))
    assert read_edition(folder).digest != before


def test_every_fault_of_every_file_is_named(folder: Path) -> None:
    spoil(folder, "lines", lambda rows: [rows[0].update(baseline_gbp="-5"), rows[1].update(basis="hearsay")])
    spoil(folder, "unit_costs", lambda rows: rows[0].update(unit_cost_gbp="NaN"))
    (folder / "allocation" / "links.csv").unlink()
    found = faults_in(folder)
    assert any(fault.startswith("lines.csv:2, column baseline_gbp") for fault in found)
    assert any(fault.startswith("lines.csv:3, column basis") for fault in found)
    assert any(fault.startswith("unit_costs.csv:2, column unit_cost_gbp") for fault in found)
    assert any(fault.startswith("links.csv:0: the file is missing") for fault in found)


def test_rows_that_lead_nowhere_are_named(folder: Path) -> None:
    spoil(folder, "lines", lambda rows: rows[0].update(purse="no-such-purse"))
    spoil(folder, "purses", lambda rows: rows[0].update(owner="ods:NOBODY"))
    spoil(folder, "purse_amounts", lambda rows: rows[0].update(source="no-such-document"))
    found = faults_in(folder)
    assert [fault.split(":", 1)[0] for fault in found] == ["purses.csv", "purse_amounts.csv", "lines.csv"]


def test_a_faulty_file_does_not_hide_rows_of_others_that_lead_nowhere(folder: Path) -> None:
    spoil(folder, "lines", lambda rows: [rows[0].update(baseline_gbp="abc"), rows[1].update(purse="no-such-purse")])
    found = faults_in(folder)
    assert [fault.split(" ", 1)[0] for fault in found] == ["lines.csv:2,", "lines.csv:3,"]


def test_a_row_that_stands_twice_is_named(folder: Path) -> None:
    spoil(folder, "links", lambda rows: rows.append(dict(rows[0])))
    assert "stands in line 2 already" in faults_in(folder)[0]


def test_an_assumption_without_a_note_is_named(folder: Path) -> None:
    spoil(folder, "lines", lambda rows: rows[0].update(basis="assumption", note="", source=""))
    assert "carries a note" in faults_in(folder)[0]


@pytest.fixture
def database(database_url: str) -> Database:
    opened = database_at(database_url)
    migrations.upgrade(opened)
    return opened


def in_use(database: Database, table: str, known_at: datetime | None = None) -> list[Any]:
    """The rows of a table that were in use at a moment."""
    return database.read_now(lambda tx: store.figures.rows_in_use(tx, known_at or tx.head_at, table))


def test_loading_twice_changes_nothing(database: Database) -> None:
    with database:
        assert load(database, make_edition()).changes
        assert not load(database, make_edition()).changes
        assert database.read_now(lambda tx: tx.head_seq) == 1


def test_loaded_rows_read_back_as_they_were(database: Database) -> None:
    edition = make_edition()
    with database:
        assert in_use(database, "lines") == []
        load(database, edition)
        for name, rows in edition.tables.items():
            assert in_use(database, name) == sorted(rows, key=lambda row: row.row_key())


def test_only_what_differs_is_written_and_what_was_known_stays_readable(database: Database) -> None:
    richer = make_edition(purse_amounts=make_amounts("ccg-programme", 2_000_000))
    with database:
        load(database, make_edition())
        first = database.read_now(lambda tx: tx.head_at)
        found = load(database, richer)
        changed = {one.key for one in found.changes if one.kind == "changed"}
        removed = {one.key for one in found.changes if one.kind == "removed"}
        assert changed == {f"ccg-programme|*|{year}" for year in YEARS}
        assert removed == {f"{purse}|*|{year}" for purse in ("council-grant", "nhse-specialised") for year in YEARS}
        then = in_use(database, "purse_amounts", first)
        now = in_use(database, "purse_amounts")
        assert then == sorted(make_edition().tables["purse_amounts"], key=lambda row: row.row_key())
        assert {row.amount_gbp for row in now} == {2_000_000}
        load(database, make_edition())
        names = [
            database.read_now(lambda tx, at=at: store.figures.edition_known_at(tx, at or tx.head_at))
            for at in (first, None)
        ]
    assert [name and name.edition for name in names] == [1, 3]
    assert names[0] is not None
    assert names[1] is not None
    assert names[0].digest == names[1].digest


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    database: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with database:
        load_command(None, database, [str(folder)])
        capsys.readouterr()
        spoil(folder, "lines", lambda rows: rows[0].update(baseline_gbp=str(int(rows[0]["baseline_gbp"]) + 1000)))
        before = database.read_now(lambda tx: tx.head_seq)
        assert load_command(None, database, ["--dry-run", str(folder)]) == 0
        told = capsys.readouterr().out
        assert "1 new or changed rows would be in use" in told
        assert "lines: 0 added, 1 changed, 0 removed" in told
        assert database.read_now(lambda tx: tx.head_seq) == before
        load_command(None, database, [str(folder)])
        assert capsys.readouterr().out == told.replace("would be in use", "are in use now")


def test_the_command_says_what_it_did(database: Database, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database:
        assert load_command(None, database, [str(folder)]) == 0
        assert "are in use now" in capsys.readouterr().out
        assert load_command(None, database, [str(folder)]) == 0
        assert "already in use" in capsys.readouterr().out
        spoil(folder, "lines", lambda rows: rows[0].update(baseline_gbp="lots"))
        assert load_command(None, database, [str(folder)]) == 1
        assert "lines.csv:2, column baseline_gbp" in capsys.readouterr().err
        assert load_command(None, database, []) == 2


def test_models_and_migrations_agree(fresh_database: Callable[[], str]) -> None:
    migrations.assert_models_match_migrations(database_at(fresh_database()), database_at(fresh_database()))


def test_editions_become_dated_rows_and_what_was_known_stays_known(fresh_database: Callable[[], str]) -> None:
    """The upgrade of a database that held whole editions, of which the second changed one line and took one away."""
    opened = database_at(fresh_database())
    migrations.upgrade(opened, to="0001")
    nurses, scans = (
        make_line("ccg-02A", stage, "ccg-programme", gbp).model_dump(mode="json")
        for stage, gbp in (("nurses", 5), ("scans", 7))
    )
    held = [(1, [nurses, scans]), (2, [nurses | {"baseline_gbp": 6}])]
    with opened, opened.engine.begin() as connection:
        for edition, rows in held:
            at = datetime(2026, 1, edition, tzinfo=UTC)
            connection.execute(
                sa.text("INSERT INTO reference_editions VALUES (:edition, :digest, :at)").bindparams(
                    sa.bindparam("at", type_=UtcDateTime())
                ),
                {"edition": edition, "digest": str(edition) * 64, "at": at},
            )
            for position, row in enumerate(rows):
                connection.execute(
                    sa.text("INSERT INTO reference_rows VALUES (:edition, 'lines', :position, :content)"),
                    {"edition": edition, "position": position, "content": json.dumps(row)},
                )
    migrations.upgrade(opened)
    with opened:
        then = in_use(opened, "lines", datetime(2026, 1, 1, 12, tzinfo=UTC))
        now = in_use(opened, "lines", datetime(2026, 1, 3, tzinfo=UTC))
    assert [(row.stage, row.baseline_gbp) for row in then] == [("nurses", 5), ("scans", 7)]
    assert [(row.stage, row.baseline_gbp) for row in now] == [("nurses", 6)]


CAME_LATER = {"deflators", "need_weights", "need_weights_cancer", "business_rules"}
"""Tables that began after rows were dated."""


def test_after_the_upgrade_the_same_rows_are_nothing_new(fresh_database: Callable[[], str]) -> None:
    opened = database_at(fresh_database())
    migrations.upgrade(opened, to="0001")
    edition = make_edition(planning_rules=[make_rule("floor", "floor", floor_share="0.9")])
    with opened, opened.engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO reference_editions VALUES (0, :digest, :at)").bindparams(
                sa.bindparam("at", type_=UtcDateTime())
            ),
            {"digest": "1" * 64, "at": datetime(2026, 1, 1, tzinfo=UTC)},
        )
        there = {table: rows for table, rows in edition.tables.items() if table not in CAME_LATER}
        for table, rows in there.items():
            for position, row in enumerate(rows):
                content = json.dumps(row.model_dump(mode="json", exclude=NEW_COLUMNS.get(table)))
                connection.execute(
                    sa.text("INSERT INTO reference_rows VALUES (0, :table, :position, :content)"),
                    {"table": table, "position": position, "content": content},
                )
    migrations.upgrade(opened)
    with opened:
        assert {change.table for change in load(opened, edition).changes} == CAME_LATER
        assert load(opened, edition).changes == ()


def test_figures_are_read_with_what_they_rest_on(running: Running) -> None:
    page = running.http.get("/v1/reference/figures?table=lines&key=nurses").json()
    (figure,) = page["items"]
    assert (figure["value"], figure["unit"], figure["basis"], figure["note"]) == (
        "200000", "GBP", "assumption", "a judgement",
    )  # fmt: skip
    assert len(page["edition"]) == 64
    assert page["known_at"]
    assert page["as_of"]


def test_figures_are_paged(running: Running) -> None:
    seen: list[str] = []
    address = "/v1/reference/figures?limit=7"
    while address:
        answer = running.http.get(address)
        seen += [f"{one['table']} {one['key']} {one['column']}" for one in answer.json()["items"]]
        link = answer.headers.get("Link", "")
        address = link.partition(">")[0].removeprefix("<")
    assert len(seen) == len(set(seen)) == len(running.http.get("/v1/reference/figures?limit=1000").json()["items"])


def test_figures_of_a_place_and_a_pathway(alone: Running) -> None:
    def keys(query: str) -> set[str]:
        return {one["key"] for one in alone.http.get(f"/v1/reference/figures?{query}").json()["items"]}

    assert keys("place=la-trafford") == {"la-trafford/lung/prevention"}
    assert keys("place=ccg-02A&table=activity") == {"ccg-02A/lung/imaging|day-case", "ccg-02A/lung/surgery|day-case"}
    assert keys("pathway=breast") == set()


def test_what_the_figures_rest_on_is_counted(running: Running) -> None:
    found = running.http.get("/v1/reference/summary").json()
    lines = next(one for one in found["tables"] if one["table"] == "lines")
    assert (lines["published"], lines["derived"], lines["assumption"]) == (6, 0, 1)
    assert found["pounds"] == [{"pathway": "lung", "gbp": 3_000_000, "assumption_gbp": 200_000}]
    every = running.http.get("/v1/reference/figures?limit=1000").json()
    counted = sum(one["published"] + one["derived"] + one["assumption"] for one in found["tables"])
    assert counted == len(every["items"])
    (document,) = found["sources"]
    assert document["figures"] == sum(one["source"] == "annual-report" for one in every["items"])
    assert found["edition"] == every["edition"]


def test_sources_and_prepared_questions(alone: Running) -> None:
    assert alone.http.get("/v1/reference/sources").json()["items"] == [
        {"key": "annual-report", "title": "Annual report", "publisher": "Trafford Council"}
    ]
    (question,) = alone.http.get("/v1/reference/what-ifs").json()["items"]
    assert question["amounts"] == [{"purse": "council-grant", "to_purse": None, "year": "2014-15", "gbp": -24_800}]


def test_what_was_recorded_can_be_followed(alone: Running) -> None:
    alone.scenario()
    changes = alone.get("/v1/changes", body="ods:X99", role="auditor").json()
    assert [one["action"] for one in changes["items"]] == ["reference.load", "scenarios.create"]
    assert changes["head_seq"] == changes["next_after"] == 2
    assert alone.get("/v1/changes").status_code == 403


def test_codes_that_the_registry_s_files_do_not_have_are_named(folder: Path) -> None:
    spoil(folder, "lines", lambda rows: rows[0].update(place="ccg-nowhere"))
    spoil(folder, "curves", lambda rows: rows[0].update(stage="imagery"))
    assert {fault.split(": ", 1)[1] for fault in faults_in(folder)} == {
        "ccg-nowhere is not in registry/places.csv",
        "imagery is not in registry/stages.csv",
    }
