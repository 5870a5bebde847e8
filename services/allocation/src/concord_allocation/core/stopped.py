"""What keeps a line from getting money: a pound is put there by force, and what that breaks or costs is read off.

Asked of the benefit stage, with options as chosen. Either no plan has a pound there: then a set of limits is named that
cannot hold together with it, and could without any one of them. Or one has, and is worse by a stated amount, or no
worse: then the limits are named whose price that pound pays.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from concord_allocation.core.conflicts import deleted, halved, is_feasible
from concord_allocation.core.families import PRICED
from concord_allocation.core.prices import Price, benefit_per_unit
from concord_allocation.core.solver import Live, Status, Unanswered
from concord_allocation.core.stages import Optimum, return_to_benefit

POUND = 1.0

NOISE = 1e-6
"""Benefit of a pound, relative to the dearest pound of the problem, that is arithmetic."""

type Place = tuple[int, int]
"""(year, line), by position."""


@dataclass(frozen=True)
class Holding:
    """A limit in the way: its label, and its price per unit; of a limit that shuts, what it gains loosened alone."""

    label: str
    unit: str
    gain: float | None


@dataclass(frozen=True)
class Stop:
    """`shut`: no plan has a pound there while all of `by` hold; none of them, where only earlier objectives do that.

    `dearer`: a plan with a pound there loses `loss` in all; `equal`: it loses nothing. `by`: whose price it pays.
    """

    kind: Literal["shut", "dearer", "equal"]
    by: tuple[Holding, ...]
    loss: float = 0.0


def what_stops(live: Live, optimum: Optimum, prices: Sequence[Price], places: Iterable[Place]) -> dict[Place, Stop]:
    """By place; one that is left out was not settled. The model must be past benefit; it ends at the benefit stage."""
    return_to_benefit(live, optimum.basis)
    gains = {price.row: price.more for price in prices}
    found: dict[Place, Stop] = {}
    for place in places:
        column = live.matrix.columns.spend_at.get(place)
        stop = None if column is None else _with_a_pound(live, optimum, gains, place, column)
        if stop is not None:
            found[place] = stop
    return found


def _with_a_pound(
    live: Live, optimum: Optimum, gains: dict[int, float | None], place: Place, column: int
) -> Stop | None:
    m = live.matrix
    live.highs.changeColBounds(column, POUND / m.money_scale, np.inf)
    status, stop = live.run(), None
    if status == Status.OPTIMAL:
        stop = _paid_for(live, place, (live.objective - optimum.benefit.objective) * m.benefit_scale / POUND)
    elif status == Status.INFEASIBLE:
        stop = _shut(live, gains)
    live.highs.changeColBounds(column, m.col_lower[column], m.col_upper[column])
    if status == Status.OPTIMAL:
        live.highs.setBasis(optimum.basis)
    else:
        return_to_benefit(live, optimum.basis)
    return stop


def _paid_for(live: Live, place: Place, loss: float) -> Stop:
    """The limits with a price in the forced plan that count the line's own payments, spend or cases."""
    rows, dual = live.matrix.rows, live.solution().dual
    own = np.array(sorted(_columns_of(live, place)), dtype=np.int64)
    priced = [
        (benefit_per_unit(live, k, float(dual[k])), k)
        for k in np.flatnonzero(dual).tolist()
        if k < len(rows) and rows[k].family in PRICED and np.isin(rows[k].columns, own).any()
    ]
    by = [
        Holding(rows[k].label, rows[k].unit, price)
        for price, k in sorted(priced, key=lambda found: (-found[0], rows[found[1]].key))
        if price > 0
    ]
    noise = NOISE * live.matrix.benefit_scale / live.matrix.money_scale
    return Stop("dearer", tuple(by), loss) if loss > noise else Stop("equal", tuple(by))


def _columns_of(live: Live, place: Place) -> Iterator[int]:
    """Columns that a pound on the line passes through: payments made there, what they were paid in by, spend, cases."""
    columns, tables, values = live.matrix.columns, live.matrix.tables, live.values()
    t, i = place
    yield columns.spend_at[place]
    paid = np.flatnonzero((tables.cells.year == t) & (tables.cells.line == i))
    for cell in paid.tolist():
        if values[columns.pay.start + cell] > 0:
            yield columns.pay.start + cell
            fund, purse = int(tables.cells.fund[cell]), int(tables.cells.purse[cell])
            put = tables.contributions
            into = np.flatnonzero((put.year == t) & (put.fund == fund) & (put.purse == purse))
            yield from (columns.put.start + into).tolist()
    rows = tables.activities
    done = columns.case.start + np.flatnonzero((rows.year == t) & (rows.line == i))
    yield from done[values[done] > 0].tolist()


def _shut(live: Live, gains: dict[int, float | None]) -> Stop | None:
    """The limits that conflict with a pound there, by deletion; the model is left changed."""
    rows = live.matrix.rows
    everything = list(range(len(rows)))
    try:
        live.minimise(np.zeros(live.matrix.columns.count))
        if is_feasible(live, everything):
            return Stop("shut", ())
        proposal = live.conflicting_rows()
        start = proposal if proposal and not is_feasible(live, proposal) else halved(live, everything)
        kept = [k for k in deleted(live, start) if rows[k].family in PRICED]
    except Unanswered:
        return None
    return Stop("shut", tuple(Holding(rows[k].label, rows[k].unit, gains.get(k, 0.0)) for k in kept))
