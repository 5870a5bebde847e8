"""Rows of the tables that further parts of a plan are filled in from: price indices, weights of need, yearly rules."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from concord_allocation.reference.rows import Sourced, Text
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
