"""The services of a run, started as processes on SQLite files of their own, and who asks them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from concord_client.keys import SERVICES, ensure_keys
from concord_client.launch import Deployment, Progress, Site
from demo.people import People

REFERENCE_DATA = Path(__file__).parents[1] / "data" / "england_2013_14"


@dataclass(frozen=True)
class Bench:
    """What the measurements share. `folder` is fresh; `http` keeps its connections."""

    deployment: Deployment
    people: People
    http: httpx.Client
    folder: Path


@contextmanager
def running(folder: Path, progress: Progress) -> Iterator[Bench]:
    """The services while they run. Raises LaunchError."""
    site = Site(folder=folder / "services", data=REFERENCE_DATA, keys=folder / "keys")
    with (
        Deployment(site) as deployment,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        deployment.open(progress)
        with People(deployment.addresses, site.keys) as people:
            yield Bench(deployment, people, http, folder)


class RegistryAlone(Deployment):
    """The registry without the others: it asks none."""

    def open(self, progress: Progress = lambda _: None) -> None:
        self.site.folder.mkdir(parents=True)
        for service in SERVICES:
            self._bind(service, 0)
        self._keys = ensure_keys(self.site.keys)
        self._prepare("registry")
        self._spawn("registry")
        self.wait_ready("registry")


@contextmanager
def registry_alone(folder: Path, database: str) -> Iterator[People]:
    """Callers of a registry on a database of its own, while it runs."""
    site = Site(folder=folder, data=REFERENCE_DATA, keys=folder.parent / "keys", databases={"registry": database})
    with RegistryAlone(site) as deployment:
        deployment.open()
        with People(deployment.addresses, site.keys) as people:
            yield people


@contextmanager
def rows_of(bench: Bench, service: str) -> Iterator[sqlite3.Connection]:
    """A service's database, for reading beside it."""
    file = bench.deployment.site.database(service).removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        yield connection
