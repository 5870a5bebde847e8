"""A body's names, codes and relations as dated facts."""

from datetime import date, datetime

from sqlalchemy import or_

from concord_kit.database import Reading
from concord_registry.store.layers import rows_in_use, table_of

NAMES, CODES, RELATIONS = table_of("body_names"), table_of("body_codes"), table_of("relations")


def dated_names(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, date, date]]:
    """(name, from, until before) by date."""
    rows = rows_in_use(tx.connection, "body_names", known_at, where=[NAMES.c.body == body])
    return sorted(((row.name, row.valid_from, row.valid_to) for row in rows), key=lambda one: one[1])


def dated_codes(tx: Reading, body: str, known_at: datetime) -> list[tuple[str, str, date, date]]:
    """(scheme, code, from, until before) by scheme and date."""
    rows = rows_in_use(tx.connection, "body_codes", known_at, where=[CODES.c.body == body])
    found = [(row.scheme, row.code, row.valid_from, row.valid_to) for row in rows]
    return sorted(found, key=lambda one: (one[0], one[2], one[1]))


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
    rows = rows_in_use(tx.connection, "relations", known_at, where=[either])
    return [
        (row.type, row.object, row.valid_from, row.valid_to)
        if row.subject == body
        else (INVERSE.get(row.type, f"{row.type} (inverse)"), row.subject, row.valid_from, row.valid_to)
        for row in sorted(rows, key=lambda row: (row.type, row.subject, row.object, row.valid_from))
    ]
