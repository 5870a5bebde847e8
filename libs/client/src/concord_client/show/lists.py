"""Reference lists on a page."""

from rich.console import Console

from concord_client.show.page import add, pounds, say, say_more, shortened, table
from concord_contracts.allocation.scenarios import FigurePage, PreparedWhatIfs, PurseTransfer, SourcePage
from concord_contracts.lists import ListPage, ReferenceLists

MOVES_SHOWN = 2
"""Of the purses that a question moves money of; it may be all England's."""


def show_lists(console: Console, found: ReferenceLists) -> None:
    """Each list with what it holds."""
    made = table("Lists kept as printed", "List", "What it holds", ">Rows")
    for one in found.items:
        add(made, one.name, one.words, f"{one.rows:,}")
    console.print(made)


def show_list(console: Console, found: ListPage) -> None:
    """Each row as its cells, one below the other: lists are wide."""
    say(console, f"{found.name}: {found.words} ({len(found.items):,} rows)", "bold")
    if found.roll_to is not None:
        say(console, f"For the bodies of {found.roll_to}. {found.rule}", "dim")
    for row in found.items:
        say(console)
        for column, cell in row.items():
            say(console, f"  {column}: {shortened(cell, 400)}")


def show_documents(console: Console, found: SourcePage) -> None:
    """A row each, by the key that figures cite."""
    made = table("Documents that figures cite", "Key:24", "Title:50", "Publisher:22")
    for one in found.items:
        add(made, one.key, one.title, one.publisher or "")
    console.print(made)
    say_more(console, found.next_cursor)


def show_what_ifs(console: Console, found: PreparedWhatIfs) -> None:
    """The question, its figure, and what each purse gains or loses."""
    made = table("Questions with published figures", "Question:40", ">Value", "Unit:12", "Money:30")
    for one in found.items:
        shown = [*map(_moved, one.amounts[:MOVES_SHOWN])]
        left = len(one.amounts) - len(shown)
        shown += [f"and {left} more; --json has them"] if left else []
        add(made, f"{one.key}: {one.question}", one.value, one.unit, "\n".join(shown))
    console.print(made)


def _moved(one: PurseTransfer) -> str:
    to = f" to {one.to_purse}" if one.to_purse else ""
    return f"{one.purse}{to} {one.year}: {pounds(one.gbp)}"


def show_figures(console: Console, found: FigurePage) -> None:
    """Each figure with its unit and what it rests on."""
    if found.roll_to is not None:
        say(console, f"For the bodies of {found.roll_to}. {found.rule}", "dim")
    if not found.items:
        say(console, "There are no such figures.", "dim")
        return
    made = table("Figures", "Figure:44", ">Value", "Unit", "Rests on")
    for one in found.items:
        add(made, f"{one.key} {one.column}", one.value, one.unit, one.source if one.basis == "published" else one.basis)
    console.print(made)
    say_more(console, found.next_cursor)
