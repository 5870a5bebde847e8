"""A finding as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass

from concord_contracts.registry import Commitment, FindingKind
from concord_registry.cells import Cell
from concord_registry.claims import Applying
from concord_registry.world import ANY

OF_RECORDS = frozenset(
    {
        FindingKind.ROLLED_OVER,
        FindingKind.NOTICE_COMING,
        FindingKind.CONTRACT_WITH_ENDED_BODY,
        FindingKind.NETWORK_OVERLAP,
        FindingKind.RISK_OVERDUE,
        FindingKind.AUTHORITY_ENDS,
        FindingKind.AUTHORITIES_OVERLAP,
    }
)
"""Kinds of which a place can have several: one for each contract, pair of networks, risk or authority."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as plain values; bodies and claims by id, in a stable order."""

    kind: FindingKind
    pathway: str
    place: str
    severity: str
    why_severity: str
    words: str
    closes_when: str
    stage: str | None = None
    next_stage: str | None = None
    level: str | None = None
    commitment: Commitment | None = None
    bodies: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    interim_payers: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Names the finding on any day: what it is of, not what it says. One map has each key once."""
        beside = self.next_stage or self.level or (",".join(self.bodies) if self.kind is FindingKind.IDLE_BODY else "")
        beside = beside or (",".join(self.records) if self.kind in OF_RECORDS else "")
        return "~".join(
            (self.kind.value, self.pathway, self.place.replace("~", "+"), self.stage or ANY, beside)
        ).rstrip("~")

    def of_pathway(self, pathway: str) -> "Found":
        """The same finding of another pathway. England has a hundred thousand: `replace` takes three times as long."""
        return Found(
            self.kind,
            pathway,
            self.place,
            self.severity,
            self.why_severity,
            self.words,
            self.closes_when,
            self.stage,
            self.next_stage,
            self.level,
            self.commitment,
            self.bodies,
            self.claims,
            self.interim_payers,
            self.records,
        )


def of_cell(
    cell: Cell,
    kind: FindingKind,
    severity: str,
    why: str,
    *,
    words: str,
    closes_when: str,
    bodies: Iterable[str],
    claims: Iterable[Applying] = (),
    commitment: Commitment | None = None,
    interim_payers: Iterable[str] = (),
) -> Found:
    """A finding about one cell, its bodies and claims in a stable order."""
    return Found(
        kind=kind,
        pathway=cell.pathway,
        place=cell.place,
        stage=cell.stage.key,
        severity=severity,
        why_severity=why,
        words=words,
        closes_when=closes_when,
        commitment=commitment,
        bodies=tuple(sorted(bodies)),
        claims=tuple(sorted({one.claim.id for one in claims})),
        interim_payers=tuple(interim_payers),
    )
