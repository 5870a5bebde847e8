"""A sheet as plain values: what it is, its columns, its rows, and formulas that lead from one cell to another. Pure.

Every sheet begins with a line that says what it is and a line with units, day and digests; line 3 has the columns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from concord_allocation.documents.writing import Formula, Page, Value

HEADER = 3
FIRST = HEADER + 1
"""The line of the first row."""

MOST_CELLS = 1_000_000
"""Of all sheets together: to write so many takes a minute or two, and a spreadsheet as long to add them up."""


class TooLargeForAWorkbookError(ValueError):
    """More cells than a workbook of ours holds."""


@dataclass(frozen=True)
class Sheet:
    """Rows under named columns, then a row of totals where there is one. No two columns have one name."""

    name: str
    words: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    totals: Sequence[Value] = ()

    @property
    def last(self) -> int:
        """The line of the last row; below FIRST where there is none."""
        return FIRST + len(self.rows) - 1

    def cell(self, column: str, line: int) -> str:
        """Where a cell is, as another sheet writes it."""
        return f"{self._quoted}!{letter(self.columns.index(column))}{line}"

    def range(self, column: str) -> str:
        """All rows of a column."""
        place = letter(self.columns.index(column))
        return f"{self._quoted}!${place}${FIRST}:${place}${max(self.last, FIRST)}"

    def sum(self, column: str) -> str:
        return f"SUM({self.range(column)})"

    def sum_where(self, column: str, **where: str) -> str:
        """Rows whose columns have these values; a value is written as Excel writes it: a cell, or a text in quotes.

        Letter by letter: SUMIFS would take 2010-11 for a month, a star for anything and a capital for a small letter.
        """
        tests = "*".join(f"EXACT({self.range(name)},{value})" for name, value in where.items())
        return f"SUMPRODUCT({tests}*{self.range(column)})"

    def moved(self, column: str) -> str:
        """The amounts of a column without their signs, added up."""
        rows = self.range(column)
        return f'(SUMIF({rows},">0")-SUMIF({rows},"<0"))'

    def page(self, line: str) -> Page:
        """As it is written; `line`: what every sheet says of the whole."""
        totals = [self.totals] if self.totals else []
        lines = [[self.words], [line], self.columns, *self.rows, *totals]
        pounds = {place for place, column in enumerate(self.columns) if is_pounds(column)}
        return Page(self.name, lines, HEADER, frozenset({1, len(lines)} if totals else {1}), frozenset(pounds))

    @property
    def _quoted(self) -> str:
        return "'" + self.name.replace("'", "''") + "'"


def is_pounds(column: str) -> bool:
    """Whether a column holds amounts of money; `next_gbp` and `last_gbp` are benefit of one pound."""
    return column.endswith("gbp") and not column.endswith(("per_gbp", "next_gbp", "last_gbp"))


def letter(place: int) -> str:
    """The name of a column: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def quoted(text: str) -> str:
    """A text inside of a formula."""
    return '"' + text.replace('"', '""') + '"'


def totalled(
    name: str, words: str, columns: Sequence[str], rows: Iterable[Sequence[Value]], sums: Iterable[str]
) -> Sheet:
    """A sheet whose last line adds up the columns named; one in which no row has anything has no total."""
    given = list(rows)
    filled = {column for place, column in enumerate(columns) if any(row[place] is not None for row in given)}
    wanted = set(sums) & filled
    sheet = Sheet(name, words, columns, given)
    if not given or not wanted:
        return sheet
    places = [letter(place) for place, column in enumerate(columns) if column in wanted]
    added = {place: Formula(f"=SUM({place}{FIRST}:{place}{sheet.last})") for place in places}
    last: list[Value] = [added.get(letter(place)) for place in range(len(columns))]
    return Sheet(name, words, columns, given, ["total", *last[1:]])


@dataclass
class Checks:
    """What is added up in the workbook beside what was answered; each agreement is a formula that gives TRUE."""

    rows: list[Sequence[Value]] = field(default_factory=list)

    def hold(self, what: str, formula: str, answered: Value, within: float = 0.0) -> None:
        """`formula` without its equals sign; `within`: how far they may lie apart, in the amount's own unit."""
        if answered is None:
            return
        line = FIRST + len(self.rows)
        agrees = Formula(f"=ABS(B{line}-C{line})<=D{line}")
        self.rows.append([what, Formula(f"={formula}"), answered, within, agrees])

    def sheet(self) -> Sheet:
        words = "What this workbook adds up beside what was answered. `agrees` is TRUE unless a number was changed."
        columns = ["check", "added up here", "as answered", "within", "agrees"]
        return Sheet("Checks", words, columns, list(self.rows))


@dataclass(frozen=True)
class About:
    """What every sheet says of the whole: what it is, by whom, of which day.

    `as_of`: the day on which the map was read; none: the problem came as it is. `against`: digest of the answer that
    this one is compared with.
    """

    title: str
    service: str
    as_of: str | None = None
    known_at: str | None = None
    answer_digest: str | None = None
    problem_digest: str | None = None
    against: str | None = None
    benefit_unit: str | None = None

    @property
    def line(self) -> str:
        """One line for the top of each sheet."""
        unit = f"; benefit in {self.benefit_unit}, discounted" if self.benefit_unit else ""
        known = f", as known at {self.known_at}" if self.known_at else ""
        day = f"as of {self.as_of}{known}" if self.as_of else "of a problem as it was sent"
        digests = [
            f"{name} {digest}"
            for name, digest in (
                ("answer", self.answer_digest),
                ("compared with answer", self.against),
                ("problem", self.problem_digest),
            )
            if digest
        ]
        return "; ".join([f"columns in gbp are GBP{unit}", day, *digests, self.service])


@dataclass
class Book:
    """Sheets in order; one without rows is left out."""

    about: About
    sheets: list[Sheet] = field(default_factory=list)
    checks: Checks = field(default_factory=Checks)
    _cells: int = 0

    @property
    def pages(self) -> list[Page]:
        """As they are written."""
        return [sheet.page(self.about.line) for sheet in self.sheets]

    def add(self, sheet: Sheet, *, keep: bool = False) -> Sheet:
        """`keep`: even without rows, because formulas lead to it. Raises TooLargeForAWorkbookError."""
        self._cells += len(sheet.rows) * len(sheet.columns)
        if self._cells > MOST_CELLS:
            raise TooLargeForAWorkbookError(f"With {sheet.name} it has more than {MOST_CELLS:,} cells: ask for JSON.")
        if any(one.name == sheet.name for one in self.sheets):
            raise ValueError(f"two sheets are called {sheet.name}")
        if sheet.rows or keep:
            self.sheets.append(sheet)
        return sheet
