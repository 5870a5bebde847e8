"""Money over the years: prices, carry-over, overspends, what a pound does outside, rules of the year, transfers."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from concord_contracts.allocation.quantities import (
    NOT_STATED,
    BenefitPerPound,
    Factor,
    LineKey,
    LineKeys,
    Pounds,
    Provenance,
    PurseChoice,
    Rule,
    Share,
    SignedPounds,
    Words,
    Years,
)
from concord_contracts.identifiers import Day, FinancialYear, Key, Request, ShortText


class PriceIndex(Request):
    """A named series of prices, 1 in the prices of the data, for unit costs and floors in real terms.

    A year left out has the value of the year before it, the first one 1.
    """

    key: Key
    name: ShortText
    values: dict[FinancialYear, Factor]
    provenance: Provenance = NOT_STATED


class CarryRule(Request):
    """What may be carried into the next year: up to a share of the year's amount (a fund: of what it holds that year).

    `final_year_value`: benefit per GBP that is left at the end of the last year; 0 gives nothing for it.
    """

    at_most_share: Share
    final_year_value: BenefitPerPound = 0.0
    source: ShortText


class Overspend(Request):
    """Leave to spend more than a purse holds, at a penalty: benefit per GBP that an overspent pound must be worth."""

    at_most_gbp: Pounds
    penalty: BenefitPerPound
    years: Years | None = None
    source: ShortText


class Outside(PurseChoice):
    """What a pound left unspent here would do elsewhere: a stated benefit per GBP for the purses chosen."""

    key: Key
    label: Words
    slope: BenefitPerPound
    slope_low: BenefitPerPound | None = None
    slope_high: BenefitPerPound | None = None
    years: Years | None = None
    provenance: Provenance = NOT_STATED


class Saving(Request):
    """Spend to save: each GBP on the lines frees `rate` GBP in a purse, `lag` years later and for `lasts` years."""

    key: Key
    label: Words
    lines: LineKeys
    rate: Annotated[float, Field(gt=0, le=100, json_schema_extra={"unit": "GBP saved per GBP spent"})]
    lag: Annotated[int, Field(ge=1, le=10, json_schema_extra={"unit": "years"})]
    lasts: Annotated[int, Field(ge=1, le=10, json_schema_extra={"unit": "years"})] = 1
    to_purse: Key
    provenance: Provenance = NOT_STATED


class BusinessRule(PurseChoice, Rule):
    """A rule of the planning year on each payer's money: a share held back, or spent on non-recurrent lines only.

    `surplus` and `contingency` are held back together. `waived_by`: who waived it; it is then shown and not kept.
    """

    key: Key
    label: Words
    kind: Literal["surplus", "contingency", "non_recurrent"]
    share: Share
    years: Years | None = None
    waived_by: ShortText | None = None


class BoundaryTransfer(Request):
    """Money that moved with a function: from, to, service, date, recurrent, GBP. Purse amounts are as before it."""

    key: Key
    from_purse: Key
    to_purse: Key
    service: ShortText
    day: Day
    from_year: FinancialYear
    recurrent: bool
    gbp: Pounds
    source: ShortText


class Bridge(Request):
    """How a baseline is built from an outturn; the parts must add up to it. All in GBP a year.

    baseline = outturn - non_recurrent + full_year_effect + tariff_uplift - efficiency + growth - qipp
    """

    outturn_gbp: Pounds
    non_recurrent_gbp: SignedPounds = 0
    full_year_effect_gbp: SignedPounds = 0
    tariff_uplift_gbp: SignedPounds = 0
    efficiency_gbp: SignedPounds = 0
    growth_gbp: SignedPounds = 0
    qipp_gbp: SignedPounds = 0
    source: ShortText

    @property
    def baseline_gbp(self) -> int:
        return (
            self.outturn_gbp
            - self.non_recurrent_gbp
            + self.full_year_effect_gbp
            + self.tariff_uplift_gbp
            - self.efficiency_gbp
            + self.growth_gbp
            - self.qipp_gbp
        )


class ReleaseStep(Request):
    """From this day on, this share of a contract's value is released when less is bought."""

    day: Day
    share: Share


class Contract(Rule):
    """What is committed to a provider for a line, and what of it can be released when.

    A block releases nothing before its notice expires, everything after, or what `releasable` says then. Under tariff,
    local price or grant, payment moves with activity: only what `releasable` holds back is committed. Cost and volume
    holds back by `releasable` too. Money that a commitment costs beyond the cases done buys no benefit. Nothing is
    committed before it `begins` and after it `ends`.
    """

    key: Key
    provider: ShortText
    form: Literal["national_tariff", "local_price", "block", "cost_and_volume", "grant"]
    line: LineKey
    value_gbp: Pounds = Field(description="a year, in prices of the contract")
    values_gbp: dict[FinancialYear, Pounds] = Field(
        {}, description="what it comes to in single years, of the part of the year that it is in force in"
    )
    begins: Day | None = None
    notice_given: Day | None = None
    notice_months: Annotated[int, Field(ge=0, le=120)] = 12
    ends: Day | None = None
    releasable: Annotated[list[ReleaseStep], Field(max_length=50)] = []

    @model_validator(mode="after")
    def _releases_more_and_more(self) -> Self:
        if self.begins is not None and self.ends is not None and self.begins > self.ends:
            raise ValueError("begins after it ends")
        steps = sorted(self.releasable, key=lambda step: step.day)
        if any(later.share < earlier.share for earlier, later in pairwise(steps)):
            raise ValueError("a released share never falls again")
        return self
