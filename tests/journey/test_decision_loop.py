"""The decision loop start to end, as `make demo` walks it, on both databases; every step also checks itself."""

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from concord_client.cli import app
from concord_client.show.page import WIDTH, make_console
from concord_contracts.agreements import State
from demo import closing, loop

pytestmark = pytest.mark.dear


def test_the_loop_runs_from_map_to_signed_agreement_and_back_to_the_map(
    deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page = io.StringIO()
    with deployed() as deployment:
        walk = loop.run(deployment, make_console(page), tmp_path)
        _check_money(walk)
        _check_agreements(walk)
        _check_page(page.getvalue())
        for service, address in deployment.addresses.items():
            monkeypatch.setenv(f"CONCORD_{service.upper()}_URL", address)
        monkeypatch.setenv("CONCORD_VAR", str(deployment.site.keys.parent))
        _check_command_line(walk, monkeypatch)
    paper = (tmp_path / "paper.md").read_text(encoding="utf-8")
    assert walk.case.council_name in paper
    assert (tmp_path / "paper.html").stat().st_size > len(paper)


def test_where_no_council_pays_the_loop_agrees_a_lead_alone(deployed_on_sqlite, tmp_path: Path):
    """Prostate cancer in Devon, Cornwall and Isles of Scilly: three groups, no grant, nothing to pool."""
    page = io.StringIO()
    with deployed_on_sqlite() as deployment:
        area = "devon-cornwall-and-isles-of-scilly"
        walk = loop.run(deployment, make_console(page), tmp_path, area=area, pathway="prostate")
    assert walk.refusals == ["not-lawful", "exceeds-authority", "text-changed"]
    assert [agreement.state for agreement in walk.texts] == [State.IN_FORCE]
    assert len(walk.lead.current.signatures) == 3
    assert "No council pays for a stage of prostate cancer" in " ".join(page.getvalue().split())
    assert walk.case.lead_name in (tmp_path / "paper.md").read_text(encoding="utf-8")
    _check_page(page.getvalue())


def _check_money(walk: loop.Walk) -> None:
    across = [cell for cell in walk.again_answer.cells if closing.across(walk.case, cell)]
    assert any(cell.gbp > 0 for cell in across), "the groups pay for the council's stages through the pool"
    assert set(walk.what_ifs) == {"a", "b", "c", "d", "pool"}
    assert all(result.base == walk.base.id for result in walk.what_ifs.values())
    assert walk.refusal.relaxation_gbp


def _check_agreements(walk: loop.Walk) -> None:
    assert walk.refusals == ["not-lawful", "exceeds-authority", "text-changed"]
    assert walk.lead.state is walk.pool.state is State.IN_FORCE
    assert len(walk.lead.current.signatures) == 12
    assert len(walk.pool.current.signatures) == 4
    cited = walk.pool.current.content.allocation
    assert cited is not None
    assert cited.answer_digest == walk.chosen_answer.digest


def _check_command_line(walk: loop.Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same facts by the `concord` command, signed in as one of the partners."""
    monkeypatch.setenv("CONCORD_SIGN_IN", f"partner {walk.case.host}=commissioner")
    assert "Thoracic surgery" in _concord("map", "lung", "--place", "ccg-00W", "--as-of", "2014-04-02")
    assert "SI 2012/2996" in _concord("who", "thoracic_surgery", "--place", "ccg-00W", "--as-of", "2014-04-02")
    assert "prevention" in _concord("who", walk.case.host, "--pathway", "lung", "--as-of", "2014-04-02")
    assert walk.pool.id in _concord("agreement", "list", "--as-of", "2014-04-02", "--json")
    shown = json.loads(_concord("agreement", "show", walk.pool.id, "--as-of", "2014-04-02", "--json"))
    assert shown["state"] == "in-force"
    assert "For decision" in _concord("agreement", "paper", walk.pool.id)
    monkeypatch.setenv("CONCORD_SIGN_IN", f"partner {walk.case.lead}=commissioner")
    assert walk.base.id in _concord("scenario", walk.base.id, "--json")
    refused = CliRunner().invoke(app, ["scenario", walk.refusal_scenario.id])
    assert refused.exit_code == 4, "no plan keeps every limit"
    monkeypatch.setenv("CONCORD_SIGN_IN", "stranger ods:00X=commissioner")
    stranger = CliRunner().invoke(app, ["agreement", "show", walk.pool.id])
    assert stranger.exit_code == 1, "an agreement is for its parties"


def _concord(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def _check_page(text: str) -> None:
    """Readable when piped: no line is wider than the page, no colour codes."""
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert "\x1b" not in text
