"""A problem as the linear programme that is solved, in the MPS and LP formats other solvers read."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from concord_allocation import translate
from concord_allocation.core.matrix import compile_matrix, to_pulp
from concord_contracts.allocation import Problem

type TextForm = Literal["mps", "lp"]


def as_text(problem: Problem, form: TextForm) -> str:
    """The benefit stage as solved: money divided by a power of ten, lost benefit minimised. Raises InvalidProblem.

    The comment at the top says how to come back to pounds and benefit.
    """
    matrix = compile_matrix(translate.tables_of(problem))
    programme = to_pulp(matrix)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"problem.{form}"
        if form == "mps":
            programme.writeMPS(str(path))
        else:
            programme.writeLP(str(path))
        text = path.read_text(encoding="utf-8")
    mark = "*" if form == "mps" else "\\"
    told = (
        f"problem {translate.problem_digest(problem)}",
        f"columns and rows in GBP are divided by {matrix.money_scale:g}",
        f"benefit in {problem.benefit_unit} = -objective x {matrix.benefit_scale!r}",
    )
    return "".join(f"{mark} {line}\n" for line in told) + text
