"""The feed of changes."""

from datetime import datetime

from concord_contracts.identifiers import Digest, Reply


class Change(Reply):
    seq: int
    at: datetime
    actor: str
    acting_for: str | None
    action: str
    subject: str
    reason: str | None
    body_digest: Digest | None
    hash: Digest


class Changes(Reply):
    items: list[Change]
    next_after: int
    head_seq: int
