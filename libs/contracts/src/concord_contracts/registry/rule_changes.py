"""Changes of the rule book: what is sent, what it would do, what was done; and the rule book through time."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from concord_contracts.identifiers import FOREVER, BodyId, Day, Key, Reply, Request, ShortText
from concord_contracts.registry.common import AsKnown, KeyOrAny, NamedBody
from concord_contracts.registry.coverage import FindingKind
from concord_contracts.registry.rules import RuleView

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class RuleIn(Request):
    """One rule as it is to be: who must commission a stage, by law. A rule for a pathway goes before one for all."""

    stage: Key
    pathway: KeyOrAny = "*"
    commissioner: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="a body, or who it is of the place: ccg_of_place, upper_tier_council_of_place, nhs_england, "
        "secretary_of_state, none_named",
        examples=["ccg_of_place"],
    )
    office: Literal["area_team_of_place", "specialised_by_provider"] | None = None
    office_default: BodyId | None = None
    population_basis: Literal["registered", "resident", "provider", "present"]
    procedure_class: Key = Field("none", examples=["none", "surgery", "needs_legal_view"])
    naming: Literal["named", "residual"] = "named"
    note: Words | None = None


class RuleChangeIn(Request):
    """Rules that change together on one day, in one transaction; before and after those days the rule book stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "effective_from": "2014-10-01",
                    "rules": [
                        {
                            "stage": "pet_ct",
                            "pathway": "*",
                            "commissioner": "ccg_of_place",
                            "population_basis": "registered",
                            "naming": "residual",
                        }
                    ],
                    "citation": "SI 2014/0000 reg 3",
                    "mark": "awaiting-source",
                    "reason": "Announced; the regulations are awaited",
                }
            ]
        },
    )

    effective_from: Day
    effective_to: Day = FOREVER
    rules: Annotated[list[RuleIn], Field(min_length=1, max_length=100)]
    citation: Words = Field(description="the provision that makes the change")
    quotation: Words | None = None
    mark: Literal["verified", "awaiting-source"]
    source: ShortText | None = Field(None, description="keys of sources; needed where it is verified")
    reason: ShortText

    @field_validator("effective_to")
    @classmethod
    def _after_the_start(cls, effective_to: date, info: ValidationInfo) -> date:
        start = info.data.get("effective_from")
        if start is not None and effective_to <= start:
            raise ValueError("must lie after effective_from")
        return effective_to


class Moved(Reply):
    """A body and in how many cells (stage, pathway, place) it gains or loses the responsibility."""

    body: NamedBody
    cells: int


class StageMoved(Reply):
    """What changes for one stage: from whom to whom, as the rules say it."""

    stage: Key
    name: str
    pathways: list[Key]
    before: list[str] = Field(description="how the rules in force say it; several where pathways have their own")
    after: list[str]
    places: int
    cells: int
    cells_moved: int = Field(description="cells in which another body becomes responsible")


class FindingsMoved(Reply):
    """Findings of one kind that the change makes appear and disappear, on the maps looked at."""

    kind: FindingKind
    appear: int
    disappear: int


class RuleChangeEffect(AsKnown):
    """What a change does on its first day. Cells are those of every CCG's and every council's place."""

    effective_from: date
    version: int = Field(description="of the rule book as it is: what `If-Match` must name to apply the change")
    stages: list[StageMoved]
    places: int
    cells: int
    cells_moved: int
    gain: list[Moved]
    lose: list[Moved]
    claims: list[str] = Field(description="claims whose standing to the law changes, at most 500")
    claims_affected: int
    agreements: list[str] = Field(description="agreements in force with a part in a cell that moves")
    findings_on: list[Key] = Field(description="pathways whose maps were looked at for findings")
    findings: list[FindingsMoved]
    faults: list[str] = Field([], description="what would be odd: a stage left without a rule, nothing that changes")


class RuleChangeView(Reply):
    """A change that was made."""

    id: Key
    version: int = Field(description="of the rule book after it")
    effective_from: date
    effective_to: date
    rules: list[RuleIn]
    keys: list[Key] = Field(description="of the rules written, in the same order")
    citation: str
    quotation: str | None = None
    mark: str
    source: str | None = None
    reason: str
    made_by: BodyId
    recorded_at: datetime


class RuleChanges(AsKnown):
    items: list[RuleChangeView]
    next_cursor: str | None = None


class RuleVersion(RuleView):
    """One rule for one period in the world, from when until when it was in the record."""

    recorded_from: datetime
    recorded_to: datetime = Field(description="9999-12-31: still recorded")
    sent_by: BodyId | None = Field(None, description="who put it in place of the shipped rule book's; none: shipped")
    in_use: bool = Field(description="whether it counts, as known at the moment asked about")


class RuleVersions(AsKnown):
    """The rule book on both time axes, by stage, pathway and first day."""

    version: int = Field(description="how often the rule book's record had changed by then")
    items: list[RuleVersion]
    next_cursor: str | None = None
