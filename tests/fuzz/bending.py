"""Documents a little off: a valid one with a few members replaced, repeated, moved or taken away.

What a schema alone generates names no body, place or line that exists, and is refused at the door. A bent document gets
past the door, to the code that trusts the rest of it.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

MAX_BENDS = 3

type Spot = tuple[Any, str | int]
"""A container of the document, and where in it."""

ODD_NUMBERS = (
    0,
    -1,
    1,
    -0.0,
    0.5,
    1e-300,
    -1e-300,
    1e-9,
    1e9,
    1e15,
    1e300,
    -1e300,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63) - 1,
)
ODD_TEXTS = (
    "",
    " ",
    "*",
    "ods:ZZZ",
    "gss:E08000003",
    "0001-01-01",
    "9999-12-31",
    "2014-02-30",
    "2014-15",
    "9999-00",
    "1e308",
    "-0",
    "NaN",
    "../../x",
    "a" * 5000,
    "\u0000",
    "\u202e",
    "\U0001f9ec",
    "٣",
    "'; --",
)
ODD_VALUES = (*ODD_NUMBERS, *ODD_TEXTS, None, True, False, [], {}, [[]], [None], {"": None})


def bent(draw: st.DrawFn, document: Any, odd: Sequence[Any] = ODD_VALUES) -> Any:
    """The document, or one that differs from it in up to MAX_BENDS places; `odd` replaces its members."""
    made = deepcopy(document)
    for _ in range(draw(st.integers(0, MAX_BENDS))):
        found = list(spots(made))
        if not found:
            break
        container, where = found[draw(st.integers(0, len(found) - 1))]
        how = draw(st.sampled_from(("replace", "replace", "borrow", "borrow", "drop", "repeat", "unknown")))
        if how == "replace":
            container[where] = _odd(draw, container[where], odd)
        elif how == "borrow":
            other, place = found[draw(st.integers(0, len(found) - 1))]
            container[where] = deepcopy(other[place])
        elif how == "drop":
            del container[where]
        elif how == "repeat" and isinstance(container, list):
            container.insert(int(where), deepcopy(container[int(where)]))
        elif isinstance(container, dict):
            container["unknown"] = _odd(draw, None, odd)
    return made


def bent_table(draw: st.DrawFn, rows: Sequence[Mapping[str, str]]) -> bytes:
    """The rows as CSV, or a little off: bent as a document first, then as bytes."""
    return bent_file(draw, as_table([row for row in bent(draw, list(rows)) if isinstance(row, dict)]))


def as_table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, dict.fromkeys(column for row in rows for column in row))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def bent_file(draw: st.DrawFn, content: bytes) -> bytes:
    """The bytes, or for one time in four with a stretch of them replaced, as a file damaged on its way."""
    if draw(st.integers(0, 3)) or not content:
        return content
    start = draw(st.integers(0, len(content) - 1))
    return content[:start] + draw(st.binary(max_size=8)) + content[start + draw(st.integers(0, 8)) :]


def _odd(draw: st.DrawFn, value: Any, odd: Sequence[Any]) -> Any:
    """Something odd, mostly of the value's own kind: another kind is refused before anything looks at it."""
    kind = (int, float) if isinstance(value, (int, float)) else type(value)
    alike = [one for one in odd if isinstance(one, kind)]
    return deepcopy(draw(st.sampled_from(alike if alike and draw(st.booleans()) else odd)))


def spots(value: Any) -> Iterator[Spot]:
    """Every place of a document where something could stand instead."""
    places: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for place in places:
        yield value, place
        yield from spots(value[place])
