"""Knowledge beside the map: dated records in versions, what each refers to, and the people they point at."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from concord_kit.columns import UtcDateTime
from concord_registry.tables.base import Base, Dated, Recorded, runs_forward


class Record(Recorded, Dated, table=True):
    """One version of a record; `content` is what was entered, as JSON of the topic's model, without its period."""

    __tablename__ = "records"
    __table_args__: Any = (
        UniqueConstraint("record", "version"),
        UniqueConstraint("record", "recorded_to"),  # at most one version is open
        Index(None, "topic", "record"),
        Index(None, "digest"),
        Index(None, "committed_by"),
        Index(None, "line"),
        runs_forward(),
    )

    row: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=40)
    record: str = Field(max_length=120)
    version: int
    owner: str = Field(max_length=50)
    content: str = Field(sa_type=Text)
    digest: str = Field(max_length=64)
    committed_by: str | None = Field(default=None, max_length=80)
    """The mandate by which its money was committed; NULL: by the body itself, or it states none."""
    line: str | None = Field(default=None, max_length=64)
    """The digest of the line of the reference files that it came with; NULL: a body entered it."""


class RecordTerm(Base, table=True):
    """What a version of a record refers to: `kind` organisation, place, stage, pathway, person or a word of the topic.

    It makes lists by place or body, and the list of what a body still holds, one indexed read.
    """

    __tablename__ = "record_terms"
    __table_args__: Any = (Index(None, "kind", "value"),)

    row: int = Field(primary_key=True, foreign_key="records.row")
    kind: str = Field(primary_key=True, max_length=40)
    value: str = Field(primary_key=True, max_length=120)


class Person(Base, table=True):
    """All personal data there is. Not on the record's axis: a change overwrites, and erasing leaves the id alone."""

    __tablename__ = "people"
    __table_args__: Any = (UniqueConstraint("owner", "own_key"),)

    person: str = Field(primary_key=True, max_length=40)
    version: int
    owner: str = Field(max_length=50)
    own_key: str | None = Field(default=None, max_length=80)
    name: str | None = None
    email: str | None = None
    telephone: str | None = None
    shown: str = Field(max_length=10)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
