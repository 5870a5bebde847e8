"""Pathways, what they are held against and guided by, on a page."""

from rich.console import Console

from concord_client.show.page import add, listed, percent, say, table
from concord_contracts.registry import (
    ActualValue,
    Comparators,
    ComparatorView,
    GuidanceList,
    PathwayAnswer,
    Pathways,
    PathwayVersionMade,
    PathwayVersions,
    Services,
    ServiceView,
    Stages,
)

FOREVER_YEAR = 9999


def show_pathways(console: Console, found: Pathways) -> None:
    """Each with its cancers and how many stages it has."""
    made = table(f"Pathways on {found.as_of}", "Pathway:16", "Name:28", "Tumour group:18", "ICD-10:16", ">Stages")
    for one in found.items:
        add(made, one.key, one.name, one.tumour_group, listed(one.icd10, most=6), len(one.stages))
    console.print(made)


def show_stages(console: Console, found: Stages) -> None:
    """Stages on a patient's way and functions beside every pathway, in order."""
    made = table(
        f"Stages and functions on {found.as_of}", ">No", "Stage:26", "Name:30", "Kind:8", "Money's stage:20"
    )  # fmt: skip
    for one in found.items:
        add(made, one.order, one.key, one.name, one.kind, one.allocation_stage or "")
    console.print(made)


def show_pathway(console: Console, found: PathwayAnswer) -> None:
    """Each stage with what it is made of, held against and guided by."""
    version = f", version {found.version.number} since {found.version.valid_from}" if found.version else ""
    say(console, f"{found.pathway.name} on {found.as_of}{version}", "bold")
    made = table("Stages in clinical order", ">No", "Stage:24", "Services:22", "Held against:22", "Guidance:20")
    for stage in found.stages:
        add(
            made,
            stage.order,
            stage.name,
            listed(one.name for one in stage.services),
            listed(one.name for one in stage.comparators),
            listed((one.key for one in stage.guidance), most=2),
        )
    console.print(made)


def show_versions(console: Console, found: PathwayVersions) -> None:
    say(console, f"{found.pathway}: {len(found.versions)} version(s) in the world", "bold")
    made = table("Versions", ">No", "From:10", "Until before:12", "Added:20", "Removed:20", "Moved")
    for one in found.versions:
        until = "open" if one.valid_to.year == FOREVER_YEAR else str(one.valid_to)
        add(
            made, one.number, one.valid_from, until, *(listed(stages) for stages in (one.added, one.removed, one.moved))
        )
    console.print(made)
    say(console, f"The record of it changed {len(found.recorded_at)} time(s), last at {found.recorded_at[-1]}.")
    say(console, f"To change it (concord pathway change): --if-match {found.record_version}", "dim")


def show_version_made(console: Console, made: PathwayVersionMade) -> None:
    """A version as it would be or was recorded, with what it does on its first day."""
    version, effect = made.version, made.effect
    until = "open" if version.valid_to.year == FOREVER_YEAR else f"before {version.valid_to}"
    words = "would be" if made.dry_run else "is"
    say(console, f"{made.pathway}: version {version.number} {words} from {version.valid_from}, until {until}", "bold")
    say(console, "Stages: " + ", ".join(version.stages))
    for name, stages in (("Come", version.added), ("Move", version.moved)):
        if stages:
            say(console, f"{name}: {', '.join(stages)}")
    if effect.leaving:
        leaving = table("Stages that leave", "Stage:30", ">Claims", ">Places", "Agreements:30")
        for one in effect.leaving:
            add(leaving, one.name, one.claims, one.places, listed(one.agreements) or "none")
        console.print(leaving)
        if effect.claims:
            say(console, f"Claims still said of them: {listed(effect.claims, 6)} in {listed(effect.places, 6)}")
    say(console, f"Cells of the map: {effect.cells_added:,} come, {effect.cells_removed:,} go")
    for shared in effect.shared:
        say(console, f"Warning: {shared.words}", "bold yellow")
    for left in effect.left_behind:
        say(console, f"Left without its stage: {left}", "yellow")
    if effect.without_rule:
        say(console, f"The rule book says nothing about: {', '.join(effect.without_rule)}", "yellow")
    if effect.findings:
        findings = table("Findings in all CCGs' and councils' places", "Finding:34", ">Appear", ">Disappear")
        for found in effect.findings:
            add(findings, found.kind.value, found.appear, found.disappear)
        console.print(findings)
    if made.dry_run:
        say(console, f"To record it: the same text with --if-match {made.record_version}", "dim")
    else:
        say(console, f"Recorded by {made.acting_for} at {made.recorded_at}; the record is at {made.record_version}.")


def show_services(console: Console, found: Services) -> None:
    made = table(
        "Services within stages (planning facts are advice)",
        "Service:26",
        "Stage:16",
        "People:10",
        ">Plan for",
        ">A year",
        "Rests on:10",
    )
    for one in found.items:
        volume = f"{one.minimum_volume}" if one.minimum_volume else ""
        add(made, one.name, one.stage, one.population_basis, _people(one), volume, one.basis)
    console.print(made)


def _people(one: ServiceView) -> str:
    if one.planning_population_min is None:
        return ""
    upper = f"-{one.planning_population_max:,}" if one.planning_population_max else "+"
    return f"{one.planning_population_min:,}{upper}"


def show_comparators(console: Console, found: Comparators) -> None:
    """Each beside the latest value reached."""
    made = table(
        "What is reached beside what it is held against",
        "Comparator:26",
        "Kind:9",
        ">Held to",
        ">Reached",
        "Period:12",
        "Place:8",
        "Meets:8",
    )
    for one in found.items:
        latest = max(one.actuals, key=lambda actual: actual.period, default=None)
        add(made, one.name, one.kind, _value(one, one.value), *_reached(one, latest))
    console.print(made)


def _reached(one: ComparatorView, actual: ActualValue | None) -> tuple[str, str, str, str]:
    if actual is None:
        return "not known", "", "", ""
    meets = "no standard" if actual.meets is None else "yes" if actual.meets else "no"
    return _value(one, actual.value), actual.period, actual.place, meets


def _value(one: ComparatorView, value: float | None) -> str:
    if value is None:
        return "none"
    return percent(value) if one.unit == "share" else f"{value:,.0f}"


def show_guidance(console: Console, found: GuidanceList) -> None:
    made = table("Strategies and guidance", "Key:26", "Title:26", "From:10", "State:14", "Stages:14")
    for one in found.items:
        state = "to be followed" if one.in_force else f"superseded by {one.superseded_by or 'nothing named'}"
        add(made, one.key, one.title, one.valid_from, state, listed((link.stage for link in one.links), most=2))
    console.print(made)
