"""Payments in whole pounds, and the sums of them that people read."""

from collections.abc import Sequence

from concord_allocation.core.amounts import benefits_of, elsewhere_of, reference_spend, zipped
from concord_allocation.core.problem import DIRECT, Floats, Ints, ProblemTables
from concord_allocation.core.results import (
    Cell,
    SplitRow,
    Splits,
    Totals,
)
from concord_allocation.core.rounding import contributions_of as contributions_of


def cell_rows(tables: ProblemTables, cells: Ints) -> tuple[Cell, ...]:
    """Cells with money now or in the reference split; reference money nobody may pay any more is there with nothing."""
    c = tables.cells
    rows = [
        _cell(tables, t, i, u, m, gbp, was, because)
        for (t, i, u, m, gbp, was), because in zip(
            zipped(c.year, c.line, c.purse, c.fund, cells, c.reference), c.because, strict=True
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
    return Totals(
        spend_gbp=spend,
        available_gbp=available,
        unspent_gbp=available - spend,
        reference_gbp=sum(cell.reference_gbp for cell in cells),
        moved_gbp=sum(abs(cell.gbp - cell.reference_gbp) for cell in cells) // 2,
        benefit=float(benefit.sum()),
        reference_benefit=float(benefits_of(tables, reference_spend(tables)).sum()),
        benefit_unit=tables.benefit_unit,
        elsewhere_benefit=elsewhere_of(tables, more),
    )
