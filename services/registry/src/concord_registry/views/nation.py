"""All England counted."""

from collections import Counter
from collections.abc import Iterable, Sequence

from concord_contracts.registry import (
    ClaimStatus,
    FindingCount,
    FindingKind,
    FragmentationOfRegion,
    HandOverCount,
    LeadCount,
    National,
    RegionOfNation,
    StageCells,
)
from concord_kit.positions import Position
from concord_registry.national import RANKED_BY, Nation, Scores
from concord_registry.places import of_kind
from concord_registry.world import GROUP_KINDS, Claim, Reference


def national(reference: Reference, position: Position, made: Nation, claims: Iterable[Claim], etag: str) -> National:
    """The counts, every list in a stable order: stages, then regions, then kinds."""
    stages = sorted({stage for stage, _ in made.cells}, key=lambda key: (reference.stages[key].order, key))
    by_status = Counter(one.status for one in claims)
    return National(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathways=list(made.pathways),
        regions=[_region(reference, key, places) for key, places in made.places.items()],
        stages=[_stage_cells(reference, key, made) for key in stages],
        findings=[
            FindingCount(
                stage=stage,
                region=region,
                kind=kind,
                findings=tally.findings,
                high=tally.high,
                medium=tally.medium,
                places=len(tally.places),
            )
            for stage in (*stages, None)
            for region in made.regions
            for kind in FindingKind
            if (tally := made.findings.get((stage, region, kind))) is not None
        ],
        hand_overs=[
            HandOverCount(
                rank=rank,
                stage=stage,
                name=reference.stages[stage].name,
                next_stage=next_stage,
                next_name=reference.stages[next_stage].name,
                kinds=list(kinds),
                next_kinds=list(next_kinds),
                hand_overs=pair.findings,
                between_nhs_and_council=pair.crossing,
                places=len(pair.places),
                pathways=sorted(pair.pathways),
                weight=pair.weight,
            )
            for rank, ((stage, next_stage, kinds, next_kinds), pair) in enumerate(made.ranked_pairs(), 1)
        ],
        hand_overs_ranked_by=RANKED_BY,
        leads=[
            LeadCount(pathway=pathway, level=level, missing=made.leads[pathway, level], places=places)
            for pathway in made.pathways
            for level, places in made.places_by_level().items()
        ],
        fragmentation=[_fragmentation_of(region, made.scores.get(region, Scores())) for region in made.regions],
        claims=[(status, by_status[status]) for status in ClaimStatus if status is not ClaimStatus.ENDED],
        etag=etag,
    )


def _region(reference: Reference, key: str, places: Sequence[str]) -> RegionOfNation:
    own = reference.places.get(key)
    ccgs, councils = (len(of_kind(reference, places, *kinds)) for kinds in (GROUP_KINDS, ("council",)))
    return RegionOfNation(key=key, name=own.name if own else key, ccgs=ccgs, councils=councils)


def _stage_cells(reference: Reference, key: str, made: Nation) -> StageCells:
    own = reference.stages[key]
    cells = [(region, made.cells[key, region]) for region in made.regions]
    return StageCells(stage=key, name=own.name, kind=own.kind, order=own.order, cells=cells)


def _fragmentation_of(region: str, scores: Scores) -> FragmentationOfRegion:
    """The average over the maps that may be ranked; without one there is nothing to compare."""
    few = f"{scores.ranked} of {scores.maps} maps have at least half of their stages locally confirmed"
    return FragmentationOfRegion(
        region=region,
        score=scores.total / scores.ranked if scores.ranked else None,
        ranked=scores.ranked,
        maps=scores.maps,
        words=f"over the {few.replace(' have', ' that have')}" if scores.ranked else f"not ranked: {few}",
    )
