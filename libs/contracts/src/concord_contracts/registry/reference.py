"""What the registry's own figures rest on."""

from pydantic import Field

from concord_contracts.identifiers import Reply
from concord_contracts.registry.common import AsKnown


class DocumentView(Reply):
    """A document that the map or its figures cite, as the reference data describe it."""

    key: str
    title: str
    publisher: str | None = None
    date: str | None = Field(None, description="as precise as `date_precision` says")
    date_precision: str | None = Field(None, description="day, month or year")
    licence: str | None = None
    address: str | None = None
    taken: str | None = Field(None, description="what was taken from it")
    limits: str | None = Field(None, description="what it cannot say")
    figures: int = Field(0, description="how many of this service's figures cite it")


class FigureBasis(Reply):
    """How many figures of a table are published, derived from published ones by a stated rule, or assumptions."""

    table: str
    columns: str
    words: str
    published: int
    derived: int
    assumption: int


class RegistryReference(AsKnown):
    """What the registry's own figures rest on, and the documents it knows."""

    tables: list[FigureBasis]
    sources: list[DocumentView]
