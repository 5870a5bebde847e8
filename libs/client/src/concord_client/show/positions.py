"""Where a pooled fund stands, month by month."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, say, table
from concord_contracts.agreements import FundPosition, FundPositions

MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


def show_positions(console: Console, found: FundPositions) -> None:
    """The months, what each party would bear at the latest forecast, and what the plan to date rests on."""
    say(console, f"{found.fund}, hosted by {found.host}, on {found.as_of}", "bold")
    if not found.items:
        say(console, "Nothing has been reported.")
        return
    console.print(positions_table(found.items))
    latest = found.items[-1]
    made = table(f"Borne at the forecast of {_month(latest)}, GBP (negative: got back)", "Party", ">Share")
    for body, pence in latest.shares_pence.items():
        add(made, body, _pounds(pence))
    console.print(made)
    say(console, f"Plan to date: {found.plan_rule}.", "dim")


def positions_table(items: Iterable[FundPosition]) -> Table:
    made = table(
        "Position, GBP",
        "Month",
        ">Plan to date",
        ">Actual",
        ">Variance",
        ">Year's plan",
        ">Forecast",
        ">Variance",
        ">Reports",
    )
    for one in items:
        amounts = (
            one.plan_to_date_pence,
            one.actual_pence,
            one.variance_pence,
            one.plan_pence,
            one.forecast_pence,
            one.forecast_variance_pence,
        )
        add(made, _month(one), *map(_pounds, amounts), one.reports)
    return made


def _month(one: FundPosition) -> str:
    """`Jun 2014-15`."""
    return f"{MONTHS[one.month - 1]} {one.year}"


def _pounds(pence: int) -> str:
    """Whole pounds, rounded to the nearest: `-1,235` for -123,456 pence."""
    rounded = (abs(pence) + 50) // 100
    return f"{'-' if pence < 0 and rounded else ''}{rounded:,}"
