"""Findings, their changes, rankings and the responsibility matrix as tables."""

from collections.abc import Iterable

from rich.console import Console

from concord_client.show.page import add, day_in_words, listed, say, shortened, table
from concord_contracts.registry import (
    FindingChange,
    FindingChanges,
    Findings,
    FindingsAhead,
    FragmentationRanking,
    ListedFinding,
    Matrix,
)

WORDS = 220
NAME = 28


def show_findings(console: Console, found: Findings) -> None:
    """Gravest first within each place."""
    say(console, f"Findings on {day_in_words(found.as_of)}, pathways {listed(found.pathways, most=8)}", "bold")
    made = table("Findings", "Severity:8", "Finding:15", "Where:28", "What, and what closes it")
    for one in found.items:
        side = f" ({one.side.value})" if one.side else ""
        text = f"{shortened(one.words, WORDS)}\nCloses when {one.closes_when}."
        add(made, one.severity, one.kind.replace("-", " ") + side, where(one), text)
    console.print(made)
    say(
        console,
        f"{len(found.items)} shown{'; there are more: raise --limit or narrow it' if found.next_cursor else ''}",
    )


def where(one: ListedFinding) -> str:
    """Place, pathway and stage, each on a line of its own."""
    stage = one.stage_name or "the whole pathway"
    to = f" to {one.next_stage_name}" if one.next_stage_name else ""
    return "\n".join((shortened(one.place_name, NAME), one.pathway_name, stage + to))


def show_changes(console: Console, found: FindingChanges) -> None:
    days = f"from {day_in_words(found.before.as_of)} to {day_in_words(found.as_of)}"
    known = f"known at {found.before.known_at:%Y-%m-%d %H:%M:%S} against {found.known_at:%Y-%m-%d %H:%M:%S} UTC"
    same = found.before.known_at == found.known_at
    say(console, f"What changed in the findings {days}{'' if same else ', ' + known}", "bold")
    made = table("Changes", "Change:10", "Severity:14", "Finding:15", "Where:28", "What")
    for one in found.items:
        add(made, one.change.value, severities(one), one.finding.kind.replace("-", " "), where(one.finding),
            shortened(one.because or one.finding.words, WORDS))  # fmt: skip
    console.print(made)
    say(console, f"{len(found.items)} changes{'; there are more' if found.next_cursor else ''}")


def severities(one: FindingChange) -> str:
    """`low`, or `medium to high`."""
    return " to ".join(dict.fromkeys(filter(None, (one.severity_before, one.severity_after))))


def show_ahead(console: Console, found: FindingsAhead) -> None:
    say(
        console,
        f"What is recorded now of the days after {day_in_words(found.as_of)} until {day_in_words(found.until)}",
        "bold",
    )
    made = table("Changes to come", "From:11", "Change:9", "Severity:8", "Finding:15", "What")
    for one in found.items:
        kind = one.finding.kind.replace("-", " ")
        add(made, f"{one.on:%d %b %Y}", one.change.value, one.finding.severity, kind, shortened(one.words, 300))
    console.print(made)
    if not found.items:
        say(console, "Nothing recorded changes a finding.")
    if found.next_cursor:
        words = f"The first {len(found.items):,} changes; looked at whole up to {day_in_words(found.scanned_until)}."
        say(console, f"{words} --limit shows more.")


def show_ranking(console: Console, found: FragmentationRanking, most: int) -> None:
    """Ranked places, and the first few of those that may not be ranked."""
    made = table(
        "How often responsibility changes hands", ">Rank", "Place:38", ">Score", ">Hand-overs", "Why not ranked",
        caption=found.formula,
    )  # fmt: skip
    for one in found.items[:most]:
        score = "" if one.score is None else f"{one.score:.2f}"
        add(made, one.rank or "", shortened(one.place_name, 38), score, one.hand_overs, one.words)
    console.print(made)
    say(console, f"{found.ranked} ranked, {found.not_ranked} not. Ranked where {found.ranked_where}.")


def show_matrix(console: Console, matrix: Matrix) -> None:
    """Turned on its side, a stage a row: a page is too narrow for twenty columns."""
    names = {body.id: body.name for body in matrix.bodies}
    where_ = listed(matrix.place_names or matrix.places)
    made = table(f"Who does what: {matrix.pathway_name} in {where_}, {matrix.as_of}", "Stage:34", "Bodies")
    for stage in matrix.stages:
        parts: dict[str, list[str]] = {}
        for cell in matrix.cells:
            if cell.stage == stage.stage:
                parts.setdefault(cell.letters, []).append(names[cell.body])
        text = "\n".join(f"{letters}: {_many(bodies)}" for letters, bodies in sorted(parts.items()))
        add(made, stage.name, text or "nobody")
    console.print(made)
    say(console, "; ".join(f"{one.letter} {one.words}" for one in matrix.legend), "dim")


def _many(bodies: Iterable[str]) -> str:
    return listed(bodies, most=4)
