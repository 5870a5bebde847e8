"""Scenarios as lists show them, and what others say of one since it was made."""

from collections.abc import Sequence

from rich.console import Console

from concord_client.show.page import add, percent, say, shortened, table, thousands
from concord_contracts.allocation import Scenario, ScenarioDigests
from concord_contracts.allocation.retention import RemovedScenario, RetentionDue
from concord_contracts.allocation.scenarios import ScenarioPage, ScenarioSummary

TITLE = 108
"""Signs of a title, three lines of its column: enough for what a what-if changed."""


def show_scenarios(console: Console, page: ScenarioPage, digest: str | None = None) -> None:
    """Newest first; how to get the next page. `digest`: what they were looked up by."""
    if not page.items:
        of = f" with the digest {digest}" if digest else ""
        say(console, f"There are no scenarios{of} that your body's money is in.")
        return
    made = table("Scenarios", "Scenario:36", "Made:10", "Years:10", ">GBP k", ">assumed", "Figures:10")
    for one in page.items:
        share = "-" if one.assumption_share is None else percent(one.assumption_share)
        spend = one.status if one.spend_gbp is None else thousands(one.spend_gbp)
        years = one.years[0] if len(one.years) == 1 else f"{one.years[0]} to\n{one.years[-1]}"
        name = "\n".join([shortened(one.title, TITLE), one.id, *kept_as(one)])
        add(made, name, f"{one.created_at:%Y-%m-%d}", years, spend, share, figures(one))
    console.print(made)
    if page.next_cursor:
        also = f" --digest {digest}" if digest else ""
        say(console, f"There are more: concord scenarios{also} --cursor {page.next_cursor}", "dim")


def figures(one: ScenarioSummary) -> str:
    """Since when figures that it uses have been replaced."""
    fresh = one.freshness
    if one.stated:
        return "stated whole"
    return "-" if fresh is None else ("current" if fresh.newer_at is None else f"replaced\n{fresh.newer_at:%Y-%m-%d}")


def kept_as(one: ScenarioSummary) -> list[str]:
    """A line on who cites it, where anybody does."""
    if not one.cited_by:
        return []
    signed = "signed, for ever" if any(cited.for_ever for cited in one.cited_by) else "not signed yet"
    texts = "a text" if len(one.cited_by) == 1 else f"{len(one.cited_by)} texts"
    return [f"cited by {texts}, {signed}"]


def show_digests(console: Console, found: ScenarioDigests) -> None:
    """What an agreement names of a scenario."""
    say(console, f"{found.title} ({found.scenario}): a {found.outcome}", "bold")
    say(console, f"Digest of the problem: {found.problem_digest}")
    say(console, f"Digest of the answer: {found.answer_digest}")
    if found.assumption_share is not None:
        say(console, f"{percent(found.assumption_share)} of its pounds rest on assumptions.")
    if found.stated:
        say(console, "Its problem was stated whole, and is no word of the map.", "yellow")
    say(console, f"Payers: {', '.join(found.payers)}; made for {found.made_for or 'nobody named'}")


def show_standing(console: Console, scenario: Scenario) -> None:
    """Who cites it, and how fresh its figures are."""
    for one in scenario.cited_by:
        say(console, one.words, "" if one.matches else "bold red")
    if scenario.stated:
        say(console, "Its problem was stated whole: who may pay for what is its own word, not the map's.", "yellow")
    if scenario.freshness is not None:
        say(console, scenario.freshness.words, "yellow" if scenario.freshness.newer else "dim")


def show_due(console: Console, found: RetentionDue) -> None:
    """The rule, what it would remove, and how to remove exactly that."""
    say(console, found.rule.words)
    say(console, found.rule.basis, "dim")
    if not found.items:
        say(console, "Nothing is due.")
        return
    made = table("Due", "Scenario:36", "Made for", "Made", "Touched")
    for one in found.items:
        days = (f"{at:%Y-%m-%d}" for at in (one.created_at, one.touched_at))
        add(made, f"{shortened(one.title, TITLE)}\n{one.scenario}", one.made_for or "-", *days)
    console.print(made)
    if found.more:
        say(console, "There are more, due after these.")
    say(console, f"To remove exactly these: concord retention remove {found.digest} --reason WORDS")


def show_removed(console: Console, items: Sequence[RemovedScenario], next_cursor: str | None = None) -> None:
    """The tombstones."""
    if not items:
        say(console, "Nothing was removed.")
        return
    made = table("Removed", "Scenario:36", "Made", "Removed", "Rule", "Answer")
    for one in items:
        days = (f"{at:%Y-%m-%d}" for at in (one.created_at, one.removed_at))
        add(made, one.scenario, *days, f"{one.rule}, {one.years} years", one.answer_digest[:12])
    console.print(made)
    if next_cursor:
        say(console, f"There are more: concord retention removed --cursor {next_cursor}", "dim")
