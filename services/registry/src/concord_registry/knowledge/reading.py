"""What is known beside the map at a position, read from the store."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from concord_kit.database import Reading
from concord_registry.knowledge.known import Knowledge
from concord_registry.knowledge.showing import typed
from concord_registry.store import people, records
from concord_registry.store.records import Days

ALL = ("advice", "authorisations", "contracts", "networks", "plans", "risks", "role-holders")


def read_knowledge(tx: Reading, as_of: date, known_at: datetime, topics: Collection[str] = ALL) -> Knowledge:
    """Records of these topics in force on the day; role-holders of every day."""
    found: dict[str, list[Any]] = {topic: [] for topic in ALL}
    for held in records.listed(tx, [one for one in topics if one != "role-holders"], Days.on(as_of), known_at):
        found[held.topic].append(typed(held))
    if "role-holders" in topics:
        found["role-holders"] = [typed(held) for held in records.listed(tx, ["role-holders"], Days(), known_at)]
    return Knowledge(
        role_holders=found["role-holders"],
        advice=found["advice"],
        networks=found["networks"],
        authorisations=found["authorisations"],
        plans=found["plans"],
        contracts=found["contracts"],
        risks=found["risks"],
        erased=people.erased(tx) if found["role-holders"] else frozenset(),
    )
