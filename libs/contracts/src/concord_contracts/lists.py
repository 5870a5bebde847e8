"""Reference lists: what a service keeps and shows as printed, and reckons nothing from."""

from datetime import date, datetime

from pydantic import Field

from concord_contracts.identifiers import Reply


class ListSummary(Reply):
    """A list with what it holds."""

    name: str = Field(examples=["waiting_standards"])
    words: str
    rows: int


class ReferenceLists(Reply):
    """The lists of a service."""

    known_at: datetime
    items: list[ListSummary]


class ListPage(Reply):
    """Rows of a list in the order of its file; a cell that is empty is left out."""

    name: str
    words: str
    known_at: datetime
    roll_to: date | None = Field(None, description="the later day whose bodies the rows were re-expressed for")
    rule: str | None = Field(None, description="how, where they were")
    items: list[dict[str, str]]
    next_cursor: str | None = None
