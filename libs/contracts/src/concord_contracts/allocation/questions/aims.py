"""Targets, and two aims against each other."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from concord_contracts.allocation.changes import Change
from concord_contracts.allocation.quantities import Number, PurseChoice
from concord_contracts.allocation.questions.common import (
    Aim,
    Elsewhere,
    PayerPounds,
    PlanFound,
    Question,
    QuestionAnswer,
)
from concord_contracts.identifiers import Reply


class TargetQuestion(Question):
    """The least money of chosen purses at which `aim` is at least `at_least`, counted as a limit counts it.

    Chosen purses may hold more than they do now; all others, and every limit, stay. None chosen: all purses.
    """

    aim: Aim
    at_least: Number
    purses: PurseChoice = PurseChoice()

    @model_validator(mode="after")
    def _can_be_a_target(self) -> Self:
        if self.aim.measure not in ("benefit", "spend", "activity") or self.aim.better == "less":
            raise ValueError("a target is at least so much benefit, spend or activity")
        return self


class PurseNeed(Reply):
    """What a chosen purse has in a year, and what it needs for the target; GBP.

    Of the plans that spend the least, one with the least beyond what the purses have.
    """

    purse: str
    name: str
    year: str
    available_gbp: int
    needed_gbp: int
    more_gbp: int


class TargetAnswer(QuestionAnswer):
    """`budget_gbp`: the least whole pounds of the chosen purses over all years; none: no money reaches the target.

    The purses may hold without end, so none means that no money does. The proof: with GBP 1 less the best that can be
    reached is `best_with_one_pound_less`. `greatest`: what can be reached at most, however much the chosen purses hold;
    none: there is no end. `changes` ask for the same as a what-if; none where a purse could not be said to hold it.
    """

    kind: Literal["target"] = "target"
    unit: str
    at_least: float
    reached: float | None
    greatest: float | None
    budget_gbp: int | None
    available_gbp: int
    best_with_one_pound_less: float | None
    proven: bool
    needs: list[PurseNeed]
    plan: PlanFound | None
    changes: list[Change]


class FrontierQuestion(Question):
    """What the best of one aim costs in the other. `points`: how many, ends included, before dominated ones go."""

    first: Aim
    second: Aim
    points: Annotated[int, Field(strict=True, ge=2, le=41)] = 9

    @model_validator(mode="after")
    def _one_count_of_heads(self) -> Self:
        both = self.first.measure == self.second.measure == "worst_off"
        if both and self.first.heads != self.second.heads:
            raise ValueError("two aims for the worst-off place count the same heads: give both the same `heads`")
        return self


class FrontierPoint(Reply):
    """Neither aim can be better without the other being worse. `proven`: both optima were.

    `exchange`: change of the first aim per unit of the second on the way from the point before; none for the first.
    """

    first: float
    second: float
    elsewhere_benefit: Elsewhere = 0.0
    proven: bool
    exchange: float | None
    payers: list[PayerPounds]


class FrontierAnswer(QuestionAnswer):
    """Points in the order of the second aim from its worst to its best. Values are of plans before rounding."""

    kind: Literal["frontier"] = "frontier"
    first_unit: str
    second_unit: str
    points: list[FrontierPoint]
    dominated: int = Field(description="points found that another one beats; not shown")


class AlternativesQuestion(Question):
    """Plans nearly as good: within `sacrifice` of the best benefit, how far can each direction go?

    Without directions: what each payer pays, and the spend of each stage.
    """

    directions: Annotated[list[Aim], Field(max_length=40)] = []
    sacrifice: Annotated[float, Field(ge=0, le=0.5, description="share of the best benefit given up")] = 0.01

    @model_validator(mode="after")
    def _directions_have_two_ends(self) -> Self:
        if any(aim.measure in ("benefit", "worst_off") for aim in self.directions):
            raise ValueError("a direction is money, spend, movement or cases: benefit is what is given up")
        return self


class Alternative(Reply):
    """Least and greatest value of one direction; `now` in the plan with the best benefit and least movement."""

    words: str
    unit: str
    now: float
    least: float
    greatest: float
    proven: bool


class AlternativesAnswer(QuestionAnswer):
    kind: Literal["alternatives"] = "alternatives"
    best_benefit: float
    elsewhere_benefit: Elsewhere = 0.0
    kept_benefit: float
    benefit_unit: str
    alternatives: list[Alternative]
