"""Parts 1 and 4: the map as it is, and the same map when the agreements are in force, side by side."""

import time
from collections.abc import Iterable

from concord_client.errors import ConcordProblem
from concord_client.show.coverage import show_coverage
from concord_client.show.page import add, shortened, table
from concord_contracts.agreements import AgreementView
from concord_contracts.registry import ActivationState, Coverage, Finding, FindingKind
from demo import days
from demo.case import Case, ccg_place, in_words
from demo.expect import StepFailed, expect
from demo.walk import Walk

ARRIVES_WITHIN_SECONDS = 40.0
ASK_AGAIN_SECONDS = 0.1
WORDINGS_SHOWN = 2


COMPARED = (FindingKind.NO_PATHWAY_LEAD, FindingKind.GAP, FindingKind.DUPLICATE, FindingKind.ASSUMED_ELSEWHERE)


def places(case: Case) -> list[str]:
    """The groups' places: where the two agreements are to apply."""
    return [ccg_place(body) for body in case.ccgs]


def read_the_map(walk: Walk) -> None:
    """Who is responsible for the pathway's stages on the day of the decision."""
    registry = walk.people.at(walk.case.lead, "commissioner").registry
    whole = registry.coverage(walk.case.pathway, [walk.case.area], as_of=days.DECIDED)
    show_coverage(walk.console, whole, registry.place_names([walk.case.area], as_of=days.DECIDED))
    expect(len(whole.stages) >= 8, f"the map shows the stages of the {walk.case.pathway} pathway")
    positions = [cell.order for cell in whole.stages if cell.place == whole.stages[0].place]
    expect(positions == list(range(1, len(positions) + 1)), "the stages stand in the pathway's order")
    kinds = [cell.kind for cell in whole.stages]
    expect(kinds == sorted(kinds, key="function".__eq__), "the pathway's stages come first, then the functions")
    cited = [stage for stage in whole.stages if stage.statutory and stage.statutory.commissioners]
    expect(
        all(stage.statutory and stage.statutory.citation.text for stage in cited), "each commissioner has a citation"
    )
    expect(any(claim.quotation for stage in whole.stages for claim in stage.claims), "reports are quoted")
    expect(any(f.kind is FindingKind.HAND_OVER for f in whole.findings), "hand-overs are shown")
    walk.before = registry.coverage(walk.case.pathway, places(walk.case), as_of=days.IN_FORCE)
    expect(bool(leaderless(walk.case, walk.before)), "before any agreement, nobody leads the whole pathway")


def leaderless(case: Case, coverage: Coverage) -> list[Finding]:
    """Places of the groups where nobody leads the whole pathway."""
    ccgs = {ccg_place(body) for body in case.ccgs}
    return [f for f in coverage.findings if f.kind is FindingKind.NO_PATHWAY_LEAD and f.place in ccgs]


def gaps(coverage: Coverage, stage: str) -> list[Finding]:
    return [f for f in coverage.findings if f.kind is FindingKind.GAP and f.stage == stage]


def wait_for_activation(walk: Walk) -> None:
    """The signed agreements arrive at the registry by themselves."""
    with walk.working("the signed agreements reach the registry"):
        for agreement in walk.texts:
            state = arrival(walk, agreement)
            walk.say(
                f"{agreement.title}: {len(state.claims)} responsibilities on the map, sequence {state.sequence}, "
                f"recorded at {state.claims[0].recorded_from:%H:%M:%S.%f} UTC"
            )


def arrival(walk: Walk, agreement: AgreementView) -> ActivationState:
    """What the registry holds of an agreement, once it holds something. Raises StepFailed when it takes too long."""
    registry = walk.people.at(walk.case.lead, "commissioner").registry
    until = time.monotonic() + ARRIVES_WITHIN_SECONDS
    while True:
        try:
            state = registry.activation(agreement.id)
        except ConcordProblem as problem:
            if problem.status != 404 or time.monotonic() > until:
                raise StepFailed(f"{agreement.title} did not reach the registry: {problem}") from problem
            time.sleep(ASK_AGAIN_SECONDS)
            continue
        expect(bool(state.claims), f"the registry holds responsibilities of {agreement.title}")
        return state


