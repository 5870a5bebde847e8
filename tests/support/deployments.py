"""Deployments for tests that are about something else than loading and starting, which take most of their time.

The databases are copies of ones that the services' own `migrate` and `load` made, once in a run. All else is as
`concord up` has it: each service is a process with a socket, a log and a database of its own, which can be killed and
started again.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from concord_client.keys import SERVICES, ensure_keys
from concord_client.launch import POLL_SECONDS, READY_SECONDS, Deployment, LaunchError, Progress, Site

REFERENCE_DATA = Path(__file__).parents[2] / "data" / "england_2013_14"

DERIVED = {
    "registry": "registry_findings_computed_timestamp_seconds",
    "agreements": "agreements_computed_timestamp_seconds",
}
"""Service -> the moment of the figures that it derives of its whole record as soon as it starts; 0: not yet."""


def loaded_databases(fresh: Callable[..., str]) -> dict[str, str]:
    """A database of each service with the reference data, by a factory of databases that knows templates."""
    return {service: fresh(f"{service}-with-reference-data", _load(service)) for service in SERVICES}


def _load(service: str) -> Callable[[str], None]:
    def prepare(url: str) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            site = Site(folder / "run", REFERENCE_DATA, folder / "keys", databases={service: url})
            with QuickDeployment(site) as deployment:
                deployment.fill(service)

    return prepare


class QuickDeployment(Deployment):
    """On databases that are filled already."""

    def fill(self, service: str) -> None:
        """Migrate and load a service's database by its own commands."""
        self.site.folder.mkdir(parents=True)
        for each in SERVICES:
            self._bind(each, 0)
        self._keys = ensure_keys(self.site.keys)
        self._prepare(service)

    def open(self, progress: Progress = lambda _: None) -> None:
        super().open(progress)
        self.settle(*SERVICES)

    def settle(self, *services: str) -> None:
        """Return when the services have derived their figures.

        On a busy machine its first callers would lose patience before.
        """
        until = time.monotonic() + READY_SECONDS
        for service in DERIVED.keys() & set(services):
            with httpx.Client(base_url=self.addresses[service], trust_env=False, timeout=READY_SECONDS) as client:
                while f"\n{DERIVED[service]} 0.0\n" in client.get("/metrics").text:
                    if time.monotonic() > until:
                        raise LaunchError(f"{service} derived no figures")
                    time.sleep(POLL_SECONDS)

    def _prepare_all(self) -> None:
        """Nothing is left to do."""
