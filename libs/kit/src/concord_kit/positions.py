"""The two time axes of a read: `as_of` in the world, `known_at` in the record."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from concord_kit.clock import Clock, today_in_england, utc_now
from concord_kit.database import Reading
from concord_kit.journal import position_at
from concord_kit.problems import Problem


@dataclass(frozen=True, slots=True)
class Position:
    """Where an answer was read; ask again with `as_of` and `known_at` for the same answer."""

    as_of: date
    known_at: datetime
    seq: int


def resolve(tx: Reading, as_of: date | None, known_at: datetime | None, clock: Clock = utc_now) -> Position:
    """The position of a read: `as_of` defaults to today in England, `known_at` to the head.

    A `known_at` after the head is refused (422 known-at-too-late): the answer to it could still change.
    One without an offset is taken as UTC.
    """
    day = as_of or today_in_england(clock)
    if known_at is None:
        return Position(day, tx.head_at, tx.head_seq)
    instant = known_at.replace(tzinfo=UTC) if known_at.tzinfo is None else known_at.astimezone(UTC)
    if instant > tx.head_at:
        raise Problem(
            "known-at-too-late",
            f"known_at {instant.isoformat()} lies after the latest record {tx.head_at.isoformat()}.",
            head_at=tx.head_at.isoformat(),
        )
    return Position(day, instant, position_at(tx.session, tx.tables, instant))
