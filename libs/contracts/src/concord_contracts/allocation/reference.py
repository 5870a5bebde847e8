"""What allocation's reference figures rest on, counted."""

from datetime import date, datetime

from concord_contracts.identifiers import Digest, Reply
from concord_contracts.registry import FigureBasis


class PathwayPounds(Reply):
    """A pathway's baseline spend in all places, and how much of it rests on assumptions; whole pounds."""

    pathway: str
    gbp: int
    assumption_gbp: int

    @property
    def share(self) -> float:
        """0..1."""
        return self.assumption_gbp / self.gbp if self.gbp else 0.0


class Citation(Reply):
    """A document with how many figures cite it."""

    key: str
    title: str
    publisher: str | None = None
    figures: int


class AllocationReference(Reply):
    """What the reference figures in use rest on, at one edition: tables, baseline spend, documents."""

    edition: Digest
    as_of: date
    known_at: datetime
    tables: list[FigureBasis]
    pounds: list[PathwayPounds]
    sources: list[Citation]
