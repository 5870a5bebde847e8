"""Where a list and the map without it say different things. Pure; nothing is decided here.

Missing is not closed: who is not in a list may still be there. A body may be open in a list and yet be succeeded, where
the list was not kept: that is for somebody to look at, with both sources beside each other.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import Difference, DifferenceKind
from concord_registry.publications.merging import bare_name
from concord_registry.publications.said import BEGUN
from concord_registry.succession import Lineage, Succession

WHOLE = 1 - 1e-6
FEWEST_OF_A_KIND = 3
"""A list of a kind has some of them; one or two are named in passing, and no others are missing."""


@dataclass(frozen=True)
class Held:
    """The map without the list's publisher; successions with it."""

    bodies: Mapping[str, Sequence[tuple[str, date, date]]] = field(default_factory=dict)
    names: Mapping[str, Sequence[tuple[str, date, date]]] = field(default_factory=dict)
    populations: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    ours: Sequence[Succession] = ()
    """Successions that the map has without the list's publisher."""
    successions: Sequence[Succession] = ()
    """All successions, the publisher's own as well."""


@dataclass
class _Listed:
    line: int
    told: bool
    closed: bool = True
    """Whether the list says that it ended; else it was open when the list was stated."""
    periods: list[tuple[str, date, date]] = field(default_factory=list)
    names: list[tuple[str, date, date]] = field(default_factory=list)

    @property
    def start(self) -> date:
        return min(start for _, start, _ in self.periods)

    @property
    def end(self) -> date:
        return max(end for _, _, end in self.periods)

    @property
    def last_kind(self) -> str:
        return max(self.periods, key=lambda one: one[2])[0]

    @property
    def last_start(self) -> date:
        """The first day of what it is now; of a list that tells no days, when there could be such a body at all."""
        kind, start, _ = max(self.periods, key=lambda one: one[2])
        return start if self.told else BEGUN.get(kind, date.min)


def differences(listed: str, held: Held, stated_on: date, as_of: date) -> tuple[list[Difference], int]:
    """Every difference, by kind and body, and how many statements the map agrees with."""
    rows = json.loads(listed)
    bodies = _bodies(rows["bodies"])
    agreeing = 0
    found: list[Difference] = []
    events: dict[str, list[Succession]] = defaultdict(list)
    for event in held.successions:
        events[event.predecessor].append(event)
    for body, one in bodies.items():
        wrong = [*_of_body(body, one, held, stated_on, as_of), *_succeeded(body, one, events[body], stated_on, as_of)]
        found += wrong
        agreeing += all(each.kind == "succeeded-since" for each in wrong)
    found += _missing(bodies, held, stated_on)
    lineage = Lineage(held.ours)
    for line, predecessor, successor, on in rows["succession"]:
        wrong = list(_of_succession(line, predecessor, successor, date.fromisoformat(on), held, lineage))
        found += wrong
        agreeing += not wrong and predecessor in held.bodies
    for line, place, year, basis, persons in rows["populations"]:
        ours = held.populations.get((place, year, basis))
        if ours is not None and ours != persons:
            what = f"{basis} people in {year}"
            found.append(_difference("population-differs", place, None, line, f"{persons:,}", f"{ours:,}", what))
        agreeing += ours == persons
    return sorted(found, key=lambda one: (one.kind, one.body, one.line or 0)), agreeing


def _bodies(rows: Sequence[Sequence[object]]) -> dict[str, _Listed]:
    found: dict[str, _Listed] = {}
    for line, body, kind, name, start, end, told, closed in rows:
        one = found.setdefault(str(body), _Listed(int(str(line)), bool(told)))
        one.closed = one.closed and bool(closed)
        period = (date.fromisoformat(str(start)), date.fromisoformat(str(end)))
        one.periods.append((str(kind), *period))
        if name:
            one.names.append((str(name), *period))
    return found


def _difference(
    kind: DifferenceKind, body: str, name: str | None, line: int | None, theirs: str, ours: str, words: str
) -> Difference:
    return Difference(kind=kind, body=body, name=name, line=line, theirs=theirs, ours=ours, words=words)


def _day(day: date) -> str:
    return "open" if day == FOREVER else f"until before {day}"


def _of_body(body: str, one: _Listed, held: Held, stated_on: date, as_of: date) -> Iterator[Difference]:
    name = one.names[-1][0] if one.names else None
    ours = held.bodies.get(body)
    if not ours:
        kinds = ", ".join(dict.fromkeys(kind for kind, _, _ in one.periods))
        yield _difference("not-in-ours", body, name, one.line, kinds, "not there", f"{name or body} is new to the map")
        return
    yield from _dates(body, name, one, ours, stated_on, as_of)
    for kind, start, end in one.periods:
        for other, other_start, other_end in ours:
            if kind != other and max(start, other_start) < min(end, other_end):
                days = f"from {max(start, other_start)} {_day(min(end, other_end))}"
                yield _difference("kinds-differ", body, name, one.line, kind, other, days)
    for said, start, end in one.names:
        meant = [(called, a, b) for called, a, b in held.names.get(body, ()) if max(start, a) < min(end, b)]
        if meant and all(bare_name(called) != bare_name(said) for called, _, _ in meant):
            called, a, b = meant[-1]
            days = f"from {max(start, a)} {_day(min(end, b))}"
            yield _difference("names-differ", body, said, one.line, said, called, days)


