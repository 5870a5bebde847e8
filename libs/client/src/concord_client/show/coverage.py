"""The map of a pathway as tables: who is responsible by law, what is claimed, findings, hand-overs."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, listed, say, shortened, table
from concord_contracts.registry import ClaimView, Coverage, Finding, FindingKind, StageCoverage

QUOTATION_LENGTH = 240
_ORDER = {"high": 0, "medium": 1, "low": 2}


def show_coverage(console: Console, coverage: Coverage, *, quotations: bool = True) -> None:
    """The whole map: law, claims, findings, hand-overs, fragmentation."""
    where = listed(coverage.places)
    say(console, f"{coverage.pathway_name} in {where}, {coverage.as_of:%d %B %Y}", "bold")
    say(console, f"as known at {coverage.known_at:%Y-%m-%d %H:%M:%S.%f} UTC, journal position {coverage.seq}", "dim")
    console.print(law_table(coverage))
    if quotations:
        console.print(claims_table(coverage))
    console.print(findings_table(coverage.findings))
    console.print(hand_overs_table(coverage.findings))
    show_fragmentation(console, coverage)


def law_table(coverage: Coverage) -> Table:
    """One row a stage, in the pathway's order: statutory commissioner with citation, and the local position."""
    made = table(
        "Who is responsible by law, stage by stage", ">#", "Stage", "Statutory commissioner", "By", "Local position"
    )
    for stage in coverage.stages:
        add(made, stage.order, stage.name, commissioner(stage), citation(stage), stage.local_position)
    return made


def commissioner(stage: StageCoverage) -> str:
    """The rule book's commissioner and the office that holds the budget."""
    if stage.statutory is None or not stage.statutory.commissioners:
        return "No commissioner named nationally"
    named = listed((body.name for body in stage.statutory.commissioners), most=2)
    office = stage.statutory.office
    return f"{named} ({office.name})" if office else named


def citation(stage: StageCoverage) -> str:
    if stage.statutory is None:
        return ""
    mark = "" if stage.statutory.citation.verified else " [unverified]"
    return shortened(stage.statutory.citation.text, 90) + mark


def claims_table(coverage: Coverage) -> Table:
    """What bodies and reports say, with the quotation; a claim that holds for several places is shown once."""
    made = table("What the reports and bodies say", "Stage", "Says", "In their words", "Source")
    seen: set[str] = set()
    for stage in coverage.stages:
        for claim in stage.claims:
            if claim.id not in seen:
                seen.add(claim.id)
                add(made, stage.name, said(claim), quotation(claim), claim.source or claim.asserted_by)
    return made


def said(claim: ClaimView) -> str:
    who = claim.organisation.name if claim.organisation else claim.organisation_said
    commitment = f", {claim.commitment}" if claim.commitment else ""
    return f"{claim.role}: {who} ({claim.status}{commitment})"


def quotation(claim: ClaimView) -> str:
    return f"“{shortened(claim.quotation, QUOTATION_LENGTH)}”" if claim.quotation else ""


def findings_table(findings: Iterable[Finding]) -> Table:
    """What a commissioner should look at, gravest first; one line for a finding that several places share."""
    made = table("Findings", "Severity", "Finding", "Stage", "In words", "Closes when")
    kept = [finding for finding in findings if finding.kind is not FindingKind.HAND_OVER]
    for group in grouped(kept):
        first = group[0]
        places = f" [{listed(f.place for f in group)}]" if len(group) > 1 else ""
        add(made, first.severity, first.kind, first.stage or "whole pathway", first.words + places, first.closes_when)
    return made


def hand_overs_table(findings: Iterable[Finding]) -> Table:
    """Where the pathway passes from one commissioner to another."""
    made = table("Hand-overs between commissioners", "From stage", "To stage", "In words")
    for group in grouped(finding for finding in findings if finding.kind is FindingKind.HAND_OVER):
        first = group[0]
        add(made, first.stage or "", first.next_stage or "", first.words)
    return made


def show_fragmentation(console: Console, coverage: Coverage) -> None:
    for place, measure in coverage.fragmentation:
        score = "not known" if measure.score is None else f"{measure.score:.2f}"
        ranked = "" if measure.ranked else "; not ranked: fewer than half of its stages are locally confirmed"
        say(
            console,
            f"{place}: {measure.hand_overs} hand-overs over {measure.stages_known} stages with a known commissioner "
            f"(fragmentation {score}{ranked})",
        )


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings that say the same of several places, together; gravest first, otherwise in their order."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.stage, finding.next_stage, finding.words), []).append(finding)
    return sorted(groups.values(), key=lambda group: _ORDER.get(group[0].severity, 3))
