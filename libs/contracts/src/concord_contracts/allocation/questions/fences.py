"""What ring-fences cost in all, beside their marginal price in every answer."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.questions.common import Elsewhere, Question, QuestionAnswer
from concord_contracts.identifiers import Key, Reply


class RingFencesQuestion(Question):
    """What each ring-fence costs in all. Without names: every fenced purse that holds money, the largest first."""

    purses: Annotated[list[Key], Field(max_length=100)] = Field([], description="keys of purses")
    most: Annotated[int, Field(strict=True, ge=1, le=100)] = 20


class RingFenceCost(Reply):
    """The best benefit with this purse's scope widened to all that its owner may pay for, less the best as it stands.

    `lines_left_out`: lines that the owner may pay for and this purse may not; GBP over all years.
    """

    purse: str
    name: str
    gbp: int
    lines_left_out: int
    cost: float = Field(ge=0)


class RingFencesAnswer(QuestionAnswer):
    """`together`: with all of these widened at once, which is not their sum; none: there was no time for it."""

    kind: Literal["ring-fences"] = "ring-fences"
    benefit: float
    elsewhere_benefit: Elsewhere = 0.0
    benefit_unit: str
    fences: list[RingFenceCost]
    together: float | None
