"""What a reorganisation closed and a publisher's file, stated later, still lists as open. Pure.

Where the file is the first to say so the later statement counts (ADR 11), and it is on the map again from that day:
somebody decides whether it should be.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from concord_contracts.registry import Difference, ReorganisationConflict

type Table = Literal["bodies", "places"]


class Closing(Protocol):
    @property
    def on(self) -> date: ...
    @property
    def reorganisation(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """That a file lists a body or place until before a day; `closed`: it says itself that it ended."""

    table: Table
    key: str
    line: int
    until: date
    closed: bool


def conflicts(
    listed: Iterable[Listed],
    closings: Mapping[Table, Mapping[str, Closing]],
    stated_on: date,
    shows_again: Callable[[Table, str, date], bool],
) -> list[ReorganisationConflict]:
    """Each body and place once; `shows_again` tells whether it is on the map on the day it was closed."""
    found: dict[tuple[str, str], ReorganisationConflict] = {}
    for one in listed:
        closing = closings[one.table].get(one.key)
        if closing is None or one.closed or not closing.on <= stated_on or one.until <= closing.on:
            continue
        found[one.table, one.key] = ReorganisationConflict(
            table=one.table,
            key=one.key,
            line=one.line,
            closed_on=closing.on,
            reorganisation=closing.reorganisation,
            title=closing.title,
            shows_again=shows_again(one.table, one.key, closing.on),
        )
    return list(found.values())


def listed_in(kept: str) -> Iterator[Listed]:
    """What an edition was kept as listing."""
    rows: Mapping[str, Any] = json.loads(kept)
    for line, body, _, _, _, end, _, closed in rows["bodies"]:
        yield Listed("bodies", body, line, date.fromisoformat(end), bool(closed))
    for line, place, end in rows.get("places", ()):
        yield Listed("places", place, line, date.fromisoformat(end), False)


def in_words(one: ReorganisationConflict) -> str:
    what = "body" if one.table == "bodies" else "place"
    return f"{what} {one.key} in line {one.line} was {_closed(one)}"


def difference(one: ReorganisationConflict) -> Difference:
    return Difference(
        kind="closed-by-reorganisation",
        body=one.key,
        line=one.line,
        theirs="open",
        ours=f"closed on {one.closed_on}",
        words=_closed(one),
    )


def _closed(one: ReorganisationConflict) -> str:
    then = "it is on the map again from then on" if one.shows_again else "it stays closed on the map"
    return (
        f"closed on {one.closed_on} by the reorganisation {one.title!r} ({one.reorganisation}); "
        f"this list, of a later day, has it open: {then}"
    )
