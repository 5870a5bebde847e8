"""Contradictions that show only once rights and variables are worked out."""

from collections.abc import Mapping

from concord_allocation.core.columns import lay_out
from concord_allocation.core.eligibility import matches, why_not
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


def _wanted_payers(select: Selection, owner: Mapping[str, str]) -> frozenset[str] | None:
    """Payers that a selection names, by themselves or by their purses; None when it names none."""
    if select.payers is not None:
        return select.payers
    return None if select.purses is None else frozenset(owner[purse] for purse in select.purses)
