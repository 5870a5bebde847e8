"""Publishers' files as they come: what a file was recognised as, what it changed, and where it and the map differ."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from concord_contracts.identifiers import BodyId, Digest, Key, Reply
from concord_contracts.registry.common import AsKnown

type StatedBy = Literal["the caller", "the file", "the file's name", "nobody"]

NOT_STATED = "not stated"


class FileFormat(Reply):
    """A format that is recognised."""

    format: Key = Field(examples=["ods-efile"])
    title: str = Field(examples=["ODS e-file"])
    looked_for: str = Field(description="What a file is recognised by")
    publisher: str | None = Field(None, description="Who publishes such files; null: the caller says it")
    licence: str | None = None


class FileFormats(Reply):
    """The formats that are recognised, in the order in which their files refer to each other."""

    items: list[FileFormat]


class RecognisedFile(Reply):
    """What a file is, and how that was found."""

    format: Key
    title: str = Field(description="Which list it is", examples=["ODS e-file of ccgs (eccg)"])
    series: Key = Field(description="Editions of one series follow each other", examples=["ods-eccg"])
    why: str = Field(description="What in it says so")
    as_written: str = Field(description="Encoding and delimiter, or sheet", examples=["utf-8, commas"])
    order: int = Field(description="Files of a lower order are imported first: others name what they list")
    other_sheets: list[str] = Field([], description="Sheets of the workbook that are not taken")


class FileFault(Reply):
    """A line that was not taken."""

    line: int
    column: str | None = None
    words: str


class FileTable(Reply):
    """What became of the rows of one table. `behind_ours`: of those added or changed, how many are not used because
    ours, or a body's own, say the same matter already."""

    table: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    behind_ours: int = 0


class FileReport(Reply):
    """What an import of a publisher's file changed, or, as a dry run, would change."""

    id: int | None = Field(None, description="The journal position that it was recorded at; null: nothing was")
    dry_run: bool
    changed: bool
    already: bool = Field(False, description="The same file was imported before: `id` is that import")
    acting_for: BodyId
    recorded_at: datetime | None = None
    reason: str | None = None
    file_name: str | None = None
    file_digest: Digest = Field(description="SHA-256 of the file as sent")
    recognised: RecognisedFile
    publisher: str = Field(description="As the caller says, else as is known of the format, else `not stated`")
    licence: str
    address: str
    stated_on: date = Field(description="The day that the file is of")
    stated_by: StatedBy
    lines: int
    tables: list[FileTable]
    failed: list[FileFault] = Field([], description="Lines that were left out, at most 1000")
    failed_lines: int = 0
    left_out: list[BodyId] = Field(
        [],
        description="Bodies that the edition before listed and this one does not, at most 100; none of them is closed",
    )
    left_out_count: int = 0
    unknown_codes: int = Field(0, description="Codes of successions and measures that no list has named yet")
    warnings: list[str] = []


class FileSummary(Reply):
    """A publisher's file in a list."""

    id: int
    recognised: RecognisedFile
    publisher: str
    stated_on: date
    recorded_at: datetime
    acting_for: BodyId
    file_name: str | None = None
    file_digest: Digest
    lines: int
    tables: list[FileTable]


class Files(Reply):
    """Publishers' files that were imported, the latest first."""

    items: list[FileSummary]
    next_cursor: str | None = None


type DifferenceKind = Literal[
    "open-but-succeeded",
    "succeeded-since",
    "closed-there-open-here",
    "open-there-closed-here",
    "names-differ",
    "dates-differ",
    "kinds-differ",
    "missing-there",
    "not-in-ours",
    "successor-differs",
    "population-differs",
]


class Difference(Reply):
    """Where a list and the map say different things. Nothing follows from it by itself: somebody decides."""

    kind: DifferenceKind
    body: str = Field(description="The body, or place", examples=["ods:0AE"])
    name: str | None = None
    line: int | None = Field(None, description="Where the list says it")
    theirs: str = Field(description="What the list says")
    ours: str = Field(description="What the map says without it")
    words: str


class DifferenceCount(Reply):
    kind: DifferenceKind
    count: int


class Reconciliation(AsKnown):
    """A file beside the map without it. `kind` and paging choose among `items`; `counts` are of all."""

    file: int
    recognised: RecognisedFile
    stated_on: date
    agreeing: int = Field(description="Bodies, successions and populations that both say alike")
    counts: list[DifferenceCount]
    items: list[Difference]
    next_cursor: str | None = None


class MeasureView(Reply):
    """A measured value out of a publisher's file."""

    subject: str = Field(examples=["ods:02A"])
    name: str | None = None
    measure: str = Field(examples=["waiting-62-day-all-cancer"])
    part: str = Field("", description="Which part of it: an age, a setting, a tumour group")
    period: str = Field(description="A year, financial year, quarter, month or day", examples=["2021-07"])
    value: float | None = Field(None, description="Shares are 0..1; null: published as suppressed, or of nobody")
    unit: str
    numerator: float | None = None
    denominator: float | None = None
    file: int = Field(description="The file that says so")


class Measures(Reply):
    """Measured values by subject, measure, part and period."""

    known_at: datetime
    seq: int
    items: list[MeasureView]
    next_cursor: str | None = None


class MeasureKind(Reply):
    """A measure that there are values of."""

    measure: str
    unit: str
    values: int
    subjects: int
    first_period: str
    last_period: str


class MeasureKinds(Reply):
    items: list[MeasureKind]


class Term(Reply):
    """What a code of a scheme stands for."""

    scheme: str = Field(examples=["ods-role"])
    code: str = Field(examples=["RO98"])
    name: str
    file: int


class Terms(Reply):
    items: list[Term]
    next_cursor: str | None = None
