"""What a spreadsheet would show for a workbook of ours: its formulas worked out, for the functions that we write."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries


class Column(list[Any]):
    """Cells of a range; multiplied one by one, as inside of SUMPRODUCT."""

    def __mul__(self, other: Any) -> "Column":  # type: ignore[override]
        return Column((one or 0) * (two or 0) for one, two in zip(self, other, strict=True))


def _numbers(cells: Column) -> list[Any]:
    return [one for one in cells if isinstance(one, int | float) and not isinstance(one, bool)]


def _sum_if(cells: Column, test: str) -> Any:
    return sum(one for one in _numbers(cells) if (one > 0 if test == ">0" else one < 0))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "SUM": lambda *given: sum(sum(_numbers(one)) for one in given),
    "SUMIF": _sum_if,
    "SUMPRODUCT": lambda cells: sum(cells),
    "EXACT": lambda cells, wanted: Column(int(one == wanted) for one in cells),
    "COUNTIF": lambda cells, wanted: sum(1 for one in cells if one is wanted),
    "MAX": lambda cells: max(_numbers(cells)),
    "AND": lambda cells: all(cells),
    "ABS": abs,
}


class Reckoned:
    """The cells of a workbook by sheet, as values."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(BytesIO(content))
        self._known: dict[tuple[str, int, int], Any] = {}

    def value(self, sheet: str, row: int, column: int) -> Any:
        place = sheet, row, column
        if place not in self._known:
            cell = self.book[sheet].cell(row, column)
            self._known[place] = self._formula(sheet, cell.value) if cell.data_type == "f" else cell.value
        return self._known[place]

    def rows(self, sheet: str) -> list[list[Any]]:
        """All lines of a sheet, the two that say what it is, the header and the totals among them."""
        found = self.book[sheet]
        return [
            [self.value(sheet, row, column) for column in range(1, found.max_column + 1)]
            for row in range(1, found.max_row + 1)
        ]

    def columns(self, sheet: str, name: str) -> list[Any]:
        """The values of a column below its header."""
        lines = self.rows(sheet)
        return [line[lines[2].index(name)] for line in lines[3:]]

    @cached_property
    def everything(self) -> list[Any]:
        return [one for sheet in self.book.sheetnames for line in self.rows(sheet) for one in line if one is not None]

    def _formula(self, sheet: str, text: str) -> Any:
        written = "".join(self._token(token) for token in Tokenizer(text).items)
        names = {"cells": lambda where: self._cells(sheet, where), **FUNCTIONS}
        return eval(written, {"__builtins__": {}}, names)  # noqa: S307 - formulas that we wrote ourselves

    def _token(self, token: Any) -> str:
        if token.type == "OPERAND" and token.subtype == "RANGE":
            return f"cells({token.value!r})"
        if token.type == "OPERAND" and token.subtype == "TEXT":
            return repr(token.value[1:-1].replace('""', '"'))
        if token.type == "OPERAND" and token.subtype == "LOGICAL":
            return str(token.value.title())
        if token.type == "OPERATOR-INFIX" and token.value == "=":
            return "=="
        return str(token.value)

    def _cells(self, sheet: str, where: str) -> Any:
        there, _, area = where.rpartition("!")
        name = re.sub("''", "'", there[1:-1]) if there else sheet
        left, top, _, bottom = range_boundaries(area)
        if left is None or top is None or bottom is None:
            raise ValueError(f"{area} has no first and last line")
        if ":" not in area:
            found = self.value(name, top, left)
            return 0 if found is None else found
        return Column(self.value(name, row, left) for row in range(top, bottom + 1))
