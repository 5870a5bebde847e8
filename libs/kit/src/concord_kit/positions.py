"""The two time axes of a read: `as_of` in the world, `known_at` in the record."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator

from concord_contracts.identifiers import Day
from concord_contracts.problems import Fault
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
    """The position of a read: `as_of` defaults to today in England, `known_at` to the head, which also bounds it.

    Between the head and the clock nothing is recorded: that reads, and echoes, as the head (a caller's own clock is the
    commonest `known_at`). After the clock is refused (422 known-at-too-late): what will be known then is still open.
    An instant without an offset is taken as UTC.
    """
    day = as_of or today_in_england(clock)
    if known_at is None:
        return Position(day, tx.head_at, tx.head_seq)
    instant = _asked(known_at)
    if instant >= tx.head_at:
        if instant > max(clock(), tx.head_at):
            raise _too_late(instant, tx.head_at)
        return Position(day, tx.head_at, tx.head_seq)
    return Position(day, instant, position_at(tx.session, tx.tables, instant))


def in_utc(instant: datetime) -> datetime:
    """The instant in UTC; without an offset it is UTC already. ValueError where the calendar does not reach it."""
    try:
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside of the calendar") from None


def _iso_instant(value: Any) -> Any:
    """Numbers are no instants: a count of seconds is somebody's slip."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}[T ]", value)):
        raise ValueError('an instant is written "2014-01-15T09:30:00Z"')
    return value


Instant = Annotated[datetime, BeforeValidator(_iso_instant), AfterValidator(in_utc)]
"""A moment of the record, in UTC, written as one."""

AsOf = Annotated[Day | None, Query(description="The day in the world; default today in England")]
KnownAt = Annotated[
    Instant | None,
    Query(description="What was recorded by then; default and upper bound the latest record"),
]


def _asked(known_at: datetime) -> datetime:
    try:
        return in_utc(known_at)
    except ValueError as error:
        fault = Fault(parameter="query:known_at", detail=str(error), type="out_of_range")
        raise Problem("invalid-request", errors=[fault]) from None


def _too_late(instant: datetime, head_at: datetime) -> Problem:
    words = f"known_at {instant.isoformat()} lies in the future; the latest record is of {head_at.isoformat()}."
    return Problem("known-at-too-late", words, head_at=head_at.isoformat())
