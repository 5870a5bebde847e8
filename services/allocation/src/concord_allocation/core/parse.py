"""From a problem document to frozen tables: sorted by key, indices and shocks multiplied in, rights worked out."""

from collections.abc import Mapping, Sequence

import numpy as np

from concord_allocation.core.columns import lay_out
from concord_allocation.core.eligibility import matches, rights, why_not
from concord_allocation.core.faults import find_faults
from concord_allocation.core.faults_of_keys import Document
from concord_allocation.core.parse_amounts import moved
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
    DIRECT,
    Activities,
    Bar,
    Cells,
    Contribution,
    Contributions,
    Fault,
    Fund,
    InvalidProblem,
    Limit,
    Line,
    Mechanism,
    Mode,
    OrphanReference,
    Pace,
    Payer,
    ProblemTables,
    Purse,
    Selection,
    Term,
)
from concord_allocation.core.variables import variables_of


def parse(document: Document) -> ProblemTables:
    """Tables of a document that has the shape of `concord_contracts.allocation.Problem` (all defaults filled in).

    Raises InvalidProblem with every contradiction found.
    """
    faults = find_faults(document)
    if faults:
        raise InvalidProblem(faults)
    years = tuple(year["key"] for year in document["years"])
    transferred = moved(document, years)
    purses = tuple(_purse(purse, years, transferred) for purse in _by_key(document["purses"]))
    indices = price_indices(document, years)
    dearer = {line["key"]: _dearer(document, line, years, indices) for line in document["lines"]}
    lines = _lines(document, dearer)
    mechanisms = tuple(_mechanism(mechanism, years) for mechanism in _by_key(document["mechanisms"]))
    funds = tuple(_fund(fund) for fund in _by_key(document["funds"]))
    bars = tuple(_bar(bar) for bar in _by_key(document["bars"]))
    reference = _reference(document, years, lines, purses, funds)
    cells = _cells(years, purses, lines, mechanisms, funds, bars, reference)
    contributions = _contributions(cells, funds, purses, mechanisms)
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
        limits=tuple(_limit(limit, years) for limit in _by_key(document["limits"])),
        paces=tuple(_pace(pace, years, indices) for pace in _by_key(document["pace_of_change"])),
        bars=bars,
        cells=cells,
        contributions=contributions,
        activities=_activities(years, lines),
        orphans=_orphans(cells, reference),
        parts=parts,
        more=more,
        more_at={column.key: position for position, column in enumerate(more)},
        sacrifices={str(name): float(share) for name, share in document["sacrifices"].items()},
    )
    _refuse_payers_without_right(document, tables)
    _refuse_unknown_columns(document, tables)
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


