"""Patients who must be seen: last year's demand as a floor on cases, or as demand that grows and may wait."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from concord_allocation.assembly.keys import joined_key, line_key
from concord_allocation.assembly.lines import REFERENCE_YEAR
from concord_allocation.assembly.provenance import cited
from concord_allocation.assembly.world import World
from concord_allocation.reference.rows import ActivityRow
from concord_contracts.allocation import Demand, Limit, Line, Measure, MetBy, Selection, Term
from concord_contracts.allocation.quantities import CaseSelection
from concord_contracts.allocation.scenarios import Waiting

CASES = Decimal("0.0001")
"""Cases are stated to four decimals."""


class _Due(NamedTuple):
    """Cases of the reference year that must be met on a line."""

    row: ActivityRow
    line: Line
    exact: Decimal

    @property
    def at_least(self) -> Decimal:
        """Never a fraction more than the baseline buys: last year's split keeps last year's demand."""
        return self.exact.quantize(CASES, ROUND_FLOOR)

    @property
    def at_most(self) -> Decimal:
        """Never a fraction less: nobody is treated who does not come, and last year's split treats all who did."""
        return self.exact.quantize(CASES, ROUND_CEILING)


def build_floors(world: World, lines: Sequence[Line]) -> list[Limit]:
    """cases(line, mode, year) >= cases of the reference year; none where patients may wait."""
    return [] if world.request.waiting else [_floor(due) for due in _due(world, lines)]


def build_demands(world: World, lines: Sequence[Line]) -> list[Demand]:
    """The same patients as demand, where they may wait."""
    waiting = world.request.waiting
    return [_demand(due, waiting, world.years) for due in _due(world, lines)] if waiting else []


def _due(world: World, lines: Sequence[Line]) -> Iterator[_Due]:
    by_key = {line.key: line for line in lines}
    for row in sorted(world.figures.activity, key=lambda row: row.row_key()):
        line = by_key.get(line_key(row.line))
        if line is not None and row.must_meet and (cases := _cases(world, row)) >= CASES:
            yield _Due(row, line, cases)


def _cases(world: World, row: ActivityRow) -> Decimal:
    """Cases of the reference year; those that follow the line are what its baseline bought."""
    line = world.row_of[row.line]
    modes = world.figures.modes_of.get((line.pathway, line.stage), ())
    price = next((mode.unit_cost_gbp for mode in modes if mode.mode == row.mode), None)
    if not row.follows_lines or price is None:
        return row.cases
    return line.baseline_gbp / price


def _floor(due: _Due) -> Limit:
    """Grows with the referrals."""
    row, line, cases = due.row, due.line, due.at_least
    return Limit(
        key=joined_key("demand", line.key, row.mode),
        label=f"{line.name}: last year's demand is met, {cases:,.1f} a year ({row.unit})",
        terms=[Term(select=Selection(lines=[line.key], modes=[row.mode]), measure=Measure.ACTIVITY)],
        at_least=float(cases),
        unit=row.unit[:60],
        source=cited(row),
        demand_driven=True,
    )


def _demand(due: _Due, waiting: Waiting, years: Sequence[str]) -> Demand:
    """patients[t] = cases of the reference year x (1 + growth)^(years since); who is not seen waits."""
    row, line, cases = due.row, due.line, due.at_most
    patients = {year: _grown(float(cases), waiting.growth_a_year, year) for year in years}
    share = waiting.backlog_at_most_share
    return Demand(
        key=joined_key("demand", line.key, row.mode),
        label=f"{line.name}: {cases:,.1f} patients in {REFERENCE_YEAR} ({row.unit}), "
        f"{waiting.growth_a_year:+.1%} a year; at least {waiting.minimum_share:.0%} are seen in the year",
        unit=row.unit[:60],
        cases=patients,
        met_by=[MetBy(select=CaseSelection(lines=[line.key], modes=[row.mode]))],
        waits=True,
        backlog_at_most={} if share is None else {year: round(share * n, 4) for year, n in patients.items()},
        minimum_share=waiting.minimum_share,
        demand_driven=True,
        source=f"{waiting.source}; cases: {cited(row)}"[:300],
    )


def _grown(cases: float, growth: float, year: str) -> float:
    return round(cases * (1 + growth) ** (int(year[:4]) - int(REFERENCE_YEAR[:4])), 4)
