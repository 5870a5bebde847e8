"""What a problem is assembled from, gathered and frozen: nothing here asks anybody anything.

The map and the agreements are the contract models as the other services answered them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from concord_allocation.reference.rows import (
    ActivityRow,
    CurveRow,
    LineRow,
    LinkRow,
    PayerRow,
    PlanningRuleRow,
    PriceChangeRow,
    PurseAmountRow,
    PurseRow,
    StagePriceRow,
    UnitCostRow,
)
from concord_contracts.agreements import Mechanism
from concord_contracts.allocation.scenarios import ScenarioRequest
from concord_contracts.registry import PlaceView, Responsibility


@dataclass(frozen=True)
class Figures:
    """One edition of the reference tables, indexed once."""

    payers: Sequence[PayerRow] = ()
    purses: Sequence[PurseRow] = ()
    purse_amounts: Sequence[PurseAmountRow] = ()
    lines: Sequence[LineRow] = ()
    curves: Sequence[CurveRow] = ()
    unit_costs: Sequence[UnitCostRow] = ()
    activity: Sequence[ActivityRow] = ()
    links: Sequence[LinkRow] = ()
    price_changes: Sequence[PriceChangeRow] = ()
    stage_prices: Sequence[StagePriceRow] = ()
    planning_rules: Sequence[PlanningRuleRow] = ()

    @cached_property
    def amount_of(self) -> Mapping[tuple[str, str], PurseAmountRow]:
        """(purse, year) -> its amount."""
        return {(row.purse, row.year): row for row in self.purse_amounts}

    @cached_property
    def baseline_of_purse(self) -> Mapping[str, int]:
        """Purse -> GBP of baseline that it pays over all places and pathways."""
        totals: dict[str, int] = {}
        for line in self.lines:
            totals[line.purse] = totals.get(line.purse, 0) + line.baseline_gbp
        return totals

    @cached_property
    def curve_of(self) -> Mapping[tuple[str, str], Sequence[CurveRow]]:
        """(pathway, stage) -> its segments in order of use."""
        found: dict[tuple[str, str], list[CurveRow]] = {}
        for row in sorted(self.curves, key=lambda row: row.segment):
            found.setdefault((row.pathway, row.stage), []).append(row)
        return found

    @cached_property
    def modes_of(self) -> Mapping[tuple[str, str], Sequence[UnitCostRow]]:
        """(pathway, stage) -> its delivery modes."""
        found: dict[tuple[str, str], list[UnitCostRow]] = {}
        for row in self.unit_costs:
            found.setdefault((row.pathway, row.stage), []).append(row)
        return found

    @cached_property
    def purse_of(self) -> Mapping[str, PurseRow]:
        return {row.purse: row for row in self.purses}


@dataclass(frozen=True)
class World:
    """Everything one assembly knows.

    `places`: every place asked for and every place below it. `mechanisms`: planning year -> those in force in it.
    `stage_names`: allocation stage -> its name in words.
    """

    request: ScenarioRequest
    figures: Figures
    places: Sequence[PlaceView]
    responsibilities: Sequence[Responsibility]
    mechanisms: Mapping[str, Sequence[Mechanism]] = field(default_factory=dict)
    stage_names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def place_of(self) -> Mapping[str, PlaceView]:
        return {place.key: place for place in self.places}

    @cached_property
    def lines(self) -> Sequence[LineRow]:
        """The chosen lines in the order of their keys."""
        chosen = (
            line for line in self.figures.lines if line.place in self.place_of and line.pathway in self.request.pathways
        )
        return sorted(chosen, key=lambda line: line.line)

    def cells(self, line: LineRow) -> Iterator[Responsibility]:
        """The map's cells that are planned as this line: one stage of the money may stand for several of the map."""
        yield from self.cells_by_line.get((line.place, line.pathway, line.stage), ())

    @cached_property
    def cells_by_line(self) -> Mapping[tuple[str, str, str], Sequence[Responsibility]]:
        found: dict[tuple[str, str, str], list[Responsibility]] = {}
        for cell in self.responsibilities:
            if cell.allocation_stage is not None:
                found.setdefault((cell.place, cell.pathway, cell.allocation_stage), []).append(cell)
        return found

    @cached_property
    def body_names(self) -> Mapping[str, str]:
        """Body -> its name on the day, for every body that the map names."""
        named = (
            body
            for cell in self.responsibilities
            if cell.statutory is not None
            for body in (*cell.statutory.commissioners, *((cell.statutory.office,) if cell.statutory.office else ()))
        )
        return {body.id: body.name for body in named}

    @cached_property
    def years(self) -> Sequence[str]:
        return self.request.years
