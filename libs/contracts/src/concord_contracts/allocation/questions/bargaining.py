"""Questions between parties: an offer on the table, and gains that cost nobody anything."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.changes import Change
from concord_contracts.allocation.problem import Limit
from concord_contracts.allocation.quantities import Keys, LineKey, Pounds
from concord_contracts.allocation.questions.common import PlanFound, Question, QuestionAnswer
from concord_contracts.identifiers import FinancialYear, Key, Reply, Request


class OfferedPayment(Request):
    """Pounds of a purse on a line in a year, directly or through a fund, as the other side offers."""

    year: FinancialYear
    line: LineKey
    purse: Key
    fund: Key | None = None
    gbp: Pounds


class LeastChangeQuestion(Question):
    """The acceptable plan nearest to an offer. What the offer leaves out is not paid.

    `conditions`: what must hold for me, beside every limit of the problem. Of the nearest plans, the one with the most
    benefit.
    """

    offer: Annotated[list[OfferedPayment], Field(min_length=1, max_length=20000)]
    conditions: Annotated[list[Limit], Field(max_length=500)] = []


class Move(Reply):
    """What must be paid differently from the offer."""

    year: str
    line: str
    purse: str
    payer: str
    fund: str | None
    offered_gbp: int
    plan_gbp: int
    change_gbp: int


class PayerMove(Reply):
    """Over all years."""

    payer: Key
    name: str
    offered_gbp: int
    plan_gbp: int
    change_gbp: int


class LeastChangeAnswer(QuestionAnswer):
    """`distance_gbp`: pounds by which payments differ, up and down together; no acceptable plan is nearer than `bound`.

    `in_the_way`: limits that the offer cannot keep together, in words.
    """

    kind: Literal["least-change"] = "least-change"
    acceptable: bool = Field(description="whether the offer is acceptable as it stands")
    in_the_way: list[str]
    distance_gbp: int
    bound: float
    offered_gbp: int
    moves: list[Move]
    payers: list[PayerMove]
    plan: PlanFound | None


class NobodyWorseQuestion(Question):
    """No payer spends more, or has less benefit from the lines it must pay for, than today; `gainers` gain the most.

    Spend in each year, benefit over all years. None named: all together.
    """

    gainers: Keys | None = None


class PayerPosition(Reply):
    """A payer's position over all years: what it spends, and the benefit of the lines it is responsible for."""

    payer: Key
    name: str
    spend_before_gbp: int
    spend_after_gbp: int
    benefit_before: float
    benefit_after: float


class NobodyWorseAnswer(QuestionAnswer):
    """`greatest_gain`: of the gainers' lines, proven; the plan in whole pounds reaches it to within their rounding.

    None named: of all lines, in the plan with the greatest benefit, what money does elsewhere counted.
    """

    kind: Literal["nobody-worse"] = "nobody-worse"
    benefit_unit: str
    greatest_gain: float
    elsewhere_benefit: float = Field(0.0, description="of money left outside or at the end, less penalties; no gain")
    payers: list[PayerPosition]
    plan: PlanFound | None
    changes: list[Change]
