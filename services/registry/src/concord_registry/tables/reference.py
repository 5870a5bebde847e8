"""Reference data: bodies, places, stages, pathways, rules. A row has the columns of its file
(data/england_2013_14/README.md)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from concord_kit.columns import UtcDateTime
from concord_registry.tables.base import Base, Dated, Loaded, runs_forward


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
    __table_args__: Any = (Index(None, "body"), runs_forward())

    body: str
    kind: str
    legal_person: bool
    source: str | None = None


class BodyName(Loaded, Dated, table=True):
    __tablename__ = "body_names"
    __table_args__: Any = (Index(None, "body"), runs_forward())

    body: str
    name: str
    source: str | None = None


class BodyCode(Loaded, Dated, table=True):
    __tablename__ = "body_codes"
    __table_args__: Any = (Index(None, "body"), Index(None, "code"), runs_forward())

    body: str
    scheme: str
    code: str
    source: str | None = None


class Relation(Loaded, Dated, table=True):
    __tablename__ = "relations"
    __table_args__: Any = (Index(None, "subject"), Index(None, "object"), runs_forward())

    subject: str
    type: str
    object: str
    source: str | None = None
    note: str | None = None


class RelationType(Loaded, table=True):
    """What one body can be to another: types are data."""

    __tablename__ = "relation_types"

    type: str
    name: str
    inverse: str
    inverse_name: str
    note: str | None = None


class Power(Loaded, Dated, table=True):
    """What a body, or every body of a kind, can do about another's plans."""

    __tablename__ = "powers"
    __table_args__: Any = (Index(None, "holder"), Index(None, "over"), runs_forward())

    holder: str
    over: str | None = None
    stage: str
    power: str
    words: str
    citation: str | None = None
    quotation: str | None = None
    source: str | None = None
    note: str | None = None


class PopulationAge(Loaded, table=True):
    """Residents of a body's area, or people registered there, on a day, by age band."""

    __tablename__ = "population_ages"
    __table_args__: Any = (Index(None, "body"),)

    body: str
    on: date
    population_basis: str = Field(default="resident", max_length=80, sa_column_kwargs={"server_default": "resident"})
    age_from: int
    age_to: int | None = None
    persons: int
    basis: str
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
    __table_args__: Any = (Index(None, "place"), runs_forward())

    place: str
    kind: str
    name: str
    body: str | None = None
    source: str | None = None


class PlaceParent(Loaded, Dated, table=True):
    __tablename__ = "place_parents"
    __table_args__: Any = (runs_forward(),)

    child: str
    parent: str
    source: str | None = None


class Footprint(Loaded, Dated, table=True):
    """Where a CCG's and a council's places overlap; shares 0..1 by small areas."""

    __tablename__ = "footprints"
    __table_args__: Any = (runs_forward(),)

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


class PathwayStage(Loaded, Dated, table=True):
    __tablename__ = "pathway_stages"
    __table_args__: Any = (runs_forward(),)

    pathway: str
    stage: str
    order: int
    source: str | None = None
    note: str | None = None


class Rule(Loaded, Dated, table=True):
    __tablename__ = "rules"
    __table_args__: Any = (runs_forward(),)

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
