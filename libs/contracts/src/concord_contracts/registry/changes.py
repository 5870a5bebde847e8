"""The feed of changes: what was recorded, in order, and what it touched."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from concord_contracts.identifiers import Digest, Reply


class TouchedKind(StrEnum):
    """What sort of record a change touched. Reference data are told by the change's own address alone."""

    CLAIM = "claim"
    MANDATE = "mandate"
    RECORD = "record"


class Touched(Reply):
    """One record that a change wrote, as far as a reader needs to decide whether it concerns them."""

    kind: TouchedKind
    id: str
    version: int | None = Field(None, description="the version now known; none: it is no longer known")
    bodies: list[str] = Field([], description="bodies it names: who does it, who says so, for whom")
    places: list[str] = []
    pathways: list[str] = []
    stages: list[str] = []
    words: str = Field("", description="what it says now: role, status, topic")
    address: str | None = Field(None, description="where to read it")


class Change(Reply):
    """One writing transaction. `touched` holds at most 50 records; `touched_count` says how many there are."""

    seq: int
    at: datetime
    actor: str
    acting_for: str | None
    action: str
    subject: str
    reason: str | None
    body_digest: Digest | None
    hash: Digest
    touched: list[Touched] = []
    touched_count: int = 0
    address: str | None = Field(None, description="where to read the subject")


class Changes(Reply):
    """`next_after` is the last sequence looked at, whether or not it fitted the filters: ask again with it."""

    items: list[Change]
    next_after: int
    head_seq: int
