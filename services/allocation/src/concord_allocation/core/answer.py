"""From an optimum in solver units to the plan people read: whole pounds in cells, and every table a sum of them."""

from collections.abc import Iterable, Sequence

import numpy as np

from concord_allocation.core.check import Plan
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.parts import MONEY_BLOCKS
from concord_allocation.core.problem import (
    DIRECT,
    Floats,
    Ints,
    ProblemTables,
    benefit_of_line,
    benefit_of_spend,
    slopes_around,
)
from concord_allocation.core.results import (
    ActivityRow,
    AssumptionPart,
    Assumptions,
    Cell,
    ContributionRow,
    LineRow,
    ObjectiveResult,
    PayerTie,
    SplitRow,
    Splits,
    Ties,
    Totals,
)
from concord_allocation.core.rounding import Whole
from concord_allocation.core.rounding import contributions_of as contributions_of
from concord_allocation.core.stages import SAME_POUNDS, Optimum


def unrounded_cells(matrix: Matrix, values: Floats) -> Floats:
    """GBP per cell; the solver's -1e-13 is nothing."""
    return np.maximum(0.0, values[matrix.columns.pay.slice]) * matrix.money_scale


def plan_of(matrix: Matrix, values: Floats) -> Plan:
    """The unrounded plan by name, for the independent check."""
    columns = matrix.columns
    units = matrix.in_units(values)
    more = units[columns.more_start : columns.more_start + len(matrix.tables.more)]
    return _named_plan(
        matrix.tables, units[columns.pay.slice], units[columns.put.slice], units[columns.case.slice], more
    )


def whole_plan(matrix: Matrix, values: Floats, whole: Whole) -> Plan:
    """The rounded plan by name; cases stay as the unrounded plan has them."""
    cases = matrix.in_units(values)[matrix.columns.case.slice]
    put = contributions_of(matrix, whole).astype(np.float64)
    return _named_plan(matrix.tables, whole.cells.astype(np.float64), put, np.maximum(0.0, cases), whole.more)


def _named_plan(tables: ProblemTables, pay: Floats, put: Floats, case: Floats, more: Floats) -> Plan:
    cells, given, rows = tables.cells, tables.contributions, tables.activities
    payments = {
        (tables.years[t], tables.lines[i].key, tables.purses[u].key, None if m == DIRECT else tables.funds[m].key): gbp
        for t, i, u, m, gbp in _zipped(cells.year, cells.line, cells.purse, cells.fund, pay)
    }
    contributions = {
        (tables.years[t], tables.funds[m].key, tables.purses[u].key): gbp
        for t, m, u, gbp in _zipped(given.year, given.fund, given.purse, put)
    }
    cases = {
        (tables.years[t], tables.lines[i].key, tables.lines[i].modes[d].key): count
        for t, i, d, count in _zipped(rows.year, rows.line, rows.mode, case)
    }
    others = {column.key: float(amount) for column, amount in zip(tables.more, more.tolist(), strict=True)}
    return Plan(payments, contributions, cases, others)


