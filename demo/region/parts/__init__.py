"""What the study adds to a region's assembled problem: typed changes, each with a source or marked as an assumption.

Pure: from the problem as the service assembled it to the changes of one what-if after another (`STEPS`).

reading.py       what the problem says of today · money.py   growth, rules of the year, overspends, transfers
service.py       capacity, waits, who can be treated to cure, telephone · commitments.py   contracts, fairness
investments.py   options, savings, a wish · pool.py   the section 75 agreement
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from concord_contracts.allocation import Change, Problem
from demo.region.parts.commitments import commitments
from demo.region.parts.investments import investments
from demo.region.parts.money import boundary_shift, growth, rules_of_the_year
from demo.region.parts.pool import POOLED_STAGES, pool
from demo.region.parts.service import capacity, telephone


class Step(NamedTuple):
    """A what-if upon the one before; `then`: whether later ones stand on it."""

    key: str
    title: str
    changes: Callable[[Problem], Sequence[Change]]
    then: bool = True


STEPS = (
    Step("growth", "The NHS's money grows", growth),
    Step("rules", "The rules of the year, and what lung may take", rules_of_the_year),
    Step("capacity", "Scanners, bronchoscopy, nurses, shorter waits", capacity),
    Step("telephone", "Follow-up by telephone beside clinics", telephone),
    Step("commitments", "Contracts, reserves, leave to overspend, fairness", commitments),
    Step("investments", "Pilots, a telephone hub, ultrasound sets, savings, a wish", investments),
    Step("pool", "One pool before diagnosis", pool),
    Step("boundary-shift", "Money moves to NHS England", boundary_shift, then=False),
)

__all__ = ["POOLED_STAGES", "STEPS", "Step"]
