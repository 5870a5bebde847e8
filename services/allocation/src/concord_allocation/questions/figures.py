"""Figures with a stated low and high, and the problem with other values in their place.

Figures of the same kind and stage with the same value and range are one figure that several places use.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from concord_contracts.allocation import Problem
from concord_contracts.allocation.problem import Curve, Mode
from concord_contracts.allocation.questions import FigureKind


@dataclass(frozen=True)
class Figure:
    """`low` and `high` as multiples of its value; `where`: what it is written on. `weight`: GBP that rest on it."""

    key: str
    name: str
    kind: FigureKind
    low: float
    high: float
    where: tuple[tuple[str, ...], ...]
    weight: float


def figures_of(problem: Problem) -> list[Figure]:
    """Every figure with a range, the weightiest first: by pounds that rest on it times the width of its range."""
    found = [*_purses(problem), *_costs(problem), *_curves(problem), *_benefits(problem)]
    return sorted(found, key=lambda figure: (-figure.weight * (figure.high - figure.low), figure.key))


def with_values(problem: Problem, factors: Mapping[Figure, float]) -> Problem:
    """The problem with figures at these multiples of their values.

    Purses in whole pounds. A curve's slopes go together, each by its own range: at its low all are, at its high all
    are; where they would rise, the earlier one counts, for a curve stays concave.
    """
    purses: dict[str, float] = {}
    modes: dict[tuple[str, ...], float] = {}
    worth: dict[tuple[str, ...], float] = {}
    curves: dict[str, tuple[Figure, float]] = {}
    for figure, factor in factors.items():
        match figure.kind:
            case "purse amount":
                purses |= {where[0]: factor for where in figure.where}
            case "unit cost":
                modes |= dict.fromkeys(figure.where, factor)
            case "benefit of a case":
                worth |= dict.fromkeys(figure.where, factor)
            case "benefit curve":
                curves |= {where[0]: (figure, factor) for where in figure.where}
    changed: dict[str, Any] = {}
    if purses:
        changed["purses"] = [
            purse
            if purse.key not in purses
            else purse.model_copy(
                update={"amount_gbp": {y: round(gbp * purses[purse.key]) for y, gbp in purse.amount_gbp.items()}}
            )
            for purse in problem.purses
        ]
    if modes or worth:
        changed["lines"] = [
            line.model_copy(
                update={
                    "modes": [
                        mode.model_copy(
                            update={
                                "unit_cost_gbp": mode.unit_cost_gbp * modes.get((line.key, mode.key), 1.0),
                                "benefit": mode.benefit * worth.get((line.key, mode.key), 1.0),
                            }
                        )
                        for mode in line.modes
                    ]
                }
            )
            for line in problem.lines
        ]
    if curves:
        changed["curves"] = [
            curve if curve.key not in curves else _bent(curve, *curves[curve.key]) for curve in problem.curves
        ]
    return problem.model_copy(update=changed)


APART = 1 - 1e-9
"""Slopes that would meet stay this far apart, so that the curve keeps its segments."""


def _bent(curve: Curve, figure: Figure, factor: float) -> Curve:
    """`factor` between the figure's low and high says how far each slope goes towards its own."""
    segments = []
    last = float("inf")
    for segment in curve.segments:
        low = segment.slope if segment.slope_low is None else segment.slope_low
        high = segment.slope if segment.slope_high is None else segment.slope_high
        if factor < 1:
            part = (1 - factor) / (1 - figure.low) if figure.low < 1 else 0.0
            slope = segment.slope - part * (segment.slope - low)
        else:
            part = (factor - 1) / (figure.high - 1) if figure.high > 1 else 0.0
            slope = segment.slope + part * (high - segment.slope)
        last = min(last * APART, slope)
        segments.append(segment.model_copy(update={"slope": last}))
    return curve.model_copy(update={"segments": segments})


