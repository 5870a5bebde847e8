"""Differences, what-ifs and kept scenarios as sheets. Pure."""

from concord_allocation.documents.workbook.assemblies import assembly_sheets
from concord_allocation.documents.workbook.plans import TOLERANCE, plan_sheets
from concord_allocation.documents.workbook.refusals import changes_sheet, refusal_sheets
from concord_allocation.documents.workbook.rows import facts, table
from concord_allocation.documents.workbook.sheets import Book, Sheet
from concord_allocation.documents.writing import Value
from concord_contracts.allocation import ProblemWhatIf, Scenario, WhatIfResult
from concord_contracts.allocation.answers import (
    Answer,
    Dependency,
    Difference,
    DifferenceRow,
    LimitName,
    Outcome,
    PriceChange,
    Sentence,
)
from concord_contracts.allocation.citations import CitedBy

VIEWS = ("payers", "purses", "stages", "lines")


def outcome_sheets(book: Book, outcome: Outcome, prefix: str = "") -> dict[str, Value]:
    """Those of a plan or of a refusal."""
    if isinstance(outcome, Answer):
        return plan_sheets(book, outcome, prefix)
    return refusal_sheets(book, outcome, prefix)


def difference_sheets(book: Book, found: Difference | None, prefix: str = "") -> dict[str, Value]:
    """Adds the sheets of a difference, after minus before; gives its figures for the summary. None: there is none."""
    if found is None:
        return {}
    views = {view: book.add(_view(view, getattr(found, view))) for view in VIEWS}
    for sheet in views.values():
        if sheet.rows:
            book.checks.hold(f"{sheet.name.lower()}: the change", sheet.sum("change_gbp"), found.spend_change_gbp)
    limits = [("binds now", one) for one in found.binding_added]
    limits += [("binds no more", one) for one in found.binding_removed]
    book.add(
        table(
            "Limits changed",
            "Limits that hold the plan back only before or only after.",
            LimitName,
            [one for _, one in limits],
            before={"what": [what for what, _ in limits]},
        )
    )
    words = "Prices of limits before and after, in benefit per unit of the limit."
    book.add(table("Prices changed", words, PriceChange, found.prices_changed))
    book.add(table("Changed in words", "Sentences written from the numbers.", Sentence, found.sentences))
    named = {f"{prefix}{name}": value for name, value in facts(found).items()}
    moved = f"{found.benefit_after!r}-{found.benefit_before!r}"
    book.checks.hold("benefit after less before", moved, found.benefit_change, TOLERANCE)
    return named


def _view(view: str, rows: list[DifferenceRow]) -> Sheet:
    return table(
        f"Change by {view.removesuffix('s')}",
        "Pounds before and after, by year; what does not differ is left out.",
        DifferenceRow,
        rows,
        worked={"change_gbp": "{after_gbp}-{before_gbp}"},
        sums=("before_gbp", "after_gbp", "change_gbp"),
    )


def scenario_sheets(book: Book, scenario: Scenario) -> dict[str, Value]:
    """A kept scenario: what it was built from, what cites it, its answer. Its problem is a file of its own.

    Title and moments stand at the head of the summary.
    """
    named = facts(scenario, without=("title", "as_of", "known_at", "problem", "outcome", "changes"))
    figures = outcome_sheets(book, scenario.outcome, "answer.")
    if scenario.changes:
        book.add(changes_sheet(scenario.changes))
    assembly_sheets(book, scenario.assembly)
    words = "What other services knew when the problem was built."
    book.add(table("Built from", words, Dependency, scenario.dependencies))
    book.add(table("Cited by", "Agreements whose text rests on this answer.", CitedBy, scenario.cited_by))
    return named | figures


def what_if_sheets(book: Book, result: WhatIfResult) -> dict[str, Value]:
    changed = difference_sheets(book, result.difference, "difference.")
    return {"base": result.base} | changed | scenario_sheets(book, result.scenario)


def problem_what_if_sheets(book: Book, result: ProblemWhatIf) -> dict[str, Value]:
    """Of a problem that is not kept; the changed problem is a file of its own."""
    named = facts(result, without=("problem", "outcome", "difference"))
    changed = difference_sheets(book, result.difference, "difference.")
    return named | changed | outcome_sheets(book, result.outcome, "answer.")
