"""The yardstick of a signature: one row into SQLite and on the disk, by the driver alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class BareTable:
    """A table of texts in a file, opened as our services open theirs: a log beside it, synchronous FULL."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def insert(self, text: str) -> None:
        """One row, committed."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO signed (text) VALUES (?)", [text])
        self._connection.execute("COMMIT")


@contextmanager
def bare_table(file: Path) -> Iterator[BareTable]:
    """An empty table in a new file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}").close()
        connection.execute("CREATE TABLE signed (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        yield BareTable(connection)
