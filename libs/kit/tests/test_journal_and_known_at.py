"""One order of stamps, sequences and commits; reads at a known instant never change; the chain shows tampering."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, select, text, update

from concord_kit.clock import today_in_england
from concord_kit.database import Database, Reading, Writing
from concord_kit.journal import Intent, changes_after, position_at, verify_chain
from concord_kit.migrations import upgrade
from concord_kit.positions import resolve
from concord_kit.problems import Problem
from tests.support.notes.service import NoteIn, open_database, put
from tests.support.notes.tables import NoteVersion


def write(database: Database, note_id: str, words: str = "x", actor: str = "tester") -> int:
    def work(tx: Writing) -> int:
        put(tx, NoteIn(id=note_id, text=words), "ods:02A")
        return tx.seq

    return database.write_now(Intent(actor, "notes.write", reason="because"), work)


def known_notes(tx: Reading, known_at: datetime) -> list[tuple[str, int, str]]:
    """Every note as it was known, with the version that the answer rests on."""
    query = (
        select(NoteVersion.id, NoteVersion.version, NoteVersion.text)
        .where(NoteVersion.recorded_from <= known_at, known_at < NoteVersion.recorded_to)
        .order_by(NoteVersion.id)
    )
    return [tuple(row) for row in tx.connection.execute(query)]


def test_known_at_reads_never_change_under_concurrent_writers(database: Database) -> None:
    seen: dict[datetime, list[tuple[str, int, str]]] = {}
    finished = threading.Event()

    def keep_reading() -> None:
        while not finished.is_set():
            at, notes = database.read_now(lambda tx: (tx.head_at, known_notes(tx, tx.head_at)))
            assert seen.setdefault(at, notes) == notes

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(keep_reading) for _ in range(2)]
        writers = [pool.submit(write, database, f"n{number % 7}", str(number)) for number in range(80)]
        try:
            sequences = sorted(writer.result() for writer in writers)
        finally:
            finished.set()  # the pool waits for the readers, also where a writer failed
        for reader in readers:
            reader.result()

    assert sequences == list(range(1, 81))
    assert len(seen) > 3, "the readers met the writers"
    for at, notes in seen.items():
        assert database.read_now(lambda tx, at=at: known_notes(tx, at)) == notes


def _write_in_a_process(url: str, first: int) -> None:
    with open_database(url) as database:
        for number in range(first, first + 15):
            write(database, f"p{number % 4}", str(number), actor=f"process-{first}")


@pytest.mark.postgres
def test_processes_write_one_journal_without_holes(postgres_url: str) -> None:
    upgrade(open_database(postgres_url))
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_in_a_process, args=(postgres_url, first)) for first in (0, 100, 200)]
    for process in processes:
        process.start()
    followed: list[int] = []
    with open_database(postgres_url) as database:
        while any(process.is_alive() for process in processes) or len(followed) < 45:
            after = followed[-1] if followed else 0
            followed += [
                one.seq for one in database.read_now(lambda tx, n=after: changes_after(tx.session, tx.tables, n, 10))
            ]
            assert followed == list(range(1, len(followed) + 1)), "a feed that follows the head skips nothing"
            assert all(process.exitcode in (None, 0) for process in processes)
        for process in processes:
            process.join()
        entries = database.read_now(lambda tx: changes_after(tx.session, tx.tables, 0, 100))
        assert all(earlier.at < later.at for earlier, later in pairwise(entries))
        assert database.read_now(lambda tx: verify_chain(tx.connection, tx.tables)) == []


def test_stamps_go_forward_where_the_clock_does_not(notes_url: str) -> None:
    instants = iter(
        [datetime(2014, 4, 1, 12, tzinfo=UTC), datetime(2014, 4, 1, 12, tzinfo=UTC), datetime(2014, 3, 1, tzinfo=UTC)]
    )
    with open_database(notes_url, clock=lambda: next(instants)) as database:
        for _ in range(3):
            write(database, "same")
        stamps = [entry.at for entry in database.read_now(lambda tx: changes_after(tx.session, tx.tables, 0, 10))]
    noon = datetime(2014, 4, 1, 12, tzinfo=UTC)
    assert stamps == [noon, noon + timedelta(microseconds=1), noon + timedelta(microseconds=2)]


def test_what_raises_leaves_nothing_and_what_changes_nothing_moves_nothing(database: Database) -> None:
    def fail(tx: Writing) -> None:
        put(tx, NoteIn(id="gone", text="x"), "ods:02A")
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(Intent("tester", "fails"), fail)
    database.write_now(Intent("tester", "idle"), lambda tx: tx.unchanged())
    assert database.read_now(lambda tx: (tx.head_seq, known_notes(tx, tx.head_at))) == (0, [])


def test_the_head_is_default_and_upper_bound_of_known_at_and_the_future_is_refused(database: Database) -> None:
    write(database, "one")
    head = database.read_now(lambda tx: tx.head_at)
    now = head + timedelta(seconds=5)

    def known(asked: datetime | None) -> datetime:
        return database.read_now(lambda tx: resolve(tx, None, asked, lambda: now)).known_at

    earlier = head - timedelta(microseconds=1)
    assert [known(asked) for asked in (None, head, now, earlier)] == [head, head, head, earlier]
    with pytest.raises(Problem, match="known-at-too-late"):
        known(now + timedelta(microseconds=1))


def test_a_day_begins_with_the_english_day_not_with_utc() -> None:
    late_in_march = datetime(2014, 3, 31, 22, 59, 59, tzinfo=UTC)
    assert today_in_england(lambda: late_in_march).isoformat() == "2014-03-31"
    assert today_in_england(lambda: late_in_march + timedelta(seconds=1)).isoformat() == "2014-04-01"
    assert today_in_england(lambda: datetime(2014, 1, 1, tzinfo=UTC)).isoformat() == "2014-01-01"


def test_a_position_counts_what_was_recorded_by_then(database: Database) -> None:
    for note in ("a", "b", "c"):
        write(database, note)
    second = database.read_now(lambda tx: changes_after(tx.session, tx.tables, 1, 1))[0]
    at = [second.at - timedelta(microseconds=1), second.at, second.at + timedelta(microseconds=1)]
    assert [database.read_now(lambda tx, i=i: position_at(tx.session, tx.tables, i)) for i in at] == [1, 2, 2]


@pytest.fixture
def journal(database: Database) -> Database:
    """A database whose journal has four entries and is whole."""
    for number in range(4):
        write(database, f"n{number}")
    assert faults(database) == []
    return database


def faults(database: Database) -> list[str]:
    return database.read_now(lambda tx: verify_chain(tx.connection, tx.tables))


def test_erasing_a_reason_leaves_the_chain_whole(journal: Database) -> None:
    table = journal.tables.journal
    with journal.engine.begin() as connection:
        connection.execute(update(table).where(table.c.seq == 2).values(reason=None))
    assert faults(journal) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE journal SET actor = 'somebody else' WHERE seq = 2", "entry 2 was changed"),
        ("UPDATE journal SET acting_for = 'ods:00W' WHERE seq = 3", "entry 3 was changed"),
        ("UPDATE journal SET reason = 'other' WHERE seq = 1", "the reason of entry 1 was changed"),
        ("DELETE FROM journal WHERE seq = 2", "entry 2 is missing"),
        ("DELETE FROM journal WHERE seq = 4", "the head says 4, the last entry is 3"),
        ("UPDATE journal_head SET seq = 9", "the head says 9, the last entry is 4"),
    ],
)
def test_the_chain_shows_tampering(journal: Database, statement: str, words: str) -> None:
    with journal.engine.begin() as connection:
        connection.execute(text(statement))
    assert words in faults(journal)


def test_a_rewritten_entry_breaks_the_entry_after_it(journal: Database) -> None:
    """Also where the forger makes the changed entry's own hash fit."""
    table = journal.tables.journal
    with journal.engine.begin() as connection:
        connection.execute(delete(table).where(table.c.seq == 3))
        connection.execute(update(table).where(table.c.seq == 4).values(seq=3))
    assert "entry 3 does not follow the entry before it" in faults(journal)
