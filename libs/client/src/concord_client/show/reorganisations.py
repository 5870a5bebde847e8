"""Reorganisations as tables: who begins and ends, whose people pass to whom, what is left to reassign."""

from collections.abc import Iterable

from rich.console import Console

from concord_client.show.page import add, listed, say, say_more, shortened, table
from concord_contracts.registry import NamedBody, Reorganisation, ReorganisationEffects, Reorganisations

ROWS_LISTED = 20


def show_reorganisation(console: Console, said: Reorganisation) -> None:
    """What it changes, the gravest consequences last: they are what is to be done next."""
    state = "a preview: nothing was recorded" if said.dry_run else f"recorded as {said.id}"
    say(console, f"{said.title}, from {said.on}", "bold")
    say(console, f"on the authority of {said.authority}; {state}", "dim")
    effects = said.effects
    for words, bodies in (("Opens", effects.opened), ("Ends", effects.ended), ("Is renamed", effects.renamed)):
        if bodies:
            say(console, f"{words}: {_named(bodies)}")
    _show_rows(console, effects)
    _show_figures(console, effects)
    _show_work(console, effects)
    _show_findings(console, effects)


def _named(bodies: Iterable[NamedBody]) -> str:
    return listed((f"{body.name} ({body.id})" for body in bodies), most=12)


def _show_rows(console: Console, effects: ReorganisationEffects) -> None:
    counts: dict[tuple[str, str], int] = {}
    for row in effects.rows:
        counts[row.table, row.kind] = counts.get((row.table, row.kind), 0) + 1
    made = table("Rows of reference data that change", "Table:24", "How", ">Rows")
    for (name, kind), rows in sorted(counts.items()):
        add(made, name.replace("_", " "), kind, rows)
    console.print(made)
    if effects.rows_left_off:
        say(console, f"and {effects.rows_left_off} more", "dim")


def _show_figures(console: Console, effects: ReorganisationEffects) -> None:
    if not effects.figures.items:
        return
    made = table("People, as those of the bodies that follow", "Of:44", "Year", "Basis", ">People", "From")
    for one in effects.figures.items[:ROWS_LISTED]:
        whose = f"{one.body.name} ({one.place or one.body.id})" if one.body else one.place or ""
        whom = listed((f"{origin.place} {origin.persons:,}" for origin in one.rolled_from), most=6)
        add(made, whose, one.year, one.basis, f"{one.persons:,}", whom)
    console.print(made)
    for total in effects.figures.before:
        say(console, f"{total.persons:,} {total.basis} people of {total.year}, before and after", "dim")


def _show_work(console: Console, effects: ReorganisationEffects) -> None:
    if not effects.to_reassign:
        return
    made = table("Work to reassign: what those that end still hold", "Body:40", "What:20", "Held as:20", ">Records")
    for work in effects.to_reassign:
        for number, count in enumerate(work.counts):
            add(made, "" if number else work.body.name, count.kind, count.held_as, count.records)
    console.print(made)
    say(console, "Each of them: concord body holdings BODY --as-of DAY", "dim")


def _show_findings(console: Console, effects: ReorganisationEffects) -> None:
    if effects.places_left_off:
        say(console, f"Findings of {effects.places_left_off} further places were not compared.")
    if not effects.findings:
        return
    made = table("Findings that open unless it is reassigned", "Severity", "Finding:22", "Where:24", "What")
    groups: dict[tuple[str, str, str], list[str]] = {}
    for one in effects.findings:
        groups.setdefault((one.severity, one.kind, one.place), []).append(one.stage or "the whole pathway")
    for (severity, kind, place), stages in list(groups.items())[:ROWS_LISTED]:
        add(made, severity, kind.replace("-", " "), place, shortened(listed(stages, most=5), 200))
    console.print(made)
    more = max(len(groups) - ROWS_LISTED, 0)
    rest = f"; {more} more lines" if more else ""
    off = f"; {effects.findings_left_off} findings left off" if effects.findings_left_off else ""
    say(console, f"{effects.findings_closing} findings close{rest}{off}", "dim")


def show_reorganisations(console: Console, found: Reorganisations) -> None:
    """A page of them."""
    if not found.items:
        say(console, "There is no reorganisation.")
        return
    made = table("Reorganisations", "From:10", "What:40", "Ends:20", "Opens:20")
    for one in found.items:
        add(made, one.on, f"{one.title}\n{one.id}", listed(one.ended), listed(one.opened))
    console.print(made)
    say_more(console, found.next_cursor)
