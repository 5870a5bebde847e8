"""Reference lists on a page."""

from rich.console import Console

from concord_client.show.page import add, say, shortened, table
from concord_contracts.lists import ListPage, ReferenceLists


def show_lists(console: Console, found: ReferenceLists) -> None:
    """Each list with what it holds."""
    made = table("Lists kept as printed", "List", "What it holds", ">Rows")
    for one in found.items:
        add(made, one.name, one.words, f"{one.rows:,}")
    console.print(made)


def show_list(console: Console, found: ListPage) -> None:
    """Each row as its cells, one below the other: lists are wide."""
    say(console, f"{found.name}: {found.words} ({len(found.items):,} rows)", "bold")
    for row in found.items:
        say(console)
        for column, cell in row.items():
            say(console, f"  {column}: {shortened(cell, 400)}")
