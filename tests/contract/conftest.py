"""The real registry with the reference data, and each consumer's double of it, all behind real HTTP."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fastapi import FastAPI

from concord_kit import migrations
from concord_kit.journal import Intent
from concord_registry.database import open_database
from concord_registry.files import read_folder
from concord_registry.main import build_app
from concord_registry.settings import RegistrySettings
from concord_registry.store.loads import apply
from tests.support.signing import Signing

REFERENCE_DATA = Path(__file__).parents[2] / "data" / "england_2013_14"

type Served = Callable[[FastAPI], AbstractContextManager[str]]


def settings(url: str, signing: Signing | None = None) -> RegistrySettings:
    return RegistrySettings(
        database_url=url,
        issuer=signing.issuer if signing else "https://issuer.test",
        audience="registry",
        jwks=str(signing.jwks_file) if signing else "unused.json",
    )


def prepare(url: str) -> None:
    database = open_database(settings(url))
    migrations.upgrade(database)
    files = read_folder(REFERENCE_DATA)
    with database:
        database.write_now(Intent(actor="test", action="reference.load"), lambda tx: apply(tx, files))


@pytest.fixture
def registry_url(fresh_sqlite: Callable[..., str], signing: Signing, served: Served) -> Iterator[str]:
    """Address of the real registry, loaded with the reference data."""
    configured = settings(fresh_sqlite("registry-loaded", prepare), signing)
    with served(build_app(configured, open_database(configured))) as address:
        yield address
