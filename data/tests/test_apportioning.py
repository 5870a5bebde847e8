"""Parts add up to the whole, whatever the weights."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.compile.apportion import apportion, floor_text, millionths, rounded, share_text

weights = st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 10**9), min_size=1).filter(
    lambda found: any(found.values())
)


@given(st.integers(0, 10**12), weights)
def test_parts_sum_to_the_whole_and_lie_within_one_of_their_due(total: int, found: dict[str, int]) -> None:
    parts = apportion(total, found)
    assert sum(parts.values()) == total
    for key, part in parts.items():
        assert abs(part - Fraction(total * found[key], sum(found.values()))) < 1


@given(weights)
def test_the_order_of_the_weights_changes_nothing(found: dict[str, int]) -> None:
    assert millionths(found) == millionths(dict(reversed(found.items())))


def test_weights_that_cannot_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="no weight is positive"):
        apportion(5, {"a": 0})
    with pytest.raises(ValueError, match="negative"):
        apportion(5, {"a": 2, "b": -1})


def test_shares_and_decimals_as_text() -> None:
    assert share_text(1_000_000) == "1.000000"
    assert share_text(129_630) == "0.129630"
    assert floor_text(Fraction(2, 3), 4) == "0.6666"
    assert floor_text(Fraction(7), 4) == "7.0000"
    assert rounded(Fraction(5, 2)) == 3
