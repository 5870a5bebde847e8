"""Plan after plan on one open model: problems that differ in their figures alone are solved from where the last was."""

from typing import NamedTuple

import numpy as np

from concord_allocation import translate
from concord_allocation.core.choose import LEAST_SECONDS, choose_options, hold
from concord_allocation.core.matrix import Matrix, compile_matrix
from concord_allocation.core.problem import Floats, InvalidProblem
from concord_allocation.core.solver import Live, Status, Unanswered
from concord_allocation.core.stages import reach_benefit
from concord_allocation.questions.rows import elsewhere_in
from concord_contracts.allocation import Problem

NO_TIME = "there was no time for every plan"


class Planned(NamedTuple):
    """Best benefit, and the plan of least movement that reaches it: GBP by line and by payer over all years.

    `elsewhere`: the part of `benefit` that is of money left outside or at the end, less the penalty of overspends.
    """

    benefit: float
    elsewhere: float
    lines: dict[str, float]
    payers: dict[str, float]


class Planner:
    """Solves changed problems one after another. Each is solved cold: the same draw gives the same plan at any place.

    `plan` raises Unanswered where there was no time.
    """

    def __init__(self) -> None:
        self.solves = 0

    def plan(self, problem: Problem, seconds: float) -> Planned | None:
        """None where no plan keeps every limit, or the figures contradict each other."""
        try:
            tables = translate.tables_of(problem)
        except InvalidProblem:
            return None
        matrix, left = compile_matrix(tables), seconds
        if matrix.whole.any():
            self.solves += 1
            held, chooser = choose_options(matrix, seconds)
            if held is None and chooser.last_status == Status.INFEASIBLE:
                return None
            if held is None or not held.proven:
                raise Unanswered(NO_TIME)
            matrix, left = hold(matrix, held.chosen), max(LEAST_SECONDS, seconds - chooser.seconds)
        live = Live(matrix, left)
        self.solves += 1
        status = reach_benefit(live)
        if status == Status.INFEASIBLE:
            return None
        if status != Status.OPTIMAL:
            raise Unanswered(NO_TIME)
        benefit = -live.objective * matrix.benefit_scale
        live.fix_optimal_face()
        live.minimise(matrix.objectives["least_movement"])
        if live.run() != Status.OPTIMAL:
            raise Unanswered(NO_TIME)
        return _planned(matrix, benefit, live.values())


def _planned(matrix: Matrix, benefit: float, values: Floats) -> Planned:
    tables = matrix.tables
    gbp = np.maximum(values[matrix.columns.pay.slice], 0.0) * matrix.money_scale
    by_line = np.bincount(tables.cells.line, weights=gbp, minlength=len(tables.lines))
    owner = tables.payer_of_purse[tables.cells.purse]
    by_payer = np.bincount(owner, weights=gbp, minlength=len(tables.payers))
    return Planned(
        benefit,
        elsewhere_in(matrix, values),
        {line.key: float(by_line[k]) for k, line in enumerate(tables.lines)},
        {payer.key: float(by_payer[k]) for k, payer in enumerate(tables.payers)},
    )
