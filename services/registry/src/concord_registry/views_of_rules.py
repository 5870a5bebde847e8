"""The rule book through time, and what a change of it does, as the contract's models."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from concord_contracts.registry import (
    Citation,
    FindingKind,
    FindingsMoved,
    Moved,
    RuleChangeEffect,
    RuleChangeIn,
    RuleVersion,
    StageMoved,
)
from concord_kit.positions import Position
from concord_registry import views
from concord_registry.rule_changes.effect import Effect
from concord_registry.rulebook import said
from concord_registry.store.rule_changes import recorded_until
from concord_registry.wording import titles
from concord_registry.world import Reference

CLAIMS_SHOWN = 500


def rule_version(reference: Reference, row: Any, known_at: datetime, in_use: bool) -> RuleVersion:
    return RuleVersion(
        key=row.rule,
        stage=row.stage,
        pathway=row.pathway,
        commissioner=row.commissioner,
        said=said(reference, row.commissioner),
        office=row.office,
        population_basis=row.population_basis,
        procedure_class=row.procedure_class,
        naming=row.naming,
        citation=Citation(text=row.citation, source=titles(reference, row.source), verified=row.mark == "V"),
        quotation=row.quotation,
        note=row.note,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_from=row.recorded_from,
        recorded_to=recorded_until(row, known_at),
        sent_by=row.owner,
        in_use=in_use,
    )


def effect(
    reference: Reference,
    position: Position,
    version: int,
    sent: RuleChangeIn,
    found: Effect,
    maps: Sequence[str],
) -> RuleChangeEffect:
    stages = sorted(found.stages, key=lambda key: (reference.stages[key].order, key))
    return RuleChangeEffect(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        effective_from=sent.effective_from,
        version=version,
        stages=[
            StageMoved(
                stage=key,
                name=reference.stages[key].name,
                pathways=sorted(found.stages[key].pathways),
                before=sorted(found.stages[key].before),
                after=sorted(found.stages[key].after),
                places=found.places,
                cells=found.stages[key].cells,
                cells_moved=found.stages[key].moved,
            )
            for key in stages
        ],
        places=found.places,
        cells=sum(one.cells for one in found.stages.values()),
        cells_moved=sum(one.moved for one in found.stages.values()),
        gain=_moved(reference, found.gain),
        lose=_moved(reference, found.lose),
        claims=sorted(found.claims)[:CLAIMS_SHOWN],
        claims_affected=len(found.claims),
        agreements=sorted(found.agreements),
        findings_on=list(maps),
        findings=[
            FindingsMoved(kind=kind, appear=found.appear[kind], disappear=found.disappear[kind])
            for kind in FindingKind
            if found.appear[kind] or found.disappear[kind]
        ],
        faults=[] if found.stages else ["No cell of any pathway's map changes on the first day."],
    )


def _moved(reference: Reference, counts: Counter[str]) -> list[Moved]:
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [Moved(body=views.named(reference, body), cells=cells) for body, cells in ranked]
