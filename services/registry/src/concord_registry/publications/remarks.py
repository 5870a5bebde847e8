"""Lines beside a table: titles above it, notes and sources below it. They are passed over and named. Pure.

A line that was cut off must not be taken for one: a remark stands alone in its line, is a sentence and not a code, and
begins as remarks do, or stands apart from the table by an empty line.
"""

import re
from collections.abc import Sequence

from concord_registry.publications.grid import Row

_BEGINS = re.compile(
    r"\W*(notes?|sources?|footnotes?|copyright|contains|crown|this|these|data|figures|produced|published|publication|"
    r"please|for more|for further|last updated|next update|contact|e-?mail|telephone|www|https?:|totals?|"
    r"\*|\u00a9|\(c\)|\d+[.):]|\(\d+\)|\[\w\]|[a-z][.)])(\W|$)",
    re.IGNORECASE,
)
NARROWEST = 3
"""Columns of a table in which a line of one cell is no line of it."""


def remarks(rows: Sequence[Row], header: int) -> list[int]:
    """Positions of lines that are remarks: below the header, or anywhere in a table without one (`header` -1)."""
    width = max((len(cells) for _, cells in rows[:40]), default=0)
    if width < NARROWEST:
        return []
    found: list[int] = []
    before = rows[header][0] if header >= 0 else 0
    for position in range(header + 1, len(rows)):
        number, cells = rows[position]
        alone = [cell for cell in cells if cell]
        apart = number > before + 1 or (found and found[-1] == position - 1) or position == 0
        if len(alone) == 1 and cells[0] and _is_remark(alone[0], apart=bool(apart)):
            found.append(position)
        before = number
    return found


def _is_remark(text: str, *, apart: bool) -> bool:
    return " " in text.strip() and bool(_BEGINS.match(text) or apart)
