"""Bodies that merge and split, followed as far as it goes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord_registry.succession import Succession, SuccessionCycleError, check_acyclic, roll_forward


def event(predecessor: str, successor: str, on: str, share: float = 1.0) -> Succession:
    return Succession(predecessor, successor, "merger", date.fromisoformat(on), share)


CHAIN = [
    event("ods:10G", "ods:15D", "2018-04-01"),
    event("ods:10H", "ods:15D", "2018-04-01"),
    event("ods:15D", "ods:D4U1Y", "2021-04-01", 0.75),
    event("ods:15D", "ods:92A", "2021-04-01", 0.25),
]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2018-03-31", {"ods:10G": 1.0}),
        ("2018-04-01", {"ods:15D": 1.0}),
        ("2021-03-31", {"ods:15D": 1.0}),
        ("2021-04-01", {"ods:92A": 0.25, "ods:D4U1Y": 0.75}),
    ],
)
def test_a_body_rolls_to_those_that_stand_in_its_place_on_the_day(on: str, expected: dict[str, float]) -> None:
    assert roll_forward(CHAIN, "ods:10G", date.fromisoformat(on)) == expected


def test_a_body_without_events_answers_for_itself() -> None:
    assert roll_forward(CHAIN, "ods:02A", date(2022, 7, 1)) == {"ods:02A": 1.0}


def test_a_body_that_passes_only_a_part_on_keeps_the_rest() -> None:
    assert roll_forward([event("ods:A", "ods:B", "2015-04-01", 0.4)], "ods:A", date(2016, 1, 1)) == pytest.approx(
        {"ods:A": 0.6, "ods:B": 0.4}
    )


def test_a_body_cannot_succeed_itself() -> None:
    check_acyclic(CHAIN)
    with pytest.raises(SuccessionCycleError, match="ods:15D"):
        check_acyclic([*CHAIN, event("ods:D4U1Y", "ods:15D", "2022-07-01")])


@given(st.permutations(CHAIN), st.dates(date(2017, 1, 1), date(2023, 1, 1)))
def test_nothing_is_lost_and_the_order_of_events_does_not_matter(events: list[Succession], on: date) -> None:
    found = roll_forward(events, "ods:10H", on)
    assert found == roll_forward(CHAIN, "ods:10H", on)
    assert sum(found.values()) == pytest.approx(1)
