"""What is exported: rows in use on a day, and bodies with everything dated about them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from concord_kit.database import Reading
from concord_registry.exports.fhir import SUCCEEDED_BY, Affiliation, Organisation
from concord_registry.store.layers import rows_in_use, table_of
from concord_registry.world import Reference


def rows_on(tx: Reading, table: str, as_of: date, known_at: datetime) -> list[Any]:
    """Rows of a table on a day; of successions those that have happened, of populations those of every year."""
    if table == "populations":
        return rows_in_use(tx.connection, table, known_at)
    if table == "succession":
        return [row for row in rows_in_use(tx.connection, table, known_at) if row.on <= as_of]
    return rows_in_use(tx.connection, table, known_at, on_day=as_of)


def organisations(tx: Reading, reference: Reference, bodies: Collection[str], known_at: datetime) -> list[Organisation]:
    """Bodies with their dated names and codes, as of the reference's day, in the order given."""
    names, codes = _dated(tx, "body_names", bodies, known_at), _dated(tx, "body_codes", bodies, known_at)
    return [
        Organisation(
            body=body,
            kind=found.kind,
            legal_person=found.legal_person,
            name=found.name,
            active=found.in_being(reference.as_of),
            valid_from=found.valid_from,
            valid_to=found.valid_to,
            names=[(row.name, row.valid_from, row.valid_to) for row in names.get(body, ())],
            codes=[(row.scheme, row.code, row.valid_from, row.valid_to) for row in codes.get(body, ())],
            office_of=reference.legal_person_of.get(body),
        )
        for body in bodies
        for found in [reference.body(body)]
    ]


def _dated(tx: Reading, table: str, bodies: Collection[str], known_at: datetime) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    column = table_of(table).c.body
    for row in rows_in_use(tx.connection, table, known_at, where=[column.in_(sorted(bodies))]):
        found[row.body].append(row)
    return {body: sorted(rows, key=lambda row: row.valid_from) for body, rows in found.items()}


def affiliations(tx: Reading, reference: Reference, known_at: datetime) -> list[Affiliation]:
    """Relations in force on the reference's day, and successions that have happened by it."""
    rows = rows_in_use(tx.connection, "relations", known_at, on_day=reference.as_of)
    found = [
        Affiliation(row.subject, row.type, row.object, row.valid_from, row.valid_to, names=_named(reference, row))
        for row in rows
    ]
    for event in reference.succession:
        if event.on <= reference.as_of:
            names = {body: reference.name(body) for body in (event.predecessor, event.successor)}
            found.append(
                Affiliation(event.predecessor, SUCCEEDED_BY, event.successor, event.on, share=event.share, names=names)
            )
    return found


def _named(reference: Reference, row: Any) -> dict[str, str]:
    return {body: reference.name(body) for body in (row.subject, row.object)}
