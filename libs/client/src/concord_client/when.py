"""The times of a read, as query parameters."""

from datetime import date, datetime


def when(as_of: date | None = None, known_at: datetime | None = None, roll_to: date | None = None) -> dict[str, str]:
    """Those that are given: the day in the world, the moment of the record, the day whose bodies are to answer."""
    given = {"as_of": as_of, "known_at": known_at, "roll_to": roll_to}
    return {name: moment.isoformat() for name, moment in given.items() if moment is not None}
