"""From a problem document to frozen tables: sorted by key, indices and shocks multiplied in, rights worked out."""

from collections.abc import Mapping, Sequence

from concord_allocation.core.faults import find_faults
from concord_allocation.core.faults_of_keys import Document
from concord_allocation.core.faults_of_tables import (
    refuse_payers_without_right,
    refuse_unknown_columns,
    refuse_unknown_rows,
)
from concord_allocation.core.parse_amounts import added, loosened_of, moved
from concord_allocation.core.parse_cells import activities_of, cells_of, contributions_of, orphans_of, reference_of
from concord_allocation.core.parse_parts import (
    assumed,
    parse_parts,
    price_indices,
    selection,
    soft_priority,
    source_of,
)
from concord_allocation.core.parts import Carry, Over
from concord_allocation.core.problem import (
    Contribution,
    Fund,
    InvalidProblem,
    Line,
    Mechanism,
    Mode,
    Payer,
    ProblemTables,
    Purse,
)
from concord_allocation.core.rules import Bar, Limit, Pace, Term
from concord_allocation.core.units import unit_of
from concord_allocation.core.variables import variables_of


def parse(document: Document) -> ProblemTables:
    """Tables of a document that has the shape of `concord_contracts.allocation.Problem` (all defaults filled in).

    Raises InvalidProblem with every contradiction found.
    """
    faults = find_faults(document)
    if faults:
        raise InvalidProblem(faults)
    years = tuple(year["key"] for year in document["years"])
    further = added(document, years, moved(document, years))
    purses = tuple(_purse(purse, years, further) for purse in _by_key(document["purses"]))
    indices = price_indices(document, years)
    dearer = {line["key"]: _dearer(document, line, years, indices) for line in document["lines"]}
    lines = _lines(document, dearer)
    mechanisms = tuple(_mechanism(mechanism, years) for mechanism in _by_key(document["mechanisms"]))
    funds = tuple(_fund(fund) for fund in _by_key(document["funds"]))
    bars = tuple(_bar(bar) for bar in _by_key(document["bars"]))
    reference = reference_of(document, years, lines, purses, funds)
    cells = cells_of(years, purses, lines, mechanisms, funds, bars, reference)
    contributions = contributions_of(cells, funds, purses, mechanisms)
    parts = parse_parts(document, years, indices, purses, lines, dearer)
    discount = _discount(document, years)
    more = variables_of(years, discount, purses, funds, lines, contributions, parts)
    tables = ProblemTables(
        title=document["title"],
        names=dict(document["names"]),
        years=years,
        discount=discount,
        benefit_unit=document["benefit_unit"],
        objectives=tuple(document["objectives"]),
        payers=tuple(Payer(p["key"], p["name"], p["kind"] or "") for p in _by_key(document["payers"])),
        purses=purses,
        lines=lines,
        mechanisms=mechanisms,
        funds=funds,
        limits=tuple(_limit(limit, years, unit_of(limit, document)) for limit in _by_key(document["limits"])),
        paces=tuple(_pace(pace, years, indices) for pace in _by_key(document["pace_of_change"])),
        bars=bars,
        cells=cells,
        contributions=contributions,
        activities=activities_of(years, lines),
        orphans=orphans_of(cells, reference),
        parts=parts,
        more=more,
        more_at={column.key: position for position, column in enumerate(more)},
        sacrifices={str(name): float(share) for name, share in document["sacrifices"].items()},
        loosened=loosened_of(document["loosened"]),
    )
    refuse_payers_without_right(document, tables)
    refuse_unknown_columns(document, tables)
    refuse_unknown_rows(document, tables)
    return tables


def _by_key(items: Sequence[Document]) -> list[Document]:
    return sorted(items, key=lambda item: str(item["key"]))


def _discount(document: Document, years: Sequence[str]) -> tuple[float, ...]:
    rate, base = document["discount_rate"], int(document["base_year"][:4])
    return tuple((1.0 + rate) ** -(int(year[:4]) - base) for year in years)


def _carry(rule: Document | None) -> Carry | None:
    if rule is None:
        return None
    return Carry(float(rule["at_most_share"]), float(rule["final_year_value"]), rule["source"])


def _over(rule: Document | None, years: Sequence[str]) -> Over | None:
    if rule is None:
        return None
    allowed = _positions(rule["years"], years)
    caps = tuple(rule["at_most_gbp"] if t in allowed else 0 for t in range(len(years)))
    return Over(caps, float(rule["penalty"]), rule["source"])


def _purse(purse: Document, years: Sequence[str], further: Mapping[tuple[str, int], int]) -> Purse:
    return Purse(
        key=purse["key"],
        name=purse["name"],
        owner=purse["owner"],
        office=purse["office"] or "",
        amount=tuple(
            int(purse["amount_gbp"].get(year, 0)) + further.get((purse["key"], t), 0) for t, year in enumerate(years)
        ),
        scope=selection(purse["scope"]),
        use=purse["use"],
        recurrent=purse["recurrent"],
        kind=purse["kind"],
        weight=purse["relaxation_weight"],
        only_non_recurrent=purse["only_non_recurrent"],
        carry=_carry(purse["carry"]),
        over=_over(purse["overspend"], years),
        assumed=assumed(purse["provenance"]),
        source=source_of(purse["provenance"]),
    )


def _dearer(
    document: Document, line: Document, years: Sequence[str], indices: Mapping[str, tuple[float, ...]]
) -> list[float]:
    """What prices on a line are multiplied with, by year: the year's index, the line's own, and price shocks."""
    own = indices.get(line["cost_index"] or "", (1.0,) * len(years))
    return [
        float(year["cost_index"]) * line["cost_factor"].get(year["key"], 1.0) * own[t]
        for t, year in enumerate(document["years"])
    ]


