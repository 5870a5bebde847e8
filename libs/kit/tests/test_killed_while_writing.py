"""A service that is killed between any two lines: what it answered is kept, what is repeated has one effect."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
from sqlalchemy import func, select

from concord_kit.database import Reading
from concord_kit.journal import verify_chain
from tests.support.notes.service import open_database
from tests.support.notes.tables import NoteVersion
from tests.support.signing import Signing

NOTES = 60


@contextmanager
def serving(url: str, signing: Signing) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The notes service as a process of its own."""
    settings = {
        "NOTES_DATABASE_URL": url,
        "NOTES_ISSUER": signing.issuer,
        "NOTES_AUDIENCE": "notes",
        "NOTES_JWKS": str(signing.jwks_file),
        "NOTES_LOG_LEVEL": "ERROR",
    }
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.notes", "serve", "--fd", str(listening.fileno())],
            env={**os.environ, **settings},
            pass_fds=[listening.fileno()],
        )
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    # Only the service listens now, so that callers notice its death.
    try:
        yield address, process
    finally:
        process.kill()
        process.wait()


def post(client: httpx.Client, headers: dict[str, str], number: int) -> httpx.Response | None:
    body = {"id": f"n{number}", "text": "x"}
    try:
        return client.post("/v1/notes", json=body, headers={**headers, "Idempotency-Key": f"k{number}"})
    except httpx.HTTPError:
        return None  # killed


def test_killed_under_load_and_repeated(notes_url: str, signing: Signing, clerk: dict[str, str]) -> None:
    answered: dict[int, bytes] = {}

    def post_and_note(client: httpx.Client, kill: Callable[[], None]) -> Callable[[int], None]:
        def one(number: int) -> None:
            answer = post(client, clerk, number)
            if answer is not None and answer.status_code == 201:
                answered[number] = answer.content
            if len(answered) >= NOTES // 3:
                kill()

        return one

    with serving(notes_url, signing) as (address, process), httpx.Client(base_url=address, timeout=30) as client:
        killing = post_and_note(client, lambda: process.send_signal(signal.SIGKILL))
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(killing, range(NOTES)))
        assert process.wait() == -signal.SIGKILL
    before = dict(answered)
    assert 0 < len(before) < NOTES

    with serving(notes_url, signing) as (address, _), httpx.Client(base_url=address, timeout=30) as client:
        for number in range(NOTES):
            answer = post(client, clerk, number)
            assert answer is not None
            assert answer.status_code == 201
            if number in before:
                assert (answer.content, answer.headers.get("Idempotent-Replayed")) == (before[number], "true")

    with open_database(notes_url) as database:
        assert database.read_now(_effects) == (NOTES, NOTES, [])


def _effects(tx: Reading) -> tuple[int, int, list[str]]:
    versions = tx.connection.execute(select(func.count()).select_from(NoteVersion)).scalar_one()
    return versions, tx.head_seq, verify_chain(tx.connection, tx.tables)
