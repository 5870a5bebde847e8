"""Rows that users state: one generic family on any selection, and the pace of change."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from concord_allocation.core.families.rows import Chooser, Row, summed
from concord_allocation.core.problem import DIRECT, Floats, Ints, Mask, ProblemTables, Selection
from concord_allocation.core.rules import GroupName, Limit, Pace, Term


def limit_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """lower <= sum_k coefficient_k * measure_k(selection_k) <= upper, in each year alone or over the years.

    measure: sums of x and q (spend), of x (direct spend), of c (contribution), of x and c (burden), of a (activity), of
    discounted benefit, or of one block of later variables; or one named variable. Unit: the limit's own (GBP, cases,
    benefit). Source: the limit's own.
    """
    for limit in tables.limits:
        for years in [(t,) for t in limit.years] if limit.per_year else [limit.years]:
            columns, coefficients = _terms(limit.terms, years, chooser)
            when = tables.years[years[0]] if limit.per_year else "all"
            sides = (
                [("equal", limit.lower, limit.upper)]
                if limit.is_equality
                else [("at_least", limit.lower, None), ("at_most", None, limit.upper)]
            )
            for family, lower, upper in sides:
                if lower is None and upper is None:
                    continue
                yield Row(
                    key=f"limit/{when}/{limit.key}/{family}",
                    family=family,
                    limit=limit.key,
                    year=years[0] if limit.per_year else None,
                    columns=columns,
                    coefficients=coefficients,
                    lower=-np.inf if lower is None else lower,
                    upper=np.inf if upper is None else upper,
                    unit=limit.unit,
                    label=_limit_label(limit, when, several=len(tables.years) > 1),
                    source=limit.source,
                    statutory=limit.statutory,
                    weight=limit.weight,
                    soft=limit.soft,
                )


def _limit_label(limit: Limit, when: str, *, several: bool) -> str:
    if when != "all":
        return f"{limit.label} ({when})"
    return f"{limit.label} (over all years)" if several else limit.label


def _terms(terms: Sequence[Term], years: Sequence[int], chooser: Chooser) -> tuple[Ints, Floats]:
    """Columns and coefficients of a sum of terms; terms that meet in a column are added."""
    parts: list[tuple[Ints, Floats]] = []
    for term in terms:
        if term.measure in WEIGHTED or term.column is not None:
            columns, weights = summed(weighted(term, years, chooser))
            parts.append((columns, term.coefficient * weights))
            continue
        for found in _measured(term, years, chooser):
            parts.append((found, np.full(len(found), term.coefficient)))
    columns = np.concatenate([p[0] for p in parts]) if parts else np.zeros(0, dtype=np.int64)
    coefficients = np.concatenate([p[1] for p in parts]) if parts else np.zeros(0)
    unique, inverse = np.unique(columns, return_inverse=True)
    totals = np.bincount(inverse, weights=coefficients, minlength=len(unique)).astype(np.float64)
    keep = totals != 0
    return unique[keep].astype(np.int64), totals[keep]


WEIGHTED = frozenset({"benefit", "carry", "overspend", "outside", "extra", "waiting", "option"})
"""Measures of variables that the later parts bring, or that weigh their columns."""


def weighted(term: Term, years: Sequence[int], chooser: Chooser) -> Iterator[tuple[int, float]]:
    """(column, weight) that a term counts: discounted benefit, or the variables of one block."""
    tables, select = chooser.tables, term.select
    if term.column is not None:
        yield chooser.by_key[term.column], 1.0
        return
    lines, purses = chooser.masks(select)
    if term.measure == "benefit":
        yield from benefit_entries(chooser, lines, years)
        return
    for j, column in chooser.of_block(BLOCK_OF.get(term.measure, term.measure)):
        if column.year not in years:
            continue
        match column.block:
            case "carry" | "over" | "outside":
                chosen = bool(purses[column.of])
            case "extra":
                chosen = select.resources is None or tables.parts.resources[column.of].key in select.resources
            case "waiting":
                chosen = select.demands is None or tables.parts.demands[column.of].key in select.demands
            case _:
                option = tables.parts.options[column.of]
                chosen = (select.options is None or option.key in select.options) and bool(lines[option.line])
        if chosen:
            yield j, 1.0


BLOCK_OF = {"overspend": "over"}


def benefit_entries(chooser: Chooser, lines: Mask, years: Sequence[int]) -> Iterator[tuple[int, float]]:
    """(column, discounted benefit per unit) of the curves, cases and options of some lines in some years."""
    tables, columns = chooser.tables, chooser.columns
    keep = lines[columns.curve_line] & np.isin(columns.curve_year, years)
    for k in np.flatnonzero(keep).tolist():
        yield columns.curve.start + k, float(columns.curve_benefit[k])
    for j, column in chooser.of_block("worth"):
        if lines[column.of] and column.year in years:
            yield j, tables.discount[column.year]
    for j, column in chooser.of_block("option"):
        option = tables.parts.options[column.of]
        worth = option.benefit * sum(tables.discount[t] for t in years if t >= column.year)
        if lines[option.line] and worth:
            yield j, worth


def _measured(term: Term, years: Sequence[int], chooser: Chooser) -> list[Ints]:
    columns, select = chooser.columns, term.select
    match term.measure:
        case "spend" if _whole_lines(select):
            return [columns.spend.start + chooser.spends(select, years)]
        case "spend":
            return [columns.pay.start + chooser.payments(select, years)]
        case "direct_spend":
            return [columns.pay.start + chooser.payments(select, years, direct_only=True)]
        case "contribution":
            return [columns.put.start + chooser.contributions(select, years)]
        case "burden":
            return [
                columns.pay.start + chooser.payments(select, years, direct_only=True),
                columns.put.start + chooser.contributions(select, years),
            ]
        case _:
            return [columns.case.start + chooser.cases(select, years)]


def _whole_lines(select: Selection) -> bool:
    return select.payers is None and select.purses is None and select.funds is None


def pace_rows(tables: ProblemTables, chooser: Chooser) -> Iterator[Row]:
    """floor((1 - down) * r[t]) <= spend of the group <= ceil((1 + up) * r[t]), r[t] = reference * deflator[t].

    Spend is x and q of the payments selected; a group without reference spends at most `new_at_most`. Unit: GBP.
    Source: the pace's own.
    """
    for pace in tables.paces:
        said = _group_words(tables, pace.per)
        for t in pace.years:
            for name, columns, reference in _groups(tables, chooser, pace, t):
                lower, upper = pace.bounds(reference, t)
                for family, low, high, bound in (
                    ("pace_down", lower, np.inf, lower),
                    ("pace_up", -np.inf, upper, upper),
                ):
                    if np.isfinite(bound) and not (family == "pace_down" and bound <= 0):
                        words = "at least" if family == "pace_down" else "at most"
                        yield Row(
                            key=f"pace/{tables.years[t]}/{pace.key}/{name}/{family}",
                            family=family,
                            limit=pace.key,
                            year=t,
                            columns=columns,
                            coefficients=np.ones(len(columns)),
                            lower=low,
                            upper=high,
                            unit="GBP",
                            label=f"{pace.label}: {said.get(name, name)} {words} GBP {bound:,.0f} in {tables.years[t]}",
                            source=pace.source,
                            statutory=pace.statutory,
                            weight=pace.weight,
                            soft=pace.soft,
                        )


def _groups(tables: ProblemTables, chooser: Chooser, pace: Pace, t: int) -> list[tuple[str, Ints, int]]:
    """(name, columns, reference GBP) of each group; what nobody may pay any more still counts in the reference."""
    lines, purses = chooser.masks(pace.select)
    chosen = chooser.payments(pace.select, (t,))
    columns: dict[str, list[int]] = {}
    reference: dict[str, int] = {}
    for cell in chosen.tolist():
        name = _group_name(tables, pace.per, int(tables.cells.line[cell]), int(tables.cells.purse[cell]))
        columns.setdefault(name, []).append(chooser.columns.pay.start + cell)
        reference[name] = reference.get(name, 0) + int(tables.cells.reference[cell])
    for orphan in tables.orphans:
        through = orphan.fund != DIRECT and tables.funds[orphan.fund].key
        if (
            orphan.year == t
            and lines[orphan.line]
            and purses[orphan.purse]
            and (pace.select.funds is None or through in pace.select.funds)
        ):
            name = _group_name(tables, pace.per, orphan.line, orphan.purse)
            columns.setdefault(name, [])
            reference[name] = reference.get(name, 0) + orphan.gbp
    return [(name, np.array(found, dtype=np.int64), reference[name]) for name, found in sorted(columns.items())]


def _group_words(tables: ProblemTables, per: GroupName) -> Mapping[str, str]:
    """What people call the groups; a group without a name stands for itself."""
    match per:
        case "line":
            return {line.key: line.name for line in tables.lines}
        case "purse":
            return {purse.key: tables.name_of_purse(position) for position, purse in enumerate(tables.purses)}
        case "payer":
            return {payer.key: payer.name for payer in tables.payers}
        case "total":
            return {"total": "all together"}
    return tables.names


def _group_name(tables: ProblemTables, per: GroupName, line: int, purse: int) -> str:
    match per:
        case "line":
            return tables.lines[line].key
        case "purse":
            return tables.purses[purse].key
        case "payer":
            return tables.purses[purse].owner
        case "place":
            return tables.lines[line].place
        case "stage":
            return tables.lines[line].stage
        case "pathway":
            return tables.lines[line].pathway
        case "total":
            return "total"
