"""Subscriptions and their attempts: reading, changing, leasing what is due, noting what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from concord_contracts.registry import ChangesWanted, Delivery, Webhook, WebhookState
from concord_kit.database import Reading, Writing
from concord_kit.tables import GENESIS_AT
from concord_registry import tables
from concord_registry.feed.filters import Wanted

WEBHOOKS = tables.Base.metadata.tables["webhooks"]
DELIVERIES = tables.Base.metadata.tables["webhook_deliveries"]
KEPT = 200
"""Attempts that are kept of each subscription."""


def of_owner(tx: Reading, owner: str) -> list[Row[Any]]:
    """A body's subscriptions that are not deleted, the oldest first."""
    query = select(WEBHOOKS).where(WEBHOOKS.c.owner == owner, WEBHOOKS.c.state != WebhookState.DELETED.value)
    return list(tx.connection.execute(query.order_by(WEBHOOKS.c.created_at, WEBHOOKS.c.webhook)))


def one(tx: Reading, webhook: str, owner: str | None) -> Row[Any] | None:
    """A body's own subscription, deleted or not; None for another's."""
    query = select(WEBHOOKS).where(WEBHOOKS.c.webhook == webhook, WEBHOOKS.c.owner == owner)
    return tx.connection.execute(query).one_or_none()


def record(tx: Writing, values: Mapping[str, Any]) -> None:
    tx.connection.execute(insert(WEBHOOKS).values(**values))


def change(tx: Writing, webhook: str, values: Mapping[str, Any]) -> None:
    """The next version. A message under way is no longer ours to settle: its lease is gone."""
    unleased = {"lease": None, "leased_until": GENESIS_AT, "version": WEBHOOKS.c.version + 1}
    tx.connection.execute(update(WEBHOOKS).where(WEBHOOKS.c.webhook == webhook).values(**unleased, **values))


def view(row: Row[Any], secret: str | None = None) -> Webhook:
    """As the owner sees it; the secret only where it is new."""
    wanted = ChangesWanted.model_validate_json(row.wanted)
    due = row.next_attempt_at if row.attempts else None
    return Webhook(
        id=row.webhook,
        version=row.version,
        owner=row.owner,
        address=row.address,
        wanted=wanted,
        state=WebhookState(row.state),
        sent_seq=row.sent_seq,
        attempts=row.attempts,
        next_attempt_at=due,
        last_error=row.last_error,
        created_at=row.created_at,
        secret=secret,
    )


def wanted_of(row: Row[Any]) -> Wanted:
    asked = ChangesWanted.model_validate_json(row.wanted)
    return Wanted(tuple(asked.action), tuple(asked.subject), tuple(asked.body), tuple(asked.place))


def deliveries(tx: Reading, webhook: str, limit: int) -> list[Delivery]:
    """Attempts, the latest first."""
    query = select(DELIVERIES).where(DELIVERIES.c.webhook == webhook).order_by(DELIVERIES.c.row.desc()).limit(limit)
    return [Delivery.model_validate(dict(row._mapping)) for row in tx.connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Counts:
    """`oldest_seconds`: how long the longest waiting one has not got through."""

    active: int
    parked: int
    oldest_seconds: float


def count(tx: Reading, now: datetime) -> Counts:
    rows = tx.connection.execute(select(WEBHOOKS.c.state, func.count()).group_by(WEBHOOKS.c.state))
    by_state = {row[0]: row[1] for row in rows}
    active = WEBHOOKS.c.state == WebhookState.ACTIVE.value
    oldest = tx.connection.execute(select(func.min(WEBHOOKS.c.waiting_since)).where(active)).scalar()
    waits = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return Counts(by_state.get("active", 0), by_state.get("parked", 0), waits)


def take_due(session: Session, head: int, now: datetime, lease: str, until: datetime, most: int) -> list[Row[Any]]:
    """Lease subscriptions that have something before them; each message's end is fixed at its first attempt."""
    due = (
        select(WEBHOOKS.c.webhook)
        .where(_waiting(head), WEBHOOKS.c.next_attempt_at <= now, WEBHOOKS.c.leased_until <= now)
        .order_by(WEBHOOKS.c.next_attempt_at, WEBHOOKS.c.webhook)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    connection = session.connection()
    ids = connection.execute(due).scalars().all()
    if not ids:
        return []
    connection.execute(
        update(WEBHOOKS)
        .where(WEBHOOKS.c.webhook.in_(ids))
        .values(
            lease=lease,
            leased_until=until,
            pending_upto=func.coalesce(WEBHOOKS.c.pending_upto, head),
            waiting_since=func.coalesce(WEBHOOKS.c.waiting_since, now),
        )
    )
    return list(connection.execute(select(WEBHOOKS).where(WEBHOOKS.c.webhook.in_(ids))))


def settle(session: Session, row: Row[Any], values: Mapping[str, Any]) -> None:
    """What became of a message, unless the subscription was changed meanwhile."""
    mine = and_(WEBHOOKS.c.webhook == row.webhook, WEBHOOKS.c.lease == row.lease)
    settled = {"lease": None, "leased_until": GENESIS_AT, **values}
    session.connection().execute(update(WEBHOOKS).where(mine).values(**settled))


def note(session: Session, values: Mapping[str, Any]) -> None:
    """Keep an attempt, and drop those beyond the last KEPT."""
    connection = session.connection()
    connection.execute(insert(DELIVERIES).values(**values))
    of_it = DELIVERIES.c.webhook == values["webhook"]
    query = select(DELIVERIES.c.row).where(of_it).order_by(DELIVERIES.c.row.desc()).offset(KEPT).limit(1)
    last = connection.execute(query).scalar()
    if last is not None:
        connection.execute(delete(DELIVERIES).where(of_it, DELIVERIES.c.row <= last))


def free_leases(session: Session) -> None:
    """At the start of the only process: whoever held a lease is gone."""
    session.connection().execute(update(WEBHOOKS).values(lease=None, leased_until=GENESIS_AT))


def next_due(tx: Reading) -> datetime | None:
    """When the next attempt is due or a lease runs out; None where nothing waits."""
    later = func.max if tx.connection.dialect.name == "sqlite" else func.greatest
    due = later(WEBHOOKS.c.next_attempt_at, WEBHOOKS.c.leased_until, type_=WEBHOOKS.c.next_attempt_at.type)
    query = select(due).where(_waiting(tx.head_seq)).order_by(due).limit(1)
    found: datetime | None = tx.connection.execute(query).scalar()
    return found


def _waiting(head: int) -> ColumnElement[bool]:
    active = WEBHOOKS.c.state == WebhookState.ACTIVE.value
    return and_(active, or_(WEBHOOKS.c.sent_seq < head, WEBHOOKS.c.pending_upto > WEBHOOKS.c.sent_seq))


DAY_OF_GRACE = timedelta(days=1)
"""How long the secret before the present one signs as well."""
