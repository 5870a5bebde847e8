"""Three layers of reference data, and what of them is in use: bodies' own, ours, publishers'.

A body's own rows are used in place of all of ours with the same identity (`file_rows`), whatever days they are for: who
sends a body's names sends all of them. A publisher's row fills in where neither says anything: on the days that they
leave open (`publications.merging.GROUPS` tells of what). It never replaces one of ours: where they differ, the
reconciliation says so.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from concord_contracts.identifiers import FOREVER
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading
from concord_registry import tables
from concord_registry.file_rows import FILES
from concord_registry.publications.merging import GROUPS, group_of, uncovered
from concord_registry.store.periods import in_force, known

MODELS: dict[str, type[tables.Loaded]] = {
    "sources": tables.Source,
    "bodies": tables.Body,
    "body_names": tables.BodyName,
    "body_codes": tables.BodyCode,
    "relation_types": tables.RelationType,
    "relations": tables.Relation,
    "succession": tables.Succession,
    "places": tables.Place,
    "place_parents": tables.PlaceParent,
    "footprints": tables.Footprint,
    "populations": tables.Population,
    "population_ages": tables.PopulationAge,
    "stages": tables.Stage,
    "pathways": tables.Pathway,
    "pathway_stages": tables.PathwayStage,
    "rules": tables.Rule,
    "powers": tables.Power,
    "planning_thresholds": tables.PlanningThreshold,
    "services": tables.Service,
    "comparators": tables.Comparator,
    "comparator_values": tables.ComparatorValue,
    "guidance": tables.Guidance,
    "guidance_links": tables.GuidanceLink,
    "responsible_rules": tables.ResponsibleRule,
}
"""Tables whose rows are lines of files as they are; claims, mandates and networks have versions."""

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
) -> list[Any]:
    """Rows known at a moment, without those that others stand in place of; on a day, or of all days.

    Of all days, a publisher's row comes with the days that it is in use for, once for each such period.
    """
    table = table_of(name)
    query = select(table).where(known(table, known_at), *where)
    found = connection.execute(query.where(in_force(table, on_day)) if on_day else query).all()
    replaced = _replaced(connection, table, name, known_at)
    identity = identity_of(name)
    used = [row for row in found if row.edition is None and (row.owner is not None or identity(row) not in replaced)]
    published = [row for row in found if row.edition is not None]
    if not published:
        return used
    if name not in GROUPS:
        held = {identity(row) for row in used}
        return [*used, *(row for row in published if identity(row) not in held)]
    covering = used
    if where or on_day is not None:
        of_all_days = _covering(connection, name, known_at, published)
        covering = [row for row in of_all_days if row.owner is not None or identity(row) not in replaced]
    return [*used, *filling_in(name, covering, published, _days_of_editions(connection), on_day)]


type Pending = Mapping[str, Mapping[Identity, Sequence[Any]]]
"""Table -> identity -> rows that would be used in place of those in use."""


def rows_with(
    connection: Connection, name: str, known_at: datetime, pending: Pending | None, *, on_day: date | None = None
) -> Sequence[Any]:
    """Rows in use as they would be with those that are pending."""
    found = rows_in_use(connection, name, known_at, on_day=on_day)
    replaced = (pending or {}).get(name)
    if not replaced:
        return found
    identity = identity_of(name)
    wanted = [row for several in replaced.values() for row in several]
    wanted = [row for row in wanted if on_day is None or row.valid_from <= on_day < row.valid_to]
    return [row for row in found if identity(row) not in replaced] + wanted


def _replaced(connection: Connection, table: Table, name: str, known_at: datetime) -> Collection[Identity]:
    columns = [table.c[column] for column in identity_columns(name)]
    own = select(*columns).where(table.c.owner.is_not(None), table.c.edition.is_(None), known(table, known_at))
    return {tuple(row) for row in connection.execute(own.distinct())}


def _covering(connection: Connection, name: str, known_at: datetime, published: Sequence[Any]) -> list[Any]:
    """Ours and bodies' own rows, of all days, that may stand before these: a filter may have left some of them out."""
    table = table_of(name)
    by = {"relations": ("subject", "object")}.get(name, identity_columns(name)[:1])
    query = select(table).where(known(table, known_at), table.c.edition.is_(None))
    found: dict[int, Any] = {}
    for column in by:
        wanted = sorted({getattr(row, column) for row in published})
        if len(wanted) > 500:
            return list(connection.execute(query))
        found |= {row.row: row for row in connection.execute(query.where(table.c[column].in_(wanted)))}
    return list(found.values())


def _days_of_editions(connection: Connection) -> Mapping[int, date]:
    editions = table_of("editions")
    return {row[0]: row[1] for row in connection.execute(select(editions.c.edition, editions.c.stated_on))}


def filling_in(
    name: str,
    covering: Sequence[Any],
    published: Sequence[Any],
    stated_on: Mapping[int, date],
    on_day: date | None = None,
) -> Iterator[Any]:
    """Publishers' rows for the days that nothing else says; where several publishers say something, the first by name
    of the publisher. What a predecessor's successors are, is said as a whole.

    A list that is open-ended knows nothing of the days after it was stated: where another says that something ended
    then, it does not go on after that.
    """
    key = cover_key_of(name)
    taken: dict[Identity, list[tuple[date, date]]] = defaultdict(list)
    for row in covering:
        taken[key(row)].append(period_of(row))
    by_owner: Mapping[str, list[Any]] = defaultdict(list)
    for row in published:
        by_owner[row.owner].append(row)
    for owner in sorted(by_owner):
        said: dict[Identity, list[tuple[date, date]]] = defaultdict(list)
        for row in by_owner[owner]:
            start, end = period_of(row)
            left = [
                one
                for one in uncovered(start, end, taken.get(key(row), ()))
                if one[0] == start or one[0] <= stated_on.get(row.edition, FOREVER)
            ]
            said[key(row)] += left
            for one_start, one_end in left:
                if on_day is not None and not one_start <= on_day < one_end:
                    continue
                yield row if (one_start, one_end) == (start, end) else _within(row, one_start, one_end)
        for of, periods in said.items():
            taken[of] += periods


def cover_key_of(name: str) -> Callable[[Any], Identity]:
    """What rows of others stand before a publisher's: codes add to each other, all else is said once for each day."""
    if name == "body_codes" or name not in GROUPS:
        return identity_of(name)
    if name == "succession":
        return lambda row: (row.predecessor,)
    if name == "population_ages":  # bands of two sources beside each other would count people twice
        return lambda row: (row.body, row.on, row.population_basis)
    return lambda row: group_of(name, row)


def period_of(row: Any) -> tuple[date, date]:
    """The days that a row speaks of; of what is not dated, all."""
    start = getattr(row, "valid_from", None)
    return (date.min, FOREVER) if start is None else (start, row.valid_to)


def _within(row: Any, start: date, end: date) -> Any:
    """The row for a part of its days."""
    return SimpleNamespace(**(dict(row._mapping) | {"valid_from": start, "valid_to": end}))


def open_rows(tx: Reading, name: str, identities: Collection[Identity]) -> list[Row[Any]]:
    """Our rows and bodies' own that are known now and have these identities."""
    table, identity = table_of(name), identity_of(name)
    query = select(table).where(table.c.recorded_to == FOREVER_AT, table.c.edition.is_(None))
    first = table.c[identity_columns(name)[0]]
    firsts = sorted({one[0] for one in identities})
    if len(firsts) <= 500:  # beyond, naming them would cost more than it saves
        query = query.where(first.in_(firsts))
    wanted = set(identities)
    return [row for row in tx.connection.execute(query) if identity(row) in wanted]
