"""Answers of contract models with a value of its own in every field, and the same with one of them changed.

Built from the models, so that a field that is added later is there too. Nothing is validated.
"""

import copy
from collections.abc import Iterator, Set
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import count
from typing import Annotated, Any, Literal, NamedTuple, TypeAliasType, get_args, get_origin

from pydantic import BaseModel


class Field(NamedTuple):
    """A value inside of an answer: the model and the field that it is of, and the way to it."""

    model: type[BaseModel]
    name: str
    way: tuple[str | int, ...]
    kind: Any


def plain(annotation: Any) -> Any:
    """Without what only validation needs; of several models the first, of a value or none the value."""
    while True:
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (list, tuple, dict, Literal) or not get_args(annotation):
            return annotation
        else:
            annotation = next(one for one in get_args(annotation) if one is not type(None))


type Named = tuple[type[BaseModel], str]


def filled[M: BaseModel](model: type[M], without: Set[Named] = frozenset()) -> M:
    """`without`: fields that stay none, by model and name."""
    found: M = _made(model, count(1), without)
    return found


def _made(annotation: Any, numbers: Iterator[int], without: Set[Named]) -> Any:
    kind = plain(annotation)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is list:
        return [_made(inner[0], numbers, without)]
    if origin is dict:
        return {_made(inner[0], numbers, without): _made(inner[1], numbers, without)}
    if origin is Literal:
        return inner[0]
    number = next(numbers)
    if kind is bool:
        return False
    if kind is int:
        return 100_000 + number
    if kind is float:
        return 500_000.25 + number
    if kind is datetime:
        return datetime(2014, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if kind is date:
        return date(2014, 1, 1) + timedelta(days=number)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        given = {
            name: None if (kind, name) in without else _made(field.annotation, numbers, without)
            for name, field in kind.model_fields.items()
        }
        return kind.model_construct(**given)
    return f"text {number}"


def fields(item: BaseModel, briefly: Set[type[BaseModel]] = frozenset()) -> Iterator[Field]:
    """Every plain value of an answer; of a model in `briefly` inside of it only the last one."""
    for name, field in type(item).model_fields.items():
        value = getattr(item, name)
        found = list(_within(value, plain(field.annotation), type(item), name, (name,)))
        yield from found[-1:] if type(value) in briefly else found


def _within(value: Any, kind: Any, model: type[BaseModel], name: str, way: tuple[str | int, ...]) -> Iterator[Field]:
    if isinstance(value, BaseModel):
        for found in fields(value):
            yield found._replace(way=(*way, *found.way))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _within(one, plain(get_args(kind)[0]), model, name, (*way, place))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _within(one, plain(get_args(kind)[1]), model, name, (*way, key))
    elif value is not None:
        yield Field(model, name, way, kind)


def changed[M: BaseModel](item: M, field: Field) -> tuple[M, Any] | None:
    """The same answer with another value there, and that value; none where no other can be."""
    other = copy.deepcopy(item)
    holder: Any = other
    for step in field.way[:-1]:
        holder = getattr(holder, step) if isinstance(step, str) and isinstance(holder, BaseModel) else holder[step]
    last = field.way[-1]
    now = getattr(holder, str(last)) if isinstance(holder, BaseModel) else holder[last]
    new = _other(now, field.kind)
    if new is None:
        return None
    if isinstance(holder, BaseModel):
        setattr(holder, str(last), new)
    else:
        holder[last] = new
    return other, new


def _other(value: Any, kind: Any) -> Any:
    if get_origin(kind) is Literal:
        return next((one for one in get_args(kind) if one != value), None)
    if isinstance(value, Enum):
        return next((one for one in type(value) if one is not value), None)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 7_000_000
    if isinstance(value, date | datetime):
        return value + timedelta(days=5000)
    return f"{value} changed"
