"""What allocation is asked.

The *problem* is self-contained: `POST /v1/solve` solves it and stores nothing. Keys are the caller's own words; every
list is put in the order of its keys before anything is computed, so the order of input changes nothing. Money is whole
pounds (`_gbp`), shares are 0..1, a year is `"2013-14"`. Nothing is read from elsewhere.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from concord_contracts.allocation.activity import Demand, Link, Resource
from concord_contracts.allocation.choices import Option, OptionRule
from concord_contracts.allocation.example import EXAMPLE_PROBLEM
from concord_contracts.allocation.fairness import Equity, People
from concord_contracts.allocation.loosening import Loosenings
from concord_contracts.allocation.money import (
    BoundaryTransfer,
    Bridge,
    BusinessRule,
    CarryRule,
    Contract,
    Outside,
    Overspend,
    PriceIndex,
    Saving,
)
from concord_contracts.allocation.quantities import (
    NOT_STATED,
    BenefitOfCase,
    Factor,
    Keys,
    LineKey,
    LineSelection,
    Number,
    Pounds,
    Provenance,
    Selection,
    Share,
    SoftRule,
    Words,
    Years,
)
from concord_contracts.identifiers import FinancialYear, Key, Request, ShortText

PROBLEM_SCHEMA = "allocation-problem/1"


class Year(Request):
    """A planning year in nominal cash; `cost_index` raises unit costs and stretches curves (1 = prices of the data)."""

    key: FinancialYear
    cost_index: Factor = 1.0
    provenance: Provenance | None = None


class Payer(Request):
    """A legal person that may pay. Offices are named on purses."""

    key: Key
    name: ShortText
    kind: Annotated[str, Field(max_length=80)] | None = None


class Purse(Request):
    """Money with an owner, a yearly amount and a scope of what it may pay for. A ring-fence is a scope, not a limit."""

    key: Key
    name: ShortText
    owner: Key
    office: Annotated[str, Field(max_length=200)] | None = None
    amount_gbp: dict[FinancialYear, Pounds] = Field(description="by year; a year left out has nothing")
    scope: LineSelection = LineSelection()
    use: Literal["revenue", "capital"] = "revenue"
    recurrent: bool = True
    kind: Key = Field("general", description="general, ring_fence, non_recurrent or another label of the caller's")
    relaxation_weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    only_non_recurrent: bool = Field(False, description="pays only for lines that are not recurrent")
    carry: CarryRule | None = None
    overspend: Overspend | None = None
    provenance: Provenance = NOT_STATED


class Mode(Request):
    """One way to deliver a line's service: what a case costs in the prices of the data, and what it is worth.

    A case may cost nothing here, where it takes only resources. `benefit` comes beside what the line's curve says of
    its spend, undiscounted; `benefit_low` and `benefit_high` say how far it may be off. `provenance` is the cost's.
    """

    key: Key
    name: ShortText
    unit_cost_gbp: Annotated[float, Field(ge=0, le=1e9, json_schema_extra={"unit": "GBP per case"})]
    benefit: BenefitOfCase = 0.0
    benefit_low: BenefitOfCase | None = None
    benefit_high: BenefitOfCase | None = None
    provenance: Provenance = NOT_STATED

    @model_validator(mode="after")
    def _lies_within_its_range(self) -> Self:
        low, high = self.benefit_low, self.benefit_high
        if (low is not None and low > self.benefit) or (high is not None and high < self.benefit):
            raise ValueError("benefit lies between benefit_low and benefit_high")
        return self


class ReferencePayment(Request):
    """What a purse paid for this line in the reference split, GBP a year; without a year it stands for every year."""

    purse: Key
    gbp: Pounds
    fund: Key | None = None
    year: FinancialYear | None = None
    built_from: Bridge | None = Field(None, description="how the amount is built from the outturn; must add up to it")


class Line(Request):
    """One stage of one pathway in one place, the thing money is spent on. One statutory payer; others need a mechanism.

    With `modes`, spend = fixed cost + sum of unit cost x cases; without, a line has no activity.
    `curve_scale` multiplies the widths of the curve, `demand_factor` too, and `demand_by_year` in single years;
    `cost_factor` (by year) raises unit costs and stretches the curve, so that the same money buys less.
    """

    key: LineKey
    name: ShortText | None = None
    place: Key = "everywhere"
    pathway: Key = "all"
    stage: Key = "all"
    purpose: Key | None = None
    population_basis: Annotated[str, Field(max_length=80)] = "not stated"
    statutory_payer: Key
    citation: ShortText = Field("as the problem states", description="the rule that makes this payer responsible")
    procedure_class: Key = "none"
    use: Literal["revenue", "capital"] = "revenue"
    reference: Annotated[list[ReferencePayment], Field(max_length=200)] = []
    curve: Key | None = Field(None, description="none: money here shows no measured benefit")
    curve_scale: Annotated[float, Field(gt=0, le=1e9)] = 1.0
    demand_factor: Factor = 1.0
    demand_by_year: dict[FinancialYear, Factor] = {}
    cost_factor: dict[FinancialYear, Factor] = {}
    unit: Annotated[str, Field(max_length=60)] | None = Field(None, description="what a case is, in words")
    modes: Annotated[list[Mode], Field(max_length=20)] = []
    fixed_cost_gbp: Pounds = 0
    cost_index: Key | None = Field(None, description="price index that its unit costs and curve follow")
    non_recurrent: bool = Field(False, description="what is bought ends with the year; non-recurrent money may pay it")
    provenance: Provenance = NOT_STATED


class Segment(Request):
    """A stretch of spend with one benefit per GBP. `width_gbp` none: without end (last segment only)."""

    width_gbp: Annotated[float, Field(gt=0, le=1e12)] | None = None
    slope: Annotated[float, Field(ge=0, le=1e3, description="benefit units per GBP, undiscounted")]
    slope_low: Annotated[float, Field(ge=0, le=1e3)] | None = None
    slope_high: Annotated[float, Field(ge=0, le=1e3)] | None = None


class Curve(Request):
    """Concave benefit of spend on a line: slopes must not rise. Beyond the last segment further money adds nothing."""

    key: LineKey
    segments: Annotated[list[Segment], Field(min_length=1, max_length=20)]
    provenance: Provenance = NOT_STATED


class MechanismKind(StrEnum):
    """Lawful ways in which somebody other than the statutory payer pays for a line."""

    S75_POOL = "s75_pool"
    S75_LEAD = "s75_lead"
    S14Z3 = "s14Z3"
    S256 = "s256"
    S76 = "s76"
    GRANT = "grant"
    DELEGATION = "delegation"


class Mechanism(Request):
    """An arrangement in force: its `payers` may pay for `lines` in `years`.

    Partnerships (s75, s14Z3, delegation) reach only lines whose statutory payer is a partner. A line whose
    `procedure_class` the legal basis excludes must not be selected.
    """

    key: Key
    kind: MechanismKind
    payers: Keys
    lines: LineSelection
    years: Years | None = Field(None, description="none: every year of the problem")
    leaving: dict[Key, FinancialYear] = Field(
        {}, description="payer -> the first year in which it is no party any more"
    )
    excluded_classes: Annotated[list[Key], Field(max_length=50)] = []
    citation: ShortText
    agreement: Annotated[str, Field(max_length=100)] | None = None


class FundContribution(Request):
    """A purse that may pay into a fund, GBP a year between the two bounds."""

    purse: Key
    at_least_gbp: Pounds = 0
    at_most_gbp: Pounds | None = None


class Fund(Request):
    """Pooled money under a mechanism. Every pound keeps its purse, so the pool cannot launder a ring-fence."""

    key: Key
    name: ShortText
    mechanism: Key
    contributors: Annotated[list[FundContribution], Field(min_length=1, max_length=250)]
    lines: LineSelection = LineSelection()
    relaxation_weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    carry: CarryRule | None = None
    source: ShortText


class Measure(StrEnum):
    """What a term counts: all spend, direct spend only, pounds paid into funds, direct + paid in (burden), or cases.

    Also discounted benefit, pounds carried, overspent or left to the outside, units of resources bought, patients
    waiting, and options started (1 each).
    """

    SPEND = "spend"
    DIRECT_SPEND = "direct_spend"
    CONTRIBUTION = "contribution"
    BURDEN = "burden"
    ACTIVITY = "activity"
    BENEFIT = "benefit"
    CARRY = "carry"
    OVERSPEND = "overspend"
    OUTSIDE = "outside"
    EXTRA = "extra"
    WAITING = "waiting"
    OPTION = "option"


class Term(Request):
    """`coefficient` x `measure` of what is selected.

    `contribution` and `burden` belong to purses, not lines, and refuse line attributes. `activity` refuses payers,
    purses and funds. `funds` limits `spend` to money through those funds. `column` names one variable by its stable key
    instead ("case/2014-15/<line>/<mode>"), for what no measure counts; the limit then stands over all its years.
    """

    select: Selection = Selection()
    measure: Measure = Measure.SPEND
    coefficient: Annotated[float, Field(ge=-1e9, le=1e9)] = 1.0
    column: Annotated[str, Field(min_length=1, max_length=400)] | None = None


class Limit(SoftRule):
    """A linear limit on any selection: floors, ceilings, shares, capacity, minimum demand, links between activities.

    at_least <= sum of terms <= at_most, or sum of terms = equal; in each of `years` alone, or over their sum.
    A share is two terms and a zero: spend of the stage - 0.3 x spend of all >= 0.
    """

    key: Key
    label: Words = Field(description="the limit in the user's words; refusals and prices quote it")
    terms: Annotated[list[Term], Field(min_length=1, max_length=500)]
    at_least: Number | None = None
    at_most: Number | None = None
    equal: Number | None = None
    years: Years | None = None
    per_year: bool = True
    unit: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(
        None,
        description="what its bounds are counted in; none: what its terms' measures count. Money is whole GBP; a unit "
        "that contradicts a term with coefficient 1 or -1, or is a multiple of GBP, is refused",
    )
    demand_driven: bool = Field(False, description="its bounds grow with `scale_demand` on the lines it selects")

    @model_validator(mode="after")
    def _has_bounds_that_make_sense(self) -> Self:
        if self.equal is not None and (self.at_least is not None or self.at_most is not None):
            raise ValueError("`equal` stands alone")
        if self.equal is None and self.at_least is None and self.at_most is None:
            raise ValueError("a limit needs at_least, at_most or equal")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least lies above at_most")
        return self


class Grouping(StrEnum):
    LINE = "line"
    PURSE = "purse"
    PAYER = "payer"
    PLACE = "place"
    STAGE = "stage"
    PATHWAY = "pathway"
    TOTAL = "total"


class PaceOfChange(SoftRule):
    """Spend of each group stays between (1 - max_down) and (1 + max_up) times its reference, in each year.

    A group without reference spend is limited by `new_at_most_gbp` only. With a `deflator` the reference rises with
    that price index: a floor in real terms.
    """

    key: Key
    label: Words
    select: Selection = Selection()
    per: Grouping = Grouping.LINE
    max_up: Annotated[float, Field(ge=0, le=100)] | None = None
    max_down: Share | None = None
    new_at_most_gbp: Pounds | None = None
    deflator: Key | None = None
    years: Years | None = None


class Bar(Request):
    """These payers may not pay for these lines, whatever rule or mechanism says otherwise."""

    key: Key
    payers: Keys
    lines: LineSelection
    reason: ShortText


class Objective(StrEnum):
    BENEFIT = "benefit"
    WORST_OFF = "worst_off"
    LEAST_MOVEMENT = "least_movement"
    UNIQUENESS = "uniqueness"


class Problem(Request):
    """Everything one solve needs: who may pay for what, how much there is, what it would buy, what must hold."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PROBLEM]})

    schema_version: Literal["allocation-problem/1"] = "allocation-problem/1"
    title: ShortText
    years: Annotated[list[Year], Field(min_length=1, max_length=10)]
    base_year: FinancialYear = Field(description="year that benefit is discounted to")
    discount_rate: Share = 0.035
    benefit_unit: Annotated[str, Field(min_length=1, max_length=40)] = "QALY"
    payers: Annotated[list[Payer], Field(min_length=1, max_length=1000)]
    purses: Annotated[list[Purse], Field(min_length=1, max_length=5000)]
    lines: Annotated[list[Line], Field(min_length=1, max_length=20000)]
    curves: Annotated[list[Curve], Field(max_length=20000)] = []
    mechanisms: Annotated[list[Mechanism], Field(max_length=1000)] = []
    funds: Annotated[list[Fund], Field(max_length=500)] = []
    limits: Annotated[list[Limit], Field(max_length=20000)] = []
    pace_of_change: Annotated[list[PaceOfChange], Field(max_length=1000)] = []
    bars: Annotated[list[Bar], Field(max_length=1000)] = []
    names: Annotated[dict[Key, ShortText], Field(max_length=20000)] = Field(
        {}, description="words for keys of places, pathways and stages, used in answers; decides nothing"
    )
    price_indices: Annotated[list[PriceIndex], Field(max_length=100)] = []
    resources: Annotated[list[Resource], Field(max_length=2000)] = []
    demands: Annotated[list[Demand], Field(max_length=5000)] = []
    links: Annotated[list[Link], Field(max_length=5000)] = []
    savings: Annotated[list[Saving], Field(max_length=500)] = []
    equity: Annotated[list[Equity], Field(max_length=100)] = []
    options: Annotated[list[Option], Field(max_length=2000)] = []
    option_rules: Annotated[list[OptionRule], Field(max_length=1000)] = []
    contracts: Annotated[list[Contract], Field(max_length=5000)] = []
    business_rules: Annotated[list[BusinessRule], Field(max_length=200)] = []
    transfers: Annotated[list[BoundaryTransfer], Field(max_length=500)] = []
    outside: Annotated[list[Outside], Field(max_length=200)] = []
    loosened: Loosenings = Field([], description="bounds that lie further out than their rules say, row by row")
    people: Annotated[list[People], Field(max_length=20000)] = []
    unchecked_units: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50000)] = Field(
        [],
        description="parts (`limits/<key>`) of a problem kept since before units were held against what they count, "
        "when a limit without a unit was taken to be in GBP: they count as they did, and a new problem has none",
    )
    sacrifices: dict[Objective, Share] = Field(
        {}, description="share of an objective's best value that later objectives may cost it; its cost is reported"
    )
    objectives: Annotated[list[Objective], Field(min_length=2, max_length=4)] = [
        Objective.BENEFIT,
        Objective.LEAST_MOVEMENT,
        Objective.UNIQUENESS,
    ]


class SolveRequest(Request):
    """A problem and how hard to try. Answers to problems over the time limit say they are not proven."""

    problem: Problem
    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None
    prices: bool = True
