"""The cancer section of an authority's joint strategic needs assessment: as values, and as a page. Pure."""

from collections.abc import Sequence
from datetime import date

from concord_contracts.registry import Finding, Jsna, JsnaPathway, JsnaStage, Population, RoleHolderView, StandardRow
from concord_kit.markdown_text import plain, table
from concord_kit.positions import Position
from concord_registry import views
from concord_registry.coverage import Map, local_position
from concord_registry.found import Found
from concord_registry.knowledge.findings import knowledge_findings
from concord_registry.knowledge.known import Knowledge, covering
from concord_registry.knowledge.measured import Measured
from concord_registry.knowledge.role_findings import holds
from concord_registry.knowledge.standards import stages_without, standards, worst_first
from concord_registry.pathway_facts import PathwayFacts
from concord_registry.places import containing, groups_of
from concord_registry.publications.cells import financial_year
from concord_registry.wording import day
from concord_registry.world import Reference

SEVERITIES = ("high", "medium")


def section(
    reference: Reference,
    knowledge: Knowledge,
    facts: PathwayFacts,
    measured: Sequence[Measured],
    shown: Sequence[RoleHolderView],
    position: Position,
    maps: Sequence[Map],
    place: str,
) -> Jsna:
    """What is held for a place, by pathway. `shown`: roles as the caller may see them."""
    held = reference.places[place]
    around = {place, *(key for key, _ in groups_of(reference, place)), *containing(reference, place)}
    leads = [one for one in shown if one.place in around and holds(one, reference, knowledge)]
    pathways = [_pathway(reference, knowledge, facts, measured, one, place) for one in maps]
    populations = views.place(reference, held).populations
    return Jsna(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        place=place,
        name=held.name,
        authority=views.named(reference, held.body) if held.body else None,
        populations=populations,
        ccgs=[(key, reference.places[key].name, share or 0.0) for key, share in groups_of(reference, place)],
        pathways=pathways,
        leads=leads,
        not_known=[*_people_unknown(populations, position.as_of), *_not_known(pathways, leads)],
    )


def _pathway(
    reference: Reference,
    knowledge: Knowledge,
    facts: PathwayFacts,
    measured: Sequence[Measured],
    one: Map,
    place: str,
) -> JsnaPathway:
    plans = list(covering(reference, knowledge.plans, one.pathway, place))
    contracts = list(covering(reference, knowledge.contracts, one.pathway, place))
    stages = []
    for cell, _ in one.cells:
        law = cell.assignment
        stages.append(
            JsnaStage(
                stage=cell.stage.key,
                name=cell.stage.name,
                responsible=views.all_named(reference, sorted(cell.statutory)),
                citation=law.rule.citation if law else None,
                verified=law.rule.verified if law else None,
                local_position=local_position(reference, cell),
                plans=[plan.title for plan in plans if cell.stage.key in plan.stages],
                contracts=sum(1 for contract in contracts if cell.stage.key in contract.stages),
            )
        )
    found = [*one.findings, *knowledge_findings(reference, knowledge, one.pathway, place)]
    return JsnaPathway(
        pathway=one.pathway,
        name=reference.pathways[one.pathway].name,
        stages=stages,
        gaps=_gravest(reference, found),
        outcomes=list(worst_first(standards(reference, facts, measured, one.pathway, place))),
        stages_without_standard=stages_without(reference, facts, one.pathway),
    )


def _gravest(reference: Reference, found: Sequence[Found]) -> list[Finding]:
    wanted = [one for one in found if one.severity in SEVERITIES]
    return [views.finding(reference, one) for one in sorted(wanted, key=lambda one: SEVERITIES.index(one.severity))]


def _people_unknown(populations: Sequence[Population], as_of: date) -> list[str]:
    if not populations:
        return ["How many people live here."]
    newest = max(one.year for one in populations)
    if not (age := _years_before(newest, as_of)):
        return []
    return [f"How many people live here now: the newest figure is of {newest}, {_years(age)} before {day(as_of)}."]


def _years_before(year: str, as_of: date) -> int:
    """How many financial years a year (2013-14) lies before that of a day; 0 where it is not before it."""
    return max(0, int(financial_year(as_of)[:4]) - int(year[:4]))


def _years(count: int) -> str:
    return f"{count} year{'s' if count > 1 else ''}"


def _not_known(pathways: Sequence[JsnaPathway], leads: Sequence[RoleHolderView]) -> list[str]:
    said = [] if leads else ["Who leads the whole pathway, and whom to ask: nobody is named."]
    for one in pathways:
        stages = len(one.stages)
        silent = sum(1 for stage in one.stages if not stage.local_position.startswith(("confirmed", "agreed")))
        unplanned = sum(1 for stage in one.stages if not stage.plans)
        without = sum(1 for stage in one.stages if not stage.contracts)
        unmeasured = sum(1 for row in one.outcomes if "no figure imported" in row.verdict)
        unheld = len(one.stages_without_standard)
        said += [f"{one.name}: who does {silent} of {stages} stages here is not confirmed locally."] if silent else []
        said += [f"{one.name}: no plan is recorded for {unplanned} of {stages} stages."] if unplanned else []
        said += [f"{one.name}: no contract is recorded for {without} of {stages} stages."] if without else []
        said += (
            [f"{one.name}: no figure of this place is imported for {unmeasured} of {len(one.outcomes)} standards."]
            if unmeasured
            else []
        )
        said += [f"{one.name}: nothing is held against {unheld} of {stages} stages."] if unheld else []
    return [*said, "Survival, stage at diagnosis and patients' experience: the registry holds no such figures."]


