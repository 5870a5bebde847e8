"""The outbox: the present state of an aggregate reaches another service, however often either dies.

One row per aggregate. `enqueue` raises its `sequence` in the transaction of the change; the worker leases a due row,
builds the message from the state at that moment, sends it with no transaction open, and notes which sequence was sent.
A row raised while it was being sent is sent again. So duplicates, reordering and coalescing are harmless to a receiver
that ignores lower and equal sequences.

    no answer, 408, 409, 425, 429, 5xx   tried again, later each time
    any other 4xx                        parked: a person looks, then `unpark`

A service that tells two others has a lane for each: one that is away does not hold up the other. The lane without a
name is the first receiver's.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Table, and_, case, func, insert, literal, select, update
from sqlalchemy.orm import Session
from uuid_utils import uuid7

from concord_kit.clock import Clock, utc_now
from concord_kit.columns import UtcDateTime
from concord_kit.context import RequestContext, set_current
from concord_kit.database import Database, DatabaseUnavailable, Reading, Writing
from concord_kit.http_client import DependencyRefused, DependencyUnavailable, ServiceClient
from concord_kit.tables import GENESIS_AT, KitTables

TOPIC = "outbox"
LEASE = timedelta(seconds=6)
"""Longer than the deadline of a call; after it another worker may take a row whose worker died."""
SENT_TOGETHER = 8
LONGEST_NAP_SECONDS = 5.0
AT_ONCE = NEVER = GENESIS_AT
"""An instant before every clock: due at once, leased by nobody."""
LANE_ENDS = "/"
"""Between a lane and the aggregate's key, which has none."""
RETRIED = frozenset({408, 409, 425, 429})

log = logging.getLogger("concord.outbox")


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A call to be made: `body` is the present state, `token` the service's own."""

    method: str
    path: str
    body: BaseModel | Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A row being sent by this worker."""

    key: str
    sequence: int
    attempts: int
    lease: str


@dataclass(frozen=True, slots=True)
class OutboxState:
    """`sent_sequence` reaches `sequence` when the present state has arrived."""

    sequence: int
    sent_sequence: int
    attempts: int
    parked_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    parked: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds to the next attempt: doubling from `first` to `most`, with half of it at random."""

    first_seconds: float = 0.5
    most_seconds: float = 60

    def after(self, attempts: int) -> timedelta:
        longest: float = min(self.most_seconds, self.first_seconds * 2 ** min(attempts, 20))
        return timedelta(seconds=longest * (0.5 + random.random() / 2))  # noqa: S311 (spreads load, hides nothing)


def enqueue(tx: Writing, key: str, lane: str = "") -> int:
    """The state of aggregate `key` changed in this transaction: it will be sent. Gives its new sequence, 1 upwards."""
    table = tx.tables.outbox
    key = _in_lane(key, lane)
    tx.signal(TOPIC)
    unsent = table.c.sequence > table.c.sent_sequence
    raised = tx.connection.execute(
        update(table)
        .where(table.c.key == key)
        .values(
            sequence=table.c.sequence + 1,
            attempts=0,
            next_attempt_at=AT_ONCE,
            parked_at=None,
            waiting_since=case((unsent, table.c.waiting_since), else_=literal(tx.at, UtcDateTime)),
        )
        .returning(table.c.sequence)
    ).scalar_one_or_none()
    if raised is not None:
        return int(raised)
    row = {"key": key, "sequence": 1, "sent_sequence": 0, "leased_until": NEVER, "attempts": 0}
    tx.connection.execute(insert(table).values(**row, next_attempt_at=AT_ONCE, waiting_since=tx.at))
    return 1


def state_of(session: Session, tables: KitTables, key: str, lane: str = "") -> OutboxState | None:
    """How far the messages of one aggregate have come; None where there never was one."""
    table = tables.outbox
    row = session.connection().execute(select(table).where(table.c.key == _in_lane(key, lane))).one_or_none()
    if row is None:
        return None
    return OutboxState(row.sequence, row.sent_sequence, row.attempts, row.parked_at, row.last_error)


