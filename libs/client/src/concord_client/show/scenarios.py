"""Scenarios as lists show them, and what others say of one since it was made."""

from collections.abc import Sequence

from rich.console import Console

from concord_client.show.page import add, percent, say, shortened, table, thousands
from concord_contracts.allocation import CitedBy
from concord_contracts.allocation.scenarios import ScenarioPage, ScenarioSummary

UNSIGNED, SIGNED = "cited", "cited, signed"


def show_scenarios(console: Console, page: ScenarioPage) -> None:
    """Newest first; how to get the next page."""
    if not page.items:
        say(console, "There are no scenarios that your body's money is in.")
        return
    made = table("Scenarios", "Scenario", "Title:30", "Made", "Years", ">GBP k", ">assumed", "Kept for")
    for one in page.items:
        share = "-" if one.assumption_share is None else percent(one.assumption_share)
        spend = one.status if one.spend_gbp is None else thousands(one.spend_gbp)
        years = one.years[0] if len(one.years) == 1 else f"{one.years[0]} to {one.years[-1]}"
        add(made, one.id, shortened(one.title, 60), f"{one.created_at:%Y-%m-%d}", years, spend, share, kept_for(one))
    console.print(made)
    if page.next_cursor:
        say(console, f"There are more: concord scenarios --cursor {page.next_cursor}", "dim")


def kept_for(one: ScenarioSummary) -> str:
    """Whether an agreement cites it."""
    if not one.cited_by:
        return "-"
    return SIGNED if any(cited.for_ever for cited in one.cited_by) else UNSIGNED


def show_citations(console: Console, cited_by: Sequence[CitedBy]) -> None:
    for one in cited_by:
        say(console, one.words, "" if one.matches else "bold red")
