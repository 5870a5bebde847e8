"""On which days the reference data change that findings are made of, and what those changes can reach."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from concord_kit.database import Reading
from concord_registry import tables
from concord_registry.places import on_ground_of
from concord_registry.store.layers import table_of
from concord_registry.store.periods import known
from concord_registry.world import Reference


@dataclass(frozen=True, slots=True)
class Changing:
    """A day on which something begins or ends to hold; `places` that it is of, None where it may reach any."""

    on: date
    places: frozenset[str] | None


EVERYWHERE = None
"""What a rule, a body that is named anywhere, or a new year's populations may reach."""


def of_reference(
    tx: Reading,
    reference: Reference,
    named: Collection[str],
    parties: Mapping[str, frozenset[str]],
    after: date,
    until: date,
    known_at: datetime,
) -> list[Changing]:
    """Changes in (after, until] of places and how they lie, of rules, of bodies with a place, of bodies `named` by
    rules or claims, of `parties` to contracts (body -> places), of whose offices bodies are, and of which networks
    councils have. Names, codes and other relations decide no finding.
    """
    found: list[Changing] = []
    wanted = {*named, *(rule.commissioner for rule in reference.rules), *reference.places_of_body}

    def days(model: type[tables.Base], *columns: str) -> list[tuple[date, tuple[str, ...]]]:
        table = table_of(str(model.__tablename__))
        within = [(table.c[name] > after) & (table.c[name] <= until) for name in ("valid_from", "valid_to")]
        query = select(table.c.valid_from, table.c.valid_to, *(table.c[name] for name in columns))
        rows = tx.connection.execute(query.where(known(table, known_at), or_(*within))).all()
        return [(on, tuple(row[2:])) for row in rows for on in row[:2] if after < on <= until]

    found += [Changing(on, frozenset(keys)) for on, keys in days(tables.Place, "place")]
    found += [Changing(on, frozenset(keys)) for on, keys in days(tables.PlaceParent, "child")]
    found += [Changing(on, frozenset(keys)) for on, keys in days(tables.Footprint, "ccg_place", "council_place")]
    found += [Changing(on, EVERYWHERE) for on, _ in days(tables.Rule)]
    for on, (body,) in days(tables.Body, "body"):
        if body in reference.places_of_body:
            found.append(Changing(on, frozenset(reference.places_of_body[body])))
        if body in parties:
            found.append(Changing(on, parties[body]))
        if body in named or body in wanted - set(reference.places_of_body):
            found.append(Changing(on, EVERYWHERE))
    for on, (subject, kind, council) in days(tables.Relation, "subject", "type", "object"):
        if kind == "office_of" and subject in wanted:
            found.append(Changing(on, EVERYWHERE))
        if kind == "network_of":
            found.append(Changing(on, on_ground_of(reference, [council])))
    return [*found, *_new_years(reference, after, until)]


def _new_years(reference: Reference, after: date, until: date) -> list[Changing]:
    """1 April of each year that any population is of: from then on its figure counts."""
    years = {figure.year[:4] for figure in reference.populations}
    days = [date(int(year), 4, 1) for year in sorted(years) if year.isdecimal()]
    return [Changing(on, EVERYWHERE) for on in days if after < on <= until]
