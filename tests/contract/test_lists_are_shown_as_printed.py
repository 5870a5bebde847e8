"""Every file of the reference data is loaded by a service: what is not reckoned with is kept and shown as printed."""

import csv
from pathlib import Path

import httpx
import pytest

from concord_allocation.reference.files import SENT_ONLY, TABLES
from concord_allocation.reference.lists import LISTS as ALLOCATION_LISTS
from concord_registry.file_rows import FILES
from concord_registry.files import FaultyFilesError, read_folder
from concord_registry.lists import LISTS as REGISTRY_LISTS
from tests.contract.conftest import REFERENCE_DATA


def test_every_file_is_loaded_by_its_service() -> None:
    registry = {path.stem for path in (REFERENCE_DATA / "registry").glob("*.csv")}
    assert registry == {name.removesuffix(".csv") for name in FILES} | set(REGISTRY_LISTS)
    allocation = {path.stem for path in (REFERENCE_DATA / "allocation").glob("*.csv")}
    assert allocation == (set(TABLES) - {"sources"} - SENT_ONLY) | set(ALLOCATION_LISTS)


def test_a_list_is_shown_row_for_row_in_pages(registry_url: str) -> None:
    with httpx.Client(base_url=registry_url, timeout=20) as http:
        listed = http.get("/v1/reference/lists").json()["items"]
        assert {one["name"] for one in listed} == set(REGISTRY_LISTS)
        for one in listed:
            with (REFERENCE_DATA / "registry" / f"{one['name']}.csv").open(newline="") as file:
                printed = [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(file)]
            shown = []
            page = http.get(f"/v1/reference/lists/{one['name']}", params={"limit": 1000}).json()
            shown += page["items"]
            while page["next_cursor"]:
                page = http.get(
                    f"/v1/reference/lists/{one['name']}", params={"limit": 1000, "cursor": page["next_cursor"]}
                ).json()
                shown += page["items"]
            assert shown == printed
            assert one["rows"] == len(printed) > 0
        assert http.get("/v1/reference/lists/nothing").status_code == 404
        before = {"known_at": "2001-01-01T00:00:00Z"}
        assert http.get("/v1/reference/lists/districts", params=before).json()["items"] == []
        assert http.get("/v1/reference/lists/districts", params={"cursor": "zz"}).status_code == 400


@pytest.mark.parametrize("basis", ["published", "hearsay"])
def test_a_figure_in_a_list_that_rests_on_nothing_is_named(tmp_path: Path, basis: str) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    for path in (REFERENCE_DATA / "registry").glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    lines = (folder / "districts.csv").read_text().splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:4], basis, "", ""])
    (folder / "districts.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(FaultyFilesError) as refused:
        read_folder(tmp_path)
    assert [(one.file, one.line) for one in refused.value.faults] == [("districts.csv", 2)]
