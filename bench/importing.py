"""Imports over HTTP, beside the bare thing: the same CSV parsed and its lines inserted by `executemany`, committed.

An ODS e-file of practices, which becomes bodies, names, codes and relations (four rows a line), and claims of one body.
Each turn sends lines that nobody sent before. On SQLite, and by a registry alone on a PostgreSQL; each beside the bare
thing on the same database.
"""

import csv
import io
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import psycopg

from bench.figures import Figure, figures_of, per_second
from bench.site import Bench, registry_alone
from bench.timing import clocked, interleaved
from demo.people import People
from tests.support.postgres import PostgresDatabases, PostgresServer

SIZES = {"300-lines": 300, "1000-lines": 1000}
COMMISSIONER = "ods:02A"
PLACE = "ccg-02A"
STEWARD = "ods:X24"
E_FILE_COLUMNS = 27
SECONDS = 300.0


type Take = Callable[[bytes], None]
"""Takes all lines of a CSV, in one transaction."""


def measure(bench: Bench, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    """Rows of each size on each database."""
    with bare_sqlite(bench.folder / "lines.sqlite3") as bare:
        yield from _on("sqlite", bench.people, bare, sizes, repeats)
    server = PostgresServer.create()
    try:
        server.start()
        databases = PostgresDatabases(server.url)
        with (
            registry_alone(bench.folder / "on-postgresql", databases.fresh()) as people,
            bare_postgresql(databases.fresh()) as bare,
        ):
            yield from _on("postgresql", people, bare, sizes, repeats)
        server.stop("immediate")
    finally:
        server.remove()


def _on(database: str, people: People, bare: Take, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    for size in sizes:
        for what, lines, send, first in (
            ("e-file", SIZES[size], *_practices(people, size)),
            ("claims", SIZES[size], *_claims(people, size)),
        ):
            turns = [clocked("imported", send), clocked("bare-rows", lambda: bare(first))]  # noqa: B023 - called below
            medians = interleaved(turns, repeats)
            group = f"{what}/{database}/{size}"
            yield from figures_of(group, medians, {"imported": "bare-rows"})
            yield from per_second(group, medians, {"imported": "bare-rows"}, lines, "lines")


def _practices(people: People, size: str) -> tuple[Callable[[], object], bytes]:
    files = (_e_file(turn, SIZES[size]) for turn in range(1, 99))
    service = people.at(STEWARD, "data-steward").services["registry"]
    first = next(files)

    def send() -> object:
        return service.post_file(
            "/v1/files", next(files), "text/csv", params={"accept_fewer": "true"}, deadline_seconds=SECONDS
        )

    return send, first


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


def _claims(people: People, size: str) -> tuple[Callable[[], object], bytes]:
    service = people.at(COMMISSIONER, "commissioner").services["registry"]
    stages, pathways = (
        [one["key"] for one in service.get(f"/v1/{what}", deadline_seconds=SECONDS).body["items"]]
        for what in ("stages", "pathways")
    )
    cells = [(stage, pathway) for pathway in [*pathways, "*"] for stage in stages][: SIZES[size]]
    tables = (_claim_table(size, turn, cells) for turn in range(99))
    first = next(tables)

    def send() -> object:
        params = {"table": "claims"}
        return service.post_file("/v1/imports", next(tables), "text/csv", params=params, deadline_seconds=SECONDS)

    return send, first


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


def _rows(content: bytes) -> list[list[str]]:
    """As many columns as the widest line of all that is sent has."""
    return [
        [*row, *[""] * (E_FILE_COLUMNS - len(row))] for row in csv.reader(io.StringIO(content.decode(), newline=""))
    ]


@contextmanager
def bare_sqlite(file: Path) -> Iterator[Take]:
    """A table of texts in a new file, opened as our services open theirs."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}").close()
        connection.execute(f"CREATE TABLE lines ({_columns()})")
        insert = f"INSERT INTO lines VALUES ({', '.join('?' * E_FILE_COLUMNS)})"  # noqa: S608 - question marks alone

        def take(content: bytes) -> None:
            rows = _rows(content)
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, rows)
            connection.execute("COMMIT")

        yield take


@contextmanager
def bare_postgresql(address: str) -> Iterator[Take]:
    """The same table in an empty database."""
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        connection.execute(f"CREATE TABLE lines ({_columns()})")
        connection.commit()
        insert = f"INSERT INTO lines VALUES ({', '.join(['%s'] * E_FILE_COLUMNS)})"  # noqa: S608 - signs alone

        def take(content: bytes) -> None:
            with connection.cursor() as cursor:
                cursor.executemany(insert, _rows(content))
            connection.commit()

        yield take


def _columns() -> str:
    return ", ".join(f"c{at} TEXT" for at in range(E_FILE_COLUMNS))
