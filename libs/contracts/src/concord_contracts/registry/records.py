"""What all knowledge that is kept beside the map shares: dated records in versions, entered by a body.

People's roles, limits of authority, advice, networks, plans, contracts and risks are such records. A correction is the
next version of the same record; a change in the world ends it, and another may succeed it.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from concord_contracts.identifiers import FOREVER, BodyId, Day, Key, Reply, Request
from concord_contracts.registry.common import KeyOrAny, NamedBody
from concord_contracts.registry.rolling import ReExpressed

Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Gbp = Annotated[int, Field(strict=True, ge=0, le=10**12, description="whole pounds")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, description="0 to 1")]


def _http(value: str) -> str:
    if not value.startswith(("https://", "http://")) or len(value.split()) != 1:
        raise ValueError("a link begins with https:// or http:// and has no spaces")
    return value


Link = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(_http), Field(examples=["https://example.nhs.uk"])
]


def _each_once[T](values: list[T]) -> list[T]:
    return list(dict.fromkeys(values))


BodyIds = Annotated[list[BodyId], Field(max_length=300), AfterValidator(_each_once)]
StageKeys = Annotated[list[Key], Field(max_length=100), AfterValidator(_each_once)]
PathwayKeys = Annotated[
    list[KeyOrAny],
    Field(min_length=1, max_length=100, description="`*`: every one"),
    AfterValidator(_each_once),
]
StageKeysOrAny = Annotated[
    list[KeyOrAny],
    Field(min_length=1, max_length=100, description="`*`: every one"),
    AfterValidator(_each_once),
]
PlaceKeys = Annotated[list[Key], Field(min_length=1, max_length=300), AfterValidator(_each_once)]


class RecordIn(Request):
    """A record as it is entered or corrected."""

    valid_from: Day = Field(description="the first day on which it holds")
    valid_to: Day = Field(FOREVER, description="the day on which it no longer holds; default: it has no end")
    source: Annotated[Words | None, Field(description="where it is written")] = None
    note: Annotated[Words | None, Field(description="what the next reader should know; never personal data")] = None
    succeeds: Key | None = Field(None, description="the record that this one follows: it ends where this one begins")
    reason: Words | None = Field(None, description="why it is entered, for the journal")

    @field_validator("valid_to")
    @classmethod
    def _after_the_start(cls, valid_to: date, info: ValidationInfo) -> date:
        start = info.data.get("valid_from")
        if start is not None and valid_to <= start:
            raise ValueError("must lie after valid_from")
        return valid_to


class RecordEnd(Request):
    """From a day on the record no longer holds; before that day it did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "The contract was not renewed", "on": "2015-04-01"}]},
    )

    reason: Words
    on: Day | None = Field(None, description="the first day without it; default today in England")


class RecordView(Reply):
    """One version of a record. `owner` is the body that entered it, and keeps it."""

    id: str
    version: int
    owner: BodyId
    valid_from: date
    valid_to: date
    recorded_from: datetime
    source: str | None = None
    note: str | None = None
    succeeds: str | None = None
    committed_by: str | None = Field(
        None, description="the mandate that its money was committed by; none: by the body itself, or it states none"
    )
    bodies: list[NamedBody] = Field([], description="every body that the record names, under its name of the day")


class RecordPage[V](ReExpressed):
    items: list[V]
    next_cursor: str | None = None


class RecordVersion[V](Reply):
    """A version with the moment until which it was what we knew; 9999-12-31: it still is."""

    recorded_to: datetime
    record: V


class RecordHistory[V](ReExpressed):
    """Every version recorded by `known_at`, the first one first."""

    id: str
    versions: list[RecordVersion[V]]
