"""The allocation service on a database of its own, with doubles for the services it asks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from concord_allocation.database import open_database
from concord_allocation.load import load_edition
from concord_allocation.main import build_app
from concord_allocation.reference import rows
from concord_allocation.reference.files import Edition
from concord_allocation.settings import AllocationSettings
from concord_allocation.store.figures import Replacement
from concord_kit import migrations
from concord_kit.clock import Clock, utc_now
from concord_kit.database import Database
from services.allocation.tests.doubles import Agreements, Registry
from services.allocation.tests.worlds import CCG, COUNCIL, NHSE, PUBLISHED, make_figures
from tests.support.signing import Signing

type Served = Callable[[FastAPI], AbstractContextManager[str]]


def make_edition(digest: str = "a" * 64, **changed: Any) -> Edition:
    """The fixed world's figures as an edition; `changed` as for `make_figures`."""
    figures = make_figures(**changed)
    tables: dict[str, Any] = {name: getattr(figures, name) for name in figures.__dataclass_fields__ if name != "paid"}
    tables["payers"] = [rows.PayerRow(payer=payer) for payer in (CCG, COUNCIL, NHSE)]
    tables["stage_totals"] = []
    tables["sources"] = [rows.SourceRow(source="annual-report", title="Annual report", publisher="Trafford Council")]
    tables["what_ifs"] = [
        rows.WhatIfRow.model_validate(
            {"what_if": "cut", "question": "Cut?", "kind": "scale_purse", "value": "-0.062", "unit": "share"}
            | PUBLISHED
        )
    ]
    tables["what_if_amounts"] = [
        rows.WhatIfAmountRow(what_if="cut", purse="council-grant", year="2014-15", amount_gbp=-24_800)
    ]
    return Edition(digest, tables)


def load(database: Database, edition: Edition) -> Replacement:
    """What the load changed."""
    return load_edition(database, edition, actor="test").replacement


def prepare(url: str) -> None:
    """Migrate and load: the template that every test's database is a copy of."""
    database = database_at(url)
    migrations.upgrade(database)
    with database:
        load(database, make_edition())


def database_at(url: str) -> Database:
    return open_database(settings_for(url))


def settings_for(url: str, **changed: Any) -> AllocationSettings:
    told: dict[str, Any] = {
        "database_url": url,
        "issuer": "https://issuer.test",
        "audience": "allocation",
        "jwks": "unused.json",
        "registry_url": "http://127.0.0.1:9",
        "agreements_url": "http://127.0.0.1:9",
    }
    return AllocationSettings(**(told | changed))


@dataclass
class Running:
    """The service as a caller sees it, and the doubles behind it."""

    http: httpx.Client
    registry: Registry
    agreements: Agreements
    signing: Signing
    app: FastAPI

    def headers(
        self, body: str = CCG, role: str = "commissioner", *, sub: str = "user-1", **more: str
    ) -> dict[str, str]:
        token = self.signing.bearer(sub, {body: [role]}, "allocation")
        return token | {"Idempotency-Key": uuid4().hex} | more

    def post(self, path: str, content: Any, **who: Any) -> httpx.Response:
        return self.http.post(path, json=content, headers=self.headers(**who))

    def get(self, path: str, **who: Any) -> httpx.Response:
        return self.http.get(path, headers=self.headers(**who))

    def scenario(self, **changed: Any) -> dict[str, Any]:
        """A scenario that was created, as answered."""
        answer = self.post("/v1/scenarios", scenario_request(**changed))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


def scenario_request(**changed: Any) -> dict[str, Any]:
    return {
        "title": "Trafford, lung",
        "pathways": ["lung"],
        "places": ["trafford"],
        "years": ["2014-15", "2015-16"],
    } | changed


@pytest.fixture
def running(fresh_database: Callable[..., str], signing: Signing, served: Served) -> Iterator[Running]:
    """The service on SQLite and on PostgreSQL."""
    with run(fresh_database("allocation", prepare), signing, served) as started:
        yield started


@pytest.fixture
def alone(fresh_sqlite: Callable[..., str], signing: Signing, served: Served) -> Iterator[Running]:
    """The service on SQLite only, for what does not depend on the database."""
    with run(fresh_sqlite("allocation", prepare), signing, served) as started:
        yield started


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, served: Served) -> Iterator[Running]:
    """One service on SQLite for a module whose tests leave nothing behind that another would meet."""
    folder = tmp_path_factory.mktemp("shared")
    url = f"sqlite:///{folder}/allocation.db"
    prepare(url)
    with run(url, Signing(folder), served) as started:
        yield started


class run(AbstractContextManager["Running"]):
    """Start service and doubles; settings can be changed by name."""

    def __init__(self, url: str, signing: Signing, served: Served, clock: Clock = utc_now, **settings: Any) -> None:
        self._arguments = (url, signing, served, settings)
        self._clock = clock
        self._stack = ExitStack()

    def __enter__(self) -> Running:
        url, signing, served, changed = self._arguments
        registry, agreements = Registry(), Agreements()
        told = {
            "issuer": signing.issuer,
            "jwks": str(signing.jwks_file),
            "registry_url": self._stack.enter_context(served(registry.app())),
            "agreements_url": self._stack.enter_context(served(agreements.app())),
        }
        settings = settings_for(url, **{**told, **changed})
        app = build_app(settings, open_database(settings, self._clock))
        address = self._stack.enter_context(served(app))
        http = self._stack.enter_context(httpx.Client(base_url=address, timeout=30, trust_env=False))
        return Running(http, registry, agreements, signing, app)

    def __exit__(self, *_: object) -> None:
        self._stack.close()


OTHER_BODY = COUNCIL
STRANGER = "ods:99Z"
