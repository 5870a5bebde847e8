"""Published problems reproduced through `POST /v1/solve`; sources stand in `core/published.py`, `…_programmes.py`."""

from typing import Any

import pytest

from services.allocation.tests.conftest import Running
from services.allocation.tests.core.published import CASES, PROJECTS
from services.allocation.tests.core.published_programmes import CASES as PROGRAMMES
from services.allocation.tests.core.published_programmes import burnit


def solved(running: Running, problem: dict[str, Any], *, prices: bool = False) -> dict[str, Any]:
    answer = running.post("/v1/solve", {"problem": problem, "prices": prices})
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
    for name, case in PROGRAMMES.items():
        found = solved(alone, case.problem, prices=bool(case.prices))
        best = next(one["value"] for one in found["objectives"] if one["objective"] == "benefit")
        there_is = found["totals"]["available_gbp"]
        if name == "clothes on rented machines":
            best -= there_is  # its profit is what is left of the money beyond what there was
        reached = best if case.least is None else there_is - best
        assert reached == pytest.approx(case.most or case.least, rel=1e-6, abs=1e-6), name
        prices = {one["limit"]: one["price_more"] for one in found["binding"]}
        for limit, price in case.prices.items():
            assert prices[limit] == pytest.approx(price, abs=1e-6), (name, limit)
    goals = {one["limit"]: one["amount"] for one in solved(alone, burnit())["missed"]}
    assert goals == pytest.approx({"HIW": 5}, abs=1e-6)  # Winston, 4.16: the first two goals are met, the last by 30
