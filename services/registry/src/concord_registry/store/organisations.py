"""A body's names, codes and relations as dated facts."""

from datetime import date, datetime

from sqlalchemy import Table, or_, select

from concord_kit.database import Reading
from concord_registry import tables
from concord_registry.store.periods import known

NAMES: Table = tables.Base.metadata.tables["body_names"]
CODES: Table = tables.Base.metadata.tables["body_codes"]
RELATIONS: Table = tables.Base.metadata.tables["relations"]


def dated_names(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, date, date]]:
    """(name, from, until before) by date."""
    query = select(NAMES).where(NAMES.c.body == body, known(NAMES, known_at)).order_by(NAMES.c.valid_from)
    return [(row.name, row.valid_from, row.valid_to) for row in tx.connection.execute(query)]


def dated_codes(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, str, date, date]]:
    """(scheme, code, from, until before) by scheme and date."""
    query = (
        select(CODES)
        .where(CODES.c.body == body, known(CODES, known_at))
        .order_by(CODES.c.scheme, CODES.c.valid_from, CODES.c.code)
    )
    return [(row.scheme, row.code, row.valid_from, row.valid_to) for row in tx.connection.execute(query)]


INVERSE = {
    "office_of": "has_office",
    "area_team_of": "has_area_team",
    "part_of_region": "has_part",
    "hub_of": "has_hub",
    "specialised_office_for": "has_specialised_office",
    "hosted_by": "hosts",
    "supported_by": "supports",
    "directed_by": "directs",
}
"""How a relation reads from its object's side."""


def dated_relations(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, str, date, date]]:
    """(type, other body, from, until before), seen from the body's own side."""
    either = or_(RELATIONS.c.subject == body, RELATIONS.c.object == body)
    query = (
        select(RELATIONS)
        .where(either, known(RELATIONS, known_at))
        .order_by(RELATIONS.c.type, RELATIONS.c.subject, RELATIONS.c.object, RELATIONS.c.valid_from)
    )
    return [
        (row.type, row.object, row.valid_from, row.valid_to)
        if row.subject == body
        else (INVERSE.get(row.type, f"{row.type} (inverse)"), row.subject, row.valid_from, row.valid_to)
        for row in tx.connection.execute(query)
    ]
