"""The committed files are what the compiler writes, and the manifest tells if one was touched."""

import csv
import hashlib
from pathlib import Path

import pytest

from data.compile.__main__ import compile_to
from data.compile.tables import table

DATA = Path(__file__).parents[1] / "england_2013_14"
WRITTEN_BY_HAND = {"README.md"}
NOT_IN_MANIFEST = {"manifest.csv", "digest.txt"}


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.reference
def test_compiling_again_gives_the_same_bytes(reference_folder: Path, tmp_path: Path) -> None:
    compile_to(tmp_path, reference_folder)
    committed = {name: raw for name, raw in _files(DATA).items() if name not in WRITTEN_BY_HAND}
    assert _files(tmp_path) == committed


def test_the_manifest_lists_every_file_with_its_digest() -> None:
    files = {name: raw for name, raw in _files(DATA).items() if name not in WRITTEN_BY_HAND | NOT_IN_MANIFEST}
    with (DATA / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        listed = {row["file"]: row["sha256"] for row in csv.DictReader(manifest)}
    assert listed == {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()}
    overall = hashlib.sha256((DATA / "manifest.csv").read_bytes()).hexdigest()
    assert (DATA / "digest.txt").read_text() == f"{overall}\n"


def test_the_readme_names_every_table_and_column(tables: dict[str, list[dict[str, str]]]) -> None:
    sections = (DATA / "README.md").read_text(encoding="utf-8").split("\n## ")
    told = {s.split("/")[0]: s for s in sections if s.split("\n")[0].endswith("/")}
    for name, rows in tables.items():
        folder, file = name.split("/")[0], name.split("/")[-1]
        line = next((x for x in told[folder].split("\n") if x.startswith(f"| `{file}.csv`")), None)
        assert line is not None, f"{name} is not in the README"
        missing = [column for column in rows[0] if f"`{column}`" not in line]
        assert not missing, f"{name}: the README does not name {missing}"


def test_a_table_refuses_rows_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="do not match"):
        table("x", "a b", [{"a": "1"}])
    with pytest.raises(ValueError, match="two rows are equal"):
        table("x", "a", [{"a": "1"}, {"a": "1"}])


def test_numbers_sort_as_numbers() -> None:
    assert [row["a"] for row in table("x", "a", [{"a": "10"}, {"a": "9"}]).rows] == ["9", "10"]
