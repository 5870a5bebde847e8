"""The agreements service's tables. Facts are appended and never changed; `at` is the journal's stamp.

Two rows change: an agreement's `edition` (its entity tag) and a signatory's name, which can be erased. Content, annex,
facts and faults are JSON text, so that both databases give back exactly what was digested.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Text
from sqlmodel import Field, SQLModel

from concord_kit.columns import UtcDateTime
from concord_kit.tables import kit_tables, new_registry


class Base(SQLModel, registry=new_registry()):
    """The metadata of this service alone."""


kit_tables(Base.metadata)


def _version_of() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["agreement", "version"], ["versions.agreement", "versions.number"])


class AgreementRow(Base, table=True):
    """An agreement; `edition` counts its changes."""

    __tablename__ = "agreements"
    id: str = Field(primary_key=True, max_length=36)
    edition: int
    at: datetime = Field(sa_type=UtcDateTime)


class VersionRow(Base, table=True):
    """An immutable text and the annex of its paper; the columns beside them are for finding it."""

    __tablename__ = "versions"
    __table_args__: Any = (Index(None, "pathway"),)
    agreement: str = Field(primary_key=True, max_length=36, foreign_key="agreements.id")
    number: int = Field(primary_key=True)
    digest: str = Field(max_length=64)
    content: str = Field(sa_type=Text)
    annex: str | None = Field(default=None, sa_type=Text)
    annex_digest: str | None = Field(default=None, max_length=64)
    pathway: str = Field(max_length=80)
    created_by: str = Field(max_length=200)
    created_for: str = Field(max_length=50)
    at: datetime = Field(sa_type=UtcDateTime)


class PartyRow(Base, table=True):
    """A party of a version, and what it commits over the agreement's whole life, in pence."""

    __tablename__ = "parties"
    __table_args__: Any = (_version_of(), Index(None, "organisation"))
    agreement: str = Field(primary_key=True, max_length=36)
    version: int = Field(primary_key=True)
    organisation: str = Field(primary_key=True, max_length=50)
    role: str = Field(max_length=20)
    whole_life_pence: int = Field(sa_type=BigInteger)


class CheckRow(Base, table=True):
    """A text held against its legal basis and what the registry said, with the registry's position."""

    __tablename__ = "checks"
    __table_args__: Any = (_version_of(),)
    agreement: str = Field(primary_key=True, max_length=36)
    version: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    registry_seq: int = Field(sa_type=BigInteger)
    facts: str = Field(sa_type=Text)
    faults: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


class EventRow(Base, table=True):
    """A step of an agreement; the state is derived from these rows."""

    __tablename__ = "events"
    __table_args__: Any = (_version_of(), Index(None, "step"))
    agreement: str = Field(primary_key=True, max_length=36)
    number: int = Field(primary_key=True)
    version: int
    step: str = Field(max_length=30)
    effective_on: date
    organisation: str | None = Field(default=None, max_length=50)
    actor: str = Field(max_length=200)
    acting_for: str | None = Field(default=None, max_length=50)
    reason: str | None = Field(default=None, sa_column=Column("reason", Text))
    at: datetime = Field(sa_type=UtcDateTime)


class ApprovalRow(Base, table=True):
    """A body's decision to enter, by a role, on one version."""

    __tablename__ = "approvals"
    __table_args__: Any = (_version_of(),)
    agreement: str = Field(primary_key=True, max_length=36)
    version: int = Field(primary_key=True)
    organisation: str = Field(primary_key=True, max_length=50)
    role: str = Field(primary_key=True, max_length=300)
    decided_on: date
    minute: str = Field(max_length=300)
    digest: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
    scheme: str | None = Field(default=None, sa_type=Text)
    """What the registry published of the body's limits, as JSON; NULL where it was not asked."""


class SignatoryRow(Base, table=True):
    """Personal data, here and nowhere else: facts and journal hold the id, the digest chain does not cover the name."""

    __tablename__ = "signatories"
    id: str = Field(primary_key=True, max_length=36)
    name: str | None = Field(default=None, max_length=300)


class SignatureRow(Base, table=True):
    """A body's signature on one version; one each."""

    __tablename__ = "signatures"
    __table_args__: Any = (_version_of(),)
    agreement: str = Field(primary_key=True, max_length=36)
    version: int = Field(primary_key=True)
    organisation: str = Field(primary_key=True, max_length=50)
    signatory: str = Field(max_length=36, foreign_key="signatories.id")
    office: str = Field(max_length=300)
    signed_on: date
    digest: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)


class CommitmentRow(Base, table=True):
    """A stage moved on, with its evidence; `number` is that of the event."""

    __tablename__ = "commitments"
    __table_args__: Any = (ForeignKeyConstraint(["agreement", "number"], ["events.agreement", "events.number"]),)
    agreement: str = Field(primary_key=True, max_length=36)
    number: int = Field(primary_key=True)
    stage: str = Field(max_length=80)
    commitment: str = Field(max_length=20)
    effective_on: date
    evidence: str = Field(max_length=300)
    at: datetime = Field(sa_type=UtcDateTime)


class PositionRow(Base, table=True):
    """What the host reported of its fund for a month, in pence since 1 April; the latest report of a month counts."""

    __tablename__ = "positions"
    agreement: str = Field(primary_key=True, max_length=36, foreign_key="agreements.id")
    number: int = Field(primary_key=True)
    year: str = Field(max_length=7)
    month: int
    actual_pence: int = Field(sa_type=BigInteger)
    forecast_pence: int = Field(sa_type=BigInteger)
    minute: str | None = Field(default=None, max_length=300)
    note: str | None = Field(default=None, sa_column=Column("note", Text))
    at: datetime = Field(sa_type=UtcDateTime)


class LoadRow(Base, table=True):
    """One load of reference data; the newest one known is in use, so that earlier answers can be given again."""

    __tablename__ = "loads"
    id: int = Field(primary_key=True, sa_type=BigInteger)
    digest: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)


class LegalBasisRow(Base, table=True):
    """A dated legal basis; lists are separated by one space."""

    __tablename__ = "legal_bases"
    load: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="loads.id")
    legal_basis: str = Field(primary_key=True, max_length=80)
    valid_from: date = Field(primary_key=True)
    valid_to: date
    name: str
    citation: str
    allows: str
    mechanism: str
    may_join: str
    requires: str
    functions_of: str
    excluded_procedure_classes: str
    uncertain_procedure_classes: str
    exclusion_citation: str
    liability: str
    mark: str = Field(max_length=1)
    source: str
    note: str


class RequiredContentRow(Base, table=True):
    """One thing a legal basis wants the agreement to say."""

    __tablename__ = "required_content"
    load: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="loads.id")
    legal_basis: str = Field(primary_key=True, max_length=80)
    item: str = Field(primary_key=True, max_length=80)
    order: int
    words: str
    citation: str
    mark: str = Field(max_length=1)
    source: str


class AuthorityLimitRow(Base, table=True):
    """Up to which whole-life value a role may take a decision for its body; no limit where empty."""

    __tablename__ = "authority_limits"
    load: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="loads.id")
    body_kind: str = Field(primary_key=True, max_length=80)
    body: str = Field(primary_key=True, max_length=50)
    role: str = Field(primary_key=True, max_length=80)
    decision: str = Field(primary_key=True, max_length=80)
    valid_from: date = Field(primary_key=True)
    valid_to: date
    limit_gbp: int | None = Field(default=None, sa_type=BigInteger)
    jointly_with: str | None = None
    minute_required: bool
    basis: str
    source: str
    note: str
    low: str
    high: str
