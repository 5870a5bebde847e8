"""Published problems reproduced through `POST /v1/solve`; their sources stand in `core/published.py`."""

from typing import Any

import pytest

from services.allocation.tests.conftest import Running
from services.allocation.tests.core.published import CASES, PROJECTS


def solved(running: Running, problem: dict[str, Any]) -> dict[str, Any]:
    answer = running.post("/v1/solve", {"problem": problem, "prices": False})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert (found["outcome"], found["status"]) == ("plan", "optimal")
    assert found["check"]["passed"]
    assert found["check"]["gap"] == pytest.approx(0, abs=1e-6)
    return found


def test_published_optima_come_back_over_http(alone: Running) -> None:
    """One service answers all of them: starting it costs more than the solves."""
    for problem, spent in CASES.values():
        assert solved(alone, problem)["totals"]["spend_gbp"] == spent
    for problem, worth in PROJECTS.values():
        assert solved(alone, problem)["totals"]["benefit"] == pytest.approx(worth, abs=1e-6)
