"""Pages of changes with what each touched: the same for the list, the stream and what is sent."""

from concord_contracts.registry import Change, Changes, Touched
from concord_kit.database import Reading
from concord_kit.journal import Entry
from concord_registry.feed.filters import Wanted
from concord_registry.store.changes import entries, touched

WITHHELD = "(signed in callers only)"
MOST_SHOWN = 50
"""Records of one change that are shown each."""
READ_AT = {
    "load": "/v1/reference/summary",
    "claim": "/v1/claims/{}",
    "import": "/v1/imports/{}",
    "rule-change": "/v1/rules/changes/{}",
    "activation": "/v1/activations/{}",
}


def page(tx: Reading, wanted: Wanted, after: int, limit: int, *, public: bool, upto: int | None = None) -> Changes:
    """Up to `limit` changes that fit, after a sequence and up to one. The public sees no actor and no reason."""
    found, looked_at = entries(tx, wanted, after, limit, upto)
    by_moment = touched(tx, [entry.at for entry in found])
    return Changes(
        items=[_change(entry, by_moment.get(entry.at, []), public=public) for entry in found],
        next_after=looked_at,
        head_seq=tx.head_seq,
    )


def _change(entry: Entry, records: list[Touched], *, public: bool) -> Change:
    kind, _, key = entry.subject.partition(":")
    address = READ_AT[kind].format(key) if kind in READ_AT and key else None
    return Change(
        seq=entry.seq,
        at=entry.at,
        actor=WITHHELD if public else entry.actor,
        acting_for=entry.acting_for,
        action=entry.action,
        subject=entry.subject,
        reason=None if public else entry.reason,
        body_digest=entry.body_digest,
        hash=entry.hash,
        touched=records[:MOST_SHOWN],
        touched_count=len(records),
        address=address,
    )
