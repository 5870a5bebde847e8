"""What the best of one aim costs in another: points proven optimal, dominated ones gone."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of
from concord_allocation.questions.asking import Asking, Refused
from concord_allocation.questions.model import Model
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import FrontierAnswer, FrontierPoint, FrontierQuestion, PayerPounds

SAME = 1e-7
"""Relative difference of two values that is the solver's arithmetic."""


class _Point(NamedTuple):
    first: float
    second: float
    elsewhere: float
    payers: dict[str, float]

    @property
    def values(self) -> tuple[float, float]:
        return self.first, self.second


def frontier(problem: Problem, question: FrontierQuestion, seconds: float) -> FrontierAnswer:
    """Raises Refused, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    model = Model(problem, {"first": question.first, "second": question.second}, asking.seconds_left)
    if not model.is_feasible:
        asking.base()
    more = {"first": question.first.is_better_when_more, "second": question.second.is_better_when_more}
    ends = [_lexicographic(model, "first", "second", more), _lexicographic(model, "second", "first", more)]
    found = [ends[0], *_between(asking, model, ends, more, question.points), ends[1]]
    points = without_dominated(found, more["first"], more["second"])
    asking.solves += model.solves
    return _told(asking, model, question, points, len(found))


def _lexicographic(model: Model, one: str, other: str, more: dict[str, bool]) -> _Point:
    """The best of one aim, and the best of the other among its optima."""
    best = model.best(one, more=more[one])
    if best is None:
        raise Unanswered("no plan keeps every limit")
    _keep(model, one, best, more[one])
    model.best(other, more=more[other])
    point = _point(model)
    model.free(one)
    return point


def _point(model: Model) -> _Point:
    return _Point(model.value("first"), model.value("second"), model.elsewhere(), model.payers())


def _keep(model: Model, name: str, value: float, more: bool) -> None:
    if more:
        model.hold(name, at_least=value)
    else:
        model.hold(name, at_most=value)


def _between(
    asking: Asking, model: Model, ends: Sequence[_Point], more: dict[str, bool], points: int
) -> Iterator[_Point]:
    """Even steps of the second aim between its values at both ends; each with the best of the first."""
    steps = np.linspace(ends[0].second, ends[1].second, points)[1:-1].tolist()
    for number, step in enumerate(steps):
        try:
            asking.in_time()
            _keep(model, "second", step, more["second"])
            best = model.best("first", more=more["first"])
            if best is not None:
                _keep(model, "first", best, more["first"])
                model.best("second", more=more["second"])
        except Unanswered:
            asking.left_out.append(f"{len(steps) - number} of {points} points: there was no time for them")
            return
        if best is not None:
            yield _point(model)
        model.free("first")
        model.free("second")


def without_dominated(points: Sequence[_Point], more_first: bool, more_second: bool) -> list[_Point]:
    """Points that no other one beats, each once, in the order of the second aim from worst to best."""
    signs = (1.0 if more_first else -1.0, 1.0 if more_second else -1.0)
    scale = [max(1.0, *(abs(point.values[k]) for point in points)) for k in (0, 1)]

    def gains(a: _Point, b: _Point) -> list[float]:
        return [signs[k] * (a.values[k] - b.values[k]) / scale[k] for k in (0, 1)]

    kept: list[_Point] = []
    for point in sorted(points, key=lambda each: (signs[1] * each.second, signs[0] * each.first)):
        beaten = any(min(gains(other, point)) > -SAME and max(gains(other, point)) > SAME for other in points)
        if not beaten and not any(max(map(abs, gains(other, point))) <= SAME for other in kept):
            kept.append(point)
    return kept


def _told(
    asking: Asking, model: Model, question: FrontierQuestion, points: Sequence[_Point], found: int
) -> FrontierAnswer:
    names = {payer.key: payer.name for payer in asking.problem.payers}
    units = (model.functions["first"].unit, model.functions["second"].unit)
    rows = []
    for number, point in enumerate(points):
        before = points[number - 1] if number else None
        exchange = (point.first - before.first) / (point.second - before.second) if before else None
        payers = [PayerPounds(payer=key, name=names[key], gbp=round(gbp, 2)) for key, gbp in point.payers.items()]
        rows.append(
            FrontierPoint(
                first=point.first,
                second=point.second,
                elsewhere_benefit=point.elsewhere,
                proven=True,
                exchange=exchange,
                payers=payers,
            )
        )
    body = {"first_unit": units[0], "second_unit": units[1], "points": rows, "dominated": found - len(points)}
    content = body | {"points": [[point.first, point.second] for point in points]}
    named = (question.first.measure.replace("_", " "), question.second.measure.replace("_", " "))
    return FrontierAnswer(**asking.head(content, list(_sentences(points, units, named))), **body)


def _sentences(points: Sequence[_Point], units: tuple[str, str], named: tuple[str, str]) -> Iterator[str]:
    first, last = points[0], points[-1]
    if len(points) == 1:
        yield (
            f"The two aims do not conflict: one plan is best for both, {named[0]} {amount_of(first.first, units[0])} "
            f"and {named[1]} {amount_of(first.second, units[1])}."
        )
        return
    yield (
        f"From {named[0]} {amount_of(first.first, units[0])} with {named[1]} {amount_of(first.second, units[1])} "
        f"to {named[0]} {amount_of(last.first, units[0])} with {named[1]} {amount_of(last.second, units[1])}."
    )
    for a, b in ((points[0], points[1]), (points[-2], points[-1])):
        rate = abs((b.first - a.first) / (b.second - a.second))
        yield (
            f"Between {named[1]} {amount_of(a.second, units[1])} and {amount_of(b.second, units[1])}, one {units[1]} "
            f"of {named[1]} costs {amount_of(rate, units[0])} of {named[0]}."
        )


__all__ = ["Refused", "frontier", "without_dominated"]
