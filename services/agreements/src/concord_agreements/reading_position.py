"""Where on the two time axes a read is answered: the query parameters every read takes."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.positions import Position, resolve


def _in_range(instant: datetime) -> datetime:
    """A naive instant is taken as UTC; instants no clock has shown cannot be converted between zones."""
    if not 1900 <= instant.year <= 9998:
        raise ValueError("must lie between the years 1900 and 9998")
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


class When(BaseModel):
    """A parameter it does not know is refused, lest a misspelt one be lost."""

    model_config = ConfigDict(extra="forbid")

    as_of: Annotated[date | None, Field(description="the day in the world; default today in England")] = None
    known_at: Annotated[
        Annotated[datetime, AfterValidator(_in_range)] | None,
        Field(description="what was recorded by then; default and upper bound the latest record"),
    ] = None


def position_of(tx: Reading, when: When, clock: Clock) -> Position:
    """The position of a read. Between the latest record and the clock nothing is known: that is the latest record."""
    known_at = when.known_at
    if known_at is not None and tx.head_at < known_at <= clock():
        known_at = None
    return resolve(tx, when.as_of, known_at, clock)
