"""How contracts of the map and baselines of the books entered a scenario, as sheets. Pure."""

from concord_allocation.documents.workbook.rows import table
from concord_allocation.documents.workbook.sheets import Book, Sheet
from concord_allocation.documents.writing import Value
from concord_contracts.allocation.assembly import Assembly, BaselineBuilt, ContractEntered

BRIDGE = (
    "{outturn_gbp}-{non_recurrent_gbp}+{full_year_effect_gbp}+{tariff_uplift_gbp}-{efficiency_gbp}+{growth_gbp}"
    "-{qipp_gbp}"
)
"""From outturn to baseline, in the order of the governing-body paper."""
ADDED_UP = {"added_up_gbp": BRIDGE, "agrees": "{added_up_gbp}={baseline_gbp}"}


def assembly_sheets(book: Book, found: Assembly | None) -> None:
    """Adds what a scenario asked for by `fill_in`, and what became of it; none: it asked for nothing."""
    if found is None:
        return
    words = "Contracts of the map: as what each entered the plan, or why it did not."
    book.add(table("Contracts entered", words, ContractEntered, found.contracts, without=("lines",)))
    rows: list[list[Value]] = [
        [one.record, one.version, line.line, line.payer, year, gbp, line.baseline_gbp]
        for one in found.contracts
        for line in one.lines
        for year, gbp in line.gbp.items()
    ]
    columns = ["record", "version", "line", "payer", "year", "gbp", "baseline_gbp"]
    book.add(Sheet("Contracts on lines", "What each contract comes to on a line in a year.", columns, rows))
    words = "Each payer's baselines that were built up from outturn, a year; before_gbp is what the figures had."
    amounts = [name for name in BaselineBuilt.model_fields if name.endswith("_gbp")]
    baselines = table("Baselines built", words, BaselineBuilt, found.baselines, worked=ADDED_UP, sums=amounts)
    hold_bridges(book, book.add(baselines))


def hold_bridges(book: Book, sheet: Sheet) -> None:
    """That the parts of each row come to its baseline."""
    if sheet.rows:
        wrong = f"COUNTIF({sheet.range('agrees')},FALSE)"
        book.checks.hold(f"{sheet.name.lower()}: rows whose parts do not come to it", wrong, 0)
