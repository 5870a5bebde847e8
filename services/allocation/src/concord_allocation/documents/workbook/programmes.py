"""The optimum of a plain programme, and a scenario that was solved again, as sheets. Pure."""

from concord_allocation.documents.workbook.rows import facts, table
from concord_allocation.documents.workbook.sheets import Book
from concord_allocation.documents.writing import Value
from concord_contracts.allocation.programme import ProgrammeAnswer, ProgrammeRow, ProgrammeVariable
from concord_contracts.allocation.scenarios import Reproduction


def programme_sheets(book: Book, found: ProgrammeAnswer) -> dict[str, Value]:
    """Variables and rows by name, in the programme's own units."""
    words = "Values in the programme's own units; reduced_cost: change of the objective per unit."
    book.add(table("Variables", words, ProgrammeVariable, found.variables))
    words = "Activities and bounds; price: change of the objective per unit more of the right-hand side."
    book.add(table("Rows", words, ProgrammeRow, found.rows))
    return facts(found)


def reproduction_sheets(_: Book, found: Reproduction) -> dict[str, Value]:
    """It has figures alone."""
    return facts(found)