def _zipped(*columns: Ints | Floats) -> Iterable[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def spend_of(tables: ProblemTables, cells: Ints | Floats) -> Floats:
    """(years, lines) GBP."""
    spend = np.zeros((len(tables.years), len(tables.lines)))
    np.add.at(spend, (tables.cells.year, tables.cells.line), cells)
    return spend


def aside_of(tables: ProblemTables, more: Floats) -> Floats:
    """(years, lines) GBP spent that lie on no curve: idle money of contracts, resources and options bought."""
    aside = np.zeros((len(tables.years), len(tables.lines)))
    for column, amount in zip(tables.more, more.tolist(), strict=True):
        if not amount:
            continue
        if column.block == "idle":
            aside[column.year, column.of] += amount
        elif column.block == "extra":
            resource = tables.parts.resources[column.of]
            if resource.bought_on >= 0:
                aside[column.year, resource.bought_on] += resource.price[column.year] * amount
        elif column.block == "option":
            option = tables.parts.options[column.of]
            aside[:, option.line] += np.array(option.cost[column.year]) * amount
    return aside


def benefits_of(tables: ProblemTables, spend: Floats, more: Floats | None = None) -> Floats:
    """(years, lines) discounted benefit of spend, with the benefit of the cases and of the options started on a line.

    Without `more`, cases are taken as done in the way that gives most per GBP.
    """
    given = np.zeros(len(tables.more)) if more is None else more
    on_curve = np.maximum(0.0, spend - aside_of(tables, given))
    benefit = np.array(
        [
            [
                tables.discount[t] * benefit_of_spend(line.widths[t], line.slopes[t], float(on_curve[t, i]))
                for i, line in enumerate(tables.lines)
            ]
            for t in range(len(tables.years))
        ]
    ).reshape(len(tables.years), len(tables.lines))
    if more is None:
        for t, i in zip(*np.nonzero(spend > 0), strict=True):
            line = tables.lines[i]
            benefit[t, i] = tables.discount[t] * benefit_of_line(line, int(t), float(spend[t, i]))
    for column, amount in zip(tables.more, given.tolist(), strict=True):
        if column.block == "worth":
            benefit[column.year, column.of] += amount * column.benefit
        if column.block == "option" and amount:
            option = tables.parts.options[column.of]
            for t in range(column.year, len(tables.years)):
                benefit[t, option.line] += amount * option.benefit * tables.discount[t]
    return benefit


def elsewhere_of(tables: ProblemTables, more: Floats) -> float:
    """Benefit of what is not spent on lines: money left outside or at the end, less the penalty of overspends."""
    return float(
        sum(
            column.benefit * amount
            for column, amount in zip(tables.more, more.tolist(), strict=True)
            if column.block in MONEY_BLOCKS
        )
    )


def cell_rows(tables: ProblemTables, cells: Ints) -> tuple[Cell, ...]:
    """Cells with money now or in the reference split; reference money nobody may pay any more is there with nothing."""
    c = tables.cells
    rows = [
        _cell(tables, t, i, u, m, gbp, was, because)
        for (t, i, u, m, gbp, was), because in zip(
            _zipped(c.year, c.line, c.purse, c.fund, cells, c.reference), c.because, strict=True
        )
        if gbp or was
    ]
    rows += [_cell(tables, o.year, o.line, o.purse, o.fund, 0, o.gbp, "may not pay any more") for o in tables.orphans]
    return tuple(sorted(rows, key=lambda row: (row.year, row.line, row.purse, row.fund or "")))


def _cell(tables: ProblemTables, t: int, i: int, u: int, m: int, gbp: int, was: int, because: str) -> Cell:
    line, purse = tables.lines[i], tables.purses[u]
    return Cell(
        year=tables.years[t],
        line=line.key,
        place=line.place,
        pathway=line.pathway,
        stage=line.stage,
        purse=purse.key,
        payer=purse.owner,
        fund=None if m == DIRECT else tables.funds[m].key,
        gbp=gbp,
        reference_gbp=was,
        because=because,
    )


def splits_of(tables: ProblemTables, cells: Sequence[Cell], benefit: Floats) -> Splits:
    """The same cells grouped six ways."""
    names = dict(tables.names) | {payer.key: payer.name for payer in tables.payers}
    names |= {purse.key: tables.name_of_purse(position) for position, purse in enumerate(tables.purses)}
    held: dict[tuple[str, str], int] = {}
    for purse in tables.purses:
        for t, year in enumerate(tables.years):
            held[year, purse.key] = purse.amount[t]
    of_payer: dict[tuple[str, str], int] = {}
    for purse in tables.purses:
        for t, year in enumerate(tables.years):
            of_payer[year, purse.owner] = of_payer.get((year, purse.owner), 0) + purse.amount[t]
    of_year = {(year, year): sum(p.amount[t] for p in tables.purses) for t, year in enumerate(tables.years)}
    return Splits(
        payer=_split([(c.year, c.payer, c) for c in cells], names, of_payer, None),
        purse=_split([(c.year, c.purse, c) for c in cells], names, held, None),
        pathway=_split([(c.year, c.pathway, c) for c in cells], names, None, _by(tables, benefit, "pathway")),
        stage=_split([(c.year, c.stage, c) for c in cells], names, None, _by(tables, benefit, "stage")),
        place=_split([(c.year, c.place, c) for c in cells], names, None, _by(tables, benefit, "place")),
        year=_split(
            [(c.year, c.year, c) for c in cells],
            names,
            of_year,
            {(year, year): float(benefit[t].sum()) for t, year in enumerate(tables.years)},
        ),
    )


def _by(tables: ProblemTables, benefit: Floats, attribute: str) -> dict[tuple[str, str], float]:
    total: dict[tuple[str, str], float] = {}
    for i, line in enumerate(tables.lines):
        for t, year in enumerate(tables.years):
            place = year, str(getattr(line, attribute))
            total[place] = total.get(place, 0.0) + float(benefit[t, i])
    return total


def _split(
    cells: Sequence[tuple[str, str, Cell]],
    names: dict[str, str],
    available: dict[tuple[str, str], int] | None,
    benefit: dict[tuple[str, str], float] | None,
) -> tuple[SplitRow, ...]:
    groups = {place: [0, 0] for place in (*(available or ()), *(benefit or ()))}
    for year, key, cell in cells:
        group = groups.setdefault((year, key), [0, 0])
        group[0] += cell.gbp
        group[1] += cell.reference_gbp
    return tuple(
        SplitRow(
            year=year,
            key=key,
            name=names.get(key, key),
            gbp=gbp,
            reference_gbp=was,
            change_gbp=gbp - was,
            available_gbp=None if available is None else available.get((year, key), 0),
            benefit=None if benefit is None else benefit.get((year, key), 0.0),
        )
        for (year, key), (gbp, was) in sorted(groups.items())
    )


def totals_of(tables: ProblemTables, cells: Sequence[Cell], benefit: Floats, more: Floats) -> Totals:
    """`unspent_gbp`: of the amounts; carried money counts in the year it is spent, overspends are spent beyond them."""
    spend = sum(cell.gbp for cell in cells)
    available = sum(sum(purse.amount) for purse in tables.purses)
    reference = spend_of(tables, tables.cells.reference)
    for orphan in tables.orphans:
        reference[orphan.year, orphan.line] += orphan.gbp
    return Totals(
        spend_gbp=spend,
        available_gbp=available,
        unspent_gbp=available - spend,
        reference_gbp=sum(cell.reference_gbp for cell in cells),
        moved_gbp=sum(abs(cell.gbp - cell.reference_gbp) for cell in cells) // 2,
        benefit=float(benefit.sum()),
        reference_benefit=float(benefits_of(tables, reference).sum()),
        benefit_unit=tables.benefit_unit,
        elsewhere_benefit=elsewhere_of(tables, more),
    )


def line_rows(tables: ProblemTables, spend: Floats, benefit: Floats) -> tuple[LineRow, ...]:
    """Every line in every year, in the order of years and keys."""
    reference = spend_of(tables, tables.cells.reference)
    for orphan in tables.orphans:
        reference[orphan.year, orphan.line] += orphan.gbp
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
        for t, m, u, gbp in _zipped(put.year, put.fund, put.purse, contributions_of(matrix, whole))
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
        for t, i, d, count in _zipped(rows.year, rows.line, rows.mode, cases)
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
