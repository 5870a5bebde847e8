"""Benefit of spend along a concave curve."""

from collections.abc import Sequence

from concord_allocation.core.problem import Line
from concord_allocation.core.selection import EVERYTHING as EVERYTHING
from concord_allocation.core.selection import Selection as Selection


def benefit_of_spend(widths: Sequence[float], slopes: Sequence[float], spend: float) -> float:
    """Benefit of `spend` GBP on a concave curve: full segments first, then the rest of the next one."""
    total, left = 0.0, spend
    for width, slope in zip(widths, slopes, strict=True):
        if left <= 0:
            break
        total += slope * min(width, left)
        left -= width
    return total


def benefit_of_line(line: Line, t: int, spend: float) -> float:
    """Benefit of `spend` GBP on a line in year t, undiscounted, its cases done in the way that gives most per GBP."""
    on_cases = max(0.0, spend - line.fixed_cost[t]) * line.case_benefit_per_gbp(t)
    return benefit_of_spend(line.widths[t], line.slopes[t], spend) + on_cases


def slopes_around(widths: Sequence[float], slopes: Sequence[float], spend: float) -> tuple[float | None, float]:
    """Benefit per GBP of the last pound spent (None where nothing is spent) and of the next one."""
    start = 0.0
    last: float | None = None
    for width, slope in zip(widths, slopes, strict=True):
        if spend > start:
            last = slope
        if spend < start + width:
            return last, slope
        start += width
    return last, 0.0
