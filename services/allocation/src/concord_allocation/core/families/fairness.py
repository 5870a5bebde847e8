"""Rows about fairness between groups, per weighted head."""

from collections.abc import Iterator, Sequence

import numpy as np

from concord_allocation.core.families.limits import benefit_entries
from concord_allocation.core.families.rows import Chooser, Row, summed
from concord_allocation.core.parts import NO_YEAR, Equity
from concord_allocation.core.problem import ProblemTables

type Entries = list[tuple[int, float]]


def equity_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """floor: measure(group) >= floor * heads(group). Extremes: measure(group) - heads(group) * least >= 0,
    heads(group) * greatest - measure(group) >= 0; spread: greatest - least <= spread.

    Unit: the measure's (discounted benefit, GBP, cases), per weighted head for the spread. Source: the entry's own.
    """
    for equity in tables.parts.equities:
        for period in equity.periods():
            when = tables.years[period[0]] if equity.per_year else "all"
            year = period[0] if equity.per_year else None
            least = chooser.columns.at(f"least/{when}/{equity.key}")
            greatest = chooser.columns.at(f"greatest/{when}/{equity.key}")
            for group, heads in equity.heads:
                measured = list(measure_of(chooser, equity, group, period))
                where = f"{when}/{equity.key}/{group}"
                name = tables.names.get(group, group)
                if equity.floor is not None:
                    bound = equity.floor * heads
                    label = (
                        f"{equity.label}: {name} gets at least {bound:,.10g} {unit_of(tables, equity)} "
                        f"({equity.floor:g} per weighted head){f' in {when}' if equity.per_year else ''}"
                    )
                    yield _row(tables, equity, f"equity/{where}/floor", "equity_floor", year, measured,
                               (bound, np.inf), label, equity.soft)  # fmt: skip
                if least is not None:
                    yield _row(tables, equity, f"equity/{where}/least", "extreme", year,
                               [*measured, (least, -heads)], (0.0, np.inf), f"{equity.label}: least")  # fmt: skip
                if greatest is not None:
                    minus = [(j, -value) for j, value in measured]
                    yield _row(tables, equity, f"equity/{where}/greatest", "extreme", year,
                               [*minus, (greatest, heads)], (0.0, np.inf), f"{equity.label}: greatest")  # fmt: skip
            if equity.spread is not None and least is not None and greatest is not None:
                label = f"{equity.label}: groups lie at most {equity.spread:g} per weighted head apart ({when})"
                yield _row(tables, equity, f"equity/{when}/{equity.key}/spread", "equity_spread", year,
                           [(greatest, 1.0), (least, -1.0)], (-np.inf, equity.spread), label, equity.soft)  # fmt: skip


def measure_of(chooser: Chooser, equity: Equity, group: str, years: Sequence[int]) -> Iterator[tuple[int, float]]:
    """(column, weight) whose sum is the measure of one group."""
    tables, columns = chooser.tables, chooser.columns
    mine = np.array([getattr(line, equity.per) == group for line in tables.lines], dtype=np.bool_)
    match equity.measure:
        case "benefit":
            yield from benefit_entries(chooser, chooser.masks(equity.select)[0] & mine, years)
        case "spend":
            for k in chooser.spends(equity.select, years).tolist():
                if mine[columns.spend_line[k]]:
                    yield columns.spend.start + k, 1.0
        case "activity":
            for k in chooser.cases(equity.select, years).tolist():
                if mine[tables.activities.line[k]]:
                    yield columns.case.start + k, 1.0


def unit_of(tables: ProblemTables, equity: Equity) -> str:
    return {"benefit": tables.benefit_unit, "spend": "GBP"}.get(equity.measure, "cases")


def _row(
    tables: ProblemTables,
    equity: Equity,
    key: str,
    family: str,
    year: int | None,
    entries: Entries,
    bounds: tuple[float, float],
    label: str,
    soft: int | None = None,
) -> Row:
    columns, coefficients = summed(entries)
    unit = unit_of(tables, equity)
    return Row(
        key=key,
        family=family,
        limit=equity.key if family != "extreme" else "",
        year=year if year is not None and year != NO_YEAR else None,
        columns=columns,
        coefficients=coefficients,
        lower=bounds[0],
        upper=bounds[1],
        unit=f"{unit} per head" if family == "equity_spread" else unit,
        label=label,
        source=equity.source,
        statutory=equity.statutory,
        weight=equity.weight if family != "extreme" else 0.0,
        soft=soft,
        gbp_each=_gbp_each(tables, equity, spread=family == "equity_spread"),
    )


def _gbp_each(tables: ProblemTables, equity: Equity, *, spread: bool) -> float:
    """GBP that buy a unit: of benefit at the mean best slope; a pound or case per head once for each of the heads."""
    slopes = [line.slopes[0][0] for line in tables.lines if line.slopes[0][0] > 0]
    heads = sum(count for _, count in equity.heads) if spread else 1.0
    return heads * (len(slopes) / sum(slopes) if equity.measure == "benefit" and slopes else 1.0 * spread)
