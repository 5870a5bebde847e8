"""How many people: by place, year, basis and age band; or re-expressed for the bodies of another date."""

from datetime import date

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.common import AsKnown, NamedBody
from concord_contracts.registry.rolling import RestsOn, Share


class PeopleFrom(Reply):
    """The people that came from one place's figure."""

    place: Key | None = Field(None, description="none: the figure is a body's, not a place's")
    body: NamedBody | None = None
    persons: int
    share: Share = Field(description="of the place's body, 0..1")
    basis: RestsOn


class People(Reply):
    """People of a place, or of the body that followed those whose places they were."""

    place: Key | None = Field(None, description="none: the map has no place of that body on the day")
    kind: str = Field(description="the kind of place the figures are of")
    body: NamedBody | None = None
    year: str
    basis: str = Field(description="registered, resident or weighted")
    age_from: int | None = Field(None, description="years of age; none: all ages")
    age_to: int | None = Field(None, description="inclusive; none: and over, or all ages")
    persons: int
    figure_basis: str = Field(description="published, derived or assumption: the weakest of what it is made of")
    low: int | None = None
    high: int | None = None
    source: str | None = None
    note: str | None = None
    rolled_from: list[PeopleFrom] = []


class PeopleTotal(Reply):
    """All people of one kind of place, year, basis and age band: the same whatever date they are rolled to."""

    kind: str
    year: str
    basis: str
    age_from: int | None = None
    age_to: int | None = None
    persons: int
    places: int = Field(description="how many figures it is the sum of, before anything is rolled")


POPULATIONS_EXAMPLE: JsonDict = {
    "as_of": "2014-01-15",
    "known_at": "2014-01-15T10:21:00.123456Z",
    "seq": 1,
    "roll_to": "2018-04-01",
    "items": [
        {
            "place": "ccg-15D",
            "kind": "ccg",
            "body": {"id": "ods:15D", "name": "NHS East Berkshire CCG", "kind": "ccg", "legal_person": True},
            "year": "2013-14",
            "basis": "registered",
            "persons": 137870,
            "figure_basis": "published",
            "rolled_from": [{"place": "ccg-10G", "persons": 137870, "share": 1.0, "basis": "published"}],
        }
    ],
    "totals": [{"kind": "ccg", "year": "2013-14", "basis": "registered", "persons": 137870, "places": 1}],
    "rule": None,
    "next_cursor": None,
}


class Populations(AsKnown):
    """Figures by kind of place, place, year, basis and age; `totals` are of all pages."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [POPULATIONS_EXAMPLE]})

    roll_to: date | None = None
    items: list[People]
    totals: list[PeopleTotal]
    rule: str | None = Field(None, description="how figures were divided, where they were rolled")
    note: str | None = Field(None, description="which years are left out, since they begin after `roll_to`")
    next_cursor: str | None = None
