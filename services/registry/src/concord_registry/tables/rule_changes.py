"""Changes of the rule book as they were made."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from concord_kit.columns import UtcDateTime
from concord_registry.tables.base import Base


class RuleBookChange(Base, table=True):
    """`content`: what was sent, as JSON; `keys`: of the rules written, with spaces between."""

    __tablename__ = "rule_book_changes"

    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    change: str = Field(max_length=80, unique=True)
    body: str = Field(max_length=50)
    effective_from: date
    version: int
    keys: str = Field(sa_type=Text)
    content: str = Field(sa_type=Text)
