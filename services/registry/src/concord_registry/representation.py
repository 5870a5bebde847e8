"""The form an answer is asked for in: JSON, or CSV for the lists declared so (RFC 9110 `Accept`)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from concord_kit.problems import Problem

CSV_TYPE = "text/csv"
JSON_TYPE = "application/json"


def chosen(accept: str | None, forms: Sequence[str] = (JSON_TYPE, CSV_TYPE)) -> str:
    """The media type the caller likes best, the first where it does not mind.

    A not-acceptable problem where it takes none of them.
    """
    liked = [(_quality(accept or "*/*", form), -rank, form) for rank, form in enumerate(forms)]
    quality, _, form = max(liked)
    if quality <= 0:
        raise Problem("not-acceptable", f"This comes as {' or '.join(forms)}.")
    return form


def _quality(accept: str, media_type: str) -> float:
    """0..1, by the most specific range that fits; 0: not wanted."""
    fits = {media_type: 2, media_type.partition("/")[0] + "/*": 1, "*/*": 0}
    found: tuple[int, float] = (-1, 0.0)
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name in fits and fits[name] > found[0]:
            found = (fits[name], _q(parameters))
    return found[1]


def _q(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """RFC 4180 with a header; a missing or None value is an empty cell."""
    out = StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return out.getvalue()
