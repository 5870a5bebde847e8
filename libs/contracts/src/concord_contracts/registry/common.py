"""What many answers of the registry share: the position they were read at, bodies under their names, authority."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from concord_contracts.identifiers import BodyId, Reply

KeyOrAny = Annotated[
    str,
    StringConstraints(pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9._~:-]{0,79})$"),
    Field(description="A stable key, or `*` for every one", examples=["lung", "*"]),
]


GROUP_KINDS = ("pct", "ccg", "icb")
"""Kinds of the bodies that commission health care for a population, and of their places, one after the other: primary
care trusts to March 2013, CCGs, integrated care boards from July 2022."""


class AsKnown(Reply):
    """The position in both time axes that an answer was read at; ask again with these for the same answer."""

    as_of: date
    known_at: datetime
    seq: int = Field(description="journal position of `known_at`", ge=0)


class NamedBody(Reply):
    """A body with the name it had on the day asked about; an office acts for a legal person."""

    id: BodyId
    name: str
    kind: str
    legal_person: bool = True


class Citation(Reply):
    """The authority for a statement: law, guidance or document."""

    text: str
    source: str | None = None
    verified: bool = Field(True, description="false where the text is from memory and awaits its source")
