"""What a service answers of a moment of its record, asked again after much else was recorded: it never changes.

Every read that takes `known_at` is asked, as the document lists them: one that is added is asked too.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import islice, product
from typing import Any

import httpx

from tests.fuzz.fuzzing import World

DAY = "2014-01-15"
OFF_THE_RECORD: Mapping[str, Collection[str]] = {
    "registry": ("holder", "holders"),
    "allocation": (),
    "agreements": ("activation", "citation", "etag", "name"),
}
"""Members of answers that are of today whatever moment is asked about: people, who can be erased (and whose details a
body keeps: holdings of the kind `people`), how far a message to another service has come, the version to change."""
MOST_OF_EACH, TRIED = 2, 24
"""Answers of one read that are kept, and requests that are tried for them."""


@dataclass(frozen=True)
class Remembered:
    """A read of a moment, and what it answered then."""

    operation: str
    person: str
    path: str
    query: Mapping[str, Any]
    answer: str


@dataclass
class Memory:
    """What a world said before, and reads that said nothing at all."""

    world: World
    said: list[Remembered] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def changed(self) -> list[str]:
        """Reads of those moments that are answered otherwise now."""
        with _client(self.world) as client:
            now = [(one, _asked(self.world, client, one.person, one.path, one.query)) for one in self.said]
        return [
            "\n".join(
                unified_diff(
                    one.answer.splitlines(), (answer or "refused").splitlines(), f"{one.operation} {one.query}", "now"
                )
            )
            for one, answer in now
            if answer != one.answer
        ]


def remember(world: World) -> Memory:
    """Ask every read that takes a moment of the record, and keep what it says of the present one."""
    memory = Memory(world)
    with _client(world) as client:
        moment = _moment(world, client)
        for path, operations in client.get("/openapi.json", timeout=60).raise_for_status().json()["paths"].items():
            operation = operations.get("get")
            if operation is None or not _takes(operation, "known_at"):
                continue
            tried = (
                _kept(world, client, operation["operationId"], *request, moment)
                for request in _requests(world, path, operation)
            )
            found = list(islice((one for one in tried if one is not None), MOST_OF_EACH))
            memory.said += found
            if not found:
                memory.silent.append(operation["operationId"])
    return memory


def _client(world: World) -> httpx.Client:
    return httpx.Client(base_url=world.address, trust_env=False, timeout=60)


def _kept(
    world: World, client: httpx.Client, name: str, person: str, path: str, query: dict[str, Any], moment: str
) -> Remembered | None:
    """An answer of a moment; None where it is a refusal."""
    query = query | {"known_at": moment}
    answer = _asked(world, client, person, path, query)
    return None if answer is None else Remembered(name, person, path, query, answer)


def _asked(world: World, client: httpx.Client, person: str, path: str, query: Mapping[str, Any]) -> str | None:
    """The answer to a person without what is on no axis of the record; None where it is a refusal."""
    answer = client.get(path, params=dict(query), headers=world.sign_in(person))
    return _on_the_record(world, answer) if answer.status_code == 200 else None


def _moment(world: World, client: httpx.Client) -> str:
    """When the last change was recorded."""
    page: dict[str, Any] = {"items": [], "next_after": 0}
    while True:
        following = client.get(
            "/v1/changes",
            params={"after": page["next_after"], "limit": 1000},
            headers=world.sign_in(world.people[0]),
        ).json()
        if not following["items"]:
            return str(page["items"][-1]["at"])
        page = following


def _on_the_record(world: World, answer: httpx.Response) -> str:
    """An answer without what is on no axis of the record."""
    if answer.headers["content-type"].partition(";")[0].endswith("json"):
        return json.dumps(_without(answer.json(), OFF_THE_RECORD[world.name]), indent=1)
    return answer.text


def _without(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, names) for name, one in value.items() if name not in names}
    if isinstance(value, list):
        return [_without(one, names) for one in value if not (isinstance(one, dict) and one.get("kind") == "people")]
    return value


def _requests(world: World, path: str, operation: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Who asks, and addresses and queries that are in order, of one day where the read takes a day."""
    day = {"as_of": DAY} if _takes(operation, "as_of") else {}
    valid = world.valid.get(operation["operationId"], ())
    for one in valid[:TRIED]:
        yield one.person, path.format(**one.path), day | dict(one.query)
    if not valid:
        needed = [one for one in operation.get("parameters", ()) if one.get("required") and one["in"] != "header"]
        values = [world.known.get(one["name"], ()) for one in needed]
        for _, chosen in zip(range(TRIED), product(*values), strict=False):
            asked = dict(zip((one["name"] for one in needed), chosen, strict=True))
            in_path = {one["name"]: asked.pop(one["name"]) for one in needed if one["in"] == "path"}
            yield world.people[0], path.format(**in_path), day | asked


def _takes(operation: Mapping[str, Any], name: str) -> bool:
    return any(one["name"] == name and one["in"] == "query" for one in operation.get("parameters", ()))
