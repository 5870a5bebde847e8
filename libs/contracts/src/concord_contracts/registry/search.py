"""Finding bodies and places by what people type; whom to turn to for a stage in a place."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.common import AsKnown, KeyOrAny, NamedBody


class Found(StrEnum):
    """What a search finds."""

    BODY = "body"
    PLACE = "place"


class MatchedBy(StrEnum):
    """Why something was found. `filter`: nothing was typed, and it fits the filters."""

    NAME = "name"
    CODE = "code"
    POSTCODE = "postcode"
    FILTER = "filter"


class Match(Reply):
    """What of the record fits what was typed: a name or code with the days it is for."""

    by: MatchedBy
    text: str = Field(description="the name, code or postcode as recorded")
    scheme: str | None = Field(None, description="of a code")
    exact: bool = Field(description="as typed, but for case, marks and words such as NHS and CCG")
    valid_from: date
    valid_to: date


class ContactHolder(Reply):
    """A person in a role, as far as the caller may see them."""

    role: str
    name: str | None = None
    email: str | None = None
    telephone: str | None = None
    level: str | None = None
    vacant: bool = False


class SearchHit(Reply):
    """A body under the name it has on the day, or a place; with what matched, which may be an older name."""

    found: Found
    id: str = Field(description="of a body `scheme:code`, of a place its key")
    name: str
    kind: str
    score: float = Field(ge=0, le=1, description="1: exactly what was typed; the list is in this order")
    match: Match
    in_being: bool = Field(description="on the day asked about")
    valid_from: date | None = Field(None, description="of a body")
    valid_to: date | None = None
    codes: list[tuple[str, str]] = Field([], description="(scheme, code) of a body in use on the day")
    places: list[Key] = Field([], description="of a body: the places whose people it answers for")
    body: NamedBody | None = Field(None, description="of a place: whose place it is")
    successors: list[NamedBody] = Field(
        [], description="of a body that is no more: who is in being on the day in its stead, over all steps"
    )
    contacts: list[ContactHolder] = Field(
        [],
        description="people in roles of the body, or of the place's, on the day: whom to turn to; at most 3",
    )


class SearchAnswer(AsKnown):
    """What was found, the best first."""

    total: int = Field(ge=0, description="of all pages")
    items: list[SearchHit]
    postcodes_held: int = Field(ge=0, description="bodies with a known postcode; 0: none is found by one")
    notes: list[str] = Field([], description="what the caller should know of the search, in words")
    next_cursor: str | None = None


class Capacity(StrEnum):
    """What a body is to the stage there: who is taken to commission it, its office, who leads, who the law names."""

    COMMISSIONS = "commissions"
    OFFICE = "office"
    LEADS = "leads"
    STATUTORY = "statutory"


class ContactPoint(Reply):
    """A body to turn to, in the order to try them."""

    body: NamedBody
    capacity: Capacity
    because: str = Field(description="the law's citation, or who says so, in words")
    holders: list[ContactHolder] = []


class Contacts(AsKnown):
    """Whom to turn to about a stage in a place: the first point is the one to try first."""

    stage: Key
    stage_name: str
    pathway: KeyOrAny
    place: Key
    place_name: str
    points: list[ContactPoint]
    notes: list[str] = []
