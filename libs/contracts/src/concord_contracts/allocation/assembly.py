"""How what is on the map and in the books entered a scenario: each contract that was found, each baseline built up."""

from typing import Literal

from pydantic import Field

from concord_contracts.identifiers import FinancialYear, Reply


class ContractOnLine(Reply):
    """What a contract comes to on one line of the plan, in the planning years that it is in force in."""

    line: str
    payer: str
    gbp: dict[FinancialYear, int]
    baseline_gbp: int = Field(description="of the line, a year")


class ContractEntered(Reply):
    """A contract of the registry's: as what it entered the plan, or why it did not. None that was found is missing."""

    record: str
    version: int
    title: str
    provider: str = Field(description="by name, as everybody here")
    host: str | None
    coordinator: str
    form: str
    price_basis: str | None
    money: Literal["contract-value", "plan"] | None = Field(description="the kind of money that its value was taken of")
    entered: Literal["whole", "part", "not"] = Field(
        description="whole: all that it comes to for the plan's payers lies on lines of this plan; part: it is for "
        "more than this plan, and what of it lies here is assumed"
    )
    lines: list[ContractOnLine]
    words: str


class BaselineBuilt(Reply):
    """A payer's baselines that were built up from outturn; GBP a year, re-added: the parts come to the baseline."""

    payer: str
    lines: int
    outturn_gbp: int
    non_recurrent_gbp: int
    full_year_effect_gbp: int
    tariff_uplift_gbp: int
    efficiency_gbp: int
    growth_gbp: int
    qipp_gbp: int
    baseline_gbp: int
    before_gbp: int = Field(description="what the figures had for these lines")
    lines_without: int = Field(description="lines of this payer that no outturn was sent for: they keep their figure")
    words: str


class Assembly(Reply):
    """What a scenario asked for by `fill_in` from the map and the books, and what became of it."""

    contracts: list[ContractEntered] = []
    baselines: list[BaselineBuilt] = []
