"""The published schema against the parser: what one takes the other takes, on documents that were damaged by hand."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from pydantic import ValidationError

from concord_contracts.allocation import EXAMPLE_PROBLEM, Problem
from concord_contracts.allocation.schema import problem_schema
from services.allocation.tests.core.test_families_golden import full_document

VALUES: list[Any] = [
    None, 0, -1, 1, 0.5, 1e13, 10**13, "", "x", "x" * 5000, "a b", "2014-15", "1999-99", True, False, [], {}, [1],
    ["a"], {"a": 1}, "1", "NaN", " padded ", 1e-20, "key/with/slash", "-x", "2014-04-01", "2014-04",
]  # fmt: skip
DAMAGES = 600

BEYOND_SCHEMAS = ("two years that follow each other", "lies above")
"""What the parser says where no schema can: see `concord_contracts.allocation.schema`."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def damaged(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    made = copy.deepcopy(document)
    *path, last = chance.choice(list(places(made)))
    parent: Any = made
    for key in path:
        parent = parent[key]
    match chance.choice(["other", "other", "gone", "renamed", "more"]):
        case "gone":
            del parent[last]
        case "renamed" if isinstance(parent, dict):
            parent[f"{last}x"] = parent.pop(last)
        case "more" if isinstance(parent, list):
            parent.append(copy.deepcopy(parent[last]))
        case _:
            parent[last] = copy.deepcopy(chance.choice(VALUES))
    return made


def parsed(document: dict[str, Any]) -> str | None:
    """What the parser has against it."""
    try:
        Problem.model_validate_json(json.dumps(document))
    except ValidationError as wrong:
        return "; ".join(error["msg"] for error in wrong.errors())
    return None


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(problem_schema())


def test_the_schema_takes_what_the_parser_takes() -> None:
    holds = jsonschema_rs.validator_for(problem_schema())
    chance = random.Random(20140401)
    documents = [EXAMPLE_PROBLEM, full_document()]
    both = [0, 0]
    for _ in range(DAMAGES):
        document = damaged(chance.choice(documents), chance)
        words = parsed(document)
        if words is None or not any(beyond in words for beyond in BEYOND_SCHEMAS):
            assert holds.is_valid(document) == (words is None), words
            both[words is None] += 1
    assert min(both) > DAMAGES / 20


def test_numbers_in_a_dictionary_are_taken_as_they_are_written() -> None:
    """`"1"` and `true` are no amounts, in a dictionary as elsewhere."""
    for amount in ("1", True):
        document = full_document()
        document["resources"][0]["supply"] = {"2014-15": amount}
        assert "number" in (parsed(document) or "")
