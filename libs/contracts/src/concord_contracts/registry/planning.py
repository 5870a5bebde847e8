"""Planning advice: for how many people a stage is best planned, and which commissioners reach that together.

Advice, never the statutory answer; every answer says so.
"""

from pydantic import Field

from concord_contracts.identifiers import BodyId, Key, Reply
from concord_contracts.registry.common import AsKnown, Citation, NamedBody


class PlanningThresholdView(Reply):
    """A population or activity that services are best planned for, as a report states it."""

    key: Key
    rule: str
    measure: str = Field(description="planning_population, hospitals or people_or_procedures_per_year")
    at_least: int | None = None
    at_most: int | None = None
    unit: str
    stages: list[Key] = []
    quotation: str | None = None
    source: str | None = None
    note: str | None = None


class PlanningThresholds(AsKnown):
    items: list[PlanningThresholdView]


class PlanningNeed(Reply):
    """For how many people; from a stage, a service, a threshold, or as asked for."""

    words: str
    stage: Key | None = None
    service: Key | None = None
    threshold: Key | None = None
    at_least: int = Field(description="persons", ge=1)
    at_most: int | None = Field(None, description="persons; none: no upper end is stated")
    citation: Citation


class LawBeside(Reply):
    """Whom the law names, beside the advice; nobody where the need is of no stage."""

    said: str
    commissioners: list[NamedBody] = []
    citation: Citation | None = None


class Distance(Reply):
    """How far one commissioner is from a planning population."""

    commissioner: NamedBody
    place: Key
    persons: int
    missing: int = Field(description="persons; 0 where it reaches the population alone", ge=0)
    share: float = Field(description="persons / at_least", ge=0)


class PlanningDistances(AsKnown):
    """Every commissioner's distance from the population, by place."""

    advice: str
    need: PlanningNeed
    law: LawBeside
    commissioners: int = Field(description="how many there are in all")
    reaching: int = Field(description="how many of them reach it alone")
    items: list[Distance]
    next_cursor: str | None = None


class NeighbourLink(Reply):
    """By what two commissioners of a set are neighbours."""

    one: Key
    other: Key
    by: list[str] = Field(description="shared-council, area-team, network or region")


class PlanningSet(Reply):
    """Neighbouring commissioners that reach the population together."""

    commissioners: list[NamedBody]
    places: list[Key]
    persons: int
    above: int = Field(description="persons above `at_least`", ge=0)
    within: bool = Field(description="whether it keeps below `at_most` too")
    links: list[NeighbourLink]


class PlanningSets(AsKnown):
    """The smallest sets around one commissioner: fewest commissioners first, then nearest above the population."""

    advice: str
    need: PlanningNeed
    law: LawBeside
    commissioner: NamedBody
    place: Key
    persons: int
    missing: int = Field(ge=0)
    neighbours_by: list[str] = Field(description="kinds of neighbour that were needed; the closest that reach it")
    neighbours_words: str
    fewest: int | None = Field(None, description="commissioners in the smallest set; none where no set reaches it")
    proven_fewest: bool = Field(description="that no smaller set reaches it, by exhaustion")
    proven_nearest: bool = Field(description="that no set of as many lies nearer above it, by exhaustion")
    reachable: int = Field(description="persons of all that are connected with it")
    sets: list[PlanningSet] = Field(description="the best first, then the next best of as many commissioners")


class PersonAsked(Reply):
    """What is told of a person: places, and nothing else."""

    registered_with: Key | None = None
    lives_in: Key | None = None
    present_in: Key | None = None


class ResponsibleCommissioner(AsKnown):
    """Who is responsible for a stage or service for a person, by which fact, on what authority."""

    person: PersonAsked
    stage: Key
    pathway: str
    service: Key | None = None
    commissioners: list[NamedBody] = Field(description="several where what is told leaves it open; none: nobody named")
    certain: bool = Field(description="whether what is told settles it")
    shares: list[tuple[BodyId, float]] = Field([], description="(commissioner, share of the place) where it is open")
    office: NamedBody | None = None
    words: str
    population_basis: str
    taken_from: str = Field(description="registration, residence, presence or none")
    rule: Key
    rule_citation: Citation
    person_rule: Key | None = None
    person_rule_words: str | None = None
    person_rule_citation: Citation | None = None
    notes: list[str] = []
