"""A plain programme's optimum as tables."""

from rich.console import Console

from concord_client.show.page import add, say, table
from concord_contracts.allocation.programme import ProgrammeAnswer

SHOWN = 40


def show_programme(console: Console, found: ProgrammeAnswer) -> None:
    """Status, objective with its bound, values that are not nothing, rows with a price."""
    say(
        console,
        f"{found.status}, {found.sense}" + ("" if found.objective is None else f": {found.objective:,.12g}"),
        "bold",
    )
    for note in found.notes:
        say(console, f"read so: {note}", "dim")
    if found.objective is None:
        return
    say(console, f"proven bound {_number(found.bound)}; largest miss of a row or bound {found.worst_violation:.2g}")
    made = table("Variables that are not 0", "Name:60", ">Value")
    values = [one for one in found.variables if one.value]
    for one in values[:SHOWN]:
        add(made, one.name, f"{one.value:,.10g}")
    console.print(made)
    if len(values) > SHOWN:
        say(console, f"and {len(values) - SHOWN} more; --json has all.", "dim")
    priced = [row for row in found.rows if row.price]
    if priced:
        made = table("Rows with a price (per +1 of the right-hand side)", "Name:60", ">Activity", ">Price")
        for row in priced[:SHOWN]:
            add(made, row.name, f"{row.activity:,.10g}", f"{row.price:,.10g}")
        console.print(made)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.12g}"
