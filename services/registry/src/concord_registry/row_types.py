"""What lines of files are made of: the forms of their cells, a line, a line that holds for a period. Pure."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from concord_contracts.identifiers import FOREVER, BodyId, Key

BLANK = BeforeValidator(lambda value: None if value == "" else value)

Text = Annotated[str, StringConstraints(min_length=1, max_length=8000)]
Maybe = Annotated[Text | None, BLANK]
MaybeKey = Annotated[Key | None, BLANK]
MaybeBody = Annotated[BodyId | None, BLANK]
MaybeFigure = Annotated[Annotated[float, Field(ge=0, allow_inf_nan=False)] | None, BLANK]
MaybeCount = Annotated[Annotated[int, Field(ge=0)] | None, BLANK]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
KeyOrAny = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9._~:-]{0,79})$")]
Year = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
Expression = Literal[
    "ccg_of_place",
    "icb_of_place",
    "upper_tier_council_of_place",
    "nhs_england",
    "secretary_of_state",
    "pct_of_place",
    "scg_of_place",
    "support_unit_of_place",
    "none_named",
]
BodyOrExpression = BodyId | Expression
PlaceKind = Literal["england", "region", "area", "pct", "ccg", "icb", "council", "part", "union"]


class FileRow(BaseModel):
    """A line. `identity` names the columns that two lines may not share (for dated lines: not on the same day).

    `edition` counts how often we have changed what we keep of such a line: a load by a newer edition reads lines again
    that have not changed themselves.
    """

    model_config = ConfigDict(extra="forbid")

    identity: ClassVar[tuple[str, ...]] = ()
    edition: ClassVar[int] = 1


class DatedRow(FileRow):
    valid_from: date
    valid_to: date = FOREVER

    @model_validator(mode="after")
    def _runs_forward(self) -> "DatedRow":
        if self.valid_to <= self.valid_from:
            raise ValueError("valid_to must lie after valid_from")
        return self
