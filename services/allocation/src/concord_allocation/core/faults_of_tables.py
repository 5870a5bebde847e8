"""Contradictions that show only once rights and variables are worked out."""

import math
from collections.abc import Mapping
from dataclasses import replace

from concord_allocation.core.columns import lay_out
from concord_allocation.core.eligibility import matches, why_not
from concord_allocation.core.families import PRICED, Row, all_rows
from concord_allocation.core.faults_of_keys import Document
from concord_allocation.core.parse_parts import selection
from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables, Selection


def refuse_payers_without_right(document: Document, tables: ProblemTables) -> None:
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


def refuse_unknown_columns(document: Document, tables: ProblemTables) -> None:
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


def refuse_unknown_rows(document: Document, tables: ProblemTables) -> None:
    """What is loosened must be a bound of one of this problem's rows that somebody decided, and not law."""
    if not document["loosened"]:
        return
    columns = lay_out(tables)
    rows = {row.key: row for row in [*all_rows(replace(tables, loosened={}), columns), *all_rows(tables, columns)]}
    faults = []
    for index, entry in enumerate(document["loosened"]):
        found = _not_loosened(rows.get(entry["row"]), entry)
        if found is not None:
            part, kind, words = found
            faults.append(Fault(f"/loosened/{index}/{part}", kind, words))
    if faults:
        raise InvalidProblem(faults)


def _not_loosened(row: Row | None, entry: Document) -> tuple[str, str, str] | None:
    """(part, kind, words) of why this bound is not loosened; None where it may be."""
    if row is None:
        return "row", "unknown-key", f"this problem has no row {entry['row']!r}"
    if row.statutory:
        return "row", "statutory-limit", f"{row.label!r} is set by law ({row.source}); law is not loosened"
    if row.family not in PRICED or row.soft is not None:
        why = "it is soft and may be missed" if row.soft is not None else "it is arithmetic, nobody's decision"
        return "row", "not-loosened", f"{row.label!r} is not loosened: {why}"
    if not math.isfinite(row.lower if entry["side"] == "lower" else row.upper):
        return "side", "no-such-bound", f"{row.label!r} has no {entry['side']} bound"
    return None


def _wanted_payers(select: Selection, owner: Mapping[str, str]) -> frozenset[str] | None:
    """Payers that a selection names, by themselves or by their purses; None when it names none."""
    if select.payers is not None:
        return select.payers
    return None if select.purses is None else frozenset(owner[purse] for purse in select.purses)
