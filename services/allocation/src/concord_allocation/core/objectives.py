"""The ordered objectives as costs of columns, all to be minimised, and the rows that keep some of them."""

import hashlib

import numpy as np

from concord_allocation.core.columns import BANDS, NO_REFERENCE_PENALTY, Columns
from concord_allocation.core.families import Row
from concord_allocation.core.parts import MONEY_BLOCKS
from concord_allocation.core.problem import Floats, ProblemTables


def weight_of(key: str) -> float:
    """First 53 bits of SHA-256 of a stable key, over 2**53: the same number for the same key, for ever."""
    return (int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 11) / 2.0**53


def soft_sides(rows: tuple[Row, ...]) -> list[tuple[int, float]]:
    """(row, sign of its miss): +1 makes up for a missed lower bound, -1 for an exceeded upper one."""
    return [
        (position, sign)
        for position, row in enumerate(rows)
        if row.soft is not None
        for sign, bound in ((1.0, row.lower), (-1.0, row.upper))
        if np.isfinite(bound)
    ]


def gbp_per_unit(tables: ProblemTables, columns: Columns, row: Row) -> float:
    """GBP that a unit of missing a row counts: 1 in GBP, what its family says, or the mean cost of a case it counts."""
    if row.unit == "GBP":
        return 1.0
    if row.gbp_each > 0:
        return row.gbp_each
    counted = (row.columns >= columns.case.start) & (row.columns < columns.case.start + columns.case.size)
    costs = tables.activities.unit_cost[row.columns[counted] - columns.case.start]
    return (float(costs.mean()) if len(costs) else 0.0) or 1.0


def objectives_of(
    tables: ProblemTables,
    columns: Columns,
    rows: tuple[Row, ...],
    col_scale: Floats,
    money: float,
    largest: float,
    soft: list[tuple[int, float]],
) -> dict[str, Floats]:
    """By name, to be minimised: weighted misses of each priority, lost benefit, the least head, movement, hashes."""
    found: dict[str, Floats] = {}
    first = columns.block("miss").start
    for k, (position, _) in enumerate(soft):
        row, j = rows[position], first + k
        cost = found.setdefault(f"soft/{row.soft}", np.zeros(columns.count))
        plain = row._replace(columns=row.columns[row.columns < first])
        cost[j] = row.weight * gbp_per_unit(tables, columns, plain) * col_scale[j] / money
    benefit = np.zeros(columns.count)
    benefit[columns.curve.slice] = -columns.curve_benefit / largest
    worst_off = np.zeros(columns.count)
    for position, column in enumerate(tables.more):
        j = columns.more_start + position
        benefit[j] = -column.benefit * col_scale[j] / (largest * money)
        if column.block == "least" and tables.parts.equities[column.of].raise_least:
            worst_off[j] = -1.0
    found |= {"benefit": benefit}
    if "worst_off" in tables.objectives:
        found |= {"worst_off": worst_off}
    return found | {
        "least_movement": _movement(tables, columns),
        "uniqueness": _uniqueness(tables, columns, money),
    }


def cap_rows(tables: ProblemTables, objectives: dict[str, Floats], col_scale: Floats) -> list[Row]:
    """A free row for each objective that later ones must not, or not too much, make worse; bounded when it is reached.

    The others keep their optimal face instead, which loses nothing. Scaled as the objective is.
    """
    order = list(tables.objectives)
    before = order[: order.index("benefit")] if "benefit" in order else []
    capped = [
        name
        for name in objectives
        if name.startswith("soft/")
        or (name in before and name != "worst_off")
        or (name in order and name not in ("worst_off", "uniqueness") and tables.sacrifices.get(name, 0.0) > 0)
        or (name == "benefit" and bool(tables.parts.options))
    ]
    rows = []
    for name in capped:
        cost = objectives[name]
        columns = np.flatnonzero(cost)
        rows.append(
            Row(
                f"objective/{name}", "objective", "", None, columns, cost[columns] / col_scale[columns], -np.inf,
                np.inf, "scaled", f"what {name} has reached is kept", "arithmetic", False, 0.0,
            )
        )  # fmt: skip
    return rows


def _movement(tables: ProblemTables, columns: Columns) -> Floats:
    cost = np.zeros(columns.count)
    cost[columns.up.slice] = columns.band_penalty
    cost[columns.down.slice] = columns.band_penalty
    new = np.flatnonzero(tables.cells.reference <= 0)
    cost[columns.pay.start + new] = NO_REFERENCE_PENALTY
    return cost / BANDS[-1][1]


def _uniqueness(tables: ProblemTables, columns: Columns, money: float) -> Floats:
    """A fixed weight per pound of every payment, and per pound of cases where they are not settled by the spend.

    Of the later variables those that are amounts: pounds as pounds, others and free cases by a thousandth.
    """
    cost = np.zeros(columns.count)
    for column in columns.pay.indices.tolist():
        cost[column] = weight_of(columns.keys[column])
    rows = tables.activities
    for k, (line, price) in enumerate(zip(rows.line.tolist(), rows.unit_cost.tolist(), strict=True)):
        if len(tables.lines[line].modes) > 1 or tables.more:
            column = columns.case.start + k
            cost[column] = weight_of(columns.keys[column]) * (price / money or 1e-3)
    for position, other in enumerate(tables.more):
        column = columns.more_start + position
        if other.block in MONEY_BLOCKS:
            cost[column] = weight_of(other.key)
        elif other.block in ("extra", "waiting"):
            cost[column] = 1e-3 * weight_of(other.key)
    return cost
