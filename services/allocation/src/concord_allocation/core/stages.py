"""The ordered objectives, one after another, on a live model.

After each stage its optimal face is fixed: columns with a reduced cost stay at their bound, rows with a dual at their
active side. Later stages then choose among equals and cannot take back what an earlier one won; the loss is measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from concord_allocation.core.matrix import Matrix
from concord_allocation.core.problem import Floats
from concord_allocation.core.solver import FACE_TOLERANCE, Live, Solution, Status

FACE_TOLERANCES = (FACE_TOLERANCE, 1e-9, 1e-11)
"""Reduced costs and duals (scaled) above the first are fixed; finer ones only if an earlier objective lost too much."""

LARGEST_LOSS = 1e-9
"""Relative loss of an earlier objective that later ones may cause."""

SAME_POUNDS = 0.01
"""GBP: amounts closer than this are the same amount."""


@dataclass(frozen=True)
class StageResult:
    """An objective's value in its own unit, its relative loss at the end, and whether its optimum was proven."""

    objective: str
    value: float
    unit: str
    loss: float
    proven: bool


@dataclass(frozen=True)
class PayerRange:
    """GBP over all years that one payer (position) could pay in plans as good on all objectives but the last."""

    payer: int
    least: float
    greatest: float


@dataclass(frozen=True)
class Optimum:
    """`values` scaled; `opposite` is the plan as good on every objective that the tie-break likes least.

    `benefit` and `basis` are the benefit stage's own, from which prices are asked.
    """

    values: Floats
    opposite: Floats
    ranges: tuple[PayerRange, ...]
    benefit: Solution
    basis: Any
    stages: tuple[StageResult, ...]

    @property
    def proven(self) -> bool:
        return all(stage.proven for stage in self.stages)


def optimise(live: Live) -> Optimum:
    """All objectives in order. The benefit stage must just have been solved to optimality in `live`."""
    benefit, basis = live.solution(), live.highs.getBasis()
    coarse, *finer = FACE_TOLERANCES
    optimum = _later_stages(live, benefit, basis, coarse)
    for tolerance in finer:
        if all(stage.loss <= LARGEST_LOSS for stage in optimum.stages):
            break
        return_to_benefit(live, basis)
        optimum = _later_stages(live, benefit, basis, tolerance)
    return optimum


def return_to_benefit(live: Live, basis: Any) -> None:
    """Put the model back to where the benefit stage was solved."""
    live.reset_bounds()
    live.minimise(live.matrix.objectives["benefit"])
    live.highs.setBasis(basis)
    live.run()


def _later_stages(live: Live, benefit: Solution, basis: Any, tolerance: float) -> Optimum:
    objectives = live.matrix.tables.objectives
    reached, values, proven = {"benefit": benefit.objective}, benefit.values, True
    opposite = values
    ranges: tuple[PayerRange, ...] = ()
    live.fix_optimal_face(tolerance)
    for objective in objectives[1:]:
        live.minimise(live.matrix.objectives[objective])
        proven = live.run() == Status.OPTIMAL
        if not proven:
            break
        found = live.solution()
        reached[objective], values, opposite = found.objective, found.values, found.values
        if objective == "uniqueness":
            opposite, ranges = _tie(live, found.values)
        else:
            live.fix_optimal_face(tolerance)
    stages = tuple(stage_result(live.matrix, name, reached, values) for name in objectives)
    return Optimum(values, opposite, ranges, benefit, basis, stages)


def stage_result(matrix: Matrix, objective: str, reached: Mapping[str, float], values: Floats) -> StageResult:
    """An objective at `values`; not proven where `reached` (scaled optimum by objective) does not have it."""
    at_end = float(matrix.objectives[objective] @ values)
    if objective not in reached:
        return StageResult(objective, _in_unit(matrix, objective, at_end), _unit(matrix, objective), 0.0, False)
    loss = max(0.0, at_end - reached[objective]) / max(1.0, abs(reached[objective]))
    return StageResult(objective, _in_unit(matrix, objective, at_end), _unit(matrix, objective), loss, True)


def _in_unit(matrix: Matrix, objective: str, value: float) -> float:
    match objective:
        case "benefit":
            return -value * matrix.benefit_scale
        case "least_movement":
            return value * matrix.money_scale * 16.0
        case _:
            return value * matrix.money_scale


def _unit(matrix: Matrix, objective: str) -> str:
    return {"benefit": matrix.tables.benefit_unit, "least_movement": "weighted GBP moved"}.get(
        objective, "weighted GBP"
    )


def _tie(live: Live, chosen: Floats) -> tuple[Floats, tuple[PayerRange, ...]]:
    """The plan that the tie-break likes least, and each payer's least and greatest bill among plans as good."""
    live.minimise(-live.matrix.objectives["uniqueness"])
    opposite = live.solution().values if live.run() == Status.OPTIMAL else chosen
    pay = live.matrix.columns.pay
    apart = np.abs(opposite[pay.slice] - chosen[pay.slice]) * live.matrix.money_scale
    if not (apart > SAME_POUNDS).any():
        return opposite, ()
    owner = live.matrix.tables.payer_of_purse[live.matrix.tables.cells.purse]
    return opposite, tuple(_payer_ranges(live, owner, sorted(set(owner.tolist()))))


def _payer_ranges(live: Live, owner: Any, payers: Sequence[int]) -> list[PayerRange]:
    found: list[PayerRange] = []
    for payer in payers:
        cost = np.zeros(live.matrix.columns.count)
        cost[live.matrix.columns.pay.slice] = owner == payer
        ends = []
        for sign in (1.0, -1.0):
            live.minimise(sign * cost)
            if live.run() != Status.OPTIMAL:
                return found
            ends.append(sign * live.solution().objective * live.matrix.money_scale)
        found.append(PayerRange(payer, ends[0], ends[1]))
    return found
