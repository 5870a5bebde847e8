"""Where a pooled fund stands, month by month."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from concord_contracts.agreements.common import example_of
from concord_contracts.identifiers import BodyId, FinancialYear, Key, Reply, Request, ShortText


def fund_key(agreement: str) -> str:
    """How an agreement's pooled fund is named, here and in allocation's problems: it has one."""
    return f"fund.{agreement}"


class PositionIn(Request):
    """Where a pooled fund stood at the end of a month, reported by its host, in whole pence since 1 April.

    A later report of the same month corrects an earlier one; nothing is taken back.
    """

    model_config = example_of(
        {
            "year": "2014-15",
            "month": 3,
            "actual_pence": 18500000,
            "forecast_pence": 82500000,
            "minute": "Partnership board, 24 July 2014, item 5",
        }
    )

    fund: Key | None = Field(None, description="the fund; left out: the agreement's own, it has one")
    year: FinancialYear
    month: Annotated[int, Field(strict=True, ge=1, le=12, description="1 is April, 12 is March")]
    actual_pence: Annotated[int, Field(strict=True, ge=0, le=10**15, description="spent since 1 April")]
    forecast_pence: Annotated[int, Field(strict=True, ge=0, le=10**15, description="expected for the whole year")]
    minute: ShortText | None = Field(None, description="where the position was received, if it was")
    note: Annotated[str, Field(max_length=1000)] | None = None


class FundPosition(Reply):
    """One month of a fund by its latest report. Variances: positive over the plan, negative under it."""

    year: FinancialYear
    month: int
    until: date = Field(description="the first day after the month")
    plan_pence: int = Field(description="cash contributions agreed for the year")
    plan_to_date_pence: int = Field(description="by `plan_rule`, an assumption: the text agrees years, not months")
    actual_pence: int
    variance_pence: int = Field(description="actual less plan to date")
    forecast_pence: int
    forecast_variance_pence: int = Field(description="forecast less the year's plan")
    shares_pence: dict[BodyId, int] = Field(
        description="what each party would bear of the forecast variance (negative: get back), by the agreed waterfall"
    )
    minute: str | None
    note: str | None
    reported_at: datetime
    reports: int = Field(description="how many reports of the month are known; more than one: corrected")


class FundPositions(Reply):
    """What the host has reported of a pooled fund, months in order."""

    agreement: str
    fund: Key
    host: BodyId
    as_of: date
    known_at: datetime
    plan_rule: str
    plan_to_date_basis: str = Field("assumption", description="plan to date has no published or agreed source")
    items: list[FundPosition]
