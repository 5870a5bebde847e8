"""Which figures matter: each at its low and high, one at a time; and all at once, drawn from their ranges."""

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np

from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of, pounds
from concord_allocation.questions.asking import Asking, told_elsewhere
from concord_allocation.questions.draws import Planned, Planner
from concord_allocation.questions.figures import Figure, figures_of, with_values
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import (
    Bar,
    FigureKind,
    LineFunded,
    MonteCarloAnswer,
    MonteCarloQuestion,
    PayerShare,
    Spread,
    TornadoAnswer,
    TornadoQuestion,
)

TOLD = 6
FUNDED = 0.5
"""GBP over all years from which a line counts as funded."""
ROBUST = ((1.0, "always"), (0.95, "nearly always"), (0.5, "mostly"), (1e-12, "rarely"))
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def _base(asking: Asking, planner: Planner) -> Planned:
    found = planner.plan(asking.problem, asking.seconds_left)
    if found is None:
        asking.base()
        raise Unanswered("no plan keeps every limit")
    return found


def tornado(problem: Problem, question: TornadoQuestion, seconds: float) -> TornadoAnswer:
    """Raises Refused, InvalidProblem, Unanswered."""
    asking, planner = Asking(problem, seconds), Planner()
    base = _base(asking, planner)
    figures = [figure for figure in figures_of(problem) if figure.kind in question.kinds]
    chosen = figures[: question.most]
    if len(figures) > len(chosen):
        asking.left_out.append(
            f"{len(figures) - len(chosen)} figures of less weight, beyond the {question.most} asked for"
        )
    names = {payer.key: payer.name for payer in problem.payers}
    bars: list[Bar] = []
    for number, figure in enumerate(chosen):
        try:
            asking.in_time()
            ends = [
                planner.plan(with_values(problem, {figure: end}), asking.seconds_left)
                for end in (figure.low, figure.high)
            ]
        except Unanswered:
            asking.left_out.append(f"{len(chosen) - number} figures of less weight: there was no time for them")
            break
        bars.append(_bar(figure, base, ends, names))
    asking.solves += planner.solves
    bars.sort(key=lambda bar: (-bar.swing, bar.figure))
    body = {
        "benefit": base.benefit,
        "elsewhere_benefit": base.elsewhere,
        "benefit_unit": problem.benefit_unit,
        "bars": bars,
    }
    content = body | {"bars": [bar.model_dump() for bar in bars]}
    told = [*_told(bars, problem.benefit_unit), *told_elsewhere(base.elsewhere, problem.benefit_unit)]
    return TornadoAnswer(**asking.head(content, told), **body)


def _bar(figure: Figure, base: Planned, ends: Sequence[Planned | None], names: dict[str, str]) -> Bar:
    values = [end.benefit for end in ends if end is not None]
    span = [*values, base.benefit]
    moves = {
        payer: max((abs(end.payers[payer] - base.payers[payer]) for end in ends if end is not None), default=0.0)
        for payer in base.payers
    }
    most = max(moves, key=lambda payer: (moves[payer], payer), default=None)
    moved = round(moves[most]) if most is not None else 0
    low, high = (None if end is None else end.benefit for end in ends)
    return Bar(
        figure=figure.name,
        kind=figure.kind,
        places=len(figure.where),
        low=figure.low,
        high=figure.high,
        at_low=low,
        at_high=high,
        swing=max(span) - min(span),
        moved_gbp=moved,
        moved_payer=names[most] if most is not None and moved else None,
    )


def _told(bars: Sequence[Bar], unit: str) -> list[str]:
    if not bars:
        return ["No figure of this problem has a stated low and high."]
    told = []
    for bar in bars[:TOLD]:
        where = f" ({bar.places} places use it)" if bar.places > 1 else ""
        ends = [
            f"at {factor:.0%} of its value "
            + ("no plan keeps every limit" if value is None else amount_of(value, unit))
            for factor, value in ((bar.low, bar.at_low), (bar.high, bar.at_high))
        ]
        moved = f"; {bar.moved_payer}'s bill changes by up to {pounds(bar.moved_gbp)}" if bar.moved_payer else ""
        told.append(f"{bar.figure}{where}: {ends[0]}, {ends[1]}{moved}.")
    return told


