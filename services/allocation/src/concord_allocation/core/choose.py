"""Indivisible options: which are supported, by branch and bound; then they are held, and everything else follows.

Objectives up to benefit are solved with whole options, each kept by a row; ties between sets of options go by the least
sum of their keys' hashes. What comes after is a linear programme with those options held: its prices say so.
"""

from dataclasses import dataclass, replace

import numpy as np

from concord_allocation.core.matrix import Matrix
from concord_allocation.core.objectives import weight_of
from concord_allocation.core.problem import Floats, Ints
from concord_allocation.core.solver import Live, Status
from concord_allocation.core.stages import kept_value

LEAST_SECONDS = 0.05
"""What the linear programme with the options held gets, where choosing them has used up the time."""

CHOOSING_SHARE = 0.75
"""Of the time there is: a choice that is not proven is still worth a plan, and the plan takes time too."""


@dataclass(frozen=True)
class Held:
    """Options as chosen (1: starts, in the order of their columns), and how sure that is.

    `bound`: no plan has more benefit (branch and bound's proof), in benefit units. `unique`: the tie-break settled
    which of equally good sets it is. `otherwise`: the options that the equally good set at its other end has otherwise;
    empty where this set is the only one.
    """

    chosen: Ints
    proven: bool
    unique: bool
    bound: float
    nodes: int
    otherwise: tuple[int, ...] = ()


def choose_options(matrix: Matrix, time_limit_seconds: float | None) -> tuple[Held | None, Live]:
    """(choice, the model it was made in); no choice where that model has no whole plan, or none in time.

    Each objective's search begins from the plan that the one before it ended with.
    """
    live = Live(matrix, None if time_limit_seconds is None else CHOOSING_SHARE * time_limit_seconds)
    options = matrix.columns.block("option").slice
    status = live.first_status
    stages = matrix.stages[: matrix.stages.index("benefit") + 1]
    for number, objective in enumerate(stages):
        if number:
            found = live.values()
            live.minimise(matrix.objectives[objective])
            live.begin_from(found)
            status = live.run()
        if status != Status.OPTIMAL:
            break
        if objective != "benefit":
            _hold(live, objective)
    if status not in (Status.OPTIMAL, Status.TIME_LIMIT) or not live.has_plan:
        return None, live
    chosen = np.round(live.values()[options]).astype(np.int64)
    bound = -live.lower_bound * matrix.benefit_scale
    nodes = int(live.highs.getInfo().mip_node_count)
    if status == Status.TIME_LIMIT:
        reached = objective == "benefit"
        return Held(chosen, False, False, bound if reached else np.inf, nodes), live
    _hold(live, "benefit")
    hashes = np.zeros(matrix.columns.count)
    hashes[options] = [weight_of(key) for key in matrix.columns.keys[options]]
    live.minimise(hashes)
    unique = live.run() == Status.OPTIMAL
    if unique:
        chosen = np.round(live.values()[options]).astype(np.int64)
    return Held(chosen, True, unique, bound, nodes, _otherwise(live, hashes, chosen) if unique else ()), live


def _otherwise(live: Live, hashes: Floats, chosen: Ints) -> tuple[int, ...]:
    """Positions of options that differ in the equally good set with the greatest sum of hashes; none if it is this."""
    live.minimise(-hashes)
    if live.run() != Status.OPTIMAL:
        return ()
    other = np.round(live.values()[live.matrix.columns.block("option").slice]).astype(np.int64)
    return tuple(np.flatnonzero(other != chosen).tolist())


def _hold(live: Live, objective: str) -> None:
    matrix, reached = live.matrix, live.objective
    row = matrix.row_position.get(f"objective/{objective}")
    if row is not None:
        exact = objective == "benefit"  # a sacrifice of benefit is for later objectives, not for the choice
        slack = 1e-9 * max(1.0, abs(reached))
        live.hold_row(row, -np.inf, reached + slack if exact else kept_value(matrix, objective, reached))
    elif objective == "worst_off":
        least = int(np.flatnonzero(matrix.objectives["worst_off"])[0])
        value = float(live.values()[least]) * (1.0 - matrix.tables.sacrifices.get("worst_off", 0.0))
        live.hold_column(least, value - 1e-9, np.inf)


def hold(matrix: Matrix, chosen: Ints) -> Matrix:
    """The linear programme in which the options are as chosen."""
    options = matrix.columns.block("option").slice
    lower, upper = matrix.col_lower.copy(), matrix.col_upper.copy()
    lower[options] = upper[options] = chosen
    return replace(matrix, col_lower=lower, col_upper=upper, whole=np.zeros_like(matrix.whole))
