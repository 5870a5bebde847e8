"""Bodies' own figures in place of the shipped ones: what an import changed, and the forms it is sent in."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from concord_contracts.identifiers import BodyId, Digest, Reply

type ImportAction = Literal["replace", "withdraw"]


class ColumnWords(Reply):
    """A column of a form; `one_of` is empty where any value of the form will do."""

    column: str
    words: str = Field(description="What the column says")
    form: str = Field(description="How a cell is written", examples=["a financial year, written 2013-14"])
    required: bool
    one_of: list[str] = []


class TableWords(Reply):
    """A table in plain words."""

    table: str = Field(examples=["lines"])
    title: str
    words: str
    sent_by: str = Field(description="Who may send it")
    key: list[str] = Field(description="The columns that a line is known by")
    columns: list[ColumnWords]


class ImportTables(Reply):
    """The tables that can be sent."""

    items: list[TableWords]


class CellChange(Reply):
    """A cell before and after; null: empty, or no such row."""

    column: str
    before: str | None = None
    after: str | None = None


class RowChange(Reply):
    """What becomes of one row in use. `withdrawn`: our row is used again in its place, or there is none."""

    table: str
    key: str
    kind: Literal["added", "changed", "withdrawn"]
    cells: list[CellChange]
    sent_by_before: str | None = Field(None, description="The body whose own row it was; null: it was ours, or none")


class TableChanges(Reply):
    """Rows of one table that the import names, by what becomes of them."""

    table: str
    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0


class MoneyChange(Reply):
    """All pounds in use of a table, for a pathway and year where it has them, before and after."""

    table: str
    pathway: str | None = None
    year: str | None = None
    before_gbp: int
    after_gbp: int


class ImportReport(Reply):
    """What an import changes, or, as a dry run, would change."""

    id: int | None = Field(None, description="The journal position that it was recorded at; null: nothing was")
    action: ImportAction
    dry_run: bool
    changed: bool = Field(description="Whether anything in use differs afterwards")
    acting_for: BodyId
    recorded_at: datetime | None = None
    reason: str | None = None
    file_digest: Digest = Field(description="SHA-256 of the file as sent")
    tables: list[TableChanges]
    rows: list[RowChange] = Field(description="The rows that change, at most 500")
    rows_left_off: int = Field(0, description="Rows that change and are not in `rows`")
    money: list[MoneyChange] = []
    scenarios_resting: int | None = Field(
        None, description="Kept scenarios whose figures change; their answers stay as they were given"
    )
    warnings: list[str] = []


class ImportSummary(Reply):
    """An import in a list."""

    id: int
    action: ImportAction
    acting_for: BodyId
    recorded_at: datetime
    reason: str | None = None
    file_digest: Digest
    tables: list[TableChanges]


class Imports(Reply):
    """Imports, the latest first."""

    items: list[ImportSummary]
    next_cursor: str | None = None
