"""Imports over HTTP, beside the bare thing: the same CSV parsed and its lines inserted by `executemany`, committed.

An ODS e-file of practices, which becomes bodies, names, codes and relations (four rows a line), and claims of one body.
Each turn sends lines that nobody sent before.
"""

import csv
import io
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

from bench.figures import Figure, figures_of
from bench.site import Bench
from bench.timing import clocked, interleaved

SIZES = {"300-lines": 300, "1000-lines": 1000}
COMMISSIONER = "ods:02A"
PLACE = "ccg-02A"
STEWARD = "ods:X24"
E_FILE_COLUMNS = 27
SECONDS = 300.0


def measure(bench: Bench, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    """Rows of each size."""
    for size in sizes:
        yield from _practices(bench, size, repeats)
        yield from _claims(bench, size, repeats)


def _practices(bench: Bench, size: str, repeats: int) -> Iterator[Figure]:
    files = (_e_file(turn, SIZES[size]) for turn in range(1, 99))
    service = bench.people.at(STEWARD, "data-steward").services["registry"]
    first = next(files)

    def send() -> None:
        service.post_file(
            "/v1/files", next(files), "text/csv", params={"accept_fewer": "true"}, deadline_seconds=SECONDS
        )

    with bare_rows(bench.folder / f"e-file-{size}.sqlite3", E_FILE_COLUMNS) as table:
        turns = [clocked("imported", send), clocked("bare-rows", lambda: table.take(first))]
        medians = interleaved(turns, repeats)
    yield from figures_of(f"e-file/{size}", medians, {"imported": "bare-rows"})


def _e_file(turn: int, lines: int) -> bytes:
    """Practices that no other turn lists."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for number in range(lines):
        cells = [""] * E_FILE_COLUMNS
        cells[0], cells[1], cells[2], cells[3] = f"A{turn * 1000 + number:05d}", f"SURGERY {number}", "Y54", "Q46"
        cells[9], cells[10], cells[14], cells[15] = "M1 1AA", "19740401", "02A", "20130401"
        writer.writerow(cells)
    return out.getvalue().encode()


def _claims(bench: Bench, size: str, repeats: int) -> Iterator[Figure]:
    service = bench.people.at(COMMISSIONER, "commissioner").services["registry"]
    stages, pathways = (
        [one["key"] for one in service.get(f"/v1/{what}", deadline_seconds=SECONDS).body["items"]]
        for what in ("stages", "pathways")
    )
    cells = [(stage, pathway) for pathway in pathways for stage in stages][: SIZES[size]]
    tables = (_claim_table(size, turn, cells) for turn in range(99))
    first = next(tables)

    def send() -> None:
        params = {"table": "claims"}
        service.post_file("/v1/imports", next(tables), "text/csv", params=params, deadline_seconds=SECONDS)

    with bare_rows(bench.folder / f"claims-{size}.sqlite3", 8) as table:
        turns = [clocked("imported", send), clocked("bare-rows", lambda: table.take(first))]
        medians = interleaved(turns, repeats)
    yield from figures_of(f"claims/{size}", medians, {"imported": "bare-rows"})


def _claim_table(size: str, turn: int, cells: Sequence[tuple[str, str]]) -> bytes:
    """A claim for each cell, of a day of the turn's own: nobody says the same of the same day twice."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["claim", "role", "organisation", "stage", "pathway", "place", "valid_from", "valid_to"])
    begins = date(2014, 4, 1) + timedelta(days=turn + 100 * [*SIZES].index(size))
    for number, (stage, pathway) in enumerate(cells):
        key = f"{size[:4]}-{turn}-{number}"
        writer.writerow([key, "supports", COMMISSIONER, stage, pathway, PLACE, begins, begins + timedelta(days=1)])
    return out.getvalue().encode()


class BareRows:
    """A table of texts, a column for each of the CSV's."""

    def __init__(self, connection: sqlite3.Connection, columns: int) -> None:
        self._connection = connection
        self._insert = f"INSERT INTO lines VALUES ({', '.join('?' * columns)})"  # noqa: S608 - question marks alone

    def take(self, content: bytes) -> None:
        """All lines of a CSV, in one transaction."""
        rows = csv.reader(io.StringIO(content.decode(), newline=""))
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(self._insert, rows)
        self._connection.execute("COMMIT")


@contextmanager
def bare_rows(file: Path, columns: int) -> Iterator[BareRows]:
    """An empty table in a new file, opened as our services open theirs."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}").close()
        connection.execute(f"CREATE TABLE lines ({', '.join(f'c{at} TEXT' for at in range(columns))})")
        yield BareRows(connection, columns)
