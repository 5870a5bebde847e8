"""One database for one service: `await db.read(fn)` and `await db.write(intent, fn)`.

Each is one thread hop, one session, one transaction, ended before it returns. Writers are serialised by the journal
head (docs/adr/0002), readers never wait for them. `fn` takes the transaction, touches nothing else and may be run
twice: after a lost connection or a serialisation failure it is repeated once, if the commit had not begun.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Literal

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from concord_kit import journal
from concord_kit.clock import Clock, utc_now
from concord_kit.engines import ACCESSES, Access, SingleProcessLock, failure_of, open_engine, with_access
from concord_kit.journal import Head, Intent
from concord_kit.tables import KitTables, kit_tables

log = logging.getLogger("concord.database")

JOURNALED = "journal"
"""Signalled after each commit that has a journal row."""
ENDING_SECONDS = 10.0
"""How long a database that is closed waits for transactions under way: as long as one waits for a lock."""
MAX_WAITING = 1000
"""Requests that may wait for a thread before further ones are told to come back."""


class DatabaseUnavailable(Exception):
    """The database cannot be reached, or is too busy; nothing is known to be recorded. Try again."""

    def __init__(self, reason: Literal["unreachable", "busy"], retry_after_seconds: int = 1) -> None:
        super().__init__("the database is too busy" if reason == "busy" else "the database cannot be reached")
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


@dataclass
class Reading:
    """A reading transaction: one snapshot, with the head as it was before the first query."""

    session: Session
    head: Head
    tables: KitTables

    @property
    def head_seq(self) -> int:
        """Journal position of this snapshot."""
        return self.head.seq

    @property
    def head_at(self) -> datetime:
        """Default and upper bound of `known_at`."""
        return self.head.at

    @property
    def connection(self) -> Connection:
        """For Core statements, on hot reads."""
        return self.session.connection()


@dataclass
class Writing(Reading):
    """A writing transaction. All facts it records carry `at`; `head` is the position before it."""

    at: datetime
    intent: Intent
    journaled: bool = True
    signals: set[str] = field(default_factory=set)

    @property
    def seq(self) -> int:
        """Journal position that this transaction will have."""
        return self.head.seq + 1

    def concerns(self, subject: str) -> None:
        """Name the record in the journal, where it is only known now."""
        self.intent = replace(self.intent, subject=subject)

    def unchanged(self) -> None:
        """Nothing changed: no journal row, and the head stays where it is."""
        self.journaled = False

    def signal(self, topic: str) -> None:
        """Tell the subscribers of `topic` once this transaction is committed."""
        self.signals.add(topic)


class Database:
    """A service's own database, by SQLAlchemy address (`sqlite:///path` or `postgresql://...`).

    `migrations_package` holds the Alembic revisions, e.g. `concord_registry.migrations`. `threads` bounds the readers
    at work at once, and with it the connections. Nothing is opened before `open()`.
    """

    def __init__(
        self,
        url: str,
        *,
        metadata: MetaData,
        migrations_package: str,
        clock: Clock = utc_now,
        threads: int = 8,
    ) -> None:
        self.url = make_url(url)
        self.metadata = metadata
        self.tables = kit_tables(metadata)
        self.migrations_package = migrations_package
        self.clock = clock
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        writers = 1 if self.is_sqlite else 2
        self.engine = open_engine(self.url, connections=threads + writers + 2)
        self._engines = {access: with_access(self.engine, access) for access in ACCESSES}
        self._readers = CapacityLimiter(threads)
        self._writers = CapacityLimiter(writers)
        self._one_writer = threading.Lock() if self.is_sqlite else None
        self._process_lock = SingleProcessLock(self.url) if self.is_sqlite else None
        self._subscribers: dict[str, list[Callable[[], None]]] = {}
        self._open_count = 0
        self._under_way = 0
        self._ended = threading.Condition()

    def open(self) -> "Database":
        """Take the SQLite file for this process. AlreadyInUse where another has it. Pair each with a `close()`."""
        if self._process_lock and self._open_count == 0:
            self._process_lock.acquire()
        self._open_count += 1
        return self

    def close(self) -> None:
        """Give back connections, and the SQLite file, once the transactions under way have ended.

        Whoever waited for one may have been cancelled: its thread goes on, and must not write to a file that another
        process has, nor leave its connection open.
        """
        self._open_count -= 1
        if self._open_count == 0:
            with self._ended:
                if not self._ended.wait_for(lambda: self._under_way == 0, ENDING_SECONDS):
                    log.warning("closed with transactions under way", extra={"transactions": self._under_way})
            self.engine.dispose()
            if self._process_lock:
                self._process_lock.release()

    def __enter__(self) -> "Database":
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    async def read[T](self, fn: Callable[[Reading], T]) -> T:
        """Run `fn` on one snapshot. DatabaseUnavailable where that cannot be had."""
        return await self._hop(self._readers, partial(self.read_now, fn))

    async def write[T](self, intent: Intent, fn: Callable[[Writing], T]) -> T:
        """Run `fn` and commit with its journal row. What `fn` raises rolls everything back."""
        return await self._hop(self._writers, partial(self.write_now, intent, fn))

    async def housekeep[T](self, fn: Callable[[Session], T]) -> T:
        """Write the kit's own records (leases, not facts): no journal row, not serialised by the head."""
        return await self._hop(self._writers, partial(self.housekeep_now, fn))

    def read_now[T](self, fn: Callable[[Reading], T]) -> T:
        """`read` for callers with a thread of their own: command lines, loaders."""

        def attempt(_: "_Progress") -> T:
            with self._session("read") as session:
                return fn(Reading(session, journal.read_head(session, self.tables), self.tables))

        return self._repeated(attempt)

    def write_now[T](self, intent: Intent, fn: Callable[[Writing], T]) -> T:
        """`write` for callers with a thread of their own."""

        def attempt(progress: "_Progress") -> tuple[T, set[str]]:
            with self._turn_to_write(), self._session("write") as session:
                head = journal.read_head(session, self.tables, lock=True)
                at = journal.next_stamp(head, self.clock())
                tx = Writing(session, head, self.tables, at, intent)
                result = fn(tx)
                session.flush()
                if tx.journaled:
                    journal.append(session, self.tables, head, at, tx.intent)
                    tx.signal(JOURNALED)
                progress.committing = True
                session.commit()
                return result, tx.signals

        result, signals = self._repeated(attempt)
        for topic in signals:
            self.announce(topic)
        return result

    def housekeep_now[T](self, fn: Callable[[Session], T]) -> T:
        """`housekeep` for callers with a thread of their own."""

        def attempt(progress: "_Progress") -> T:
            with self._turn_to_write(), self._session("write") as session:
                result = fn(session)
                progress.committing = True
                session.commit()
                return result

        return self._repeated(attempt)

    def subscribe(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback`, in the writer's thread, after commits that signalled `topic`. Gives the way to stop it."""
        callbacks = self._subscribers.setdefault(topic, [])
        callbacks.append(callback)
        return lambda: callbacks.remove(callback)

    def announce(self, topic: str) -> None:
        for callback in tuple(self._subscribers.get(topic, ())):
            callback()

    async def _hop[T](self, limiter: CapacityLimiter, work: Callable[[], T]) -> T:
        if limiter.statistics().tasks_waiting >= MAX_WAITING:
            raise DatabaseUnavailable("busy")
        return await anyio.to_thread.run_sync(work, limiter=limiter)

    def _repeated[T](self, attempt: "Callable[[_Progress], T]") -> T:
        for last in (False, True):
            progress = _Progress()
            try:
                return attempt(progress)
            except (DBAPIError, PoolTimeout) as error:
                failure = failure_of(error)
                if failure is None:
                    raise
                if last or failure == "busy" or progress.committing:
                    raise DatabaseUnavailable("unreachable" if failure == "lost" else "busy") from error
        raise AssertionError("unreachable: the second attempt returns or raises")

    @contextmanager
    def _session(self, access: Access) -> Iterator[Session]:
        with self._ended:
            self._under_way += 1
        try:
            with Session(self._engines[access], expire_on_commit=False) as session:
                yield session
        finally:
            with self._ended:
                self._under_way -= 1
                self._ended.notify_all()

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        """SQLite's own waiting is by sleeping and unfair; threads of this process queue here instead."""
        if self._one_writer is None:
            yield
            return
        if not self._one_writer.acquire(timeout=10):
            raise DatabaseUnavailable("busy")
        try:
            yield
        finally:
            self._one_writer.release()


@dataclass
class _Progress:
    """Whether a commit was begun: from there on, only the database knows what became of it."""

    committing: bool = False
