"""How each kind of database is opened, and what its failures mean."""

from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Access = Literal["read", "write"]
ACCESSES: tuple[Access, ...] = ("read", "write")
Failure = Literal["busy", "conflict", "lost"]

LOCK_TIMEOUT_SECONDS = 10
STATEMENT_TIMEOUT_SECONDS = 30
CONNECT_TIMEOUT_SECONDS = 3

_LOST = ("08", "57P", "25P03")
_BUSY = ("53", "55P03", "57014")
_CONFLICT = ("40001", "40P01")


class UnsupportedDatabase(ValueError):
    """Neither SQLite in a file nor PostgreSQL."""


class AlreadyInUse(RuntimeError):
    """Another process has this SQLite file."""


def open_engine(url: URL, *, connections: int) -> Engine:
    """An engine with a bounded pool; nothing is connected yet."""
    match url.get_backend_name():
        case "sqlite":
            return _open_sqlite(url, connections)
        case "postgresql":
            return _open_postgres(url, connections)
        case other:
            raise UnsupportedDatabase(f"{other} is not supported: use sqlite:///path or postgresql://host/name")


def with_access(engine: Engine, access: Access) -> Engine:
    """The same engine for reading (one snapshot, nothing can be written) or for writing."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(concord_access=access)
    if access == "read":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(isolation_level="READ COMMITTED")


def _open_sqlite(url: URL, connections: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise UnsupportedDatabase("SQLite needs a file: sqlite:///path")
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=LOCK_TIMEOUT_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": LOCK_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, not guessed by the driver
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader may not write: a deferred transaction that turns to writing fails at once if another wrote meanwhile.
    reads = connection.get_execution_options().get("concord_access") == "read"
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _open_postgres(url: URL, connections: int) -> Engine:
    settings = {
        "timezone": "UTC",
        "lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s",
        "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
        "idle_in_transaction_session_timeout": "60s",
    }
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=LOCK_TIMEOUT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
    )


def failure_of(error: DBAPIError | PoolTimeout) -> Failure | None:
    """What a failure means for the caller: `busy` (come back), `conflict` (repeat), `lost` (no connection).

    None where the statement itself is at fault: that is ours to mend.
    """
    if isinstance(error, PoolTimeout):
        return "busy"
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return _failure_of_state(state)
    text = str(error.orig)
    if "database is locked" in text:
        return "busy"
    if error.connection_invalidated or "unable to open database" in text or "disk I/O error" in text:
        return "lost"
    # psycopg gives no state where the server never answered
    return "lost" if type(error.orig).__module__.startswith("psycopg") and _is_operational(error) else None


def _failure_of_state(state: str) -> Failure | None:
    if state.startswith(_LOST):
        return "lost"
    if state.startswith(_BUSY):
        return "busy"
    return "conflict" if state in _CONFLICT else None


def _is_operational(error: DBAPIError) -> bool:
    return type(error).__name__ in {"OperationalError", "InterfaceError"}


class SingleProcessLock:
    """One process for one SQLite file, by a lock the system frees when the process dies however it dies."""

    def __init__(self, url: URL) -> None:
        self._path = Path(url.database or "").resolve()
        # Held by whoever opened it, whichever thread closes; never the kind of lock that outlives a killed process.
        self._lock = FileLock(f"{self._path}.lock", blocking=False, thread_local=False, fallback_to_soft=False)

    def acquire(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout:
            raise AlreadyInUse(
                f"{self._path} is in use by another process. One process may use a SQLite file; "
                "stop the other, or use PostgreSQL to run several."
            ) from None

    def release(self) -> None:
        self._lock.release()
