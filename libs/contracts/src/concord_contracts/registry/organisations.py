"""Bodies: names, codes, relations, succession, and what each is responsible for."""

from datetime import date

from pydantic import Field

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.common import AsKnown, NamedBody
from concord_contracts.registry.rolling import ReExpressed, RolledFrom, RolledPart
from concord_contracts.registry.rules import Responsibility


class PowerView(Reply):
    """What a body, or every body of a kind, can do about another's plans."""

    holder: str = Field(description="a body, or a kind of bodies: each of them")
    over: str | None = Field(None, description="whose plans: a body or a kind; none: whoever's")
    stage: str = Field("*", description="`*`: every stage")
    power: str = Field(description="none, advise, refer_back or veto")
    words: str
    citation: str | None = None
    quotation: str | None = None
    source: str | None = None
    valid_from: date
    valid_to: date


class Powers(ReExpressed):
    """Powers in force on the day."""

    items: list[PowerView]


class RelationTypeView(Reply):
    """What one body can be to another, in words from both sides."""

    type: Key
    name: str
    inverse: Key
    inverse_name: str
    note: str | None = None


class RelationTypes(AsKnown):
    items: list[RelationTypeView]


class Organisation(AsKnown):
    """A body with its names, codes and relations as dated facts."""

    body: NamedBody
    names: list[tuple[str, date, date]]
    codes: list[tuple[str, str, date, date]]
    relations: list[tuple[str, NamedBody, date, date]]
    powers: list[PowerView] = Field([], description="that it holds or is under, itself or by its kind; all days")
    places: list[Key]
    predecessors: list[tuple[NamedBody, str, date, float]]
    successors: list[tuple[NamedBody, str, date, float]]
    valid_from: date
    valid_to: date
    roll_to: date | None = None
    rolled: list[RolledPart] = Field([], description="with `roll_to`: who stood in its place then")


class OrganisationSummary(NamedBody):
    codes: list[tuple[str, str]] = Field([], description="(scheme, code) in use on the day")
    valid_from: date
    valid_to: date
    rolled_from: list[RolledFrom] = Field([], description="with `roll_to`: the bodies of the list it stands for")


class Organisations(AsKnown):
    """Bodies by id; searched by a part of a name or a code. With `roll_to`, those that stand in their place then."""

    roll_to: date | None = None
    items: list[OrganisationSummary]
    next_cursor: str | None = None


class OrganisationResponsibilities(ReExpressed):
    """'What am I responsible for?' with the stage before and after each."""

    body: NamedBody
    items: list[Responsibility]
    neighbours: list[tuple[Key, str, str]] = Field(
        [], description="(stage, commissioner of the stage before, commissioner of the stage after)"
    )
    note: str | None = Field(
        None,
        description="where nothing is told for want of a place on the day: that this does not mean that the body is "
        "responsible for nothing, and what to ask instead",
    )
