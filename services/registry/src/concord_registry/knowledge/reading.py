"""What is known beside the map at a position or through a run of days, read from the store."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from concord_kit.database import Reading
from concord_registry.knowledge.known import EVERY_DAY, LEAVE_A_GAP, Ended, Knowledge, KnownThroughout
from concord_registry.knowledge.showing import typed
from concord_registry.store import people, records
from concord_registry.store.records import Days

ALL = (
    "advice", "authorisations", "contracts", "networks", "plans", "risks", "role-holders", "signing-authorities",
)  # fmt: skip
SAID = ("title", "stages", "pathways", "places")
"""What is kept in mind of a contract or a plan that has ended."""


def read_knowledge(tx: Reading, as_of: date, known_at: datetime, topics: Collection[str] = ALL) -> Knowledge:
    """What is known of the day, of these topics."""
    return read_throughout(tx, as_of, as_of, known_at, topics).on(as_of)


def read_throughout(
    tx: Reading, first: date, last: date, known_at: datetime, topics: Collection[str] = ALL
) -> KnownThroughout:
    """What is known of any of the days from the first to the last."""
    found: dict[str, list[Any]] = {topic: [] for topic in topics}
    of_days = [topic for topic in topics if topic not in EVERY_DAY]
    of_every_day = [topic for topic in topics if topic in EVERY_DAY]
    for some, days in ((of_days, Days(first, last + timedelta(days=1))), (of_every_day, Days())):
        for held in records.listed(tx, some, days, known_at) if some else ():
            found[held.topic].append(typed(held))
    return KnownThroughout(
        records=found,
        ended=[
            Ended(held.topic, held.id, **{name: held.content[name] for name in SAID}, valid_to=held.valid_to)
            for held in records.ended(tx, [topic for topic in topics if topic in LEAVE_A_GAP], first, known_at)
        ],
        erased=people.erased(tx) if found.get("role-holders") else frozenset(),
        anything=records.anything(tx, known_at),
    )
