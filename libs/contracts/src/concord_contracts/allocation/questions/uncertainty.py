"""What is not known for certain: stated ranges of figures, and how far prices hold.

A *figure* with a stated low and high: a purse's amount, a unit cost, a benefit curve's slopes, the benefit of a
case. Figures of the same kind and stage with the same value and range are one figure: one published number that several
places use.
"""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.quantities import LineKey
from concord_contracts.allocation.questions.common import Elsewhere, PlanFound, Question, QuestionAnswer
from concord_contracts.identifiers import Key, Reply

Seed = Annotated[int, Field(strict=True, ge=0, le=2**32 - 1)]
FigureKind = Literal["purse amount", "unit cost", "benefit curve", "benefit of a case"]
FigureKinds = Annotated[list[FigureKind], Field(min_length=1, max_length=4)]


class RangesQuestion(Question):
    """Between which values of a budget or limit its price holds. Without names: the dearest ones that bind."""

    limits: Annotated[list[Key], Field(max_length=100)] = Field([], description="keys of purses, limits, paces")
    most: Annotated[int, Field(strict=True, ge=1, le=100)] = 20


class PriceRange(Reply):
    """From `low` to `high` a unit more of the bound changes the best benefit by `price`; none: without end.

    `proven`: solved again at both ends, the benefit is what the price says.
    """

    key: str
    limit: str
    label: str
    unit: str
    bound: float
    price: float = Field(description="change of benefit per unit that the bound is raised")
    low: float | None
    high: float | None
    proven: bool


class RangesAnswer(QuestionAnswer):
    kind: Literal["ranges"] = "ranges"
    benefit: float
    elsewhere_benefit: Elsewhere = 0.0
    benefit_unit: str
    ranges: list[PriceRange]


class TornadoQuestion(Question):
    """Every figure with a stated range at its low and its high, one at a time, the plan made anew each time."""

    kinds: FigureKinds = ["purse amount", "unit cost", "benefit curve", "benefit of a case"]
    most: Annotated[int, Field(strict=True, ge=1, le=500, description="figures looked at, the weightiest first")] = 60


class Bar(Reply):
    """One figure. `at_low` and `at_high`: best benefit there; none: no plan. `swing`: how far they lie apart.

    `low` and `high`: as multiples of the figure's value.
    """

    figure: str
    kind: FigureKind
    places: int
    low: float
    high: float
    at_low: float | None
    at_high: float | None
    swing: float
    moved_gbp: int = Field(description="most that any one payer's bill changes, over all years")
    moved_payer: str | None


class TornadoAnswer(QuestionAnswer):
    """Widest swing first."""

    kind: Literal["tornado"] = "tornado"
    benefit: float
    elsewhere_benefit: Elsewhere = 0.0
    benefit_unit: str
    bars: list[Bar]


class MonteCarloQuestion(Question):
    """Figures drawn at once, each from its range (triangular, most likely where it stands), plan after plan.

    Benefits, of curves and of cases, unless told otherwise: purses and unit costs drawn against hard floors and paces
    leave few plans.
    """

    kinds: FigureKinds = ["benefit curve", "benefit of a case"]
    draws: Annotated[int, Field(strict=True, ge=10, le=2000)] = 100
    seed: Seed = 0


class Spread(Reply):
    """Quantiles over the draws that had a plan."""

    p5: float
    p25: float
    p50: float
    p75: float
    p95: float


class LineFunded(Reply):
    """Of the draws with a plan, the share in which a line gets money, and gets at least its reference; over all years.

    `robustness`: always, nearly always (95%), mostly (half), rarely, never.
    """

    line: LineKey
    name: str
    funded: float
    kept: float
    robustness: Literal["always", "nearly always", "mostly", "rarely", "never"]


class PayerShare(Reply):
    """A payer's share of all spend, 0..1."""

    payer: Key
    name: str
    base: float
    share: Spread


class MonteCarloAnswer(QuestionAnswer):
    kind: Literal["monte-carlo"] = "monte-carlo"
    seed: int
    figures: int
    draws: int
    without_plan: int = Field(description="draws for which no plan keeps every limit")
    base_benefit: float
    elsewhere_benefit: Elsewhere = 0.0
    benefit: Spread | None
    benefit_unit: str
    lines: list[LineFunded]
    payers: list[PayerShare]


class RegretQuestion(Question):
    """One plan for all that the benefit curves may be: the one whose largest regret is least.

    States: the curves as they stand, all at their low, all at their high, and each figure alone at low and high, the
    weightiest `figures` of them. Ranges of money and costs change what is possible, not how good a plan is: they take
    part in `monte-carlo`.
    """

    figures: Annotated[int, Field(strict=True, ge=0, le=50)] = 12


class StateRegret(Reply):
    """Best benefit if one knew the state; what the plan made for today's figures, and the robust plan, fall short."""

    state: str
    best: float
    plan_regret: float
    robust_regret: float


class RegretAnswer(QuestionAnswer):
    kind: Literal["regret"] = "regret"
    benefit_unit: str
    plan_benefit: float
    elsewhere_benefit: Elsewhere = 0.0
    robust_benefit: float = Field(description="benefit of the robust plan if today's figures are right")
    plan_regret: float = Field(description="the plan's largest regret")
    robust_regret: float = Field(description="the robust plan's largest regret; no plan has a smaller one")
    states: list[StateRegret]
    plan: PlanFound | None
