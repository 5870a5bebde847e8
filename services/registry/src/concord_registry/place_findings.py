"""Findings that belong to a place or a whole pathway: missing leads, hand-overs, idle bodies."""

from collections.abc import Iterator, Sequence

from concord_contracts.registry import ClaimStatus, FindingKind, Role
from concord_registry.cells import Cell, whole_pathway
from concord_registry.claims import Applying, ByStage
from concord_registry.findings import competing
from concord_registry.found import Found
from concord_registry.fragmentation import hand_overs
from concord_registry.places import councils_of, of_kind, region_of, within
from concord_registry.wording import names
from concord_registry.world import ENGLAND, GROUP_KINDS, LOCAL_KINDS, REGIONAL_KINDS, Reference

LEAD_CLOSES = "an agreement, from the day it takes effect, or the body itself names one lead for the whole pathway"
LEAD_SEVERITY = {
    "local": ("high", "high: nobody answers for the whole pathway where patients live"),
    "regional": ("medium", "medium: nobody joins the places of the area up"),
    "national": ("medium", "medium: nobody answers for the pathway nationally"),
}


def leads(reference: Reference, by_stage: ByStage, pathway: str, place: str) -> tuple[Applying, ...]:
    """Whole-pathway leads that are stated, confirmed or agreed; a leadership gap closes at *agreed*."""
    return tuple(
        one
        for one in whole_pathway(reference, by_stage, pathway, place)
        if one.claim.role is Role.LEADS
        and one.bodies
        and one.claim.status in (ClaimStatus.STATED, ClaimStatus.CONFIRMED)
    )


def lead_findings(reference: Reference, by_stage: ByStage, pathway: str, places: Sequence[str]) -> Iterator[Found]:
    """A missing or contested whole-pathway lead at each place asked about, and at the areas and nation around them."""
    regions: dict[str, None] = {}
    for place in places:
        yield from local_lead_findings(reference, by_stage, pathway, place)
        region = place if reference.places[place].kind in REGIONAL_KINDS else region_of(reference, place)
        if region is not None:
            regions[region] = None
    for region in (*regions, ENGLAND):
        yield from lead_findings_above(reference, by_stage, pathway, region)


def local_lead_findings(reference: Reference, by_stage: ByStage, pathway: str, place: str) -> Iterator[Found]:
    """Of a CCG's, a council's or a part's own place; none for others."""
    if reference.places[place].kind in LOCAL_KINDS:
        yield from _local_lead(reference, by_stage, pathway, place)


def lead_findings_above(reference: Reference, by_stage: ByStage, pathway: str, place: str) -> Iterator[Found]:
    """Of an area, a region or England itself; none for others."""
    if place not in reference.places:
        return
    if place == ENGLAND:
        if not any(one.claim.place == ENGLAND for one in leads(reference, by_stage, pathway, ENGLAND)):
            yield _no_lead(reference, pathway, ENGLAND, "national")
    elif reference.places[place].kind in REGIONAL_KINDS and not _regional_leads(reference, by_stage, pathway, place):
        yield _no_lead(reference, pathway, place, "regional")


def _local_lead(reference: Reference, by_stage: ByStage, pathway: str, place: str) -> Iterator[Found]:
    local = [one for one in leads(reference, by_stage, pathway, place) if one.local]
    if not local:
        yield _no_lead(reference, pathway, place, "local")
        return
    sides = competing(local, agreements=[one for one in local if one.claim.agreement])
    if len(sides) > 1:
        yield Found(
            kind=FindingKind.DUPLICATE,
            pathway=pathway,
            place=place,
            level="local",
            severity="high",
            why_severity="high: with two leads for the whole pathway there is none",
            words="More than one body leads the whole pathway and no agreement joins them: "
            f"{' — against — '.join(names(reference, side) for side in sides)}.",
            closes_when="one agreement names the lead, or the other claim is ended",
            bodies=tuple(sorted(frozenset[str]().union(*sides))),
            claims=tuple(sorted({one.claim.id for one in local})),
        )


