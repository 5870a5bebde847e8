"""What one pathway's version does to the services and comparators that other pathways have too. Pure.

They are one record for all of them: whoever sends one anew, or ends it, does so for everybody who has it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from concord_registry.pathway_facts import Comparator, Service, about
from concord_registry.world import Reference

PERIOD = ("valid_from", "valid_to")
IN_WORDS = {
    "ended": "is no longer theirs: it ends for every pathway that has it",
    "narrowed": "is no longer theirs: send it with their names in `pathways` too, or under a key of its own",
    "changed": "is changed for them too: send it under a key of its own to keep theirs as it was",
}
NAMED = 5

type Change = Literal["narrowed", "ended", "changed"]


@dataclass(frozen=True, slots=True)
class Shared:
    table: Literal["services", "comparators"]
    key: str
    name: str
    change: Change
    pathways: tuple[str, ...]
    """Other pathways that lose it, or have it otherwise than before; in order."""

    @property
    def words(self) -> str:
        some = ", ".join(self.pathways[:NAMED])
        more = len(self.pathways) - NAMED
        return f"{self.name} ({self.key}) {IN_WORDS[self.change]}. Of {some}{f' and {more} more' if more > 0 else ''}."


def shared_changes(before: Reference, after: Reference, pathway: str) -> Iterator[Shared]:
    """On the version's first day; by table and key."""
    others = sorted(set(before.pathways) - {pathway})
    facts, then = before.facts, after.facts
    yield from _of_table("services", facts.services, then.services, others)
    yield from _of_table("comparators", facts.comparators, then.comparators, others)


def _of_table[Fact: (Service, Comparator)](
    table: Literal["services", "comparators"],
    before: Mapping[str, Fact],
    after: Mapping[str, Fact],
    others: list[str],
) -> Iterator[Shared]:
    for key, was in sorted(before.items()):
        had = [one for one in others if about(was.pathways, one)]
        now = after.get(key)
        if now is None:
            change: Change = "ended"
            touched = had
        else:
            change = "narrowed"
            touched = [one for one in had if not about(now.pathways, one)]
            if touched:
                yield Shared(table, key, was.name, change, tuple(touched))
            change = "changed"
            touched = [one for one in had if about(now.pathways, one)] if _says(now) != _says(was) else []
        if touched:
            yield Shared(table, key, was.name, change, tuple(touched))


def _says(one: Service | Comparator) -> dict[str, object]:
    """What it says, whoever it is of and on whatever days."""
    return {name: getattr(one, name) for name in one.__slots__ if name not in (*PERIOD, "pathways")}
