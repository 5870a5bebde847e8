"""What all questions share: how they are bounded, what a plan is measured by, how answers begin."""

from typing import Annotated, Literal, Self

from pydantic import Field, create_model, model_validator

from concord_contracts.allocation.answers import SplitRow
from concord_contracts.allocation.problem import Problem
from concord_contracts.allocation.quantities import Heads, Selection
from concord_contracts.identifiers import Digest, Key, Reply, Request

MeasureOfPlan = Literal["benefit", "spend", "activity", "money", "movement", "worst_off"]
"""Discounted benefit, spend or cases of what is selected; pounds of the payers and purses selected (paid directly and
into funds); half of the pounds that differ from the reference split; benefit per weighted head of the worst-off place.
All over all years."""


Elsewhere = Annotated[
    float, Field(description="part of the benefit: of money left outside or at the end, less the penalty of overspends")
]


class Aim(Request):
    """What a plan is measured by. More is better, except of money and movement; `better` says otherwise.

    Benefit of everything is what plans maximise: with what money does elsewhere, less the penalty of overspends.

    `heads`: weighted heads by place, for `worst_off`; none: those that the problem's own fairness entry has.
    """

    measure: MeasureOfPlan
    select: Selection = Selection()
    better: Literal["more", "less"] | None = None
    heads: Annotated[dict[Key, Heads], Field(min_length=1, max_length=1000)] | None = None

    @model_validator(mode="after")
    def _can_be_sought(self) -> Self:
        if self.better == "less" and self.measure in ("benefit", "worst_off"):
            raise ValueError("less benefit could be had by wasting money; ask for more")
        return self

    @property
    def is_better_when_more(self) -> bool:
        return self.better == "more" if self.better else self.measure not in ("money", "movement")


class Question(Request):
    """`time_limit_seconds`: for the whole question; what there was no time for is named in the answer."""

    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None


class QuestionAnswer(Reply):
    """How every answer begins. `digest`: of its content; the same question of the same problem gives the same.

    `complete`: false where time ran out; `left_out` says what was left out and why, in words.
    """

    problem_digest: Digest
    digest: Digest
    complete: bool
    left_out: list[str]
    solves: int = Field(description="problems solved for it")
    sentences: list[str] = Field(description="written from the numbers below")


class PlanFound(Reply):
    """A plan in whole pounds that the independent check has passed, as far as a question needs it."""

    status: Literal["optimal", "feasible_not_proven"]
    problem_digest: Digest
    digest: Digest
    benefit: float
    benefit_unit: str
    elsewhere_benefit: float = Field(0.0, description="beside `benefit`, as the plan's totals have it")
    spend_gbp: int
    moved_gbp: int
    payers: list[SplitRow]
    stages: list[SplitRow]


class PayerPounds(Reply):
    """What a payer pays over all years."""

    payer: Key
    name: str
    gbp: float


def with_problem[Q: Question](question: type[Q]) -> type[Q]:
    """The same question, of a problem that comes with it."""
    name = question.__name__.replace("Question", "Request")
    made: type[Q] = create_model(name, __base__=question, __doc__=question.__doc__, problem=(Problem, ...))
    return made
