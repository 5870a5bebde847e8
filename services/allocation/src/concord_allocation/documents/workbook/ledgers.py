"""What the later parts of a problem came to, as sheets of its plan: years, capacity, fairness, rules. Pure."""

from concord_allocation.documents.workbook.assemblies import ADDED_UP, hold_bridges
from concord_allocation.documents.workbook.rows import table
from concord_allocation.documents.workbook.sheets import Book
from concord_contracts.allocation.answers import ActivityRow, Answer, ContributionRow, Exit
from concord_contracts.allocation.ledger import (
    BridgeRow,
    CarryRow,
    ContractRow,
    DemandRow,
    EquityRow,
    OptionRow,
    ResourceRow,
    RuleRow,
    SavingRow,
    SoftMiss,
    TransferRow,
)


def ledger_sheets(book: Book, answer: Answer) -> None:
    """Parts of a problem that not every one has; a sheet without rows is left out."""
    book.add(
        table(
            "Contributions",
            "What each purse pays into each fund.",
            ContributionRow,
            answer.contributions,
            sums=("gbp",),
        )
    )
    book.add(
        table(
            "Carried money",
            "Pounds carried into the next year, kept in a fund, overspent or left outside. No total: one pound may be "
            "carried through several years.",
            CarryRow,
            answer.carried,
            instead={"fund": "direct"},
        )
    )
    book.add(
        table(
            "Resources",
            "Used and available of each resource in its own unit, and what was bought.",
            ResourceRow,
            answer.resources,
            worked={"left": "{supply}+{bought}-{used}"},
            sums=("bought_gbp",),
        )
    )
    book.add(table("Demands", "Patients who came, were treated, and wait.", DemandRow, answer.demands))
    book.add(
        table(
            "Options",
            "Indivisible options, chosen or not; cost over the plan, benefit discounted.",
            OptionRow,
            answer.options,
            sums=("cost_gbp", "benefit"),
        )
    )
    book.add(
        table(
            "Missed soft limits",
            "Soft limits that the plan misses, each in its own unit.",
            SoftMiss,
            answer.missed,
            sums=("weighted_gbp",),
        )
    )
    book.add(
        table("Equity", "What each group gets, in all and per weighted head.", EquityRow, answer.equity),
    )
    book.add(
        table(
            "Contracts",
            "What each contract commits whatever is bought, and what of it buys no case.",
            ContractRow,
            answer.contracts,
            sums=("value_gbp", "committed_gbp", "idle_gbp"),
        )
    )
    book.add(table("Savings", "Money that earlier spend frees.", SavingRow, answer.savings, sums=("gbp",)))
    book.add(table("Rules of the year", "What is held back, or waived.", RuleRow, answer.rules, sums=("gbp",)))
    book.add(table("Transfers", "Money moved between purses.", TransferRow, answer.transfers, sums=("gbp",)))
    parts = [name for name in BridgeRow.model_fields if name.endswith("_gbp")]
    words = "From outturn to baseline."
    hold_bridges(book, book.add(table("Baseline", words, BridgeRow, answer.bridges, worked=ADDED_UP, sums=parts)))
    book.add(table("Exits", "Non-recurrent money that ends.", Exit, answer.exits, sums=("gbp",)))
    book.add(table("Activity", "Cases by delivery mode, unrounded plan.", ActivityRow, answer.activity))
