"""The three services as real processes, each on a database of its own.

On SQLite one deployment is loaded and started as `make demo` does it; where the walk alone matters, quickly.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from concord_client.keys import SERVICES
from concord_client.launch import Deployment, Site
from tests.support.deployments import REFERENCE_DATA, QuickDeployment, loaded_databases

type Deployed = Callable[[], AbstractContextManager[Deployment]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def deployed(request: pytest.FixtureRequest, tmp_path: Path) -> Deployed:
    """A context that starts the services, once on empty SQLite files and once on PostgreSQL."""
    fresh = request.getfixturevalue(f"fresh_{request.param}")
    if request.param == "sqlite":
        return _started(Deployment, {service: fresh() for service in SERVICES}, tmp_path)
    return _started(QuickDeployment, loaded_databases(fresh), tmp_path)


@pytest.fixture
def deployed_on_sqlite(fresh_sqlite: Callable[..., str], tmp_path: Path) -> Deployed:
    """The same on SQLite alone, for what does not depend on the database."""
    return _started(QuickDeployment, loaded_databases(fresh_sqlite), tmp_path)


def _started(kind: type[Deployment], databases: dict[str, str], tmp_path: Path) -> Deployed:
    @contextmanager
    def start() -> Iterator[Deployment]:
        site = Site(folder=tmp_path / "run", data=REFERENCE_DATA, keys=tmp_path / "keys", databases=databases)
        with kind(site) as deployment:
            deployment.open()
            yield deployment

    return start
