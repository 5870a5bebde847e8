"""Bodies: names, codes, relations, succession, and what each is responsible for."""

from datetime import date

from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry.common import AsKnown, NamedBody
from concord_contracts.registry.rolling import RolledFrom, RolledPart
from concord_contracts.registry.rules import Responsibility


class Organisation(AsKnown):
    """A body with its names, codes and relations as dated facts."""

    body: NamedBody
    names: list[tuple[str, date, date]]
    codes: list[tuple[str, str, date, date]]
    relations: list[tuple[str, NamedBody, date, date]]
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


class OrganisationResponsibilities(AsKnown):
    """'What am I responsible for?' with the stage before and after each."""

    body: NamedBody
    items: list[Responsibility]
    neighbours: list[tuple[Key, str, str]] = Field(
        [], description="(stage, commissioner of the stage before, commissioner of the stage after)"
    )
