"""The options appraisal's three tables as sheets. Pure."""

from concord_allocation.documents.workbook.plans import HALF_A_POUND, sentence_sheet
from concord_allocation.documents.workbook.rows import facts, table
from concord_allocation.documents.workbook.sheets import FIRST, Book
from concord_allocation.documents.writing import Value
from concord_allocation.questions.appraisal import RISK
from concord_contracts.allocation.questions.appraisal import Appraisal, OptionPosition, PayerPosition, StagePosition


def appraisal_sheets(book: Book, found: Appraisal) -> dict[str, Value]:
    """Adds the tables of an appraisal. Amounts are in GBP; the recommended option is the last one."""
    amounts = [name for name in PayerPosition.model_fields if name.endswith("_gbp")]
    payers = book.add(
        table(
            "1 Payers",
            "From outturn to baseline to the recommended option, over all years.",
            PayerPosition,
            found.payers,
            worked={"change_gbp": "{option_gbp}-{baseline_gbp}"},
            sums=amounts,
        ),
        keep=True,
    )
    words = "The recommended option by stage, over all years."
    stages = book.add(table("2 Stages", words, StagePosition, found.stages, sums=("gbp",)), keep=True)
    options = book.add(table("3 Options", "The three options side by side.", OptionPosition, found.options))
    if found.options:
        recommended = found.options[-1]
        book.checks.hold(f"payers of the {recommended.option} option", payers.sum("option_gbp"), recommended.cost_gbp)
        book.checks.hold(f"stages of the {recommended.option} option", stages.sum("gbp"), recommended.cost_gbp)
    for line, option in enumerate(found.options, FIRST):
        twentieth = f"{RISK}*{options.cell('cost_gbp', line)}"
        book.checks.hold(
            f"{RISK:.0%} of the cost, {option.option}", twentieth, option.risk_five_percent_gbp, HALF_A_POUND
        )
    book.add(sentence_sheet(found.sentences))
    return facts(found, without=("sentences", "markdown"))
