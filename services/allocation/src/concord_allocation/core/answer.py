"""The tables of an answer beside its payments: lines, contributions, cases, ties, assumptions, objectives."""

from collections.abc import Sequence

import numpy as np

from concord_allocation.core.amounts import reference_spend, zipped
from concord_allocation.core.curves import slopes_around
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.problem import Floats, Ints, ProblemTables
from concord_allocation.core.results import (
    ActivityRow,
    AssumptionPart,
    Assumptions,
    ContributionRow,
    LineRow,
    ObjectiveResult,
    PayerTie,
    Ties,
)
from concord_allocation.core.rounding import Whole, contributions_of
from concord_allocation.core.stages import SAME_POUNDS, Optimum


def line_rows(tables: ProblemTables, spend: Floats, benefit: Floats) -> tuple[LineRow, ...]:
    """Every line in every year, in the order of years and keys."""
    reference = reference_spend(tables)
    rows = []
    for t, year in enumerate(tables.years):
        for i, line in enumerate(tables.lines):
            last, following = slopes_around(line.widths[t], line.slopes[t], float(spend[t, i]))
            of_cases = line.case_benefit_per_gbp(t)
            rows.append(
                LineRow(
                    year=year,
                    line=line.key,
                    gbp=int(spend[t, i]),
                    reference_gbp=int(reference[t, i]),
                    benefit=float(benefit[t, i]),
                    next_gbp=(following + of_cases) * tables.discount[t],
                    last_gbp=None if last is None else (last + of_cases) * tables.discount[t],
                )
            )
    return tuple(rows)


def contribution_rows(matrix: Matrix, whole: Whole) -> tuple[ContributionRow, ...]:
    tables, put = matrix.tables, matrix.tables.contributions
    return tuple(
        ContributionRow(tables.years[t], tables.funds[m].key, tables.purses[u].key, tables.purses[u].owner, gbp)
        for t, m, u, gbp in zipped(put.year, put.fund, put.purse, contributions_of(matrix, whole))
    )


def activity_rows(matrix: Matrix, values: Floats) -> tuple[ActivityRow, ...]:
    """Cases to two decimals, as the unrounded plan has them."""
    tables, rows = matrix.tables, matrix.tables.activities
    cases = np.maximum(0.0, matrix.in_units(values)[matrix.columns.case.slice])
    return tuple(
        ActivityRow(
            tables.years[t],
            tables.lines[i].key,
            tables.lines[i].modes[d].key,
            tables.lines[i].unit,
            round(count, 2) + 0.0,
        )
        for t, i, d, count in zipped(rows.year, rows.line, rows.mode, cases)
    )


def ties_of(matrix: Matrix, optimum: Optimum, otherwise: Sequence[int] = ()) -> Ties:
    """What the tie-break decided, in pounds: half of what differs between its least and its greatest plan.

    `otherwise`: positions of options that an equally good set has otherwise.
    """
    pay, tables = matrix.columns.pay.slice, matrix.tables
    apart = np.abs(optimum.values[pay] - optimum.opposite[pay]) * matrix.money_scale / 2.0
    owner = tables.payer_of_purse[tables.cells.purse]
    ranges = {found.payer: found for found in optimum.ranges}
    payers = [
        PayerTie(
            payer=tables.payers[p].key,
            decided_gbp=round(float(apart[owner == p].sum())),
            least_gbp=round(ranges[p].least),
            greatest_gbp=round(ranges[p].greatest),
        )
        for p in sorted(ranges)
    ]
    decided = [tie for tie in payers if tie.decided_gbp or tie.greatest_gbp > tie.least_gbp]
    return Ties(
        other_plans_as_good=bool((apart > SAME_POUNDS).any() or len(otherwise)),
        decided_gbp=round(float(apart.sum())),
        payers=tuple(decided),
        options=tuple(dict.fromkeys(tables.parts.options[o].key for o in _options_at(matrix, otherwise))),
    )


def _options_at(matrix: Matrix, positions: Sequence[int]) -> list[int]:
    first = matrix.columns.block("option").start - matrix.columns.more_start
    return [matrix.tables.more[first + position].of for position in positions]


def assumptions_of(tables: ProblemTables, cells: Ints) -> Assumptions:
    """Which share of the spent pounds rests on an assumed purse amount, line, curve, unit or option cost."""
    line, purse = tables.cells.line, tables.cells.purse
    marks = {
        "purse amount": np.array([p.assumed for p in tables.purses], dtype=np.bool_)[purse],
        "line cost": np.array([x.assumed for x in tables.lines], dtype=np.bool_)[line],
        "benefit curve": np.array([x.curve_assumed for x in tables.lines], dtype=np.bool_)[line],
        "unit cost": np.array([any(m.assumed for m in x.modes) for x in tables.lines], dtype=np.bool_)[line],
    }
    if any(option.assumed for option in tables.parts.options):
        on = {option.line for option in tables.parts.options if option.assumed}
        marks["option cost"] = np.isin(line, sorted(on))
    total = int(cells.sum())
    touched = np.zeros(len(cells), dtype=np.bool_)
    for mark in marks.values():
        touched |= mark
    return Assumptions(
        gbp=int(cells[touched].sum()),
        share=_share(int(cells[touched].sum()), total),
        parts=tuple(
            AssumptionPart(what, int(cells[mark].sum()), _share(int(cells[mark].sum()), total))
            for what, mark in marks.items()
        ),
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def objective_results(optimum: Optimum) -> tuple[ObjectiveResult, ...]:
    return tuple(
        ObjectiveResult(s.objective, s.value, s.unit, s.loss, s.proven, s.best, s.sacrifice) for s in optimum.stages
    )
