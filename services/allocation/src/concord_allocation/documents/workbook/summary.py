"""The first sheet: what the workbook is, the figures of the answer as a whole, and whether everything adds up. Pure."""

from collections.abc import Mapping

from concord_allocation.documents.workbook.sheets import FIRST, About, Checks, Sheet, is_pounds
from concord_allocation.documents.writing import Formula, Value

WORDS = "What was asked and what came out. Amounts that lines add up to are formulas over those lines."
COLUMNS = ("what", "value", "unit")


def summary(about: About, facts: Mapping[str, Value], checks: Checks) -> Sheet:
    """`facts`: by name; a formula stands for an amount that the other sheets add up to."""
    rows: list[list[Value]] = [
        ["title", about.title, None],
        ["service", about.service, None],
        ["as of", about.as_of or "the problem as it was sent", None],
    ]
    if about.known_at:
        rows.append(["known at", about.known_at, None])
    if checks.rows:
        last = FIRST + len(checks.rows) - 1
        rows.append(["everything adds up", Formula(f"=AND('Checks'!E{FIRST}:E{last})"), "see Checks"])
    rows += [[name, value, unit_of(name, about.benefit_unit)] for name, value in facts.items()]
    return Sheet("Summary", WORDS, COLUMNS, rows)


def unit_of(name: str, benefit_unit: str | None) -> str | None:
    """What a figure is counted in, by its name."""
    last = name.rpartition(".")[2]
    if is_pounds(last):
        return "GBP"
    if last in ("share", "sacrifice", "gap") or last.endswith("_share"):
        return "share of 1"
    if "benefit" in last and not last.endswith("unit"):
        return benefit_unit
    return "seconds" if last == "seconds" else None
