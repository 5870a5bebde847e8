"""What contracts hold back, year by year: a block releases nothing before its notice expires."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from concord_allocation.core.days import day_number, first_day, months_later
from concord_allocation.core.parts import Commitment

NEVER = 10**9
"""A day number after every plan."""


def commitment(contract: Mapping[str, Any], years: Sequence[str], line: int, line_name: str) -> Commitment:
    """floor[t] = value x mean over the days of year t of (1 - share released on the day), GBP downwards.

    What it comes to in a single year is that of the days on which it is in force.
    """
    steps = _steps(contract)
    floor = tuple(_held(contract, steps, year) for year in years)
    return Commitment(
        key=contract["key"],
        provider=contract["provider"],
        form=contract["form"],
        line=line,
        value=tuple(contract["values_gbp"].get(year, contract["value_gbp"]) for year in years),
        floor=floor,
        words=f"{FORMS[contract['form']]} with {contract['provider']} for {line_name}{_why(contract)}",
        source=contract["source"],
        statutory=contract["statutory"],
        weight=contract["relaxation_weight"],
    )


FORMS = {
    "national_tariff": "national tariff",
    "local_price": "local price",
    "block": "block contract",
    "cost_and_volume": "cost and volume contract",
    "grant": "grant",
}

MOVES_WITH_ACTIVITY = frozenset({"national_tariff", "local_price", "grant"})
"""Without steps of release nothing is committed: no activity, no payment."""


def notice_expires(contract: Mapping[str, Any]) -> str | None:
    """The day from which notice has been served in full; None where none was given."""
    given = contract["notice_given"]
    return None if given is None else months_later(given, contract["notice_months"])


def _why(contract: Mapping[str, Any]) -> str:
    told = []
    expires = notice_expires(contract)
    if contract["form"] == "block":
        told.append(
            "no notice has been given"
            if expires is None
            else f"notice expires on {expires}, nothing is released before"
        )
    if contract["begins"]:
        told.append(f"begins on {contract['begins']}")
    if contract["ends"]:
        told.append(f"ends on {contract['ends']}")
    told += [f"{step['share']:.0%} released from {step['day']}" for step in contract["releasable"]]
    return f" ({'; '.join(told)})" if told else ""


def _steps(contract: Mapping[str, Any]) -> list[tuple[int, float]]:
    """(day number, share released from then on), in order of days; before the first nothing is released."""
    stated = sorted((day_number(step["day"]), float(step["share"])) for step in contract["releasable"])
    expires = notice_expires(contract)
    free = NEVER if expires is None else day_number(expires)
    if contract["form"] == "block":
        steps = [(max(day, free), share) for day, share in stated] or [(free, 1.0)]
    elif contract["form"] in MOVES_WITH_ACTIVITY and not stated:
        steps = [(0, 1.0)]
    else:
        steps = stated
    return sorted(steps)


def _held(contract: Mapping[str, Any], steps: Sequence[tuple[int, float]], year: str) -> int:
    first, end = first_day(year), first_day(f"{int(year[:4]) + 1:04d}")
    start, over = _term(contract)
    start, over = max(first, start), min(end, over)
    held, day, released = 0.0, start, 0.0
    for at, share in steps:
        if at > day:
            upto = min(at, over)
            held += max(0, upto - day) * (1.0 - released)
            day = max(day, upto)
        released = max(released, share)
    held += max(0, over - day) * (1.0 - released)
    stated = contract["values_gbp"].get(year)
    of_days = end - first if stated is None else over - start
    if of_days <= 0:
        return 0
    value: int = contract["value_gbp"] if stated is None else stated
    return math.floor(value * held / of_days + 1e-6)


def _term(contract: Mapping[str, Any]) -> tuple[int, int]:
    """Day numbers: its first day, and the first one after it."""
    begins, ends = contract["begins"], contract["ends"]
    return (day_number(begins) if begins else -NEVER, day_number(ends) + 1 if ends else NEVER)
