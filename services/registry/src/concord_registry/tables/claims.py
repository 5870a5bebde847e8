"""What bodies say and let others do: claims, activations by agreements, mandates. All have versions."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from concord_registry.tables.base import Dated, Recorded, runs_forward

FOR_OTHERS = text("on_behalf_of != ''")
"""Few claims name others that they are for; these are found without going through all."""


class Mandate(Recorded, Dated, table=True):
    """A body lets a support body act for it in some actions. `mandate` names it across versions."""

    __tablename__ = "mandates"
    __table_args__: Any = (
        UniqueConstraint("mandate", "version"),
        UniqueConstraint("mandate", "recorded_to"),  # at most one version is open
        Index(None, "holder", "body"),
        Index(None, "body"),
        runs_forward(),
    )

    row: int | None = Field(default=None, primary_key=True)
    mandate: str = Field(max_length=80)
    version: int
    holder: str
    body: str
    actions: str
    limit_gbp: int | None = Field(default=None, sa_type=BigInteger)
    pathways: str = ""
    stages: str = ""
    places: str = ""
    basis: str | None = None
    source: str | None = None
    note: str | None = None
    digest: str | None = Field(default=None, max_length=64)


class Claim(Recorded, Dated, table=True):
    """One version of a claim. A correction is the next version; a change in the world ends it by `valid_to`."""

    __tablename__ = "claims"
    __table_args__: Any = (
        UniqueConstraint("claim", "version"),
        UniqueConstraint("claim", "recorded_to"),  # at most one version is open
        Index(None, "place", "pathway", "recorded_to"),  # what is known no more is not read
        Index(None, "recorded_from"),  # what a change touched
        Index(None, "recorded_to"),
        Index(None, "organisation"),
        Index(None, "asserted_by"),
        Index("ix_claims_for_others", "recorded_to", sqlite_where=FOR_OTHERS, postgresql_where=FOR_OTHERS),
        Index(None, "agreement"),
        Index(None, "succeeds"),
        runs_forward(),
    )

    row: int | None = Field(default=None, primary_key=True)
    claim: str = Field(max_length=80)
    version: int
    role: str
    organisation: str | None = None
    on_behalf_of: str = ""
    stage: str
    pathway: str
    place: str
    function: str
    status: str
    commitment: str | None = None
    asserted_by: str
    authority: str | None = None
    quotation: str | None = None
    source: str | None = None
    stated_on: date | None = None
    confirmed_by: str | None = None
    confirmed_on: date | None = None
    review_by: date | None = None
    disputed_by: str | None = None
    disputed_reason: str | None = None
    interim_payer: str | None = None
    interim_since: date | None = None
    displaces: str | None = None
    succeeds: str | None = None
    agreement: str | None = None
    digest: str | None = Field(default=None, max_length=64)


class Activation(Recorded, Dated, table=True):
    """What was received from agreements, one row per sequence applied; the open one is in force."""

    __tablename__ = "activations"
    __table_args__: Any = (
        UniqueConstraint("agreement", "sequence"),
        UniqueConstraint("agreement", "recorded_to"),  # at most one activation is in force
        runs_forward(),
    )

    row: int | None = Field(default=None, primary_key=True)
    agreement: str = Field(max_length=80)
    sequence: int = Field(sa_type=BigInteger)
    digest: str = Field(max_length=64)
    basis: str
