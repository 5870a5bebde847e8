"""The rule book, and what changes of it do, on a page."""

from rich.console import Console

from concord_client.show.page import add, listed, say, say_more, table
from concord_contracts.registry import Moved, RuleChangeEffect, RuleChanges, RuleChangeView, Rules, RuleVersions

FOREVER_YEAR = 9999


def show_rules(console: Console, found: Rules) -> None:
    made = table(
        f"The rule book on {found.as_of}", "Stage:22", "Pathway:10", "By law:26", "For people:10", "Citation:24"
    )
    for one in found.items:
        mark = "" if one.citation.verified else " (awaits its source)"
        add(made, one.stage, one.pathway, one.said, one.population_basis, f"{one.citation.text}{mark}")
    console.print(made)


def show_rule_versions(console: Console, found: RuleVersions) -> None:
    say(console, f"Version {found.version} of the rule book", "bold")
    made = table("Rules on both time axes", "Stage:20", "From:10", "Until:10", "By law:22", "Recorded:19", "Counts:14")
    for one in found.items:
        until = "open" if one.valid_to.year == FOREVER_YEAR else str(one.valid_to)
        counts = f"yes, by {one.sent_by}" if one.in_use and one.sent_by else "yes" if one.in_use else "no longer"
        stage = one.stage if one.pathway == "*" else f"{one.stage} ({one.pathway})"
        add(made, stage, one.valid_from, until, one.said, f"{one.recorded_from:%Y-%m-%d %H:%M:%S}", counts)
    console.print(made)


def show_effect(console: Console, found: RuleChangeEffect) -> None:
    """What a change would do on its first day."""
    say(console, f"On {found.effective_from}: {found.cells_moved:,} of {found.cells:,} cells pass to another body, "
        f"in {found.places} places", "bold")  # fmt: skip
    for fault in found.faults:
        say(console, fault, "yellow")
    made = table("By stage", "Stage:24", ">Pathways", "By law now:22", "By law then:22", ">Cells")
    for stage in found.stages:
        add(made, stage.name, len(stage.pathways), listed(stage.before), listed(stage.after), f"{stage.cells:,}")
    console.print(made)
    for words, moved in (("Gains", found.gain), ("Loses", found.lose)):
        say(console, f"{words}: {_bodies(moved)}")
    say(console, f"Claims whose standing to the law changes: {found.claims_affected}"
        f"{': ' + listed(found.claims, 6) if found.claims else ''}")  # fmt: skip
    say(console, f"Agreements with a part in it: {listed(found.agreements, 6) or 'none'}")
    findings = table(f"Findings on the maps of {listed(found.findings_on, 6)}", "Finding:34", ">Appear", ">Disappear")
    for one in found.findings:
        add(findings, one.kind.value, one.appear, one.disappear)
    console.print(findings)
    say(console, f"To make it: the same text with --if-match {found.version}", "dim")


def _bodies(moved: list[Moved]) -> str:
    return listed(f"{one.body.name} ({one.cells:,} cells)" for one in moved) or "nobody"


def show_change(console: Console, made: RuleChangeView) -> None:
    until = "" if made.effective_to.year == FOREVER_YEAR else f" until before {made.effective_to}"
    say(console, f"Change {made.id}: from {made.effective_from}{until}", "bold")
    for key, rule in zip(made.keys, made.rules, strict=True):
        say(console, f"  {key}: {rule.commissioner} for {rule.stage}, pathway {rule.pathway}")
    say(console, f"{made.citation} ({made.mark}); {made.reason}; by {made.made_by} at {made.recorded_at}")
    say(console, f"The rule book is at version {made.version}.")


def show_changes(console: Console, found: RuleChanges) -> None:
    if not found.items:
        say(console, "The rule book is as it was loaded.")
    for one in found.items:
        show_change(console, one)
    say_more(console, found.next_cursor)
