"""Who commissions a stage for the people of a place, on a day on which the place itself need not be on the map."""

from datetime import date

from pydantic import ConfigDict, Field

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.claims import ClaimView
from concord_contracts.registry.common import NamedBody
from concord_contracts.registry.rolling import ReExpressed
from concord_contracts.registry.rules import Statutory


class PopulationBody(Reply):
    """A body of the day that the people of the place were, are or will be of."""

    body: NamedBody
    share: float | None = Field(
        None,
        description="of the place's people, 0..1, where later bodies divide them; for an earlier body, which share of "
        "it became this place's: see `share_of`",
    )
    share_of: str = Field("place", description="place: a share of the place's people; body: a share of the body")
    basis: str | None = Field(None, description="what the share rests on: published, derived or assumption")
    note: str | None = None


class Commissioners(ReExpressed):
    """The answer for one stage, place and day: the law with its citation, what is said, and plainly what is not known.

    Where the place is not on the map that day, its people are followed: to the bodies that came before or after its
    own, by the succession of bodies.
    """

    model_config = ConfigDict(extra="ignore")

    stage: Key
    stage_name: str
    pathway: str = Field(description="a pathway, or `*`: what holds for every one without a rule of its own")
    place: Key
    place_name: str
    on_the_map: bool = Field(description="whether the place itself is on the map that day")
    place_read_on: date = Field(description="the nearest day on which it is")
    bodies: list[PopulationBody]
    statutory: Statutory | None
    acting_through: str | None = Field(None, description="how the commissioners exercise it, where not each by itself")
    words: str = Field(description="the answer in sentences")
    not_known: list[str] = Field(description="what cannot be said for that day, each in a sentence")
    claims: list[ClaimView]
