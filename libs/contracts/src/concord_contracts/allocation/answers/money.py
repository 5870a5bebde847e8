"""The pounds of a plan: cells, the same pounds seen six ways, totals, and how far a tie decided them."""

from pydantic import Field

from concord_contracts.identifiers import Reply


class Cell(Reply):
    """Pounds of one purse on one line in one year, directly (`fund` none) or through a fund."""

    year: str
    line: str
    place: str
    pathway: str
    stage: str
    purse: str
    payer: str
    fund: str | None
    gbp: int
    reference_gbp: int
    because: str = Field(description="the rule or mechanism that lets this payer pay")


class SplitRow(Reply):
    """One row of a split; `available_gbp` for purses and payers, `benefit` for lines' attributes."""

    year: str
    key: str
    name: str
    gbp: int
    reference_gbp: int
    change_gbp: int
    available_gbp: int | None = None
    benefit: float | None = None


class Splits(Reply):
    """The same pounds seen six ways; each adds up to `totals.spend_gbp`."""

    payer: list[SplitRow]
    purse: list[SplitRow]
    pathway: list[SplitRow]
    stage: list[SplitRow]
    place: list[SplitRow]
    year: list[SplitRow]


class Totals(Reply):
    """Over all years. `moved_gbp` = half of all pounds that differ from the reference split."""

    spend_gbp: int
    available_gbp: int
    unspent_gbp: int
    reference_gbp: int
    moved_gbp: int
    benefit: float = Field(description="discounted to the base year, of the rounded plan")
    reference_benefit: float = Field(description="the reference split's, by the same curves")
    benefit_unit: str
    elsewhere_benefit: float = Field(
        0.0, description="of money left outside or at the end of the plan, less the penalty of overspends; discounted"
    )


class ContributionRow(Reply):
    year: str
    fund: str
    purse: str
    payer: str
    gbp: int


class Exit(Reply):
    """Non-recurrent money that ends: what the line had from it, and what the next year has without it."""

    purse: str
    line: str
    year: str
    gbp: int
    next_year: str
    line_gbp: int
    line_next_gbp: int
    words: str


class PayerTie(Reply):
    """How far the tie-break decided one payer's bill; over all years, GBP.

    `decided_gbp`: half of the pounds of this payer that differ between the tie-break's least and greatest plan.
    `least_gbp`..`greatest_gbp`: what the bill could be in plans as good on every earlier objective.
    """

    payer: str
    decided_gbp: int
    least_gbp: int
    greatest_gbp: int


class Ties(Reply):
    other_plans_as_good: bool
    decided_gbp: int
    payers: list[PayerTie]
    options: list[str] = Field([], description="options that another set with the same benefit has otherwise")
