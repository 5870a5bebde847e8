"""Problem documents for the optimiser's core that strain it: any magnitude, units that contradict each other.

`wild` documents are of the contract's shape and range, as the service hands them to the core. `wilder` ones have the
shape alone: a number is whatever a float holds, as after arithmetic that nobody bounded.
"""

from collections.abc import Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from concord_contracts.allocation import EXAMPLE_PROBLEM, Problem
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.generated_parts import later_problems
from services.allocation.tests.core.problems import make_limit
from tests.fuzz.bending import bent, spots

TINIEST = 5e-324
POWERS_IN_RANGE = (-300, -30, -15, -12, -9, -6, -3, 3, 6, 9)
POWERS = (*POWERS_IN_RANGE, 12, 15, 30, 150, 300)
MAX_RESCALED = 5
MAGNITUDES = (
    *(sign * 10.0**power for power in (-300, -150, -30, -12, -6, 0, 6, 9, 12, 15, 30, 150, 300) for sign in (1, -1)),
    *(sign * 10**power for power in (0, 3, 9, 12, 18, 19, 300) for sign in (1, -1)),
    0,
    0.0,
    TINIEST,
    1.7976931348623157e308,
)
UNITS = (None, "GBP", "work-up", "case", "QALY", "%")
MEASURES = ("spend", "direct_spend", "contribution", "burden", "activity")
SELECTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"stages": ["imaging"]},
    {"lines": ["nurses"]},
    {"payers": ["ccg-a"]},
    {"purses": ["fenced"]},
    {"funds": ["pot"]},
    {"modes": ["ward"]},
    {"places": ["north"], "payers": ["council"]},
)


@st.composite
def _limits(draw: st.DrawFn, key: str) -> dict[str, Any]:
    """Pounds and cases in one sum, under a unit that need not be that of either."""
    terms = [
        {
            "select": draw(st.sampled_from(SELECTIONS)),
            "measure": draw(st.sampled_from(MEASURES)),
            "coefficient": draw(st.sampled_from((1.0, -1.0, -0.3, 1e-9, 1e9))),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    bounds = draw(
        st.sampled_from(
            ({"at_least": 100}, {"at_most": 100}, {"equal": 0}, {"equal": 50}, {"at_least": 5, "at_most": 5})
        )
    )
    rest = {"unit": draw(st.sampled_from(UNITS)), "statutory": draw(st.booleans()), "per_year": draw(st.booleans())}
    return make_limit(key, *terms, **bounds, **rest)


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, Any]:
    """A problem as sent, some of its numbers of another magnitude, some of its members elsewhere."""
    made: dict[str, Any] = draw(st.one_of(problems(), later_problems())) if draw(st.integers(0, 9)) else EXAMPLE_PROBLEM
    contradicting = [draw(_limits(f"contradiction-{n}")) for n in range(draw(st.integers(0, 2)))]
    made = _rescaled(draw, made | {"limits": [*made.get("limits", ()), *contradicting]}, POWERS_IN_RANGE)
    return bent(draw, made, MAGNITUDES) if draw(st.booleans()) else made


def _rescaled(draw: st.DrawFn, document: dict[str, Any], powers: Sequence[int]) -> dict[str, Any]:
    """The document with up to MAX_RESCALED of its numbers, each times a power of ten of its own."""
    made = deepcopy(document)
    numbers = [(within, at) for within, at in spots(made) if type(within[at]) in (int, float)]
    for _ in range(draw(st.integers(0, MAX_RESCALED))):
        within, at = numbers[draw(st.integers(0, len(numbers) - 1))]
        power = draw(st.sampled_from(powers))
        number = within[at]
        within[at] = int(Decimal(number).scaleb(power)) if type(number) is int else _scaled(number, power)
    return made


def _scaled(number: float, power: int) -> float:
    """Never 0: that would be another sign, not another magnitude."""
    return number * 10.0**power or (TINIEST if number else 0.0)


def _completed(document: Any) -> dict[str, Any] | None:
    """With every default, as the core gets it; None for what is not of the contract's shape and range."""
    try:
        return Problem.model_validate(document).model_dump(mode="json")
    except ValidationError:
        return None


@st.composite
def _wilder(draw: st.DrawFn) -> dict[str, Any]:
    return _rescaled(draw, draw(in_range), POWERS)


in_range = _documents().map(_completed).filter(lambda document: document is not None)
out_of_range = _wilder()
