"""A refusal as sheets: what conflicts, and the least that would let a plan exist. Pure."""

from concord_allocation.documents.workbook.rows import facts, plain, table
from concord_allocation.documents.workbook.sheets import Book, Sheet
from concord_allocation.documents.writing import Value
from concord_contracts.allocation.answers import ConflictMember, PayerLoosening, Refusal, Relaxation, Sentence
from concord_contracts.allocation.changes import Change

A_PENNY = 0.01


def refusal_sheets(book: Book, refusal: Refusal, prefix: str = "") -> dict[str, Value]:
    """Adds the sheets of a refusal; gives its figures for the summary."""
    words = "Things that cannot all hold; without any one of them the rest could."
    book.add(table("Conflict", words, ConflictMember, refusal.conflict))
    words = "The least that limits must give way, weighted, for a plan to exist; by in the limit's own unit."
    book.add(table("Least loosening", words, Relaxation, refusal.relaxation, sums=("by_gbp",)))
    payers = book.add(
        table(
            "Loosening by payer",
            "What the least loosening comes to for each payer; the last row is what is nobody's alone.",
            PayerLoosening,
            refusal.relaxation_by_payer,
            sums=("gbp", "weighted_gbp"),
        )
    )
    if payers.rows:
        book.checks.hold("weighted loosening", payers.sum("weighted_gbp"), refusal.relaxation_gbp, A_PENNY)
    book.add(changes_sheet(refusal.changes, "Changes proposed"))
    book.add(table("In words", "Sentences written from the numbers.", Sentence, refusal.sentences))
    return {f"{prefix}{name}": value for name, value in facts(refusal, without=("outcome",)).items()}


def changes_sheet(changes: list[Change] | None, name: str = "Changes") -> Sheet:
    """Changes as a what-if takes them, in order; each with its whole content as JSON."""
    rows: list[list[Value]] = [[number, one.kind, plain(one)] for number, one in enumerate(changes or [], 1)]
    return Sheet(name, "In the order they apply, as `concord what-if` takes them.", ["no", "kind", "change"], rows)
