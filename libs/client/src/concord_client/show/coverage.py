"""The map of a pathway as tables: who is responsible by law, what is claimed, findings, hand-overs.

Where many bodies of one kind are meant they are counted ("each of 12 CCGs"); sources are cited by their key, and listed
with their titles at the end.
"""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, day_in_words, listed, say, say_position, shortened, table
from concord_contracts.registry import ClaimView, Coverage, Finding, FindingKind, NamedBody, StageCoverage

QUOTATION_LENGTH = 170
NAMED_AT_MOST = 3
WORDED_AT_MOST = 3
_ORDER = {"high": 0, "medium": 1, "low": 2}
_MANY = {"ccg": "CCGs", "icb": "integrated care boards", "pct": "primary care trusts", "council": "upper-tier councils"}


def show_coverage(console: Console, coverage: Coverage, names: Mapping[str, str] | None = None) -> None:
    """The whole map: law, claims, findings, hand-overs, fragmentation, sources. `names` of places, by key."""
    names = names or {}
    where = listed(names.get(place, place) for place in coverage.places)
    say(console, f"{coverage.pathway_name} in {where}, {day_in_words(coverage.as_of)}", "bold")
    say_position(console, coverage.known_at, coverage.seq)
    console.print(law_table(coverage))
    console.print(claims_table(coverage))
    console.print(findings_table(coverage))
    console.print(hand_overs_table(coverage))
    show_fragmentation(console, coverage, names)
    show_sources(console, coverage)


def law_table(coverage: Coverage) -> Table:
    """One row a stage, in the pathway's order: statutory commissioner with citation, and the local position."""
    made = table("Who is responsible by law, and what is known here", ">#", "Stage:30", "By law:38", "Local position")
    for number, cells in enumerate(by_stage(coverage.stages), start=1):
        first = cells[0]
        shown = str(number) if first.kind == "stage" else "-"
        positions = listed(dict.fromkeys(without_asides(cell.local_position) for cell in cells))
        add(made, shown, first.name, "\n".join(filter(None, (commissioner(cells), citation(cells)))), positions)
    return made


def by_stage(stages: Iterable[StageCoverage]) -> list[list[StageCoverage]]:
    """The cells of each stage together, whatever their place; in the pathway's order, functions last."""
    groups: dict[str, list[StageCoverage]] = {}
    for cell in stages:
        groups.setdefault(cell.stage, []).append(cell)
    return sorted(groups.values(), key=lambda cells: (cells[0].kind != "stage", cells[0].order))


def commissioner(cells: Sequence[StageCoverage]) -> str:
    """The rule book's commissioners of these cells, and the office that holds the budget where there is one."""
    laws = [cell.statutory for cell in cells if cell.statutory is not None]
    named = bodies(body for law in laws for body in law.commissioners)
    offices = {law.office.name for law in laws if law.office}
    if not named:
        return "No commissioner named nationally"
    return f"{named} ({offices.pop()})" if len(offices) == 1 else named


def bodies(given: Iterable[NamedBody]) -> str:
    """Up to three names; more of one kind are counted."""
    found = {body.id: body for body in given}
    kinds = {body.kind for body in found.values()}
    if len(found) > NAMED_AT_MOST and len(kinds) == 1:
        return f"each of {len(found)} {_MANY.get(kinds.pop(), 'bodies')}"
    return listed((body.name for body in found.values()), most=NAMED_AT_MOST)


def citation(cells: Sequence[StageCoverage]) -> str:
    laws = [cell.statutory.citation for cell in cells if cell.statutory is not None]
    texts = (shortened(law.text, 90) + ("" if law.verified else " [source awaited]") for law in laws)
    return listed(dict.fromkeys(texts))


def claims_table(coverage: Coverage) -> Table:
    """What bodies and reports say, in their words; a claim that holds for several places is shown once."""
    made = table("What the reports and bodies say", "Stage:24", "Who does what, and in which words")
    for cells in by_stage(coverage.stages):
        claims = {claim.id: claim for cell in cells for claim in cell.claims}
        for number, claim in enumerate(claims.values()):
            add(made, "" if number else cells[0].name, f"{said(claim)}: {quotation(claim)}")
    return made


