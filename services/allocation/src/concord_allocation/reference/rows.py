"""One model per reference table: the columns this service reads, with their types and units.

The files are defined in `data/england_2013_14/README.md`. An empty cell is "none"; columns we do not read are ignored,
so that the data may grow. Money is whole pounds, a share is 0..1, a year is `"2013-14"`.
"""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from concord_contracts.identifiers import BodyId, FinancialYear, Key

Gbp = Annotated[int, Field(ge=0, le=10**12)]
Amount = Annotated[Decimal, Field(ge=-(10**15), le=10**15)]
Text = Annotated[str, Field(max_length=4000)]
LineName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~:/-]{0,159}$")]
Many = Annotated[tuple[str, ...], BeforeValidator(lambda cell: tuple(cell.split()) if isinstance(cell, str) else cell)]
"""A list inside one cell, separated by spaces; `*` means all."""
ModeKey = Annotated[Key, BeforeValidator(lambda cell: str(cell).replace(" ", "-"))]
"""A delivery mode as a key: the tables write it in words ("day case")."""


class Row(BaseModel):
    """A line of a table. `KEY` names it; `FIGURES` are the columns whose numbers are listed with their provenance.

    `WHOLE` names the columns of what makes sense as a whole only (a curve): a body's own rows take the place of all of
    ours with the same; none: the key. `POUNDS` is the figure column whose sum over the table is money, where that has
    a meaning.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)
    KEY: ClassVar[tuple[str, ...]] = ()
    WHOLE: ClassVar[tuple[str, ...] | None] = None
    FIGURES: ClassVar[tuple[str, ...]] = ()
    POUNDS: ClassVar[str | None] = None
    UNIT: ClassVar[str] = "GBP"

    def row_key(self) -> str:
        """The row's key as one text, unique in its table."""
        return "|".join(str(getattr(self, column)) for column in self.KEY)

    @classmethod
    def cover_of(cls, row: BaseModel) -> str:
        """What a body's own row takes the place of ours by, as one text; of a row or of its key alone."""
        return "|".join(str(getattr(row, column)) for column in cls.WHOLE or cls.KEY)

    def unit_of(self, _column: str) -> str:
        """The unit that a figure column is in."""
        return self.UNIT


class Sourced(Row):
    """A row with a figure says where the figure comes from."""

    basis: Literal["published", "derived", "assumption"]
    source: Text | None = None
    note: Text | None = None
    low: Amount | None = None
    high: Amount | None = None

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if self.basis == "published" and not self.source:
            raise ValueError("a published figure names its source")
        if self.basis != "published" and not (self.note or self.source):
            raise ValueError("a figure that is not published carries a note that says how it was made")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low lies above high")
        return self


class PayerRow(Row):
    KEY = ("payer",)
    payer: BodyId
    place: Key | None = None
    note: Text | None = None


class PurseRow(Row):
    KEY = ("purse",)
    purse: Key
    owner: BodyId
    office: BodyId | None = None
    name: Text
    kind: Key
    pathways: Many
    stages: Many
    places: Many
    recurrent: bool
    in_baseline: bool
    note: Text | None = None


class PurseAmountRow(Sourced):
    """What a purse holds in a year for one pathway, or, under `*`, for all its pathways together.

    `follows_lines`: the amount is what the purse's lines of the pathway cost, and moves with them.
    """

    KEY = ("purse", "pathway", "year")
    WHOLE = ("purse", "year")
    FIGURES = ("amount_gbp",)
    POUNDS = "amount_gbp"
    purse: Key
    pathway: Key | Literal["*"] = "*"
    year: FinancialYear
    amount_gbp: Gbp
    kind_of_money: Text
    follows_lines: bool = False


class LineRow(Sourced):
    KEY = ("line",)
    FIGURES = ("baseline_gbp",)
    POUNDS = "baseline_gbp"
    line: LineName
    place: Key
    pathway: Key
    stage: Key
    population_basis: Text
    purse: Key
    baseline_gbp: Gbp
    kind_of_money: Text


class CurveRow(Sourced):
    """One segment of a stage's benefit curve; widths are shares of the line's baseline, or per 100,000 people."""

    KEY = ("pathway", "stage", "segment")
    WHOLE = ("pathway", "stage")
    FIGURES = ("gbp_per_qaly",)
    pathway: Key
    stage: Key
    segment: Annotated[int, Field(ge=1, le=19)]
    label: Text
    width_share: Annotated[float, Field(gt=0, le=100)] | None = None
    width_per_100k_gbp: Annotated[float, Field(gt=0, le=1e9)] | None = None
    gbp_per_qaly: Annotated[Decimal, Field(gt=0, le=10**9)] | None = None
    gbp_per_qaly_low: Annotated[Decimal, Field(gt=0, le=10**9)] | None = None
    gbp_per_qaly_high: Annotated[Decimal, Field(gt=0, le=10**9)] | None = None
    slope_qaly_per_gbp: Annotated[float, Field(ge=0, le=1)]
    rule: Text
    grade: Text | None = None
    evidence: Text | None = None

    @model_validator(mode="after")
    def _has_one_width(self) -> Self:
        if (self.width_share is None) == (self.width_per_100k_gbp is None):
            raise ValueError("a segment has either width_share or width_per_100k_gbp")
        return self


