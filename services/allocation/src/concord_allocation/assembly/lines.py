"""Lines of the problem: what money is spent on, who must pay for it by law, what it costs and what it buys.

The statutory payer is the map's answer, with its citation. Where the law names nobody, the present payer is kept and
marked as an assumption: such a line exists, and somebody pays for it today.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from concord_allocation.assembly.bridges import bridge_for
from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.keys import line_key
from concord_allocation.assembly.provenance import assumed, provenance_of
from concord_allocation.assembly.world import World
from concord_allocation.reference.rows import CurveRow, LineRow
from concord_contracts.allocation import Curve, Line, Mode, Provenance, ReferencePayment, Segment
from concord_contracts.registry import Responsibility, Statutory

CURVE_BASE_GBP = 100_000
"""Curves are stated per GBP 100,000 of baseline (or per 100,000 people) and scaled to each line."""

REFERENCE_YEAR = "2013-14"
"""The year whose prices and activity the reference tables are in."""

NOBODY_NAMED = "no commissioner named nationally; present payer assumed"


class Responsible(NamedTuple):
    """Who must pay for a line, by which rule; `assumption` says why where no rule names anybody."""

    payer: str
    citation: str
    procedure_class: str
    assumption: str | None


def build_lines(world: World, faults: list[AssemblyFault]) -> list[Line]:
    """One line per chosen reference line; faults name lines that law and money give to different bodies."""
    return [line for row in world.lines if (line := _line(world, row, faults)) is not None]


def _line(world: World, row: LineRow, faults: list[AssemblyFault]) -> Line | None:
    present_payer = world.figures.purse_of[row.purse].owner
    responsible = _responsible(world, row, present_payer, faults)
    scale = _curve_scale(world, row, faults)
    if responsible is None:
        return None
    provenance = provenance_of(row)
    if responsible.assumption:
        provenance = assumed(provenance, responsible.assumption)
    modes = world.figures.modes_of.get((row.pathway, row.stage), ())
    return Line(
        key=line_key(row.line),
        name=f"{world.stage_names.get(row.stage, row.stage)}, {world.place_of[row.place].name}"[:300],
        place=row.place,
        pathway=row.pathway,
        stage=row.stage,
        population_basis=row.population_basis,
        statutory_payer=responsible.payer,
        citation=responsible.citation,
        procedure_class=responsible.procedure_class,
        reference=[
            ReferencePayment(
                purse=row.purse, gbp=row.baseline_gbp, built_from=bridge_for(world.bridge_of.get(row.line))
            )
        ],
        curve=curve_key(row) if scale else None,
        curve_scale=scale or 1.0,
        cost_factor=_cost_factors(world, row.stage),
        unit=modes[0].unit[:60] if modes else None,
        modes=[
            Mode(
                key=mode.mode,
                name=f"{mode.unit} ({mode.mode})"[:300],
                unit_cost_gbp=float(mode.unit_cost_gbp),
                provenance=provenance_of(mode, _price_year(mode.price_year)),
            )
            for mode in modes
        ],
        provenance=provenance,
    )


def _responsible(world: World, row: LineRow, present_payer: str, faults: list[AssemblyFault]) -> Responsible | None:
    cells = [cell for cell in world.cells(row) if cell.statutory is not None and cell.statutory.commissioners]
    payers = sorted({body.id for cell in cells for body in _statutory(cell).commissioners})
    if not payers:
        cited = [cell.statutory.citation.text for cell in world.cells(row) if cell.statutory is not None]
        why = f"{NOBODY_NAMED} ({'; '.join(cited) or 'no rule for this stage on the day'})"
        return Responsible(present_payer, why[:300], _procedure_class(world.cells(row)), why)
    if len(payers) > 1:
        where = ", ".join(sorted({cell.stage for cell in cells}))
        words = f"{row.line}: the map gives {where} to several bodies here ({', '.join(payers)}); a line has one payer"
        faults.append(AssemblyFault(None, "several-statutory-payers", words))
        return None
    citation = _statutory(cells[0]).citation
    text = citation.text if citation.verified else f"{citation.text} (from memory, source awaited)"
    return Responsible(payers[0], text[:300], _procedure_class(world.cells(row)), None)


def _statutory(cell: Responsibility) -> Statutory:
    if cell.statutory is None:
        raise AssertionError("only cells with a rule are asked")
    return cell.statutory


def _procedure_class(cells: Iterator[Responsibility]) -> str:
    """The class that keeps a line out of pools; where one line stands for several stages, any such class counts."""
    classes = sorted({cell.statutory.procedure_class for cell in cells if cell.statutory is not None} - {"none"})
    firm = [name for name in classes if name != "needs_legal_view"]
    return (firm or classes or ["none"])[0]


def _price_year(year: str | None) -> str:
    return f"prices of {year}" if year else ""


def _cost_factors(world: World, stage: str) -> dict[str, float]:
    """Year -> unit cost against the reference year: 1 at constant prices, the published tariff movements otherwise."""
    if world.request.price_basis == "constant":
        return {}
    sector = next((row.sector for row in world.figures.stage_prices if row.stage == stage), "none")
    changes = {row.year: row.change for row in world.figures.price_changes if row.sector == sector}
    factors: dict[str, float] = {}
    index = Decimal(1)
    for year in (year for year in world.years if year > REFERENCE_YEAR):
        index *= 1 + changes.get(year, Decimal(0))
        if index != 1:
            factors[year] = float(index)
    return factors


def curve_key(row: LineRow) -> str:
    """Curves belong to a pathway's stage, and lines without a baseline have one of their own sort."""
    return f"{row.pathway}.{row.stage}" + ("" if row.baseline_gbp else ".new")


