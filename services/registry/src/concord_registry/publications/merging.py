"""What several editions of one publisher say of one thing, as one history; whatever order they were imported in. Pure.

An edition says what is so as far as it knows. A later one that says otherwise of the same days goes before it from the
day it was stated; where it begins later by its own word, from that day. Nothing ends because a later edition leaves it
out: missing is not closed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Stated:
    """A row in one history: `content` is what editions may differ in, `seen` the day of the first edition to say so.

    `values` are the columns; `number` is the recorded row's, None for one that is new; `told`: its first day is said.
    """

    content: Any
    valid_from: date
    valid_to: date
    seen: date
    values: Any
    edition: int
    number: int | None = None
    told: bool = True

    def overlaps(self, other: "Stated") -> bool:
        return self.valid_from < other.valid_to and other.valid_from < self.valid_to

    @property
    def empty(self) -> bool:
        return self.valid_from >= self.valid_to


def merged(held: Sequence[Stated], new: Stated) -> list[Stated]:
    """The history with what a further edition says. Rows of the same edition stand side by side."""
    others = []
    for one in held:
        if _same(one, new) and not _between(held, one, new):
            new = _joined(one, new)
        else:
            others.append(one)
    result = []
    for one in others:
        if one.edition == new.edition or not one.overlaps(new):
            result.append(one)
            continue
        later_is_new = (one.seen, one.edition) <= (new.seen, new.edition)
        earlier, later = (one, new) if later_is_new else (new, one)
        cut = later.valid_from if later.valid_from > earlier.valid_from else later.seen
        if earlier.seen == later.seen:  # one corrects the other
            cut = min(cut, later.valid_from)
        earlier = replace(earlier, valid_to=min(earlier.valid_to, cut))
        later = replace(later, valid_from=max(later.valid_from, min(cut, later.valid_to)))
        result.append(earlier if later_is_new else later)
        new = later if later_is_new else earlier
    return [one for one in (*result, new) if not one.empty]


def _same(one: Stated, new: Stated) -> bool:
    return one.content == new.content and one.overlaps(new)


def _between(held: Sequence[Stated], one: Stated, new: Stated) -> bool:
    """Whether an edition between the two said otherwise: then the same words again are a change back."""
    first, last = sorted((one.seen, new.seen))
    return any(first < other.seen < last and other.content != new.content and other.overlaps(new) for other in held)


def _joined(one: Stated, new: Stated) -> Stated:
    """The same said again: the days of the later edition that tells them; known since the earlier one."""
    later, earlier = (new, one) if new.seen >= one.seen else (one, new)
    telling = later if later.told else earlier if earlier.told else None
    keeps = one.seen <= new.seen
    return Stated(
        content=one.content,
        valid_from=telling.valid_from if telling else min(one.valid_from, new.valid_from),
        valid_to=telling.valid_to if telling else max(one.valid_to, new.valid_to),
        seen=min(one.seen, new.seen),
        values=one.values if keeps else new.values,
        edition=one.edition if keeps else new.edition,
        number=one.number,
        told=one.told or new.told,
    )


_TITLES = re.compile(r"\b(nhs|ccg|clinical commissioning group|integrated care board|icb|the|city of|council)\b")


def plain_name(name: str) -> str:
    """A name without capitals, signs and what some lists add: `NHS TRAFFORD CCG` and `Trafford` are one."""
    return _without(_TITLES, name)


def bare_name(name: str) -> str:
    """A name without the words for what it is a name of: `Hartlepool` and `Hartlepool Borough Council` are one."""
    return _without(_KINDS, plain_name(name))


def _without(words: re.Pattern[str], name: str) -> str:
    lowered = re.sub(r"['’]", "", name.lower()).replace("&", " and ")
    bare = re.sub(r"[^a-z0-9]+", " ", words.sub(" ", lowered)).strip()
    return bare or re.sub(r"[^a-z0-9]+", " ", lowered).strip()


_KINDS = re.compile(
    r"\b(london borough|borough|county|district|city|metropolitan|royal|unitary|of|teaching|england|region|area team|"
    r"strategic clinical network|strategic health authority|commissioning region|commissioning support unit|csu|"
    r"primary care trust|care trust|pct|nhs trust|foundation trust|trust)\b"
)


def _relation_key(row: Any) -> tuple[Any, ...]:
    if row.type in ("area_team_of", "network_of"):
        return (row.type, "of", row.object)
    return (row.type, "by", row.subject)


GROUPS: dict[str, tuple[Callable[[Any], tuple[Any, ...]], Callable[[Any], Any]]] = {
    "bodies": (lambda row: (row.body,), lambda row: (row.kind, bool(row.legal_person))),
    "body_names": (lambda row: (row.body,), lambda row: plain_name(row.name)),
    "body_codes": (lambda row: (row.body, row.scheme), lambda row: row.code),
    "relations": (_relation_key, lambda row: (row.subject, row.object)),
    "places": (lambda row: (row.place,), lambda row: (row.kind, row.body)),
    "place_parents": (lambda row: (row.child,), lambda row: row.parent),
    "succession": (lambda row: (row.predecessor, row.successor, row.on), lambda row: (row.share, row.kind)),
    "populations": (lambda row: (row.place, row.year, row.population_basis), lambda row: row.persons),
    "population_ages": (
        lambda row: (row.body, row.on, row.population_basis, row.age_from),
        lambda row: (row.age_to, row.persons),
    ),
}
"""Of each table that publishers' rows are in: what a history is of, and what may change in it. The same group tells
which rows of ours stand before a publisher's (`store.layers`)."""


def group_of(table: str, row: Any) -> tuple[Any, ...]:
    return GROUPS[table][0](row)


def content_of(table: str, row: Any) -> Any:
    return GROUPS[table][1](row)


def uncovered(start: date, end: date, covering: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """What is left of a period without others."""
    left: list[tuple[date, date]] = []
    for one_start, one_end in sorted(covering):
        if one_end <= start or one_start >= end:
            continue
        if one_start > start:
            left.append((start, one_start))
        start = max(start, one_end)
        if start >= end:
            return left
    return [*left, (start, end)] if start < end else left
