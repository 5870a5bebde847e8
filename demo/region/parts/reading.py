"""What a region's problem says of today: money, prices and cases, and whose purses they come from."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from concord_contracts.allocation import Change, Line, Problem, Purse

CHANGES: TypeAdapter[list[Change]] = TypeAdapter(list[Change])

PATIENTS_GROW = 0.03
"""A year; the first question assumes it too."""


def changes_of(told: Sequence[Mapping[str, Any]]) -> list[Change]:
    """As typed changes. Raises ValidationError."""
    return CHANGES.validate_python(told)


def years_of(problem: Problem) -> list[str]:
    return [year.key for year in problem.years]


def programmes(problem: Problem) -> Sequence[Purse]:
    """Groups' programme money for the pathway, most money first."""
    first = years_of(problem)[0]
    found = [purse for purse in problem.purses if purse.kind == "general"]
    return sorted(found, key=lambda purse: (-purse.amount_gbp[first], purse.key))


def lines_of(problem: Problem, *stages: str) -> list[Line]:
    return [line for line in problem.lines if line.stage in stages]


def line_of_place(problem: Problem, stage: str) -> dict[str, Line]:
    """The line of a stage in each place that has one."""
    return {line.place: line for line in lines_of(problem, stage)}


def spent(lines: Sequence[Line]) -> int:
    """GBP a year in the reference split."""
    return sum(part.gbp for line in lines for part in line.reference)


def unit_cost(problem: Problem, stage: str) -> float:
    """GBP a case, the first delivery mode's."""
    return next(line.modes[0].unit_cost_gbp for line in lines_of(problem, stage) if line.modes)


def cases(problem: Problem, stage: str) -> float:
    """What the reference split buys, a year."""
    return spent(lines_of(problem, stage)) / unit_cost(problem, stage)


def cases_of(line: Line) -> float:
    """What the reference split buys on one line, a year."""
    return spent([line]) / line.modes[0].unit_cost_gbp


def grown(base: float, rate: float, years: Sequence[str]) -> dict[str, float]:
    return {year: round(base * (1 + rate) ** number, 3) for number, year in enumerate(years)}


def name_of(problem: Problem, place: str) -> str:
    return problem.names.get(place, place)
