"""Answers to questions: what they say in words, then every list of rows as a table."""

from collections.abc import Sequence

from pydantic import BaseModel
from rich.console import Console

from concord_client.show.page import add, say, shortened, table
from concord_client.show.plans import show_refusal
from concord_client.show.question_tables import TABLES, show_table
from concord_contracts.allocation import Refusal
from concord_contracts.allocation.questions import QuestionAnswer
from concord_contracts.allocation.scenarios import Reproduction

ROWS = 25
SENTENCE = 300
CELL = 40
LEFT_OUT_OF_TABLES = frozenset({"changes", "payer", "line", "low_gbp"})
"""Lists that are meant for programs, and keys that stand beside their names."""
FOR_PROGRAMS = frozenset({"scenario", "digest", "answer_digest", "problem_digest", "benefit_unit"})
"""Fields of a row that a reader has beside the table, or no use for."""


def show_question(console: Console, found: QuestionAnswer | Refusal) -> None:
    """Sentences, tables, what was left out, the digest."""
    if isinstance(found, Refusal):
        show_refusal(console, found)
        return
    for sentence in found.sentences:
        say(console, shortened(sentence, SENTENCE))
    say(console)
    for name in type(found).model_fields:
        rows = getattr(found, name)
        if isinstance(rows, list) and rows and isinstance(rows[0], BaseModel) and name not in LEFT_OUT_OF_TABLES:
            if type(rows[0]) in TABLES:
                show_table(console, found, rows)
            else:
                show_rows(console, name.replace("_", " ").capitalize(), rows)
    for words in found.left_out:
        say(console, f"Left out: {words}.")
    say(console, f"digest {found.digest}, of the problem {found.problem_digest}", "dim")


def show_reproduction(console: Console, found: Reproduction) -> None:
    """Whether a scenario's answer came out again, and on what."""
    say(console, found.words, "bold")
    if found.benefit_difference:
        say(console, f"Benefit again minus stored: {found.benefit_difference:,.6g}")
    for what, versions in (("stored", found.stored_versions), ("now", found.versions)):
        say(console, f"Solved {what} with {', '.join(f'{name} {number}' for name, number in versions.items())}.")
    say(console, f"answer {found.answer_again}, stored {found.answer_digest}", "dim")


def show_rows(console: Console, title: str, rows: Sequence[BaseModel]) -> None:
    """One table: a column for each field that some row has a value in."""
    names = [name for name in type(rows[0]).model_fields if not _is_beside_its_name(rows[0], name)]
    names = [name for name in names if name not in FOR_PROGRAMS]
    names = [name for name in names if any(_cell(getattr(row, name)) for row in rows)]
    numbers = {name for name in names if any(isinstance(getattr(row, name), int | float) for row in rows)}
    made = table(title, *(f"{'>' if name in numbers else ''}{name.replace('_', ' ')}" for name in names))
    for row in rows[:ROWS]:
        add(made, *(_cell(getattr(row, name)) for name in names))
    console.print(made)
    if len(rows) > ROWS:
        say(console, f"and {len(rows) - ROWS} more; --json has all.", "dim")


def _is_beside_its_name(row: BaseModel, name: str) -> bool:
    return name in ("payer", "line", "key", "limit", "purse") and bool({"name", "label"} & set(type(row).model_fields))


def _cell(value: object) -> str:
    match value:
        case None | [] | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float() if value == 0:
            return "0"
        case float() if value.is_integer():
            return f"{value:,.0f}"
        case float():
            return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
        case BaseModel():
            return " | ".join(_cell(getattr(value, name)) for name in type(value).model_fields)
        case list() if isinstance(value[0], str):
            return shortened(", ".join(str(item) for item in value), CELL)
        case list():
            return ""
    return shortened(str(value), CELL)
