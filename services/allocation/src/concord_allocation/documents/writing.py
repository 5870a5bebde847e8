"""Lines of plain values as an Excel file. A text is written as text, whatever it begins with."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from io import BytesIO
from typing import Any

WIDEST = 46
MOST_TEXT = 32_767
"""Characters that Excel takes in a cell."""
LOOKED_AT = 1000
"""Lines from which the widths of columns are taken."""
POUNDS = "#,##0"


class Formula(str):
    """A formula of ours, with its equals sign."""


type Value = str | int | float | bool | None


@dataclass(frozen=True)
class Page:
    """The lines of a sheet from its first; `header`: the line (from 1) with the names of columns. Bold: other lines.

    `pounds`: places of columns (from 0) whose whole numbers and formulas are shown as money.
    """

    name: str
    lines: Sequence[Sequence[Value]]
    header: int = 1
    bold: Set[int] = frozenset()
    pounds: Set[int] = frozenset()


def written(pages: Iterable[Page]) -> bytes:
    """An .xlsx file, written line by line."""
    # Imported here: the library is large, and a service should start without it.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for page in pages:
        _write(book.create_sheet(page.name), page)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Any, page: Page) -> None:
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(_widths(page)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = width + 2
    sheet.freeze_panes = f"A{page.header + 1}"
    pen = _Pen(sheet)
    for number, line in enumerate(page.lines, 1):
        bold = number == page.header or number in page.bold
        money = page.pounds if number > page.header else frozenset()
        sheet.append([pen.cell(value, bold=bold, money=place in money) for place, value in enumerate(line)])


def _widths(page: Page) -> list[int]:
    widths = [len(str(title or "")) for title in page.lines[page.header - 1]]
    for line in page.lines[page.header : page.header + LOOKED_AT]:
        for place, value in enumerate(line[: len(widths)]):
            if value is not None and not isinstance(value, Formula):
                widths[place] = max(widths[place], min(WIDEST, len(str(value))))
    return widths


class _Pen:
    """Makes the cells of a sheet."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
        from openpyxl.styles import Font

        self._sheet, self._made, self._illegal = sheet, WriteOnlyCell, ILLEGAL_CHARACTERS_RE
        self._bold = Font(bold=True)

    def cell(self, value: Value, *, bold: bool, money: bool) -> Any:
        """The value itself where it is written as it is, else a cell that says how."""
        is_text = isinstance(value, str) and not isinstance(value, Formula)
        if is_text:
            value = self._text(str(value))
        if value is None or value == "":
            return None
        pounds = money and not isinstance(value, bool) and isinstance(value, int | Formula)
        if not (bold or pounds or (is_text and str(value)[0] in "=#")):
            return value
        cell = self._made(self._sheet, value)
        if is_text:
            cell.data_type = "s"
        if bold:
            cell.font = self._bold
        if pounds:
            cell.number_format = POUNDS
        return cell

    def _text(self, value: str) -> str:
        """A text that an Excel file can hold: no control characters, no more than fits."""
        kept = self._illegal.sub("\N{REPLACEMENT CHARACTER}", value)
        kept = kept.encode("utf-8", "replace").decode("utf-8")
        return kept if len(kept) <= MOST_TEXT else kept[: MOST_TEXT - 1] + "\N{HORIZONTAL ELLIPSIS}"
