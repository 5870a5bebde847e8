"""The committed tables as rows of text, read once."""

import csv
import os
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "england_2013_14"

Rows = list[dict[str, str]]


def read(name: str) -> Rows:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def tables() -> dict[str, Rows]:
    """{"registry/bodies": rows, ...}: every committed table but the manifest."""
    names = sorted(str(path.relative_to(DATA).with_suffix("")) for path in DATA.rglob("*/*.csv"))
    return {name: read(name) for name in names}


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """The published files beside the checkout, or a skip."""
    folder = Path(os.environ.get("CONCORD_REFERENCE_DIR", "../shared/reference"))
    if not folder.is_dir():
        pytest.skip(f"no published files at {folder} (CONCORD_REFERENCE_DIR)")
    return folder
