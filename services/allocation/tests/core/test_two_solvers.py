"""CBC answers every golden case as HiGHS does: objectives to 1e-6, prices by asking again."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pulp
import pytest

from concord_allocation.core.choose import choose_options
from concord_allocation.core.matrix import Matrix, compile_matrix, to_pulp
from concord_allocation.core.solver import Live, Status
from concord_contracts.allocation import EXAMPLE_PROBLEM
from services.allocation.tests.core.clashing import CLASHING
from services.allocation.tests.core.problems import answer, make_limit, make_problem, spend_on, tables
from services.allocation.tests.core.published import CASES, PROJECTS
from services.allocation.tests.core.test_families_golden import full_document, pooled_problem

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="session")
def cbc() -> str:
    """The program; the tests are skipped, saying why, where it is not here and cannot be fetched."""
    here = shutil.which("cbc")
    if here:
        return here
    done = subprocess.run(["bash", ROOT / "deploy" / "install-cbc.sh"], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        pytest.skip(f"CBC is not here and could not be fetched: {done.stderr.strip()[-300:]}")
    return str(ROOT / "var" / "cbc" / "bin" / "cbc")


GOLDEN: dict[str, Any] = {
    "the documented example": lambda: tables(dict(EXAMPLE_PROBLEM)),
    "two lines": lambda: tables(make_problem()),
    "a pool": pooled_problem,
    "every part": lambda: tables(full_document()),
    **{name: lambda problem=problem: tables(problem) for name, (problem, _) in (CASES | PROJECTS).items()},
}


def by_cbc(cbc: str, matrix: Matrix, objective: str) -> float | None:
    """The scaled optimum by CBC; None: infeasible."""
    problem = to_pulp(matrix, objective)
    stats = problem.solve(pulp.COIN_CMD(path=cbc, msg=False, gapRel=0.0, options=["primalTolerance 1e-9"]))
    if stats.status != pulp.const.LpSolveStatus.Optimal:
        return None
    return float(problem.objective.value() if problem.objective else 0.0)


def by_highs(matrix: Matrix, objective: str) -> float | None:
    live = Live(matrix, objective=objective)
    return live.objective if live.first_status == Status.OPTIMAL else None


@pytest.mark.parametrize("case", GOLDEN)
def test_both_find_the_same_optimum(case: str, cbc: str) -> None:
    matrix = compile_matrix(GOLDEN[case]())
    for objective in matrix.stages[: matrix.stages.index("benefit") + 1]:
        ours = by_highs(matrix, objective)
        assert ours is not None
        assert by_cbc(cbc, matrix, objective) == pytest.approx(ours, rel=1e-6, abs=1e-6)


def test_both_choose_the_same_options(cbc: str) -> None:
    """The tie-break among equally good sets is the same question to both."""
    problem, best = PROJECTS["fifteen projects"]
    matrix = compile_matrix(tables(problem))
    held, _ = choose_options(matrix, None)
    assert held is not None
    assert held.unique
    options = matrix.columns.block("option").slice
    lower, upper = matrix.col_lower.copy(), matrix.col_upper.copy()
    lower[options] = upper[options] = held.chosen
    fixed = replace(matrix, col_lower=lower, col_upper=upper)
    found = by_cbc(cbc, fixed, "benefit")
    assert found is not None
    assert -found * matrix.benefit_scale == pytest.approx(best)


def test_both_call_the_same_problems_infeasible(cbc: str) -> None:
    for problem, _ in CLASHING.values():
        matrix = compile_matrix(tables(problem))
        assert by_highs(matrix, "benefit") is None
        assert by_cbc(cbc, matrix, "benefit") is None


def test_a_price_is_what_cbc_gains_with_a_pound_more(cbc: str) -> None:
    """A loosening is worth at least nothing, whatever the solver and its signs."""
    problem = make_problem(limits=[make_limit("floor", spend_on("poor"), at_least=60)])
    matrix = compile_matrix(tables(problem))
    before = by_cbc(cbc, matrix, "benefit")
    assert before is not None
    for limit in answer(problem).binding:
        row = matrix.row_position[limit.key]
        looser = np.zeros(len(matrix.rows))
        looser[row] = (1.0 if np.isfinite(matrix.row_upper[row]) else -1.0) / matrix.row_scale[row]
        moved = replace(matrix, row_lower=matrix.row_lower + looser, row_upper=matrix.row_upper + looser)
        after = by_cbc(cbc, moved, "benefit")
        assert after is not None
        assert (before - after) * matrix.benefit_scale == pytest.approx(limit.price_more, abs=1e-6)
