"""CBC answers every golden case and published programme as HiGHS does: objectives to 1e-6, prices by asking again."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import batched
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pulp
import pytest

from concord_allocation.core.choose import choose_options, hold
from concord_allocation.core.matrix import Matrix, compile_matrix, lp_names, to_pulp
from concord_allocation.core.problem import Floats
from concord_allocation.core.results import Answer, BindingLimit
from concord_allocation.core.solve import solve
from concord_allocation.core.solver import Live, Status
from concord_allocation.core.stages import reach_benefit
from concord_allocation.questions.steps import steps
from concord_contracts.allocation import EXAMPLE_PROBLEM, Problem
from concord_contracts.allocation.questions import StepsQuestion
from services.allocation.tests.core.clashing import CLASHING
from services.allocation.tests.core.problems import make_limit, make_problem, make_purse, spend_on, tables
from services.allocation.tests.core.published import CASES, PROJECTS
from services.allocation.tests.core.published_programmes import CASES as PROGRAMMES
from services.allocation.tests.core.published_programmes import burnit
from services.allocation.tests.core.test_families_golden import full_document, pooled_problem
from services.allocation.tests.test_documents import steel
from services.allocation.tests.test_sharing import production_game
from services.allocation.tests.test_written_programmes import afiro

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="session")
def cbc() -> str:
    """The program: here, or fetched once into this checkout. Nothing is shown without it, so that is a failure."""
    here = shutil.which("cbc")
    if here:
        return here
    fetch = ["bash", ROOT / "deploy" / "install-cbc.sh", sys.executable]
    done = subprocess.run(fetch, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, f"CBC is not here and could not be fetched: {done.stderr.strip()[-300:]}"
    return str(ROOT / "var" / "cbc" / "cbc")


GOLDEN: dict[str, Any] = {
    "the documented example": lambda: tables(dict(EXAMPLE_PROBLEM)),
    "two lines": lambda: tables(make_problem()),
    "a floor": lambda: tables(make_problem(limits=[make_limit("floor", spend_on("poor"), at_least=60)])),
    "a floor as high as the money": lambda: tables(
        make_problem(limits=[make_limit("floor", spend_on("rich"), at_least=100)])
    ),
    "an equality": lambda: tables(make_problem(limits=[make_limit("equal", spend_on("rich"), equal=70)])),
    "a kink": lambda: tables(make_problem(purses=[make_purse("money", 90)])),
    "a pool": pooled_problem,
    "every part": lambda: tables(full_document()),
    **{name: lambda problem=problem: tables(problem) for name, (problem, _) in (CASES | PROJECTS).items()},
}


PUBLISHED: dict[str, Any] = {
    **{name: lambda problem=case.problem: tables(problem) for name, case in PROGRAMMES.items()},
    "three audiences": lambda: tables(burnit()),
    "a production game": lambda: tables(production_game()["problem"]),
}
"""Programmes of textbooks and papers, beside those among the golden cases."""


def by_cbc(cbc: str, matrix: Matrix, objective: str) -> float | None:
    """The scaled optimum by CBC, of a plan that keeps every row and bound; None: infeasible."""
    problem = to_pulp(matrix, objective)
    stats = problem.solve(pulp.COIN_CMD(path=cbc, msg=False, gapRel=0.0, options=["primalTolerance 1e-9"]))
    if stats.status != pulp.const.LpSolveStatus.Optimal:
        return None
    values = [variable.value() or 0.0 for variable in problem.variables()]  # PuLP adds one to an empty objective
    plan = np.array(values[: matrix.columns.count])
    assert misses(matrix, plan) <= AS_PRINTED
    return float(matrix.objectives[objective] @ plan)


AS_PRINTED = 1e-7
"""How far a plan may miss a row, against the sum of the row: CBC writes eight digits of each variable."""


def misses(matrix: Matrix, plan: Floats) -> float:
    """The largest miss of a row or a bound, as a share of what the row adds up (at least 1)."""
    terms = matrix.value * plan[matrix.index]
    row = np.repeat(np.arange(len(matrix.rows)), np.diff(matrix.start))
    reached, sizes = (np.bincount(row, each, len(matrix.rows)) for each in (terms, np.abs(terms)))
    beyond = np.maximum(matrix.row_lower - reached, reached - matrix.row_upper) / np.maximum(1.0, sizes)
    outside = np.maximum(matrix.col_lower - plan, plan - matrix.col_upper) / np.maximum(1.0, np.abs(plan))
    return float(max(beyond.max(initial=0.0), outside.max(initial=0.0)))


def by_highs(matrix: Matrix, objective: str) -> float | None:
    live = Live(matrix, objective=objective)
    return live.objective if live.first_status == Status.OPTIMAL else None


@pytest.mark.parametrize("case", [*GOLDEN, *PUBLISHED])
def test_both_find_the_same_optimum(case: str, cbc: str) -> None:
    matrix = compile_matrix((GOLDEN | PUBLISHED)[case]())
    for objective in matrix.stages[: matrix.stages.index("benefit") + 1]:
        ours = by_highs(matrix, objective)
        assert ours is not None
        assert by_cbc(cbc, matrix, objective) == pytest.approx(ours, rel=1e-6, abs=1e-6)


WRITTEN = {"Netlib's AFIRO": (afiro(), -464.75314285714), "the AMPL book's steel": (steel(), 196_200)}


@pytest.mark.parametrize("programme", WRITTEN)
def test_both_find_the_published_optimum_of_a_programme_in_mps(programme: str, cbc: str, tmp_path: Path) -> None:
    text, published = WRITTEN[programme]
    file = tmp_path / "programme.mps"
    file.write_text(text)
    assert all_by_highs([file]) == pytest.approx([published], rel=1e-9)
    assert all_by_cbc(cbc, [file]) == pytest.approx([published], rel=AS_WRITTEN)


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


def at_benefit(matrix: Matrix) -> Matrix:
    """The linear programme that prices are asked of: options as chosen, earlier objectives held."""
    if matrix.whole.any():
        chosen, _ = choose_options(matrix, None)
        assert chosen is not None
        matrix = hold(matrix, chosen.chosen)
    live = Live(matrix, objective=matrix.stages[0])
    assert reach_benefit(live) == Status.OPTIMAL
    row_lower, row_upper, col_lower, col_upper = live.settled
    return replace(matrix, row_lower=row_lower, row_upper=row_upper, col_lower=col_lower, col_upper=col_upper)


SHARES = (1.0, 1 / 256)
"""Of a step of GBP 1 or of one unit (a millionth of a large limit); the smaller one where a kink is near."""


@dataclass(frozen=True)
class Side:
    """One side of a price: what small moves of the right-hand side are to gain a unit; None: no plan is left."""

    limit: str
    gain: float | None
    moves: tuple[float, ...]

    @property
    def named(self) -> str:
        return f"{self.limit} by {self.moves[0]:g}"


def sides_of(matrix: Matrix, limit: BindingLimit) -> Iterator[Side]:
    """Loosening and tightening; an equality tells the change per +1 of its right-hand side on either side."""
    looser = 1.0 if np.isfinite(matrix.row_upper[matrix.row_position[limit.key]]) else -1.0
    step = max(1.0, 1e-6 * abs(limit.bound))
    for way, price in ((looser, limit.price_more), (-looser, limit.price_less)):
        sign = way if limit.kind == "equal" else way * looser
        yield Side(limit.key, None if price is None else price * sign, tuple(way * step * share for share in SHARES))


def written(matrix: Matrix, folder: Path, sides: list[Side]) -> list[Path]:
    """The benefit stage as MPS, and once for each move with that one right-hand side changed."""
    base = folder / "base.mps"
    to_pulp(matrix).writeMPS(str(base))
    text, names = base.read_text(), lp_names([row.key for row in matrix.rows])
    files = [base]
    for number, (limit, move) in enumerate((side.limit, move) for side in sides for move in side.moves):
        row = matrix.row_position[limit]
        old = re.search(rf"^ +RHS +{re.escape(names[row])} +(\S+)$", text, re.MULTILINE)
        assert old is not None
        value = float(old[1]) + move / matrix.row_scale[row]
        files.append(folder / f"{number}.mps")
        files[-1].write_text(text[: old.start(1)] + f"{value:.15e}" + text[old.end(1) :])
    return files


AT_ONCE = 12
"""Programmes for one process of CBC: a longer command line, or longer names in it, is too much for it."""


def all_by_cbc(cbc: str, files: list[Path]) -> list[float | None]:
    """Optima of many small programmes in one folder by few processes; None: infeasible."""
    sections: list[str] = []
    for some in batched(files, AT_ONCE):
        asked = [word for file in some for word in ("-import", file.name, "-initialSolve")]
        tolerance = ("-primalTolerance", "1e-9")
        done = subprocess.run(
            [Path(cbc).absolute(), *tolerance, *asked], capture_output=True, text=True, cwd=files[0].parent, check=True
        )
        sections += done.stdout.split("Coin0008I")[1:]
    told = [re.search(r"^Optimal objective (\S+) ", each, re.MULTILINE) for each in sections]
    assert len(told) == len(files)
    return [None if found is None else float(found[1]) for found in told]


def all_by_highs(files: list[Path]) -> list[float | None]:
    """The same by HiGHS, each cold."""
    found: list[float | None] = []
    for file in files:
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.readModel(str(file))
        highs.run()
        optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found.append(highs.getObjectiveValue() if optimal else None)
    return found


AS_WRITTEN = 2e-9
"""Relative difference of two optima that is none: CBC writes ten digits."""


@pytest.mark.parametrize("case", GOLDEN)
def test_every_proved_price_is_what_both_solvers_gain_or_lose(case: str, cbc: str, tmp_path: Path) -> None:
    """By moving each limit a little either way: a chord has the slope of the price, or no plan is left."""
    of_case = GOLDEN[case]()
    found = solve(of_case)
    assert isinstance(found, Answer)
    matrix = at_benefit(compile_matrix(of_case))
    proved = [limit for limit in found.binding if limit.proof == "re-solved"]
    assert proved or of_case.parts.options, "only options, held, may leave nothing that has a price"
    sides = [side for limit in proved for side in sides_of(matrix, limit)]
    files = written(matrix, tmp_path, sides)
    for solver, (before, *after) in (("HiGHS", all_by_highs(files)), ("CBC", all_by_cbc(cbc, files))):
        assert before is not None
        for side, optima in zip(sides, batched(after, len(SHARES)), strict=True):
            if side.gain is None:
                assert optima[-1] is None, f"{solver}: {side.named} leaves a plan after all"
                continue
            digits = AS_WRITTEN * max(1.0, abs(before))
            chords = [
                ((before - optimum) * matrix.benefit_scale / abs(move), digits * matrix.benefit_scale / abs(move))
                for optimum, move in zip(optima, side.moves, strict=True)
                if optimum is not None
            ]
            assert any(chord == pytest.approx(side.gain, rel=1e-4, abs=noise) for chord, noise in chords), (
                f"{solver}: {side.named} gains {chords}, not {side.gain}"
            )


WITH_OPTIONS: dict[str, Any] = {"every part": full_document()} | {name: one for name, (one, _) in PROJECTS.items()}


@pytest.mark.parametrize("case", WITH_OPTIONS)
def test_both_gain_or_lose_as_much_by_a_step_with_the_options_free(case: str, cbc: str) -> None:
    """The question's answer, which HiGHS gives from an open model, held against CBC on the moved matrix, cold."""
    problem = WITH_OPTIONS[case]
    question = StepsQuestion(step_gbp=10, step_units=0.5, most=3)
    found = steps(Problem.model_validate(problem), question, 60.0)
    assert found.steps
    matrix = compile_matrix(tables(problem))
    upper = matrix.row_upper.copy()
    for objective in matrix.stages[: matrix.stages.index("benefit")]:
        reached = by_highs(replace(matrix, row_upper=upper), objective)
        assert reached is not None
        upper[matrix.row_position[f"objective/{objective}"]] = reached + 1e-9 * max(1.0, abs(reached))
    for step in found.steps:
        row = matrix.row_position[step.key]
        for way, by, change in (("more", step.step, step.more), ("less", -step.back, step.less)):
            shift = (by if np.isfinite(matrix.row_upper[row]) else -by) / matrix.row_scale[row]
            low, high = matrix.row_lower.copy(), upper.copy()
            low[row], high[row] = low[row] + shift, high[row] + shift
            best = by_cbc(cbc, replace(matrix, row_lower=low, row_upper=high), "benefit") if by else None
            turn = 1.0 if way == "more" or step.kind == "equal" else -1.0
            told = None if change is None else pytest.approx(found.benefit + turn * change, rel=1e-6, abs=1e-6)
            assert (None if best is None else -best * matrix.benefit_scale) == told, (step.key, way)
