"""The risks of a pathway in a place: those entered, and those that follow from measured standards."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import BodyId, Day, Key, Reply, ShortText
from concord_contracts.registry.common import KeyOrAny
from concord_contracts.registry.records import RecordIn, RecordView, Words
from concord_contracts.registry.rolling import ReExpressed

Degree = Annotated[int, Field(strict=True, ge=1, le=5, description="1 (least) to 5 (most)")]


class RiskStatus(StrEnum):
    OPEN = "open"
    MITIGATING = "mitigating"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class RiskFields(BaseModel):
    title: ShortText
    pathway: KeyOrAny
    place: Key
    stage: Key | None = None
    cause: Words
    effect: Words
    likelihood: Degree
    impact: Degree
    owner_body: BodyId = Field(description="the body that owns the risk")
    owner_role: Key = Field(description="the office that owns it there", examples=["clinical-cancer-lead"])
    mitigation: Words | None = None
    due: Day | None = Field(None, description="when the mitigation is due")
    status: RiskStatus = RiskStatus.OPEN


class RiskIn(RecordIn, RiskFields):
    """A risk to a pathway in a place."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "CT reporting falls behind",
                    "pathway": "lung",
                    "place": "ccg-02A",
                    "stage": "diagnostic_imaging",
                    "cause": "Two consultant radiologists' posts are vacant",
                    "effect": "The 62-day standard is missed",
                    "likelihood": 4,
                    "impact": 4,
                    "owner_body": "ods:02A",
                    "owner_role": "clinical-cancer-lead",
                    "mitigation": "Outsource reporting until the posts are filled",
                    "due": "2014-03-31",
                    "valid_from": "2014-01-06",
                }
            ]
        },
    )


class RiskView(RecordView, RiskFields):
    """A risk; `score` is likelihood times impact, 1 to 25."""

    score: int = 1
    overdue: bool = Field(False, description="its mitigation was due before the day, and it is open or mitigating")


class StandardRow(Reply):
    """A standard held against what was measured. `actual` is none where no measurement is held."""

    standard: Key
    name: str
    kind: str = Field("standard", description="standard; best_area: what the best reach; need: what would be needed")
    stages: list[Key] = []
    threshold: float | None = Field(description="in the unit; none: nothing to hold what was measured against")
    unit: str = Field("share", description="share: of patients, 0 to 1")
    direction: str = Field("at_least", description="at_least or at_most: what the threshold asks for")
    actual: float | None = None
    period: str | None = None
    measured_of: str | None = Field(None, description="the place measured: this one, or the nearest that contains it")
    verdict: str = Field(
        description="met, missed, or not known and why; where another place's figure stands in, which, "
        "and that no figure of this place was imported"
    )
    note: str | None = Field(None, description="what the threshold is of, and its limits")
    source: str | None = None
    edition: str | None = Field(
        None, description="the publisher's file that the actual is from; none: the comparator's own figure"
    )
    file: int | None = Field(None, description="that file, as in `/v1/files`")
    within: float | None = Field(None, description="how many were within the standard, where the file says so")
    of: float | None = Field(None, description="of how many")
    part: str | None = Field(None, description="what of the whole the file's figure is of, in its words")


class RiskRegister(ReExpressed):
    """The risks of a pathway in a place, the highest score first; and each standard against what was measured."""

    pathway: Key
    place: Key
    risks: list[RiskView]
    standards: list[StandardRow]
    stages_without_standard: list[Key] = Field(
        [], description="stages of the pathway that nothing is held against: no comparator is recorded"
    )
    worst: int = Field(description="the highest score of a risk not closed; 0 without any")
    as_measured_by: date | None = None
