"""What an empty answer, or a code that is not held on the day, does not mean; and what to ask instead.

Pure. Primary care trusts, CCGs and integrated care boards each have a place on the days that they were or are in being,
and none on others; an office of theirs, such as a sub-ICB location, has none of its own. A map loaded by somebody else
may lack places of any of them.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from concord_contracts.identifiers import FOREVER
from concord_registry.wording import day
from concord_registry.world import GROUP_KINDS, Reference

INSTEAD = "/v1/commissioners"


def kin(reference: Reference, body: str) -> frozenset[str]:
    """The body, those that it took over from and those that took over from it."""
    after = {event.successor for event in reference.succession if event.predecessor == body}
    before = {event.predecessor for event in reference.succession if event.successor == body}
    return frozenset({body} | after | before)


def why_nothing(reference: Reference, body: str, elsewhere: Sequence[str]) -> str | None:
    """Why nothing is told of a body by place; None where it has one, or nobody near it ever had: then it is so.

    `elsewhere`: the places that the body and its kin have on any day.
    """
    held = reference.body(body)
    if not held.in_being(reference.as_of):
        days = _period(held.valid_from, held.valid_to)
        return f"{held.name} is not in being on {day(reference.as_of)}: its days are {days}."
    if reference.places_of_body.get(body) or not elsewhere:
        return None
    payer = reference.payer(body)
    if payer != body:
        where = ", ".join(reference.places_of_body.get(payer, ())) or "no place either"
        return (
            f"{held.name} is an office of {reference.name(payer)}, which answers in law: ask about that body ({payer}, "
            f"{where})."
        )
    return (
        f"{held.name} has no place on the map on {day(reference.as_of)}. That does not mean that it is responsible for "
        f"nothing: the law cannot be told by its places. {_ask(min(elsewhere))}"
    )


def why_no_places(reference: Reference) -> str | None:
    """Why the list of every group's place is empty on a day on which no group is on the map."""
    if any(place.kind in GROUP_KINDS for place in reference.places.values()):
        return None
    none = "No primary care trust, CCG or integrated care board"
    return f"{none} has a place on the map on {day(reference.as_of)}. {_ask('PLACE')}"


def not_on_the_map(periods: Sequence[tuple[date, date]]) -> str:
    """What to say after "unknown place on a day" of a place that is on the map on others; else empty."""
    if not periods:
        return ""
    when = ", ".join(_period(start, end) for start, end in _joined(periods))
    return f": it is on the map {when}; {INSTEAD} follows its people to the bodies of other days"


def _ask(place: str) -> str:
    return (
        f"Ask {INSTEAD} (`concord who STAGE --place {place}`) for the day with a stage and a place of any day: its "
        "people are followed to the bodies of the day."
    )


def _joined(periods: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for start, end in sorted(periods):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _period(start: date, end: date) -> str:
    return f"from {day(start)} on" if end >= FOREVER else f"from {day(start)} to {day(end - timedelta(days=1))}"
