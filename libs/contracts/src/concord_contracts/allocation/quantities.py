"""Amounts with their units, keys, selections and provenance: the words that every part of a problem is written in.

Each type names its unit in the schema (`unit`), so that pounds cannot be taken for thousands, shares for percent, or
benefit per pound for pounds per benefit.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from concord_contracts.identifiers import FinancialYear, Key, Request, ShortText


def _in(unit: str) -> dict[str, str]:
    return {"unit": unit}


Pounds = Annotated[int, Field(strict=True, ge=0, le=10**12, json_schema_extra=_in("GBP"))]
"""Whole pounds, never negative; a thousand billion is above any public budget and far inside exact arithmetic."""
SignedPounds = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12, json_schema_extra=_in("GBP"))]
PoundsEach = Annotated[float, Field(gt=0, le=1e9, json_schema_extra=_in("GBP per unit"))]
Cases = Annotated[float, Field(ge=0, le=1e9, json_schema_extra=_in("cases a year"))]
Amount = Annotated[float, Field(ge=0, le=1e9, json_schema_extra=_in("the resource's own unit a year"))]
Rate = Annotated[float, Field(ge=-1e6, le=1e6, json_schema_extra=_in("per case or per GBP of what it counts"))]
BenefitPerPound = Annotated[float, Field(ge=0, le=1e3, json_schema_extra=_in("benefit per GBP"))]
BenefitOfCase = Annotated[float, Field(ge=0, le=1e9, json_schema_extra=_in("benefit per case"))]
Benefit = Annotated[float, Field(ge=-1e9, le=1e9, json_schema_extra=_in("benefit a year"))]
Heads = Annotated[float, Field(gt=0, le=1e9, json_schema_extra=_in("weighted heads"))]
Share = Annotated[float, Field(ge=0, le=1, json_schema_extra=_in("share of 1"))]
Factor = Annotated[float, Field(gt=0, le=100, json_schema_extra=_in("multiple"))]
Number = Annotated[float, Field(ge=-1e12, le=1e12)]
LineKey = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~:-]{0,159}$"),
    Field(description="place, pathway and stage in one key", examples=["ccg-02A.lung.diagnostic-imaging"]),
]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Keys = Annotated[list[Key], Field(min_length=1, max_length=5000)]
LineKeys = Annotated[list[LineKey], Field(min_length=1, max_length=20000)]
Years = Annotated[list[FinancialYear], Field(min_length=1, max_length=10)]


class Provenance(Request):
    """Where a figure comes from: a source, or an assumption with a note and, where known, a range.

    `low` and `high` are in the unit of the figure they stand beside.
    """

    basis: Literal["source", "assumption"]
    source: ShortText | None = None
    note: Words | None = None
    grade: Annotated[str, Field(max_length=80)] | None = None
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _says_what_it_rests_on(self) -> Self:
        if self.basis == "source" and not self.source:
            raise ValueError('basis "source" names its source')
        if self.basis == "assumption" and not self.note:
            raise ValueError('basis "assumption" carries a note that says why')
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low lies above high")
        return self


NOT_STATED = Provenance(basis="assumption", note="where it comes from is not stated")
"""What a figure rests on whose writer does not say: it counts among the assumptions of every answer."""


class LineSelection(Request):
    """Which lines: all named attributes must hold, any value of one will do, an absent one does not restrict."""

    lines: LineKeys | None = None
    places: Keys | None = None
    pathways: Keys | None = None
    stages: Keys | None = None
    purposes: Keys | None = None
    statutory_payers: Keys | None = None


class Selection(LineSelection):
    """Which payments: lines as above, and whose money (`payers` own `purses`), through which `funds`, delivered how.

    `resources`, `demands` and `options` choose what the measures `extra`, `waiting` and `option` count.
    """

    payers: Keys | None = None
    purses: Keys | None = None
    funds: Keys | None = None
    modes: Keys | None = None
    resources: Keys | None = None
    demands: Keys | None = None
    options: Keys | None = None


class CaseSelection(LineSelection):
    """Which cases: of which lines, delivered how."""

    modes: Keys | None = None


class PurseChoice(Request):
    """Whose money: purses by key or by owner; absent attributes do not restrict."""

    payers: Keys | None = None
    purses: Keys | None = None


class Rule(Request):
    """What every rule says of itself: where it comes from, whether it is law, what a pound of loosening it counts."""

    source: ShortText
    statutory: bool = Field(False, description="set by law: never relaxed, never changed by a what-if")
    relaxation_weight: Annotated[float, Field(gt=0, le=1000)] = 1.0


class SoftRule(Rule):
    """A rule that need not be hard: the least weighted miss in GBP is sought before anything else, priority 1 first."""

    hard: bool = True
    priority: Annotated[int, Field(ge=1, le=9)] = 1
