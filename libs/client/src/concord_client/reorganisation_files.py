"""A reorganisation as a file: JSON as it is sent, or CSV with one event a line.

CSV columns, empty where an event has no such thing; lists inside a cell are separated by one space:

| column | of which events |
|---|---|
| event | open, merge, split, rename, transfer, close, open_place, pass_place, close_place |
| body | whose event it is: the body that opens, is renamed, closes, splits, passes on; whose place it is or will be |
| bodies | merge: those that become one |
| successor | merge, transfer: who follows |
| successors | split: `ods:14J=0.5 ods:14K=0.5` |
| kind, name, legal_person | open, open_place; name: rename |
| codes | open, rename: `gss=E38000017` |
| place | the place of the event; merge: the key of the place that theirs become |
| parents, members | open_place |
| footprint | open_place: `la-E06000036=0.88/0.5`: share of the CCG's, share of the council's |
| goes_on, basis, note | split |
"""

import csv
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

COLUMNS = (
    "event", "body", "bodies", "successor", "successors", "kind", "name", "legal_person", "codes", "place", "parents",
    "members", "footprint", "goes_on", "basis", "note",
)  # fmt: skip


class FaultyFileError(ValueError):
    """The CSV cannot be read as events; says where."""


def events_of(text: str) -> list[dict[str, Any]]:
    """The events of a CSV, as they are sent. FaultyFileError for what has no form; the rest the service judges."""
    reader = csv.DictReader(StringIO(text, newline=""))
    strange = sorted(set(reader.fieldnames or ()) - set(COLUMNS))
    if "event" not in (reader.fieldnames or ()) or strange:
        wrong = [*(["`event` is missing"] if "event" not in (reader.fieldnames or ()) else [])]
        wrong += [f"not known: {', '.join(strange)}"] if strange else []
        raise FaultyFileError(f"line 1: columns are {', '.join(COLUMNS)}; {'; '.join(wrong)}")
    found = []
    for row in reader:
        cells = {column: (value or "").strip() for column, value in row.items() if column}
        try:
            found.append(_event(cells))
        except (KeyError, ValueError) as error:
            raise FaultyFileError(f"line {reader.line_num}: {error}") from None
    return found


def _event(cells: Mapping[str, str]) -> dict[str, Any]:
    kind = cells["event"]
    made = _FORMS.get(kind)
    if made is None:
        raise ValueError(f"event {kind!r} is none of {', '.join(_FORMS)}")
    values = made(cells)
    return {"event": kind} | {name: value for name, value in values.items() if value not in (None, "", [])}


def _pairs(text: str, what: str) -> list[tuple[str, str]]:
    pairs = [tuple(part.split("=", 1)) for part in text.split()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{what} {text!r}: write name=value, with spaces between")
    return [(name, value) for name, value in pairs]


def _codes(cells: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"scheme": scheme, "code": code} for scheme, code in _pairs(cells.get("codes", ""), "codes")]


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no", "true", "false"):
        raise ValueError(f"{text!r} is neither yes nor no")
    return text.lower() in ("yes", "true")


def _open(cells: Mapping[str, str]) -> dict[str, Any]:
    return {
        "body": cells.get("body"),
        "kind": cells.get("kind"),
        "name": cells.get("name"),
        "legal_person": _yes(cells.get("legal_person", "")),
        "codes": _codes(cells),
    }


def _merge(cells: Mapping[str, str]) -> dict[str, Any]:
    place = {"key": cells["place"], "name": cells.get("name")} if cells.get("place") else None
    return {"predecessors": cells.get("bodies", "").split(), "successor": cells.get("successor"), "place": place}


def _split(cells: Mapping[str, str]) -> dict[str, Any]:
    shares = _pairs(cells.get("successors", ""), "successors")
    return {
        "predecessor": cells.get("body"),
        "successors": [{"body": body, "share": share} for body, share in shares],
        "goes_on": _yes(cells["goes_on"]) if cells.get("goes_on") else None,
        "basis": cells.get("basis"),
        "note": cells.get("note"),
    }


def _rename(cells: Mapping[str, str]) -> dict[str, Any]:
    codes = _codes(cells)
    return {"body": cells.get("body"), "name": cells.get("name"), "code": codes[0] if codes else None}


def _transfer(cells: Mapping[str, str]) -> dict[str, Any]:
    return {"predecessor": cells.get("body"), "successor": cells.get("successor")}


def _open_place(cells: Mapping[str, str]) -> dict[str, Any]:
    footprint = []
    for place, shares in _pairs(cells.get("footprint", ""), "footprint"):
        of_ccg, slash, of_council = shares.partition("/")
        if not slash:
            raise ValueError(f"footprint {shares!r}: write share of the CCG's / share of the council's")
        footprint.append({"with_place": place, "share_of_ccg": of_ccg, "share_of_council": of_council})
    return {
        "place": cells.get("place"),
        "kind": cells.get("kind"),
        "name": cells.get("name"),
        "body": cells.get("body"),
        "parents": cells.get("parents", "").split(),
        "members": cells.get("members", "").split(),
        "footprint": footprint,
    }


_FORMS: Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
    "open": _open,
    "merge": _merge,
    "split": _split,
    "rename": _rename,
    "transfer": _transfer,
    "close": lambda cells: {"body": cells.get("body")},
    "open_place": _open_place,
    "pass_place": lambda cells: {"place": cells.get("place"), "body": cells.get("body")},
    "close_place": lambda cells: {"place": cells.get("place")},
}