def _curve_scale(world: World, row: LineRow, faults: list[AssemblyFault]) -> float | None:
    """How many times the base width a line's curve is; None where money on the line shows no measured benefit."""
    segments = world.figures.curve_of.get((row.pathway, row.stage), ())
    if row.baseline_gbp:
        return row.baseline_gbp / CURVE_BASE_GBP if any(s.width_share for s in segments) else None
    if not any(segment.width_per_100k_gbp for segment in segments):
        return None
    persons = _persons(world, row)
    if persons is None:
        words = f"{row.line}: no {row.population_basis} population of {row.place} is known, and its curve is per person"
        faults.append(AssemblyFault(None, "population-unknown", words))
        return None
    return persons / 100_000


def _persons(world: World, row: LineRow) -> int | None:
    basis = "registered" if row.population_basis == "provider" else row.population_basis
    figures = [figure for figure in world.place_of[row.place].populations if figure.basis == basis]
    return max(figures, key=lambda figure: figure.year).persons if figures else None


def build_curves(world: World, lines: Sequence[Line]) -> list[Curve]:
    """The curves that the lines name, once each."""
    used = {line.curve for line in lines if line.curve is not None}
    rows = {curve_key(row): row for row in world.lines if curve_key(row) in used}
    return [_curve(key, row, world) for key, row in sorted(rows.items())]


def _curve(key: str, row: LineRow, world: World) -> Curve:
    segments = world.figures.curve_of[(row.pathway, row.stage)]
    return Curve(
        key=key,
        segments=[
            Segment(
                width_gbp=_width(segment, with_baseline=bool(row.baseline_gbp)),
                slope=segment.slope_qaly_per_gbp,
                slope_low=_slope(segment.gbp_per_qaly_high),
                slope_high=_slope(segment.gbp_per_qaly_low),
            )
            for segment in segments
            if _width(segment, with_baseline=bool(row.baseline_gbp))
        ],
        provenance=_curve_provenance(segments),
    )


def _width(segment: CurveRow, *, with_baseline: bool) -> float | None:
    if with_baseline:
        return None if segment.width_share is None else segment.width_share * CURVE_BASE_GBP
    return segment.width_per_100k_gbp


def _slope(gbp_per_qaly: Decimal | None) -> float | None:
    return None if gbp_per_qaly is None else float(1 / gbp_per_qaly)


def _curve_provenance(segments: Sequence[CurveRow]) -> Provenance:
    """One provenance for the curve: an assumption if any segment is, graded as its segments are."""
    graded = sorted({segment.grade for segment in segments if segment.grade})
    weakest = next((segment for segment in segments if segment.basis == "assumption"), segments[0])
    told = [f"{s.label}: {_value(s)} ({s.rule}{', ' + s.evidence if s.evidence else ''})" for s in segments]
    return provenance_of(weakest, "; ".join(told), grade=", ".join(graded)).model_copy(
        update={"low": None, "high": None}
    )


def _value(segment: CurveRow) -> str:
    if segment.gbp_per_qaly is None:
        return "no benefit of its own"
    ranged = ""
    if segment.gbp_per_qaly_low is not None and segment.gbp_per_qaly_high is not None:
        ranged = f" [{segment.gbp_per_qaly_low:,}-{segment.gbp_per_qaly_high:,}]"
    return f"GBP {segment.gbp_per_qaly:,} per QALY{ranged}"
