"""Cases: what they use, how many patients wait, and how one activity brings about, needs or saves another."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.quantities import (
    Amount,
    Cases,
    CaseSelection,
    LineKey,
    PoundsEach,
    Rate,
    Rule,
    Share,
    SoftRule,
    Words,
)
from concord_contracts.identifiers import FinancialYear, Key, Request, ShortText

Lag = Annotated[int, Field(ge=0, le=10, json_schema_extra={"unit": "years"})]


class ResourceUse(Request):
    """How much of a resource each selected case takes, in the resource's unit."""

    select: CaseSelection = CaseSelection()
    per_case: Annotated[float, Field(gt=0, le=1e6, json_schema_extra={"unit": "the resource's unit per case"})]


class Resource(Rule):
    """Capacity or workforce: endoscopy sessions, scanner hours, chairs, nurse WTE. Cases use no more than there is.

    More may be bought at `price_gbp` a unit, up to `extra_at_most`, paid as spend on the line `bought_on`; `lasting`
    units stay in later years (bought once), others are bought year by year. `max_growth`: all there is in a year, at
    most this much more than the year before (0.1: ten percent).
    """

    key: Key
    name: ShortText
    unit: Annotated[str, Field(min_length=1, max_length=60)]
    supply: dict[FinancialYear, Amount] = Field(description="by year; a year left out has none")
    uses: Annotated[list[ResourceUse], Field(min_length=1, max_length=100)]
    extra_at_most: dict[FinancialYear, Amount] = {}
    price_gbp: PoundsEach | None = None
    bought_on: LineKey | None = None
    lasting: bool = False
    max_growth: Annotated[float, Field(ge=0, le=100)] | None = None


class MetBy(Request):
    """Cases that meet a demand; substitutes count `counts` patients a case."""

    select: CaseSelection = CaseSelection()
    counts: Annotated[float, Field(gt=0, le=1000, json_schema_extra={"unit": "patients per case"})] = 1.0


class Shift(Request):
    """Patients brought about (rate above 0) or saved (below 0) by earlier activity (per case) or spend (per GBP)."""

    select: CaseSelection = CaseSelection()
    measure: Literal["activity", "spend"] = "activity"
    rate: Rate
    lag: Lag = 0


class Demand(SoftRule):
    """Patients a year, and what becomes of those not treated.

    Waiting: backlog[t] = backlog[t-1] + patients[t] - treated[t], from `opening_backlog`. Otherwise no more are treated
    than come. `minimum_share`: of the patients of the year, as a waiting-time standard asks (0.93 in two weeks).
    """

    key: Key
    label: Words
    unit: Annotated[str, Field(min_length=1, max_length=60)]
    cases: dict[FinancialYear, Cases] = Field(description="by year; a year left out has none")
    met_by: Annotated[list[MetBy], Field(min_length=1, max_length=100)]
    shifts: Annotated[list[Shift], Field(max_length=100)] = []
    waits: bool = False
    opening_backlog: Cases = 0.0
    backlog_at_most: dict[FinancialYear, Cases] = {}
    minimum_share: Share = 0.0
    demand_driven: bool = Field(False, description="its cases grow with `scale_demand` on the lines that meet it")


class Link(Rule):
    """One activity bound to another: sum of `to` cases in year t + lag against rate x sum of `per` cases in year t.

    induces: at least; nested: at most (the inner service needs the outer one); follows: exactly.
    """

    key: Key
    label: Words
    kind: Literal["induces", "nested", "follows"]
    per: CaseSelection
    to: CaseSelection
    rate: Annotated[float, Field(ge=0, le=1e6, json_schema_extra={"unit": "cases per case"})]
    lag: Lag = 0