def as_markdown(jsna: Jsna) -> str:
    """The section as Markdown; every word that comes from outside is escaped."""
    parts = [_front(jsna), *(_of_pathway(one) for one in jsna.pathways), _leads(jsna), _unknown(jsna)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _front(jsna: Jsna) -> list[str]:
    counts = [
        [plain(_of_year(one.year, jsna.as_of)), one.basis, f"{one.persons:,}", plain(_rests_on(one))]
        for one in jsna.populations
    ]
    ground = ", ".join(f"{plain(name)} ({share:.0%})" for _, name, share in jsna.ccgs)
    lines = [f"# Cancer: {plain(jsna.name)}", ""]
    lines += [f"Section of the joint strategic needs assessment, as of {day(jsna.as_of)}.", "", "## Population", ""]
    if counts:
        lines += table(["Year", "Basis", "People", "Rests on"], [False, False, True, False], counts)
    else:
        lines += ["No population is held."]
    return [*lines, "", f"Health commissioners that share its ground: {ground}."] if ground else lines


def _of_year(year: str, as_of: date) -> str:
    age = _years_before(year, as_of)
    return f"{year}, {_years(age)} before" if age else year


def _rests_on(one: object) -> str:
    assumption, source = getattr(one, "assumption", None), getattr(one, "source", None)
    return f"assumption: {assumption}" if assumption else str(source or "not stated")


def _of_pathway(one: JsnaPathway) -> list[str]:
    rows = [
        [
            plain(stage.name),
            plain(_names(stage)),
            plain(stage.local_position),
            plain("; ".join(stage.plans)) or "none recorded",
            str(stage.contracts) if stage.contracts else "none recorded",
        ]
        for stage in one.stages
    ]
    headings = ["Stage", "Responsible by law", "Known here", "Plans", "Contracts"]
    lines = [f"## {plain(one.name)}", "", *table(headings, [False] * 5, rows), "", "### Gaps", ""]
    lines += [f"- **{gap.severity}**: {plain(_gap(gap, one))}" for gap in one.gaps] or ["None of weight is found."]
    lines += ["", "### Outcomes held against standards", ""]
    headings = ["Standard", "Wanted", "Measured", "Where and when", "Verdict"]
    outcomes = [_outcome(row) for row in one.outcomes]
    lines += table(headings, [False, True, True, False, False], outcomes)
    of_stage = {stage.stage: stage.name for stage in one.stages}
    unheld = "; ".join(of_stage[key] for key in one.stages_without_standard if key in of_stage)
    return [*lines, *(["", f"Nothing to hold them against: {plain(unheld)}."] if unheld else [])]


def _outcome(row: StandardRow) -> list[str]:
    figures = _figure(row.threshold, row), _figure(row.actual, row)
    best = f" ({row.note})" if row.note and row.kind != "standard" else ""
    return [plain(f"{row.name}{best}"), *figures, plain(_measured(row)), plain(row.verdict)]


def _names(stage: JsnaStage) -> str:
    names = [body.name for body in stage.responsible]
    shown = (", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")) or "nobody named"
    return f"{shown} (source awaited)" if stage.verified is False else shown


def _gap(gap: Finding, pathway: JsnaPathway) -> str:
    names = {stage.stage: stage.name for stage in pathway.stages}
    name = names.get(gap.stage or "", "")
    return gap.words if name in gap.words else f"{name}: {gap.words}"


def _figure(value: float | None, row: StandardRow) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if row.unit == "share" else f"{value:,.10g} {plain(row.unit)}"


def _measured(row: StandardRow) -> str:
    if not row.measured_of:
        return "–"
    return f"{row.measured_of}, {row.period}{f' ({row.edition})' if row.edition else ''}"


def _leads(jsna: Jsna) -> list[str]:
    lines = ["## Who leads, and whom to ask", ""]
    if not jsna.leads:
        return [*lines, "Nobody is named."]
    for one in jsna.leads:
        holder = one.holder.name if one.holder and one.holder.name else "named, not public"
        body = next((body.name for body in one.bodies if body.id == one.body), one.body)
        lines.append(f"- {plain(one.role.value.replace('-', ' '))}: {plain(holder)}, {plain(body)}")
    return lines


def _unknown(jsna: Jsna) -> list[str]:
    return ["## What is not known", "", *(f"- {plain(one)}" for one in jsna.not_known)]
