"""The clock, injectable: what time it is, and what day it is in England."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Gives the present instant, timezone-aware UTC."""

ENGLAND = ZoneInfo("Europe/London")
FOREVER_AT = datetime(9999, 12, 31, tzinfo=UTC)
"""The open end of a recorded period; never NULL, so that one comparison serves all rows."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def today_in_england(clock: Clock = utc_now) -> date:
    """The calendar day in England: in summer it begins an hour before the day in UTC."""
    return clock().astimezone(ENGLAND).date()
