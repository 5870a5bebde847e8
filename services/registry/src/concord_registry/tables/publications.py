"""Publishers' files: each as an edition, with what it listed; measured values and terms out of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from concord_kit.columns import UtcDateTime
from concord_registry.tables.base import Base, Recorded


class Edition(Base, table=True):
    """A file as it was imported. `listed` is what it says of bodies and successions, for reconciling: JSON."""

    __tablename__ = "editions"
    __table_args__: Any = (Index(None, "series"), Index(None, "digest"))

    edition: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=64)
    format: str = Field(max_length=80)
    series: str = Field(max_length=80)
    stated_on: date
    lines: int
    listed: str = Field(sa_type=Text)
    report: str = Field(sa_type=Text)


class EditionStatements(Base, table=True):
    """All rows that a file said, compressed: so that the history can be told again without another file."""

    __tablename__ = "edition_statements"

    edition: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    content: bytes = Field(sa_type=LargeBinary)


class EditionWithdrawal(Base, table=True):
    """A file that was taken back; what it changed is no longer known since."""

    __tablename__ = "edition_withdrawals"

    edition: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    report: str = Field(sa_type=Text)


class Measure(Recorded, table=True):
    """A measured value of somebody or some place in a period; `seen` is the day of the edition that said so."""

    __tablename__ = "measures"
    __table_args__: Any = (Index(None, "subject", "measure"), Index(None, "measure", "period"), Index(None, "edition"))

    row: int | None = Field(default=None, primary_key=True)
    edition: int = Field(sa_type=BigInteger)
    series: str = Field(max_length=80)
    seen: date
    subject: str = Field(max_length=80)
    name: str | None = Field(default=None, max_length=300)
    measure: str = Field(max_length=80)
    part: str = Field(max_length=200)
    period: str = Field(max_length=30)
    value: float | None = None
    unit: str = Field(max_length=80)
    numerator: float | None = None
    denominator: float | None = None


class Term(Recorded, table=True):
    """What a code of a scheme stands for."""

    __tablename__ = "terms"
    __table_args__: Any = (Index(None, "scheme", "code"),)

    row: int | None = Field(default=None, primary_key=True)
    edition: int = Field(sa_type=BigInteger)
    scheme: str = Field(max_length=80)
    code: str = Field(max_length=80)
    name: str = Field(max_length=300)
