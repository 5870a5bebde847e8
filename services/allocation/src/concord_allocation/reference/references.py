"""What rows name: rows of other tables, and codes of the registry. Pure."""

from collections.abc import Collection, Iterator
from functools import cache

from concord_allocation.reference.rows import (
    LineRow,
    OfLineRow,
    PurseAmountRow,
    PurseRow,
    Row,
    Sourced,
    WhatIfAmountRow,
)

ANY = "*"

type Named = tuple[str, str, str]
"""A row of another table that a row names: (column, table, key)."""


def named_rows(row: Row) -> Iterator[Named]:
    """The rows of other tables that must be there for this one."""
    match row:
        case PurseRow():
            yield "owner", "payers", row.owner
        case PurseAmountRow() | LineRow():
            yield "purse", "purses", row.purse
        case OfLineRow():
            yield "line", "lines", row.line
        case WhatIfAmountRow():
            yield "what_if", "what_ifs", row.what_if
            yield "purse", "purses", row.purse
            if row.to_purse:
                yield "to_purse", "purses", row.to_purse
    if isinstance(row, Sourced):
        for source in (row.source or "").split():
            yield "source", "sources", source


type Code = tuple[str, str, str]
"""A code of the registry that a row uses: (column, kind, code); kind is place, pathway or stage."""


def codes(row: Row) -> Iterator[Code]:
    """The registry's codes in a row. What it calls a stage is the stage that money is planned under."""
    for column, kind in _columns_with_codes(type(row)):
        value: str | Collection[str] | None = getattr(row, column)
        for code in (value,) if isinstance(value, str) else value or ():
            if code != ANY:
                yield column, kind, code


@cache
def _columns_with_codes(model: type[Row]) -> tuple[tuple[str, str], ...]:
    """Of each model once: asking every row for columns that it has not is most of the time that reading takes."""
    kinds = (
        ("place", "place"), ("pathway", "pathway"), ("stage", "stage"), ("per_stage", "stage"),
        ("places", "place"), ("pathways", "pathway"), ("stages", "stage"),
    )  # fmt: skip
    return tuple((column, kind) for column, kind in kinds if column in model.model_fields)
