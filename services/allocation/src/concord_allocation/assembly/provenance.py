"""Carry the provenance of reference rows into the problem: sourced figures name their source, others are marked."""

from collections.abc import Sequence
from decimal import Decimal

from concord_allocation.reference.rows import Sourced
from concord_contracts.allocation import Provenance

SOURCE_LENGTH = 300
NOTE_LENGTH = 2000


def provenance_of(row: Sourced, *further_notes: str, grade: str | None = None) -> Provenance:
    """The row's provenance with further notes added.

    A derived figure counts as sourced where the rule has a source; one derived from nothing published is an assumption.
    """
    note = "; ".join(part for part in (row.note, *further_notes) if part) or None
    return Provenance(
        basis="assumption" if row.basis == "assumption" or not row.source else "source",
        source=row.source[:SOURCE_LENGTH] if row.source else None,
        note=note[:NOTE_LENGTH] if note else None,
        grade=grade[:80] if grade else None,
        low=_number(row.low),
        high=_number(row.high),
    )


def assumed(provenance: Provenance, note: str) -> Provenance:
    """The same figure, marked as resting on an assumption for one more reason."""
    notes = "; ".join(part for part in (note, provenance.note) if part)
    return provenance.model_copy(update={"basis": "assumption", "note": notes[:NOTE_LENGTH]})


def joined(parts: Sequence[Provenance]) -> Provenance:
    """One provenance for a sum: an assumption if any part is one, with all sources and notes; ranges add up."""
    if len(parts) == 1:
        return parts[0]
    sources = " ".join(dict.fromkeys(key for part in parts for key in (part.source or "").split()))
    notes = "; ".join(dict.fromkeys(note for part in parts for note in (part.note or "").split("; ") if note))
    lows = [part.low for part in parts if part.low is not None]
    highs = [part.high for part in parts if part.high is not None]
    return Provenance(
        basis="assumption" if any(part.basis == "assumption" for part in parts) else "source",
        source=sources[:SOURCE_LENGTH] or None,
        note=notes[:NOTE_LENGTH] or None,
        low=sum(lows) if len(lows) == len(parts) else None,
        high=sum(highs) if len(highs) == len(parts) else None,
    )


def cited(row: Sourced) -> str:
    """The row's authority in a line: its sources, or that it is an assumption."""
    if row.basis == "assumption" or not row.source:
        return f"assumption: {row.note}"[:SOURCE_LENGTH]
    return row.source[:SOURCE_LENGTH]


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
