"""The allocation service's tables: the reference figures, row by row, and scenarios with everything they rest on.

Scenarios are immutable and carry their whole problem and answer, so figures may be replaced without touching them.
Only `recorded_to` of a reference row is ever updated, once.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from concord_kit.clock import FOREVER_AT
from concord_kit.columns import UtcDateTime
from concord_kit.lists import list_table
from concord_kit.tables import kit_tables, new_registry


class Base(SQLModel, registry=new_registry()):
    """The service's own metadata: no other service's tables are in it."""


kit_tables(Base.metadata)
list_table(Base.metadata)


class ReferenceEdition(Base, table=True):
    """A position of the figures: what was in use from `recorded_from` until the next one. `edition` is the journal's.

    `digest` is of all rows in use. `layer` is the one that changed; for `own`, `acting_for` is the body that sent the
    rows and `report` says what they changed (JSON of its contract model).
    """

    __tablename__ = "reference_editions"

    edition: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(max_length=64)
    recorded_from: datetime = Field(sa_type=UtcDateTime, index=True)
    layer: str = Field(max_length=10)
    acting_for: str | None = Field(default=None, max_length=50)
    report: str | None = Field(default=None, sa_type=Text)


class ReferenceRow(Base, table=True):
    """One version of one row of a reference table, known from `recorded_from` until before `recorded_to`.

    `layer`: `reference`, the shipped set, or `own`, a body's or a steward's own figure, which is used in place of the
    reference rows with the same `cover` (its key, or what is only sent as a whole) and was sent by `owner`. `content`
    is JSON of its row model without defaults, `digest` its SHA-256. The other columns repeat what rows are chosen and
    summed by: `pathway`, `place`, `purse` and `year` where the row has one (cases have those of their line), `basis`,
    the number of `figures`, and `gbp` where they are money.
    """

    __tablename__ = "reference_rows"
    __table_args__: Any = (
        UniqueConstraint("table_name", "key", "layer", "recorded_to"),  # at most one version is open
        Index(None, "table_name", "place"),
        Index(None, "table_name", "purse"),
        Index(None, "table_name", "cover"),
        Index(None, "layer"),
    )

    row: int | None = Field(default=None, primary_key=True)
    table_name: str = Field(max_length=80)
    key: str = Field(max_length=400)
    layer: str = Field(max_length=10)
    digest: str = Field(max_length=64)
    recorded_from: datetime = Field(sa_type=UtcDateTime)
    recorded_to: datetime = Field(default=FOREVER_AT, sa_type=UtcDateTime)
    pathway: str | None = Field(default=None, max_length=80)
    place: str | None = Field(default=None, max_length=80)
    purse: str | None = Field(default=None, max_length=80)
    year: str | None = Field(default=None, max_length=7)
    basis: str | None = Field(default=None, max_length=10)
    figures: int
    gbp: int | None = Field(default=None, sa_type=BigInteger)
    content: str = Field(sa_type=Text)
    owner: str | None = Field(default=None, max_length=50)
    cover: str = Field(max_length=400)


class Scenario(Base, table=True):
    """An immutable question with its answer. `changes` and `parent` are none for a first question.

    `problem`, `outcome`, `changes`, `dependencies`, `assembly`: JSON of their contract models; `assembly` is none where
    nothing was asked for from map and books, as in a what-if. `summary`: JSON of what a list shows of the problem.
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
    problem_digest: str = Field(max_length=64, index=True)
    outcome: str = Field(sa_type=Text)
    answer_digest: str = Field(max_length=64, index=True)
    summary: str = Field(sa_type=Text)
    assembly: str | None = Field(default=None, sa_type=Text)


class ScenarioParty(Base, table=True):
    """A payer of a scenario's problem: its budgets are in it, so it may read it."""

    __tablename__ = "scenario_parties"
    __table_args__ = (Index(None, "body", "scenario"),)

    scenario: str = Field(primary_key=True, foreign_key="scenarios.id", max_length=36)
    body: str = Field(primary_key=True, max_length=50)


class CitingAgreement(Base, table=True):
    """The newest word of the agreements service on what one agreement cites; `parties` is JSON, a list of bodies."""

    __tablename__ = "citing_agreements"

    agreement: str = Field(primary_key=True, max_length=80)
    sequence: int = Field(sa_type=BigInteger)
    digest: str = Field(max_length=64)
    title: str = Field(max_length=300)
    parties: str = Field(sa_type=Text)


class Citation(Base, table=True):
    """A version of an agreement's text cites a scenario, as known from `recorded_from` until before `recorded_to`.

    The scenario need not be here: what agreements says is kept as said. `since` is when the version was recorded there.
    """

    __tablename__ = "citations"
    __table_args__: Any = (
        UniqueConstraint("agreement", "version", "recorded_to"),  # at most one is open
        Index(None, "scenario"),
    )

    row: int | None = Field(default=None, primary_key=True)
    agreement: str = Field(foreign_key="citing_agreements.agreement", max_length=80)
    version: int
    text_digest: str = Field(max_length=64)
    scenario: str = Field(max_length=36)
    problem_digest: str = Field(max_length=64)
    answer_digest: str = Field(max_length=64)
    since: datetime = Field(sa_type=UtcDateTime)
    for_ever: bool
    recorded_from: datetime = Field(sa_type=UtcDateTime)
    recorded_to: datetime = Field(default=FOREVER_AT, sa_type=UtcDateTime)


class ScenarioTombstone(Base, table=True):
    """What stays of a scenario that a rule of retention let go; `parties` is JSON, the bodies that could read it."""

    __tablename__ = "scenario_tombstones"

    id: str = Field(primary_key=True, max_length=36)
    seq: int = Field(sa_type=BigInteger, unique=True)
    made_for: str | None = Field(default=None, max_length=50)
    parties: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime = Field(sa_type=UtcDateTime)
    rule: str = Field(max_length=80)
    years: int
    problem_digest: str = Field(max_length=64)
    answer_digest: str = Field(max_length=64)
