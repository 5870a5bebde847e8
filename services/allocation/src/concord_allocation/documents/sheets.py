"""A problem as sheets and back: every fault named with its sheet, line and column. Pure."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from concord_allocation import translate
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.documents.shape import KEY, OF, ROOT, SEPARATOR, VALUE, Column, Kind, Table, tables
from concord_contracts.allocation import Problem
from concord_kit.fault_words import words_of
from concord_kit.sheets import FaultySheetsError, Line, Sheet, SheetFault

NEAR = 0.5
"""How like a name must be to be offered (difflib)."""

type Pointer = tuple[str | int, ...]
type Rows = dict[str, list[dict[str, str]]]


def to_sheets(problem: Problem) -> Rows:
    """Sheet -> its lines of text cells; what has its default value is left out, and so are empty sheets."""
    document = problem.model_dump(mode="json", exclude_defaults=True)
    found: Rows = {}
    _write(found, tables()[ROOT], document, None)
    return {name: found[name] for name in tables() if found.get(name)}


def _write(found: Rows, table: Table, item: Mapping[str, Any], of: str | None) -> None:
    row = {} if of is None else {OF: of}
    lines = found.setdefault(table.name, [])
    for name, column in table.columns.items():
        value = _at(item, name)
        if value is None:
            continue
        if column.by_year:
            row |= {f"{name}.{year}": _text(amount, column) for year, amount in value.items()}
        else:
            row[name] = _text(value, column)
    lines.append(row)
    own = str(item.get(KEY) or len(lines)) if table.keyed else str(len(lines))
    for name in table.inner:
        inner = tables()[name]
        value = _at(item, ".".join(inner.path))
        link = None if table.name == ROOT else own
        if inner.dictionary:
            pairs = [{KEY: key, VALUE: _text(one, inner.columns[VALUE])} for key, one in (value or {}).items()]
            found.setdefault(name, []).extend(({} if link is None else {OF: link}) | pair for pair in pairs)
        else:
            for one in value or ():
                _write(found, inner, one, link)


def _at(item: Mapping[str, Any], dotted: str) -> Any:
    value: Any = item
    for part in dotted.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _text(value: Any, column: Column) -> str:
    if column.kind == "json":
        return json.dumps(value, sort_keys=True)
    if column.many:
        return f"{SEPARATOR} ".join(_one_text(one) for one in value)
    return _one_text(value)


def _one_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def from_sheets(sheets: Sequence[Sheet]) -> Problem:
    """The problem of a workbook or a set of CSVs. Raises FaultySheetsError with everything that is wrong."""
    reading = _Reading()
    for sheet in sorted(sheets, key=lambda one: (one.table != ROOT, one.table.count("."))):
        reading.read(sheet)
    reading.refuse_faulty()
    try:
        problem = Problem.model_validate(reading.document)
    except ValidationError as wrong:
        raise FaultySheetsError([reading.fault(error["loc"], words_of(error)) for error in wrong.errors()]) from wrong
    try:
        translate.check(problem)
    except InvalidProblem as invalid:
        faults = [reading.fault(_parts(one.pointer), one.detail, one.kind) for one in invalid.faults]
        raise FaultySheetsError(faults) from invalid
    return problem


def _parts(pointer: str) -> Pointer:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return tuple(int(part) if part.isdecimal() else part for part in parts)


class _Reading:
    """The document as it grows, where each part of it stood, and what was wrong."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}
        self.faults: list[SheetFault] = []
        self.places: dict[Pointer, tuple[str, int]] = {}
        self.owners: dict[str, dict[str, tuple[dict[str, Any], Pointer]]] = {}
        self.sheets: set[str] = set()

    def read(self, sheet: Sheet) -> None:
        table = tables().get(sheet.table)
        if table is None:
            near = difflib.get_close_matches(sheet.table, list(tables()), 1)
            told = f"; is {near[0]!r} meant?" if near else f"; there are {', '.join(tables())}"
            self.faults.append(SheetFault(sheet.table, 0, None, f"is no sheet of a problem{told}", "unknown-sheet"))
            return
        self.sheets.add(sheet.table)
        self.faults += _unknown_columns(sheet, table)
        if table.name == ROOT and len(sheet.lines) > 1:
            self.faults.append(SheetFault(ROOT, sheet.lines[1].number, None, "a problem has one line here"))
        for line in sheet.lines:
            self._line(sheet, table, line)

    def _line(self, sheet: Sheet, table: Table, line: Line) -> None:
        if table.name == ROOT:
            self._fill(self.document, table, line)
            self.places[()] = (ROOT, line.number)
            return
        owner = self._owner(table, line)
        if owner is None:
            return
        target, pointer = owner
        for part in table.path[:-1]:
            target = target.setdefault(part, {})
        last = table.path[-1]
        if table.dictionary:
            key = line.cells.get(KEY)
            value = line.cells.get(VALUE)
            if key is None or value is None:
                self._wrong(table, line, None, "a line has a key and a value")
                return
            held = target.setdefault(last, {})
            if key in held:
                self._wrong(table, line, KEY, f"{key!r} stands twice")
            held[key] = self._value(table, line, VALUE, table.columns[VALUE].kind, value)
            self.places[(*pointer, *table.path, key)] = (table.name, line.number)
            return
        items = target.setdefault(last, [])
        item: dict[str, Any] = {}
        here: Pointer = (*pointer, *table.path, len(items))
        items.append(item)
        self._fill(item, table, line)
        self.places[here] = (table.name, line.number)
        name = line.cells.get(KEY, "") if table.keyed else str(len(self.owners.get(table.name, {})) + 1)
        self.owners.setdefault(table.name, {}).setdefault(name, (item, here))

    def _owner(self, table: Table, line: Line) -> tuple[dict[str, Any], Pointer] | None:
        if table.parent in (None, ROOT):
            return self.document, ()
        of = line.cells.get(OF)
        known = self.owners.get(str(table.parent), {})
        if of is None:
            self._wrong(table, line, OF, f"is missing: which of {table.parent!r} the line belongs to")
            return None
        if of not in known:
            near = difflib.get_close_matches(of, list(known), 1, NEAR)
            told = f"; is {near[0]!r} meant?" if near else ""
            self._wrong(table, line, OF, f"there is no {of!r} in sheet {table.parent!r}{told}")
            return None
        return known[of]

    def _fill(self, item: dict[str, Any], table: Table, line: Line) -> None:
        for path in table.needed:
            target = item
            for part in path:
                target = target.setdefault(part, {})
        for name, text in line.cells.items():
            found = _column(table, name)
            if found is None:
                continue  # told once, at the header
            column, path = found
            target = item
            for part in path[:-1]:
                target = target.setdefault(part, {})
            if column.many:
                given = [one.strip() for one in text.split(SEPARATOR) if one.strip()]
                target[path[-1]] = [self._value(table, line, name, column.kind, one) for one in given]
            else:
                target[path[-1]] = self._value(table, line, name, column.kind, text)

    def _value(self, table: Table, line: Line, column: str, kind: Kind, text: str) -> Any:
        try:
            return _read(kind, text)
        except ValueError:
            hint = next((words for pattern, words in HINTS.items() if pattern.fullmatch(text)), "")
            self._wrong(table, line, column, f"{text[:80]!r} is not {WORDS[kind]}{hint}")
            return None

    def _wrong(self, table: Table, line: Line, column: str | None, words: str) -> None:
        self.faults.append(SheetFault(table.name, line.number, column, words))

    def refuse_faulty(self) -> None:
        if ROOT not in self.sheets:
            self.faults.append(SheetFault(ROOT, 0, None, "is missing: title, base_year and the rest", "sheet-missing"))
        if self.faults:
            raise FaultySheetsError(self.faults)

    def fault(self, location: Sequence[str | int], words: str, kind: str = "invalid") -> SheetFault:
        """A fault of the document, told at the line that the part came from."""
        parts: Pointer = tuple(location)
        for end in range(len(parts), -1, -1):
            if parts[:end] in self.places:
                sheet, line = self.places[parts[:end]]
                column = ".".join(str(part) for part in parts[end:] if part != "[key]") or None
                return SheetFault(sheet, line, column, words, kind)
        return SheetFault(str(parts[0]) if parts else ROOT, 0, None, words, kind)


