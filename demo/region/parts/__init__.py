"""What the study adds to a region's assembled problem: typed changes, each with a source or marked as an assumption.

Pure: from the problem as the service assembled it to the changes of one what-if after another (`STEPS`).

reading.py       what the problem says of today · money.py   growth, rules of the year, overspends, transfers
service.py       capacity, waits, who can be treated to cure, telephone · commitments.py   contracts, fairness
baseline.py      from outturn to baseline
investments.py   options, savings, a wish · pool.py   the section 75 agreement
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from concord_contracts.allocation import Change, Problem
from demo.region.parts.baseline import from_outturn
from demo.region.parts.commitments import commitments
from demo.region.parts.investments import divisible, investments
from demo.region.parts.money import boundary_shift, money
from demo.region.parts.pool import POOLED_STAGES, pool
from demo.region.parts.service import service


class Step(NamedTuple):
    """A what-if upon the one before; `then`: whether later ones stand on it."""

    key: str
    title: str
    changes: Callable[[Problem], Sequence[Change]]
    then: bool = True


STEPS = (
    Step("money", "The NHS's money grows, by the rules of the year", money),
    Step("service", "Scanners, lists, nurses, shorter waits, telephone", service),
    Step("commitments", "Contracts, reserves, leave to overspend, fairness", commitments),
    Step("investments", "Pilots, a telephone hub, ultrasound sets, savings, a wish", investments),
    Step("pool", "One pool before diagnosis", pool),
    Step("divisible", "The same, nothing bought whole", divisible, then=False),
    Step("boundary-shift", "Money moves to NHS England", boundary_shift, then=False),
)

__all__ = ["POOLED_STAGES", "STEPS", "Step", "from_outturn"]
