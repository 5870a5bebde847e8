"""The law that an agreement can rest on."""

from datetime import date

from pydantic import Field

from concord_contracts.identifiers import Key, Reply


class RequiredContentView(Reply):
    item: Key
    words: str
    citation: str


class LegalBasisView(Reply):
    """A dated legal basis: who may join, what may not be put in, what the agreement must say."""

    key: Key
    words: str
    joined_by: list[str] = Field(description="kinds of body that may be parties")
    requires: list[str] = Field(description="kinds of body of which at least one must be a party")
    excluded: list[Key] = Field(description="procedure classes that may be aligned or in view only")
    required_content: list[RequiredContentView]
    citation: str
    verified: bool
    note: str = ""
    valid_from: date
    valid_to: date


class LegalBases(Reply):
    as_of: date
    items: list[LegalBasisView]
