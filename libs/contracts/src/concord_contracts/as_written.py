"""JSON taken as it was written: `true` is no amount, `"100"` no number, 2.0 no sequence, a count of seconds no day.

pydantic's strict mode would do it, but not for bodies that the framework has parsed already: there it refuses every
date and enumeration, which in JSON can only be text. So what was written as another kind is put out of the way before
the fields are read, and each such field then reports its own fault, beside all others.
"""

import re
import types
from datetime import date, datetime
from typing import Annotated, Any, Union, get_args, get_origin

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\s*[-+]?[\d.]+([eE][-+]?\d+)?\s*")
NOT_SO_WRITTEN = object()
"""Stands for a value of another kind than its field; no field accepts it."""


def as_written(annotation: Any, value: Any) -> Any:
    """The value, or NOT_SO_WRITTEN where its JSON kind is not that of the annotation. Looks into lists."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return as_written(get_args(annotation)[0], value)
    if origin in (Union, types.UnionType):
        tried = [as_written(one, value) for one in get_args(annotation)]
        return next((one for one in tried if one is not NOT_SO_WRITTEN), NOT_SO_WRITTEN)
    if origin is list and isinstance(value, list):
        (item,) = get_args(annotation)
        return [as_written(item, one) for one in value]
    judge = _JUDGES.get(annotation) if isinstance(annotation, type) else None
    return value if judge is None or judge(value) else NOT_SO_WRITTEN


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