def _regional_leads(reference: Reference, by_stage: ByStage, pathway: str, region: str) -> frozenset[str]:
    """Bodies that lead for an area: named for the area itself, or leading in each of its groups' places."""
    named = [one for one in leads(reference, by_stage, pathway, region) if one.claim.place == region]
    if named:
        return frozenset[str]().union(*(one.bodies for one in named))
    members = of_kind(reference, within(reference, region), *GROUP_KINDS)
    common: frozenset[str] | None = None
    for member in members:
        local = [one.bodies for one in leads(reference, by_stage, pathway, member) if one.local]
        here = frozenset[str]().union(*local)
        common = here if common is None else common & here
        if not common:
            return frozenset()
    return common or frozenset()


def _no_lead(reference: Reference, pathway: str, place: str, level: str) -> Found:
    severity, why = LEAD_SEVERITY[level]
    return Found(
        kind=FindingKind.NO_PATHWAY_LEAD,
        pathway=pathway,
        place=place,
        level=level,
        severity=severity,
        why_severity=why,
        words=f"Nobody leads the whole {reference.pathways[pathway].name} pathway for {reference.places[place].name}.",
        closes_when=LEAD_CLOSES,
    )


def hand_over_findings(reference: Reference, cells: Sequence[Cell]) -> Iterator[Found]:
    """Adjacent stages of one place whose commissioners differ, naming both."""
    for before, after in hand_overs(cells):
        yield hand_over(reference, before, after)


def hand_over(reference: Reference, before: Cell, after: Cell) -> Found:
    """The finding that one cell hands over to the next."""
    severity, why = _hand_over_severity(reference, before, after)
    return Found(
        kind=FindingKind.HAND_OVER,
        pathway=before.pathway,
        place=before.place,
        stage=before.stage.key,
        next_stage=after.stage.key,
        severity=severity,
        why_severity=why,
        words=f"{before.stage.name} ({names(reference, before.commissioners)}) hands over to "
        f"{after.stage.name} ({names(reference, after.commissioners)}).",
        closes_when="one body commissions both stages; an agreed protocol makes it safe, not single",
        bodies=tuple(sorted(before.commissioners | after.commissioners)),
    )


def _hand_over_severity(reference: Reference, before: Cell, after: Cell) -> tuple[str, str]:
    if _joined(before, after):
        return "low", "low: an agreement in force joins the two sides"
    if _councils(reference, before) != _councils(reference, after):
        return "medium", "medium: it crosses between the NHS and local government"
    return "low", "low: both sides are commissioners of one kind"


def _joined(before: Cell, after: Cell) -> bool:
    """Whether one side acts for the other, or both for each other, under an agreement."""
    both = before.commissioners | after.commissioners
    return any(
        one.claim.agreement is not None and both <= one.bodies | set(one.claim.on_behalf_of)
        for cell in (before, after)
        for one in cell.live
    )


def _councils(reference: Reference, cell: Cell) -> bool:
    return any(reference.body(body).kind == "council" for body in cell.commissioners)


def idle_findings(reference: Reference, cells: Sequence[Cell]) -> Iterator[Found]:
    """Commissioners of the place whom neither the rule book nor any claim gives a part in the pathway."""
    if not cells:
        return
    place, pathway = cells[0].place, cells[0].pathway
    if reference.places[place].kind not in LOCAL_KINDS:
        return
    active: set[str] = set()
    for cell in cells:
        active |= cell.statutory
        for one in cell.live:
            active |= one.bodies | set(one.claim.on_behalf_of)
    for body in sorted(_bodies_of_place(reference, place) - active):
        if reference.body(body).in_being(reference.as_of):
            yield Found(
                kind=FindingKind.IDLE_BODY,
                pathway=pathway,
                place=place,
                severity="low",
                why_severity="low: it may be right; worth asking",
                words=f"{reference.name(body)} has a population here and no part in the pathway.",
                closes_when="a claim or an agreement gives it a part",
                bodies=(body,),
            )


def _bodies_of_place(reference: Reference, place: str) -> set[str]:
    around = [place, *(council for council, _ in councils_of(reference, place))]
    return {body for key in around if (body := reference.places[key].body)}
