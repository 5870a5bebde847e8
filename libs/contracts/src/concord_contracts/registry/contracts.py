"""Contracts, through which a service reaches patients."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from concord_contracts.identifiers import BodyId, Day, FinancialYear, Reply, Request, ShortText
from concord_contracts.registry.common import NamedBody
from concord_contracts.registry.records import PathwayKeys, PlaceKeys, RecordIn, RecordView, Share, StageKeys, Words
from concord_contracts.registry.rolling import RestsOn


class ContractForm(StrEnum):
    NATIONAL_TARIFF = "national-tariff"
    LOCAL_PRICE = "local-price"
    BLOCK = "block"
    COST_AND_VOLUME = "cost-and-volume"
    GRANT = "grant"


class Money(StrEnum):
    """The five kinds of money; a figure is only ever one of them."""

    ALLOCATION = "allocation"
    PLAN = "plan"
    CONTRACT_VALUE = "contract-value"
    FORECAST = "forecast"
    OUTTURN = "outturn"


class AssociateFields(BaseModel):
    organisation: BodyId
    share: Share | None = Field(None, description="of the contract's value, 0 to 1; none: not stated")


class Associate(Request, AssociateFields):
    """A commissioner that buys under another's contract."""


class AssociateView(Reply, AssociateFields):
    """A commissioner that buys under another's contract."""


class ValueFields(BaseModel):
    year: FinancialYear
    money: Money
    value_gbp: Annotated[int, Field(strict=True, ge=0, le=10**11, description="whole pounds")]


class ContractValue(Request, ValueFields):
    """What a contract comes to in a year."""


class ContractValueView(Reply, ValueFields):
    """What a contract comes to in a year."""


class RolledValue(ContractValueView):
    """The part of a contract's value in a year that falls to a commissioner of the later day."""

    body: NamedBody
    of: list[BodyId] = Field(description="the contract's commissioners whose parts it is made of")
    basis: RestsOn


class ContractFields(BaseModel):
    title: ShortText
    reference: ShortText | None = Field(None, description="the contract's own number")
    provider: BodyId
    host: BodyId | None = Field(None, description="who holds it for others, where that is not the coordinator")
    coordinator: BodyId = Field(description="the coordinating commissioner")
    form: ContractForm
    price_basis: Words | None = Field(None, description="what is paid for, and at whose price", examples=["HRG tariff"])
    stages: Annotated[StageKeys, Field(min_length=1)]
    pathways: PathwayKeys = ["*"]
    places: PlaceKeys
    market_forces_factor: Annotated[float, Field(ge=0.5, le=2, allow_inf_nan=False)] | None = None
    cquin_share: Share | None = Field(None, description="CQUIN as a share of the contract's value")
    notice_months: Annotated[int, Field(strict=True, ge=0, le=60)] | None = None
    latest_notice_on: Day | None = Field(None, description="the last day on which notice ends it with its term")
    notice_given_on: Day | None = Field(None, description="the day on which notice was given; none: it was not")
    releasable_share: Share | None = Field(None, description="what share of its cost can be released")
    releasable_from: Day | None = Field(None, description="and from when; a block: not before notice expires")
    last_reviewed: Day | None = None
    renewals: Annotated[list[Day], Field(max_length=50)] = Field([], description="days on which it was extended")
    intentions_due: Day | None = Field(None, description="the day by which commissioning intentions are due")
    values_public: bool = Field(False, description="whether anybody may see the values; else the parties do")


class ContractIn(RecordIn, ContractFields):
    """A contract; its term is `valid_from` until before `valid_to`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "Acute services",
                    "provider": "ods:RM2",
                    "coordinator": "ods:02A",
                    "form": "block",
                    "stages": ["diagnostic_imaging"],
                    "pathways": ["lung"],
                    "places": ["ccg-02A"],
                    "notice_months": 12,
                    "values": [{"year": "2013-14", "money": "contract-value", "value_gbp": 1200000}],
                    "valid_from": "2013-04-01",
                    "valid_to": "2016-04-01",
                }
            ]
        },
    )

    associates: Annotated[list[Associate], Field(max_length=300)] = []
    values: Annotated[list[ContractValue], Field(max_length=200)] = []

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        named = [one.organisation for one in self.associates]
        if len(set(named)) < len(named):
            raise ValueError("an associate stands twice in associates")
        if sum(one.share or 0 for one in self.associates) > 1 + 1e-9:
            raise ValueError("the associates' shares come to more than 1")
        figures = [(one.year, one.money) for one in self.values]
        if len(set(figures)) < len(figures):
            raise ValueError("a year has one value of each kind of money: one stands twice in values")
        if any(day < self.valid_from for day in self.renewals):
            raise ValueError("a renewal lies before the contract begins")
        return self


class ContractView(RecordView, ContractFields):
    """A contract, with what follows from its dates on the day asked about."""

    associates: list[AssociateView] = []
    values: list[ContractValueView] = Field([], description="empty where they are withheld")
    rolled_values: list[RolledValue] = Field(
        [],
        description="with `roll_to`: each value over the commissioners that stood then in the place of its associates, "
        "by their shares, and of its coordinator, for the rest; in whole pounds that add up to the value. An associate "
        "without a stated share is counted with the coordinator, and the part rests on an assumption",
    )
    values_withheld: bool = Field(False, description="true where the caller may not see the values")
    rolled_over_unread: bool = Field(
        False, description="renewed by the day, and not reviewed since the renewal before (or its beginning)"
    )
    notice_by: date | None = Field(
        None, description="the last day for notice: as stated, else the end of the term less the notice period"
    )
