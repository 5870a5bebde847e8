"""The rule book: the statutory commissioner of each stage, pathway and place, with citation."""

from datetime import date

from pydantic import Field

from concord_contracts.identifiers import BodyId, Key, Reply
from concord_contracts.registry.common import AsKnown, Citation, NamedBody
from concord_contracts.registry.pathways import GuidanceRef
from concord_contracts.registry.rolling import RolledPart


class Statutory(Reply):
    """The rule book's answer for one cell."""

    rule: Key
    said: str = Field("", description="the commissioner as the rule says it, e.g. 'the CCG of the place'")
    commissioners: list[NamedBody] = Field(description="empty where no commissioner is named nationally")
    shares: list[tuple[BodyId, float]] = Field(
        [], description="(commissioner, share of the place, 0..1) where several councils or CCGs divide it"
    )
    office: NamedBody | None = Field(None, description="the office that holds the budget, where one is known")
    office_note: str | None = None
    population_basis: str
    procedure_class: str = Field(description="none, or a class that section 75 or 76 excludes, or needs_legal_view")
    naming: str = Field(
        "named", description="named: the law names the service; residual: it falls under a general duty"
    )
    citation: Citation
    quotation: str | None = None
    note: str | None = None
    valid_from: date
    valid_to: date


class Responsibility(Reply):
    """Who is statutorily responsible for a stage in a place, as allocation and agreements use it."""

    stage: Key
    pathway: Key
    place: Key
    allocation_stage: str | None
    statutory: Statutory | None
    rolled: list[RolledPart] = Field([], description="with `roll_to`: who stood in the commissioners' place then")
    guidance: list[GuidanceRef] = Field([], description="strategies and guidance to follow for the stage on the day")


class Responsibilities(AsKnown):
    roll_to: date | None = None
    items: list[Responsibility]
    note: str | None = Field(None, description="why there is nothing, where that is for want of places on the day")
    next_cursor: str | None = None


class RuleView(Reply):
    """A rule of the rule book: an expression over places, with its authority and validity."""

    key: Key
    stage: Key
    pathway: str
    commissioner: str = Field(description="a body, or an expression such as ccg_of_place")
    said: str
    office: str | None = None
    population_basis: str
    procedure_class: str
    naming: str
    citation: Citation
    quotation: str | None = None
    note: str | None = None
    valid_from: date
    valid_to: date


class Rules(AsKnown):
    items: list[RuleView]
    next_cursor: str | None = None