def count(session: Session, tables: KitTables, now: datetime) -> Counts:
    """What waits and what is parked; `oldest_seconds` is 0 where nothing waits."""
    table = tables.outbox
    waits = _waiting(table)
    row = session.connection().execute(select(func.count(), func.min(table.c.waiting_since)).where(waits)).one()
    parked = session.connection().execute(select(func.count()).where(table.c.parked_at.is_not(None))).scalar_one()
    oldest = 0.0 if row[1] is None else max(0.0, (now - row[1]).total_seconds())
    return Counts(row[0], parked, oldest)


def unpark(database: Database, key: str | None = None) -> int:
    """Try parked messages again (all, or one aggregate's in every lane), once a person has mended the cause. Gives how
    many."""

    def change(session: Session) -> int:
        table = database.tables.outbox
        parked = table.c.parked_at.is_not(None)
        wanted = parked if key is None else (table.c.key == key) | table.c.key.endswith(f"{LANE_ENDS}{key}")
        values = {"parked_at": None, "attempts": 0, "next_attempt_at": AT_ONCE}
        changed = session.connection().execute(
            update(table).where(table.c.parked_at.is_not(None), wanted).values(values).returning(table.c.key)
        )
        return len(changed.all())

    changed = database.housekeep_now(change)
    database.announce(TOPIC)
    return changed


def _in_lane(key: str, lane: str) -> str:
    return f"{lane}{LANE_ENDS}{key}" if lane else key


def _waiting(table: Table) -> ColumnElement[bool]:
    return and_(table.c.sequence > table.c.sent_sequence, table.c.parked_at.is_(None))


