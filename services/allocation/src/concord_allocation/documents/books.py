"""A problem as a workbook to fill in or to change. Pure."""

from collections.abc import Mapping, Sequence

from concord_allocation.documents.shape import KEY, OF, ROOT, VALUE, Table, tables
from concord_allocation.documents.writing import Page, written
from concord_kit.sheets import READ_ME

EXAMPLE_YEAR = "2014-15"
"""Stands in an empty form for the years that a person plans."""


def problem_book(rows: Mapping[str, Sequence[Mapping[str, str]]]) -> bytes:
    """A problem's sheets as `sheets.to_sheets` gives them, every cell a text; without rows an empty form."""
    pages = []
    for name, table in tables().items():
        given = rows.get(name, ())
        if rows and not given:
            continue
        header = _header(table, given)
        pages.append(Page(name, [header, *([row.get(column, "") for column in header] for row in given)]))
    return written([*pages, _explained()])


def _header(table: Table, rows: Sequence[Mapping[str, str]]) -> list[str]:
    of = [OF] if table.parent not in (None, ROOT) else []
    if table.dictionary:
        return [*of, KEY, VALUE]
    if not rows:
        years = {name: f"{name}.{EXAMPLE_YEAR}" for name, column in table.columns.items() if column.by_year}
        return [*of, *(years.get(name, name) for name in table.columns)]
    used = list(dict.fromkeys(column for row in rows for column in row))
    order = {name: place for place, name in enumerate((*of, *table.columns))}
    return sorted(used, key=lambda name: (order.get(name, order.get(name.rpartition(".")[0], 10**6)), name))


def _explained() -> Page:
    lines: list[list[str]] = [["sheet", "column", "what it is"]]
    for table in tables().values():
        lines.append([table.name, "", table.words])
        if table.parent not in (None, ROOT):
            lines.append(["", OF, f"which of {table.parent!r} the line belongs to, by its key, else by its number"])
        for name, column in table.columns.items():
            told = [column.words]
            if column.by_year:
                told.append(f"a column for each year: {name}.{EXAMPLE_YEAR}")
            if column.many:
                told.append("several, with ; between them")
            if column.one_of:
                told.append(f"one of {', '.join(column.one_of)}")
            if column.required:
                told.append("must be given")
            lines.append(["", name, f"{'; '.join(part for part in told if part)} ({column.kind})".strip()])
    return Page(READ_ME, lines)
