"""The form an answer is asked for in: JSON, or CSV for the lists declared so (RFC 9110 `Accept`)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Literal

from concord_kit.problems import Problem

CSV_TYPE = "text/csv"
JSON_TYPE = "application/json"
FORMS: dict[str, Literal["json", "csv"]] = {JSON_TYPE: "json", CSV_TYPE: "csv"}


def chosen(accept: str | None) -> Literal["json", "csv"]:
    """The form the caller likes best; JSON where it does not mind. A not-acceptable problem where it takes neither."""
    best: tuple[float, int, str] | None = None
    for rank, (media_type, form) in enumerate(FORMS.items()):
        quality = _quality(accept or "*/*", media_type)
        if quality > 0 and (best is None or (quality, -rank) > best[:2]):
            best = (quality, -rank, form)
    if best is None:
        raise Problem("not-acceptable", f"This list comes as {JSON_TYPE} or {CSV_TYPE}.")
    return "csv" if best[2] == "csv" else "json"


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