def _purses(problem: Problem) -> list[Figure]:
    found = []
    for purse in problem.purses:
        amounts = [purse.amount_gbp[year.key] for year in problem.years if purse.amount_gbp.get(year.key)]
        low, high = purse.provenance.low, purse.provenance.high
        if amounts and low is not None and high is not None and low < high:
            ends = (min(1.0, max(0.0, low / amounts[0])), max(1.0, high / amounts[0]))
            key = f"purse/{purse.key}"
            found.append(Figure(key, f"money of {purse.name}", "purse amount", *ends, ((purse.key,),), sum(amounts)))
    return found


def _costs(problem: Problem) -> list[Figure]:
    def ranged(mode: Mode) -> Range | None:
        low, high = mode.provenance.low, mode.provenance.high
        return (mode.unit_cost_gbp, low, high) if low is not None and high is not None and 0 < low < high else None

    return _of_modes(problem, "unit cost", "cost", ranged)


def _benefits(problem: Problem) -> list[Figure]:
    def ranged(mode: Mode) -> Range | None:
        low = mode.benefit if mode.benefit_low is None else mode.benefit_low
        high = mode.benefit if mode.benefit_high is None else mode.benefit_high
        return (mode.benefit, low, high) if mode.benefit > 0 and low < high else None

    return _of_modes(problem, "benefit of a case", "benefit", ranged)


type Range = tuple[float, float, float]
"""A figure, its low and its high."""


def _of_modes(problem: Problem, kind: FigureKind, word: str, ranged: Callable[[Mode], Range | None]) -> list[Figure]:
    """Figures of delivery modes; of a stage's modes of one name those with one value and range are one figure."""
    alike: dict[tuple[str, str, str, float, float, float], list[tuple[str, str]]] = {}
    spent: dict[tuple[str, str, str, float, float, float], float] = {}
    for line in problem.lines:
        paid = _paid(problem, line)
        for mode in line.modes:
            found = ranged(mode)
            if found is not None:
                one = (line.pathway, line.stage, mode.name, *found)
                alike.setdefault(one, []).append((line.key, mode.key))
                spent[one] = spent.get(one, 0.0) + paid / len(line.modes)
    return [
        Figure(
            f"{word}/{one[0]}/{one[1]}/{one[2]}/{one[3]:g}/{one[4]:g}/{one[5]:g}",
            f"{word} of a {one[2]}",
            kind,
            min(1.0, one[4] / one[3]),
            max(1.0, one[5] / one[3]),
            tuple(where),
            spent[one],
        )
        for one, where in alike.items()
    ]


def _curves(problem: Problem) -> list[Figure]:
    used: dict[str, tuple[set[str], float]] = {}
    for line in problem.lines:
        if line.curve is not None:
            stages, paid = used.get(line.curve, (set(), 0.0))
            used[line.curve] = (stages | {line.stage}, paid + _paid(problem, line))
    alike: dict[tuple[Any, ...], list[str]] = {}
    for curve in problem.curves:
        ranged = [s for s in curve.segments if s.slope_low is not None or s.slope_high is not None]
        if ranged and curve.key in used:
            slopes = tuple((s.slope, s.slope_low, s.slope_high) for s in curve.segments)
            alike.setdefault((tuple(sorted(used[curve.key][0])), slopes), []).append(curve.key)
    found = []
    for (stages, slopes), keys in alike.items():
        slope, low, high = next((s for s in slopes if (s[1] is not None or s[2] is not None) and s[0] > 0), (0, 0, 0))
        if slope > 0:
            least, most = (slope if end is None else end for end in (low, high))
            ends = (min(1.0, least / slope), max(1.0, most / slope))
            named = " and ".join(problem.names.get(stage, stage) for stage in stages)
            weight = sum(used[key][1] for key in keys)
            places = tuple((key,) for key in keys)
            found.append(Figure(f"curve/{keys[0]}", f"benefit of {named}", "benefit curve", *ends, places, weight))
    return found


def _paid(problem: Problem, line: Any) -> float:
    years = len(problem.years)
    return float(sum(payment.gbp * (1 if payment.year else years) for payment in line.reference))
