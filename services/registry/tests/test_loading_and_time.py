"""What is loaded, corrected and known when, on both databases."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from concord_contracts.registry import ActivatedResponsibility, Activation, ClaimIn, ClaimStatus, Function, Role
from concord_kit.database import Database, Reading
from concord_kit.journal import Intent, verify_chain
from concord_kit.migrations import assert_models_match_migrations, upgrade
from concord_kit.sheets import CSV_TYPE, read
from concord_registry import __main__ as command_line
from concord_registry.acting import Acting
from concord_registry.claim_recording import assert_claim
from concord_registry.coverage import cover, places_that_matter
from concord_registry.file_rows import SourceRow
from concord_registry.files import FaultyFilesError, check, read_folder
from concord_registry.importing import Asked, carried_out
from concord_registry.own_rows import rows_sent
from concord_registry.recording import activate
from concord_registry.settings import RegistrySettings
from concord_registry.store import claims, mandates
from concord_registry.store.loads import LoadReport, apply
from concord_registry.store.reference import ReferenceReader, read_reference
from concord_registry.tables import Base
from services.registry.tests import worlds
from services.registry.tests.worlds import DAY, FILES, with_lines

REAL_DATA = Path(__file__).parents[3] / "data" / "england_2013_14"


def load(database: Database, files: Any) -> LoadReport:
    checked = check(files)
    return database.write_now(Intent("test", "reference.load"), lambda tx: apply(tx, checked))


def head(database: Database) -> tuple[int, datetime]:
    return database.read_now(lambda tx: (tx.head_seq, tx.head_at))


def read_map(database: Database, known_at: datetime, as_of: date = DAY) -> Any:
    """Everything the map says of the whole area, as plain values."""

    def work(tx: Reading) -> Any:
        reference = read_reference(tx.connection, as_of, known_at)
        places = [key for key in ("ccg-02A", "ccg-01Y", "gm") if key in reference.places]
        found = claims.in_scope(tx, as_of, known_at, "lung", places_that_matter(reference, places))
        mapped = cover(reference, found, "lung", places) if "lung" in reference.pathways else None
        rows = sorted((claim.id, claim.version, claim.status.value) for claim in found)
        return rows, [asdict(one) for one in mapped.findings] if mapped else None

    return database.read_now(work)


def test_the_models_match_the_migrations(fresh_database: Callable[..., str]) -> None:
    assert_models_match_migrations(worlds.open_registry(fresh_database()), worlds.open_registry(fresh_database()))


def test_loading_twice_changes_nothing(loaded_on_each: Database) -> None:
    before = head(loaded_on_each)
    report = load(loaded_on_each, FILES)
    assert not report.changed
    assert head(loaded_on_each) == before


def test_a_changed_line_is_a_correction_that_the_past_does_not_see(loaded_on_each: Database) -> None:
    _, before = head(loaded_on_each)
    corrected = {**FILES, "populations.csv": FILES["populations.csv"].replace("230000", "229837")}
    report = load(loaded_on_each, corrected)
    assert (report.by_file["populations.csv"].came, report.by_file["populations.csv"].went) == (1, 1)
    assert report.by_file["bodies.csv"].came == 0

    def persons(known_at: datetime) -> int:
        return loaded_on_each.read_now(lambda tx: read_reference(tx.connection, DAY, known_at)).persons["ccg-02A"]

    assert persons(before) == 230000
    assert persons(head(loaded_on_each)[1]) == 229837


def test_a_line_whose_columns_we_learn_to_keep_is_read_again(
    loaded_on_each: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database of an earlier edition, which kept less of a source, is filled by loading the same files again."""
    full = {**FILES, "sources.csv": "source,title,publisher,licence\nlaw,The Act,Parliament,Open Parliament Licence\n"}
    with monkeypatch.context() as earlier:
        earlier.setattr(SourceRow, "edition", 1)
        load(loaded_on_each, full)
    table = Base.metadata.tables["sources"]
    loaded_on_each.write_now(Intent("test", "x"), lambda tx: tx.connection.execute(update(table).values(licence=None)))
    report = load(loaded_on_each, full)
    assert (report.by_file["sources.csv"].came, report.by_file["bodies.csv"].came) == (1, 0)
    assert worlds.reference_of(loaded_on_each).sources["law"].licence == "Open Parliament Licence"
    assert not load(loaded_on_each, full).changed


