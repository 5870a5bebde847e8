"""The worker that sends changes to subscribers: in order for each, at least once, surviving kills.

The journal is the outbox. A subscription has one message under way: everything after `sent_seq` up to an end fixed at
its first attempt, so that each attempt says the same under the same `webhook-id`. No transaction is open meanwhile.

    2xx                                      it has arrived
    410                                      the receiver wants no more: paused
    no answer, 408, 409, 425, 429, 5xx       tried again, later each time; parked after MOST_ATTEMPTS
    anything else                            parked: the owner looks, then `resume`
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread
import httpx
from prometheus_client import CollectorRegistry
from sqlalchemy import Row
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Signer
from uuid_utils import uuid7

from concord_contracts.registry import WebhookMessage, WebhookState
from concord_kit.database import JOURNALED, Database, DatabaseUnavailable, Reading
from concord_kit.outbox import RETRIED, Backoff
from concord_registry.feed.reading import page
from concord_registry.store import webhooks as stored
from concord_registry.webhooks.addresses import AddressRefusedError, looked_up
from concord_registry.webhooks.metrics import WebhookMetrics
from concord_registry.webhooks.sealing import NotOpenedError, Seal

MOST_CHANGES = 100
SENT_TOGETHER = 8
DEADLINE_SECONDS = 10.0
LEASE = timedelta(seconds=30)
"""Longer than looking up, sending and noting; after it another process may take a subscription whose sender died."""
MOST_ATTEMPTS = 40
"""A day and a half at the longest pauses."""
LONGEST_NAP_SECONDS = 5.0
AGENT = "concord-registry"

log = logging.getLogger("concord.webhooks")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: what to note, and what the subscription becomes."""

    name: str
    values: Mapping[str, Any]
    status: int | None = None
    error: str | None = None


