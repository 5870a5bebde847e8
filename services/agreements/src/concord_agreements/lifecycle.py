"""How an agreement lives: one table of transitions, and the state it gives on any day, as known at any moment.

Two things move an agreement. *Steps* are recorded events: drafted, approved, signed, notice given. *Passages* are days
that come by themselves: the first day in force, the last. Until the last signature only the record counts: a text is
sent or it is not, whatever day is asked about. From then on the day asked about counts: an agreement signed late with
effect from 1 April is in force from the day of its last signature, as known since that was recorded. Nothing runs at
midnight, because nothing is stored: the state is derived on every read.

`python -m concord_agreements.lifecycle` prints the table as a diagram (the README holds it, a test compares).
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from concord_contracts.agreements import State


class Step(StrEnum):
    """What people do; each is one recorded event."""

    DRAFTED = "drafted"
    REVISED = "revised"
    APPROVED = "approved"
    SENT = "sent"
    SIGNED = "signed"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"
    COMMITMENT_MOVED = "commitment-moved"
    NOTICE_GIVEN = "notice-given"
    END_CONSENTED = "end-consented"
    END_AGREED = "end-agreed"


class Passage(StrEnum):
    """What time does."""

    STARTS = "starts"
    RUNS_OUT = "runs-out"
    ENDS_AS_AGREED = "ends-as-agreed"


Trigger = Step | Passage


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table; `words` says when the row applies."""

    source: State | None
    trigger: Trigger
    target: State
    words: str


@dataclass(frozen=True, slots=True)
class Event:
    """A step as recorded: `at` when it became known, `effective_on` the day it takes effect in the world."""

    seq: int
    step: Step
    at: datetime
    effective_on: date
    version: int
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the signed text says about its own time; `ends` is the first day no longer in force."""

    starts: date
    ends: date
    notice_months: int


_ACTS = {
    Step.DRAFTED: "a first draft",
    Step.REVISED: "a new text",
    Step.APPROVED: "approval",
    Step.SENT: "sending for signature",
    Step.SIGNED: "signature",
    Step.CONCLUDED: "conclusion",
    Step.WITHDRAWN: "withdrawal",
    Step.COMMITMENT_MOVED: "moving a stage's commitment on",
    Step.NOTICE_GIVEN: "notice",
    Step.END_CONSENTED: "consent to an earlier end",
    Step.END_AGREED: "an earlier end",
}


class TransitionRefused(Exception):
    """The state does not allow the step; `allowed` names those it does."""

    def __init__(self, state: State | None, step: Trigger) -> None:
        self.state, self.step, self.allowed = state, step, steps_from(state)
        where = f"the agreement is {state.replace('-', ' ')}" if state else "there is no agreement yet"
        possible = ", ".join(_ACTS[Step(one)] for one in self.allowed) or "nothing more"
        act = _ACTS[Step(step)] if step in _ACTS else step.value
        super().__init__(f"{act[0].upper()}{act[1:]} is not possible: {where}. Possible now: {possible}.")


_UNSIGNED = (State.DRAFT, State.IN_APPROVAL, State.SENT, State.PART_SIGNED)
_BINDING = (State.IN_FORCE_LATER, State.IN_FORCE, State.NOTICE_GIVEN)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(None, Step.DRAFTED, State.DRAFT, "the first version is stored"),
    *(Transition(s, Step.REVISED, State.DRAFT, "a new version; approvals stay with the old one") for s in _UNSIGNED),
    Transition(State.DRAFT, Step.APPROVED, State.IN_APPROVAL, "the first body approves this text"),
    Transition(State.IN_APPROVAL, Step.APPROVED, State.IN_APPROVAL, "further bodies approve"),
    Transition(State.IN_APPROVAL, Step.SENT, State.SENT, "every party approved; lawful; no conflict"),
    Transition(State.SENT, Step.SIGNED, State.PART_SIGNED, "the first party signs"),
    Transition(State.PART_SIGNED, Step.SIGNED, State.PART_SIGNED, "further parties sign"),
    Transition(State.PART_SIGNED, Step.CONCLUDED, State.IN_FORCE_LATER, "the last party signs; no conflict"),
    *(Transition(s, Step.WITHDRAWN, State.WITHDRAWN, "the lead withdraws the text") for s in _UNSIGNED),
    Transition(State.IN_FORCE_LATER, Passage.STARTS, State.IN_FORCE, "the first day"),
    Transition(State.NOTICE_GIVEN, Passage.STARTS, State.NOTICE_GIVEN, "the first day, notice already given"),
    *(Transition(s, Step.COMMITMENT_MOVED, s, "a stage is funded, contracted or mobilised") for s in _BINDING),
    *(Transition(s, Step.NOTICE_GIVEN, State.NOTICE_GIVEN, "a party gives notice") for s in _BINDING),
    *(Transition(s, Step.END_CONSENTED, s, "a party consents to an earlier end") for s in _BINDING),
    *(Transition(s, Step.END_AGREED, s, "every party consents to the same earlier day") for s in _BINDING),
    *(Transition(s, Passage.RUNS_OUT, State.ENDED, "the end or the notice has come") for s in _BINDING),
    *(Transition(s, Passage.ENDS_AS_AGREED, State.TERMINATED, "the earlier agreed end has come") for s in _BINDING),
)
_NEXT = {(row.source, row.trigger): row.target for row in TRANSITIONS}

_DATED_STEPS = frozenset({Step.COMMITMENT_MOVED, Step.NOTICE_GIVEN, Step.END_CONSENTED, Step.END_AGREED})
"""Steps on a signed agreement; each counts from the day it takes effect."""


def next_state(state: State | None, trigger: Trigger) -> State:
    """The state after `trigger`; TransitionRefused where the table has no row."""
    try:
        return _NEXT[state, trigger]
    except KeyError:
        raise TransitionRefused(state, trigger) from None


def steps_from(state: State | None) -> list[str]:
    """The steps the table allows from `state`, in the table's order; `concluded` follows a signature by itself."""
    automatic = {Step.CONCLUDED, Step.END_AGREED}
    return [
        row.trigger.value
        for row in TRANSITIONS
        if row.source == state and isinstance(row.trigger, Step) and row.trigger not in automatic
    ]


