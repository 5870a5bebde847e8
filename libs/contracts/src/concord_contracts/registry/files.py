"""Publishers' files as they come: what a file was recognised as, what it changed, and where it and the map differ."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import BodyId, Day, Digest, Key, Reply, ShortText
from concord_contracts.registry.common import AsKnown
from concord_contracts.registry.rolling import RolledFrom

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


class ReorganisationConflict(Reply):
    """A body or place that a reorganisation closed, and that a file stated later lists as open. Where the file is the
    first to say so the later statement counts, and it is on the map again from that day: somebody decides."""

    table: Literal["bodies", "places"]
    key: str = Field(examples=["ods:02A", "ccg-02A"])
    line: int
    closed_on: date
    reorganisation: str
    title: str
    shows_again: bool = Field(description="whether it is on the map again from that day")


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
    conflicts: list[ReorganisationConflict] = Field(
        [], description="What a reorganisation closed and this lists as open, at most 100"
    )
    warnings: list[str] = []
    withdrawn_at: datetime | None = Field(None, description="When it was taken back; null: it stands")
    withdrawn_because: str | None = None


class FileWithdrawalIn(BaseModel):
    """Why a file that was found to be wrong is taken back."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "The list was of another quarter than it says."}]}
    )
    reason: ShortText


class WithdrawnTable(Reply):
    """Rows of a table that are no longer known, and those that show again, as the files that stand tell them."""

    table: str
    gone: int = 0
    back: int = 0


class StandingFile(Reply):
    """The file of the series that is of the latest day, now."""

    file: int
    stated_on: date


class FileWithdrawal(Reply):
    """A file taken back: what it changed is no longer known from then on, and what others said before shows again."""

    file: int
    withdrawn_at: datetime | None = Field(None, description="null: a dry run")
    dry_run: bool
    already: bool = Field(False, description="It was taken back before")
    acting_for: BodyId
    reason: str | None = None
    series: Key
    standing: StandingFile | None = Field(None, description="null: no other file of the series")
    tables: list[WithdrawnTable] = []
    bodies_gone: list[BodyId] = Field([], description="Bodies that nobody else speaks of, at most 100")
    bodies_gone_count: int = 0
    places_gone: list[Key] = Field([], description="Places likewise, at most 100")


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
    withdrawn_at: datetime | None = None


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
    "closed-by-reorganisation",
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
    file: int = Field(description="The file that says so; of several, the latest")
    rolled_from: list[RolledFrom] = Field([], description="with `roll_to`: the bodies whose values this one comes from")


class Measures(Reply):
    """Measured values by subject, measure, part and period."""

    known_at: datetime
    seq: int
    roll_to: Day | None = None
    rule: str | None = Field(None, description="with `roll_to`: how values were divided and added up")
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
