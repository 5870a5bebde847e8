"""How many people, as recorded: read for what is asked about, not with the map."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from concord_kit.database import Reading
from concord_registry.populations import Counted, Figure, PlaceOnce
from concord_registry.publications.cells import financial_year
from concord_registry.store.layers import rows_in_use, table_of

ASSUMPTION = "assumption"


def figures(
    tx: Reading,
    known_at: datetime,
    *,
    places: Sequence[str] = (),
    years: Sequence[str] = (),
    bases: Sequence[str] = (),
) -> list[Figure]:
    """Figures of all ages; empty filters let all through."""
    table = table_of("populations")
    filters = ((table.c.place, places), (table.c.year, years), (table.c.population_basis, bases))
    where = [column.in_(list(values)) for column, values in filters if values]
    return [
        Figure(
            place=row.place,
            year=row.year,
            basis=row.population_basis,
            persons=row.persons,
            figure_basis=row.basis or ASSUMPTION,
            low=row.low,
            high=row.high,
            source=row.source,
            note=row.note,
        )
        for row in rows_in_use(tx.connection, "populations", known_at, where=where)
    ]


def age_bands(tx: Reading, known_at: datetime, places: Mapping[str, PlaceOnce]) -> list[Counted]:
    """People of bodies' areas by age band, of the financial year in which they were counted: lists of patients come
    every month, and the year's last count stands for it."""
    found = []
    kinds = {place.body: place.kind for place in places.values() if place.body}
    rows = rows_in_use(tx.connection, "population_ages", known_at)
    last: dict[tuple[str, str, str], date] = {}
    for row in rows:
        of = row.body, row.population_basis, financial_year(row.on)
        last[of] = max(row.on, last.get(of, row.on))
    for row in rows:
        year = financial_year(row.on)
        if last[row.body, row.population_basis, year] != row.on:
            continue
        figure = Figure(
            place="",
            year=year,
            basis=row.population_basis,
            persons=row.persons,
            figure_basis=row.basis,
            age_from=row.age_from,
            age_to=row.age_to,
            source=row.source,
            note=row.note,
        )
        found.append(Counted(figure, kinds.get(row.body, "ccg"), row.body))
    return sorted(found, key=lambda one: one.key)


def places_once(tx: Reading, known_at: datetime) -> dict[str, PlaceOnce]:
    """Every place that ever was or will be, by key."""
    found: dict[str, PlaceOnce] = {}
    for row in sorted(rows_in_use(tx.connection, "places", known_at), key=lambda row: row.valid_from, reverse=True):
        found[row.place] = PlaceOnce(row.kind, row.body, row.valid_from)
    return found
