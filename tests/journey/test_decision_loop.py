"""The decision loop start to end, as `make demo` walks it, on both databases; every step also checks itself."""

import io
from pathlib import Path

from concord_client.show.page import WIDTH, make_console
from concord_contracts.agreements import State
from demo import case, loop


def test_the_loop_runs_from_map_to_signed_agreement_and_back_to_the_map(deployed, tmp_path: Path):
    page = io.StringIO()
    with deployed() as deployment:
        walk = loop.run(deployment, make_console(page), tmp_path)
        _check_money(walk)
        _check_agreements(walk)
        _check_page(page.getvalue())
    paper = (tmp_path / "paper.md").read_text(encoding="utf-8")
    assert case.NAMES[case.MANCHESTER] in paper
    assert (tmp_path / "paper.html").stat().st_size > len(paper)


def _check_money(walk: loop.Walk) -> None:
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


def _check_page(text: str) -> None:
    """Readable when piped: no line is wider than the page, no colour codes."""
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert "\x1b" not in text