def said(claim: ClaimView) -> str:
    who = claim.organisation.name if claim.organisation else claim.organisation_said
    commitment = f", {claim.commitment}" if claim.commitment else ""
    return f"{who} {claim.role} ({claim.status}{commitment})"


def quotation(claim: ClaimView) -> str:
    words = f"“{shortened(claim.quotation, QUOTATION_LENGTH)}” " if claim.quotation else ""
    when = f", said {day_in_words(claim.stated_on)}" if claim.stated_on else ""
    return f"{words}[{claim.agreement or claim.asserted_by}{when}]"


def findings_table(coverage: Coverage) -> Table:
    """What a commissioner should look at, gravest first: stages with the same finding together, few ones in words."""
    names = {cell.stage: cell.name for cell in coverage.stages}
    made = table("Findings", "Severity", "Finding:14", "Where:44", "Closes when")
    for group in alike(f for f in coverage.findings if f.kind is not FindingKind.HAND_OVER):
        first = group[0]
        words = list(dict.fromkeys(finding.words for finding in group))
        stages = list(dict.fromkeys(names.get(f.stage, f.stage) if f.stage else "whole pathway" for f in group))
        few = len(stages) <= len(words) <= WORDED_AT_MOST
        where = "\n".join(words) if few else "; ".join(stages)
        add(made, first.severity, first.kind.replace("-", " "), where, first.closes_when)
    return made


def alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one kind, severity and remedy together; gravest first."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.severity, finding.closes_when), []).append(finding)
    return sorted(groups.values(), key=lambda group: _ORDER.get(group[0].severity, 3))


def hand_overs_table(coverage: Coverage) -> Table:
    """Where the pathway passes from one commissioner to another."""
    cells = {group[0].stage: group for group in by_stage(coverage.stages)}
    made = table("Hand-overs between commissioners", "From:22", "Held by:24", "To:22", "Held by")
    over = {(f.stage, f.next_stage) for f in coverage.findings if f.kind is FindingKind.HAND_OVER}
    position = {stage: number for number, stage in enumerate(cells)}
    for before, after in sorted(over, key=lambda pair: position.get(pair[0] or "", 0)):
        row = [part for stage in (before, after) for part in _held(cells.get(stage or ""), stage)]
        add(made, *row)
    return made


def _held(cells: Sequence[StageCoverage] | None, stage: str | None) -> tuple[str, str]:
    return (cells[0].name, commissioner(cells)) if cells else (stage or "", "")


def show_fragmentation(console: Console, coverage: Coverage, names: Mapping[str, str]) -> None:
    for place, measure in coverage.fragmentation:
        score = "not known" if measure.score is None else f"{measure.score:.2f}"
        ranked = "" if measure.ranked else "; not ranked: fewer than half of its stages are locally confirmed"
        known = f"{measure.hand_overs} hand-overs over {measure.stages_known} stages with a known commissioner"
        say(console, f"{names.get(place, place)}: {known} (fragmentation {score}{ranked})")


def show_sources(console: Console, coverage: Coverage) -> None:
    """The titles behind the keys in square brackets."""
    claims = (claim for cell in coverage.stages for claim in cell.claims if not claim.agreement)
    titles = {claim.asserted_by: claim.source or "" for claim in claims}
    for key, title in sorted(titles.items()):
        say(console, f"[{key}] {title}", "dim")


def without_asides(text: str) -> str:
    """`text` without what stands in parentheses, nested ones too: the sources are cited beside the quotations."""
    depth, kept = 0, []
    for char in text:
        depth += char == "("
        if depth == 0:
            kept.append(char)
        depth -= char == ")" and depth > 0
    return " ".join("".join(kept).replace(" ,", ",").replace(" ;", ";").split())
