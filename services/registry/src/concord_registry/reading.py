"""Where on the two time axes a request is answered, and how the pages of a list stay on one position."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import Day
from concord_contracts.problems import Fault
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.paging import decode_cursor, encode_cursor
from concord_kit.positions import Instant, Position, in_utc, resolve
from concord_kit.problems import Problem
from concord_registry.silence import not_on_the_map
from concord_registry.world import Reference

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9999, 12, 30)
"""A period without end ends the day after; asked about that day the map would be empty."""

AsOf = Annotated[
    Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)] | None,
    Field(description="The day in the world; default today in England"),
]
KnownAt = Annotated[
    Instant | None,
    Field(
        description="What was recorded by then; default, and upper bound, the latest record. One not later than the "
        "service's clock is read as the latest record; a later one is refused"
    ),
]

RollTo = Annotated[
    Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)] | None,
    Field(
        description="Re-express bodies, and what is theirs, for the bodies of this later day: mergers and splits are "
        "followed, with shares. A day before the one asked about is refused",
        examples=["2021-04-01"],
    ),
]


DaysOf = Callable[[str], list[tuple[date, date]]]
"""The periods in which a place is on the map."""


class When(BaseModel):
    """The query parameters every read takes. A parameter it does not know is refused, lest a misspelt one be lost."""

    model_config = ConfigDict(extra="forbid")

    as_of: AsOf = None
    known_at: KnownAt = None


class Rolling(BaseModel):
    """The parameter of a read whose answer can be told for the bodies of a later day."""

    roll_to: RollTo = None


class RollingWhen(When, Rolling):
    """A read at a position that can be told so."""


class Page(When):
    """A list's parameters: the cursor also holds the position of the first page, so that all pages agree."""

    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most")] = 100
    cursor: Annotated[str | None, Field(max_length=500, description="From `next_cursor` or `Link: rel=next`")] = None


class RollingPage(Page, Rolling):
    """A list that can be told so."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins: its position, and the key after which its items come (None: the first page)."""

    position: Position
    after: tuple[Any, ...] | None


def position_of(tx: Reading, when: When, clock: Clock) -> Position:
    """The position of a read (`concord_kit.positions.resolve`)."""
    return resolve(tx, when.as_of, when.known_at, clock)


def start_of(tx: Reading, page: Page, clock: Clock, *kinds: type) -> Start:
    """The position and key in a page's cursor; the given `as_of` and `known_at` go before the cursor's."""
    found = decode_cursor(page.cursor, str, str, *kinds)
    if found is None:
        return Start(position_of(tx, page, clock), None)
    try:
        as_of, known_at = date.fromisoformat(found[0]), in_utc(datetime.fromisoformat(found[1]))
    except ValueError:
        raise Problem("bad-cursor") from None
    when = When.model_construct(as_of=page.as_of or as_of, known_at=page.known_at or known_at)
    return Start(position_of(tx, when, clock), found[2:])


def cursor_after(position: Position, *key: str | int) -> str:
    return encode_cursor(position.as_of.isoformat(), position.known_at.isoformat(), *key)


def require_places(known: Container[str], asked: Sequence[str]) -> None:
    """Refuse places that there never are (422 unknown-code, each named)."""
    faults = [
        Fault(parameter="query:place", detail=f"unknown place {place}", type="unknown-place")
        for place in asked
        if place not in known
    ]
    if faults:
        raise Problem("unknown-code", "; ".join(fault.detail for fault in faults[:10]) + ".", errors=faults)


def require_known(reference: Reference, days: DaysOf | None = None, /, **asked: Sequence[str] | str | None) -> None:
    """Refuse codes of the query that the map does not hold on the day (422 unknown-code, each named).

    Names are `pathway`, `stage`, `place`, `within`, `region`, `organisation` and `body`. With `days`, a place that is
    on the map on other days is told so, with what to ask instead.
    """
    held: dict[str, Any] = {
        "pathway": reference.pathways,
        "stage": reference.stages,
        "place": reference.places,
        "within": reference.places,
        "organisation": reference.bodies,
        "body": reference.bodies,
        "region": reference.places,
    }

    def words(name: str, value: str) -> str:
        more = not_on_the_map(days(value)) if days and name == "place" else ""
        return f"unknown {name} {value} on {reference.as_of}{more}"

    faults = [
        Fault(parameter=f"query:{name}", detail=words(name, value), type=f"unknown-{name}")
        for name, values in asked.items()
        for value in ([values] if isinstance(values, str) else values or ())
        if value not in held[name]
    ]
    if faults:
        raise Problem("unknown-code", "; ".join(fault.detail for fault in faults[:10]) + ".", errors=faults)
