"""The tables that are exported as they are in use on a day, and a row of each as it is written. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from concord_registry.file_rows import FILES

EXPORTED: Mapping[str, str] = {
    "bodies": "organisations and offices, with the days from which and until when they are in being",
    "body_names": "what each is called",
    "body_codes": "codes that each has in the schemes that others use",
    "relations": "how they belong together",
    "succession": "who followed whom by the day, and what part of it",
    "places": "places and whose they are",
    "populations": "how many people, by year and by how they are counted",
}
"""Table -> what it holds."""


def columns_of(table: str) -> list[str]:
    """The columns of the table's file, and `layer`: whose row it is."""
    return [*FILES[f"{table}.csv"].model_fields, "layer"]


def key_of(table: str) -> Callable[[Any], str]:
    """What a row is sorted and paged by."""
    names = [*FILES[f"{table}.csv"].identity, "valid_from"]
    return lambda row: "|".join(str(getattr(row, name, "")) for name in names)


def written(table: str, row: Any) -> dict[str, str | None]:
    """The row as text; days ISO, yes and no as true and false."""
    return {column: layer_of(row) if column == "layer" else _text(getattr(row, column)) for column in columns_of(table)}


def layer_of(row: Any) -> str:
    """`ours`, a publisher (`publisher:ods`), or the body whose own row it is."""
    return row.owner or "ours"


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