def read_the_map_again(walk: Walk) -> None:
    """Leadership gaps are closed at *agreed*; service gaps stay open until contracted."""
    registry = walk.people.at(walk.case.lead, "commissioner").registry
    walk.after = registry.coverage(walk.case.pathway, places(walk.case), as_of=days.IN_FORCE)
    show_side_by_side(walk)
    expect(
        not leaderless(walk.case, walk.after),
        f"each of {walk.case.groups_words}' places has a lead for the whole pathway",
    )
    taken_on = set(places(walk.case)) if not walk.case.pooled else {ccg_place(body) for body in walk.case.host_ccgs}
    agreed = [f for f in gaps(walk.after, walk.case.navigation[0]) if f.place in taken_on]
    expect({f.place for f in agreed} == taken_on, "navigation is agreed there but still a service gap")
    expect(all(f.commitment is not None for f in agreed), "the gap says how far its closing has come")
    then = registry.coverage(walk.case.pathway, places(walk.case), as_of=days.IN_FORCE, known_at=walk.before.known_at)
    expect(
        then.findings == walk.before.findings and then.stages == walk.before.stages,
        "asked what it knew before the signatures, the registry answers as it did then",
    )
    walk.say("Asked what it knew before the signatures, the registry still answers as it did then.", "green")


def show_side_by_side(walk: Walk) -> None:
    """The findings before and after, only where the agreements made a difference."""
    names = {cell.stage: cell.name for cell in walk.after.stages}
    title = f"The map before and after, in the places of {walk.case.groups_words}, where the agreements change it"
    made = table(title, "Finding:12", "Stage:22", "Before:30", "After")
    before, after = by_topic(walk.before.findings), by_topic(walk.after.findings)
    for topic in sorted({**before, **after}, key=lambda topic: topic[0] is not FindingKind.NO_PATHWAY_LEAD):
        kind, stage = topic
        was, now = said(walk.case, before.get(topic, [])), said(walk.case, after.get(topic, []))
        gone = {f.place for f in before.get(topic, [])} - {f.place for f in after.get(topic, [])}
        if gone and now:
            now = f"{groups(walk.case, gone)}: closed\nstill open: {now}"
        if kind in COMPARED and was != now:
            add(made, kind.replace("-", " "), names.get(stage or "", "whole pathway"), was or "-", now or "closed")
    walk.console.print(made)
    over = [sum(measure.hand_overs for _, measure in each.fragmentation) for each in (walk.before, walk.after)]
    walk.say(
        f"Hand-overs between commissioners in the {in_words(len(walk.case.ccgs))} places: "
        f"{over[0]} before, {over[1]} after."
    )
    if over[1] > over[0]:
        walk.say("The pool costs some: its host is the council, so navigation passes from group to council and back.")


def by_topic(findings: Iterable[Finding]) -> dict[tuple[FindingKind, str | None], list[Finding]]:
    topics: dict[tuple[FindingKind, str | None], list[Finding]] = {}
    for finding in findings:
        topics.setdefault((finding.kind, finding.stage), []).append(finding)
    return topics


def said(case: Case, findings: list[Finding]) -> str:
    """One topic in words: what is agreed first, then what is open; each wording with its number of places."""
    agreed = [finding for finding in findings if finding.commitment]
    still_open = [finding for finding in findings if not finding.commitment]
    return "\n".join(words for group in (agreed, still_open) for words in counted(case, group))


def counted(case: Case, findings: list[Finding]) -> list[str]:
    """Each wording, to its first full stop, and for how many groups; where every place has its own, the first one."""
    wordings: dict[str, set[str]] = {}
    for finding in findings:
        wordings.setdefault(shortened(finding.words.partition(". ")[0], 140), set()).add(finding.place)
    everywhere = {finding.place for finding in findings}
    if len(wordings) > WORDINGS_SHOWN:
        first = findings[0]
        where = f"{groups(case, everywhere)}, as in {case.place_names.get(first.place, first.place)}"
        return [f"{where}: {next(iter(wordings))}"]
    return [f"{groups(case, where)}: {words}" if len(everywhere) > 1 else words for words, where in wordings.items()]


def groups(case: Case, where: set[str]) -> str:
    return f"all {len(case.ccgs)} groups" if where >= set(places(case)) else f"{len(where)} groups"
