"""The map: cells, findings and fragmentation of one pathway in one or several places. A pure function of its inputs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from concord_registry.cells import Cell, whole_pathway
from concord_registry.claims import Applying, ByStage, claims_by_stage
from concord_registry.findings import pays_meanwhile
from concord_registry.found import Found
from concord_registry.fragmentation import Fragmented, fragmentation
from concord_registry.many_cells import Judged, ManyCells
from concord_registry.place_findings import hand_over_findings, idle_findings, lead_findings
from concord_registry.places import containing, region_of, within
from concord_registry.wording import asserter, asserters, day
from concord_registry.world import ENGLAND, Claim, Reference


@dataclass(frozen=True, slots=True)
class Map:
    """`cells` hold their own findings; `findings` are those of all cells and of the places and pathway as a whole."""

    pathway: str
    places: tuple[str, ...]
    cells: tuple[Judged, ...]
    findings: tuple[Found, ...]
    fragmentation: Mapping[str, Fragmented]
    whole_pathway: tuple[tuple[str, Applying], ...] = ()
    """(place asked about, what is said of the whole pathway there); what is said of several places once each."""


def cover(reference: Reference, claims: Iterable[Claim], pathway: str, places: Sequence[str]) -> Map:
    """The map of a pathway in places, each place once, in the order given. Claims may come in any order."""
    return next(cover_all(reference, claims, [pathway], places))


def cover_all(
    reference: Reference, claims: Iterable[Claim], pathways: Iterable[str], places: Sequence[str]
) -> Iterator[Map]:
    """The maps of several pathways in the same places, one after the other; each is what `cover` says of it."""
    places = tuple(dict.fromkeys(places))
    by_stage = claims_by_stage(claims)
    many = ManyCells(reference, by_stage)
    for pathway in pathways:
        yield _cover(reference, by_stage, many, pathway, places)


def _cover(reference: Reference, by_stage: ByStage, many: ManyCells, pathway: str, places: tuple[str, ...]) -> Map:
    mapped: list[Judged] = []
    whole: list[Found] = []
    scores: dict[str, Fragmented] = {}
    for place in places:
        judged = many.row(pathway, place)
        row = [cell for cell, _ in judged]
        mapped.extend(judged)
        whole.extend(findings_beside(reference, row))
        scores[place] = fragmentation(row)
    whole.extend(lead_findings(reference, by_stage, pathway, places))
    of_cells = [found for _, findings in mapped for found in findings]
    said = {
        one.claim.id: (place, one)
        for place in reversed(places)
        for one in whole_pathway(reference, by_stage, pathway, place)
    }
    return Map(pathway, places, tuple(mapped), (*of_cells, *whole), scores, tuple(said[key] for key in sorted(said)))


def findings_beside(reference: Reference, row: Sequence[Cell]) -> Iterator[Found]:
    """Findings of one place that are of no single cell, from its cells in order; leads are looked for apart."""
    yield from hand_over_findings(reference, row)
    yield from idle_findings(reference, row)


def places_that_matter(reference: Reference, places: Sequence[str]) -> frozenset[str]:
    """Places whose claims can change the map of the places asked about: those around them, and the rest of their area,
    since an area is led where one body leads in each of its places.
    """
    found: set[str] = set()
    for place in places:
        around = containing(reference, place)
        found.update(around)
        region = region_of(reference, place)
        if region is not None:
            for member in within(reference, region):
                found.update(containing(reference, member))
    return frozenset(found)


def local_position(reference: Reference, cell: Cell) -> str:
    """What is known of the stage at the place's own level, in words a board reads."""
    contested = [one for one in cell.live if one.local and one.claim.status.value == "disputed"]
    if contested:
        meanwhile = f"; {pays_meanwhile(reference, cell.paying_meanwhile)}" if cell.paying_meanwhile else ""
        return f"disputed: {asserters(reference, (one.claim for one in contested))}{meanwhile}"
    if cell.agreed:
        one = min(cell.agreed, key=lambda one: (one.claim.valid_from, one.claim.id))
        return f"agreed since {day(one.claim.valid_from)} ({asserter(reference, one.claim)}), still to be contracted"
    if cell.confirmed_locally:
        one = cell.confirmed_locally[0]
        on = f" on {day(one.claim.confirmed_on)}" if one.claim.confirmed_on else ""
        return f"confirmed by {asserter(reference, one.claim)}{on}"
    local = [one for one in cell.answered if one.local]
    if local:
        return f"stated by {asserters(reference, (one.claim for one in local))}, unconfirmed"
    if cell.answered:
        national = any(one.claim.place == ENGLAND for one in cell.answered)
        where = "nationally" if national else f"for {reference.places[cell.answered[0].claim.place].name}"
        return f"stated {where} ({asserters(reference, (one.claim for one in cell.answered))}), unconfirmed here"
    if cell.nobody_named:
        sources = asserters(reference, (one.claim for one in cell.nobody_named))
        return f"no commissioner named nationally ({sources}); local position unconfirmed"
    if cell.assumed:
        return f"only assumed ({asserters(reference, (one.claim for one in cell.assumed))}); unconfirmed here"
    return "none: nothing is recorded of who commissions it here"
