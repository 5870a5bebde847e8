"""The service as it runs, beside a registry double, with people who hold roles at bodies."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from concord_agreements.database import open_database
from concord_agreements.main import build_app
from concord_agreements.reference import read_files, store_files
from concord_agreements.settings import AgreementsSettings
from concord_kit import migrations
from concord_kit.clock import Clock, utc_now
from concord_kit.journal import Intent
from services.agreements.tests.registry_double import RegistryDouble
from services.agreements.tests.worlds import annex_document, pool_document
from tests.support.serving import served
from tests.support.signing import Signing

DATA = Path(__file__).resolve().parents[3] / "data" / "england_2013_14"


class Person:
    """Somebody signed in: `post` and `get` carry the token, the body acted for, and a fresh key."""

    def __init__(self, client: httpx.Client, token: str | None, acting_for: str | None) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        if acting_for:
            self._headers["X-Acting-For"] = acting_for

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self._client.get(f"/v1{path}", params=params, headers=self._headers)

    def post(
        self, path: str, body: Any, *, key: str | None = None, if_match: str | None = None, **headers: str
    ) -> httpx.Response:
        sent = {**self._headers, "Idempotency-Key": key or uuid4().hex, **headers}
        if if_match is not None:
            sent["If-Match"] = if_match
        return self._client.post(f"/v1{path}", json=body, headers=sent)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self._headers, **options.pop("headers", {})}
        return self._client.request(method, f"/v1{path}", headers=headers, **options)


class Service:
    """The service at an address, and the ways to come to it as somebody."""

    def __init__(self, address: str, signing: Signing, registry: RegistryDouble) -> None:
        self.address = address
        self.signing = signing
        self.registry = registry
        self.client = httpx.Client(base_url=address, timeout=30)

    def close(self) -> None:
        self.client.close()

    def at(self, body: str, *roles: str, acting_for: str | None = None) -> Person:
        """The holder of roles at a body, acting for it unless told otherwise."""
        token = self.signing.mint(f"{roles[0]}-of-{body}", {body: roles}, aud="agreements")
        return Person(self.client, token, acting_for or body)

    def service(self, name: str, *roles: str) -> Person:
        token = self.signing.mint(f"service:{name}", {f"service:{name}": roles}, aud="agreements")
        return Person(self.client, token, None)

    def auditor(self) -> Person:
        token = self.signing.mint("auditor", {"concord:audit": ["auditor"]}, aud="agreements")
        return Person(self.client, token, None)


def prepare(url: str, clock: Clock = utc_now) -> None:
    """A database at head with the reference data in it, loaded when the clock says."""
    settings = AgreementsSettings.model_construct(database_url=url, database_threads=2)
    database = open_database(settings, clock)
    migrations.upgrade(database)
    with database:
        files = read_files(DATA)
        database.write_now(Intent(actor="test", action="reference.load"), lambda tx: store_files(tx, files))


def make_settings(url: str, signing: Signing, registry_url: str, allocation_url: str = "") -> AgreementsSettings:
    """The double of allocation is at the registry's address, unless another is named."""
    return AgreementsSettings(
        database_url=url,
        issuer=signing.issuer,
        audience="agreements",
        jwks=str(signing.jwks_file),
        service_key_file=signing.service_key("agreements"),
        registry_url=registry_url,
        allocation_url=allocation_url or registry_url,
        dependency_seconds=8,  # a busy machine is not what these tests are about
    )


Running = Callable[..., AbstractContextManager[Service]]


@contextmanager
def run_service(url: str, signing: Signing, registry: RegistryDouble, clock: Clock = utc_now) -> Iterator[Service]:
    """The service on that database, beside the double, while the context lasts."""
    with served(registry.app) as registry_url:
        settings = make_settings(url, signing, registry_url)
        with served(build_app(settings, open_database(settings, clock))) as address:
            service = Service(address, signing, registry)
            try:
                yield service
            finally:
                service.close()


@pytest.fixture
def registry() -> RegistryDouble:
    return RegistryDouble()


@pytest.fixture
def running(signing: Signing, registry: RegistryDouble) -> Running:
    """`running(url)`, or with a clock: `run_service` with this test's keys and double."""
    return lambda url, clock=utc_now: run_service(url, signing, registry, clock)


@pytest.fixture(scope="module")
def lasting_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests of a module that leave nothing behind which another could see."""
    folder = tmp_path_factory.mktemp("lasting")
    url = f"sqlite:///{folder}/agreements.db"
    prepare(url)
    with run_service(url, Signing(folder), RegistryDouble()) as service:
        yield service


@pytest.fixture
def service(fresh_sqlite: Callable[..., str], running: Running) -> Iterator[Service]:
    """The service on SQLite."""
    with running(fresh_sqlite("agreements", prepare)) as service:
        yield service


@pytest.fixture
def service_on_both(fresh_database: Callable[..., str], running: Running) -> Iterator[Service]:
    """The service on each of the two databases."""
    with running(fresh_database("agreements", prepare)) as service:
        yield service


CLAUSES = {
    "s75_pool": (
        "aims",
        "contributions",
        "functions",
        "people_and_services",
        "resources",
        "duration_and_end",
        "management",
        "pool_manager",
    ),
    "s14Z3": ("functions", "parties", "payments", "duration_and_end", "liability", "accountability"),
}


def draft(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A draft with everything the real legal basis wants said."""
    said = [
        {"item": item, "text": f"What the parties say about {item}."} for item in CLAUSES.get(document["basis"], ())
    ]
    return {"content": {**document, "clauses": said}, **more}


def pool_draft(**changes: Any) -> dict[str, Any]:
    return draft(pool_document(**changes), annex=annex_document())
