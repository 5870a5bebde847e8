"""Whether something that is held has an end that nothing follows: alike for roles and for limits of authority. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from concord_contracts.registry import RecordView

SOON = timedelta(days=90)
"""How far ahead an end, or the last day for notice, is told: a quarter, in which a body can still act."""


def last_held[R: RecordView](holding: Sequence[R]) -> date | None:
    """The first day on which none of those that hold on the day does; None where none holds."""
    return max((one.valid_to for one in holding), default=None)


def goes_on[R: RecordView](ever: Sequence[R], holding: Sequence[R], today: date, follows: Callable[[R], bool]) -> bool:
    """Whether it is held today and beyond SOON, or followed on the day that it ends."""
    last = last_held(holding)
    if last is None:
        return False
    return last > today + SOON or any(follows(one) and one.valid_from <= last < one.valid_to for one in ever)
