"""Bodies that merge, split and hand over: a graph of dated events with shares, followed as far as it goes.

Shares are exact fractions. What of a body no event passes on stays with it, whether it is in being or not: nothing is
lost on the way.
"""

import graphlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

BASES = ("published", "derived", "assumption")
"""What a share rests on, the strongest first. A chain is as strong as its weakest step."""

SHARES_ADD_UP_TO = Fraction(1, 1_000_000)
"""How far the shares of one whole may be from 1: they are given to six decimals and more."""


@dataclass(frozen=True, slots=True)
class Succession:
    """`share` of the predecessor (0..1) passes to the successor on a day; `basis` says what the share rests on."""

    predecessor: str
    successor: str
    kind: str
    on: date
    share: float
    basis: str = "published"
    note: str | None = None


class SuccessionCycleError(ValueError):
    """A body would succeed itself; names the bodies on the cycle."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a body reached another: a share of it, 0..1, and what that share rests on."""

    body: str
    share: Fraction
    basis: str


class Lineage:
    """Events, indexed once; SuccessionCycleError where they go round in a circle."""

    def __init__(self, events: Iterable[Succession]) -> None:
        self._days: dict[str, dict[date, list[Succession]]] = defaultdict(lambda: defaultdict(list))
        for event in events:
            self._days[event.predecessor][event.on].append(event)
        self._rank = {body: rank for rank, body in enumerate(_in_order(self._days))}

    def parts(self, body: str, since: date, on: date) -> tuple[Part, ...]:
        """The bodies that stand on the day `on` in the place of a body of the day `since`, by id; shares sum to 1.

        Transitive: 10G became part of 15D, and that of D4U1Y. Events count that come after `since`, and by `on`; one
        on the day itself has happened. A body that passed on a part answers for the rest, and later events pass that
        on: hub 13W gave parts of itself in 2016 and what was left in 2020.
        """
        held: dict[str, tuple[Fraction, str]] = {body: (Fraction(1), BASES[0])}
        ahead: list[tuple[date, int, str]] = []
        self._look_ahead(ahead, body, since, on, same_day=False)
        while ahead:
            day, _, current = heapq.heappop(ahead)
            if current not in held or (ahead and ahead[0] == (day, self._rank[current], current)):
                continue
            share, basis = held.pop(current)
            for successor, passed, rests_on in self._passed(current, day):
                before, others = held.get(successor, (Fraction(0), BASES[0]))
                held[successor] = before + share * passed, weakest(others, basis, rests_on)
                self._look_ahead(ahead, successor, day, on, same_day=successor != current)
        return tuple(Part(body, *held[body]) for body in sorted(held) if held[body][0])

    def _passed(self, body: str, day: date) -> list[tuple[str, Fraction, str]]:
        """(successor, share, basis) of what a body passes on on a day, and last what it keeps."""
        events = self._days[body][day]
        shares = [_exact(event.share) for event in events]
        whole = sum(shares, Fraction(0))
        if abs(whole - 1) <= SHARES_ADD_UP_TO or whole > 1:
            shares, kept = [share / whole for share in shares], Fraction(0)
        else:
            kept = 1 - whole
        found = [(event.successor, share, event.basis) for event, share in zip(events, shares, strict=True)]
        return [*found, (body, kept, weakest(*(event.basis for event in events)))] if kept else found

    def _look_ahead(
        self, ahead: list[tuple[date, int, str]], body: str, after: date, until: date, *, same_day: bool
    ) -> None:
        days = self._days.get(body)
        if days:
            following = [day for day in days if (day >= after if same_day else day > after) and day <= until]
            if following:
                heapq.heappush(ahead, (min(following), self._rank[body], body))

    def gone_on(self, body: str) -> date | None:
        """The day by which a body has passed on all of itself; None where it never does."""
        for day in sorted(self._days.get(body, ())):
            if all(successor != body for successor, _, _ in self._passed(body, day)):
                return day
        return None


def roll_forward(events: Iterable[Succession], body: str, on: date, since: date = date.min) -> dict[str, Fraction]:
    """The bodies that stand in a body's place on a day, with the share of it that reached each (`Lineage.parts`)."""
    return {part.body: part.share for part in Lineage(events).parts(body, since, on)}


def check_acyclic(events: Iterable[Succession]) -> None:
    """Raise SuccessionCycleError where some body would succeed itself."""
    Lineage(events)


def _in_order(days: Mapping[str, Mapping[date, Iterable[Succession]]]) -> list[str]:
    """Every body before those that follow it."""
    followed: dict[str, set[str]] = defaultdict(set)
    for predecessor, by_day in days.items():
        for events in by_day.values():
            for event in events:
                followed[event.successor].add(predecessor)
    try:
        return list(
            graphlib.TopologicalSorter({body: sorted(followed[body]) for body in sorted(followed)}).static_order()
        )
    except graphlib.CycleError as error:
        raise SuccessionCycleError(" -> ".join(error.args[1])) from None


def _exact(share: float) -> Fraction:
    """The fraction that was written: 0.333333, not the float beside it."""
    return Fraction(str(share))


def weakest(*bases: str) -> str:
    """What a figure rests on that rests on all of these."""
    return max(bases, key=lambda basis: BASES.index(basis) if basis in BASES else len(BASES))