def test_a_line_that_goes_and_comes_back_has_three_recorded_periods(loaded_on_each: Database) -> None:
    without = {
        **FILES,
        "claims.csv": "\n".join(line for line in FILES["claims.csv"].split("\n") if "n-support" not in line),
    }
    load(loaded_on_each, without)
    _, gone = head(loaded_on_each)
    load(loaded_on_each, FILES)

    def versions(tx: Reading) -> list[int]:
        return [claim.version for claim, _ in claims.versions(tx, "n-support", tx.head_at)]

    assert loaded_on_each.read_now(versions) == [1, 2]
    assert "n-support" not in {row[0] for row in read_map(loaded_on_each, gone)[0]}


def test_a_reload_keeps_what_a_body_has_confirmed_since(loaded_on_each: Database) -> None:
    def confirm(tx: Any) -> None:
        present = claims.present(tx, "n-surgery")
        assert present is not None
        claims.correct(tx, worlds.a_claim(**(asdict(present) | {"version": 2, "status": ClaimStatus.CONFIRMED})))

    loaded_on_each.write_now(Intent("test", "claims.confirm"), confirm)
    load(loaded_on_each, with_lines("sources.csv", "another,Another,Somebody"))
    present = loaded_on_each.read_now(lambda tx: claims.present(tx, "n-surgery"))
    assert present is not None
    assert (present.version, present.status) == (2, ClaimStatus.CONFIRMED)


def test_what_a_body_withdrew_does_not_come_back_with_a_load(loaded_on_each: Database) -> None:
    loaded_on_each.write_now(Intent("test", "claims.withdraw"), lambda tx: claims.withdraw(tx, ["n-surgery"]))

    def present() -> Any:
        return loaded_on_each.read_now(lambda tx: claims.present(tx, "n-surgery"))

    load(loaded_on_each, with_lines("sources.csv", "another,Another,Somebody"))
    assert present() is None
    load(loaded_on_each, {**FILES, "claims.csv": FILES["claims.csv"].replace("surgery,*,england", "gp,*,england")})
    assert (present().stage, present().version) == ("gp", 2), "the document is read otherwise"


def test_a_mandate_taken_back_stays_so_whatever_its_line_says_since(loaded_on_each: Database) -> None:
    (held,) = loaded_on_each.read_now(lambda tx: mandates.in_force_on(tx, DAY, tx.head_at))
    taken_back = replace(held, version=2, valid_to=DAY)
    loaded_on_each.write_now(Intent("test", "mandates.end"), lambda tx: mandates.correct(tx, taken_back))
    for words in ("noted", "noted again"):
        load(loaded_on_each, {**FILES, "mandates.csv": FILES["mandates.csv"].replace(",law,", f",law,{words}")})
        now = loaded_on_each.read_now(lambda tx: mandates.present(tx, held.id))
        assert now is not None
        assert (now.note, now.valid_to) == (words, DAY)
    load(loaded_on_each, {**FILES, "mandates.csv": FILES["mandates.csv"].replace("9999-12-31", "2013-10-01")})
    shorter = loaded_on_each.read_now(lambda tx: mandates.present(tx, held.id))
    assert shorter is not None
    assert shorter.valid_to == date(2013, 10, 1)


