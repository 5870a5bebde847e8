"""A plan as sheets: its payments, the same pounds seen six ways, and everything else that an answer says. Pure."""

from concord_allocation.documents.workbook.ledgers import ledger_sheets
from concord_allocation.documents.workbook.rows import facts, table
from concord_allocation.documents.workbook.sheets import Book, Sheet
from concord_allocation.documents.writing import Formula, Value
from concord_contracts.allocation.answers import (
    Answer,
    AssumptionPart,
    BindingLimit,
    Candidate,
    Cell,
    LineRow,
    ObjectiveResult,
    PayerTie,
    RingFence,
    Sentence,
    SplitRow,
    Violation,
)

VIEWS = ("payer", "purse", "pathway", "stage", "place", "year")
HOLDING = ("payer", "purse", "year")
"""Views that say what is available."""
NAMED = ("payer", "purse", "stage", "place")
CHANGE = {"change_gbp": "{gbp}-{reference_gbp}"}
TOLERANCE = 0.001
"""Benefit units: two sums of benefit that differ by less are the same."""
HALF_A_POUND = 0.5


def plan_sheets(book: Book, answer: Answer, prefix: str = "") -> dict[str, Value]:
    """Adds the sheets of a plan; gives its figures for the summary. `prefix`: what the names of its figures begin with.

    Formulas stand for what the sheets add up to.
    """
    payments = book.add(
        table(
            "Payments",
            "Pounds of each purse on each line in each year, directly or through a fund. Everything adds these up.",
            Cell,
            answer.cells,
            beside=_names(answer),
            worked=CHANGE,
            sums=("gbp", "reference_gbp", "change_gbp"),
            instead={"fund": "direct"},
        ),
        keep=True,
    )
    views = {view: book.add(_view(view, getattr(answer.splits, view), payments), keep=True) for view in VIEWS}
    lines = book.add(
        table(
            "Lines",
            "What each line has and brings. next_gbp, last_gbp: benefit of the next and of the last pound.",
            LineRow,
            answer.lines,
            beside=_names_of_lines(answer),
            sums=("gbp", "reference_gbp", "benefit"),
        ),
        keep=True,
    )
    _what_holds(book, answer)
    ledger_sheets(book, answer)
    _trust(book, answer)
    _hold(book, answer, payments, views, lines)
    return _figures(answer, prefix, payments, views, lines)


def _names(answer: Answer) -> dict[str, list[Value]]:
    """Columns with the names of what payments name by key, as the views have them."""
    named = {view: _named(answer, view) for view in NAMED}
    return {f"{view}_name": [named[view].get(getattr(cell, view)) for cell in answer.cells] for view in NAMED}


def _names_of_lines(answer: Answer) -> dict[str, list[Value]]:
    """Columns with the names of lines' stages and places; none for a line that no payment is about."""
    found: dict[str, list[Value]] = {}
    for view in ("stage", "place"):
        named = _named(answer, view)
        of = {cell.line: named.get(getattr(cell, view)) for cell in answer.cells}
        found[f"{view}_name"] = [of.get(row.line) for row in answer.lines]
    return found


def _named(answer: Answer, view: str) -> dict[str, str]:
    return {row.key: row.name for row in getattr(answer.splits, view)}


def _view(view: str, rows: list[SplitRow], payments: Sheet) -> Sheet:
    """Pounds and last year's pounds are added up from the payments; what was answered stands beside them."""
    held = view in HOLDING or any(row.available_gbp is not None for row in rows)
    counted = any(row.benefit is not None for row in rows)

    def added(column: str) -> str:
        return payments.sum_where(column, **{"year": "{year}", view: "{key}"})

    return table(
        f"By {view}",
        f"The payments by {view} and year, added up from the sheet Payments.",
        SplitRow,
        rows,
        beside={"answered_gbp": [row.gbp for row in rows]},
        worked={"gbp": added("gbp"), "reference_gbp": added("reference_gbp")}
        | CHANGE
        | {"agrees": "{gbp}={answered_gbp}"},
        sums=("gbp", "reference_gbp", "change_gbp", "answered_gbp")
        + (("available_gbp",) if held else ())
        + (("benefit",) if counted else ()),
        without=(() if held else ("available_gbp",)) + (() if counted else ("benefit",)),
    )


