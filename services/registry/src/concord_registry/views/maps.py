"""The map of a pathway in places: cells, findings, how often responsibility changes hands."""

from collections.abc import Sequence

from concord_contracts.registry import ClaimView, Commitment, Committed, Coverage, Finding, Fragmentation, StageCoverage
from concord_kit.positions import Position
from concord_registry import views_of_pathways
from concord_registry.cells import Cell
from concord_registry.claims import Applying
from concord_registry.coverage import Map, local_position
from concord_registry.found import Found
from concord_registry.fragmentation import Fragmented
from concord_registry.views.bodies import all_named, named
from concord_registry.views.claims import claim
from concord_registry.views.rules import statutory
from concord_registry.world import Claim, Reference


def finding(reference: Reference, found: Found) -> Finding:
    return Finding(
        key=found.key,
        kind=found.kind,
        stage=found.stage,
        next_stage=found.next_stage,
        pathway=found.pathway,
        place=found.place,
        level=found.level,
        severity=found.severity,
        why_severity=found.why_severity,
        words=found.words,
        closes_when=found.closes_when,
        commitment=found.commitment,
        bodies=all_named(reference, found.bodies),
        claims=list(found.claims),
        records=list(found.records),
        interim_payers=all_named(reference, found.interim_payers),
    )


def cell(reference: Reference, one: Cell, findings: Sequence[Found]) -> StageCoverage:
    return StageCoverage(
        stage=one.stage.key,
        name=one.stage.name,
        kind=one.stage.kind,
        order=reference.cells_of(one.pathway).index(one.stage.key) + 1,
        place=one.place,
        statutory=statutory(reference, one.assignment),
        local_position=local_position(reference, one),
        commitment=one.committed[0].claim.commitment if one.committed else None,
        commitments=[_committed(reference, applying.claim) for applying in one.committed],
        funders=all_named(reference, sorted(one.funders)),
        claims=[_claim_in_cell(reference, one, applying) for applying in one.claims],
        findings=[finding(reference, found) for found in findings],
        guidance=views_of_pathways.guidance_refs(reference, one.stage.key, one.pathway),
    )


def _committed(reference: Reference, one: Claim) -> Committed:
    return Committed(
        agreement=one.agreement or "",
        role=one.role,
        organisation=named(reference, one.organisation or one.asserted_by),
        on_behalf_of=all_named(reference, one.on_behalf_of),
        commitment=one.commitment or Commitment.AGREED,
        since=one.valid_from,
        claim=one.id,
    )


def _claim_in_cell(reference: Reference, one: Cell, applying: Applying) -> ClaimView:
    return claim(reference, applying.claim, one.place, applying.displaced_by)


def fragmentation(found: Fragmented) -> Fragmentation:
    return Fragmentation(
        score=found.score,
        hand_overs=found.hand_overs,
        stages_known=found.stages_known,
        stages_confirmed_locally=found.stages_confirmed_locally,
        stages=found.stages,
        ranked=found.ranked,
    )


def coverage(reference: Reference, position: Position, found: Map, etag: str) -> Coverage:
    return Coverage(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathway=found.pathway,
        pathway_name=reference.pathways[found.pathway].name,
        places=list(found.places),
        stages=[cell(reference, one, findings) for one, findings in found.cells],
        findings=[finding(reference, one) for one in found.findings],
        fragmentation=[(place, fragmentation(score)) for place, score in found.fragmentation.items()],
        whole_pathway=[claim(reference, one.claim, place, one.displaced_by) for place, one in found.whole_pathway],
        etag=etag,
    )
