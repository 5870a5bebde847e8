"""Reference data: loaded whole or not at all, once, and answerable as it was known."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from concord_agreements.database import open_database
from concord_agreements.reference import FaultyFiles, NoReference, read_files, reference_at, store_files
from concord_agreements.settings import AgreementsSettings
from concord_kit import migrations
from concord_kit.database import Database
from concord_kit.journal import Intent
from services.agreements.tests.conftest import DATA

INTENT = Intent(actor="test", action="reference.load")


@pytest.fixture
def database(fresh_database: Callable[..., str]):
    made: Database = open_database(
        AgreementsSettings.model_construct(database_url=fresh_database(), database_threads=2)
    )
    migrations.upgrade(made)
    with made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "data"
    shutil.copytree(DATA / "agreements", copied)
    return copied


def test_the_shipped_law_can_be_read(database: Database) -> None:
    files = read_files(DATA)
    assert database.write_now(INTENT, lambda tx: store_files(tx, files))
    reference = database.read_now(lambda tx: reference_at(tx.session, tx.head_at))
    pool = reference.basis("s75_pool", date(2014, 4, 1))
    assert pool is not None
    assert {"surgery", "radiotherapy", "endoscopy"} <= pool.excluded_classes
    assert pool.exclusion_citation == "regulation 5 of SI 2000/617"
    assert len(pool.required_items) >= 7
    assert reference.basis("s14Z3", date(2013, 3, 31)) is None
    assert reference.basis("s14Z3", date(2014, 4, 1)) is not None
    assert reference.basis("s14Z3", date(2022, 7, 1)) is None


def test_a_second_load_of_the_same_bytes_changes_nothing(database: Database) -> None:
    files = read_files(DATA)
    assert database.write_now(INTENT, lambda tx: store_files(tx, files))
    before = database.read_now(lambda tx: tx.head_seq)
    assert not database.write_now(INTENT, lambda tx: store_files(tx, files))
    assert database.read_now(lambda tx: tx.head_seq) == before


def test_what_was_in_use_before_can_be_read_again(database: Database, folder: Path) -> None:
    database.write_now(INTENT, lambda tx: store_files(tx, read_files(DATA)))
    first = database.read_now(lambda tx: tx.head_at)
    path = folder / "authority_limits.csv"
    before, after = (f"chief-finance-officer,enter_agreement,{gbp}" for gbp in (1_000_000, 2_500_000))
    path.write_text(path.read_text().replace(before, after))
    database.write_now(INTENT, lambda tx: store_files(tx, read_files(folder)))

    def limit(known_at) -> int | None:
        limits = database.read_now(lambda tx: reference_at(tx.session, known_at or tx.head_at)).limits
        (found,) = [one for one in limits if one.role == "chief-finance-officer" and one.decision == "enter_agreement"]
        return found.limit_pence

    assert limit(None) == 250_000_000
    assert limit(first) == 100_000_000


def test_before_any_load_there_is_no_law(database: Database) -> None:
    with pytest.raises(NoReference):
        database.read_now(lambda tx: reference_at(tx.session, tx.head_at))


def test_every_faulty_row_is_named(folder: Path) -> None:
    bases = folder / "legal_bases.csv"
    bases.write_text(bases.read_text().replace("2013-04-01", "1 April 2013"))
    limits = folder / "authority_limits.csv"
    limits.write_text(limits.read_text().replace(",2000000,", ",two million,"))
    (folder / "required_content.csv").unlink()
    with pytest.raises(FaultyFiles) as refusal:
        read_files(folder)
    text = "\n".join(refusal.value.faults)
    assert "required_content.csv: there is no such file" in text
    assert "authority_limits.csv, line 2: limit_gbp" in text
    assert text.count("valid_from: Invalid isoformat") == 3