def _what_holds(book: Book, answer: Answer) -> None:
    book.add(
        table(
            "What binds",
            "Limits that hold the plan back; prices in benefit per unit of the limit.",
            BindingLimit,
            answer.binding,
        )
    )
    book.add(
        table(
            "Ring-fences",
            "What each ring-fence costs at the margin, in benefit per GBP.",
            RingFence,
            answer.ring_fences,
        )
    )
    for name, found in (
        ("Candidate investments", answer.candidate_investments),
        ("Candidate releases", answer.candidate_releases),
    ):
        words = "What the next GBP 100,000 would buy." if "inv" in name else "What releasing GBP 100,000 would lose."
        book.add(table(name, words, Candidate, found, without=("lines",)))
    moved: list[list[Value]] = [
        [which, candidate.key, candidate.year, part.line, part.gbp]
        for which, found in (("invest", answer.candidate_investments), ("release", answer.candidate_releases))
        for candidate in found
        for part in candidate.lines
    ]
    columns = ["candidate", "key", "year", "line", "gbp"]
    book.add(Sheet("Candidates' lines", "Where a purse's money would go to or come from.", columns, moved))


def _trust(book: Book, answer: Answer) -> None:
    book.add(
        table(
            "Ties",
            "How far the tie-break decided each payer's bill, over all years.",
            PayerTie,
            answer.ties.payers,
        )
    )
    book.add(
        table(
            "Assumptions",
            "Pounds of the plan that rest on an assumption of each kind. Kinds overlap, so they do not add up.",
            AssumptionPart,
            answer.assumptions.parts,
        )
    )
    book.add(table("Objectives", "In the order they were sought.", ObjectiveResult, answer.objectives))
    found = [("violated", row) for row in answer.check.violations]
    found += [("missed by rounding", row) for row in answer.check.rounding_missed]
    book.add(
        table(
            "Independent check",
            "Limits that the independent check found missed.",
            Violation,
            [row for _, row in found],
            before={"what": [what for what, _ in found]},
        )
    )
    book.add(table("In words", "Sentences written from the numbers.", Sentence, answer.sentences))


def _hold(book: Book, answer: Answer, payments: Sheet, views: dict[str, Sheet], lines: Sheet) -> None:
    checks, totals = book.checks, answer.totals
    checks.hold("payments add up to the spend", payments.sum("gbp"), totals.spend_gbp)
    checks.hold("last year's payments add up to the reference", payments.sum("reference_gbp"), totals.reference_gbp)
    checks.hold("half of what moves", f"{payments.moved('change_gbp')}/2", totals.moved_gbp, HALF_A_POUND)
    for view, sheet in views.items():
        checks.hold(f"all of {sheet.name.lower()} is the spend", sheet.sum("gbp"), Formula(f"={payments.sum('gbp')}"))
        wrong = f"COUNTIF({sheet.range('agrees')},FALSE)"
        checks.hold(f"rows of {sheet.name.lower()} that differ from the answer", wrong, 0)
        if view in ("payer", "purse"):
            checks.hold(f"available, {sheet.name.lower()}", sheet.sum("available_gbp"), totals.available_gbp)
    held = views["purse"].sum("available_gbp")
    checks.hold("available less spend is unspent", f"{held}-{payments.sum('gbp')}", totals.unspent_gbp)
    checks.hold("lines add up to the spend", lines.sum("gbp"), Formula(f"={payments.sum('gbp')}"))
    checks.hold("lines' benefit", lines.sum("benefit"), totals.benefit, TOLERANCE)
    if totals.spend_gbp:
        checks.hold(
            "share resting on assumptions",
            f"{answer.assumptions.gbp}/{payments.sum('gbp')}",
            answer.assumptions.share,
            TOLERANCE,
        )


def _figures(answer: Answer, prefix: str, payments: Sheet, views: dict[str, Sheet], lines: Sheet) -> dict[str, Value]:
    held, spent = views["purse"].sum("available_gbp"), payments.sum("gbp")
    given = facts(answer, without=("outcome",)) | {
        "totals.spend_gbp": Formula(f"={spent}"),
        "totals.available_gbp": Formula(f"={held}"),
        "totals.unspent_gbp": Formula(f"={held}-{spent}"),
        "totals.reference_gbp": Formula(f"={payments.sum('reference_gbp')}"),
        "totals.benefit": Formula(f"={lines.sum('benefit')}"),
    }
    return {f"{prefix}{name}": value for name, value in given.items()}


def sentence_sheet(sentences: list[str]) -> Sheet:
    """Sentences that come without what they are about."""
    return Sheet("In words", "Sentences written from the numbers.", ["words"], [[words] for words in sentences])
