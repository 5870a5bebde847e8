"""Bodies: names, codes, relations, succession, and what each is responsible for."""

from datetime import date

from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry.common import AsKnown, NamedBody
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


class OrganisationSummary(NamedBody):
    codes: list[tuple[str, str]] = Field([], description="(scheme, code) in use on the day")
    valid_from: date
    valid_to: date


class Organisations(AsKnown):
    """Bodies by id; searched by a part of a name or a code."""

    items: list[OrganisationSummary]
    next_cursor: str | None = None


class OrganisationResponsibilities(AsKnown):
    """'What am I responsible for?' with the stage before and after each."""

    body: NamedBody
    items: list[Responsibility]
    neighbours: list[tuple[Key, str, str]] = Field(
        [], description="(stage, commissioner of the stage before, commissioner of the stage after)"
    )