class Outbox:
    """Sends what is enqueued, to one other service. `run()` goes into `create_app(background=...)`.

    `build(tx, key, sequence)` makes the message from the present state; None where there is nothing to say any more.
    """

    def __init__(
        self,
        database: Database,
        client: ServiceClient,
        build: Callable[[Reading, str, int], OutboxMessage | None],
        *,
        backoff: Backoff | None = None,
        lease: timedelta = LEASE,
        clock: Clock = utc_now,
        lane: str = "",
    ) -> None:
        self._database = database
        self._client = client
        self._build = build
        self._backoff = backoff or Backoff()
        self._lease = lease
        self._clock = clock
        self._table = database.tables.outbox
        self._prefix = f"{lane}{LANE_ENDS}" if lane else ""
        key = self._table.c.key
        self._mine = key.startswith(self._prefix) if lane else key.not_like(f"%{LANE_ENDS}%")

    async def run(self) -> None:
        """Send until cancelled. A message under way at the stop is sent again after the next start."""
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        unsubscribe = self._database.subscribe(TOPIC, wake)
        try:
            if self._database.is_sqlite:  # no other process can hold a lease
                await self._database.housekeep(self._free_leases)
            while True:
                woken.clear()
                if not await self._round():
                    await self._nap(woken)
        finally:
            unsubscribe()

    async def _round(self) -> bool:
        """Send what is due; False where nothing was."""
        try:
            leased = await self._database.housekeep(self._take_leases)
            await asyncio.gather(*(self._deliver(row) for row in leased))
        except DatabaseUnavailable:
            await asyncio.sleep(self._backoff.first_seconds)
            return True
        return bool(leased)

    async def _nap(self, woken: asyncio.Event) -> None:
        seconds = await self._nap_seconds()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await woken.wait()

    async def _nap_seconds(self) -> float:
        try:
            due = await self._database.read(self._next_due)
        except DatabaseUnavailable:
            return self._backoff.first_seconds
        if due is None:
            return LONGEST_NAP_SECONDS
        return min(LONGEST_NAP_SECONDS, max(0.0, (due - self._clock()).total_seconds()))

    async def _deliver(self, row: Leased) -> None:
        set_current(RequestContext(f"outbox-{uuid7()}"))
        try:
            outcome = _sent(await self._send(row.key))
        except (DependencyUnavailable, DependencyRefused) as error:
            outcome = self._not_sent(row, error)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            # A state that cannot be put into words is our fault; it must neither be lost nor hold up the others.
            log.exception("a message could not be made", extra={"outbox_key": row.key})
            outcome = self._not_sent(row, error)
        await self._settle(row, outcome)

    async def _send(self, key: str) -> int:
        """Build and send the present state. Gives its sequence."""
        sequence, message = await self._database.read(lambda tx: self._message(tx, key))
        if message is not None:
            await self._client.request(
                message.method, message.path, body=message.body, headers=message.headers, token=message.token
            )
            log.info("sent", extra={"outbox_key": key, "sequence": sequence})
        return sequence

    def _message(self, tx: Reading, key: str) -> tuple[int, OutboxMessage | None]:
        query = select(self._table.c.sequence).where(self._table.c.key == key)
        sequence = tx.connection.execute(query).scalar_one()
        return sequence, self._build(tx, key.removeprefix(self._prefix), sequence)

    def _not_sent(self, row: Leased, error: Exception) -> dict[str, Any]:
        facts = {"outbox_key": row.key, "attempts": row.attempts + 1, "error": str(error)}
        values = {"attempts": row.attempts + 1, "last_error": str(error)[:1000]}
        if isinstance(error, DependencyRefused) and error.status not in RETRIED:
            log.error("parked: the receiver refused it", extra=facts)
            return {**values, "parked_at": self._clock()}
        log.warning("not sent, to be tried again", extra=facts)
        return {**values, "next_attempt_at": self._clock() + self._backoff.after(row.attempts)}

    async def _settle(self, row: Leased, values: dict[str, Any]) -> None:
        def change(session: Session) -> None:
            mine = and_(self._table.c.key == row.key, self._table.c.lease == row.lease)
            # What was enqueued while we were sending is due at once, whatever became of the state before it.
            unraised = values if "sent_sequence" in values else _unless_raised(self._table, row.sequence, values)
            session.connection().execute(
                update(self._table).where(mine).values(**unraised, lease=None, leased_until=NEVER)
            )

        await self._database.housekeep(change)

    def _take_leases(self, session: Session) -> list[Leased]:
        table, now, lease = self._table, self._clock(), str(uuid7())
        due = (
            select(table.c.key)
            .where(self._mine, _waiting(table), table.c.next_attempt_at <= now, table.c.leased_until <= now)
            .order_by(table.c.next_attempt_at, table.c.key)
            .limit(SENT_TOGETHER)
            .with_for_update(skip_locked=True)
        )
        keys = session.connection().execute(due).scalars().all()
        if not keys:
            return []
        taken = session.connection().execute(
            update(table)
            .where(table.c.key.in_(keys))
            .values(lease=lease, leased_until=now + self._lease)
            .returning(table.c.key, table.c.sequence, table.c.attempts)
        )
        return [Leased(row.key, row.sequence, row.attempts, lease) for row in taken]

    def _free_leases(self, session: Session) -> None:
        session.connection().execute(update(self._table).where(self._mine).values(lease=None, leased_until=NEVER))

    def _next_due(self, tx: Reading) -> datetime | None:
        table = self._table
        due = case(
            (table.c.leased_until > table.c.next_attempt_at, table.c.leased_until), else_=table.c.next_attempt_at
        )
        mine = select(func.min(due)).where(self._mine, _waiting(table))
        earliest: datetime | None = tx.connection.execute(mine).scalar_one()
        return earliest


def _sent(sequence: int) -> dict[str, Any]:
    return {"sent_sequence": sequence, "attempts": 0, "last_error": None}


def _unless_raised(table: Table, sequence: int, values: dict[str, Any]) -> dict[str, Any]:
    """The values where the row still stands at `sequence`, else what the row has: `enqueue` set it meanwhile."""
    same = table.c.sequence == sequence
    return {
        name: case((same, literal(value, table.c[name].type)), else_=table.c[name]) for name, value in values.items()
    }
