"""What a limit costs: one-sided derivatives of the best benefit, from the benefit stage, proved by re-solving.

For a row with right-hand side b and best benefit f(b), concave in b: the right derivative is what a little more of b
gains, the left what a little less loses. Each is read at a nearby b' and accepted when the chord from b to b' has the
same slope as the dual at b': then f is a straight line between them.
"""

from dataclasses import dataclass

import numpy as np

from concord_allocation.core.families import PRICED, Row
from concord_allocation.core.problem import Floats
from concord_allocation.core.solver import Live, Status
from concord_allocation.core.stages import Optimum, return_to_benefit

SHOWN = 50
"""Limits whose prices are proved by re-solving; any further ones carry one valid price, the dual."""

SHRINKS = (1.0, 1 / 16, 1 / 256)
"""Steps tried, as shares of max(1 unit, 1e-6 of the limit), until chord and dual agree."""

AGREES = 1e-4
"""Relative difference of chord and dual that counts as agreement; double precision over a step of GBP 1 gives 1e-6."""

ACTIVE = 1e-7
"""Relative slack (scaled) below which a limit counts as reached."""

NO_PRICE = 1e-9
"""Scaled derivatives below this are nothing."""


@dataclass(frozen=True)
class Price:
    """Benefit per unit of row `row`'s right-hand side, for loosening and for tightening; None: cannot be tightened.

    Equalities: change of benefit per +1 of the right-hand side, to the right and to the left.
    """

    row: int
    more: float | None
    less: float | None
    proven: bool


def price_limits(live: Live, optimum: Optimum) -> list[Price]:
    """Prices of the limits that hold the benefit back, dearest first. Leaves the model at the benefit stage."""
    return_to_benefit(live, optimum.basis)
    duals = optimum.benefit.dual
    reached = sorted(
        (row for row in range(len(live.matrix.rows)) if _is_reached(live, optimum, row)),
        key=lambda row: (-abs(duals[row]), live.matrix.rows[row].key),
    )
    to_prove = set(_unlike_first(live, duals, reached)[:SHOWN])
    prices = [
        _proved(live, optimum, row) if row in to_prove else _dual_price(live, row, float(duals[row]))
        for row in reached
        if row in to_prove or abs(duals[row]) > NO_PRICE
    ]
    return [price for price in prices if price.more or price.less or price.less is None]


def _unlike_first(live: Live, duals: Floats, ranked: list[int]) -> list[int]:
    """One limit of each family, year and price before its likes, so that what is proved is not one limit many times."""
    first: dict[tuple[str, int | None, str], int] = {}
    for row in ranked:
        first.setdefault((live.matrix.rows[row].family, live.matrix.rows[row].year, f"{duals[row]:.6g}"), row)
    unlike = dict.fromkeys(first.values())
    return [*unlike, *(row for row in ranked if row not in unlike)]


def _is_reached(live: Live, optimum: Optimum, position: int) -> bool:
    row, m = live.matrix.rows[position], live.matrix
    if row.family not in PRICED or not len(row.columns):
        return False
    bound = m.row_upper[position] if _is_upper(row) else m.row_lower[position]
    return bool(abs(optimum.benefit.activity[position] - bound) <= ACTIVE * max(1.0, abs(bound)))


def _is_upper(row: Row) -> bool:
    """Whether loosening means a greater right-hand side (equalities are read that way too)."""
    return bool(np.isfinite(row.upper))


def benefit_per_unit(live: Live, position: int, derivative: float) -> float:
    """Benefit per unit of the row's right-hand side, from the scaled derivative of lost benefit."""
    gain = -derivative if _is_upper(live.matrix.rows[position]) else derivative
    return float(gain * live.matrix.benefit_scale / live.matrix.row_scale[position]) if abs(gain) > NO_PRICE else 0.0


def _dual_price(live: Live, position: int, dual: float) -> Price:
    price = benefit_per_unit(live, position, dual)
    return Price(position, price, price, proven=False)


def _proved(live: Live, optimum: Optimum, position: int) -> Price:
    looser = 1.0 if _is_upper(live.matrix.rows[position]) else -1.0
    more, more_proven = _one_sided(live, optimum, position, looser)
    less, less_proven = _one_sided(live, optimum, position, -looser)
    return Price(
        position,
        None if more is None else benefit_per_unit(live, position, more),
        None if less is None else benefit_per_unit(live, position, less),
        more_proven and less_proven,
    )


def _one_sided(live: Live, optimum: Optimum, position: int, direction: float) -> tuple[float | None, bool]:
    """(derivative of the scaled objective, whether proven); None where no step in this direction is feasible."""
    row, scale = live.matrix.rows[position], float(live.matrix.row_scale[position])
    bound = row.upper if _is_upper(row) else row.lower
    step = max(1.0, 1e-6 * abs(bound)) / scale
    chord: float | None = None
    for share in SHRINKS:
        change = direction * step * share
        found = _re_solved(live, optimum, position, change)
        if found is None:
            continue
        objective, dual = found
        chord = (objective - optimum.benefit.objective) / change
        if abs(chord - dual) <= AGREES * abs(dual) + NO_PRICE:
            return dual, True
    return chord, chord is None


def _re_solved(live: Live, optimum: Optimum, position: int, change: float) -> tuple[float, float] | None:
    """(objective, dual of the row) with its right-hand side moved; the model is put back afterwards."""
    m = live.matrix
    lower, upper = m.row_lower[position], m.row_upper[position]
    live.highs.changeRowBounds(position, lower + change, upper + change)
    solved = live.run() == Status.OPTIMAL
    found = (live.highs.getObjectiveValue(), live.highs.getSolution().row_dual[position]) if solved else None
    live.highs.changeRowBounds(position, lower, upper)
    live.highs.setBasis(optimum.basis)
    return found
