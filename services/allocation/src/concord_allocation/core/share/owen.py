"""Owen's division: each party gets what its money and other means are worth at the margin of the joint plan.

It lies in the core of a linear production game (Owen, 1975). It exists only where every limit with a price is
somebody's: a benefit curve that is full, a floor or a pace of change has no owner, and then the prices do not add up to
the benefit. Where prices are not unique a party's part is a range: the benefit's left and right derivative by what it
brings.
"""

from dataclasses import dataclass

import numpy as np

from concord_allocation.core.problem import Floats
from concord_allocation.core.share.coalitions import Coalitions
from concord_allocation.core.solver import Status, Unanswered
from concord_allocation.core.words import pounds

PRICED = 1e-7
"""Scaled worth above this is not nothing."""

STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
"""Parts of what a party brings by which it is changed, until two following steps agree."""

AGREES = 1e-6
"""Relative difference of two derivatives that are the same."""


@dataclass(frozen=True, slots=True)
class Owen:
    """`worth` in benefit units at the prices found; the true part of each party lies from `least` to `greatest`."""

    worth: Floats
    least: Floats
    greatest: Floats

    @property
    def unique(self) -> bool:
        return bool(np.allclose(self.least, self.greatest, rtol=1e-5, atol=1e-9 * max(1.0, float(self.worth.sum()))))


@dataclass(frozen=True, slots=True)
class NoOwen:
    """Limits with a price that nobody owns, in words."""

    unowned: tuple[str, ...]


def owen(coalitions: Coalitions) -> Owen | NoOwen:
    """Owen's division of the whole benefit of all parties together, fallback included."""
    matrix, live = coalitions.matrix, coalitions.live
    everybody = 2 ** len(coalitions.parties) - 1
    coalitions.gain(everybody)
    solution, basis = live.solution(), live.highs.getBasis()
    rows, endowment = _endowments(coalitions)
    owned = np.zeros(len(matrix.rows), dtype=np.bool_)
    owned[rows] = True
    unowned = _unowned_rows(coalitions, solution.dual, owned) + _unowned_columns(coalitions, solution.reduced)
    if unowned:
        return NoOwen(tuple(unowned))
    worth = -(solution.dual[rows] @ endowment) * matrix.benefit_scale
    sides: list[tuple[float, float]] = []
    for party in range(endowment.shape[1]):
        right = _derivative(coalitions, rows, endowment[:, party], basis, solution.objective, 1.0)
        left = _derivative(coalitions, rows, endowment[:, party], basis, solution.objective, -1.0)
        sides.append((right, left))
    least, greatest = np.array(sides).T
    return Owen(worth, np.minimum(least, worth), np.maximum(greatest, worth))


def _endowments(coalitions: Coalitions) -> tuple[np.ndarray, Floats]:
    """(rows that parties own, what each brings to each, scaled): purses of their payers, limits they bring."""
    matrix = coalitions.matrix
    party = {payer: k for k, one in enumerate(coalitions.parties) for payer in one.payers}
    owner = {purse.key: party.get(purse.owner) for purse in matrix.tables.purses}
    rows: list[int] = []
    brings: list[Floats] = []
    for position, row in enumerate(matrix.rows):
        whose = owner.get(row.limit) if row.family == "purse" else None
        if whose is not None:
            part = np.zeros(len(coalitions.parties))
            part[whose] = matrix.row_upper[position]
            rows.append(position)
            brings.append(part)
    found = coalitions.brought
    for place, position in enumerate(found.rows.tolist()):
        if abs(found.common[place]) <= PRICED:
            rows.append(position)
            brings.append(found.by_party[place])
    return np.array(rows, dtype=np.int64), np.array(brings).reshape(len(rows), len(coalitions.parties))


def _unowned_rows(coalitions: Coalitions, dual: Floats, owned: np.ndarray) -> list[str]:
    matrix = coalitions.matrix
    bound = np.where(dual < 0, matrix.row_upper, matrix.row_lower)
    worth = np.abs(dual * np.where(np.isfinite(bound), bound, 0.0))
    return [matrix.rows[k].label for k in np.flatnonzero((worth > PRICED) & ~owned).tolist()]


def _unowned_columns(coalitions: Coalitions, reduced: Floats) -> list[str]:
    """Full stretches of benefit curves, and payments that were held."""
    matrix, columns = coalitions.matrix, coalitions.matrix.columns
    upper = np.where(np.isfinite(matrix.col_upper), matrix.col_upper, 0.0)
    full = np.flatnonzero(-reduced * upper > PRICED)
    names = []
    for column in full.tolist():
        where = column - columns.curve.start
        if 0 <= where < columns.curve.size:
            names.append(_full_stretch(coalitions, where))
        else:
            names.append("another bound of the problem that is reached")
    held = coalitions.party_of_cell < 0
    paid = coalitions.fixed * np.abs(reduced[columns.pay.slice]) > PRICED
    if bool((held & paid).any()):
        names.append("what payers outside the parties pay is held")
    return list(dict.fromkeys(names))


def _full_stretch(coalitions: Coalitions, where: int) -> str:
    """A full stretch of a benefit curve, by where it ends."""
    tables, columns = coalitions.matrix.tables, coalitions.matrix.columns
    line, year = tables.lines[columns.curve_line[where]], int(columns.curve_year[where])
    ends = sum(line.widths[year][: int(columns.curve_segment[where]) + 1])
    return f"the benefit curve of {line.name} is as steep only up to {pounds(ends)} in {tables.years[year]}"


def _derivative(
    coalitions: Coalitions, rows: np.ndarray, brings: Floats, basis: object, objective: float, way: float
) -> float:
    """Benefit per whole endowment of a party when it brings a little more (way 1) or less (-1)."""
    live, matrix = coalitions.live, coalitions.matrix
    lower, upper = matrix.row_lower[rows], matrix.row_upper[rows]
    last: float | None = None
    try:
        for step in STEPS:
            live.set_rows(rows, lower, upper + way * step * brings)
            if live.run() != Status.OPTIMAL:
                continue
            found = (objective - live.highs.getObjectiveValue()) / (way * step) * matrix.benefit_scale
            if last is not None and abs(found - last) <= AGREES * max(abs(found), abs(last), 1e-12):
                return float(found)
            last = found
    finally:
        live.set_rows(rows, lower, upper)
        live.highs.setBasis(basis)
    if last is None:
        raise Unanswered("what a party brings could not be changed a little")
    return float(last)
