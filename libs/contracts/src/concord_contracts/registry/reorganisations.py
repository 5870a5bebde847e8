"""Reorganisations: bodies merge, split, begin and end on one day, as one change with an authority."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from concord_contracts.identifiers import BodyId, Day, Key, Reply, Request, ShortText
from concord_contracts.imports import RowChange
from concord_contracts.registry.common import AsKnown, NamedBody
from concord_contracts.registry.holdings import Holding, HoldingCount
from concord_contracts.registry.populations import People, PeopleTotal
from concord_contracts.registry.rolling import ShareBasis

Share = Annotated[
    Decimal,
    Field(gt=0, le=1, max_digits=7, decimal_places=6, description="0..1, at most six decimals", examples=["0.5"]),
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,32}$")]
Scheme = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,15}$")]


class CodeIn(Request):
    """A code in a scheme, such as `gss` E38000017."""

    scheme: Scheme
    code: Code


class RelationIn(Request):
    """What the body is to another, from the day on."""

    type: Key
    object: BodyId


class SuccessorIn(Request):
    """Who follows, and with which share."""

    body: BodyId
    share: Share


class FootprintIn(Request):
    """Where a CCG's and a council's places meet. The CCG's shares come to 1; the council's over all its CCGs to 1 at
    most."""

    with_place: Key = Field(description="the council's place for a CCG's, the CCG's for a council's")
    small_areas: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 0
    share_of_ccg: Share
    share_of_council: Share


class NewPlaceIn(Request):
    """The place of the body that others merge into."""

    key: Key
    name: ShortText


class Opens(Request):
    """A body begins: it has a kind, a name, its own code and perhaps others."""

    event: Literal["open"]
    body: BodyId
    kind: Key
    name: ShortText
    legal_person: bool
    codes: Annotated[list[CodeIn], Field(max_length=20)] = []
    relations: Annotated[list[RelationIn], Field(max_length=50)] = []


class Merges(Request):
    """Bodies become one, which is in being already or opened here. With `place` their places become one as well: its
    footprint and parents are theirs together."""

    event: Literal["merge"]
    predecessors: Annotated[list[BodyId], Field(min_length=2, max_length=100)]
    successor: BodyId
    place: NewPlaceIn | None = None


class Splits(Request):
    """A body's parts go to several. With `goes_on` it keeps what the shares leave; else they come to 1 and it ends."""

    event: Literal["split"]
    predecessor: BodyId
    successors: Annotated[list[SuccessorIn], Field(min_length=1, max_length=100)]
    goes_on: bool = False
    basis: ShareBasis = Field("assumption", description="what the shares rest on")
    note: ShortText | None = Field(None, description="how the shares were found")


class Renames(Request):
    """A body has another name from the day on, and perhaps another code in a scheme; it stays the same body."""

    event: Literal["rename"]
    body: BodyId
    name: ShortText
    code: CodeIn | None = None


class Transfers(Request):
    """All of a body passes to one other, and it ends: its code gives way to another's."""

    event: Literal["transfer"]
    predecessor: BodyId
    successor: BodyId


class Closes(Request):
    """A body ends and nobody follows."""

    event: Literal["close"]
    body: BodyId


class OpensPlace(Request):
    """A place begins. A CCG's or council's needs its footprint."""

    event: Literal["open_place"]
    place: Key
    kind: Literal["region", "area", "ccg", "icb", "council", "union"]
    name: ShortText
    body: BodyId | None = None
    parents: Annotated[list[Key], Field(max_length=20)] = []
    members: Annotated[list[Key], Field(max_length=500, description="places that lie in it")] = []
    footprint: Annotated[list[FootprintIn], Field(max_length=500)] = []


class PassesPlace(Request):
    """A place is another body's from the day on; its ground stays the same."""

    event: Literal["pass_place"]
    place: Key
    body: BodyId


class ClosesPlace(Request):
    """A place ends, with its footprint and with what lies in what through it."""

    event: Literal["close_place"]
    place: Key


Event = Annotated[
    Opens | Merges | Splits | Renames | Transfers | Closes | OpensPlace | PassesPlace | ClosesPlace,
    Field(discriminator="event"),
]

REORGANISATION_EXAMPLE: JsonDict = {
    "on": "2018-04-01",
    "title": "East Berkshire CCGs become one",
    "authority": "Variation of constitutions approved by NHS England, s.14G NHS Act 2006",
    "events": [
        {
            "event": "open",
            "body": "ods:15Z",
            "kind": "ccg",
            "name": "NHS Example CCG",
            "legal_person": True,
            "codes": [{"scheme": "gss", "code": "E38000999"}],
        },
        {
            "event": "merge",
            "predecessors": ["ods:02A", "ods:01Y"],
            "successor": "ods:15Z",
            "place": {"key": "ccg-15Z", "name": "Example"},
        },
    ],
    "reason": "Decision of the regional committee, minute 14",
}


class ReorganisationIn(Request):
    """Many events on one day, applied together or not at all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [REORGANISATION_EXAMPLE]})

    on: Day
    title: ShortText
    authority: ShortText = Field(description="the order, approval or provision that it rests on")
    source: Key | None = Field(None, description="a document among the sources that says so")
    events: Annotated[list[Event], Field(min_length=1, max_length=300)]
    reason: Annotated[str, Field(max_length=1000)] | None = None


class WorkToReassign(Reply):
    """What a body that ends still holds on the day; the first 50 records, all in `/holdings`."""

    body: NamedBody
    counts: list[HoldingCount]
    items: list[Holding]
    left_off: int = 0
    address: str


class FindingAhead(Reply):
    """A finding that the map has on the day if nothing of what ended bodies hold is reassigned."""

    kind: str
    place: Key
    pathway: Key
    stage: Key | None = None
    severity: str
    words: str


class FiguresRolled(Reply):
    """People of the bodies that pass on, as those of the bodies that follow; totals are the same."""

    before: list[PeopleTotal]
    items: list[People]
    left_off: int = 0


class ReorganisationEffects(Reply):
    """What a reorganisation changes, and the work that follows."""

    opened: list[NamedBody] = []
    ended: list[NamedBody] = []
    renamed: list[NamedBody] = []
    rows: list[RowChange] = Field([], description="rows of reference data that change, at most 500")
    rows_left_off: int = 0
    to_reassign: list[WorkToReassign] = []
    figures: FiguresRolled
    findings: list[FindingAhead] = Field(
        [], description="findings of the four most common cancers that would open, at most 200, gravest first"
    )
    findings_left_off: int = 0
    findings_closing: int = Field(0, description="how many would close")
    places_left_off: int = Field(
        0, description="places of the bodies whose findings were not compared: those of the first 60 are"
    )


class Reorganisation(AsKnown):
    """As recorded, or, as a dry run, as it would be."""

    id: str | None = Field(None, description="none: a dry run, nothing was recorded")
    dry_run: bool
    on: date
    title: str
    authority: str
    source: str | None = None
    acting_for: BodyId
    recorded_at: datetime | None = None
    reason: str | None = None
    events: list[Event]
    effects: ReorganisationEffects = Field(description="as they were seen when it was recorded")


class ReorganisationSummary(Reply):
    id: str
    on: date
    title: str
    authority: str
    acting_for: BodyId
    recorded_at: datetime
    events: int
    opened: list[BodyId]
    ended: list[BodyId]


class Reorganisations(AsKnown):
    """By day and order of recording, the latest day first."""

    items: list[ReorganisationSummary]
    next_cursor: str | None = None
