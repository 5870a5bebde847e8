"""The bodies of another date: what stood in a body's place on a day, with shares and what those rest on."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.identifiers import BodyId, Key, Reply
from concord_contracts.registry.common import AsKnown, NamedBody

ShareBasis = Literal["published", "derived", "assumption"]
Share = Annotated[float, Field(ge=0, le=1, description="0..1")]
RestsOn = Annotated[
    str,
    Field(
        description="published, derived or assumption: the weakest step of the way. Where a split's shares were not "
        "published they are assumed equal"
    ),
]


class RolledPart(Reply):
    """`share` of the body `of` had reached `body` by the day asked for."""

    of: BodyId
    body: NamedBody
    share: Share
    basis: RestsOn


class RolledFrom(Reply):
    """A body that the one of the later date stands for, and the share of it that reached that one."""

    body: NamedBody
    share: Share
    basis: RestsOn


class RolledPlace(Reply):
    """The place of a body that followed the one whose place `of` was."""

    of: Key
    place: Key | None = Field(None, description="none: the map has no place of that body on the day")
    body: NamedBody
    share: Share
    basis: RestsOn


class RolledClaim(Reply):
    """A claim's bodies and place as they stood on the day asked for; the claim itself stays as it was said."""

    organisation: list[RolledPart] = []
    on_behalf_of: list[RolledPart] = []
    place: list[RolledPlace] = []


class ReExpressed(AsKnown):
    """An answer that with `roll_to` also tells who stood in whose place on that later day. What was said stays."""

    roll_to: date | None = None
    rolled: list[RolledPart] = Field(
        [], description="with `roll_to`: of each body that the answer names, those that stood in its place then"
    )
    rolled_places: list[RolledPlace] = Field(
        [], description="with `roll_to`: of each body's place that the answer names, the places that followed it"
    )
