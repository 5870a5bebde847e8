"""The form an answer is asked for in: JSON, or CSV for the lists declared so (RFC 9110 `Accept`)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from concord_kit import representation
from concord_kit.representation import JSON_TYPE as JSON_TYPE

CSV_TYPE = "text/csv"


def chosen(accept: str | None, forms: Sequence[str] = (JSON_TYPE, CSV_TYPE)) -> str:
    """As the kit's, for lists that come as JSON or CSV unless told otherwise."""
    return representation.chosen(accept, forms)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """RFC 4180 with a header; a missing or None value is an empty cell."""
    out = StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return out.getvalue()
