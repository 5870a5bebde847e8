"""Contract models as rows: a column for each field, those of parts with a dot. Pure.

A field that a model gains later is there without a word here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, TypeAliasType, get_args, get_origin

from pydantic import BaseModel

from concord_allocation.documents.workbook.sheets import FIRST, Sheet, letter, totalled
from concord_allocation.documents.writing import Formula, Value


class Leaf(NamedTuple):
    """A field that holds one value or a list of plain ones; `path`: the fields that lead to it."""

    path: tuple[str, ...]

    @property
    def name(self) -> str:
        return ".".join(self.path)


@cache
def leaves(model: type[BaseModel]) -> tuple[Leaf, ...]:
    """The plain fields of a model and of its parts, in order; lists of parts are sheets of their own."""
    found: list[Leaf] = []
    for name, each in model.model_fields.items():
        part, many = part_of(each.annotation)
        if part is None:
            found.append(Leaf((name,)))
        elif not many:
            found += [Leaf((name, *inner.path)) for inner in leaves(part)]
    return tuple(found)


def part_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model that a field holds, if it holds one, and whether it is a list of them. Of several, the first."""
    if isinstance(annotation, TypeAliasType):
        return part_of(annotation.__value__)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    inner = [part_of(one) for one in get_args(annotation)]
    held = next(((part, many) for part, many in inner if part is not None), (None, False))
    return held[0], held[0] is not None and (held[1] or get_origin(annotation) in (list, tuple, dict))


def plain(value: Any) -> Value:
    """A value as a cell holds it."""
    match value:
        case Enum():
            return str(value.value)
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple() | set():
            return "; ".join(str(plain(one)) for one in value) or None
        case dict():
            return "; ".join(f"{key}: {plain(one)}" for key, one in value.items()) or None
        case BaseModel():
            return json.dumps(value.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    return str(value)


def value_at(item: BaseModel, path: Iterable[str]) -> Value:
    """None where a part on the way is none."""
    found: Any = item
    for name in path:
        if found is None:
            return None
        found = getattr(found, name)
    return plain(found)


def facts(item: BaseModel, without: Sequence[str] = ()) -> dict[str, Value]:
    """The plain fields of one model by name; `without` names fields or, with all they hold, parts."""
    left_out = set(without)
    return {
        leaf.name: value_at(item, leaf.path)
        for leaf in leaves(type(item))
        if not left_out & {".".join(leaf.path[:depth]) for depth in range(1, len(leaf.path) + 1)}
    }


def table[M: BaseModel](
    name: str,
    words: str,
    model: type[M],
    items: Iterable[M],
    *,
    before: Mapping[str, Sequence[Value]] | None = None,
    beside: Mapping[str, Sequence[Value]] | None = None,
    worked: Mapping[str, str] | None = None,
    sums: Iterable[str] = (),
    without: Sequence[str] = (),
    instead: Mapping[str, Value] | None = None,
) -> Sheet:
    """A list of models as a sheet: a column a field.

    `before`, `beside`: columns that come before and after, such as the key of what the rows belong to. `worked`:
    columns that are formulas over others of the same row, each named in braces; new names come last. `sums`: columns
    added up in the last line. `instead`: what stands where a column has none.
    """
    given = list(items)
    given_columns = {**(before or {}), **(beside or {})}
    formulas = dict(worked or {})
    fields = {leaf.name: leaf.path for leaf in leaves(model) if leaf.path[0] not in set(without)}
    columns = [*(before or {}), *fields, *(beside or {}), *(name for name in formulas if name not in fields)]
    letters = {column: letter(place) for place, column in enumerate(columns)}
    absent = instead or {}

    def cell(column: str, place: int, item: M) -> Value:
        if column in formulas:
            return Formula("=" + _filled(formulas[column], letters, FIRST + place))
        if column in given_columns:
            return given_columns[column][place]
        value = value_at(item, fields[column])
        return absent.get(column) if value is None else value

    rows = [[cell(column, place, item) for column in columns] for place, item in enumerate(given)]
    return totalled(name, words, columns, rows, sums)


def _filled(formula: str, letters: Mapping[str, str], line: int) -> str:
    """Names in braces as the cells of this line."""
    for column, place in letters.items():
        formula = formula.replace("{" + column + "}", f"{place}{line}")
    return formula
