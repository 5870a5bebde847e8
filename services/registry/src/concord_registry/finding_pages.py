"""Pages of findings and of their changes: maps are looked at until the page is full or enough have been looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_registry.finding_changes import (
    Changed,
    Foreseen,
    affected,
    changed,
    days_of_claims,
    foreseen,
    on_day,
)
from concord_registry.finding_lists import Finder, Listed, around_all
from concord_registry.finding_scope import FindingScope, Spot, spots
from concord_registry.knowledge.days import days_of_records, places_of_parties
from concord_registry.knowledge.known import NOTHING, Knowledge, KnownThroughout
from concord_registry.knowledge.reading import read_knowledge, read_throughout
from concord_registry.store import claims
from concord_registry.store.changing import of_reference
from concord_registry.store.reference import ReferenceReader
from concord_registry.touched import Touched
from concord_registry.wording import day
from concord_registry.world import Claim, Reference

FIRST_MAPS = 8
MOST_MAPS = 240
"""How many maps one page looks at: about half a second for England's claims."""

MOST_MAPS_AHEAD = 600
"""How many maps are looked at for what is to come, each of a day and of the day before."""

MOST_DAYS = 60
ONE_DAY = timedelta(days=1)

type Key = tuple[str, str, int]
"""Place, pathway, and how many findings of that map come before."""


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Items; `after` is where the next page begins, None where nothing is left."""

    items: tuple[T, ...]
    after: Key | None


@dataclass(frozen=True, slots=True)
class ReadAt:
    """One position with its reference data."""

    position: Position
    reference: Reference
    _kept: list[Knowledge] = field(default_factory=list, compare=False)

    def finder(self, tx: Reading, scope: FindingScope, some: Sequence[Spot]) -> Finder:
        places = around_all(self.reference, some)
        on, known_at = self.position.as_of, self.position.known_at
        found = claims.of_maps(tx, on, on, known_at, scope.pathways, places) if places else []
        return Finder(self.reference, found, scope, self._knowledge(tx) if places else NOTHING)

    def _knowledge(self, tx: Reading) -> Knowledge:
        """Read once, however many maps are looked at."""
        if not self._kept:
            self._kept.append(read_knowledge(tx, self.position.as_of, self.position.known_at))
        return self._kept[0]


def findings(tx: Reading, at: ReadAt, scope: FindingScope, after: Key | None, limit: int) -> Page[Listed]:
    """Findings of a scope in the order of its spots."""

    def of_some(some: Sequence[Spot]) -> Callable[[Spot], list[Listed]]:
        return at.finder(tx, scope, some).at

    return _page(spots(at.reference, scope), of_some, after, limit, MOST_MAPS)


def changes(
    tx: Reading, before: ReadAt, now: ReadAt, scope: FindingScope, after: Key | None, limit: int
) -> Page[Changed]:
    """What became of the findings of a scope; a map on either position counts."""

    def of_some(some: Sequence[Spot]) -> Callable[[Spot], list[Changed]]:
        then, finder = before.finder(tx, scope, some), now.finder(tx, scope, some)
        return lambda spot: changed(then.at(spot), finder.at(spot))

    both = sorted({*spots(before.reference, scope), *spots(now.reference, scope)})
    return _page(both, of_some, after, limit, MOST_MAPS // 2)


def _page[T](
    asked: Sequence[Spot],
    of_some: Callable[[Sequence[Spot]], Callable[[Spot], list[T]]],
    after: Key | None,
    limit: int,
    most_maps: int,
) -> Page[T]:
    place, pathway, skip = after or ("", "", 0)
    left = [spot for spot in asked if (spot.place, spot.pathway) >= (place, pathway)]
    items: list[T] = []
    looked, size = 0, FIRST_MAPS
    while looked < len(left) and looked < most_maps:
        some = left[looked : looked + min(size, most_maps - looked)]
        find = of_some(some)
        for spot in some:
            given = skip if (spot.place, spot.pathway) == (place, pathway) else 0
            for number, item in enumerate(find(spot)[given:], given):
                if len(items) == limit:
                    return Page(tuple(items), (spot.place, spot.pathway, number))
                items.append(item)
        looked, size = looked + len(some), size * 2
    rest = left[looked] if looked < len(left) else None
    return Page(tuple(items), (rest.place, rest.pathway, 0) if rest else None)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Changes to come; `scanned_until` is the last day looked at, `stopped` says why where that is before the end."""

    days: tuple[date, ...]
    items: tuple[tuple[Reference, Reference, Foreseen], ...]
    scanned_until: date
    stopped: str | None


def ahead(tx: Reading, references: ReferenceReader, at: ReadAt, scope: FindingScope, until: date, limit: int) -> Ahead:
    """What is recorded now of the days up to `until`, found day by day: only days on which something changes, and only
    maps it can reach, are looked at. Stops where that would be more than MOST_MAPS_AHEAD maps or MOST_DAYS days.
    """
    position = at.position
    here: tuple[Spot, ...] = spots(at.reference, scope)
    around = around_all(at.reference, here)
    said = claims.of_maps(tx, position.as_of, until, position.known_at, scope.pathways, around)
    known = read_throughout(tx, position.as_of, until, position.known_at)
    days = _days(tx, at, said, known, until)
    looked, items, scanned = 0, list[tuple[Reference, Reference, Foreseen]](), list[date]()
    reference = at.reference
    for on, touched in days.items():
        before = on_day(reference, on - ONE_DAY)
        now = references.read(tx, on, position.known_at) if touched.moved else on_day(reference, on)
        reference = now
        here = tuple(sorted({*here, *spots(now, scope)})) if touched.moved else here
        some = affected(here, touched, before, now)
        if not some:
            continue
        if looked + 2 * len(some) > MOST_MAPS_AHEAD or len(scanned) == MOST_DAYS or len(items) >= limit:
            return Ahead(tuple(scanned), tuple(items), on - ONE_DAY, _why(on, len(some), touched.moved))
        looked += 2 * len(some)
        scanned.append(on)
        near = around_all(before, some) | around_all(now, some)
        both = claims.of_maps(tx, on - ONE_DAY, on, position.known_at, scope.pathways, near)
        items += [(before, now, one) for one in foreseen(before, now, both, known, scope, some)]
    return Ahead(tuple(scanned), tuple(items), until, None)


def _days(tx: Reading, at: ReadAt, said: Sequence[Claim], known: KnownThroughout, until: date) -> dict[date, Touched]:
    """Each day on which anything changes -> what it may change."""
    after, known_at = at.position.as_of, at.position.known_at
    named = {body for claim in said for body in (claim.organisation or "", *claim.on_behalf_of)}
    parties = places_of_parties(known)
    touching = [(on, Touched(places)) for on, places in days_of_claims(said, after, until).items()]
    touching += days_of_records(at.reference, known, after, until)
    touching += [
        (one.on, Touched(one.places, moved=True))
        for one in of_reference(tx, at.reference, named, parties, after, until, known_at)
    ]
    found: dict[date, Touched] = {}
    for on, touched in touching:
        found[on] = found.get(on, Touched()) | touched
    return dict(sorted(found.items()))


def _why(on: date, maps: int, moved: bool) -> str:
    what = "the reference data change" if moved else "claims or records change"
    return (
        f"on {day(on)} {what} for {maps} maps, which is more than one question looks at with what went before; "
        "ask again from that day, or narrow it by place, body or pathway"
    )
