"""What a stated step of a budget or limit brings, where options may be chosen anew, beside the price per unit."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.questions.common import Elsewhere, Question, QuestionAnswer
from concord_contracts.identifiers import Key, Reply


class StepsQuestion(Question):
    """What a step of each limit brings. Without names: limits that bind, the dearest first, and purses with options."""

    limits: Annotated[list[Key], Field(max_length=200)] = Field(
        [], description="keys of purses, funds, limits or other rules, as `binding` has them in `limit`"
    )
    step_gbp: Annotated[int, Field(strict=True, ge=1, le=10**9)] = Field(
        100_000, description="of limits in GBP; a bound that is smaller is tightened by all of it"
    )
    step_units: Annotated[float, Field(gt=0, le=1e9)] = Field(1.0, description="of limits that count anything else")
    most: Annotated[int, Field(strict=True, ge=1, le=100)] = 10


class StepPrice(Reply):
    """Best benefit with one bound moved by `step` (loosened) or by `back` (tightened), less the best as it stands.

    `more` is a gain, `less` a loss; none: no plan is left, or the bound cannot be moved that way. An equality is moved
    up for `more` and down for `less`, and both are changes with their sign. `held_more`, `held_less`: the same with the
    options held as the plan has them. `options_more`, `options_less`: options that are chosen otherwise then.
    """

    key: str
    limit: str
    label: str
    kind: str
    year: str | None
    unit: str
    bound: float
    step: float
    back: float
    more: float | None
    less: float | None
    held_more: float | None
    held_less: float | None
    options_more: list[str] = []
    options_less: list[str] = []


class StepsAnswer(QuestionAnswer):
    """In the order asked for; without names by `more` a unit, the dearest first."""

    kind: Literal["steps"] = "steps"
    benefit: float
    elsewhere_benefit: Elsewhere = 0.0
    benefit_unit: str
    options: list[str] = Field(description="keys of the options that the plan starts")
    steps: list[StepPrice]