def test_a_load_that_closes_a_circle_with_others_rows_is_refused(
    loaded_on_each: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = b"predecessor,successor,kind,on,share,basis,source\nods:02A,ods:01Y,split,2018-04-01,0.4,published,law\n"
    rows, wrong = rows_sent(read(CSV_TYPE, own, "succession"), "replace")
    asked = Asked(rows, wrong, "replace", "ods:X24", True, "a" * 64, None, DAY)
    loaded_on_each.write_now(Intent("test", "imports.create"), lambda tx: carried_out(tx, ReferenceReader(), asked))
    back = with_lines("succession.csv", "ods:01Y,ods:02A,transfer,2019-04-01,1.0,published,law,")
    with pytest.raises(FaultyFilesError, match="would succeed itself"):
        load(loaded_on_each, back)
    folder = str(worlds.write_folder(tmp_path / "registry", back))
    url = loaded_on_each.url.render_as_string(hide_password=False)
    assert command_line.load(settings_for(url), loaded_on_each, [folder]) == 1
    assert "succession.csv: a body would succeed itself" in capsys.readouterr().err
    around = with_lines("place_parents.csv", "england,ccg-02A,2013-04-01,9999-12-31,law")
    with pytest.raises(FaultyFilesError, match="would lie in itself"):
        load(loaded_on_each, around)


@pytest.mark.parametrize(
    ("day", "name"), [("2013-12-31", "NHS Tameside CCG"), ("2014-01-01", "NHS Tameside and Glossop CCG")]
)
def test_periods_are_half_open(loaded_on_each: Database, day: str, name: str) -> None:
    reference = worlds.reference_of(loaded_on_each, date.fromisoformat(day))
    assert reference.name("ods:01Y") == name


def test_before_the_load_nothing_was_known(loaded_on_each: Database) -> None:
    reference = loaded_on_each.read_now(
        lambda tx: read_reference(tx.connection, DAY, datetime(2014, 1, 15, tzinfo=UTC))
    )
    assert not reference.bodies
    assert not reference.pathways


def claim_of(number: int) -> tuple[str, ClaimIn]:
    """One of 28 different claims, and who makes it."""
    (me, place), what = (("ods:02A", "ccg-02A"), ("ods:01Y", "ccg-01Y"))[number % 2], number // 2
    return me, ClaimIn(
        role=Role.COMMISSIONS,
        organisation=me,
        stage=("imaging", "support")[what % 2],
        function=list(Function)[1 + what // 2],
        pathway="lung",
        place=place,
        valid_from=date(2013, 4, 1),
    )


def activation_of(number: int) -> Activation:
    place = ("ccg-02A", "ccg-01Y", "gm")[number % 3]
    return Activation(
        sequence=number + 1,
        digest=f"{number:064x}",
        basis="s.14Z3",
        effective_from=date(2013, 10, 1),
        responsibilities=[
            ActivatedResponsibility(role=Role.LEADS, organisation="ods:02A", pathway="lung", place=place)
        ],
    )


def test_what_was_known_never_changes_under_concurrent_writers(loaded_on_each: Database) -> None:
    """Writers record claims, activations and loads while readers note what they see; every note still holds later."""
    database, references = loaded_on_each, ReferenceReader()
    notes: list[tuple[datetime, Any]] = []
    failures: list[BaseException] = []

    numbers = iter(range(28))

    def record_claims() -> None:
        for number in itertools.islice(numbers, 14):
            me, claim = claim_of(number)
            database.write_now(
                Intent("test", "claims.assert"),
                lambda tx, me=me, claim=claim: assert_claim(tx, references, claim, Acting(me, "claims.assert", DAY)),
            )

    def record_activations() -> None:
        for number in range(12):
            database.write_now(
                Intent("test", "activations.put"),
                lambda tx, n=number: activate(tx, references, "a1", activation_of(n), DAY),
            )

    def record_loads() -> None:
        for number in range(3):
            checked = check(with_lines("sources.csv", f"s{number},Title,Publisher"))
            database.write_now(Intent("test", "reference.load"), lambda tx, files=checked: apply(tx, files))

    def read() -> None:
        for _ in range(12):
            known_at = head(database)[1]
            notes.append((known_at, read_map(database, known_at)))

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 (a thread's failure must fail the test)
                failures.append(error)

        return run

    jobs = [record_claims, record_claims, record_activations, record_loads, read, read]
    threads = [threading.Thread(target=guarded(job)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len({known_at for known_at, _ in notes}) > 1
    for known_at, seen in notes:
        assert read_map(database, known_at) == seen
    assert database.read_now(lambda tx: verify_chain(tx.connection, tx.tables)) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(list(range(6))))
def test_activations_in_any_order_leave_one_present_version_of_each_claim(
    fresh_sqlite: Callable[..., str], order: list[int]
) -> None:
    references = ReferenceReader()
    with worlds.open_registry(fresh_sqlite("registry-small-world", worlds.prepare)) as database:
        for number in order:
            database.write_now(
                Intent("test", "activations.put"),
                lambda tx, n=number: activate(tx, references, "a1", activation_of(n), DAY),
            )
        found = database.read_now(lambda tx: claims.of_agreement(tx, "a1", tx.head_at))
    assert [(claim.place, claim.role) for claim in found] == [("gm", Role.LEADS)]


def settings_for(url: str) -> RegistrySettings:
    return RegistrySettings(database_url=url, issuer="https://issuer.test", audience="registry", jwks="unused.json")


def test_the_command_line_loads_and_names_faults(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = worlds.write_folder(tmp_path / "data" / "registry")
    database = worlds.open_registry(sqlite_url)
    upgrade(database)
    with database:
        untouched = head(database)
        assert command_line.load(settings_for(sqlite_url), database, ["--dry-run", str(folder.parent)]) == 0
        told = capsys.readouterr().out
        assert "bodies.csv: 9 came, 0 went" in told
        assert "would be loaded" in told
        assert head(database) == untouched
        assert command_line.load(settings_for(sqlite_url), database, [str(folder.parent)]) == 0
        assert "bodies.csv: 9 came, 0 went" in capsys.readouterr().out
        assert command_line.load(settings_for(sqlite_url), database, [str(folder)]) == 0
        assert "nothing to do" in capsys.readouterr().out
        (folder / "rules.csv").write_text("rule\n")
        before = head(database)
        assert command_line.load(settings_for(sqlite_url), database, [str(folder)]) == 1
        assert "rules.csv:1: columns missing" in capsys.readouterr().err
        assert head(database) == before
        assert command_line.load(settings_for(sqlite_url), database, []) == 2


def test_the_reference_data_of_this_repository_loads_and_maps_lung_in_trafford(sqlite_url: str) -> None:
    files = read_folder(REAL_DATA)
    database = worlds.open_registry(sqlite_url)
    upgrade(database)
    with database:
        database.write_now(Intent("test", "reference.load"), lambda tx: apply(tx, files))
        reference = worlds.reference_of(database)
        found = database.read_now(lambda tx: claims.in_scope(tx, DAY, tx.head_at, "lung", None))
    mapped = cover(reference, found, "lung", ["ccg-02A", "ccg-01Y"])
    law = {(cell.stage.key, cell.place): cell.statutory for cell, _ in mapped.cells}
    assert law["prevention", "ccg-02A"] == {"gss:E08000009"}
    assert law["prevention", "ccg-01Y"] == {"gss:E08000008", "gss:E10000007"}
    assert law["primary_care", "ccg-02A"] == {"ods:X24"}
    assert law["bronchoscopy", "ccg-02A"] == {"ods:02A"}
    assert law["thoracic_surgery", "ccg-02A"] == law["radical_radiotherapy", "ccg-02A"] == {"ods:X24"}
    kinds = {(one.stage, one.kind.value) for one in mapped.findings if one.place == "ccg-02A"}
    assert ("nurse_specialists", "gap") in kinds
    assert ("palliative_eol", "disputed") in kinds
    assert (None, "no-whole-pathway-lead") in kinds
