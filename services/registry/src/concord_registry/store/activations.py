"""Activations as recorded: which sequence of an agreement is in force, and its replacement by a later one."""

from datetime import datetime

from sqlalchemy import Table, insert, select, update

from concord_contracts.registry import Activation
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry import tables
from concord_registry.activations import Held
from concord_registry.store.periods import known

ACTIVATIONS: Table = tables.Base.metadata.tables["activations"]


def held(tx: Reading, agreement: str, known_at: datetime | None = None) -> Held | None:
    """The activation known at a moment (None: now); None where there was none."""
    at_that_time = ACTIVATIONS.c.recorded_to == FOREVER_AT if known_at is None else known(ACTIVATIONS, known_at)
    row = tx.connection.execute(
        select(ACTIVATIONS).where(ACTIVATIONS.c.agreement == agreement, at_that_time)
    ).one_or_none()
    if row is None:
        return None
    return Held(row.agreement, row.sequence, row.digest, row.basis, row.valid_from, row.valid_to)


def record(tx: Writing, agreement: str, incoming: Activation) -> None:
    """Put an activation in the place of the present one."""
    tx.connection.execute(
        update(ACTIVATIONS)
        .where(ACTIVATIONS.c.agreement == agreement, ACTIVATIONS.c.recorded_to == FOREVER_AT)
        .values(recorded_to=tx.at)
    )
    tx.connection.execute(
        insert(ACTIVATIONS).values(
            agreement=agreement,
            sequence=incoming.sequence,
            digest=incoming.digest,
            basis=incoming.basis,
            valid_from=incoming.effective_from,
            valid_to=incoming.effective_to,
            recorded_from=tx.at,
            recorded_to=FOREVER_AT,
        )
    )
