"""The three services as real processes on SQLite: what chaos does does not depend on the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from concord_client.launch import Deployment, Site

REFERENCE_DATA = Path(__file__).parents[2] / "data" / "england_2013_14"


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with Deployment(Site(folder=tmp_path / "run", data=REFERENCE_DATA, keys=tmp_path / "keys")) as running:
        running.open()
        yield running
