"""Which format a file is of, by what is in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from concord_kit.sheets import FaultySheetsError, SheetFault
from concord_registry.publications.formats import BY_KEY, FORMATS
from concord_registry.publications.formats.base import Format, Match
from concord_registry.publications.grid import Grid, grids_of, hidden_characters
from concord_registry.publications.remarks import remarks
from concord_registry.publications.said import Asked, Edition, Said


@dataclass(frozen=True)
class Recognised:
    """A file known for what it is. `others` are sheets of the workbook that are not taken."""

    format: Format
    match: Match
    grid: Grid
    edition: Edition
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileRead:
    """A file read: what its lines say, and what is wrong with lines that say nothing we can take."""

    recognised: Recognised
    said: Sequence[Said]
    faults: Sequence[SheetFault]
    lines: int
    remarks: Sequence[int] = ()
    """Lines beside the table that were passed over."""


class UnknownFormatError(ValueError):
    """No format fits. `nearest` comes closest, `differs` says what is otherwise."""

    def __init__(self, nearest: Format | None, differs: str, named: Format | None = None) -> None:
        super().__init__(differs)
        self.nearest = nearest
        self.differs = differs
        self.named = named

    @property
    def words(self) -> str:
        looked_for = "; ".join(f"{one.title} ({one.looked_for})" for one in FORMATS)
        if self.named is not None:
            return f"The file is no {self.named.title}: {self.differs or self.named.looked_for}."
        nearest = f" Nearest is {self.nearest.title}: {self.differs}." if self.nearest and self.differs else ""
        return f"The file is of no format that we know.{nearest} Looked for: {looked_for}."


def recognised(grids: Sequence[Grid], asked: Asked, named: str | None = None) -> Recognised:
    """The format and table of a file; UnknownFormatError where none fits. `named`: only this format. KeyError."""
    formats = (BY_KEY[named],) if named else FORMATS
    found = [(one.recognise(grid), one, grid) for grid in grids for one in formats]
    match, form, grid = max(found, key=lambda each: each[0].score)
    if not match.recognised:
        nearest = form if match.score > 0 else None
        raise UnknownFormatError(nearest, match.differs, BY_KEY[named] if named else None)
    others = tuple(one.sheet or "" for one in grids if one is not grid)
    return Recognised(form, match, grid, form.edition(grid, match, asked), others)


def read_file(content: bytes, asked: Asked, named: str | None = None) -> FileRead:
    """What a file says. UnknownFormatError; FaultySheetsError where it cannot be read as a table at all.

    It takes seconds for the largest: not for the event loop.
    """
    known = recognised(grids_of(content), asked, named)
    passed_over = remarks(known.grid.rows, known.match.header)
    beside = [known.grid.rows[position][0] for position in passed_over]
    if passed_over:
        left = [row for position, row in enumerate(known.grid.rows) if position not in set(passed_over)]
        known = replace(known, grid=replace(known.grid, rows=left))
    rows = known.grid.rows
    hidden = set(hidden_characters(rows))
    said: list[Said] = []
    faults = [SheetFault("", line, None, "holds control characters", "hidden") for line in sorted(hidden)]
    for one in known.format.read(known.grid, known.match, asked):
        if isinstance(one, SheetFault):
            faults.append(one)
        elif one.line not in hidden:
            said.append(one)
    if not said and not faults:
        raise FaultySheetsError([SheetFault("", 0, None, "has a header and no line below it", "empty")])
    lines = max(len(rows) - known.match.header - 1, 0)
    return FileRead(known, said, sorted(faults, key=lambda one: one.line), lines, beside)
