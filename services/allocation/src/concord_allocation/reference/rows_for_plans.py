"""Rows of the tables that further parts of a plan are filled in from: price indices, weights of need, yearly rules."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from concord_allocation.reference.rows import Gbp, OfLineRow, Sourced, Text
from concord_contracts.identifiers import FinancialYear, Key


class DeflatorRow(Sourced):
    """A price index in a year; `index` counts from the base that the note names."""

    KEY = ("series", "vintage", "year")
    FIGURES = ("index",)
    UNIT = "index"
    series: Key
    vintage: Text
    year: FinancialYear
    index: Annotated[Decimal, Field(gt=0, le=10**6)]


class NeedWeightRow(Sourced):
    """A place's share of England's need, 0 to 1."""

    KEY = ("place",)
    FIGURES = ("weight_share",)
    UNIT = "share of England's need"
    place: Key
    persons: Annotated[int, Field(gt=0, le=10**9)]
    weight_share: Annotated[Decimal, Field(gt=0, le=1)]


SignedGbp = Annotated[int, Field(ge=-(10**12), le=10**12)]


class BridgeRow(OfLineRow):
    """How the baseline of a line for a year is built up from what was spent on it in the year before; GBP a year.

    baseline = outturn - non_recurrent + full_year_effect + tariff_uplift - efficiency + growth - qipp
    """

    KEY = ("line", "year")
    FIGURES = (
        "outturn_gbp", "non_recurrent_gbp", "full_year_effect_gbp", "tariff_uplift_gbp", "efficiency_gbp",
        "growth_gbp", "qipp_gbp", "baseline_gbp",
    )  # fmt: skip
    POUNDS = "baseline_gbp"
    year: FinancialYear
    outturn_gbp: Gbp
    non_recurrent_gbp: SignedGbp = 0
    full_year_effect_gbp: SignedGbp = 0
    tariff_uplift_gbp: SignedGbp = 0
    efficiency_gbp: SignedGbp = 0
    growth_gbp: SignedGbp = 0
    qipp_gbp: SignedGbp = 0
    baseline_gbp: Gbp

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        less = self.non_recurrent_gbp + self.efficiency_gbp + self.qipp_gbp
        more = self.full_year_effect_gbp + self.tariff_uplift_gbp + self.growth_gbp
        come_to = self.outturn_gbp - less + more
        if come_to != self.baseline_gbp:
            raise ValueError(f"the parts come to {come_to:,}, and baseline_gbp says {self.baseline_gbp:,}")
        return self


class BusinessRuleRow(Sourced):
    """A rule of the planning year, as printed; plans are held to those in shares of the allocation."""

    KEY = ("rule", "year")
    FIGURES = ("value",)
    rule: Text
    year: FinancialYear
    value: Annotated[Decimal, Field(ge=0, le=10**12)]
    unit: Text
    may_be_waived_by: Text | None = None

    def unit_of(self, _column: str) -> str:
        return self.unit
