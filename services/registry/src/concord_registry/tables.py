"""The registry's tables. A row of reference data has the columns of its file (data/england_2013_14/README.md).

Every fact has a recorded period `[recorded_from, recorded_to)`, stamped by the journal; dated facts have a world period
`[valid_from, valid_to)` as well. Only `recorded_to` is ever updated, once. Table models do not validate: `file_rows`
does for files, the contracts for requests.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
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

    `owner` is the body that sent the row in place of ours; none: it is ours (`store.layers`).
    """

    row: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64)
    owner: str | None = Field(default=None, max_length=50)


class Dated(Base):
    """Holds in the world from `valid_from` until before `valid_to`."""

    valid_from: date
    valid_to: date = FOREVER


def _runs_forward() -> CheckConstraint:
    return CheckConstraint("valid_from <= valid_to", name="runs_forward")


class Source(Loaded, table=True):
    __tablename__ = "sources"

    source: str
    title: str
    publisher: str | None = None
    date: str | None = None
    date_precision: str | None = None
    licence: str | None = None
    address: str | None = None
    taken: str | None = None
    limits: str | None = None


class Body(Loaded, Dated, table=True):
    __tablename__ = "bodies"
    __table_args__: Any = (Index(None, "body"), _runs_forward())

    body: str
    kind: str
    legal_person: bool
    source: str | None = None


class BodyName(Loaded, Dated, table=True):
    __tablename__ = "body_names"
    __table_args__: Any = (Index(None, "body"), _runs_forward())

    body: str
    name: str
    source: str | None = None


class BodyCode(Loaded, Dated, table=True):
    __tablename__ = "body_codes"
    __table_args__: Any = (Index(None, "body"), Index(None, "code"), _runs_forward())

    body: str
    scheme: str
    code: str
    source: str | None = None


class Relation(Loaded, Dated, table=True):
    __tablename__ = "relations"
    __table_args__: Any = (Index(None, "subject"), Index(None, "object"), _runs_forward())

    subject: str
    type: str
    object: str
    source: str | None = None
    note: str | None = None


class Succession(Loaded, table=True):
    """`share` of the predecessor, 0..1, passes to the successor."""

    __tablename__ = "succession"

    predecessor: str
    successor: str
    kind: str
    on: date
    share: float
    basis: str | None = None
    source: str | None = None
    note: str | None = None


class Place(Loaded, Dated, table=True):
    __tablename__ = "places"
    __table_args__: Any = (Index(None, "place"), _runs_forward())

    place: str
    kind: str
    name: str
    body: str | None = None
    source: str | None = None


class PlaceParent(Loaded, Dated, table=True):
    __tablename__ = "place_parents"
    __table_args__: Any = (_runs_forward(),)

    child: str
    parent: str
    source: str | None = None


class Footprint(Loaded, Dated, table=True):
    """Where a CCG's and a council's places overlap; shares 0..1 by small areas."""

    __tablename__ = "footprints"
    __table_args__: Any = (_runs_forward(),)

    ccg_place: str
    council_place: str
    part_place: str | None = None
    small_areas: int
    share_of_ccg: float
    share_of_council: float
    basis: str | None = None
    source: str | None = None
    note: str | None = None


class Population(Loaded, table=True):
    __tablename__ = "populations"
    __table_args__: Any = (Index(None, "place"),)

    place: str
    year: str
    population_basis: str
    persons: int
    basis: str
    source: str | None = None
    note: str | None = None
    low: int | None = None
    high: int | None = None


class Stage(Loaded, table=True):
    __tablename__ = "stages"

    stage: str
    name: str
    kind: str
    order: int
    allocation_stage: str | None = None
    planning_population_min: int | None = None
    planning_population_max: int | None = None
    planning_note: str | None = None
    source: str | None = None


class Pathway(Loaded, table=True):
    __tablename__ = "pathways"

    pathway: str
    name: str
    tumour_group: str
    icd10: str = ""
    big_four: bool
    source: str | None = None


class PathwayStage(Loaded, table=True):
    __tablename__ = "pathway_stages"

    pathway: str
    stage: str
    order: int
    source: str | None = None
    note: str | None = None


class Rule(Loaded, Dated, table=True):
    __tablename__ = "rules"
    __table_args__: Any = (_runs_forward(),)

    rule: str
    stage: str
    pathway: str
    commissioner: str
    office: str | None = None
    office_default: str | None = None
    population_basis: str
    procedure_class: str
    naming: str
    citation: str
    quotation: str | None = None
    note: str | None = None
    mark: str
    source: str | None = None


class Mandate(Recorded, Dated, table=True):
    """A body lets a support body act for it in some actions. `mandate` names it across versions."""

    __tablename__ = "mandates"
    __table_args__: Any = (
        UniqueConstraint("mandate", "version"),
        UniqueConstraint("mandate", "recorded_to"),  # at most one version is open
        Index(None, "holder", "body"),
        _runs_forward(),
    )

    row: int | None = Field(default=None, primary_key=True)
    mandate: str = Field(max_length=80)
    version: int
    holder: str
    body: str
    actions: str
    limit_gbp: int | None = Field(default=None, sa_type=BigInteger)
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
        Index(None, "place", "pathway"),
        Index(None, "organisation"),
        Index(None, "agreement"),
        _runs_forward(),
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
        _runs_forward(),
    )

    row: int | None = Field(default=None, primary_key=True)
    agreement: str = Field(max_length=80)
    sequence: int = Field(sa_type=BigInteger)
    digest: str = Field(max_length=64)
    basis: str


class Load(Base, table=True):
    """One load of reference data; a load with the digest of the last one changes nothing.

    Or one import of a body's own rows: then `owner` is the body, `digest` is of the file, and `report` says what
    changed (JSON of its contract model).
    """

    __tablename__ = "loads"

    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    digest: str = Field(max_length=64)
    owner: str | None = Field(default=None, max_length=50)
    report: str | None = Field(default=None, sa_type=Text)
