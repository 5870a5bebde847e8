"""Where on the two time axes a read is answered: the query parameters every read takes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import Day
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.positions import KnownAt, Position, resolve


class When(BaseModel):
    """A parameter it does not know is refused, lest a misspelt one be lost."""

    model_config = ConfigDict(extra="forbid")

    as_of: Annotated[Day | None, Field(description="the day in the world; default today in England")] = None
    known_at: KnownAt = None


def position_of(tx: Reading, when: When, clock: Clock) -> Position:
    """The position of a read, as the kit resolves it."""
    return resolve(tx, when.as_of, when.known_at, clock)
