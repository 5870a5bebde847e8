"""The notes service of tests/support, on a fresh database, served with a test issuer."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from concord_kit.database import Database
from concord_kit.migrations import upgrade
from tests.support.notes.service import NotesSettings, build_app, open_database
from tests.support.signing import Signing


def migrate(url: str) -> None:
    upgrade(open_database(url))


@pytest.fixture
def notes_url(fresh_database: Callable[..., str]) -> str:
    return fresh_database("notes", migrate)


@pytest.fixture
def database(notes_url: str) -> Iterator[Database]:
    with open_database(notes_url) as opened:
        yield opened


@pytest.fixture
def sqlite_notes_url(fresh_sqlite: Callable[..., str]) -> str:
    return fresh_sqlite("notes", migrate)


@pytest.fixture
def sqlite_notes(sqlite_notes_url: str) -> Iterator[Database]:
    """For behaviour that no database changes."""
    with open_database(sqlite_notes_url) as opened:
        yield opened


@pytest.fixture
def settings(signing: Signing) -> NotesSettings:
    return NotesSettings(
        database_url="sqlite:///unused", issuer=signing.issuer, audience="notes", jwks=str(signing.jwks_file)
    )


@pytest.fixture
def clerk(signing: Signing) -> dict[str, str]:
    """The headers of a clerk at Trafford."""
    return signing.bearer("clerk-1", {"ods:02A": ["clerk"]}, "notes")


Start = Callable[..., httpx.Client]


@pytest.fixture
def start(settings: NotesSettings, served: Callable[[FastAPI], AbstractContextManager[str]]) -> Iterator[Start]:
    """`start(database, **options of create_app)`: serve the notes and give a client for them."""
    with ExitStack() as stack:

        def begin(database: Database, *, using: NotesSettings | None = None, **options: Any) -> httpx.Client:
            address = stack.enter_context(served(build_app(using or settings, database, **options)))
            return stack.enter_context(httpx.Client(base_url=address, timeout=30))

        yield begin
