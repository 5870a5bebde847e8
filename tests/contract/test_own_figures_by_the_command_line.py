"""A commissioner's analyst replaces stand-ins by the command line: form, dry run, import, plan, withdrawal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from concord_allocation.database import open_database
from concord_allocation.load import load
from concord_allocation.main import build_app
from concord_allocation.settings import AllocationSettings
from concord_client.cli import app
from concord_kit import migrations
from tests.contract.conftest import REFERENCE_DATA, Served
from tests.support.signing import Signing

TRAFFORD = "ods:02A"
pytestmark = pytest.mark.dear


def _settings(url: str, signing: Signing | None = None, registry_url: str = "http://127.0.0.1:9") -> AllocationSettings:
    return AllocationSettings(
        database_url=url,
        issuer=signing.issuer if signing else "https://issuer.test",
        audience="allocation",
        jwks=str(signing.jwks_file) if signing else "unused.json",
        registry_url=registry_url,
        agreements_url="http://127.0.0.1:9",
    )


def _prepare(url: str) -> None:
    database = open_database(_settings(url))
    migrations.upgrade(database)
    with database:
        assert load(None, database, [str(REFERENCE_DATA)]) == 0


@pytest.fixture
def concord(
    registry_url: str,
    fresh_sqlite: Callable[..., str],
    signing: Signing,
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Callable[..., Any]]:
    """The command line as Trafford's analyst; gives the exit code and what was printed."""
    settings = _settings(fresh_sqlite("allocation-loaded", _prepare), signing, registry_url)
    token = signing.mint("ann", {TRAFFORD: ["commissioner", "analyst"]}, ["registry", "allocation"])
    with served(build_app(settings, open_database(settings))) as allocation_url:
        monkeypatch.setenv("CONCORD_REGISTRY_URL", registry_url)
        monkeypatch.setenv("CONCORD_ALLOCATION_URL", allocation_url)
        monkeypatch.setenv("CONCORD_TOKEN", token)
        monkeypatch.delenv("CONCORD_ACTING_FOR", raising=False)
        monkeypatch.chdir(tmp_path)

        def run(*arguments: str, code: int = 0) -> str:
            done = CliRunner().invoke(app, ["data", *arguments])
            assert done.exit_code == code, done.output
            return done.output

        yield run


def fill_in(file: str) -> None:
    """What the analyst does in Excel: the ledger's figure for imaging, and the document it comes from."""
    book = openpyxl.load_workbook(file)
    lines = book["lines"]
    columns = {cell.value: cell.column for cell in lines[1]}
    (row,) = [
        row for row in range(2, lines.max_row + 1) if lines.cell(row, columns["stage"]).value == "diagnostic_imaging"
    ]
    for column, value in {
        "baseline_gbp": 301_500, "kind_of_money": "outturn", "basis": "published", "source": "ledger-m12",
        "note": None, "low": None, "high": None,
    }.items():  # fmt: skip
        lines.cell(row, columns[column]).value = value
    sources = book.create_sheet("sources")
    sources.append(["source", "title", "publisher"])
    sources.append(["ledger-m12", "Ledger, month 12 of 2013-14", "NHS Trafford CCG"])
    book.save(file)


def test_from_form_to_figure_and_back(concord: Callable[..., str]) -> None:
    assert "lines" in concord("templates")
    concord("template", "lines", "--filled", "--body", TRAFFORD, "--pathway", "lung", "--out", "mine.xlsx")
    assert "says the same already" in concord("import", "mine.xlsx")
    fill_in("mine.xlsx")
    tried = concord("import", "mine.xlsx", "--dry-run")
    assert "this would change, and nothing has" in tried
    assert "GBP 14,175" in tried
    assert "There has been no import" in concord("imports")
    done = concord("import", "mine.xlsx", "--reason", "the ledger of month 12")
    assert "diagnostic_imaging" in done
    assert "stage_totals" in done
    assert "the ledger of month 12" in concord("imports", "--body", TRAFFORD)
    assert "withdrawn" in concord("import", "mine.xlsx", "--withdraw")
    assert "nothing to withdraw" in concord("import", "mine.xlsx", "--withdraw", code=1)  # the document is gone


def test_a_faulty_file_is_refused_in_words(concord: Callable[..., str]) -> None:
    Path("lines.csv").write_text("line,place\nx,y\n")
    said = concord("import", "lines.csv", code=1)
    assert "is missing in the header" in said
    Path("lines.pdf").write_text("x")
    assert "ends with none of" in concord("import", "lines.pdf", code=2)
    Path("lines.xlsx").write_bytes(b"x")
    assert "exists already" in concord("template", "lines", code=2)


def test_a_head_count_goes_to_the_registry(concord: Callable[..., str]) -> None:
    Path("populations.csv").write_text(
        "place,year,population_basis,persons,basis,note\nccg-02A,2014-15,registered,233000,derived,list of March 2014\n"
    )
    said = concord("import", "populations.csv", "--service", "registry")
    assert "Import" in said
    assert "233000" in said


def test_lists_are_shown(concord: Callable[..., str]) -> None:
    assert "waiting_standards" in concord("list")
    assert "62" in concord("list", "waiting_standards")
    assert "measured_values" in concord("list", "--service", "allocation")
    assert "CT" in concord("list", "diagnostics", "--service", "allocation")
    assert "There is no list" in concord("list", "nothing", code=1)
