"""Fairness between groups: a floor per weighted head, how far groups may lie apart, the worst-off one, and people."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from concord_contracts.allocation.quantities import CaseSelection, Heads, Provenance, SoftRule, Words, Years
from concord_contracts.identifiers import FinancialYear, Key, Request


class Equity(SoftRule):
    """A measure per weighted head, group by group: benefit, spend or cases of the selection in each named group.

    `floor`: no group gets less per head. `spread_at_most`: greatest less least per head; not for benefit, where a plan
    could keep it by wasting money. `raise_least`: what the objective `worst_off` raises, for one entry in benefit.
    """

    key: Key
    label: Words
    measure: Literal["benefit", "spend", "activity"] = "benefit"
    select: CaseSelection = CaseSelection()
    per: Literal["place", "pathway", "stage"] = "place"
    heads: Annotated[dict[Key, Heads], Field(min_length=1, max_length=1000)]
    floor: Annotated[float, Field(ge=0, le=1e9, json_schema_extra={"unit": "per weighted head"})] | None = None
    spread_at_most: Annotated[float, Field(ge=0, le=1e9, json_schema_extra={"unit": "per weighted head"})] | None = None
    raise_least: bool = False
    years: Years | None = None
    per_year: bool = True

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.floor is None and self.spread_at_most is None and not self.raise_least:
            raise ValueError("give floor, spread_at_most or raise_least")
        if self.spread_at_most is not None and self.measure == "benefit":
            raise ValueError(
                "a spread of benefit could be kept by wasting money; limit the spread of spend or activity"
            )
        if self.raise_least and (self.measure != "benefit" or self.per_year):
            raise ValueError("raise_least is about benefit over all years: measure benefit, per_year false")
        return self


class People(Request):
    """People of a place by how they are counted: registered, resident, weighted. No plan depends on it; costs may be
    divided by it.
    """

    place: Key
    basis: Annotated[str, Field(min_length=1, max_length=80)]
    persons: Annotated[int, Field(strict=True, ge=0, le=10**9, json_schema_extra={"unit": "people"})]
    year: FinancialYear | None = None
    provenance: Provenance
