"""The shape of a problem as tables, read from the contract's own schema, so that no table can lag behind it.

A list of objects is a sheet, named by its path (`lines`, `lines.modes`); a sheet inside another says in its column `of`
which one its lines belong to. A dictionary is a sheet of `key` and `value`, unless it is by financial year: then each
year is a column (`amount_gbp.2014-15`). What is left are columns, named by their path (`scope.stages`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from concord_contracts.allocation import Problem

ROOT = "problem"
"""The sheet of what a problem has only once."""

OF, KEY, VALUE = "of", "key", "value"
SEPARATOR = ";"
"""Between the values of a list in one cell."""

type Kind = Literal["integer", "number", "boolean", "string", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """A cell's kind; `many`: several values in one cell; `by_year`: the name goes on with a financial year."""

    kind: Kind
    many: bool = False
    by_year: bool = False
    required: bool = False
    words: str = ""
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its columns by name, and the sheets inside it by the field they are."""

    name: str
    path: tuple[str, ...]
    parent: str | None
    dictionary: bool
    columns: Mapping[str, Column]
    words: str = ""
    inner: tuple[str, ...] = field(default=())
    needed: tuple[tuple[str, ...], ...] = ()
    """Objects inside that must be there, be they empty."""

    @property
    def keyed(self) -> bool:
        """Whether its lines have a key that sheets inside it can name them by; else they count from 1."""
        return KEY in self.columns


@cache
def tables() -> Mapping[str, Table]:
    """Every sheet of a problem by name, outer ones first."""
    schema = Problem.model_json_schema()
    found: dict[str, Table] = {}
    _table(found, ROOT, (), None, schema, schema["$defs"], words="what the problem has only once, on one line")
    return dict(sorted(found.items(), key=lambda item: (item[0] != ROOT, item[0].count("."))))


type Schema = Mapping[str, Any]


def _table(
    found: dict[str, Table],
    name: str,
    path: tuple[str, ...],
    parent: str | None,
    schema: Schema,
    defs: Schema,
    *,
    words: str,
) -> None:
    columns: dict[str, Column] = {}
    inner: list[str] = []
    needed: list[tuple[str, ...]] = []
    _fields(found, name, (), schema, defs, columns, inner, needed)
    found[name] = Table(name, path, parent, False, columns, words, tuple(inner), tuple(needed))


def _fields(
    found: dict[str, Table],
    sheet: str,
    prefix: tuple[str, ...],
    schema: Schema,
    defs: Schema,
    columns: dict[str, Column],
    inner: list[str],
    needed: list[tuple[str, ...]],
) -> None:
    for name, given in schema.get("properties", {}).items():
        here = (*prefix, name)
        spelt = ".".join(here)
        kinds = _alternatives(given, defs)
        words = str(given.get("description", ""))
        required = name in schema.get("required", ())
        child = spelt if sheet == ROOT else f"{sheet}.{spelt}"
        if len(kinds) != 1:
            columns[spelt] = Column(_scalar(kinds), required=required, words=words)
            continue
        (one,) = kinds
        if one.get("type") == "array":
            items = _alternatives(one.get("items", {}), defs)
            if len(items) == 1 and items[0].get("type") == "object" and "properties" in items[0]:
                _table(found, child, here, sheet, items[0], defs, words=words or str(items[0].get("description", "")))
                inner.append(child)
            elif all(item.get("type") not in ("array", "object") for item in items):
                columns[spelt] = Column(
                    _scalar(items), many=True, required=required, words=words, one_of=_choices(items)
                )
            else:
                columns[spelt] = Column("json", required=required, words=words)
        elif one.get("type") == "object" and "properties" in one:
            if required:
                needed.append(here)
            _fields(found, sheet, here, one, defs, columns, inner, needed)
        elif one.get("type") == "object":
            value = _alternatives(_value_schema(one), defs)
            if _by_year(one):
                columns[spelt] = Column(_scalar(value), by_year=True, required=required, words=words)
            else:
                of_value = {KEY: Column("string", required=True), VALUE: Column(_scalar(value), required=True)}
                found[child] = Table(child, here, sheet, True, of_value, words)
                inner.append(child)
        else:
            columns[spelt] = Column(_scalar(kinds), required=required, words=words, one_of=_choices(kinds))


def _alternatives(schema: Schema, defs: Schema) -> list[Schema]:
    """What a value may be other than none."""
    if "$ref" in schema:
        return _alternatives(defs[schema["$ref"].rpartition("/")[2]], defs)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return [kind for part in schema[several] for kind in _alternatives(part, defs)]
    return [] if schema.get("type") == "null" else [schema]


def _value_schema(schema: Schema) -> Schema:
    given: Any = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), {})
    return given if isinstance(given, Mapping) else {}


def _by_year(schema: Schema) -> bool:
    return any(
        "-" in str(example) and str(example)[:4].isdigit()
        for example in schema.get("propertyNames", {}).get("examples", ())
    )


def _scalar(kinds: list[Schema]) -> Kind:
    types = {str(kind.get("type", "string")) for kind in kinds}
    if types & {"array", "object"}:
        return "json"
    order: tuple[Kind, ...] = ("string", "number", "integer", "boolean")
    for kind in order:
        if kind in types:
            return kind
    return "string"


def _choices(kinds: list[Schema]) -> tuple[str, ...]:
    return tuple(str(value) for kind in kinds for value in kind.get("enum", [kind["const"]] if "const" in kind else []))
