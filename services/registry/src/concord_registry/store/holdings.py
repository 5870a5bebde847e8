"""What a body still holds, out of every topic's records.

A topic that keeps records which name bodies adds a function to `TOPICS`: given a body, a day and a moment it finds what
is known then to hold on the day or after it. It must find them by the body, not by going through all records.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select

from concord_contracts.identifiers import FOREVER
from concord_kit.database import Reading
from concord_registry.holdings import PEOPLE, Holding
from concord_registry.knowledge.topics import TOPICS as RECORD_TOPICS
from concord_registry.knowledge.topics import Held, at, bodies_of
from concord_registry.store import people, records
from concord_registry.store.claims import CLAIMS
from concord_registry.store.layers import rows_in_use, table_of
from concord_registry.store.mandates import MANDATES
from concord_registry.store.periods import ever_held, known
from concord_registry.store.records import Days
from concord_registry.world import ANY

type Topic = Callable[[Reading, str, date, datetime], Iterable[Holding]]

CLAIM_COLUMNS = (
    CLAIMS.c.claim, CLAIMS.c.role, CLAIMS.c.organisation, CLAIMS.c.on_behalf_of, CLAIMS.c.stage, CLAIMS.c.pathway,
    CLAIMS.c.place, CLAIMS.c.status, CLAIMS.c.asserted_by, CLAIMS.c.agreement, CLAIMS.c.valid_from, CLAIMS.c.valid_to,
)  # fmt: skip


def of_body(tx: Reading, body: str, day: date, known_at: datetime) -> list[Holding]:
    """Everything a body holds on a day or after it, in order."""
    found = [one for topic in TOPICS for one in topic(tx, body, day, known_at)]
    return sorted(found, key=lambda one: one.key)


def claims(tx: Reading, body: str, day: date, known_at: datetime) -> Iterator[Holding]:
    """Claims that name it, are said on its behalf, or by it; then the agreements among them, by reference."""
    ways: tuple[tuple[str, ColumnElement[bool]], ...] = (
        ("organisation", CLAIMS.c.organisation == body),
        ("asserted_by", CLAIMS.c.asserted_by == body),
        ("on_behalf_of", and_(CLAIMS.c.on_behalf_of != "", CLAIMS.c.on_behalf_of.contains(body, autoescape=True))),
    )
    agreements: dict[str, tuple[date, date, int]] = {}
    for held_as, where in ways:
        for row in tx.connection.execute(_holding(select(*CLAIM_COLUMNS), where, day, known_at)):
            if held_as == "on_behalf_of" and body not in row.on_behalf_of.split():
                continue
            of = "every stage" if row.stage == ANY else row.stage
            pathway = "every pathway" if row.pathway == ANY else row.pathway
            who = row.organisation or "nobody"
            words = f"{who} {row.role} {of} of {pathway} in {row.place} ({row.status}, said by {row.asserted_by})"
            yield Holding("claim", row.claim, held_as, words, row.valid_from, row.valid_to, f"/v1/claims/{row.claim}")
            if row.agreement:
                start, end, named = agreements.get(row.agreement, (row.valid_from, row.valid_to, 0))
                agreements[row.agreement] = min(start, row.valid_from), max(end, row.valid_to), named + 1
    for agreement, (start, end, named) in agreements.items():
        words = f"named in {named} responsibilities of an agreement in force"
        yield Holding("agreement", agreement, "party", words, start, end, f"/v1/activations/{agreement}")


def _holding(
    query: Select[tuple[object, ...]], where: ColumnElement[bool], day: date, known_at: datetime
) -> Select[tuple[object, ...]]:
    return query.where(
        where, known(CLAIMS, known_at), CLAIMS.c.valid_to > day, ever_held(CLAIMS), CLAIMS.c.status != "ended"
    )


def mandates(tx: Reading, body: str, day: date, known_at: datetime) -> Iterator[Holding]:
    """What it may do for others, and others for it."""
    either = or_(MANDATES.c.holder == body, MANDATES.c.body == body)
    query = select(MANDATES).where(either, known(MANDATES, known_at), MANDATES.c.valid_to > day, ever_held(MANDATES))
    for row in tx.connection.execute(query):
        held_as = "holder" if row.holder == body else "body"
        words = f"{row.holder} may act for {row.body}: {row.actions}"
        yield Holding("mandate", row.mandate, held_as, words, row.valid_from, row.valid_to)


def relations(tx: Reading, body: str, day: date, known_at: datetime) -> Iterator[Holding]:
    """What it is to others, and others to it."""
    table = table_of("relations")
    either = or_(table.c.subject == body, table.c.object == body)
    for row in rows_in_use(tx.connection, "relations", known_at, where=[either, table.c.valid_to > day]):
        held_as = "subject" if row.subject == body else "object"
        name = f"{row.subject}|{row.type}|{row.object}"
        words = f"{row.subject} {row.type.replace('_', ' ')} {row.object}"
        yield Holding("relation", name, held_as, words, row.valid_from, row.valid_to)


def places(tx: Reading, body: str, day: date, known_at: datetime) -> Iterator[Holding]:
    """Places that are its own."""
    table = table_of("places")
    for row in rows_in_use(tx.connection, "places", known_at, where=[table.c.body == body, table.c.valid_to > day]):
        words = f"{row.name}, a place of kind {row.kind}"
        yield Holding("place", row.place, "body", words, row.valid_from, row.valid_to, f"/v1/places/{row.place}")


def knowledge(tx: Reading, body: str, day: date, known_at: datetime) -> Iterator[Holding]:
    """Records that name it, in whatever part: role-holders, signing authorities, networks, plans, contracts, risks."""
    for held in records.naming(tx, "organisation", [body], known_at, Days(day, FOREVER)):
        topic = RECORD_TOPICS[held.topic]
        named = [path for path, kind in topic.refers.items() if kind == "organisation"]
        for way in [path for path in named if body in {value for _, value in at(held.content, path)}]:
            yield _record(held, way.replace(".organisation", "").replace(".", " "), body)


def kept(tx: Reading, body: str, day: date, known_at: datetime) -> Iterator[Holding]:
    """Records that it entered and is not named in."""
    for held in records.listed(tx, RECORD_TOPICS, Days(day, FOREVER), known_at, owners=[body]):
        if body not in bodies_of(RECORD_TOPICS[held.topic], held.content):
            yield _record(held, "keeper", body)


def _record(held: Held, held_as: str, body: str) -> Holding:
    """A record by what it is called; who keeps it where that is another body."""
    called = next((held.content[name] for name in ("title", "name", "role", "subject") if name in held.content), "")
    words = f"{RECORD_TOPICS[held.topic].one.replace('_', ' ')}{f': {called}' if called else ''}"
    words += "" if held.owner == body else f", kept by {held.owner}"
    address, person = f"/v1/{held.topic}/{held.id}", held.content.get("person")
    if held.topic == "role-holders" and person is None:
        words += ", held by nobody who is named"
    return Holding(held.topic, held.id, held_as, words, held.valid_from, held.valid_to, address, person)


def people_kept(tx: Reading, body: str, day: date, known_at: datetime) -> Iterator[Holding]:
    """People whose details it keeps, as they are now: personal data has no past to be read at a position. Of those who
    were erased there is nothing left to take over."""
    for one in people.of_owner(tx, body):
        yield Holding(PEOPLE, one.id, "keeper", "details of a person", day, FOREVER, f"/v1/people/{one.id}", one.id)


TOPICS: tuple[Topic, ...] = (claims, mandates, relations, places, knowledge, kept, people_kept)
