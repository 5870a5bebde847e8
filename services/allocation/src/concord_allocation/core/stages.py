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
from concord_allocation.core.solver import FACE_TOLERANCE, Live, Solution, Status, Unanswered

FACE_TOLERANCES = (FACE_TOLERANCE, 1e-9, 1e-11)
"""Reduced costs and duals (scaled) above the first are fixed; finer ones only if an earlier objective lost too much."""

LARGEST_LOSS = 1e-9
"""Relative loss of an earlier objective that later ones may cause."""

SAME_POUNDS = 0.01
"""GBP: amounts closer than this are the same amount."""


@dataclass(frozen=True)
class StageResult:
    """An objective in its own unit: its value at the end, the best it reached in its turn, its relative loss since.

    `sacrifice`: the loss that the user allows. `proven`: its optimum was.
    """

    objective: str
    value: float
    unit: str
    loss: float
    proven: bool
    best: float
    sacrifice: float


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


def reach_benefit(live: Live) -> Status:
    """Bring the model to the optimum of benefit, through the objectives that stand before it; they are then kept."""
    reached: dict[str, float] = {}
    status = live.first_status
    for number, objective in enumerate(_until_benefit(live.matrix)):
        if number:
            live.minimise(live.matrix.objectives[objective])
            status = live.run()
        if status != Status.OPTIMAL:
            return status
        reached[objective] = live.objective
        if objective != "benefit":
            _keep(live, objective)
    live.settle()
    live.reached = reached
    return status


def _until_benefit(matrix: Matrix) -> tuple[str, ...]:
    return matrix.stages[: matrix.stages.index("benefit") + 1]


def optimise(live: Live) -> Optimum:
    """All objectives in order, in a model that was just opened. Raises Unanswered where benefit has no optimum."""
    if not live.is_settled and reach_benefit(live) != Status.OPTIMAL:
        raise Unanswered("benefit has no proven optimum")
    benefit, basis = live.solution(), live.highs.getBasis()
    coarse, *finer = FACE_TOLERANCES
    optimum = _later_stages(live, benefit, basis, coarse)
    for tolerance in finer:
        if all(stage.loss <= LARGEST_LOSS for stage in optimum.stages if not _is_capped(live.matrix, stage.objective)):
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
    stages = live.matrix.stages
    reached, values, proven = dict(live.reached), benefit.values, True
    opposite = values
    ranges: tuple[PayerRange, ...] = ()
    _keep(live, "benefit", tolerance)
    for objective in stages[len(reached) :]:
        live.minimise(live.matrix.objectives[objective])
        proven = live.run() == Status.OPTIMAL
        if not proven:
            break
        found = live.solution()
        reached[objective], values, opposite = found.objective, found.values, found.values
        if objective == "uniqueness":
            opposite, ranges = _tie(live, found.values)
        else:
            _keep(live, objective, tolerance)
    results = tuple(stage_result(live.matrix, name, reached, values) for name in stages)
    return Optimum(values, opposite, ranges, benefit, basis, results)


def _is_capped(matrix: Matrix, objective: str) -> bool:
    """Held by a row that leaves it a little room, or what the user allows; not by its optimal face."""
    has_row = f"objective/{objective}" in matrix.row_position and not _held_by_face(matrix, objective)
    return has_row or objective == "worst_off"


def _keep(live: Live, objective: str, tolerance: float = FACE_TOLERANCES[0]) -> None:
    """Hold what the objective just solved for has reached, up to the sacrifice that the user allows."""
    row = live.matrix.row_position.get(f"objective/{objective}")
    if objective == "worst_off":
        _keep_the_worst_off(live)
    elif row is not None and not _held_by_face(live.matrix, objective):
        live.hold_row(row, -np.inf, kept_value(live.matrix, objective, live.objective))
    else:
        live.fix_optimal_face(tolerance)


