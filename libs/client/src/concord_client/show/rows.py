"""A list as CSV (RFC 4180): a line for each item, a column for each of its fields, as `--json` names them."""

import csv
import json
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from pydantic import BaseModel

from concord_client.show.page import plain


def as_csv(value: BaseModel) -> str:
    """The `items` of an answer.

    A field of a field has both names, `body.id`; several words stand in one cell, `; ` between them; what is deeper is
    JSON in its cell. Nothing known is an empty cell. An empty list has no header: nothing says its columns.
    """
    told = value.model_dump(mode="json")
    lines = [_cells(item) | _followers(item, told) for item in told["items"]]
    columns = list(dict.fromkeys(name for line in lines for name in line))
    out = StringIO()
    if columns:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(lines)
    return out.getvalue()


def _followers(item: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, str]:
    """Who stood on the later day in the place of the bodies and places of an item, where the answer tells it once."""
    named = set(texts(item))
    return {
        f"answer.{name}": "; ".join(
            f"{part['of']} -> {part.get('place') or part['body']['id']} {part['share']:.6f}"
            for part in told[name]
            if part["of"] in named
        )
        for name in ("rolled", "rolled_places")
        if told.get("roll_to") and name in told
    }


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(one)


def _cells(item: Mapping[str, Any], above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            found |= _cells(value, f"{above}{name}.") or {f"{above}{name}": ""}
        else:
            found[f"{above}{name}"] = _written(value)
    return found


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        if any(isinstance(one, list | dict) for one in value):
            return plain(json.dumps(value, ensure_ascii=False))
        return "; ".join(map(_written, value))
    return plain(str(value))