class Sender:
    """`run()` goes into the application's background. `loopback` lets addresses of this machine through."""

    def __init__(
        self,
        database: Database,
        registry: CollectorRegistry,
        seal: Seal,
        *,
        loopback: bool = False,
        backoff: Backoff | None = None,
    ) -> None:
        self._database = database
        self._seal = seal
        self._loopback = loopback
        self._backoff = backoff or Backoff(first_seconds=2, most_seconds=3600)
        self._metrics = WebhookMetrics(registry)

    async def run(self) -> None:
        """Send until cancelled. A message under way at the stop is sent again after the next start."""
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        unsubscribe = self._database.subscribe(JOURNALED, wake)
        try:
            async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=DEADLINE_SECONDS) as http:
                if self._database.is_sqlite:  # no other process can hold a lease
                    await self._database.housekeep(stored.free_leases)
                while True:
                    woken.clear()
                    if not await self._round(http):
                        await self._nap(woken)
        finally:
            unsubscribe()

    async def _round(self, http: httpx.AsyncClient) -> bool:
        """Send what is due; False where nothing was."""
        try:
            head, due = await self._database.read(lambda tx: (tx.head_seq, stored.next_due(tx)))
            now = self._database.clock()
            if due is None or due > now:
                return False
            lease = str(uuid7())
            leased = await self._database.housekeep(
                lambda session: stored.take_due(session, head, now, lease, now + LEASE, SENT_TOGETHER)
            )
            await asyncio.gather(*(self._deliver(http, row) for row in leased))
        except DatabaseUnavailable:
            await asyncio.sleep(1)
            return True
        return bool(leased)

    async def _nap(self, woken: asyncio.Event) -> None:
        with suppress(DatabaseUnavailable):
            now = self._database.clock()
            counts, due = await self._database.read(lambda tx: (stored.count(tx, now), stored.next_due(tx)))
            self._metrics.active.set(counts.active)
            self._metrics.parked.set(counts.parked)
            self._metrics.oldest.set(counts.oldest_seconds)
            seconds = LONGEST_NAP_SECONDS
            if due is not None:
                seconds = min(seconds, max(0.0, (due - now).total_seconds()))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await woken.wait()

    async def _deliver(self, http: httpx.AsyncClient, row: Row[Any]) -> None:
        message = await self._database.read(lambda tx: _message(tx, row))
        if not message.changes:  # nothing of it is wanted: there is nothing to say
            await self._database.housekeep(lambda session: stored.settle(session, row, _arrived(message.upto)))
            return
        began, at = time.perf_counter(), self._database.clock()
        outcome = await self._attempt(http, row, message, at)
        self._metrics.attempts.labels(outcome.name).inc()
        noted = {
            "webhook": row.webhook,
            "message": _id_of(message),
            "after": message.after,
            "upto": message.upto,
            "changes": len(message.changes),
            "at": at,
            "status": outcome.status,
            "outcome": outcome.name,
            "duration_ms": round((time.perf_counter() - began) * 1000),
            "error": outcome.error,
        }

        def settle(session: Session) -> None:
            stored.settle(session, row, outcome.values)
            stored.note(session, noted)

        await self._database.housekeep(settle)
        log.info("sent", extra={"webhook": row.webhook, "upto": message.upto, "outcome": outcome.name})

    async def _attempt(self, http: httpx.AsyncClient, row: Row[Any], message: WebhookMessage, at: datetime) -> Outcome:
        body = message.model_dump_json()
        try:
            async with asyncio.timeout(2 * DEADLINE_SECONDS):
                target = await anyio.to_thread.run_sync(
                    lambda: looked_up(row.address, loopback=self._loopback), abandon_on_cancel=True
                )
                async with http.stream(
                    "POST",
                    target.pinned,
                    content=body,
                    headers={**_headers(row, message, body, at, self._seal), "Host": target.host_header},
                    extensions={"sni_hostname": target.host},
                ) as answer:  # its body is nothing to us, and may be endless
                    return self._judged(row, message, answer.status_code, at)
        except NotOpenedError:  # another process may have sealed it with a key that this one was not given
            return self._again(row, at, None, "its secret is sealed with a key that this service was not given")
        except AddressRefusedError as error:
            return _given_up(None, f"the address {error}")
        except (httpx.HTTPError, OSError, TimeoutError, UnicodeError) as error:
            return self._again(row, at, None, str(error) or type(error).__name__)

    def _judged(self, row: Row[Any], message: WebhookMessage, status: int, at: datetime) -> Outcome:
        if httpx.codes.is_success(status):
            return Outcome("delivered", _arrived(message.upto), status)
        if status == httpx.codes.GONE:
            error = "the receiver answered 410: it wants no more"
            return Outcome("gone", {"state": WebhookState.PAUSED.value, "last_error": error}, status, error)
        if status in RETRIED or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return self._again(row, at, status, f"the receiver answered {status}")
        return _given_up(status, f"the receiver answered {status}")

    def _again(self, row: Row[Any], at: datetime, status: int | None, error: str) -> Outcome:
        attempts = row.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            return _given_up(status, f"{error}, {attempts} times")
        values = {"attempts": attempts, "last_error": error[:1000]}
        values["next_attempt_at"] = at + self._backoff.after(row.attempts)
        return Outcome("retry", values, status, error[:1000])


def _message(tx: Reading, row: Row[Any]) -> WebhookMessage:
    found = page(tx, stored.wanted_of(row), row.sent_seq, MOST_CHANGES, public=True, upto=row.pending_upto)
    return WebhookMessage(
        webhook=row.webhook,
        after=row.sent_seq,
        upto=found.next_after,
        head_seq=row.pending_upto,  # as at the first attempt, and not as now
        changes=found.items,
    )


def _id_of(message: WebhookMessage) -> str:
    return f"{message.webhook}.{message.after}.{message.upto}"


def _headers(row: Row[Any], message: WebhookMessage, body: str, at: datetime, seal: Seal) -> dict[str, str]:
    secrets = [seal.opened(row.secret)]
    if row.secret_before and row.before_until and at < row.before_until:
        secrets.append(seal.opened(row.secret_before))
    key = _id_of(message)
    return {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign(key, at, body) for secret in secrets),
    }


def _arrived(upto: int) -> dict[str, Any]:
    return {"sent_seq": upto, "pending_upto": None, "attempts": 0, "last_error": None, "waiting_since": None}


def _given_up(status: int | None, error: str) -> Outcome:
    values = {"state": WebhookState.PARKED.value, "last_error": error[:1000]}
    return Outcome("parked", values, status, error[:1000])
