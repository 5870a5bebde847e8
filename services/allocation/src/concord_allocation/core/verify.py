"""The independent check of a plan and the bound on its benefit, from the optimum's values and duals."""

from collections.abc import Mapping, Sequence

import numpy as np

from concord_allocation.core.amounts import benefits_of, elsewhere_of, spend_of
from concord_allocation.core.bound import Kept, benefit_bound
from concord_allocation.core.check import CheckResult, check_plan, check_whole_pounds
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.picking import Picker
from concord_allocation.core.plans import plan_of, unrounded_cells, whole_plan
from concord_allocation.core.problem import Floats
from concord_allocation.core.results import Check, Miss
from concord_allocation.core.rounding import Whole
from concord_allocation.core.stages import Optimum


def verify(
    matrix: Matrix, optimum: Optimum, whole: Whole, kept: Sequence[Kept] = (), proven_bound: float | None = None
) -> Check:
    """The independent check of the unrounded and the rounded plan, and the bound from the duals.

    `proven_bound`: branch and bound's, where options were chosen.
    """
    tables, values, picker = matrix.tables, optimum.values, Picker(matrix.tables)
    exact = check_plan(tables, plan_of(matrix, values), picker)
    rounded = check_whole_pounds(tables, whole_plan(matrix, values, whole), picker)
    bound = benefit_bound(tables, multipliers(matrix, optimum.benefit.dual), picker, kept)
    by = "duals"
    if proven_bound is not None and proven_bound < bound:
        bound, by = proven_bound, "branch and bound"
    reached = objective_of(matrix, values)
    return Check(
        passed=exact.passed and rounded.passed,
        limits_checked=exact.limits_checked,
        worst_violation=exact.worst.amount if exact.worst else 0.0,
        worst_limit=exact.worst.limit if exact.worst else None,
        violations=_misses(exact, tolerated=False) + _misses(rounded, tolerated=False),
        rounding_missed=_misses(rounded, tolerated=True),
        bound=bound,
        bound_by=by,
        gap=(bound - reached) / max(1.0, abs(bound)),
    )


def objective_of(matrix: Matrix, values: Floats) -> float:
    """Benefit of an unrounded plan, with what its money does elsewhere."""
    units = matrix.in_units(values)
    first = matrix.columns.more_start
    more = np.maximum(0.0, units[first : first + len(matrix.tables.more)])
    spend = spend_of(matrix.tables, unrounded_cells(matrix, values))
    return float(benefits_of(matrix.tables, spend, more).sum()) + elsewhere_of(matrix.tables, more)


def multipliers(matrix: Matrix, dual: Floats) -> dict[str, float]:
    """Benefit per unit of each row's right-hand side, by key, from the duals of lost benefit."""
    prices = -dual * matrix.benefit_scale / matrix.row_scale
    return {row.key: float(price) for row, price in zip(matrix.rows, prices.tolist(), strict=True) if price}


def kept_of(matrix: Matrix, held: Mapping[str, float]) -> tuple[Kept, ...]:
    """What soft limits have reached, for the bound; `held`: scaled values by objective."""
    found = []
    for name, value in held.items():
        if name.startswith("soft/"):
            row = matrix.rows[matrix.row_position[f"objective/{name}"]]
            keys = [matrix.columns.keys[j] for j in row.columns.tolist()]
            found.append(Kept(row.key, dict(zip(keys, row.coefficients.tolist(), strict=True)), value))
    return tuple(found)


def _misses(result: CheckResult, *, tolerated: bool) -> tuple[Miss, ...]:
    found = result.tolerated if tolerated else result.violations
    return tuple(Miss(v.limit, v.label, v.amount, v.unit) for v in found[:100])
