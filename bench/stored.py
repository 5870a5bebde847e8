"""What stored history costs: the map of one place, and all England's, beside the rows they rest on, on both databases.

In this process, without HTTP: what grows is reading and deriving. One place's answer is the same at every size; what is
stored beside it is not (`bench.history`).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import text

from bench.figures import Figure, figures_of
from bench.history import DAY, PATHWAY, PLACE, build, open_history
from bench.site import REFERENCE_DATA, Bench
from bench.timing import clocked, interleaved
from concord_kit.collecting import collect_seldom
from concord_kit.database import Database
from concord_registry.coverage import cover, cover_all, places_that_matter
from concord_registry.places import of_kind
from concord_registry.store import claims
from concord_registry.store.reference import read_reference
from concord_registry.world import ANY, Reference
from tests.support.postgres import PostgresDatabases, PostgresServer

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
"""Versions of claims stored; a tenth of them are live."""
WHOLE = "1m"
"""The size at which all England is mapped."""
CALLS_A_REPEAT = 4


def measure(bench: Bench, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    """Rows of each size on each database."""
    collect_seldom()  # as a service does
    with _postgres() as databases:
        for size in sizes:
            for kind, url in (
                ("sqlite", f"sqlite:///{bench.folder / f'history-{size}.db'}"),
                ("postgresql", databases.fresh()),
            ):
                with open_history(url) as database:
                    stamps = build(database, REFERENCE_DATA, SIZES[size])
                    yield from _of_place(database, f"stored/{kind}/{size}", stamps, repeats)
                    if size == WHOLE:
                        yield from _of_england(database, f"stored/{kind}/{size}/england")
            (bench.folder / f"history-{size}.db").unlink()


@contextmanager
def _postgres() -> Iterator[PostgresDatabases]:
    server = PostgresServer.create()
    try:
        server.start()
        yield PostgresDatabases(server.url)
        server.stop("immediate")
    finally:
        server.remove()


def _of_place(database: Database, group: str, stamps: Sequence[datetime], repeats: int) -> Iterator[Figure]:
    reference = _reference(database)
    scope = places_that_matter(reference, [PLACE])
    past = stamps[len(stamps) // 2]

    def mapped(known_at: datetime) -> Callable[[], object]:
        def work() -> object:
            found = database.read_now(lambda tx: claims.in_scope(tx, DAY, known_at, PATHWAY, scope))
            return cover(reference, found, PATHWAY, [PLACE])

        return work

    bare = _bare(database, stamps[-1], f"pathway IN ('{PATHWAY}', '{ANY}') AND place IN {_listed(scope)}")
    medians = interleaved(
        [
            clocked("place", mapped(stamps[-1])),
            clocked("place-as-known-in-the-past", mapped(past)),
            clocked("bare-read", bare),
        ],
        CALLS_A_REPEAT * repeats,
    )
    yield from figures_of(group, medians, {}, otherwise="bare-read")


def _of_england(database: Database, group: str) -> Iterator[Figure]:
    """All CCGs' places, all pathways, all stages: once, it takes long enough."""
    reference = _reference(database)
    pathways = sorted(reference.pathways)
    places = of_kind(reference, reference.places, "ccg")
    head = database.read_now(lambda tx: tx.head_at)
    began = time.perf_counter()
    found = database.read_now(lambda tx: claims.of_pathways(tx, DAY, head, pathways))
    read = time.perf_counter() - began
    for _ in cover_all(reference, found, pathways, places):
        pass  # each map is made and let go, as answers are
    whole = time.perf_counter() - began
    began = time.perf_counter()
    _bare(database, head, "1 = 1")()
    bare = time.perf_counter() - began
    yield from figures_of(group, {"coverage": whole, "of-it-reading": read, "bare-read": bare}, {}, "bare-read")


def _reference(database: Database) -> Reference:
    return database.read_now(lambda tx: read_reference(tx.connection, DAY, tx.head_at))


def _listed(values: object) -> str:
    return "(" + ", ".join(f"'{value}'" for value in sorted(values)) + ")"  # type: ignore[call-overload]


def _bare(database: Database, known_at: datetime, which: str) -> Callable[[], object]:
    """The same rows by one statement and no work of ours on them."""
    statement = text(
        f"SELECT * FROM claims WHERE {which} AND recorded_to > :known AND recorded_from <= :known "  # noqa: S608 - ours
        "AND valid_from <= :day AND valid_to > :day"
    )
    known = known_at.strftime("%Y-%m-%d %H:%M:%S.%f") if database.is_sqlite else known_at
    values = {"known": known, "day": DAY.isoformat() if database.is_sqlite else DAY}

    def read() -> object:
        return database.read_now(lambda tx: tx.connection.execute(statement, values).all())

    return read
