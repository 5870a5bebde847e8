"""Pages of changes with what each touched: the same for the list, the stream and what is sent."""

from concord_contracts.registry import Change, Changes
from concord_kit.database import Reading
from concord_kit.journal import Entry
from concord_registry.feed.filters import Wanted
from concord_registry.store.changes import TouchedThen, entries, touched

WITHHELD = "(signed in callers only)"
PERSONAL = "people."
"""Actions whose requests hold personal data: whoever knows the details could recognise a digest of them."""
READ_AT = {
    "load": "/v1/reference/summary",
    "claim": "/v1/claims/{}",
    "import": "/v1/imports/{}",
    "rule-change": "/v1/rules/changes/{}",
    "pathway": "/v1/pathways/{}/versions",
    "activation": "/v1/activations/{}",
    "file": "/v1/files/{}",
    "reorganisation": "/v1/reorganisations/{}",
}


def page(tx: Reading, wanted: Wanted, after: int, limit: int, *, public: bool, upto: int | None = None) -> Changes:
    """Up to `limit` changes that fit, after a sequence and up to one. The public sees no actor, no reason and no digest
    of what was sent."""
    found, looked_at = entries(tx, wanted, after, limit, upto)
    by_moment = touched(tx, [entry.at for entry in found])
    return Changes(
        items=[_change(entry, by_moment[entry.at], public=public) for entry in found],
        next_after=looked_at,
        head_seq=tx.head_seq,
    )


def _change(entry: Entry, then: TouchedThen, *, public: bool) -> Change:
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
        body_digest=None if public or entry.action.startswith(PERSONAL) else entry.body_digest,
        hash=entry.hash,
        touched=then.shown,
        touched_count=then.count,
        address=address,
    )
