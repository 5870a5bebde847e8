"""Whether the figures a scenario uses were replaced since. Pure: what changed where, and what is used, go in."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from concord_contracts.allocation import Freshness

ANY = "*"
OF_CELLS = frozenset({"lines", "activity"})
"""Tables whose rows are of one pathway and place."""
OF_BASELINES = frozenset({"baseline_bridges"})
"""The same, of which only a scenario is built whose baselines are built up from outturn."""
OF_PATHWAYS = frozenset({"curves", "unit_costs", "links"})
OF_PURSES = frozenset({"purses", "purse_amounts"})
OF_ALL = frozenset({"price_changes", "stage_prices", "planning_rules"})
USED = OF_CELLS | OF_BASELINES | OF_PATHWAYS | OF_PURSES | OF_ALL
"""Tables that a scenario is built from; the others are looked up, never planned with."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Which figures a scenario uses: those of its pathways, places and purses; `baselines`: their bridges too."""

    pathways: frozenset[str]
    places: frozenset[str]
    purses: frozenset[str]
    baselines: bool = False

    @property
    def of_cells(self) -> frozenset[str]:
        """The tables by pathway and place that are used."""
        return OF_CELLS | OF_BASELINES if self.baselines else OF_CELLS


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of a table began or ended at a moment after the first edition."""

    table: str
    pathway: str | None
    place: str | None
    purse: str | None
    at: datetime


type _Where = tuple[str, str | None, str | None]


class Changes:
    """Moments of change, found by what they touch."""

    def __init__(self, changes: Iterable[Changed]) -> None:
        found: dict[_Where, set[datetime]] = defaultdict(set)
        for change in changes:
            found[_where(change)].add(change.at)
        self._moments = {where: sorted(moments) for where, moments in found.items()}

    def of(self, uses: Uses, after: datetime, until: datetime) -> dict[str, datetime]:
        """Table -> the last change in (after, until] of a figure that is used."""
        latest: dict[str, datetime] = {}
        for where in _places_of(uses):
            moments = self._moments.get(where, [])
            position = bisect_right(moments, until)
            if position and (at := moments[position - 1]) > after:
                latest[where[0]] = max(at, latest.get(where[0], at))
        return latest


def _where(change: Changed) -> _Where:
    if change.table in OF_CELLS | OF_BASELINES:
        return change.table, change.pathway, change.place
    if change.table in OF_PATHWAYS:
        return change.table, change.pathway, None
    if change.table in OF_PURSES:
        return change.table, change.purse, change.pathway if change.table == "purse_amounts" else None
    return change.table, None, None


def _places_of(uses: Uses) -> Iterator[_Where]:
    for table in uses.of_cells:
        yield from ((table, pathway, place) for pathway in uses.pathways for place in uses.places)
    for table in OF_PATHWAYS:
        yield from ((table, pathway, None) for pathway in uses.pathways)
    for purse in uses.purses:
        yield "purses", purse, None
        yield from (("purse_amounts", purse, pathway) for pathway in (*uses.pathways, ANY))
    yield from ((table, None, None) for table in OF_ALL)


@dataclass(frozen=True, slots=True)
class Built:
    """What was fixed when a scenario was made."""

    uses: Uses
    edition: int
    known_at: datetime
    oldest_edition: int | None
    oldest_at: datetime | None


def freshness(built: Built, changes: Changes, known_at: datetime) -> Freshness:
    """As known at a moment."""
    newer = changes.of(built.uses, built.known_at, known_at)
    last = max(newer.values(), default=None)
    return Freshness(
        edition=built.edition,
        known_at=built.known_at,
        oldest_edition=built.oldest_edition,
        oldest_at=built.oldest_at,
        newer=sorted(newer),
        newer_at=last,
        words=_words(built, sorted(newer), last),
    )


def _words(built: Built, newer: list[str], last: datetime | None) -> str:
    words = f"Built from the figures of {built.known_at.date().isoformat()} (edition {built.edition})"
    if built.oldest_at is not None and built.oldest_edition != built.edition:
        words += f", the oldest of {built.oldest_at.date().isoformat()} (edition {built.oldest_edition})"
    if last is None:
        return f"{words}; none that it uses has been replaced since."
    tables = ", ".join(name.replace("_", " ") for name in newer)
    return f"{words}; figures that it uses were replaced since ({tables}; last on {last.date().isoformat()})."
