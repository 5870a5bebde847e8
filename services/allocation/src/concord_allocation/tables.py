"""The allocation service's tables: editions of the reference figures, and scenarios with everything they rest on.

Scenarios are immutable and carry their whole problem and answer, so an edition may be replaced without touching them.
An edition is known from the moment it was loaded; the newest one known at a moment is the one in use then.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from concord_kit.columns import UtcDateTime
from concord_kit.tables import kit_tables, new_registry


class Base(SQLModel, registry=new_registry()):
    """The service's own metadata: no other service's tables are in it."""


kit_tables(Base.metadata)


class ReferenceEdition(Base, table=True):
    """One load of the reference tables. `edition` is its journal position."""

    __tablename__ = "reference_editions"

    edition: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(max_length=64)
    recorded_from: datetime = Field(sa_type=UtcDateTime, index=True)


class ReferenceRow(Base, table=True):
    """One row of one reference table as it was read and checked; `content` is JSON of its row model."""

    __tablename__ = "reference_rows"

    edition: int = Field(primary_key=True, foreign_key="reference_editions.edition", sa_type=BigInteger)
    table_name: str = Field(primary_key=True, max_length=80)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: str = Field(sa_type=Text)


class Scenario(Base, table=True):
    """An immutable question with its answer. `changes` and `parent` are none for a first question.

    `problem`, `outcome`, `changes`, `dependencies`: JSON of their contract models. `summary`: JSON of what a
    list shows of the problem.
    """

    __tablename__ = "scenarios"

    id: str = Field(primary_key=True, max_length=36)
    seq: int = Field(sa_type=BigInteger, unique=True)
    parent: str | None = Field(default=None, foreign_key="scenarios.id", index=True, max_length=36)
    title: str = Field(max_length=300)
    note: str | None = Field(default=None, sa_type=Text)
    author: str = Field(max_length=200)
    acting_for: str | None = Field(default=None, max_length=50)
    created_at: datetime = Field(sa_type=UtcDateTime)
    as_of: date
    edition: int = Field(foreign_key="reference_editions.edition", sa_type=BigInteger)
    known_at: datetime = Field(sa_type=UtcDateTime)
    dependencies: str = Field(sa_type=Text)
    changes: str | None = Field(default=None, sa_type=Text)
    problem: str = Field(sa_type=Text)
    problem_digest: str = Field(max_length=64)
    outcome: str = Field(sa_type=Text)
    answer_digest: str = Field(max_length=64, index=True)
    summary: str = Field(sa_type=Text)


class ScenarioParty(Base, table=True):
    """A payer of a scenario's problem: its budgets are in it, so it may read it."""

    __tablename__ = "scenario_parties"
    __table_args__ = (Index(None, "body", "scenario"),)

    scenario: str = Field(primary_key=True, foreign_key="scenarios.id", max_length=36)
    body: str = Field(primary_key=True, max_length=50)
