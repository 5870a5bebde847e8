"""The kinds of question: what is asked, what comes back, who works it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from concord_allocation.questions.alternatives import alternatives
from concord_allocation.questions.fences import ring_fence_costs
from concord_allocation.questions.frontier import frontier
from concord_allocation.questions.offers import least_change, nobody_worse
from concord_allocation.questions.ranges import ranges
from concord_allocation.questions.regret import regret
from concord_allocation.questions.steps import steps
from concord_allocation.questions.target import target
from concord_allocation.questions.tornado import monte_carlo, tornado
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import (
    AlternativesAnswer,
    AlternativesQuestion,
    FrontierAnswer,
    FrontierQuestion,
    LeastChangeAnswer,
    LeastChangeQuestion,
    MonteCarloAnswer,
    MonteCarloQuestion,
    NobodyWorseAnswer,
    NobodyWorseQuestion,
    Question,
    QuestionAnswer,
    RangesAnswer,
    RangesQuestion,
    RegretAnswer,
    RegretQuestion,
    RingFencesAnswer,
    RingFencesQuestion,
    StepsAnswer,
    StepsQuestion,
    TargetAnswer,
    TargetQuestion,
    TornadoAnswer,
    TornadoQuestion,
)


@dataclass(frozen=True)
class Kind[Q: Question]:
    """`answer(problem, question, seconds)`; `path`: the last part of its address."""

    path: str
    words: str
    question: type[Q]
    found: type[QuestionAnswer]
    answer: Callable[[Problem, Q, float], QuestionAnswer]


KINDS: list[Kind[Any]] = [
    Kind("target", "The smallest budget for a target", TargetQuestion, TargetAnswer, target),
    Kind("frontier", "What the best of one aim costs in another", FrontierQuestion, FrontierAnswer, frontier),
    Kind("ranges", "Between which values prices hold", RangesQuestion, RangesAnswer, ranges),
    Kind("steps", "What a step of a budget or limit brings, options free", StepsQuestion, StepsAnswer, steps),
    Kind("ring-fences", "What each ring-fence costs in all", RingFencesQuestion, RingFencesAnswer, ring_fence_costs),
    Kind("regret", "One plan for all that benefits may be", RegretQuestion, RegretAnswer, regret),
    Kind("tornado", "Which figures matter, one at a time", TornadoQuestion, TornadoAnswer, tornado),
    Kind("monte-carlo", "Figures drawn at once from their ranges", MonteCarloQuestion, MonteCarloAnswer, monte_carlo),
    Kind("alternatives", "Plans nearly as good", AlternativesQuestion, AlternativesAnswer, alternatives),
    Kind("least-change", "The plan nearest to an offer", LeastChangeQuestion, LeastChangeAnswer, least_change),
    Kind("nobody-worse", "Gains that cost nobody anything", NobodyWorseQuestion, NobodyWorseAnswer, nobody_worse),
]


def kind_of(path: str) -> Kind[Any]:
    """By the last part of its address."""
    return next(kind for kind in KINDS if kind.path == path)
