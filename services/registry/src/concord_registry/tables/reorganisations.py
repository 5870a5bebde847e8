"""Reorganisations: what was sent, and what was said of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from concord_kit.columns import UtcDateTime
from concord_registry.tables.base import Base


class Reorganisation(Base, table=True):
    """One that was carried out. Its rows of reference data are the acting body's own (`store.layers`)."""

    __tablename__ = "reorganisations"
    __table_args__: Any = (UniqueConstraint("reorganisation"), Index(None, "on", "seq"))

    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    reorganisation: str = Field(max_length=80)
    on: date
    title: str
    authority: str
    acting_for: str
    said: str = Field(sa_type=Text)
    recorded_from: datetime = Field(sa_type=UtcDateTime)
