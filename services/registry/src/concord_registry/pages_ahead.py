"""Pages of what is to come, found day by day; a page may end within a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from concord_kit.database import Reading
from concord_registry.finding_changes import Foreseen, affected, days_of_claims, foreseen, on_day
from concord_registry.finding_lists import around_all
from concord_registry.finding_pages import FIRST_MAPS, ReadAt
from concord_registry.finding_scope import FindingScope, Spot, spots
from concord_registry.knowledge.days import days_of_records, places_of_parties
from concord_registry.knowledge.known import KnownThroughout
from concord_registry.knowledge.reading import read_throughout
from concord_registry.store import claims
from concord_registry.store.changing import of_reference
from concord_registry.store.reference import ReferenceReader
from concord_registry.touched import Touched
from concord_registry.wording import day
from concord_registry.world import Claim, Reference

MOST_MAPS_AHEAD = 300
"""How many maps one page looks at, each on a day and on the day before."""

MOST_DAYS = 60
ONE_DAY = timedelta(days=1)

type DayKey = tuple[date, str, str, int]
"""The day, place, pathway, and how many changes of that map come before."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Changes to come; `scanned_until` is the last day looked at whole, `stopped` says why where that is before the
    end, and `after` is where the next page begins."""

    days: tuple[date, ...]
    items: tuple[tuple[Reference, Reference, Foreseen], ...]
    scanned_until: date
    stopped: str | None = None
    after: DayKey | None = None


def ahead(
    tx: Reading,
    references: ReferenceReader,
    at: ReadAt,
    scope: FindingScope,
    until: date,
    limit: int,
    after: DayKey | None = None,
) -> Ahead:
    """What is recorded now of the days up to `until`, found day by day: only days on which something changes, and only
    maps it can reach, are looked at. A page ends after MOST_MAPS_AHEAD maps, MOST_DAYS days or `limit` changes, within
    a day too.
    """
    position = at.position
    here: tuple[Spot, ...] = spots(at.reference, scope)
    around = around_all(at.reference, here)
    said = claims.of_maps(tx, position.as_of, until, position.known_at, scope.pathways, around)
    known = read_throughout(tx, position.as_of, until, position.known_at)
    looked, items, scanned = 0, list[tuple[Reference, Reference, Foreseen]](), list[date]()
    reference = at.reference
    for on, touched in _days(tx, at, said, known, until).items():
        if after and on < after[0] and not touched.moved:
            continue
        before = on_day(reference, on - ONE_DAY)
        now = references.read(tx, on, position.known_at) if touched.moved else on_day(reference, on)
        reference = now
        here = tuple(sorted({*here, *spots(now, scope)})) if touched.moved else here
        if after and on < after[0]:
            continue
        _, place, pathway, skip = after if after and on == after[0] else (on, "", "", 0)
        some = [spot for spot in affected(here, touched, before, now) if (spot.place, spot.pathway) >= (place, pathway)]
        if not some:
            continue
        if len(scanned) == MOST_DAYS or looked >= MOST_MAPS_AHEAD or len(items) >= limit:
            return _stopped(scanned, items, (on, some[0].place, some[0].pathway, skip), touched.moved)
        scanned.append(on)
        done, size = 0, FIRST_MAPS
        while done < len(some):
            if looked >= MOST_MAPS_AHEAD or len(items) >= limit:
                return _stopped(scanned, items, (on, some[done].place, some[done].pathway, 0), touched.moved)
            part = some[done : done + min(size, MOST_MAPS_AHEAD - looked)]
            near = around_all(before, part) | around_all(now, part)
            both = claims.of_maps(tx, on - ONE_DAY, on, position.known_at, scope.pathways, near)
            for spot, number, one in foreseen(before, now, both, known, scope, part):
                if (spot.place, spot.pathway) == (place, pathway) and number < skip:
                    continue
                if len(items) == limit:
                    return _stopped(scanned, items, (on, spot.place, spot.pathway, number), touched.moved)
                items.append((before, now, one))
            done, looked, size = done + len(part), looked + len(part), size * 2
    return Ahead(tuple(scanned), tuple(items), until)


def _stopped(
    scanned: Sequence[date], items: Sequence[tuple[Reference, Reference, Foreseen]], after: DayKey, moved: bool
) -> Ahead:
    on = after[0]
    what = "the reference data change" if moved else "claims or records change"
    words = (
        f"on {day(on)} {what} for more maps than one page looks at; the next page (`next_cursor`) goes on from there"
    )
    return Ahead(tuple(scanned), tuple(items), on - ONE_DAY, words, after)


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
