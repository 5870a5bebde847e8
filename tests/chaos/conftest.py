"""The three services as real processes on SQLite: what chaos does does not depend on the database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from concord_client.launch import Deployment, Site
from tests.support.deployments import REFERENCE_DATA, QuickDeployment, loaded_databases


class Settled(QuickDeployment):
    """Started again, too, a service is asked only when it has derived its figures."""

    def start(self, *services: str) -> None:
        super().start(*services)
        self.settle(*services)


@pytest.fixture
def deployment(tmp_path: Path, fresh_sqlite: Callable[..., str]) -> Iterator[Deployment]:
    databases = loaded_databases(fresh_sqlite)
    with Settled(Site(tmp_path / "run", REFERENCE_DATA, tmp_path / "keys", databases=databases)) as running:
        running.open()
        yield running
