"""Notes: each has one version at a time, and keeps what was known when."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from concord_kit.columns import UtcDateTime
from concord_kit.tables import kit_tables, new_registry


class Base(SQLModel, registry=new_registry()):
    """Tables of the notes service."""


class NoteVersion(Base, table=True):
    """What was known of a note from `recorded_from` until `recorded_to`."""

    __tablename__ = "note_versions"

    id: str = Field(primary_key=True, max_length=80)
    version: int = Field(primary_key=True)
    owner: str = Field(max_length=50)
    text: str = Field(max_length=1000)
    recorded_from: datetime = Field(sa_type=UtcDateTime)
    recorded_to: datetime = Field(sa_type=UtcDateTime, index=True)


KIT = kit_tables(Base.metadata)