def _purse(purse: Document, years: Sequence[str], transferred: Mapping[tuple[str, int], int]) -> Purse:
    return Purse(
        key=purse["key"],
        name=purse["name"],
        owner=purse["owner"],
        office=purse["office"] or "",
        amount=tuple(
            int(purse["amount_gbp"].get(year, 0)) + transferred.get((purse["key"], t), 0)
            for t, year in enumerate(years)
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
    return tuple(_line(line, curves.get(line["curve"]), dearer[line["key"]]) for line in _by_key(document["lines"]))


def _line(line: Document, curve: Document | None, dearer: Sequence[float]) -> Line:
    shape = _merged(curve, line["curve_scale"] * line["demand_factor"])
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
            Mode(m["key"], m["name"], tuple(m["unit_cost_gbp"] * d for d in dearer), assumed(m["provenance"]))
            for m in _by_key(line["modes"])
        ),
        fixed_cost=tuple(line["fixed_cost_gbp"] * d for d in dearer),
        widths=tuple(tuple(width * d for width, _ in shape) for d in dearer),
        slopes=tuple(tuple(slope / d for _, slope in shape) for d in dearer),
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


def _limit(limit: Document, years: Sequence[str]) -> Limit:
    equal = limit["equal"]
    terms = [Term(selection(t["select"]), t["measure"], float(t["coefficient"]), t["column"]) for t in limit["terms"]]
    return Limit(
        key=limit["key"],
        label=limit["label"],
        terms=tuple(term for term in terms if term.coefficient),
        lower=limit["at_least"] if equal is None else equal,
        upper=limit["at_most"] if equal is None else equal,
        years=_positions(limit["years"], years),
        per_year=limit["per_year"],
        unit=limit["unit"],
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


type Place = tuple[int, int, int, int]


def _reference(
    document: Document,
    years: Sequence[str],
    lines: Sequence[Line],
    purses: Sequence[Purse],
    funds: Sequence[Fund],
) -> dict[Place, int]:
    """GBP of the reference split by (year, line, purse, fund)."""
    line_at = {line.key: i for i, line in enumerate(lines)}
    purse_at = {purse.key: i for i, purse in enumerate(purses)}
    fund_at = {None: DIRECT} | {fund.key: i for i, fund in enumerate(funds)}
    return {
        (t, line_at[line["key"]], purse_at[payment["purse"]], fund_at[payment["fund"]]): payment["gbp"]
        for line in document["lines"]
        for payment in line["reference"]
        for t, year in enumerate(years)
        if payment["year"] in (None, year)
    }


def _cells(
    years: Sequence[str],
    purses: Sequence[Purse],
    lines: Sequence[Line],
    mechanisms: Sequence[Mechanism],
    funds: Sequence[Fund],
    bars: Sequence[Bar],
    reference: Mapping[Place, int],
) -> Cells:
    found = rights(len(years), purses, lines, mechanisms, funds, bars)
    places = np.array([right[:4] for right in found], dtype=np.int64).reshape(-1, 4)
    return Cells(
        year=places[:, 0],
        line=places[:, 1],
        purse=places[:, 2],
        fund=places[:, 3],
        reference=np.array([reference.get(right[:4], 0) for right in found], dtype=np.int64),
        because=tuple(right.because for right in found),
    )


def _orphans(cells: Cells, reference: Mapping[Place, int]) -> tuple[OrphanReference, ...]:
    payable = set(zip(*(a.tolist() for a in (cells.year, cells.line, cells.purse, cells.fund)), strict=True))
    return tuple(
        OrphanReference(*place, gbp) for place, gbp in sorted(reference.items()) if gbp and place not in payable
    )


def _contributions(
    cells: Cells, funds: Sequence[Fund], purses: Sequence[Purse], mechanisms: Sequence[Mechanism]
) -> Contributions:
    """One row per (year, fund, purse) that reaches a line, and per promised minimum even where it reaches none."""
    purse_at = {purse.key: i for i, purse in enumerate(purses)}
    in_force = {mechanism.key: mechanism.years for mechanism in mechanisms}
    terms = {(m, purse_at[c.purse]): c for m, fund in enumerate(funds) for c in fund.contributors}
    pooled = cells.fund != DIRECT
    places = set(zip(*(a[pooled].tolist() for a in (cells.year, cells.fund, cells.purse)), strict=True))
    for (fund, purse), contribution in terms.items():
        if contribution.at_least > 0:
            places |= {(t, fund, purse) for t, valid in enumerate(in_force[funds[fund].mechanism]) if valid}
    ordered = sorted(places)
    return Contributions(
        year=np.array([p[0] for p in ordered], dtype=np.int64),
        fund=np.array([p[1] for p in ordered], dtype=np.int64),
        purse=np.array([p[2] for p in ordered], dtype=np.int64),
        at_least=np.array([terms[p[1:]].at_least for p in ordered], dtype=np.float64),
        at_most=np.array([_or_infinity(terms[p[1:]].at_most) for p in ordered], dtype=np.float64),
    )


def _or_infinity(bound: int | None) -> float:
    return float("inf") if bound is None else float(bound)


def _activities(years: Sequence[str], lines: Sequence[Line]) -> Activities:
    places = [(t, i, d) for t in range(len(years)) for i, line in enumerate(lines) for d in range(len(line.modes))]
    return Activities(
        year=np.array([p[0] for p in places], dtype=np.int64),
        line=np.array([p[1] for p in places], dtype=np.int64),
        mode=np.array([p[2] for p in places], dtype=np.int64),
        unit_cost=np.array([lines[i].modes[d].unit_cost[t] for t, i, d in places], dtype=np.float64),
    )


def _refuse_payers_without_right(document: Document, tables: ProblemTables) -> None:
    """A limit that demands money of named payers on lines none of them may pay for is a mistake, not a plan."""
    owner = {purse.key: purse.owner for purse in tables.purses}
    paying = {
        (owner[tables.purses[p].key], i)
        for p, i in zip(tables.cells.purse.tolist(), tables.cells.line.tolist(), strict=True)
    }
    faults = []
    for index, limit in enumerate(document["limits"]):
        if max(limit["at_least"] or 0, limit["equal"] or 0) <= 0:
            continue
        for place, term in enumerate(limit["terms"]):
            select = selection(term["select"])
            wanted = _wanted_payers(select, owner)
            if term["measure"] not in ("spend", "direct_spend") or wanted is None or term["coefficient"] <= 0:
                continue
            chosen = [i for i, line in enumerate(tables.lines) if matches(select, line)]
            if chosen and not any((payer, i) in paying for payer in wanted for i in chosen):
                reason = why_not(min(wanted), tables.lines[chosen[0]], tables.bars)
                faults.append(Fault(f"/limits/{index}/terms/{place}/select", "payer-not-eligible", reason))
    if faults:
        raise InvalidProblem(faults)


def _refuse_unknown_columns(document: Document, tables: ProblemTables) -> None:
    """A variable named by its key must be one of this problem's."""
    named = [
        (f"/limits/{index}/terms/{place}/column", term["column"])
        for index, limit in enumerate(document["limits"])
        for place, term in enumerate(limit["terms"])
        if term["column"] is not None
    ]
    known = set(lay_out(tables).keys) if named else set()
    faults = [
        Fault(pointer, "unknown-key", f"this problem has no variable {key!r}: nobody may pay it, or no part brings it")
        for pointer, key in named
        if key not in known
    ]
    if faults:
        raise InvalidProblem(faults)


def _wanted_payers(select: Selection, owner: Mapping[str, str]) -> frozenset[str] | None:
    """Payers that a selection names, by themselves or by their purses; None when it names none."""
    if select.payers is not None:
        return select.payers
    return None if select.purses is None else frozenset(owner[purse] for purse in select.purses)
