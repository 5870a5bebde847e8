"""What a problem is assembled from, gathered and frozen: nothing here asks anybody anything.

The map and the agreements are the contract models as the other services answered them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from concord_allocation.reference.rows import (
    ActivityRow,
    CurveRow,
    LineRow,
    LinkRow,
    PlanningRuleRow,
    PriceChangeRow,
    PurseAmountRow,
    PurseRow,
    StagePriceRow,
    UnitCostRow,
)
from concord_allocation.reference.rows_for_plans import BridgeRow, BusinessRuleRow, DeflatorRow, NeedWeightRow
from concord_contracts.agreements import Mechanism
from concord_contracts.allocation.scenarios import FilledIn, ScenarioRequest
from concord_contracts.registry import ContractView, PlaceView, Responsibility


@dataclass(frozen=True)
class Figures:
    """The reference figures that an assembly needs, indexed once.

    `paid`: (purse, pathway) -> GBP of baseline that the purse pays in all places, chosen or not; None: its `lines` are
    all that it pays for.
    """

    purses: Sequence[PurseRow] = ()
    purse_amounts: Sequence[PurseAmountRow] = ()
    lines: Sequence[LineRow] = ()
    curves: Sequence[CurveRow] = ()
    unit_costs: Sequence[UnitCostRow] = ()
    activity: Sequence[ActivityRow] = ()
    baseline_bridges: Sequence[BridgeRow] = ()
    links: Sequence[LinkRow] = ()
    price_changes: Sequence[PriceChangeRow] = ()
    stage_prices: Sequence[StagePriceRow] = ()
    planning_rules: Sequence[PlanningRuleRow] = ()
    deflators: Sequence[DeflatorRow] = ()
    need_weights: Sequence[NeedWeightRow] = ()
    need_weights_cancer: Sequence[NeedWeightRow] = ()
    business_rules: Sequence[BusinessRuleRow] = ()
    paid: Mapping[tuple[str, str], int] | None = None

    @cached_property
    def amounts_of(self) -> Mapping[tuple[str, str], Mapping[str, PurseAmountRow]]:
        """(purse, year) -> pathway (`*`: all together) -> its amount."""
        found: dict[tuple[str, str], dict[str, PurseAmountRow]] = {}
        for row in self.purse_amounts:
            found.setdefault((row.purse, row.year), {})[row.pathway] = row
        return found

    @cached_property
    def paid_by(self) -> Mapping[str, Mapping[str, int]]:
        """Purse -> pathway -> GBP of baseline that it pays in all places."""
        return by_purse(_paid(self.lines) if self.paid is None else self.paid)

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


def built_up(line: LineRow, bridge: BridgeRow) -> LineRow:
    """The line with the baseline that was built up for it, resting on what that rests on."""
    rests = {name: getattr(bridge, name) for name in ("basis", "source")}
    note = f"baseline of {bridge.year} built up from outturn" + (f"; {bridge.note}" if bridge.note else "")
    told = {"baseline_gbp": bridge.baseline_gbp, "kind_of_money": "outturn", "low": None, "high": None, "note": note}
    return line.model_copy(update=rests | told)


def _paid(lines: Iterable[LineRow]) -> Mapping[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line.purse, line.pathway
        totals[key] = totals.get(key, 0) + line.baseline_gbp
    return totals


def by_purse(paid: Mapping[tuple[str, str], int]) -> Mapping[str, Mapping[str, int]]:
    """(purse, pathway) -> GBP as purse -> pathway -> GBP."""
    found: dict[str, dict[str, int]] = {}
    for (purse, pathway), gbp in paid.items():
        found.setdefault(purse, {})[pathway] = gbp
    return found


@dataclass(frozen=True)
class World:
    """Everything one assembly knows.

    `places`: every place asked for and every place below it. `mechanisms`: planning year -> those in force in it.
    `stage_names`: allocation stage -> its name in words. `elsewhere`: place -> the one payer whose lines take part
    there: a council asked for has lines on the places of its overlaps with the areas it reaches into. `contracts`:
    those in force on a day of a planning year, where asked for; `above`: place -> every place that contains it.
    """

    request: ScenarioRequest
    figures: Figures
    places: Sequence[PlaceView]
    responsibilities: Sequence[Responsibility]
    mechanisms: Mapping[str, Sequence[Mechanism]] = field(default_factory=dict)
    stage_names: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    contracts: Sequence[ContractView] = ()
    above: Mapping[str, Collection[str]] = field(default_factory=dict)

    @cached_property
    def place_of(self) -> Mapping[str, PlaceView]:
        return {place.key: place for place in self.places}

    @cached_property
    def lines(self) -> Sequence[LineRow]:
        """The chosen lines in the order of their keys, with the baseline that was built up for them, if any."""
        bridges = self.bridge_of
        return [built_up(line, bridges[line.line]) if line.line in bridges else line for line in self.lines_before]

    @cached_property
    def bridge_of(self) -> Mapping[str, BridgeRow]:
        """Line -> how its baseline is built up, where asked for: the latest that is for no year after the first."""
        if "baseline" not in self.request.fill_in:
            return {}
        told = (row for row in self.figures.baseline_bridges if row.year <= self.years[0])
        return {row.line: row for row in sorted(told, key=lambda row: row.year)}

    @cached_property
    def lines_before(self) -> Sequence[LineRow]:
        """The chosen lines with the baseline that the figures have."""
        pathways = set(self.request.pathways)
        chosen = (
            line
            for line in self.figures.lines
            if line.place in self.place_of
            and line.pathway in pathways
            and self.elsewhere.get(line.place) in (None, self.figures.purse_of[line.purse].owner)
        )
        return sorted(chosen, key=lambda line: line.line)

    @cached_property
    def paid_here(self) -> Mapping[str, Mapping[str, int]]:
        """Purse -> pathway -> GBP of the chosen lines' baseline that it pays."""
        return by_purse(_paid(self.lines))

    @cached_property
    def paid_before(self) -> Mapping[str, Mapping[str, int]]:
        """The same of the baseline that the figures have: what a purse's share of all its lines is counted by."""
        return by_purse(_paid(self.lines_before))

    @cached_property
    def row_of(self) -> Mapping[str, LineRow]:
        """Line -> its row."""
        return {line.line: line for line in self.lines}

    def cells(self, line: LineRow) -> Iterator[Responsibility]:
        """The map's cells that are planned as this line: one stage of the money may stand for several of the map."""
        yield from self.cells_by_line.get((line.place, line.pathway, line.stage), ())

    def places_inside(self, place: str) -> set[str]:
        """The place and every chosen place declared below it."""
        inside, front = {place}, [place]
        while front:
            front = [child for above in front for child in self.children_of.get(above, ()) if child not in inside]
            inside.update(front)
        return inside

    @cached_property
    def children_of(self) -> Mapping[str, Sequence[str]]:
        """Place -> the chosen places declared directly below it."""
        found: dict[str, list[str]] = {}
        for key, view in self.place_of.items():
            for parent in view.parents:
                found.setdefault(parent, []).append(key)
        return found

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

    @property
    def need_weights(self) -> Sequence[NeedWeightRow]:
        """England's: lung has weights of its own; plans for several pathways take those of all cancers."""
        lung = set(self.request.pathways) == {"lung"}
        return self.figures.need_weights if lung else self.figures.need_weights_cancer

    def filling(self, part: FilledIn) -> str:
        """Where the request asks for a part to be filled in (JSON pointer)."""
        return f"/fill_in/{self.request.fill_in.index(part)}"

    @cached_property
    def years(self) -> Sequence[str]:
        return self.request.years
