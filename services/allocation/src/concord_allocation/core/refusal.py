"""The least loosening that lets a plan exist: minimise sum of weight * GBP loosened.

Ties go by least movement, then hash. Statutory limits are never loosened; if they alone conflict, nothing is offered.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from concord_allocation.core.choose import hold
from concord_allocation.core.families import PRICED, Row
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.objectives import gbp_per_unit, weight_of
from concord_allocation.core.problem import Floats, Ints
from concord_allocation.core.relaxed import NOBODYS
from concord_allocation.core.responsible import payer_of
from concord_allocation.core.results_of_refusals import Relaxation
from concord_allocation.core.solver import Live, Status
from concord_allocation.core.words import pounds

NEGLIGIBLE_GBP = 0.005
"""Loosening below half a penny is arithmetic noise."""


def can_relax(row: Row) -> bool:
    return row.family in PRICED and not row.statutory and row.soft is None


def least_relaxation(matrix: Matrix) -> tuple[tuple[Relaxation, ...], float] | None:
    """(loosenings, weighted GBP); None where no loosening of limits that may be loosened makes room for a plan."""
    loose = frozenset(k for k, row in enumerate(matrix.rows) if can_relax(row))
    elastic = elastic_matrix(matrix, loose, by_gbp=True)
    live = Live(elastic, objective="relaxation")
    if live.first_status != Status.OPTIMAL:
        return None
    total = live.solution().objective * elastic.money_scale
    if matrix.whole.any():  # the options of the least loosening are held; then everything is as without options
        options = matrix.columns.block("option").slice
        held = hold(elastic, np.round(live.values()[options]).astype(np.int64))
        live = Live(held, objective="relaxation")
        if live.first_status != Status.OPTIMAL:
            return None
    live.fix_optimal_face()
    for objective in ("least_movement", "uniqueness"):
        if objective in elastic.objectives:
            live.minimise(elastic.objectives[objective])
            if live.run() != Status.OPTIMAL:
                break
            live.fix_optimal_face()
    return tuple(_relaxations(elastic, live.solution().values, matrix.columns.count)), total


def elastic_matrix(matrix: Matrix, loose: frozenset[int], *, by_gbp: bool) -> Matrix:
    """The matrix with a column per loose row and side that lets the row be missed, at a cost per GBP.

    Elastic columns stand behind the others, in the order of `elastic_sides`. Without `by_gbp` every unit costs 1.
    """
    sides = elastic_sides(matrix, loose)
    owner = np.array([row for row, _ in sides], dtype=np.int64)
    entries = np.array([sign for _, sign in sides])
    first = matrix.columns.count
    where = {row: [k for k, (other, _) in enumerate(sides) if other == row] for row in loose}
    index, value, start = [], [], [0]
    for row in range(len(matrix.rows)):
        run = slice(matrix.start[row], matrix.start[row + 1])
        extra = where.get(row, [])
        index += [matrix.index[run], first + np.array(extra, dtype=np.int64)]
        value += [matrix.value[run], entries[extra] if extra else np.zeros(0)]
        start.append(start[-1] + len(index[-1]) + len(index[-2]))
    grow = len(sides)
    cost = np.concatenate([np.zeros(first), _loosening_costs(matrix, owner) if by_gbp else np.ones(grow)])
    hashes = np.array([weight_of(f"loosen/{matrix.rows[row].key}/{sign:+.0f}") for row, sign in sides])
    objectives = {name: np.concatenate([c, np.zeros(grow)]) for name, c in matrix.objectives.items()}
    objectives["uniqueness"][first:] = hashes * cost[first:]
    return replace(
        matrix,
        columns=replace(matrix.columns, keys=(*matrix.columns.keys, *_elastic_keys(matrix, sides))),
        start=np.array(start, dtype=np.int64),
        index=np.concatenate(index) if index else matrix.index,
        value=np.concatenate(value) if value else matrix.value,
        col_lower=np.concatenate([matrix.col_lower, np.zeros(grow)]),
        whole=np.concatenate([matrix.whole, np.zeros(grow, dtype=np.bool_)]),
        col_upper=np.concatenate([matrix.col_upper, np.full(grow, np.inf)]),
        col_scale=np.concatenate([matrix.col_scale, matrix.row_scale[owner]]),
        objectives=objectives | {"relaxation": cost},
    )


def elastic_sides(matrix: Matrix, loose: frozenset[int]) -> list[tuple[int, float]]:
    """(row, sign of its elastic column): +1 makes up for a missed lower bound, -1 for an exceeded upper one."""
    return [
        (row, sign)
        for row in sorted(loose)
        for sign, bound in ((1.0, matrix.row_lower[row]), (-1.0, matrix.row_upper[row]))
        if np.isfinite(bound)
    ]


def _elastic_keys(matrix: Matrix, sides: Sequence[tuple[int, float]]) -> list[str]:
    return [f"loosen/{matrix.rows[row].key}/{'low' if sign > 0 else 'high'}" for row, sign in sides]


def _loosening_costs(matrix: Matrix, owner: Ints) -> Floats:
    """Weighted scaled GBP per scaled unit of each elastic column: cases count at their mean unit cost."""
    return np.array(
        [
            matrix.rows[row].weight
            * gbp_per_unit(matrix.tables, matrix.columns, matrix.rows[row])
            * matrix.row_scale[row]
            for row in owner.tolist()
        ]
    ) / (matrix.money_scale)


def _relaxations(elastic: Matrix, values: Floats, first: int) -> list[Relaxation]:
    """Loosenings in `values`; the elastic columns begin at `first`."""
    loose = frozenset(k for k, row in enumerate(elastic.rows) if can_relax(row))
    found = []
    for k, (position, sign) in enumerate(elastic_sides(elastic, loose)):
        by = float(values[first + k] * elastic.row_scale[position])
        gbp = by * gbp_per_unit(elastic.tables, elastic.columns, elastic.rows[position])
        if gbp > NEGLIGIBLE_GBP:
            row = elastic.rows[position]
            payer = payer_of(elastic.tables, elastic.columns, row)
            name = NOBODYS if payer is None else elastic.tables.name_of_payer(payer)
            found.append(replace(_relaxation(row, sign, by, gbp), payer=payer, payer_name=name))
    return sorted(found, key=lambda relaxation: (-relaxation.by_gbp, relaxation.key))


def _relaxation(row: Row, sign: float, by: float, gbp: float) -> Relaxation:
    amount = pounds(by) if row.unit == "GBP" else f"{_figure(by)} {row.unit} ({pounds(gbp)})"
    way = "raise" if sign < 0 else "lower"
    what = "put more money into" if row.family == "purse" else f"{way} the bound of"
    return Relaxation(
        key=row.key,
        limit=row.limit,
        label=row.label,
        by=by,
        unit=row.unit,
        by_gbp=gbp,
        weight=row.weight,
        words=f"{what} '{row.label}' by {amount}",
        side="upper" if sign < 0 else "lower",
    )


def _figure(value: float) -> str:
    """Two decimals, where there are any."""
    return f"{value:,.2f}".removesuffix(".00")
