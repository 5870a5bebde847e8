"""A data steward imports publishers' files as they came, reconciles them and exports the map, by the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from concord_client.cli import app
from services.registry.tests.published import SUCCESSORS, SUPPORT, WAITS, efile
from tests.support.signing import Signing

pytestmark = pytest.mark.dear


@pytest.fixture
def concord(registry_url: str, signing: Signing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    """The command line as a steward of NHS England; gives what was printed."""
    token = signing.mint("stew", {"ods:X24": ["data-steward"]}, ["registry", "allocation"])
    monkeypatch.setenv("CONCORD_REGISTRY_URL", registry_url)
    monkeypatch.setenv("CONCORD_ALLOCATION_URL", registry_url)  # the tables of its forms are asked for, no more
    monkeypatch.setenv("CONCORD_TOKEN", token)
    monkeypatch.delenv("CONCORD_ACTING_FOR", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_files_are_known_imported_reconciled_and_exported(concord: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    for name, content in {
        "a_successors.csv": SUCCESSORS, "list.csv": SUPPORT, "eccg_2016_02.csv": efile(), "notes.txt": b"dear all\n",
    }.items():  # fmt: skip
        (folder / name).write_bytes(content)
    taken = concord("data", "import-all", str(folder), code=1)
    assert taken.index("eccg_2016_02.csv") < taken.index("list.csv") < taken.index("a_successors.csv")
    assert "notes.txt: of no format that is known" in taken
    (tmp_path / "waits.csv").write_bytes(WAITS)
    tried = concord("data", "import", "waits.csv", "--dry-run")
    assert "cancer waiting times by commissioner, 2021-07" in tried
    assert "this would change, and nothing has" in tried
    concord("data", "import", "waits.csv", "--publisher", "NHS England", "--address", "its statistics pages")
    assert "0.75" in concord("data", "measures", "--subject", "ods:02A", "--period", "2021-07")
    files: dict[str, Any] = json.loads(concord("data", "files", "--json"))
    number = next(one["id"] for one in files["items"] if one["recognised"]["series"] == "ods-list-csu")
    assert "ods:0AJ" in concord("data", "reconcile", str(number), "--kind", "open-but-succeeded")
    assert "A dry run" in concord("data", "withdraw-file", str(number), "--reason", "an old list", "--dry-run")
    assert f"File {number} is taken back" in concord("data", "withdraw-file", str(number), "--reason", "an old list")
    assert "(taken back)" in concord("data", "files")
    assert "accept_withdrawn" in concord("data", "import-all", str(folder), code=1)
    assert "ODS e-file" in concord("data", "formats")
    concord("export", "csv", "bodies", "relations", "--as-of", "2014-01-15")
    assert (tmp_path / "export" / "bodies.csv").read_text(encoding="utf-8").startswith("valid_from,valid_to,body,")
    concord("export", "fhir", "--kind", "ccg", "--as-of", "2014-01-15")
    resources = json.loads((tmp_path / "export" / "Organization.fhir.json").read_text(encoding="utf-8"))["entry"]
    assert len([one for one in resources if one["resource"]["active"]]) == 211
