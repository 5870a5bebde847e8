"""A new version of a pathway, and what it does, as the contract's models."""

from datetime import datetime

from concord_contracts.registry import (
    FindingKind,
    FindingsMoved,
    PathwayEffect,
    PathwayVersionIn,
    PathwayVersionMade,
    SharedChange,
    StageLeaving,
)
from concord_registry import views_of_pathways
from concord_registry.pathway_changes.carrying_out import Looked
from concord_registry.pathway_changes.effect import Effect
from concord_registry.world import Claim, Reference

SHOWN = 500


def made(
    looked: Looked, sent: PathwayVersionIn, found: Effect, me: str, *, recorded_at: datetime | None = None
) -> PathwayVersionMade:
    """Without `recorded_at`: a dry run. With it, the pathway's record is at its next version."""
    return PathwayVersionMade(
        as_of=sent.valid_from,
        known_at=recorded_at or looked.known_at,
        seq=looked.seq,
        dry_run=recorded_at is None,
        pathway=looked.pathway,
        record_version=looked.record_version + (recorded_at is not None),
        version=views_of_pathways.version(looked.version),
        rows_changed=len(looked.plan.rows),
        effect=_effect(looked.before, found),
        acting_for=me,
        reason=sent.reason,
        recorded_at=recorded_at,
    )


def _effect(before: Reference, found: Effect) -> PathwayEffect:
    claims = [claim for stage in found.removed for claim in found.claims[stage]]
    return PathwayEffect(
        stages_before=list(found.before),
        leaving=[_leaving(before, stage, found.claims[stage]) for stage in found.removed],
        claims=sorted(claim.id for claim in claims)[:SHOWN],
        claims_affected=len(claims),
        places=sorted({claim.place for claim in claims})[:SHOWN],
        agreements=_agreements(claims),
        cells_added=found.cells_added,
        cells_removed=found.cells_removed,
        without_rule=list(found.without_rule),
        left_behind=list(found.left_behind),
        shared=[
            SharedChange(
                table=one.table,
                key=one.key,
                name=one.name,
                change=one.change,
                pathways=list(one.pathways[:SHOWN]),
                words=one.words,
            )
            for one in found.shared
        ],
        findings=[
            FindingsMoved(kind=kind, appear=found.appear[kind], disappear=found.disappear[kind])
            for kind in FindingKind
            if found.appear[kind] or found.disappear[kind]
        ],
    )


def _leaving(before: Reference, stage: str, claims: list[Claim]) -> StageLeaving:
    return StageLeaving(
        stage=stage,
        name=before.stages[stage].name,
        claims=len(claims),
        places=len({claim.place for claim in claims}),
        agreements=_agreements(claims),
    )


def _agreements(claims: list[Claim]) -> list[str]:
    return sorted({claim.agreement for claim in claims if claim.agreement})
