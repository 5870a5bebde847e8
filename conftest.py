"""Fixtures for every test of the repository.

database_url      the address of an empty database, once on SQLite and once on PostgreSQL (marked `postgres`)
fresh_database    the same as a factory: fresh_database("registry", prepare) copies a template that
                  `prepare(url)` made the first time in this run; without arguments the database is empty
sqlite_url        the address of an empty SQLite file
postgres_url      the address of an empty PostgreSQL database
signing           keys and tokens: `signing.mint(sub, roles, aud, **claims)`, `.bearer(...)`, `.service_key(name)`,
                  `.jwks_file`, `.issuer`
served            `served(app)`: a context that runs the application by uvicorn and gives its base address
"""

import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from filelock import FileLock
from sqlalchemy.engine import URL

from tests.support import serving
from tests.support.postgres import PostgresDatabases, Prepare, shared_server
from tests.support.signing import Signing

FreshDatabase = Callable[..., str]


def pytest_configure() -> None:
    """Let a terminated run take down what it started, as an interrupted one does."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first, so that no such test is the last."""
    items.sort(key=lambda item: item.get_closest_marker("dear") is None)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[URL]:
    """The server of this run, shared by its workers."""
    base = tmp_path_factory.getbasetemp()
    with shared_server(base if worker_id == "master" else base.parent) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run, shared by its workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "sqlite-templates"
    folder.mkdir(exist_ok=True)
    return folder


def _fresh_sqlite(templates: Path, folder: Path) -> FreshDatabase:
    def fresh(template: str | None = None, prepare: Prepare | None = None) -> str:
        path = folder / f"{uuid4().hex[:16]}.db"
        if template is not None and prepare is not None:
            shutil.copyfile(_sqlite_template(templates / f"{template}.db", prepare), path)
        return f"sqlite:///{path}"

    return fresh


def _sqlite_template(original: Path, prepare: Prepare) -> Path:
    """The file that tests copy. Several workers may want it at once; one makes it, under another name until whole."""
    with FileLock(f"{original}.lock"):
        if not original.exists():
            draft = original.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            prepare(f"sqlite:///{draft}")
            draft.rename(original)
    return original


@pytest.fixture
def fresh_postgres(postgres_server: URL) -> Iterator[FreshDatabase]:
    """A factory of PostgreSQL databases."""
    databases = PostgresDatabases(postgres_server)
    yield databases.fresh
    databases.drop_all()


@pytest.fixture(scope="session")
def sqlite_copies(sqlite_templates: Path) -> Callable[[Path], FreshDatabase]:
    """A factory of SQLite databases in a folder, for fixtures that outlive a test."""
    return lambda folder: _fresh_sqlite(sqlite_templates, folder)


@pytest.fixture
def fresh_sqlite(sqlite_copies: Callable[[Path], FreshDatabase], tmp_path: Path) -> FreshDatabase:
    """A factory of SQLite databases."""
    return sqlite_copies(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def fresh_database(request: pytest.FixtureRequest) -> FreshDatabase:
    """A factory of databases, once of each kind."""
    made: FreshDatabase = request.getfixturevalue(f"fresh_{request.param}")
    return made


@pytest.fixture
def database_url(fresh_database: FreshDatabase) -> str:
    return fresh_database()


@pytest.fixture
def sqlite_url(fresh_sqlite: FreshDatabase) -> str:
    return fresh_sqlite()


@pytest.fixture
def postgres_url(fresh_postgres: FreshDatabase) -> str:
    return fresh_postgres()


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing(tmp_path)


@pytest.fixture(scope="session")
def served() -> Callable[[FastAPI], AbstractContextManager[str]]:
    return serving.served
