"""What the validator found, in words for the person who has to mend it."""

from collections.abc import Callable, Mapping
from typing import Any

from concord_contracts.identifiers import WORDS_OF_PATTERNS

_WHOLE = "must be a whole number"
_NUMBER = "must be a number"
_DAY = 'must be a day, written "2014-04-01"'
_INSTANT = 'must be an instant, written "2014-04-01T12:00:00Z"'
_OBJECT = "must be an object"

_WORDS: dict[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "finite_number": "must be a finite number",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": "is too large a number",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "string_unicode": "must be text",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "list_type": "must be a list",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "string_too_short": "needs at least {min_length} character(s)",
    "string_too_long": "may have at most {max_length} characters",
    "too_short": "needs at least {min_length} item(s)",
    "too_long": "may have at most {max_length} items",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "union_tag_invalid": "{discriminator} must be one of {expected_tags}",
    "union_tag_not_found": "needs {discriminator}",
}


def _of_pattern(context: Mapping[str, Any]) -> str:
    pattern = str(context.get("pattern", ""))
    return WORDS_OF_PATTERNS.get(pattern, f"must have the form {pattern}")


_MADE: dict[str, Callable[[Mapping[str, Any]], str]] = {"string_pattern_mismatch": _of_pattern}


def words_of(fault: Mapping[str, Any]) -> str:
    """The words for one fault of the validator; a rule of ours says its own."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in _MADE:
        return _MADE[kind](context)
    if kind in _WORDS:
        return _WORDS[kind].format_map(context)
    message: str = fault["msg"]
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
