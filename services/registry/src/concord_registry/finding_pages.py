"""Pages of findings and of their changes: maps are looked at until the page is full or enough have been looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_registry.finding_changes import Changed, changed
from concord_registry.finding_lists import Finder, Listed, around_all
from concord_registry.finding_scope import FindingScope, Spot, spots
from concord_registry.knowledge.known import NOTHING, Knowledge
from concord_registry.knowledge.reading import read_knowledge
from concord_registry.store import claims
from concord_registry.world import Reference

FIRST_MAPS = 8
MOST_MAPS = 240
"""How many maps one page looks at: about half a second for England's claims."""

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
