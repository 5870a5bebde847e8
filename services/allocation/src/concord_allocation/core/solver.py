"""HiGHS in process, behind PuLP, with the model kept live between questions.

The problem solved is a `pulp.LpProblem`; its solver hands HiGHS the same numbers as arrays instead of walking PuLP's
objects (a second on 166,000 columns), and leaves the model open for the next objective, bound or right-hand side.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from typing import Any

import highspy
import numpy as np
import pulp

from concord_allocation.core.matrix import Matrix, to_pulp
from concord_allocation.core.phases import Phase, Within, unwatched
from concord_allocation.core.problem import Floats, Ints

OPTIONS: dict[str, Any] = {
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-9,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "iis_strategy": 6,
}
"""One thread, fixed seed, optimal means optimal; tolerances below the GBP 0.0001 that the check allows."""


FACE_TOLERANCE = 1e-7
"""Reduced costs and duals (scaled, objective coefficients at most 1) above this are not zero."""


class Status(StrEnum):
    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    TIME_LIMIT = "time_limit"
    FAILED = "failed"


class Unanswered(Exception):
    """A question about a model was not answered: no time was left, or its numbers lie too far apart."""


class ArrayHiGHS(pulp.HiGHS):
    """PuLP's HiGHS, but the model goes over as arrays and solution values stay in the live model."""

    def __init__(self, matrix: Matrix, objective: str, time_limit_seconds: float | None = None) -> None:
        super().__init__(msg=False, threads=1, timeLimit=time_limit_seconds, **OPTIONS)
        self.matrix = matrix
        self.objective = objective

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:
        m, model = self.matrix, _open_model(lp)
        none = np.zeros(0, dtype=np.int32)
        model.addCols(
            m.columns.count, m.objectives[self.objective], m.col_lower, m.col_upper, 0, none, none, np.zeros(0)
        )
        model.addRows(
            len(m.rows),
            m.row_lower,
            m.row_upper,
            len(m.value),
            m.start[:-1].astype(np.int32),
            m.index.astype(np.int32),
            m.value,
        )
        if m.whole.any():
            columns = np.flatnonzero(m.whole).astype(np.int32)
            integer = np.full(len(columns), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
            model.changeColsIntegrality(len(columns), columns, integer)

    def findSolutionValues(self, lp: pulp.LpProblem) -> tuple[Any, bool]:
        optimal = _open_model(lp).getModelStatus() == highspy.HighsModelStatus.kOptimal
        return (pulp.const.LpSolveStatus.Optimal if optimal else pulp.const.LpSolveStatus.Undefined), False


def _open_model(lp: pulp.LpProblem) -> Any:
    """The live highspy.Highs behind a PuLP problem (its type stubs lack half of its methods)."""
    if lp.solverModel is None:
        raise Unanswered("PuLP opened no HiGHS model")
    return lp.solverModel


@dataclass(frozen=True)
class Solution:
    """Scaled values and duals of the model's last run; `reduced` and `dual` have HiGHS's signs for minimising."""

    values: Floats
    reduced: Floats
    activity: Floats
    dual: Floats
    objective: float


class Live:
    """A matrix in an open solver. Not to be shared between threads."""

    def __init__(
        self,
        matrix: Matrix,
        time_limit_seconds: float | None = None,
        *,
        objective: str | None = None,
        within: Within = unwatched,
    ) -> None:
        """Solves at once for `objective`: by default the first of the matrix's stages."""
        objective = objective or matrix.stages[0]
        self.matrix = matrix
        self.within = within
        with within(Phase.PULP):
            self.problem = to_pulp(matrix, objective)
        self.time_limit_seconds = time_limit_seconds
        self.iterations = 0
        with within(Phase.SOLVER):
            self.problem.solve(ArrayHiGHS(matrix, objective, time_limit_seconds))
        self.highs: Any = _open_model(self.problem)
        self.row_lower, self.row_upper = matrix.row_lower.copy(), matrix.row_upper.copy()
        self.col_lower, self.col_upper = matrix.col_lower.copy(), matrix.col_upper.copy()
        self.settled = (matrix.row_lower, matrix.row_upper, matrix.col_lower, matrix.col_upper)
        self.is_settled = False
        self.reached: dict[str, float] = {}
        self._uncoupled: list[tuple[int, int, float]] = []
        self.first_status = self.last_status = self._status()

    def minimise(self, cost: Floats) -> None:
        """Replace the objective; `run` follows."""
        self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def set_columns(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def set_rows(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        self.highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower, upper)

    def reset_bounds(self) -> None:
        """All bounds as they were when last settled: the matrix's own, and what objectives before benefit reached."""
        m = self.matrix
        for row, column, value in self._uncoupled:
            self.highs.changeCoeff(row, column, value)
        self._uncoupled = []
        kept = [bounds.copy() for bounds in self.settled]
        self.row_lower, self.row_upper, self.col_lower, self.col_upper = kept
        self.set_columns(np.arange(m.columns.count), self.col_lower, self.col_upper)
        self.set_rows(np.arange(len(m.rows)), self.row_lower, self.row_upper)

    def settle(self) -> None:
        """From now on `reset_bounds` comes back to the bounds held now."""
        self.settled = (self.row_lower.copy(), self.row_upper.copy(), self.col_lower.copy(), self.col_upper.copy())
        self.is_settled = True
        self._uncoupled = []

    def hold_row(self, row: int, lower: float, upper: float) -> None:
        """Bound a row from now on: what an objective has reached."""
        self.row_lower[row], self.row_upper[row] = lower, upper
        self.highs.changeRowBounds(row, lower, upper)

    def hold_column(self, column: int, lower: float, upper: float) -> None:
        """Bound a column from now on: what an objective has reached."""
        self.col_lower[column], self.col_upper[column] = lower, upper
        self.highs.changeColBounds(column, lower, upper)

    def uncouple(self, row: int, column: int) -> None:
        """Take a column out of a row until bounds are reset."""
        run = slice(int(self.matrix.start[row]), int(self.matrix.start[row + 1]))
        value = float(self.matrix.value[run][self.matrix.index[run] == column][0])
        self._uncoupled.append((row, column, value))
        self.highs.changeCoeff(row, column, 0.0)

    def run(self) -> Status:
        """Solve what is in the model now, from the basis it has."""
        if self.time_limit_seconds is not None and self.seconds >= self.time_limit_seconds:
            self.last_status = Status.TIME_LIMIT
            return self.last_status
        self.highs.run()
        self.last_status = self._status()
        return self.last_status

    def begin_from(self, values: Floats) -> None:
        """Let branch and bound start from a plan it is known to have; scaled column values."""
        start = highspy.HighsSolution()
        start.col_value = values.tolist()
        self.highs.setSolution(start)

    def allow(self, seconds: float) -> None:
        """At least so much of the solver's time from now on, whatever is left of its limit."""
        if self.time_limit_seconds is not None and self.time_limit_seconds < self.seconds + seconds:
            self.time_limit_seconds = self.seconds + seconds
            self.highs.setOptionValue("time_limit", self.time_limit_seconds)

    def conflicting_rows(self) -> list[int]:
        """Rows that HiGHS proposes as an irreducible infeasible set; may be empty or too large, so it is verified."""
        _, found = self.highs.getIis()
        return [int(row) for row in found.row_index_]

    def fix_optimal_face(self, tolerance: float = FACE_TOLERANCE) -> None:
        """Shrink the model to the optimal face just found: what has a reduced cost or a dual stays where it is."""
        solution = self.solution()
        columns = np.flatnonzero(np.abs(solution.reduced) > tolerance)
        values, lower, upper = solution.values[columns], self.col_lower[columns], self.col_upper[columns]
        at = np.where(np.abs(values - lower) <= np.abs(upper - values), lower, upper)
        self.set_columns(columns, at, at)
        rows = np.flatnonzero(np.abs(solution.dual) > tolerance)
        activity, lower, upper = solution.activity[rows], self.row_lower[rows], self.row_upper[rows]
        side = np.where(np.abs(activity - lower) <= np.abs(upper - activity), lower, upper)
        self.set_rows(rows, side, side)

    @property
    def lower_bound(self) -> float:
        """Branch and bound's proof: no whole solution has a smaller objective."""
        return float(self.highs.getInfo().mip_dual_bound)

    @property
    def has_plan(self) -> bool:
        """Whether the last run ended with values that keep every row, whether or not they were proven best."""
        return int(self.highs.getInfo().primal_solution_status) == int(highspy.kSolutionStatusFeasible)

    @property
    def objective(self) -> float:
        """Scaled value of the last run."""
        return float(self.highs.getObjectiveValue())

    @property
    def seconds(self) -> float:
        """Time spent inside the solver, by its own clock."""
        return float(self.highs.getRunTime())

    def values(self) -> Floats:
        """Scaled column values of the last run alone."""
        return np.array(self.highs.getSolution().col_value)

    def solution(self) -> Solution:
        found = self.highs.getSolution()
        return Solution(
            values=np.array(found.col_value),
            reduced=np.array(found.col_dual),
            activity=np.array(found.row_value),
            dual=np.array(found.row_dual),
            objective=self.highs.getObjectiveValue(),
        )

    def _status(self) -> Status:
        self.iterations += max(0, self.highs.getInfo().simplex_iteration_count)
        kinds = highspy.HighsModelStatus
        status = self.highs.getModelStatus()
        if status == kinds.kUnboundedOrInfeasible:
            self.highs.setOptionValue("presolve", "off")
            self.highs.run()
            self.highs.setOptionValue("presolve", "choose")
            status = self.highs.getModelStatus()
        if status == kinds.kUnknown:  # the basis it had led nowhere: begin without it
            self.highs.clearSolver()
            self.highs.run()
            status = self.highs.getModelStatus()
        match status:
            case kinds.kOptimal | kinds.kModelEmpty:
                return Status.OPTIMAL
            case kinds.kInfeasible:
                return Status.INFEASIBLE
            case kinds.kUnbounded:
                return Status.UNBOUNDED
            case kinds.kTimeLimit:
                return Status.TIME_LIMIT
        return Status.FAILED


@cache
def solver_versions() -> dict[str, str]:
    """What must be the same for the same question to give the same pounds to the last bit."""
    return {name: version(name) for name in ("highspy", "pulp", "numpy")}
