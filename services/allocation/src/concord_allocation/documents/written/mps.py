"""Programmes in MPS, free or fixed format, read strictly. Pure.

Where the traditions differ: the first free row is the objective; a right-hand side of it is subtracted; an upper bound
below 0 without a lower one takes the lower one away; an integer variable between markers without bounds is 0 or 1; a
range on an equality reaches to the side of its sign. Entries and right-hand sides that stand twice are refused, and so
are second sets of right-hand sides, ranges or bounds. Each choice that a text makes necessary is told in the notes.
"""

import math
from collections.abc import Iterator, Mapping

from concord_allocation.documents.written.draft import Draft, Kind, NotReadable, Row, number

REFUSED: Mapping[str, str] = {
    "QUADOBJ": "a quadratic objective", "QMATRIX": "a quadratic objective", "QSECTION": "a quadratic objective",
    "QCMATRIX": "quadratic constraints", "CSECTION": "second-order cones", "SOS": "special ordered sets",
    "SOS1": "special ordered sets", "SOS2": "special ordered sets", "INDICATORS": "indicator constraints",
    "GENCONS": "general constraints", "PWLOBJ": "a piecewise-linear objective", "LAZYCONS": "lazy constraints",
    "USERCUTS": "user cuts", "SETS": "special ordered sets", "MODELCUTS": "cuts", "BRANCH": "branching priorities",
}  # fmt: skip
DATA = ("ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS")
MAXIMISE, MINIMISE = ("MAX", "MAXIMIZE", "MAXIMISE"), ("MIN", "MINIMIZE", "MINIMISE")
WITH_VALUE, WITHOUT_VALUE = ("UP", "LO", "FX", "UI", "LI", "SC", "SI"), ("FR", "MI", "PL", "BV")
FIXED_FIELDS = ((1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61))
"""Columns of the six fields of fixed format, from 0; what lies between them is blank."""


def read_mps(text: str) -> Draft:
    """The programme. Raises NotReadable with everything that is wrong, by line."""
    free = _Reading(fixed=False)
    try:
        return free.read(text)
    except NotReadable as wrong:
        # Names with blanks need the fixed columns; where these do not fit either, the free reading says why.
        try:
            return _Reading(fixed=True).read(text)
        except NotReadable:
            raise wrong from None