def _lines(document: Document, dearer: Mapping[str, Sequence[float]]) -> tuple[Line, ...]:
    curves = {curve["key"]: curve for curve in document["curves"]}
    years = [year["key"] for year in document["years"]]
    lines = _by_key(document["lines"])
    return tuple(_line(line, curves.get(line["curve"]), dearer[line["key"]], years) for line in lines)


def _line(line: Document, curve: Document | None, dearer: Sequence[float], years: Sequence[str]) -> Line:
    by_year = line["demand_by_year"]
    shapes = [_merged(curve, line["curve_scale"] * line["demand_factor"] * by_year.get(year, 1.0)) for year in years]
    return Line(
        key=line["key"],
        name=line["name"] or line["key"],
        place=line["place"],
        pathway=line["pathway"],
        stage=line["stage"],
        purpose=line["purpose"] or "",
        statutory_payer=line["statutory_payer"],
        citation=line["citation"],
        procedure_class=line["procedure_class"],
        use=line["use"],
        unit=line["unit"] or "",
        modes=tuple(
            Mode(
                m["key"],
                m["name"],
                tuple(m["unit_cost_gbp"] * d for d in dearer),
                assumed(m["provenance"]),
                m["benefit"],
            )
            for m in _by_key(line["modes"])
        ),
        fixed_cost=tuple(line["fixed_cost_gbp"] * d for d in dearer),
        widths=tuple(tuple(width * d for width, _ in shape) for shape, d in zip(shapes, dearer, strict=True)),
        slopes=tuple(tuple(slope / d for _, slope in shape) for shape, d in zip(shapes, dearer, strict=True)),
        assumed=assumed(line["provenance"]),
        curve_assumed=curve is not None and assumed(curve["provenance"]),
        non_recurrent=line["non_recurrent"],
        source=source_of(line["provenance"]),
    )


def _merged(curve: Document | None, scale: float) -> list[tuple[float, float]]:
    """(width GBP, slope) pairs, slopes strictly falling; the last has no end, so that floors stay feasible."""
    merged: list[tuple[float, float]] = []
    for segment in curve["segments"] if curve else ():
        width = float("inf") if segment["width_gbp"] is None else segment["width_gbp"] * scale
        if segment["slope"] <= 0:
            break
        if merged and merged[-1][1] == segment["slope"]:
            merged[-1] = (merged[-1][0] + width, merged[-1][1])
        else:
            merged.append((width, float(segment["slope"])))
    if not merged or merged[-1][0] != float("inf"):
        merged.append((float("inf"), 0.0))
    return merged


def _mechanism(mechanism: Document, years: Sequence[str]) -> Mechanism:
    return Mechanism(
        key=mechanism["key"],
        kind=str(mechanism["kind"]),
        payers=frozenset(mechanism["payers"]),
        lines=selection(mechanism["lines"]),
        years=tuple(mechanism["years"] is None or year in mechanism["years"] for year in years),
        excluded_classes=frozenset(mechanism["excluded_classes"]),
        citation=mechanism["citation"],
        leaving={payer: years.index(year) for payer, year in sorted(mechanism["leaving"].items())},
    )


def _fund(fund: Document) -> Fund:
    contributors = sorted(fund["contributors"], key=lambda contribution: str(contribution["purse"]))
    return Fund(
        key=fund["key"],
        name=fund["name"],
        mechanism=fund["mechanism"],
        contributors=tuple(Contribution(c["purse"], c["at_least_gbp"], c["at_most_gbp"]) for c in contributors),
        lines=selection(fund["lines"]),
        weight=fund["relaxation_weight"],
        carry=_carry(fund["carry"]),
        source=fund["source"],
    )


def _bar(bar: Document) -> Bar:
    return Bar(bar["key"], frozenset(bar["payers"]), selection(bar["lines"]), bar["reason"])


def _positions(chosen: Sequence[str] | None, years: Sequence[str]) -> tuple[int, ...]:
    return tuple(t for t, year in enumerate(years) if chosen is None or year in chosen)


def _limit(limit: Document, years: Sequence[str], unit: str) -> Limit:
    equal = limit["equal"]
    terms = [Term(selection(t["select"]), t["measure"], float(t["coefficient"]), t["column"]) for t in limit["terms"]]
    return Limit(
        key=limit["key"],
        label=limit["label"],
        terms=tuple(term for term in terms if term.coefficient),
        lower=limit["at_least"] if equal is None else equal,
        upper=limit["at_most"] if equal is None else equal,
        years=_positions(limit["years"], years),
        per_year=limit["per_year"] and any(term.column is None for term in terms),
        unit=unit,
        source=limit["source"],
        statutory=limit["statutory"],
        weight=limit["relaxation_weight"],
        soft=soft_priority(limit),
    )


def _pace(pace: Document, years: Sequence[str], indices: Mapping[str, tuple[float, ...]]) -> Pace:
    return Pace(
        key=pace["key"],
        label=pace["label"],
        select=selection(pace["select"]),
        per=pace["per"],
        up=pace["max_up"],
        down=pace["max_down"],
        new_at_most=pace["new_at_most_gbp"],
        years=_positions(pace["years"], years),
        source=pace["source"],
        statutory=pace["statutory"],
        weight=pace["relaxation_weight"],
        index=None if pace["deflator"] is None else indices[pace["deflator"]],
        soft=soft_priority(pace),
    )
