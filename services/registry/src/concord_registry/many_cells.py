"""Cells of many pathways and places, with their findings: what pathways have in common is worked out once. Pure.

They share a place's cell where its stage has the same rule and nobody said anything of one of them alone.
"""

from concord_registry.cells import Cell, cell_of
from concord_registry.claims import ByStage, OfStage, that_apply
from concord_registry.findings import cell_findings
from concord_registry.found import Found
from concord_registry.places import containing
from concord_registry.rulebook import rule_for
from concord_registry.world import ANY, Claim, Reference

type Judged = tuple[Cell, tuple[Found, ...]]


class ManyCells:
    """Makes the same cells as `cells.cells`, and the same findings as `findings.cell_findings`."""

    def __init__(self, reference: Reference, by_stage: ByStage) -> None:
        self._reference = reference
        self._by_stage = by_stage
        self._shared: dict[tuple[str, str, str | None], tuple[list[Claim], Judged]] = {}

    def row(self, pathway: str, place: str) -> tuple[Judged, ...]:
        """The cells of one place in pathway order, each with its findings."""
        return tuple(_of_pathway(judged, pathway) for judged in self.row_to_count(pathway, place))

    def row_to_count(self, pathway: str, place: str) -> tuple[Judged, ...]:
        """The same, but a cell that pathways share, and what is found in it, is one and names the first of them."""
        around = containing(self._reference, place)
        return tuple(self._one(stage, pathway, place, around) for stage in self._reference.cells_of(pathway))

    def _one(self, stage: str, pathway: str, place: str, around: tuple[str, ...]) -> Judged:
        of_stage = self._by_stage.get(stage, {})
        own = [claim for near in around for claim in of_stage.get((near, pathway), ())]
        rule = rule_for(self._reference, stage, pathway)
        key = stage, place, rule.key if rule else None
        if key not in self._shared:
            self._shared[key] = self._of_all(of_stage, stage, pathway, place)
        general, shared = self._shared[key]
        if own:
            return self._judged(sorted([*general, *own], key=lambda claim: claim.id), stage, pathway, place)
        return shared

    def _of_all(self, of_stage: OfStage, stage: str, pathway: str, place: str) -> tuple[list[Claim], Judged]:
        """What is said of every pathway, and the cell where nothing else is said."""
        general = that_apply(self._reference, of_stage, ANY, place)
        return general, self._judged(general, stage, pathway, place)

    def _judged(self, here: list[Claim], stage: str, pathway: str, place: str) -> Judged:
        cell = cell_of(self._reference, here, stage, pathway, place)
        return cell, tuple(cell_findings(self._reference, cell))


def _of_pathway(judged: Judged, pathway: str) -> Judged:
    cell, findings = judged
    if cell.pathway == pathway:
        return judged
    return cell.of_pathway(pathway), tuple(found.of_pathway(pathway) for found in findings)