def monte_carlo(problem: Problem, question: MonteCarloQuestion, seconds: float) -> MonteCarloAnswer:
    """Raises Refused, InvalidProblem, Unanswered."""
    asking, planner = Asking(problem, seconds), Planner()
    base = _base(asking, planner)
    chosen = [figure for figure in figures_of(problem) if figure.kind in question.kinds]
    figures = sorted(chosen, key=lambda figure: figure.key)
    made: list[Planned | None] = []
    for number in range(question.draws):
        try:
            asking.in_time()
            made.append(planner.plan(with_values(problem, draw(figures, question.seed, number)), asking.seconds_left))
        except Unanswered:
            asking.left_out.append(f"{question.draws - number} of {question.draws} draws: there was no time for them")
            break
    asking.solves += planner.solves
    plans = [plan for plan in made if plan is not None]
    lines = _lines(problem, plans)
    payers = _payers(problem, base, plans)
    body = {
        "seed": question.seed,
        "figures": len(figures),
        "draws": len(made),
        "without_plan": len(made) - len(plans),
        "base_benefit": base.benefit,
        "elsewhere_benefit": base.elsewhere,
        "benefit": spread([plan.benefit for plan in plans]),
        "benefit_unit": problem.benefit_unit,
        "lines": lines,
        "payers": payers,
    }
    told = [
        *_told_of_draws(problem, question.kinds, body, lines, payers),
        *told_elsewhere(base.elsewhere, problem.benefit_unit),
    ]
    content = {key: _dumped(value) for key, value in body.items()}
    return MonteCarloAnswer(**asking.head(content, told), **body)


def draw(figures: Sequence[Figure], seed: int, number: int) -> dict[Figure, float]:
    """The values of one draw: the same for the same seed and number, however many draws there are."""
    random = np.random.default_rng([seed, number])
    return {
        figure: float(random.triangular(figure.low, min(max(1.0, figure.low), figure.high), figure.high))
        if figure.low < figure.high
        else figure.low
        for figure in figures
    }


def spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    return Spread(**dict(zip(("p5", "p25", "p50", "p75", "p95"), np.quantile(values, QUANTILES).tolist(), strict=True)))


def _lines(problem: Problem, plans: Sequence[Planned]) -> list[LineFunded]:
    if not plans:
        return []
    years = len(problem.years)
    rows = []
    for line in problem.lines:
        had = sum(payment.gbp * (1 if payment.year else years) for payment in line.reference)
        amounts = np.array([plan.lines[line.key] for plan in plans])
        funded, kept = float((amounts > FUNDED).mean()), float((amounts >= had - FUNDED).mean())
        robust = next((words for least, words in ROBUST if funded >= least), "never")
        rows.append(LineFunded(line=line.key, name=line.name or line.key, funded=funded, kept=kept, robustness=robust))
    return sorted(rows, key=lambda row: (-row.funded, -row.kept, row.line))


def _payers(problem: Problem, base: Planned, plans: Sequence[Planned]) -> list[PayerShare]:
    rows = []
    for payer in problem.payers:
        shares = [plan.payers[payer.key] / (sum(plan.payers.values()) or 1.0) for plan in plans]
        found = spread(shares)
        if found is not None:
            before = base.payers[payer.key] / (sum(base.payers.values()) or 1.0)
            rows.append(PayerShare(payer=payer.key, name=payer.name, base=before, share=found))
    return sorted(rows, key=lambda row: (row.share.p5 - row.share.p95, row.payer))


def _told_of_draws(
    problem: Problem,
    kinds: Sequence[FigureKind],
    body: Mapping[str, object],
    lines: Sequence[LineFunded],
    payers: Sequence[PayerShare],
) -> list[str]:
    unit, benefit = problem.benefit_unit, body["benefit"]
    told = [
        f"{body['draws']} draws of {body['figures']} figures with a stated range ({', '.join(kinds)}), seed "
        f"{body['seed']}; {body['without_plan']} of them leave no plan."
    ]
    if kept := [kind for kind in get_args(FigureKind) if kind not in kinds]:
        told.append(f"Not drawn: {', '.join(kept)}.")
    if not body["figures"]:
        told.append("No figure of these kinds has a stated low and high: each draw is the plan as it stands.")
        return told
    if body["without_plan"]:
        told.append(
            "A draw leaves no plan where its money or costs break a hard limit: make such limits soft, or draw the "
            "figures of other kinds alone."
        )
    if isinstance(benefit, Spread):
        told.append(
            f"Nine draws in ten give between {amount_of(benefit.p5, unit)} and {amount_of(benefit.p95, unit)}; "
            f"half give more than {amount_of(benefit.p50, unit)}."
        )
        counts = {words: sum(row.robustness == words for row in lines) for words in ("always", "never")}
        told.append(f"Of {len(lines)} lines, {counts['always']} always get money and {counts['never']} never do.")
    if payers:
        widest = payers[0]
        ends = f"{widest.share.p5:.1%}", f"{widest.share.p95:.1%}"
        told.append(
            "Every payer's share of all spend is the same in nine draws of ten."
            if ends[0] == ends[1]
            else f"The share of {widest.name} is the least certain: {ends[0]} to {ends[1]} of all spend in nine draws "
            "of ten."
        )
    return told


def _dumped(value: object) -> object:
    if isinstance(value, list):
        return [_dumped(item) for item in value]
    return value.model_dump() if hasattr(value, "model_dump") else value
