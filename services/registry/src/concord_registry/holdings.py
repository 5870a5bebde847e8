"""What a body still holds, as plain values; the topics that know are listed in `store.holdings`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Holding:
    """A record that names a body and holds on a day or begins after it. `held_as`: how the record names it."""

    kind: str
    id: str
    held_as: str
    words: str
    valid_from: date
    valid_to: date
    address: str | None = None
    person: str | None = None
    """Who holds a role, or whose details are kept: by id."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Where it stands in the list."""
        return self.kind, self.held_as, self.id, self.valid_from.isoformat()


PEOPLE = "people"
"""The kind of people whose details a body keeps."""


def listed(held: Iterable[Holding], *, people: bool) -> list[Holding]:
    """What a reader is told one by one: people whose details are kept only where the reader may see people."""
    return [one for one in held if people or one.kind != PEOPLE]


def counts(held: Iterable[Holding]) -> list[tuple[str, str, int]]:
    """(kind, held as, records), in order."""
    found = Counter((one.kind, one.held_as) for one in held)
    return [(kind, held_as, records) for (kind, held_as), records in sorted(found.items())]
