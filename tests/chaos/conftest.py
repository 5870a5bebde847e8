"""The three services as real processes on SQLite: what chaos does does not depend on the database."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from concord_client.launch import POLL_SECONDS, READY_SECONDS, Deployment, Site
from tests.support.deployments import REFERENCE_DATA, QuickDeployment, loaded_databases

DERIVED = {
    "registry": "registry_findings_computed_timestamp_seconds",
    "agreements": "agreements_computed_timestamp_seconds",
}
"""Service -> the moment of the figures that it derives of its whole record as soon as it starts; 0: not yet."""


class Settled(QuickDeployment):
    """Ready is who has derived its figures too: asked before, a service on a busy machine outlasts its callers."""

    def wait_ready(self, service: str, within_seconds: float = READY_SECONDS) -> None:
        until = time.monotonic() + within_seconds
        super().wait_ready(service, within_seconds)
        with httpx.Client(base_url=self.addresses[service], trust_env=False) as client:
            while service in DERIVED and f"\n{DERIVED[service]} 0.0\n" in client.get("/metrics").text:
                assert time.monotonic() < until, f"{service} derived no figures"
                time.sleep(POLL_SECONDS)


@pytest.fixture
def deployment(tmp_path: Path, fresh_sqlite: Callable[..., str]) -> Iterator[Deployment]:
    databases = loaded_databases(fresh_sqlite)
    with Settled(Site(tmp_path / "run", REFERENCE_DATA, tmp_path / "keys", databases=databases)) as running:
        running.open()
        yield running