WORDS: Mapping[Kind, str] = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a text",
    "json": "JSON",
}

HINTS: Mapping[re.Pattern[str], str] = {
    re.compile(r"[£$€]\s*[\d.,]+|[\d.,]+\s*[£$€]"): ": write it without the sign of the currency",
    re.compile(r"[\d.,]+\s*%"): ": write it as a share, 0.05 for 5%",
    re.compile(r"\d+,\d+"): ": write it with a decimal point, and thousands with a comma or none",
}

PLAIN = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+(?:[eE][+-]?\d+)?")
"""A number as people write it: thousands with a comma or none, and a decimal point."""

YES, NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def _read(kind: Kind, text: str) -> Any:
    match kind:
        case "integer" | "number" if not PLAIN.fullmatch(text):
            raise ValueError(text)
        case "integer":
            return int(text.replace(",", ""))
        case "number":
            return float(text.replace(",", ""))
        case "boolean":
            if text.lower() in YES | NO:
                return text.lower() in YES
            raise ValueError(text)
        case "json":
            return json.loads(text)
    return text


def _column(table: Table, name: str) -> tuple[Column, tuple[str, ...]] | None:
    """A column and the path to its value; by year, the year is the last part."""
    if table.dictionary:
        return None
    plain = table.columns.get(name)
    if plain is not None and not plain.by_year:
        return plain, tuple(name.split("."))
    before, _, year = name.rpartition(".")
    by_year = table.columns.get(before)
    if by_year is not None and by_year.by_year and year:
        return by_year, (*before.split("."), year)
    return None


def _unknown_columns(sheet: Sheet, table: Table) -> Iterator[SheetFault]:
    has_of = table.parent not in (None, ROOT)
    known = [*table.columns, *([OF] if has_of else [])]
    for name in sheet.columns:
        if (name == OF and has_of) or (table.dictionary and name in (KEY, VALUE)) or _column(table, name) is not None:
            continue
        near = difflib.get_close_matches(name, known, 1, NEAR)
        told = f"; is {near[0]!r} meant?" if near else f"; there are {', '.join(known)}"
        yield SheetFault(sheet.table, 1, name[:80], f"is no column of {sheet.table!r}{told}", "unknown-column")
