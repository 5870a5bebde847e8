"""What a format is: how a file of it is recognised by what is in it, and how its lines are read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import word
from concord_registry.publications.grid import Grid, Row
from concord_registry.publications.said import Asked, Edition, Said

OGL = "Open Government Licence v3.0"


@dataclass(frozen=True, slots=True)
class Match:
    """How far a file is of a format: 1 and above it is one (the highest is taken), below it only resembles one.

    `why` says what was found; `differs` what is missing or otherwise. `header` is the position of the header row among
    the rows, -1 where there is none; `columns` says which column holds what.
    """

    score: float
    why: str = ""
    differs: str = ""
    header: int = -1
    columns: Mapping[str, int] = field(default_factory=dict)
    more: Any = None

    @property
    def recognised(self) -> bool:
        return self.score >= 1


NO_MATCH = Match(0)


@dataclass(frozen=True)
class Format:
    """A kind of file. `order`: files that others refer to come first; `source` of None: the caller says who published.

    `publisher` is whose word it is, for what several of its files say of one thing (`ods`, `ons`).
    """

    key: str
    title: str
    looked_for: str
    publisher: str
    publisher_name: str | None
    licence: str | None
    order: int
    recognise: Callable[[Grid], Match]
    read: Callable[[Grid, Match, Asked], Iterator[Said | SheetFault]]
    edition: Callable[[Grid, Match, Asked], Edition]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a format looks for, under any of some names; `word`s, so case, blanks and signs do not matter."""

    key: str
    names: tuple[str, ...]
    needed: bool = True
    pattern: re.Pattern[str] | None = None

    def fits(self, name: str) -> bool:
        plain = word(name)
        return plain in self.names or (self.pattern is not None and self.pattern.fullmatch(plain) is not None)


def column(key: str, *names: str, needed: bool = True, pattern: str | None = None) -> Column:
    compiled = re.compile(pattern) if pattern else None
    return Column(key, tuple(word(name) for name in (key, *names)), needed, compiled)


def by_header(grid: Grid, columns: Sequence[Column], *, bonus: float = 0.0) -> Match:
    """The header among the first rows that has most of the columns; title rows above it are passed over."""
    best = NO_MATCH
    needed = [one for one in columns if one.needed]
    for position, (number, cells) in enumerate(grid.head[:25]):
        found: dict[str, int] = {}
        for one in columns:
            place = next((at for at, name in enumerate(cells) if name and one.fits(name)), None)
            if place is not None and place not in found.values():
                found[one.key] = place
        missing = [one.names[0] for one in needed if one.key not in found]
        share = (len(needed) - len(missing)) / len(needed)
        score = 1 + len(found) / 1000 + bonus if not missing else share * 0.9
        if score > best.score:
            named = ", ".join(cells[at] for at in list(found.values())[:6])
            why = f"a header in line {number} with {named}"
            differs = f"the header in line {number} has no column {' nor '.join(missing)}" if missing else ""
            best = Match(score, why, differs, position, found)
    return best


def below_header(grid: Grid, match: Match) -> Sequence[Row]:
    return grid.rows[match.header + 1 :]


def cells_of(match: Match, row: Sequence[str]) -> dict[str, str]:
    """The cells by column key; "" where the line is too short."""
    return {key: row[at] if at < len(row) else "" for key, at in match.columns.items()}


@dataclass(frozen=True, slots=True)
class Cells:
    """A line under a header; `take` reads a cell, and names line and column where it cannot."""

    line: int
    cells: Mapping[str, str]
    names: Mapping[str, str]

    def text(self, key: str) -> str:
        return self.cells.get(key, "")

    def take[T](self, key: str, read: Callable[[str], T]) -> T:
        try:
            return read(self.text(key))
        except ValueError as error:
            raise FaultyCell(SheetFault("", self.line, self.names.get(key, key), str(error))) from None

    def need(self, key: str) -> str:
        found = self.text(key)
        if not found:
            raise FaultyCell(SheetFault("", self.line, self.names.get(key, key), "is empty", "missing"))
        return found


class FaultyCell(Exception):
    """A cell that cannot be read as what it must be."""

    def __init__(self, fault: SheetFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def lines(grid: Grid, match: Match, read: Callable[[Cells], Iterable[Said]]) -> Iterator[Said | SheetFault]:
    """What each line below the header says. A line with another number of cells is a fault, and so is a cell."""
    header = grid.rows[match.header][1]
    width = len(header)
    names = {key: header[at] for key, at in match.columns.items()}
    for number, row in below_header(grid, match):
        if len(row) != width and grid.sheet is None:
            yield SheetFault("", number, None, f"has {len(row)} columns where {width} are expected", "columns")
            continue
        try:
            yield from read(Cells(number, cells_of(match, row), names))
        except FaultyCell as faulty:
            yield faulty.fault


CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,15}")
GSS_CODE = re.compile(r"[A-Z]\d{8}")


def code(cell: str) -> str:
    """An organisation's code as written in capitals. ValueError where it is none."""
    if not CODE.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no code")
    return cell.upper()


def body_of(cell: str) -> str:
    """A body by its code: an ONS code has a letter and eight digits, all others are the ODS's. ValueError else."""
    found = code(cell)
    return f"gss:{found}" if GSS_CODE.fullmatch(found) else f"ods:{found}"
