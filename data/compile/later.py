"""The map after April 2013: places of the CCGs, boards and councils formed since, and small areas that changed hands.

Pure. Every place is pieces, each where the ground of a group (a CCG, later an integrated care board) and of a council
meet. A merged CCG has the pieces of those it followed, and so has a board but for pieces that were moved to another; a
council that followed others has their districts; a boundary moves the small areas that the lookup of 2017 has elsewhere
than that of 2015. Small areas, people and shares of what goes on as it was are kept to the unit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from data.compile.apportion import apportion, millionths

type Pair = tuple[str, str]
"""A group's code and a council's GSS code."""

BOUNDARIES_2017 = "2017-04-01"


@dataclass(frozen=True)
class Piece:
    """What a group and a council share from a day on. Shares are in millionths; people are whole."""

    districts: Mapping[str, int]
    share_of_ccg: int
    share_of_council: int
    registered: int
    resident: int
    start: str
    basis: str
    source: str
    note: str
    part: bool
    end: str = ""

    @property
    def small_areas(self) -> int:
        return sum(self.districts.values())


@dataclass(frozen=True)
class Merger:
    """`listed`: small areas by district where a lookup knows the successor itself, and that lookup's key."""

    on: str
    successor: str
    predecessors: tuple[str, ...]
    listed: Mapping[str, int] | None = None
    source: str = ""


@dataclass(frozen=True)
class Boards:
    """`board_of`: CCG -> the board that followed it; `moved`: a piece of a CCG -> the other board that it came to."""

    on: str
    board_of: Mapping[str, str]
    moved: Mapping[Pair, str]
    notes: Mapping[Pair, str]
    sources: Mapping[Pair, str]


@dataclass(frozen=True)
class Boundary:
    """`listed`: small areas of each CCG and district from the day on."""

    on: str
    listed: Mapping[tuple[str, str], int]
    source: str


@dataclass(frozen=True)
class Councils:
    """`into`: district -> the council that it belongs to from the day on."""

    on: str
    into: Mapping[str, str]
    source: str


type Event = Merger | Boundary | Boards | Councils


@dataclass(frozen=True)
class Figure:
    """A piece on the day that its group (`of`), or its council, came to have other people."""

    on: str
    pair: Pair
    piece: Piece
    of: Literal["group", "council"]
    moved: bool = False


@dataclass
class Later:
    """The pieces of every day: those that ended, and those that go on; which CCGs of 2013 each group was made of."""

    going_on: dict[Pair, Piece]
    ended: list[tuple[Pair, Piece]] = field(default_factory=list)
    origins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)

    def pieces(self) -> Iterator[tuple[Pair, Piece]]:
        """Every piece with its days."""
        yield from self.ended
        yield from self.going_on.items()

    def of(self, *, group: str | None = None, council: str | None = None) -> list[Pair]:
        return [pair for pair in self.going_on if group in (None, pair[0]) and council in (None, pair[1])]

    def close(self, pair: Pair, on: str) -> Piece:
        piece = self.going_on.pop(pair)
        if piece.start < on:
            self.ended.append((pair, replace(piece, end=on)))
        return piece

    def open(self, made: Mapping[Pair, Piece], of: Literal["group", "council"], *, moved: bool = False) -> None:
        """Pieces from their day on; those of a group with several councils are places of their own."""
        self.going_on.update(made)
        for pair in made:
            piece = replace(self.going_on[pair], part=len(self.of(group=pair[0])) > 1)
            self.going_on[pair] = piece
            self.figures.append(Figure(piece.start, pair, piece, of, moved))


def later(start: Mapping[Pair, Piece], events: Iterable[Event]) -> Later:
    """What becomes of the pieces of April 2013, event by event. ValueError where the files contradict each other."""
    found = Later(dict(start), origins={ccg: (ccg,) for ccg, _ in start})
    order = (Merger, Boundary, Boards, Councils)
    for event in sorted(events, key=lambda one: (one.on, order.index(type(one)))):
        match event:
            case Merger():
                _merge(found, event)
            case Boundary():
                _move(found, event)
            case Boards():
                _found_boards(found, event)
            case Councils():
                _replace_councils(found, event)
    return found


def _merge(found: Later, event: Merger) -> None:
    pairs = [pair for predecessor in event.predecessors for pair in found.of(group=predecessor)]
    note = f"union of the places of {', '.join(event.predecessors)}, which it followed"
    if event.listed is not None:
        note = f"small areas as its lookup lists them; {note}"
    made = _united(found, event.successor, pairs, event.on, note, event.source)
    for (_, council), piece in made.items():
        if event.listed is not None and any(event.listed.get(key) != n for key, n in piece.districts.items()):
            raise ValueError(f"{event.successor}: the lookup and its predecessors have other small areas in {council}")
    found.open(made, "group")
    found.origins[event.successor] = tuple(sorted(one for code in event.predecessors for one in found.origins[code]))


def _found_boards(found: Later, event: Boards) -> None:
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(found.going_on):
        pairs[event.moved.get(pair, event.board_of[pair[0]])].append(pair)
    touched = {*event.moved.values(), *(event.board_of[ccg] for ccg, _ in event.moved)}
    for board, its in pairs.items():
        followed = sorted(code for code, one in event.board_of.items() if one == board)
        note = f"union of the places of {', '.join(followed)}, which it followed"
        for pair, other in sorted(event.moved.items()):
            if other == board:
                note = f"{note}, and of {event.notes[pair]}"
            elif event.board_of[pair[0]] == board:
                note = f"{note}, without {event.notes[pair]}"
        source = " ".join(event.sources[pair] for pair in sorted(its) if pair in event.moved)
        made = _united(found, board, its, event.on, note, source, keep_sources=True)
        found.open(made, "group", moved=board in touched)
        found.origins[board] = tuple(sorted(one for code in followed for one in found.origins[code]))


