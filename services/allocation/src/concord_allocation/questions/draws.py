"""Plan after plan on one open model: problems that differ in their figures alone are solved from where the last was."""

from typing import NamedTuple

import numpy as np

from concord_allocation import translate
from concord_allocation.core.matrix import Matrix, compile_matrix
from concord_allocation.core.problem import Floats
from concord_allocation.core.solver import Live, Status, Unanswered
from concord_allocation.core.stages import reach_benefit
from concord_contracts.allocation import Problem


class Planned(NamedTuple):
    """Best benefit, and the plan of least movement that reaches it: GBP by line and by payer over all years."""

    benefit: float
    lines: dict[str, float]
    payers: dict[str, float]


class Planner:
    """Solves changed problems one after another. Each is solved cold: the same draw gives the same plan at any place.

    `plan` raises Unanswered where there was no time.
    """

    def __init__(self) -> None:
        self.solves = 0

    def plan(self, problem: Problem, seconds: float) -> Planned | None:
        """None where no plan keeps every limit."""
        matrix = compile_matrix(translate.tables_of(problem))
        live = Live(matrix, seconds)
        self.solves += 1
        status = _to_benefit(live)
        if status == Status.INFEASIBLE:
            return None
        if status != Status.OPTIMAL:
            raise Unanswered("there was no time for every plan")
        benefit = -live.objective * matrix.benefit_scale
        if not matrix.whole.any():
            live.fix_optimal_face()
            live.minimise(matrix.objectives["least_movement"])
            if live.run() != Status.OPTIMAL:
                raise Unanswered("there was no time for every plan")
        return _planned(matrix, benefit, live.values())


def _to_benefit(live: Live) -> Status:
    if not live.matrix.whole.any():
        return reach_benefit(live)
    for name in live.matrix.stages:  # whole options: misses of soft limits first, then benefit
        live.minimise(live.matrix.objectives[name])
        status = live.run()
        if status != Status.OPTIMAL or name == "benefit":
            return status
        row = live.matrix.row_position.get(f"objective/{name}")
        if row is not None:
            live.hold_row(row, -np.inf, live.objective + 1e-9 * max(1.0, abs(live.objective)))
    return live.last_status


def _planned(matrix: Matrix, benefit: float, values: Floats) -> Planned:
    tables = matrix.tables
    gbp = np.maximum(values[matrix.columns.pay.slice], 0.0) * matrix.money_scale
    by_line = np.bincount(tables.cells.line, weights=gbp, minlength=len(tables.lines))
    owner = tables.payer_of_purse[tables.cells.purse]
    by_payer = np.bincount(owner, weights=gbp, minlength=len(tables.payers))
    return Planned(
        benefit,
        {line.key: float(by_line[k]) for k, line in enumerate(tables.lines)},
        {payer.key: float(by_payer[k]) for k, payer in enumerate(tables.payers)},
    )