def known(events: Iterable[Event], known_at: datetime) -> list[Event]:
    """The events recorded up to and including `known_at`, in the order of the record."""
    return sorted((event for event in events if event.at <= known_at), key=lambda event: event.seq)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the month's last day where it is shorter (31 Jan + 1 = 28 Feb)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_notice_day(ends: date, months: int) -> date:
    """The last day on which a notice of so many months still ends no later than `ends`, the first day no longer in
    force.
    """
    day = add_months(ends, -months)
    while add_months(day + timedelta(days=1), months) <= ends:
        day += timedelta(days=1)  # months differ in length: notices of several days can end on the same one
    return day


def period_in_force(events: Sequence[Event], terms: Terms) -> tuple[date, date]:
    """[first day in force, first day no longer in force), after notices and an agreed earlier end.

    Nobody has authority under a text that is not signed: it starts as agreed or with the last signature, whichever is
    later. The end never lies before the start.
    """
    starts = max([terms.starts, *(e.effective_on for e in events if e.step is Step.CONCLUDED)])
    ends = [terms.ends]
    ends += [add_months(e.effective_on, terms.notice_months) for e in events if e.step is Step.NOTICE_GIVEN]
    ends += [e.effective_on for e in events if e.step is Step.END_AGREED]
    return starts, max(starts, min(ends))


def state_on(events: Iterable[Event], terms: Terms, as_of: date, known_at: datetime) -> State | None:
    """The state on `as_of` as it was known at `known_at`; None before the agreement was known at all.

    `terms` are those of the version current at `known_at`.
    """
    recorded = known(events, known_at)
    state: State | None = None
    for event in recorded:
        if event.step not in _DATED_STEPS:
            state = next_state(state, event.step)
    if state is not State.IN_FORCE_LATER:
        return state
    for day, trigger in _calendar(recorded, terms):
        if day > as_of:
            break
        state = next_state(state, trigger)
        if state in (State.ENDED, State.TERMINATED):
            break
    return state


def _calendar(events: Sequence[Event], terms: Terms) -> list[tuple[date, Trigger]]:
    """What happens to a signed agreement, day by day; on one day the end comes first, then the start, then steps."""
    starts, until = period_in_force(events, terms)
    agreed = any(e.step is Step.END_AGREED and max(e.effective_on, starts) == until for e in events)
    rows: list[tuple[date, int, Trigger]] = [
        (until, 0, Passage.ENDS_AS_AGREED if agreed else Passage.RUNS_OUT),
        (starts, 1, Passage.STARTS),
    ]
    rows += [(e.effective_on, 2, e.step) for e in events if e.step in _DATED_STEPS]
    return [(day, trigger) for day, _, trigger in sorted(rows, key=lambda row: row[:2])]


def diagram() -> str:
    """The table as a Mermaid state diagram; passages of time are drawn with a clock."""
    lines = ["stateDiagram-v2"]
    for row in TRANSITIONS:
        source = row.source.value if row.source else "[*]"
        mark = "⏱ " if isinstance(row.trigger, Passage) else ""
        lines.append(f"    {source} --> {row.target.value}: {mark}{row.trigger.value}")
    sources = {row.source for row in TRANSITIONS}
    lines += [f"    {state.value} --> [*]" for state in State if state not in sources]
    return "\n".join(lines)


if __name__ == "__main__":
    print(diagram())
