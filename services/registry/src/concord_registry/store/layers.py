"""Ours and bodies' own: what is in use of a table of reference data.

A body's own rows are used in place of all of ours with the same identity (`file_rows`), whatever days they are for: who
sends a body's names sends all of them.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading
from concord_registry import tables
from concord_registry.file_rows import FILES
from concord_registry.store.periods import in_force, known

MODELS: dict[str, type[tables.Loaded]] = {
    "sources": tables.Source,
    "bodies": tables.Body,
    "body_names": tables.BodyName,
    "body_codes": tables.BodyCode,
    "relations": tables.Relation,
    "succession": tables.Succession,
    "places": tables.Place,
    "place_parents": tables.PlaceParent,
    "footprints": tables.Footprint,
    "populations": tables.Population,
    "stages": tables.Stage,
    "pathways": tables.Pathway,
    "pathway_stages": tables.PathwayStage,
    "rules": tables.Rule,
    "planning_thresholds": tables.PlanningThreshold,
    "services": tables.Service,
    "comparators": tables.Comparator,
    "comparator_values": tables.ComparatorValue,
    "guidance": tables.Guidance,
    "guidance_links": tables.GuidanceLink,
    "responsible_rules": tables.ResponsibleRule,
}
"""Tables whose rows are lines of files as they are; claims and mandates have versions."""

type Identity = tuple[Any, ...]


def table_of(name: str) -> Table:
    return tables.Base.metadata.tables[name]


def identity_columns(name: str) -> tuple[str, ...]:
    """What a row of the table is known by, but for its days."""
    return FILES[f"{name}.csv"].identity


def identity_of(name: str) -> Callable[[Any], Identity]:
    """The identity of a row, whatever kind of value it is."""
    columns = identity_columns(name)
    return lambda row: tuple(getattr(row, column) for column in columns)


def rows_in_use(
    connection: Connection, name: str, known_at: datetime, *, on_day: date | None = None, where: Sequence[Any] = ()
) -> list[Row[Any]]:
    """Rows known at a moment, without those of ours that a body's own replace; on a day, or of all days."""
    table = table_of(name)
    query = select(table).where(known(table, known_at), *where)
    found = connection.execute(query.where(in_force(table, on_day)) if on_day else query).all()
    replaced = _replaced(connection, table, name, known_at)
    if not replaced:
        return list(found)
    identity = identity_of(name)
    return [row for row in found if row.owner is not None or identity(row) not in replaced]


def _replaced(connection: Connection, table: Table, name: str, known_at: datetime) -> Collection[Identity]:
    columns = [table.c[column] for column in identity_columns(name)]
    own = select(*columns).where(table.c.owner.is_not(None), known(table, known_at)).distinct()
    return {tuple(row) for row in connection.execute(own)}


def open_rows(tx: Reading, name: str, identities: Collection[Identity]) -> list[Row[Any]]:
    """The rows of both layers that are known now and have these identities."""
    table, identity = table_of(name), identity_of(name)
    query = select(table).where(table.c.recorded_to == FOREVER_AT)
    first = table.c[identity_columns(name)[0]]
    firsts = sorted({one[0] for one in identities})
    if len(firsts) <= 500:  # beyond, naming them would cost more than it saves
        query = query.where(first.in_(firsts))
    wanted = set(identities)
    return [row for row in tx.connection.execute(query) if identity(row) in wanted]
