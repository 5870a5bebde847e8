"""Which agreements cite which scenarios: what agreements tells allocation, and how that is shown.

An agreement's text may rest on a scenario's answer. Allocation then keeps the scenario: it is neither deleted nor due
under any rule of retention while a text cites it. A text that a party has signed cites for ever.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from concord_contracts.identifiers import BodyId, Digest, Reply, Request, ShortText

SCENARIO_ID = r"^[0-9a-f-]{36}$"
ScenarioId = Annotated[str, Field(pattern=SCENARIO_ID, examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])]

_EXAMPLE: JsonDict = {
    "sequence": 1,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "title": "Lung cancer lead commissioning in Greater Manchester",
    "parties": ["ods:00T", "ods:02A"],
    "citations": [
        {
            "version": 2,
            "text_digest": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            "scenario": "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44",
            "problem_digest": "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
            "answer_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "since": "2014-01-20T10:21:00Z",
            "for_ever": False,
        }
    ],
}


class CitedIn(Request):
    """One version of an agreement's text cites one answer, by its digests, since the version was recorded."""

    version: Annotated[int, Field(strict=True, ge=1, le=10**6)]
    text_digest: Digest
    scenario: ScenarioId
    problem_digest: Digest
    answer_digest: Digest
    since: AwareDatetime
    for_ever: Annotated[bool, Field(strict=True)] = Field(description="a party has signed this version")


class Citations(Request):
    """The whole present state of what an agreement cites: state, not an event.

    A lower or equal `sequence` changes nothing; an equal one with another `digest` is a conflict; a higher one replaces
    what was held. `parties` may see which agreement it is; other readers of a scenario see only that it is cited.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    sequence: Annotated[int, Field(strict=True, ge=1, le=10**15)]
    digest: Digest = Field(description="of all that is said here but the sequence")
    title: ShortText
    parties: Annotated[list[BodyId], Field(max_length=500)]
    citations: Annotated[list[CitedIn], Field(max_length=1000)]

    @model_validator(mode="after")
    def _one_of_each_version(self) -> "Citations":
        versions = [one.version for one in self.citations]
        if len(set(versions)) != len(versions):
            raise ValueError("a version cites one answer: each version stands here once")
        return self


class CitationsState(Reply):
    """What allocation holds of an agreement's citations after a PUT."""

    agreement: str
    sequence: int
    digest: Digest
    changed: bool
    missing: list[str] = Field(description="cited scenarios that are not here, never were or were removed")
    differing: list[str] = Field(description="cited scenarios that are here with another digest than the one cited")


class CitedBy(Reply):
    """An agreement that cites a scenario. Who is no party to it sees neither its id nor its title."""

    agreement: str | None
    title: str | None
    version: int
    since: datetime
    for_ever: bool = Field(description="signed: it cites whatever later versions say")
    matches: bool = Field(description="the digests cited are those of this scenario")
    words: str


class ScenarioDigests(Reply):
    """What it takes to cite a scenario, and to see that a citation is true."""

    scenario: str
    title: str
    problem_digest: Digest
    answer_digest: Digest
    outcome: Literal["plan", "refusal"]
    assumption_share: float | None = Field(description="of the plan's pounds; none for a refusal")
    payers: list[BodyId]
    made_for: str | None = Field(description="the body it was made for")
    stated: bool = Field(False, description="its problem was stated whole: who may pay for what is not the map's word")