class _Reading:
    """One pass over the lines."""

    def __init__(self, *, fixed: bool) -> None:
        self.fixed = fixed
        self.draft = Draft()
        self.kinds: dict[str, str] = {}
        self.row_at: dict[str, int] = {}
        self.objective: str | None = None
        self.wanted: str | None = None
        self.costs: set[int] = set()
        self.sides: dict[str, float] = {}
        self.ranges: dict[str, float] = {}
        self.sets: dict[str, str] = {}
        self.integer = False
        self.unbounded_integers: set[int] = set()

    def read(self, text: str) -> Draft:
        section, ended, seen = "", False, set[str]()
        for count, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
            if not line.strip() or line.startswith("*"):
                continue
            if line[0].isspace():
                self._data(section, count, line)
                continue
            word, *given = line.split()
            if section == "OBJSENSE" and word.upper() in MAXIMISE + MINIMISE:
                self._sense(count, word)
                continue
            section = word.upper()
            if section in DATA and section in seen:
                self.draft.wrong(count, f"section {section} stands twice")
            seen.add(section)
            if section == "ENDATA":
                ended = True
                break
            self._heading(section, count, given)
        if not ended:
            self.draft.wrong(0, "there is no ENDATA: the text is not complete, or not MPS")
        self._close()
        return self.draft.finished()

    def _heading(self, section: str, count: int, given: list[str]) -> None:
        if section in REFUSED:
            self.draft.wrong(
                count, f"section {section}: {REFUSED[section]}, and only linear programmes are solved here"
            )
        elif section == "OBJSENSE" and given:
            self._sense(count, given[0])
        elif section not in ("NAME", "OBJSENSE", "OBJNAME", "OBJECT", *DATA):
            self.draft.wrong(count, f"{section[:40]!r} is no section of MPS")

    def _sense(self, count: int, word: str) -> None:
        if word.upper() not in MAXIMISE + MINIMISE:
            self.draft.wrong(count, f"OBJSENSE is MAX or MIN, not {word[:40]!r}")
        self.draft.maximise = word.upper() in MAXIMISE

    def _data(self, section: str, count: int, line: str) -> None:
        fields = line.split()
        match section:
            case "OBJSENSE":
                self._sense(count, fields[0])
            case "OBJNAME" | "OBJECT":
                self.wanted = fields[-1]
            case "ROWS":
                self._row(count, fields if not self.fixed else self._fields(count, line)[:2])
            case "COLUMNS":
                if "'MARKER'" in fields:
                    self.integer = "'INTORG'" in fields
                    return
                self._column(count, self._named(count, line))
            case "RHS":
                self._set(section, count, self._named(count, line), self.sides)
            case "RANGES":
                self._set(section, count, self._named(count, line), self.ranges)
            case "BOUNDS":
                self._bound(count, self._fields(count, line) if self.fixed else fields)
            case "NAME" | "":
                self.draft.wrong(count, "stands before any section")

    def _fields(self, count: int, line: str) -> list[str]:
        """The fields of a line in fixed format; a fault where something stands between them."""
        ends = [0, *(place for span in FIXED_FIELDS for place in span), max(61, len(line))]
        gaps = [line[ends[k] : ends[k + 1]] for k in range(0, len(ends), 2)]
        if any(gap.strip() for gap in gaps) or "\t" in line:
            self.draft.wrong(count, "does not stand in the columns of fixed format")
        found = [line[start:end].strip() for start, end in FIXED_FIELDS]
        while found and not found[-1]:
            found.pop()
        return found

    def _named(self, count: int, line: str) -> list[str]:
        """A name, then pairs of a name and a number; the first may be missing where a set is named."""
        if self.fixed:
            return self._fields(count, line)[1:]
        fields = line.split()
        return fields if len(fields) % 2 else ["", *fields]

    def _row(self, count: int, fields: list[str]) -> None:
        if len(fields) != 2 or fields[0].upper() not in ("N", "L", "G", "E"):
            self.draft.wrong(count, "a row is N, L, G or E and a name")
            return
        kind, name = fields[0].upper(), fields[1]
        if name in self.kinds:
            self.draft.wrong(count, f"row {name!r} stands twice")
            return
        self.kinds[name] = kind
        if kind != "N":
            self.row_at[name] = len(self.draft.rows)
            self.draft.rows.append(Row(name, -math.inf, math.inf))
        elif self.objective is None and self.wanted in (None, name):
            self.objective = name

    def _pairs(self, count: int, fields: list[str]) -> Iterator[tuple[str, float]]:
        if len(fields) not in (2, 4):
            self.draft.wrong(count, "a line has one or two pairs of a row and a number")
            return
        for name, text in zip(fields[::2], fields[1::2], strict=True):
            value = number(text)
            if name not in self.kinds:
                self.draft.wrong(count, f"there is no row {name[:80]!r}")
            elif value is None:
                self.draft.wrong(count, f"{text[:40]!r} is not a number")
            else:
                yield name, value

    def _column(self, count: int, fields: list[str]) -> None:
        if not fields or not fields[0]:
            self.draft.wrong(count, "a line has a column and pairs of a row and a number")
            return
        known = fields[0] in self.draft.column_at
        j = self.draft.variable(fields[0])
        if self.integer and not known:
            self.draft.variables[j].kind = Kind.INTEGER
            self.unbounded_integers.add(j)
        for name, value in self._pairs(count, fields[1:]):
            value = self.draft.coefficient(count, value)
            if name == self.objective:
                if j in self.costs:
                    self.draft.wrong(count, f"column {fields[0]!r} has two entries in row {name!r}")
                self.costs.add(j)
                self.draft.variables[j].cost = value
            elif name in self.row_at:
                entries = self.draft.rows[self.row_at[name]].entries
                if j in entries:
                    self.draft.wrong(count, f"column {fields[0]!r} has two entries in row {name!r}")
                entries[j] = value

    def _one_set(self, section: str, count: int, name: str) -> None:
        if self.sets.setdefault(section, name) != name:
            self.draft.wrong(count, f"{section} has two sets, {self.sets[section]!r} and {name[:40]!r}: keep one")

    def _set(self, section: str, count: int, fields: list[str], values: dict[str, float]) -> None:
        self._one_set(section, count, fields[0] if fields else "")
        for name, value in self._pairs(count, fields[1:]):
            if name in values:
                self.draft.wrong(count, f"row {name!r} has two values in {section}")
            values[name] = value

    def _bound(self, count: int, fields: list[str]) -> None:
        kind, rest = fields[0].upper(), fields[1:]
        if kind not in WITH_VALUE + WITHOUT_VALUE:
            known = ", ".join(WITH_VALUE + WITHOUT_VALUE)
            self.draft.wrong(count, f"{fields[0][:40]!r} is no kind of bound: there are {known}")
            return
        columns = self.draft.column_at
        bare = len(rest) == (2 if kind in WITH_VALUE else 1) or (len(rest) == 2 and rest[1] not in columns)
        owner, name, *given = ["", *rest] if bare and not self.fixed else [*rest, "", ""][: max(2, len(rest))]
        self._one_set("BOUNDS", count, owner)
        if name not in columns:
            self.draft.wrong(count, f"there is no column {name[:80]!r}")
            return
        value = number(given[0]) if given and given[0] else None
        if kind in WITH_VALUE and (value is None or len(given) > 1):
            self.draft.wrong(count, f"a bound {kind} has a column and a number")
            return
        self._bind(columns[name], kind, value if value is not None else 0.0)

    def _bind(self, j: int, kind: str, value: float) -> None:
        variable = self.draft.variables[j]
        self.unbounded_integers.discard(j)
        if kind in ("UI", "LI", "BV"):
            variable.kind = Kind.INTEGER
        match kind:
            case "UP" | "UI":
                variable.upper = value
            case "LO" | "LI":
                variable.lower = value
            case "FX":
                variable.lower = variable.upper = value
            case "FR":
                variable.lower, variable.upper = -math.inf, math.inf
            case "MI":
                variable.lower = -math.inf
            case "PL":
                variable.upper = math.inf
            case "BV":
                variable.lower, variable.upper = 0.0, 1.0
            case "SC" | "SI":
                whole = kind == "SI" or variable.kind in (Kind.INTEGER, Kind.SEMI_INTEGER)
                variable.kind = Kind.SEMI_INTEGER if whole else Kind.SEMI_CONTINUOUS
                variable.upper = value or math.inf

    def _close(self) -> None:
        """Right-hand sides, ranges and defaults, once everything is known."""
        if self.wanted is not None and self.wanted != self.objective:
            self.draft.wrong(0, f"the objective {self.wanted[:80]!r} is no row N")
        for name, kind in self.kinds.items():
            side = self.sides.get(name, 0.0)
            if kind == "N":
                if name == self.objective:
                    self.draft.offset = -side if side else 0.0
                continue
            row = self.draft.rows[self.row_at[name]]
            row.lower = side if kind in ("G", "E") else -math.inf
            row.upper = side if kind in ("L", "E") else math.inf
            spread = self.ranges.get(name)
            if spread is not None:
                if kind == "L" or (kind == "E" and spread < 0):
                    row.lower = side - abs(spread)
                else:
                    row.upper = side + abs(spread)
        if self.objective is None:
            self.draft.notes.append("there is no objective: any plan that fits will do")
        for j, variable in enumerate(self.draft.variables):
            if j in self.unbounded_integers:
                variable.lower, variable.upper = 0.0, 1.0
                self.draft.notes.append(f"{variable.name}: an integer without bounds is 0 or 1 in MPS")
            elif variable.lower is None and variable.upper is not None and variable.upper < 0:
                variable.lower = -math.inf
                self.draft.notes.append(f"{variable.name}: an upper bound below 0 takes the lower bound of 0 away")