def _united(
    found: Later, successor: str, pairs: Iterable[Pair], on: str, note: str, source: str, *, keep_sources: bool = False
) -> dict[Pair, Piece]:
    """The pieces closed and put together by council; `source` in place of theirs, or with `keep_sources` beside it."""
    parts: dict[str, list[Piece]] = defaultdict(list)
    for pair in pairs:
        parts[pair[1]].append(found.close(pair, on))
    shares = millionths({council: sum(one.small_areas for one in pieces) for council, pieces in parts.items()})
    made = {}
    for council, pieces in parts.items():
        own = [one.source for one in pieces] if keep_sources or not source else []
        made[successor, council] = Piece(
            districts=_added(one.districts for one in pieces),
            share_of_ccg=shares[council],
            share_of_council=sum(one.share_of_council for one in pieces),
            registered=sum(one.registered for one in pieces),
            resident=sum(one.resident for one in pieces),
            start=on,
            basis="derived",
            source=" ".join(dict.fromkeys(key for each in [*own, source] for key in each.split())),
            note=note,
            part=False,
        )
    return made


def _move(found: Later, event: Boundary) -> None:
    before = {(ccg, key): n for (ccg, _), one in found.going_on.items() for key, n in one.districts.items()}
    council_of = {key: council for (_, council), one in found.going_on.items() for key in one.districts}
    changes = {
        key: event.listed.get(key, 0) - before.get(key, 0)
        for key in {*before, *event.listed}
        if event.listed.get(key, 0) != before.get(key, 0)
    }
    people: dict[Pair, list[int]] = defaultdict(lambda: [0, 0])
    for district in sorted({district for _, district in changes}):
        moves = {ccg: n for (ccg, one), n in changes.items() if one == district}
        if sum(moves.values()):
            raise ValueError(f"{district} has other small areas than before, not others' of them")
        council = council_of[district]
        gaining = {ccg: n for ccg, n in moves.items() if n > 0}
        for ccg, lost in ((ccg, -n) for ccg, n in moves.items() if n < 0):
            piece = found.going_on[ccg, council]
            for at, had in enumerate((piece.registered, piece.resident)):
                gone = had * lost // piece.small_areas
                people[ccg, council][at] -= gone
                for other, came in apportion(gone, gaining).items():
                    people[other, council][at] += came
    ccgs = {ccg for ccg, _ in changes}
    held = {pair: found.close(pair, event.on) for ccg in sorted(ccgs) for pair in found.of(group=ccg)}
    counts: dict[Pair, dict[str, int]] = defaultdict(dict)
    for (ccg, district), n in event.listed.items():
        if ccg in ccgs:
            counts[ccg, council_of[district]][district] = n
    of_ccg = {ccg: millionths({c: sum(n.values()) for (one, c), n in counts.items() if one == ccg}) for ccg in ccgs}
    of_council: dict[str, dict[str, int]] = {}
    for council in {council for _, council in counts}:
        whole = sum(piece.share_of_council for pair, piece in held.items() if pair[1] == council)
        of_council[council] = apportion(whole, {ccg: sum(n.values()) for (ccg, c), n in counts.items() if c == council})
    made = {}
    for (ccg, council), districts in sorted(counts.items()):
        before_it = held.get((ccg, council))
        registered, resident = people[ccg, council]
        made[ccg, council] = Piece(
            districts=districts,
            share_of_ccg=of_ccg[ccg][council],
            share_of_council=of_council[council][ccg],
            registered=registered + (before_it.registered if before_it else 0),
            resident=resident + (before_it.resident if before_it else 0),
            start=event.on,
            basis="derived",
            source=event.source,
            note="small areas of the April 2017 lookup, districts counted up to counties: its boundary moved",
            part=False,
        )
    found.open(made, "group", moved=True)


def _replace_councils(found: Later, event: Councils) -> None:
    olds = {council for (_, council), one in found.going_on.items() if any(key in event.into for key in one.districts)}
    held: dict[str, list[Piece]] = defaultdict(list)
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for pair in [pair for pair in found.going_on if pair[1] in olds]:
        piece = found.close(pair, event.on)
        held[pair[0]].append(piece)
        for district, n in piece.districts.items():
            counts[pair[0]][event.into[district]][district] = n
    made: dict[Pair, Piece] = {}
    for ccg, pieces in held.items():
        weights = {council: sum(n.values()) for council, n in counts[ccg].items()}
        shares, registered, resident = (
            apportion(sum(getattr(one, name) for one in pieces), weights)
            for name in ("share_of_ccg", "registered", "resident")
        )
        for council, districts in counts[ccg].items():
            made[ccg, council] = Piece(
                districts=districts,
                share_of_ccg=shares[council],
                share_of_council=0,
                registered=registered[council],
                resident=resident[council],
                start=event.on,
                basis="derived",
                source=" ".join(dict.fromkeys([*(key for one in pieces for key in one.source.split()), event.source])),
                note="small areas of the districts that the council was made of",
                part=False,
            )
    for council in {council for _, council in made}:
        of_council = millionths({ccg: one.small_areas for (ccg, c), one in made.items() if c == council})
        for ccg, share in of_council.items():
            made[ccg, council] = replace(made[ccg, council], share_of_council=share)
    found.open(made, "council")


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for one in counts:
        for key, n in one.items():
            total[key] += n
    return dict(total)
