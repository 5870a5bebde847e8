"""The three services as real processes, each on a database of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from concord_client.keys import SERVICES
from concord_client.launch import Deployment, Site

REFERENCE_DATA = Path(__file__).parents[2] / "data" / "england_2013_14"

type Deployed = Callable[[], AbstractContextManager[Deployment]]


@pytest.fixture
def deployed(fresh_database: Callable[[], str], tmp_path: Path) -> Deployed:
    """A context that starts the services on fresh databases, once on SQLite and once on PostgreSQL."""
    return _started_on(fresh_database, tmp_path)


@pytest.fixture
def deployed_on_sqlite(fresh_sqlite: Callable[[], str], tmp_path: Path) -> Deployed:
    """The same on SQLite alone, for what does not depend on the database."""
    return _started_on(fresh_sqlite, tmp_path)


def _started_on(fresh: Callable[[], str], tmp_path: Path) -> Deployed:
    @contextmanager
    def start() -> Iterator[Deployment]:
        databases = {service: fresh() for service in SERVICES}
        site = Site(folder=tmp_path / "run", data=REFERENCE_DATA, keys=tmp_path / "keys", databases=databases)
        with Deployment(site) as deployment:
            deployment.open()
            yield deployment

    return start
