"""Limits of authority of one office: on a day at most one counts for a kind of decision. Pure.

Two would leave open how much the office may sign alone, and whoever asks would have to pick. A scheme of delegation has
one row for each office and decision; a joint tier above an office's own is the other office's row (`jointly_with`).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from concord_contracts.identifiers import FOREVER
from concord_registry.knowledge.topics import Held

TOPIC = "signing-authorities"
SLUG = "overlapping-authority"


def matter(held: Held) -> tuple[str, str, str]:
    """What a limit is of: body, office, kind of decision."""
    content = held.content
    return content["body"], content["role"], content["decision"]


def overlapping(held: Held, others: Iterable[Held]) -> list[Held]:
    """Of the others those of the same matter that hold on a day of this one, the earliest first."""
    found = [one for one in others if one.id != held.id and matter(one) == matter(held) and one.meets(held)]
    return sorted(found, key=lambda one: (one.valid_from, one.id))


def words_of_overlap(held: Held, others: Iterable[Held]) -> str:
    """What this one says, what the others say of the same days, and what to do."""
    body, role, decision = matter(held)
    what = f"what the {role.replace('-', ' ')} of {body} may decide ({decision.replace('_', ' ')})"
    said = "; ".join(f"{one.id}: {_limit(one)}" for one in others)
    return f"{what} is said twice of the same days. This one: {_limit(held)}. Recorded: {said}. End or correct one"


def told(one: Held) -> dict[str, Any]:
    """A limit for a program: its record, days and height."""
    return {
        "record": one.id,
        "valid_from": one.valid_from.isoformat(),
        "valid_to": one.valid_to.isoformat(),
        "limit_gbp": one.content.get("limit_gbp"),
        "jointly_with": one.content.get("jointly_with"),
    }


def _limit(one: Held) -> str:
    limit = one.content.get("limit_gbp")
    height = "without limit" if limit is None else f"up to GBP {limit:,}"
    other = f" with the {one.content['jointly_with']}" if one.content.get("jointly_with") else ""
    return f"{height}{other} from {one.valid_from}{_until(one.valid_to)}"


def _until(day: date) -> str:
    return "" if day == FOREVER else f" until before {day}"
