"""Any order of steps and any day asked about gives a state the table allows, and what was known stays known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord_agreements.lifecycle import (
    TRANSITIONS,
    Event,
    Passage,
    Step,
    Terms,
    TransitionRefused,
    add_months,
    next_state,
    period_in_force,
    state_on,
    steps_from,
)
from concord_contracts.agreements import State

TERMS = Terms(date(2014, 4, 1), date(2016, 4, 1), 6)
T0 = datetime(2014, 1, 1, 12, tzinfo=UTC)
DATED = {Step.COMMITMENT_MOVED, Step.NOTICE_GIVEN, Step.END_CONSENTED, Step.END_AGREED}


def history(*steps: Step | tuple[Step, date]) -> list[Event]:
    """Events a minute apart; a step without a day takes effect on 1 March 2014."""
    named = [step if isinstance(step, tuple) else (step, date(2014, 3, 1)) for step in steps]
    return [Event(n, step, T0 + timedelta(minutes=n), day, 1) for n, (step, day) in enumerate(named, 1)]


SIGNED = (Step.DRAFTED, Step.APPROVED, Step.APPROVED, Step.SENT, Step.SIGNED, Step.SIGNED, Step.CONCLUDED)
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@st.composite
def possible_histories(draw: st.DrawFn) -> list[Event]:
    """Random walks through the table: formation first, then dated steps on any days, in any order."""
    state: State | None = None
    steps: list[tuple[Step, date]] = []
    for _ in range(draw(st.integers(0, 14))):
        rows = [r for r in TRANSITIONS if r.source == state and isinstance(r.trigger, Step)]
        if not rows:
            break
        row = draw(st.sampled_from(rows))
        day = draw(st.dates(date(2013, 10, 1), date(2017, 1, 1)))
        steps.append((Step(row.trigger), day))
        state = row.target
    return history(*steps)


@given(possible_histories(), st.dates(date(2013, 1, 1), date(2018, 1, 1)), st.integers(0, 16))
def test_every_day_of_every_history_has_a_state_of_the_table(events: list[Event], as_of: date, minutes: int) -> None:
    known_at = T0 + timedelta(minutes=minutes)
    state = state_on(events, TERMS, as_of, known_at)
    recorded = [e for e in events if e.at <= known_at]
    assert (state is None) == (not recorded)
    if any(e.step is Step.CONCLUDED for e in recorded):
        assert state in {State.IN_FORCE_LATER, State.IN_FORCE, State.NOTICE_GIVEN, State.ENDED, State.TERMINATED}
    elif recorded:
        assert state in {State.DRAFT, State.IN_APPROVAL, State.SENT, State.PART_SIGNED, State.WITHDRAWN}


@given(possible_histories(), st.dates(date(2013, 1, 1), date(2018, 1, 1)), st.integers(0, 14), st.randoms())
def test_what_was_known_does_not_change_when_more_is_recorded(
    events: list[Event], as_of: date, minutes: int, random: object
) -> None:
    known_at = T0 + timedelta(minutes=minutes)
    before = state_on([e for e in events if e.at <= known_at], TERMS, as_of, known_at)
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert state_on(shuffled, TERMS, as_of, known_at) == before


@given(possible_histories())
def test_in_force_exactly_within_the_period(events: list[Event]) -> None:
    starts, until = period_in_force(events, TERMS)
    concluded = any(e.step is Step.CONCLUDED for e in events)
    for day in {starts, starts - timedelta(1), until, until - timedelta(1)}:
        in_force = state_on(events, TERMS, day, LATER) in {State.IN_FORCE, State.NOTICE_GIVEN}
        within = starts <= day < until
        noticed = any(e.step is Step.NOTICE_GIVEN and e.effective_on <= day for e in events)
        assert in_force == (concluded and (within or (noticed and day < until)))


def test_the_last_signature_brings_it_into_force_on_its_first_day() -> None:
    events = history(*SIGNED)
    assert state_on(events, TERMS, date(2014, 3, 31), LATER) is State.IN_FORCE_LATER
    assert state_on(events, TERMS, date(2014, 4, 1), LATER) is State.IN_FORCE
    assert state_on(events, TERMS, date(2016, 3, 31), LATER) is State.IN_FORCE
    assert state_on(events, TERMS, date(2016, 4, 1), LATER) is State.ENDED


def test_nobody_has_authority_before_the_last_signature() -> None:
    events = history(*SIGNED[:-1], (Step.CONCLUDED, date(2014, 6, 10)))
    assert state_on(events, TERMS, date(2014, 6, 9), LATER) is State.IN_FORCE_LATER
    assert state_on(events, TERMS, date(2014, 6, 10), LATER) is State.IN_FORCE


def test_notice_ends_it_for_all_when_the_months_have_run() -> None:
    events = history(*SIGNED, (Step.NOTICE_GIVEN, date(2014, 8, 31)))
    assert state_on(events, TERMS, date(2014, 8, 30), LATER) is State.IN_FORCE
    assert state_on(events, TERMS, date(2014, 8, 31), LATER) is State.NOTICE_GIVEN
    assert state_on(events, TERMS, date(2015, 2, 28), LATER) is State.ENDED


def test_an_earlier_end_agreed_by_all_comes_before_the_notice() -> None:
    events = history(*SIGNED, (Step.NOTICE_GIVEN, date(2014, 8, 31)), (Step.END_AGREED, date(2014, 10, 1)))
    assert state_on(events, TERMS, date(2014, 9, 30), LATER) is State.NOTICE_GIVEN
    assert state_on(events, TERMS, date(2014, 10, 1), LATER) is State.TERMINATED


def test_nothing_was_known_before_it_was_recorded() -> None:
    assert state_on(history(*SIGNED), TERMS, date(2014, 6, 1), T0) is None


@pytest.mark.parametrize("state", [None, *State])
@pytest.mark.parametrize("step", list(Step))
def test_each_state_and_step_is_allowed_by_a_row_or_refused(state: State | None, step: Step) -> None:
    rows = [row for row in TRANSITIONS if row.source == state and row.trigger == step]
    if rows:
        assert next_state(state, step) is rows[0].target
    else:
        with pytest.raises(TransitionRefused) as refused:
            next_state(state, step)
        assert refused.value.allowed == steps_from(state)


def test_the_table_is_sound() -> None:
    keys = [(row.source, row.trigger) for row in TRANSITIONS]
    assert len(keys) == len(set(keys)), "two rows for one situation"
    reached = {row.target for row in TRANSITIONS}
    assert reached == set(State), "a state nothing leads to"
    final = {state for state in State if not any(row.source is state for row in TRANSITIONS)}
    assert final == {State.ENDED, State.TERMINATED, State.WITHDRAWN}
    binding = {row.source for row in TRANSITIONS if row.trigger is Passage.RUNS_OUT}
    assert not any(row.trigger is Step.REVISED for row in TRANSITIONS if row.source in binding)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2014, 8, 31), 6, date(2015, 2, 28)),
        (date(2015, 8, 31), 6, date(2016, 2, 29)),
        (date(2014, 12, 15), 1, date(2015, 1, 15)),
        (date(2014, 1, 1), 12, date(2015, 1, 1)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then
