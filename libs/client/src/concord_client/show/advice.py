"""Planning advice, and whose a person is, on a page."""

from rich.console import Console

from concord_client.show.page import add, listed, percent, say, table
from concord_contracts.registry import (
    PlanningDistances,
    PlanningNeed,
    PlanningSets,
    PlanningThresholds,
    ResponsibleCommissioner,
)


def show_thresholds(console: Console, found: PlanningThresholds) -> None:
    made = table(
        "Planning thresholds (advice: they never decide who must commission)",
        "Key:4",
        "Says:34",
        ">At least",
        ">At most",
        "Of:12",
        "Stages:20",
    )
    for one in found.items:
        least, most = (f"{value:,}" if value is not None else "" for value in (one.at_least, one.at_most))
        add(made, one.key, one.rule, least, most, one.unit, listed(one.stages, most=2))
    console.print(made)


def _need(need: PlanningNeed) -> str:
    upper = f" to {need.at_most:,}" if need.at_most else " or more"
    return f"{need.words}: best planned for {need.at_least:,}{upper} people"


def show_distances(console: Console, found: PlanningDistances) -> None:
    say(console, f"{_need(found.need)}.", "bold")
    say(console, found.advice)
    made = table(
        f"{found.reaching} of {found.commissioners} commissioners reach it alone",
        "Commissioner:44",
        ">People",
        ">Missing",
        ">Of it",
    )
    for one in sorted(found.items, key=lambda each: (each.missing, each.place)):
        add(made, one.commissioner.name, f"{one.persons:,}", f"{one.missing:,}", percent(one.share))
    console.print(made)


def show_sets(console: Console, found: PlanningSets) -> None:
    say(console, f"{_need(found.need)}.", "bold")
    say(console, found.advice)
    say(console, f"{found.commissioner.name}: {found.persons:,} people, {found.missing:,} short of it.")
    if not found.sets:
        say(console, f"All that is connected with it comes to {found.reachable:,} people: no set reaches it.")
    for number, one in enumerate(found.sets, 1):
        beyond = "" if one.within else ", beyond the upper end"
        made = table(
            f"{number}. {len(one.places)} commissioners, {one.persons:,} people, {one.above:,} above{beyond}",
            "Commissioner:44",
            "Place:10",
            "Neighbour of",
        )
        for body, place in zip(one.commissioners, one.places, strict=True):
            around = [
                f"{link.other if link.one == place else link.one} ({', '.join(link.by)})"
                for link in one.links
                if place in (link.one, link.other)
            ]
            add(made, body.name, place, listed(around, most=2))
        console.print(made)
    if found.sets:
        fewest = "no fewer reach it" if found.proven_fewest else "that no fewer reach it was not proven in time"
        nearest = (
            "none of as many lies nearer" if found.proven_nearest else "that none lies nearer was not proven in time"
        )
        say(console, f"By exhaustion: {fewest}; {nearest}.")
    say(console, found.neighbours_words, "dim")


def show_responsible(console: Console, found: ResponsibleCommissioner) -> None:
    told = {
        "registered with": found.person.registered_with,
        "lives in": found.person.lives_in,
        "present in": found.person.present_in,
    }
    what = found.service or found.stage
    where = ", ".join(f"{name} {place}" for name, place in told.items() if place) or "registered with no practice"
    say(console, f"{what} on {found.as_of}, for a person {where}", "bold")
    say(console, found.words)
    made = table("On what authority", "Says:40", "By", caption=None)
    add(made, f"rule {found.rule}: for people {found.population_basis}", found.rule_citation.text)
    if found.person_rule_words and found.person_rule_citation:
        add(made, found.person_rule_words, found.person_rule_citation.text)
    console.print(made)
    if found.office:
        say(console, f"Office: {found.office.name}")
    for body, share in found.shares:
        say(console, f"{body}: {percent(share)} of the place")
    for note in found.notes:
        say(console, note)