def _dates(
    body: str,
    name: str | None,
    one: _Listed,
    ours: Sequence[tuple[str, date, date]],
    stated_on: date,
    as_of: date,
) -> Iterator[Difference]:
    """First and last days, as far as the list tells them; that it is open tells nothing of the days after it."""
    ends = max(end for _, _, end in ours)
    starts = min(start for _, start, _ in ours)
    theirs, mine = _day(one.end) if one.closed else "open", _day(ends)
    if not one.closed and ends <= stated_on:
        if one.last_kind not in {kind for kind, _, _ in ours} and one.last_start >= ends:
            words = f"the code goes on as {one.last_kind} from {one.last_start}"
            yield _difference("not-in-ours", body, name, one.line, theirs, mine, words)
        elif one.told:
            words = "closed on the map before the list was stated"
            yield _difference("open-there-closed-here", body, name, one.line, theirs, mine, words)
    elif one.closed and one.end <= as_of < ends:
        yield _difference("closed-there-open-here", body, name, one.line, theirs, mine, "closed in the list alone")
    elif one.closed and ends <= as_of < one.end:
        yield _difference("open-there-closed-here", body, name, one.line, theirs, mine, "closed on the map alone")
    elif one.closed and one.end != ends:
        yield _difference("dates-differ", body, name, one.line, theirs, mine, "the last day differs")
    if one.told and one.start != starts:
        words = "the first day differs"
        yield _difference("dates-differ", body, name, one.line, f"from {one.start}", f"from {starts}", words)


def _succeeded(
    body: str, one: _Listed, events: Sequence[Succession], stated_on: date, as_of: date
) -> Iterator[Difference]:
    if one.closed:
        return
    for on in sorted({event.on for event in events if one.last_start < event.on <= as_of}):
        passed = [event for event in events if event.on == on]
        if sum(event.share for event in passed) < WHOLE:
            continue
        heirs = ", ".join(sorted({event.successor for event in passed}))
        name = one.names[-1][0] if one.names else None
        kind: DifferenceKind = "open-but-succeeded" if on <= stated_on else "succeeded-since"
        words = f"succeeded by {heirs}" + ("" if on <= stated_on else ", after the list was stated")
        yield _difference(kind, body, name, one.line, "open", f"succeeded on {on}", words)
        return


def _missing(bodies: Mapping[str, _Listed], held: Held, stated_on: date) -> Iterator[Difference]:
    kinds: dict[str, int] = defaultdict(int)
    for one in bodies.values():
        for kind in {kind for kind, _, _ in one.periods}:
            kinds[kind] += 1
    wanted = {kind for kind, count in kinds.items() if count >= FEWEST_OF_A_KIND}
    families = {_family(body) for body in bodies}
    for body, periods in held.bodies.items():
        if body in bodies or _family(body) not in families:
            continue
        for kind, start, end in periods:
            if kind in wanted and start <= stated_on < end:
                names = held.names.get(body, ())
                name = next((called for called, a, b in names if a <= stated_on < b), None)
                words = f"in being on {stated_on} on the map; that it is not listed does not close it"
                yield _difference("missing-there", body, name, None, "not listed", kind, words)


def _family(body: str) -> str:
    """What a list would have to have some of, to lack this one: ONS gives each kind of area its own three letters."""
    scheme, _, code = body.partition(":")
    return f"gss:{code[:3]}" if scheme == "gss" else scheme


def _of_succession(
    line: int, predecessor: str, successor: str, on: date, held: Held, lineage: Lineage
) -> Iterator[Difference]:
    ours = held.bodies.get(predecessor)
    if not ours:
        return
    said = f"{successor} on {on}"
    followed = [event for event in held.ours if event.predecessor == predecessor]
    if not followed:
        ends = max(end for _, _, end in ours)
        if ends > on:
            words = f"followed by {said} in the list; on the map in being {_day(ends)}"
            yield _difference("closed-there-open-here", predecessor, None, line, said, _day(ends), words)
        return
    if any(event.successor == successor and event.on == on for event in followed):
        return
    if successor in {part.body for part in lineage.parts(predecessor, date.min, on)}:
        return  # the list goes straight to where the map comes to by steps
    heirs = ", ".join(f"{event.successor} on {event.on}" for event in followed[:5])
    yield _difference("successor-differs", predecessor, None, line, said, heirs, "who followed differs")
