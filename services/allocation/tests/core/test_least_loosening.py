"""The least loosening of each cause, from the problem's text alone: a small elastic programme written by hand.

Nothing of ours takes part but the refusal that is judged: variables, rows and what a unit of loosening counts are read
off the problems in `clashing` and the allocation model, section 6 (pounds; cases at what they cost; balances are firm).
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from services.allocation.tests.core.clashing import CLASHING
from services.allocation.tests.core.problems import refusal

GBP = 1.0
SCOPE, OPERATION, VISIT = 10.0, 50.0, 10.0
"""GBP a case."""
INF = float("inf")


class Elastic:
    """Variables that are not negative, rows between two bounds, and what a unit beyond a bound counts (None: firm)."""

    def __init__(self) -> None:
        self.whole: list[int] = []
        self.names: list[str] = []
        self.rows: list[tuple[dict[str, float], float, float, float | None]] = []

    def either(self, name: str) -> None:
        """A variable that is 0 or 1."""
        self.row({name: 1}, 0, 1)
        self.whole.append(self.names.index(name))

    def row(self, terms: dict[str, float], low: float, high: float, each: float | None = None) -> None:
        self.names += [name for name in terms if name not in self.names]
        self.rows.append((terms, low, high, each))

    def at_most(self, terms: dict[str, float], high: float, each: float = GBP) -> None:
        self.row(terms, -INF, high, each)

    def at_least(self, terms: dict[str, float], low: float, each: float = GBP) -> None:
        self.row(terms, low, INF, each)

    def least(self) -> float:
        """Least weighted GBP of loosening."""
        loose = [(k, sign) for k, (_, low, high, each) in enumerate(self.rows) if each is not None
                 for sign, bound in ((1.0, low), (-1.0, high)) if np.isfinite(bound)]  # fmt: skip
        size = len(self.names)
        matrix = np.zeros((len(self.rows), size + len(loose)))
        for k, (terms, *_) in enumerate(self.rows):
            for name, value in terms.items():
                matrix[k, self.names.index(name)] = value
        for j, (k, sign) in enumerate(loose):
            matrix[k, size + j] = sign
        whole = np.zeros(size + len(loose))
        whole[self.whole] = 1
        cost = [0.0] * size + [self.rows[k][3] for k, _ in loose]
        bounds = [row[1] for row in self.rows], [row[2] for row in self.rows]
        found = milp(cost, integrality=whole, constraints=LinearConstraint(matrix, *bounds))
        assert found.success
        return float(found.fun)


def floors(e: Elastic) -> None:
    e.at_most({"rich": 1, "poor": 1}, 100)
    e.at_least({"rich": 1}, 80)
    e.at_least({"poor": 1}, 70)


def pace(e: Elastic) -> None:
    """A tenth more than GBP 60 and 40."""
    e.at_most({"rich": 1, "poor": 1}, 100)
    e.at_most({"rich": 1}, 66)
    e.at_most({"poor": 1}, 44)
    e.at_least({"rich": 1}, 80)


def clinic(e: Elastic) -> None:
    """GBP 1,000 a year for scopes and operations."""
    for year in "12":
        e.at_most({f"scopes{year}": SCOPE, f"surgery{year}": OPERATION}, 1000)


def capacity(e: Elastic) -> None:
    """A quarter of a session a scope, so that a session lets scopes worth GBP 40 be done; all twelve are to be seen."""
    clinic(e)
    for year, supply in (("1", 1), ("2", 9)):
        e.at_most({f"scopes{year}": 0.25}, supply, SCOPE / 0.25)
        e.at_most({f"scopes{year}": 1}, 12, SCOPE)
        e.at_least({f"scopes{year}": 1}, 12, SCOPE)


def backlog(e: Elastic) -> None:
    """Three wait and sixty come; who is not operated on waits, at the end of the second year five at most."""
    clinic(e)
    e.row({"surgery1": 1, "waits1": 1}, 63, 63)
    e.row({"surgery2": 1, "waits2": 1, "waits1": -1}, 0, 0)
    e.at_most({"waits2": 1}, 5, OPERATION)


def nested(e: Elastic) -> None:
    """An operation needs ten scopes; a case of that rule counts at the mean of both."""
    clinic(e)
    for year in "12":
        e.at_most({f"surgery{year}": 1, f"scopes{year}": -0.1}, 0, (SCOPE + OPERATION) / 2)
        e.at_most({f"scopes{year}": 1}, 10, SCOPE)
    e.at_least({"surgery1": 1}, 5, OPERATION)


def contract(e: Elastic) -> None:
    for year, money in (("1", 100), ("2", 200)):
        e.at_most({f"care{year}": 1}, money)
        e.at_least({f"care{year}": 1}, 150)


def surplus(e: Elastic) -> None:
    for year in "12":
        e.at_most({f"care{year}": 1}, 100)
        e.at_most({f"care{year}": 1}, 90)
    e.at_least({"care1": 1}, 95)


def carrying(e: Elastic) -> None:
    e.at_most({"care1": 1, "kept": 1}, 100)
    e.at_most({"care2": 1, "kept": -1}, 0)
    e.at_most({"kept": 1}, 10)
    e.at_least({"care2": 1}, 30)


def fair(e: Elastic) -> None:
    """Ninety QALYs for each ten heads; a pound buys 3, 2 and 1, so that a QALY counts GBP 1/2 at their mean."""
    e.at_most({"north": 1, "south": 1, "west": 1}, 90)
    for place, bought in (("north", 3), ("south", 2), ("west", 1)):
        e.at_least({place: bought}, 90, 1 / 2)


def options(e: Elastic) -> None:
    """One option less than both counts at the mean of their costs."""
    e.either("a")
    e.either("b")
    e.at_most({"a": 60, "b": 70, "care": 1}, 100)
    e.row({"a": 1, "b": 1}, 2, 2, (60 + 70) / 2)


def volume(e: Elastic) -> None:
    e.either("a")
    e.at_most({"visits": VISIT, "a": 1}, 100)
    e.at_most({"visits": 1, "a": -3}, 0, VISIT)
    e.at_least({"visits": 1}, 5, VISIT)


def named(e: Elastic) -> None:
    e.at_most({"rich": 1, "poor": 1}, 100)
    e.at_most({"rich": 1}, 5)
    e.at_least({"rich": 1}, 20)


def saved(e: Elastic) -> None:
    e.at_most({"care1": 1}, 100)
    e.at_most({"care2": 1, "care1": -0.2}, 0)
    e.at_least({"care2": 1}, 30)


BY_HAND: dict[str, Callable[[Elastic], None]] = {
    "floors above the purse": floors,
    "a floor against a pace of change": pace,
    "a capacity below its demand": capacity,
    "a backlog that no money clears": backlog,
    "a nested service without its outer one": nested,
    "a contract above the purse": contract,
    "a rule of the year against a floor": surplus,
    "a carry-over too small for next year's floor": carrying,
    "fair floors above the purse": fair,
    "options that must be and cannot be paid": options,
    "a volume that its option may not have": volume,
    "a named variable held down": named,
    "money saved too little": saved,
}


@pytest.mark.parametrize("cause", CLASHING)
def test_no_smaller_loosening_makes_room_for_a_plan(cause: str) -> None:
    elastic = Elastic()
    BY_HAND[cause](elastic)
    assert refusal(CLASHING[cause][0]).relaxation_gbp == pytest.approx(elastic.least(), rel=1e-6)