def keep_least(live: Live, objective: str) -> None:
    """Hold what an objective that is not kept by its face has just reached; of the worst-off place the least head."""
    m = live.matrix
    if objective == "worst_off":
        least = int(np.flatnonzero(m.objectives[objective])[0])
        live.hold_column(least, float(live.values()[least]) * (1.0 - m.tables.sacrifices.get(objective, 0.0)), np.inf)
    else:
        row = m.row_position[f"objective/{objective}"]
        live.hold_row(row, -np.inf, kept_value(m, objective, live.objective))


def release(live: Live, objective: str) -> None:
    """Take back what `keep_least` holds."""
    m = live.matrix
    if objective == "worst_off":
        least = int(np.flatnonzero(m.objectives[objective])[0])
        live.hold_column(least, m.col_lower[least], m.col_upper[least])
    else:
        live.hold_row(m.row_position[f"objective/{objective}"], -np.inf, np.inf)


def _held_by_face(matrix: Matrix, objective: str) -> bool:
    """Benefit with options has a row only for choosing them; once they are held, its face is kept."""
    return objective == "benefit" and not matrix.tables.sacrifices.get("benefit") and not matrix.whole.any()


def kept_value(matrix: Matrix, objective: str, reached: float) -> float:
    """The scaled value that later objectives may take an objective to."""
    allowed = matrix.tables.sacrifices.get(objective, 0.0)
    return reached + max(allowed * abs(reached), LARGEST_LOSS * max(1.0, abs(reached)))


def _keep_the_worst_off(live: Live) -> None:
    """Leximin: groups tight in every optimum are held where they are, the least of the others is raised, and again.

    With a sacrifice only the least head's value is held, less what may be given up.
    """
    m = live.matrix
    least = int(np.flatnonzero(m.objectives["worst_off"])[0])
    first = float(live.values()[least])
    allowed = m.tables.sacrifices.get("worst_off", 0.0)
    if allowed > 0:
        live.hold_column(least, first * (1.0 - allowed), np.inf)
        return
    free = [k for k, row in enumerate(m.rows) if row.family == "extreme" and least in row.columns.tolist()]
    while free:
        solution = live.solution()
        tight = [k for k in free if abs(solution.dual[k]) > FACE_TOLERANCES[0]] or free
        for k in tight:
            held = solution.activity[k] - _coefficient(m, k, least) * solution.values[least]
            live.uncouple(k, least)
            live.hold_row(k, held - LARGEST_LOSS * max(1.0, abs(held)), np.inf)
        free = [k for k in free if k not in tight]
        if free and live.run() != Status.OPTIMAL:
            break
    live.hold_column(least, first, first)


def _coefficient(matrix: Matrix, row: int, column: int) -> float:
    run = slice(int(matrix.start[row]), int(matrix.start[row + 1]))
    return float(matrix.value[run][matrix.index[run] == column][0])


def stage_result(matrix: Matrix, objective: str, reached: Mapping[str, float], values: Floats) -> StageResult:
    """An objective at `values`; not proven where `reached` (scaled optimum by objective) does not have it."""
    at_end = float(matrix.objectives[objective] @ values)
    unit, allowed = _unit(matrix, objective), matrix.tables.sacrifices.get(objective, 0.0)
    value = _in_unit(matrix, objective, at_end)
    if objective not in reached:
        return StageResult(objective, value, unit, 0.0, False, value, allowed)
    loss = max(0.0, at_end - reached[objective]) / max(1.0, abs(reached[objective]))
    return StageResult(objective, value, unit, loss, True, _in_unit(matrix, objective, reached[objective]), allowed)


def _in_unit(matrix: Matrix, objective: str, value: float) -> float:
    match objective:
        case "benefit":
            return -value * matrix.benefit_scale
        case "worst_off":
            least = int(np.flatnonzero(matrix.objectives["worst_off"])[0])
            return -value * float(matrix.col_scale[least])
        case "least_movement":
            return value * matrix.money_scale * 16.0
        case _:
            return value * matrix.money_scale


def _unit(matrix: Matrix, objective: str) -> str:
    if objective.startswith("soft/"):
        return "weighted GBP missed"
    unit = matrix.tables.benefit_unit
    return {
        "benefit": unit,
        "worst_off": f"{unit} per weighted head",
        "least_movement": "weighted GBP moved",
    }.get(objective, "weighted GBP")


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
