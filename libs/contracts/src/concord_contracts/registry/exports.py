"""The registry's tables for other systems."""

from pydantic import Field

from concord_contracts.identifiers import Reply
from concord_contracts.registry.common import AsKnown


class ExportedTable(Reply):
    """A table that is exported."""

    table: str = Field(examples=["bodies"])
    words: str
    columns: list[str]


class ExportedTables(Reply):
    items: list[ExportedTable]


class ExportPage(AsKnown):
    """Rows of a table in use on a day, by key. `layer` says whose row it is: ours, a publisher's, a body's own."""

    table: str
    columns: list[str]
    items: list[dict[str, str | None]]
    next_cursor: str | None = None
