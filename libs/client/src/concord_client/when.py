"""The times of a read, as query parameters."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from concord_contracts.registry import ReExpressed


def when(as_of: date | None = None, known_at: datetime | None = None, roll_to: date | None = None) -> dict[str, str]:
    """Those that are given: the day in the world, the moment of the record, the day whose bodies are to answer."""
    given = {"as_of": as_of, "known_at": known_at, "roll_to": roll_to}
    return {name: moment.isoformat() for name, moment in given.items() if moment is not None}


def rolled_of(pages: Iterable[ReExpressed]) -> dict[str, Any]:
    """What several pages say of who stood in whose place, each part once."""
    found: dict[str, dict[str, Any]] = {"rolled": {}, "rolled_places": {}}
    for page in pages:
        for name, parts in found.items():
            parts |= {one.model_dump_json(): one for one in getattr(page, name)}
    return {name: list(parts.values()) for name, parts in found.items()}
