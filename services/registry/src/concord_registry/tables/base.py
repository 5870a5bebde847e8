"""What every table of the registry shares: its metadata, the recorded period, the world period."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from concord_contracts.identifiers import FOREVER
from concord_kit.clock import FOREVER_AT
from concord_kit.columns import UtcDateTime
from concord_kit.lists import list_table
from concord_kit.tables import kit_tables, new_registry


class Base(SQLModel, registry=new_registry()):
    """The registry's own metadata: no other service's tables are in it."""


kit_tables(Base.metadata)
list_table(Base.metadata)


class Recorded(Base):
    """Known from `recorded_from` until before `recorded_to`."""

    recorded_from: datetime = Field(sa_type=UtcDateTime)
    recorded_to: datetime = Field(default=FOREVER_AT, sa_type=UtcDateTime)


class Loaded(Recorded):
    """Read from a file; `digest` is of the line, so that a second load can tell what changed.

    `owner` is the body that sent the row in place of ours; none: it is ours (`store.layers`). A row out of a
    publisher's file has the `edition` that first said so, and `publisher:` and whose file it is as its owner.
    """

    row: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64)
    owner: str | None = Field(default=None, max_length=50)
    edition: int | None = Field(default=None, sa_type=BigInteger)


class Dated(Base):
    """Holds in the world from `valid_from` until before `valid_to`."""

    valid_from: date
    valid_to: date = FOREVER


def runs_forward() -> CheckConstraint:
    return CheckConstraint("valid_from <= valid_to", name="runs_forward")
