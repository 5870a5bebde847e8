"""Two processes on one file, a server that restarts, a database that is not at head, and who waits too long."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select, text

from concord_kit.database import Database, DatabaseUnavailable, Reading
from concord_kit.engines import AlreadyInUse, UnsupportedDatabase
from concord_kit.journal import Intent
from concord_kit.migrations import NotAtHead, require_head, upgrade
from tests.support.notes.service import NoteIn, open_database, put
from tests.support.postgres import PostgresServer

NOTE = {"id": "n1", "text": "first"}


def test_a_second_process_is_refused_the_file_and_told_why(sqlite_notes_url: str) -> None:
    program = f"from tests.support.notes.service import open_database; open_database({sqlite_notes_url!r}).open()"
    with open_database(sqlite_notes_url):
        refused = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert refused.returncode != 0
        assert "is in use by another process" in refused.stderr
        with pytest.raises(AlreadyInUse, match="One process may use a SQLite file"):
            open_database(sqlite_notes_url).open()
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_killed_process_leaves_the_file_free(sqlite_notes_url: str) -> None:
    program = (
        f"import os, signal; from tests.support.notes.service import open_database; "
        f"open_database({sqlite_notes_url!r}).open(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    with open_database(sqlite_notes_url):
        pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_only_files_and_postgresql_are_databases(url: str) -> None:
    with pytest.raises(UnsupportedDatabase, match=r"SQLite needs a file|not supported"):
        open_database(url)


def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        database.read_now(lambda tx: tx.connection.execute(text("UPDATE journal_head SET seq = 9")))
    database.write_now(Intent("tester", "x"), lambda tx: put(tx, NoteIn(id="n1", text="x"), "ods:02A"))


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    writing, done = threading.Event(), threading.Event()

    def work(tx: object) -> None:
        writing.set()
        assert done.wait(10)

    writer = threading.Thread(target=database.write_now, args=(Intent("tester", "x"), work))
    writer.start()
    try:
        assert writing.wait(10)
        assert database.read_now(lambda tx: tx.head_seq) == 0
    finally:
        done.set()
        writer.join()


def test_a_database_that_is_not_at_head_is_refused(database_url: str, start) -> None:
    with open_database(database_url) as database:
        with pytest.raises(NotAtHead, match=r"is at nothing, this version needs 0001.*migrate"):
            require_head(database)
        with pytest.raises(RuntimeError, match="did not start"):
            start(database)
        assert upgrade(database) == ["0001"]
        assert upgrade(database) == []
        assert start(database).get("/health/ready").json()["status"] == "ok"


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test's own, to be stopped and crashed."""
    server = PostgresServer.create()
    server.start()
    yield server
    server.stop("immediate")
    server.remove()


@pytest.mark.postgres
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_goes_away_and_comes_back(own_server: PostgresServer, start, clerk, mode: str) -> None:
    url = own_server.url.render_as_string(hide_password=False)
    upgrade(open_database(url))
    with open_database(url) as database:
        client = start(database)
        headers = {**clerk, "Idempotency-Key": "k"}
        assert client.post("/v1/notes", json=NOTE, headers=headers).status_code == 201

        own_server.stop(mode)
        for answer in (client.get("/v1/notes/n1"), client.post("/v1/notes", json=NOTE, headers=headers)):
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:concord:problem:database-unavailable")
            assert answer.headers["Retry-After"] == "1"
        assert client.get("/health/live").status_code == 200
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["database"]) == (503, "unavailable")
        assert "concord_database_up 0.0" in client.get("/metrics").text

        own_server.start()
        assert client.get("/v1/notes/n1").json()["text"] == "first"
        assert client.post("/v1/notes", json=NOTE, headers=headers).headers["Idempotent-Replayed"] == "true"
        assert client.get("/health/ready").status_code == 200


@pytest.mark.postgres
def test_connections_lost_while_idle_are_replaced_unnoticed(own_server: PostgresServer, start, clerk) -> None:
    url = own_server.url.render_as_string(hide_password=False)
    upgrade(open_database(url))
    with open_database(url) as database:
        client = start(database)
        client.get("/v1/notes")
        own_server.stop()
        own_server.start()
        assert client.get("/v1/notes").status_code == 200
        assert client.post("/v1/notes", json=NOTE, headers={**clerk, "Idempotency-Key": "k"}).status_code == 201


@pytest.mark.postgres
def test_a_connection_lost_before_the_commit_is_repeated_once(postgres_url: str) -> None:
    upgrade(open_database(postgres_url))
    with open_database(postgres_url) as database:
        runs = []

        def work(tx) -> int:
            runs.append(tx.seq)
            put(tx, NoteIn(id="n1", text="x"), "ods:02A")
            if len(runs) == 1:
                tx.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
            return tx.seq

        assert database.write_now(Intent("tester", "x"), work) == 1
        assert runs == [1, 1]
        assert database.read_now(lambda tx: tx.head_seq) == 1


@pytest.mark.postgres
def test_a_connection_lost_again_is_given_up(postgres_url: str) -> None:
    upgrade(open_database(postgres_url))
    with open_database(postgres_url) as database:

        def work(tx) -> None:
            tx.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
            database.write_now(Intent("tester", "x"), work)


def test_a_wrong_statement_is_an_error_of_ours_not_of_the_database(database: Database) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        database.read_now(lambda tx: tx.connection.execute(text("SELECT 1 FROM no_such_table")))


def test_a_database_is_closed_when_what_is_under_way_has_ended(database: Database) -> None:
    """Whoever asked is cancelled at the end of a service; the transaction's thread goes on, connection in hand."""
    going, may_end = threading.Event(), threading.Event()
    opened, closed = [], []
    event.listen(database.engine, "connect", lambda *_: opened.append(1))
    event.listen(database.engine, "close", lambda *_: closed.append(1))

    def work(tx: Reading) -> None:
        tx.connection.execute(select(1))
        going.set()
        may_end.wait(30)

    async def main() -> threading.Thread:
        asking = asyncio.create_task(database.read(work))
        await asyncio.to_thread(going.wait, 30)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        closing = threading.Thread(target=database.close)
        closing.start()
        closing.join(0.1)
        assert closing.is_alive(), "it was closed with a transaction under way"
        may_end.set()
        return closing

    asyncio.run(main()).join(30)
    assert len(closed) == len(opened) > 0
    database.open()  # the fixture closes it
