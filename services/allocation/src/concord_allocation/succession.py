"""Who stands in the stead of bodies and places on a later day, asked of the registry. Nothing is guessed: where it does
not answer, nothing is re-expressed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from concord_allocation.reads import OnBehalf
from concord_allocation.reference.rolling import REFERENCE_DAY, Backwards, Follows, Lineage, Unknown
from concord_allocation.registry_client import RegistryClient
from concord_contracts.registry import GROUP_KINDS, PlaceView

FINEST = 10**6
"""Shares are published to six decimals; a third that was written as a number is a third again."""


async def lineage(
    named: Iterable[tuple[date, str]], roll_to: date, registry: RegistryClient, reader: OnBehalf
) -> Lineage:
    """What follows each (day, body or place). Backwards, Unknown, and the client's errors."""
    by_day: dict[date, set[str]] = defaultdict(set)
    for day, name in named:
        by_day[day].add(name)
    for day in sorted(by_day, reverse=True):
        if roll_to < day:
            raise Backwards(day, roll_to)
    if not by_day:
        return {}
    then = _Then(await registry.all_places(reader.on(roll_to)))
    found: dict[tuple[date, str], list[Follows]] = {}
    for day, names in by_day.items():
        missing = names
        # A figure of a later year may still be under a body that had ended by then: it is followed from before.
        for seen in dict.fromkeys((day, REFERENCE_DAY)):
            if missing:
                map_on = await _map_on(seen, roll_to, registry, reader)
                known = {name: parts for name in missing if (parts := map_on.follow(name, then)) is not None}
                found |= {(day, name): parts for name, parts in known.items()}
                missing = missing - known.keys()
        if missing:
            raise Unknown(sorted(missing), day)
    return found


class _Then:
    """The places of the later day."""

    def __init__(self, places: Iterable[PlaceView]) -> None:
        self._of: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.standing = set[str]()
        for place in places:
            self.standing.add(place.key)
            if place.body:
                self._of[place.body, _family(place.kind)].append(place.key)

    def place(self, body: str, kind: str | None) -> str:
        """The body's only place of the kind, or of one that followed it; the body itself where there is none, or
        several."""
        places = self._of.get((body, _family(kind)), []) if kind else []
        return places[0] if len(places) == 1 else body


def _family(kind: str) -> str:
    """Boards followed CCGs: the places of both are of one family."""
    return "group" if kind in GROUP_KINDS else kind


@dataclass(frozen=True, slots=True)
class _Map:
    """Places on a day, and who stands in the stead of the bodies in being on it."""

    places: Mapping[str, PlaceView]
    bodies: Mapping[str, Sequence[Follows]]

    def follow(self, name: str, then: _Then) -> list[Follows] | None:
        """What follows a body or place; None where it is not known on the day."""
        here = self.places.get(name)
        body = here.body if here else name
        if body is None:
            return [Follows(name, Fraction(1), "published")]
        if body not in self.bodies:
            return None
        parts = _whole(self.bodies[body])
        if [part.name for part in parts] == [body] and (here is None or name in then.standing):
            return [Follows(name, Fraction(1), "published")]
        kind = here.kind if here else None
        return [Follows(then.place(part.name, kind), part.share, part.basis) for part in parts]


async def _map_on(day: date, roll_to: date, registry: RegistryClient, reader: OnBehalf) -> _Map:
    there = reader.on(day)
    places = {place.key: place for place in await registry.all_places(there)}
    return _Map(places, await registry.followed(roll_to, there))


def _whole(parts: Sequence[Follows]) -> list[Follows]:
    """Exact shares that sum to 1."""
    exact = [Follows(part.name, part.share.limit_denominator(FINEST), part.basis) for part in parts]
    whole = sum((part.share for part in exact), Fraction(0))
    return [Follows(part.name, part.share / whole, part.basis) for part in exact]
