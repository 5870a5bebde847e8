"""The map without one publisher, read to be held against a list of its."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from concord_kit.database import Reading
from concord_registry.publications.reconciling import Held
from concord_registry.store.layers import rows_in_use
from concord_registry.succession import Succession


def held_without(tx: Reading, owner: str, known_at: datetime) -> Held:
    """What is in use at a moment, of every day, without the rows of a publisher."""

    def rows(table: str) -> list[Any]:
        return [row for row in rows_in_use(tx.connection, table, known_at) if row.owner != owner]

    bodies, names = defaultdict(list), defaultdict(list)
    for row in rows("bodies"):
        bodies[row.body].append((row.kind, row.valid_from, row.valid_to))
    for row in rows("body_names"):
        names[row.body].append((row.name, row.valid_from, row.valid_to))
    every = rows_in_use(tx.connection, "succession", known_at)
    events = [(row.owner, Succession(row.predecessor, row.successor, row.kind, row.on, row.share)) for row in every]
    populations = {(row.place, row.year, row.population_basis): row.persons for row in rows("populations")}
    return Held(
        bodies=bodies,
        names=names,
        populations=populations,
        ours=[event for of, event in events if of != owner],
        successions=[event for _, event in events],
    )
