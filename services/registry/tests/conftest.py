"""The small world on a database, as plain values, and served by HTTP."""

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from concord_kit.database import Database
from concord_registry.main import build_app
from concord_registry.settings import RegistrySettings
from concord_registry.world import Reference
from services.registry.tests import worlds
from tests.support.signing import Signing


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The small world on 15 January 2014, without its claims."""
    url = f"sqlite:///{tmp_path_factory.mktemp('small-world') / 'registry.db'}"
    worlds.prepare(url)
    with worlds.open_registry(url) as database:
        return worlds.reference_of(database)


@pytest.fixture
def loaded(fresh_sqlite: Callable[..., str]) -> Iterator[Database]:
    """A database with the small world (SQLite)."""
    with worlds.open_registry(fresh_sqlite("registry-small-world", worlds.prepare)) as database:
        yield database


@pytest.fixture
def loaded_on_each(fresh_database: Callable[..., str]) -> Iterator[Database]:
    """A database with the small world, once on SQLite and once on PostgreSQL."""
    with worlds.open_registry(fresh_database("registry-small-world", worlds.prepare)) as database:
        yield database


@dataclass
class Registry:
    """The registry as its callers see it. `as_body` signs in at a body, acting for it or for another."""

    http: httpx.Client
    signing: Signing
    keys: Iterator[int]
    database_file: Path = Path()
    """Of a registry that a test has for itself."""

    def as_body(
        self, body: str, role: str = "commissioner", *, acting_for: str | None = None, key: str | None = None
    ) -> dict[str, str]:
        headers = self.signing.bearer(f"user-of-{body}", {body: [role]}, "registry")
        headers["X-Acting-For"] = acting_for or body
        headers["Idempotency-Key"] = key or f"key-{next(self.keys)}"
        return headers

    def as_agreements(self) -> dict[str, str]:
        return self.signing.bearer("service:agreements", {"service:agreements": ["activator"]}, "registry")

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params={"as_of": "2014-01-15"} | params)

    def findings(self, kind: str, *places: str, **params: Any) -> list[dict[str, Any]]:
        answer = self.get("/v1/coverage", pathway="lung", place=list(places), **params)
        assert answer.status_code == 200, answer.text
        return [one for one in answer.json()["findings"] if one["kind"] == kind]


WEBHOOK_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


def settings_for(url: str, signing: Signing, **given: Any) -> RegistrySettings:
    given = {"webhook_keys": WEBHOOK_KEY} | given
    return RegistrySettings(
        database_url=url, issuer=signing.issuer, audience="registry", jwks=str(signing.jwks_file), **given
    )


@pytest.fixture
def application(loaded: Database, signing: Signing) -> FastAPI:
    return build_app(settings_for(loaded.url.render_as_string(hide_password=False), signing), loaded)


@pytest.fixture(scope="session")
def standing(
    tmp_path_factory: pytest.TempPathFactory, served: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[Registry]:
    """A registry for tests that change nothing: kept through the session."""
    folder = tmp_path_factory.mktemp("standing-registry")
    signing = Signing(folder)
    signing.service_key("agreements")
    url = f"sqlite:///{folder / 'registry.db'}"
    worlds.prepare(url)
    app = build_app(settings_for(url, signing), worlds.open_registry(url))
    with served(app) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield Registry(http, signing, iter(range(100_000)))


@pytest.fixture(scope="module")
def standing_on(
    tmp_path_factory: pytest.TempPathFactory, served: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[Callable[[Mapping[str, str]], Registry]]:
    """Registries of files of a module's own, kept through the module: for tests that change nothing, or mind what
    others of the module change."""
    with ExitStack() as kept:

        def stand(files: Mapping[str, str]) -> Registry:
            folder = tmp_path_factory.mktemp("registry-on-files")
            signing = Signing(folder)
            url = f"sqlite:///{folder / 'registry.db'}"
            worlds.prepare(url, files)
            address = kept.enter_context(served(build_app(settings_for(url, signing), worlds.open_registry(url))))
            http = kept.enter_context(httpx.Client(base_url=address, timeout=20))
            return Registry(http, signing, iter(range(100_000)))

        yield stand


@pytest.fixture
def registry(
    loaded: Database, application: FastAPI, signing: Signing, served: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[Registry]:
    signing.service_key("agreements")
    with served(application) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield Registry(http, signing, iter(range(10_000)), Path(loaded.url.database or ""))
