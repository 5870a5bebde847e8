"""A registry with a long history: claims, each in ten versions, the last of which is live; always the same ones.

The reference data and the journal are the services' own work. Claims are written past them in bulk, with the stamps of
the journal's entries as their recorded periods, since a million by request would take an hour.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, insert, literal, select, text
from sqlmodel import Session

from concord_contracts.identifiers import FOREVER
from concord_kit.clock import FOREVER_AT
from concord_kit.columns import UtcDateTime
from concord_kit.database import Database
from concord_kit.journal import Intent
from concord_kit.migrations import upgrade
from concord_registry.coverage import places_that_matter
from concord_registry.database import open_database
from concord_registry.files import read_folder
from concord_registry.settings import RegistrySettings
from concord_registry.store.claims import CLAIMS
from concord_registry.store.loads import apply
from concord_registry.store.reference import read_reference
from concord_registry.world import Reference

VERSIONS = 10
BATCHES = 20
"""Claims are recorded in batches, as imports would: batch k of version v is entry v * BATCHES + k of the history."""
DAY = date(2014, 1, 15)
FIRST_ENTRY = datetime(2013, 4, 1, 9, tzinfo=UTC)
PLACE, PATHWAY = "ccg-02A", "lung"
"""Whose map is asked for. What can change it is the same however much is stored elsewhere."""
ROWS_AT_ONCE = 20_000


def open_history(url: str) -> Database:
    """The registry's database at an address, as its service opens it."""
    settings = RegistrySettings(database_url=url, issuer="bench", audience="registry", jwks="-")
    instants = iter(FIRST_ENTRY + timedelta(days=number) for number in range(10_000))
    return open_database(settings, lambda: next(instants))


def build(database: Database, data: Path, stored: int) -> list[datetime]:
    """Fill an empty database until it stores `stored` versions of claims; the stamps of the journal, in order."""
    upgrade(database)
    files = read_folder(data)
    database.write_now(Intent("service:registry", "reference.load"), lambda tx: apply(tx, files))
    stamps = [
        database.write_now(Intent("bench", "claims.assert", f"batch:{number}"), lambda tx: tx.at)
        for number in range(VERSIONS * BATCHES)
    ]
    reference = database.read_now(lambda tx: read_reference(tx.connection, DAY, tx.head_at))

    def fill(session: Session) -> None:
        if not database.is_sqlite:
            session.connection().execute(text("SET LOCAL statement_timeout = 0"))  # longer than a request may take
        rows = islice(_live(reference, stamps), stored // VERSIONS)
        while some := list(islice(rows, ROWS_AT_ONCE)):
            session.connection().execute(insert(CLAIMS), some)
        _earlier_versions(session, stamps)

    database.housekeep_now(fill)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as its own housekeeping does within a minute
    return stamps


def cells(reference: Reference) -> Iterator[tuple[str, str, str]]:
    """(place, pathway, stage): first all that can change the map asked for, then every other cell of England."""
    asked = sorted(places_that_matter(reference, [PLACE]))
    yield from ((place, PATHWAY, stage) for place in asked for stage in reference.cells_of(PATHWAY))
    local = sorted(key for key, place in reference.places.items() if place.kind in ("ccg", "council"))
    for stage in reference.stages:
        for pathway in sorted(reference.pathways):
            if stage in reference.cells_of(pathway):
                yield from ((place, pathway, stage) for place in local if place not in asked)


def _live(reference: Reference, stamps: list[datetime]) -> Iterator[dict[str, object]]:
    for number, (place, pathway, stage) in enumerate(cells(reference)):
        owner = reference.places[place].body or "ods:X24"
        yield {
            "claim": f"history-{number:06}",
            "version": VERSIONS,
            "role": "commissions",
            "organisation": owner,
            "on_behalf_of": "",
            "stage": stage,
            "pathway": pathway,
            "place": place,
            "function": "*",
            "status": ("stated", "confirmed", "assumed")[number % 3],
            "asserted_by": owner,
            "confirmed_by": owner if number % 3 == 1 else None,
            "confirmed_on": DAY if number % 3 == 1 else None,
            "authority": "minute of the governing body",
            "valid_from": date(2013, 4, 1),
            "valid_to": FOREVER,
            "recorded_from": stamps[(VERSIONS - 1) * BATCHES + number % BATCHES],
            "recorded_to": FOREVER_AT,
        }


def _earlier_versions(session: Session, stamps: list[datetime]) -> None:
    """Every version before the live one, recorded and corrected in the batches of its turn."""
    steps = Table(
        "steps",
        MetaData(),
        Column("batch", Integer),
        Column("version", Integer),
        Column("since", UtcDateTime),
        Column("until", UtcDateTime),
        prefixes=["TEMPORARY"],
    )
    connection = session.connection()
    steps.create(connection)
    turns = [(batch, version) for version in range(1, VERSIONS) for batch in range(BATCHES)]
    connection.execute(
        insert(steps),
        [
            {
                "batch": batch,
                "version": version,
                "since": stamps[(version - 1) * BATCHES + batch],
                "until": stamps[version * BATCHES + batch],
            }
            for batch, version in turns
        ],
    )
    of_steps = {"version": steps.c.version, "recorded_from": steps.c.since, "recorded_to": steps.c.until}
    columns = [column for column in CLAIMS.c if column.name != "row"]
    # batches follow the number at the end of a claim's id: two digits, of which twenty classes
    number = text("CAST(substr(claims.claim, 13, 2) AS INTEGER) % 20 = steps.batch")
    chosen = select(*(of_steps.get(column.name, column) for column in columns)).select_from(
        CLAIMS.join(steps, literal(True))
    )
    live = CLAIMS.c.version == VERSIONS, CLAIMS.c.claim.like("history-%"), number
    connection.execute(insert(CLAIMS).from_select([column.name for column in columns], chosen.where(*live)))
    steps.drop(connection)
