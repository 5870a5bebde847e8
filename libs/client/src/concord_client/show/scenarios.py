"""Scenarios as lists show them, and what others say of one since it was made."""

from collections.abc import Sequence

from rich.console import Console

from concord_client.show.page import add, percent, say, shortened, table, thousands
from concord_contracts.allocation import Scenario
from concord_contracts.allocation.retention import RemovedScenario, RetentionDue
from concord_contracts.allocation.scenarios import ScenarioPage, ScenarioSummary

UNSIGNED, SIGNED = "cited", "cited, signed"


def show_scenarios(console: Console, page: ScenarioPage) -> None:
    """Newest first; how to get the next page."""
    if not page.items:
        say(console, "There are no scenarios that your body's money is in.")
        return
    made = table("Scenarios", "Scenario", "Title:30", "Made", "Years", ">GBP k", ">assumed", "Figures", "Kept as")
    for one in page.items:
        share = "-" if one.assumption_share is None else percent(one.assumption_share)
        spend = one.status if one.spend_gbp is None else thousands(one.spend_gbp)
        years = one.years[0] if len(one.years) == 1 else f"{one.years[0]} to {one.years[-1]}"
        add(
            made,
            one.id,
            shortened(one.title, 60),
            f"{one.created_at:%Y-%m-%d}",
            years,
            spend,
            share,
            figures(one),
            kept_as(one),
        )
    console.print(made)
    if page.next_cursor:
        say(console, f"There are more: concord scenarios --cursor {page.next_cursor}", "dim")


def figures(one: ScenarioSummary) -> str:
    """Since when figures that it uses have been replaced."""
    fresh = one.freshness
    return "-" if fresh is None else ("current" if fresh.newer_at is None else f"replaced {fresh.newer_at:%Y-%m-%d}")


def kept_as(one: ScenarioSummary) -> str:
    """Whether an agreement cites it."""
    if not one.cited_by:
        return "-"
    return SIGNED if any(cited.for_ever for cited in one.cited_by) else UNSIGNED


def show_standing(console: Console, scenario: Scenario) -> None:
    """Who cites it, and how fresh its figures are."""
    for one in scenario.cited_by:
        say(console, one.words, "" if one.matches else "bold red")
    if scenario.freshness is not None:
        say(console, scenario.freshness.words, "yellow" if scenario.freshness.newer else "dim")


def show_due(console: Console, found: RetentionDue) -> None:
    """The rule, what it would remove, and how to remove exactly that."""
    say(console, found.rule.words)
    say(console, found.rule.basis, "dim")
    if not found.items:
        say(console, "Nothing is due.")
        return
    made = table("Due", "Scenario", "Title:36", "Made for", "Made", "Touched")
    for one in found.items:
        days = (f"{at:%Y-%m-%d}" for at in (one.created_at, one.touched_at))
        add(made, one.scenario, shortened(one.title, 72), one.made_for or "-", *days)
    console.print(made)
    if found.more:
        say(console, "There are more, due after these.")
    say(console, f"To remove exactly these: concord retention remove {found.digest} --reason WORDS")


def show_removed(console: Console, items: Sequence[RemovedScenario], next_cursor: str | None = None) -> None:
    """The tombstones."""
    if not items:
        say(console, "Nothing was removed.")
        return
    made = table("Removed", "Scenario", "Made", "Removed", "Rule", "Answer")
    for one in items:
        days = (f"{at:%Y-%m-%d}" for at in (one.created_at, one.removed_at))
        add(made, one.scenario, *days, f"{one.rule}, {one.years} years", one.answer_digest[:12])
    console.print(made)
    if next_cursor:
        say(console, f"There are more: concord retention removed --cursor {next_cursor}", "dim")
