"""Findings of many maps, one map after the other, so that a page costs what it looks at. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from concord_contracts.registry import Side
from concord_registry.cells import Cell, cells
from concord_registry.claims import claims_by_stage
from concord_registry.coverage import findings_beside
from concord_registry.finding_scope import FindingScope, Spot, side_of
from concord_registry.findings import cell_findings
from concord_registry.found import Found
from concord_registry.knowledge.findings import findings_above, knowledge_findings
from concord_registry.knowledge.known import NOTHING, Knowledge
from concord_registry.place_findings import lead_findings_above, local_lead_findings
from concord_registry.world import Claim, Reference


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with how it lies to the body asked about, if one was."""

    found: Found
    side: Side | None = None


class Finder:
    """Finds what is to be found at spots, in one reading of the map."""

    def __init__(
        self, reference: Reference, claims: Iterable[Claim], scope: FindingScope, knowledge: Knowledge = NOTHING
    ) -> None:
        self.reference = reference
        self.scope = scope
        self.knowledge = knowledge
        self._person = reference.payer(scope.body) if scope.body else None
        self._stands = self._person is None or reference.body(self._person).in_being(reference.as_of)
        self._by_stage = claims_by_stage(claims)

    def at(self, spot: Spot) -> list[Listed]:
        """What the scope wants of one map, in the map's order; nothing where the place is not on it."""
        if spot.place not in self.reference.places or spot.pathway not in self.reference.pathways:
            return []
        by_stage = self._by_stage
        if not spot.whole:
            above = [
                *lead_findings_above(self.reference, by_stage, spot.pathway, spot.place),
                *findings_above(self.reference, self.knowledge, spot.pathway, spot.place),
            ]
            return list(self._wanted(above, ()))
        row = cells(self.reference, by_stage, spot.pathway, spot.place)
        everything = [
            *(found for cell in row for found in cell_findings(self.reference, cell)),
            *findings_beside(self.reference, row),
            *local_lead_findings(self.reference, by_stage, spot.pathway, spot.place),
            *lead_findings_above(self.reference, by_stage, spot.pathway, spot.place),
            *knowledge_findings(self.reference, self.knowledge, spot.pathway, spot.place),
        ]
        return list(self._wanted(everything, row))

    def _wanted(self, found: Iterable[Found], row: Sequence[Cell]) -> Iterator[Listed]:
        for one in found:
            if not self.scope.wants(one):
                continue
            if self._person is None:
                yield Listed(one)
            elif (side := side_of(one, self._person, row)) is not None and (self._stands or side is Side.OWN):
                yield Listed(one, side)


def around_all(reference: Reference, asked: Iterable[Spot]) -> frozenset[str]:
    """Places whose claims matter to any of these spots."""
    return frozenset[str]().union(*(spot.around(reference) for spot in set(asked)))
