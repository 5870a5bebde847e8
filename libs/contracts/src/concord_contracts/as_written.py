"""JSON taken as it was written: `true` is no amount, `"100"` no number, 2.0 no sequence, a count of seconds no day.

pydantic's strict mode would do it, but not for bodies that the framework has parsed already: there it refuses every
date and enumeration, which in JSON can only be text. So what was written as another kind is put out of the way before
the fields are read, and each such field then reports its own fault, beside all others.
"""

import re
import types
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Union, get_args, get_origin

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\s*[-+]?[\d.]+([eE][-+]?\d+)?\s*")
NOT_SO_WRITTEN = object()
"""Stands for a value of another kind than its field; no field accepts it."""


type Reader = Callable[[Any], Any]
"""Gives the value, or NOT_SO_WRITTEN where its JSON kind is not that of the field. Looks into lists and objects."""


def reader_of(annotation: Any) -> Reader | None:
    """The reader for values of an annotation; None where nothing need be looked at. Made once, used for each value."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return reader_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _either([reader_of(one) for one in get_args(annotation)])
    if origin is list:
        return _each(reader_of(get_args(annotation)[0]))
    if origin is dict:
        return _each_value(reader_of(get_args(annotation)[1]))
    judge = _JUDGES.get(annotation) if isinstance(annotation, type) else None
    return None if judge is None else lambda value: value if judge(value) else NOT_SO_WRITTEN


def _either(readers: Sequence[Reader | None]) -> Reader | None:
    if readers[0] is None:
        return None

    def read(value: Any) -> Any:
        for one in readers:
            found = value if one is None else one(value)
            if found is not NOT_SO_WRITTEN:
                return found
        return NOT_SO_WRITTEN

    return read


def _each(item: Reader | None) -> Reader | None:
    return None if item is None else lambda value: [item(one) for one in value] if isinstance(value, list) else value


def _each_value(item: Reader | None) -> Reader | None:
    if item is None:
        return None
    return lambda value: {key: item(one) for key, one in value.items()} if isinstance(value, dict) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_day(value: Any) -> bool:
    return isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value) is not None)


def _is_instant(value: Any) -> bool:
    return isinstance(value, datetime) or (isinstance(value, str) and _NUMBER.fullmatch(value) is None)


def _is_nothing(value: Any) -> bool:
    return value is None


_JUDGES = {
    int: _is_whole,
    float: _is_number,
    bool: _is_truth,
    date: _is_day,
    datetime: _is_instant,
    types.NoneType: _is_nothing,
}