class UnitCostRow(Sourced):
    KEY = ("pathway", "stage", "mode")
    FIGURES = ("unit_cost_gbp",)
    pathway: Key
    stage: Key
    mode: ModeKey
    unit: Text
    unit_cost_gbp: Annotated[Decimal, Field(gt=0, le=10**9)]
    price_year: Text | None = None

    def unit_of(self, _column: str) -> str:
        return f"GBP per {self.unit}"


class OfLineRow(Sourced):
    """A row about a line: it has the place, pathway and purse of the line, and is a matter of whoever pays it."""

    line: LineName


class ActivityRow(OfLineRow):
    """Cases of a line in the reference year; `follows_lines`: they are baseline / unit cost, and move with both."""

    KEY = ("line", "mode")
    FIGURES = ("cases",)
    mode: ModeKey
    unit: Text
    cases: Annotated[Decimal, Field(ge=0, le=10**9)]
    driver: Literal["referrals", "diagnosed", "none"] = "none"
    must_meet: bool = False
    follows_lines: bool = False

    def unit_of(self, _column: str) -> str:
        return f"{self.unit} a year"


class LinkRow(Sourced):
    KEY = ("link",)
    FIGURES = ("at_most",)
    link: Key
    pathway: Key
    stage: Key
    per_stage: Key
    at_most: Annotated[Decimal, Field(gt=0, le=10**6)]
    label: Text

    def unit_of(self, _column: str) -> str:
        return f"cases of {self.stage} per case of {self.per_stage}"


class PriceChangeRow(Sourced):
    KEY = ("year", "sector")
    FIGURES = ("change",)
    UNIT = "share"
    year: FinancialYear
    sector: Key
    change: Annotated[Decimal, Field(gt=-1, le=1)]


class StagePriceRow(Sourced):
    """Which published tariff movement a stage's unit costs follow; `none`: no tariff moves it."""

    KEY = ("stage",)
    stage: Key
    sector: Key


class WhatIfRow(Sourced):
    KEY = ("what_if",)
    FIGURES = ("value",)
    what_if: Key
    question: Text
    kind: Text
    value: Amount
    unit: Text

    def unit_of(self, _column: str) -> str:
        return self.unit


class WhatIfAmountRow(Row):
    KEY = ("what_if", "purse", "year")
    what_if: Key
    purse: Key
    to_purse: Key | None = None
    year: FinancialYear
    amount_gbp: Annotated[int, Field(ge=-(10**12), le=10**12)]
    note: Text | None = None


class PlanningRuleRow(Sourced):
    """A standard limit of a planning round: how fast a line may move, or how low it may fall against its baseline.

    `years`: the first planning year, the later ones, or all.
    """

    KEY = ("rule",)
    FIGURES = ("max_up", "max_down", "floor_share")
    UNIT = "share of the baseline"
    rule: Key
    kind: Literal["pace", "floor"]
    pathways: Many
    stages: Many
    max_up: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    max_down: Annotated[Decimal, Field(ge=0, le=1)] | None = None
    floor_share: Annotated[Decimal, Field(ge=0, le=1)] | None = None
    years: Literal["first", "later", "*"] = "*"
    label: Text

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.kind == "floor" and self.floor_share is None:
            raise ValueError("a floor names its floor_share")
        if self.kind == "pace" and self.max_up is None and self.max_down is None:
            raise ValueError("a pace of change names max_up, max_down or both")
        return self


class StageTotalRow(Sourced):
    """What England spends on a stage: the control total that the stand-in's lines sum to, with its rule in words."""

    KEY = ("pathway", "stage")
    FIGURES = ("england_gbp",)
    POUNDS = "england_gbp"
    pathway: Key
    stage: Key
    england_gbp: Gbp


class SourceRow(Row):
    """A document that figures cite."""

    KEY = ("source",)
    source: Text
    title: Text
    publisher: Text | None = None


def cells_of(record: dict[str, Any]) -> dict[str, Any]:
    """A CSV record without its empty cells: an empty cell is the same as a cell that is not there."""
    return {column: cell for column, cell in record.items() if column is not None and cell not in ("", None)}


def cells_shown(row: Row) -> dict[str, str]:
    """A row's cells that hold something, as they would be sent."""
    said: dict[str, Any] = row.model_dump(mode="json", exclude_none=True)
    return {column: _cell(value) for column, value in said.items()}


def _cell(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(str(one) for one in value)
        case _:
            return str(value)
