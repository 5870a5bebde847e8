"""The map's plain values: bodies, places, stages, rules and claims as they stood on one day, known at one moment.

Everything here is already read at `(as_of, known_at)`; nothing knows a database or HTTP. Periods are half-open,
`[valid_from, valid_to)`, and the open end is 9999-12-31.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import GROUP_KINDS as GROUP_KINDS
from concord_contracts.registry import ClaimStatus, Commitment, Role
from concord_registry.pathway_facts import PathwayFacts
from concord_registry.succession import Lineage, Succession

ANY = "*"
"""Every pathway, or every function; as a claim's stage: the whole pathway."""

NOT_YET = datetime(9999, 12, 31, tzinfo=UTC)
"""When a claim that is still to be written was recorded."""

GROUND_KINDS = (*GROUP_KINDS, "council")
"""Places with a footprint of their own."""
LOCAL_KINDS = frozenset({*GROUND_KINDS, "part"})
REGIONAL_KINDS = frozenset({"area", "region"})
ENGLAND = "england"


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation under the name it had on the day (else its latest)."""

    id: str
    kind: str
    name: str
    legal_person: bool
    valid_from: date
    valid_to: date

    def in_being(self, day: date) -> bool:
        return self.valid_from <= day < self.valid_to


@dataclass(frozen=True, slots=True)
class Relation:
    subject: str
    type: str
    object: str


@dataclass(frozen=True, slots=True)
class Place:
    key: str
    kind: str
    name: str
    body: str | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where the places of a group (as in GROUP_KINDS, whatever its kind) and of a council meet; shares 0..1 of each."""

    ccg_place: str
    council_place: str
    part_place: str | None
    share_of_ccg: float
    share_of_council: float


@dataclass(frozen=True, slots=True)
class PopulationFigure:
    place: str
    year: str
    basis: str
    persons: int
    source: str | None
    assumption: str | None


@dataclass(frozen=True, slots=True)
class Stage:
    key: str
    name: str
    kind: str
    order: int
    allocation_stage: str | None
    planning_population_min: int | None
    planning_note: str | None
    planning_population_max: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Pathway:
    """Its stages in clinical order; functions follow them and belong to every pathway."""

    key: str
    name: str
    tumour_group: str
    icd10: tuple[str, ...]
    big_four: bool
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """The statutory commissioner of a stage, as an expression over places; see `rulebook`."""

    key: str
    stage: str
    pathway: str
    commissioner: str
    office: str | None
    office_default: str | None
    population_basis: str
    procedure_class: str
    naming: str
    citation: str
    quotation: str | None
    note: str | None
    verified: bool
    source: str | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Claim:
    """One version of what a body or a document says. `organisation` is a body, an expression, or None: nobody named."""

    id: str
    version: int
    role: Role
    organisation: str | None
    stage: str
    pathway: str
    place: str
    status: ClaimStatus
    asserted_by: str
    valid_from: date
    valid_to: date = FOREVER
    function: str = ANY
    on_behalf_of: tuple[str, ...] = ()
    commitment: Commitment | None = None
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
    recorded_from: datetime = NOT_YET

    @property
    def by_document(self) -> bool:
        """Bodies are named by scheme and code; a source of the reference data has no scheme."""
        return ":" not in self.asserted_by

    @property
    def names_nobody(self) -> bool:
        return self.organisation is None


@dataclass(frozen=True, slots=True)
class Source:
    """A document that reference data comes from."""

    title: str
    publisher: str | None
    date: str | None = None
    date_precision: str | None = None
    licence: str | None = None
    address: str | None = None
    taken: str | None = None
    limits: str | None = None


@dataclass(frozen=True)
class Reference:
    """The slow-changing part of the map in one value: every lookup that findings need, indexed once."""

    as_of: date
    bodies: Mapping[str, Body] = field(default_factory=dict)
    codes: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()
    populations: tuple[PopulationFigure, ...] = ()
    stages: Mapping[str, Stage] = field(default_factory=dict)
    pathways: Mapping[str, Pathway] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    succession: tuple[Succession, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    withdrawn_files: frozenset[str] = frozenset()
    """Publishers' files that were taken back, as `file-12`: what still cites one rests on nothing."""
    facts: PathwayFacts = field(default_factory=PathwayFacts)

    @cached_property
    def remembered(self) -> dict[str, dict[tuple[Any, ...], Any]]:
        """Function -> its answers by arguments; see `remembering`."""
        return {}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for child, parents in self.parents.items():
            for parent in parents:
                found.setdefault(parent, []).append(child)
        return {parent: tuple(sorted(children)) for parent, children in found.items()}

    @cached_property
    def overlaps_by_place(self) -> Mapping[str, tuple[Overlap, ...]]:
        found: dict[str, list[Overlap]] = {}
        for overlap in self.overlaps:
            found.setdefault(overlap.ccg_place, []).append(overlap)
            found.setdefault(overlap.council_place, []).append(overlap)
        return {place: tuple(overlaps) for place, overlaps in found.items()}

    @cached_property
    def places_of_body(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for place in self.places.values():
            if place.body is not None:
                found.setdefault(place.body, []).append(place.key)
        return {body: tuple(sorted(keys)) for body, keys in found.items()}

    @cached_property
    def populations_of(self) -> Mapping[str, tuple[PopulationFigure, ...]]:
        found: dict[str, list[PopulationFigure]] = {}
        for figure in self.populations:
            found.setdefault(figure.place, []).append(figure)
        return {
            place: tuple(sorted(figures, key=lambda figure: (figure.year, figure.basis)))
            for place, figures in found.items()
        }

    @cached_property
    def persons(self) -> Mapping[str, int]:
        """Place -> its people in the latest year begun by the day (else the earliest), its own kind of count first:
        registered for a group, resident for a council.
        """
        started = f"{self.as_of.year if self.as_of.month >= 4 else self.as_of.year - 1:04d}"
        found: dict[str, PopulationFigure] = {}

        def rank(figure: PopulationFigure) -> tuple[bool, bool, str]:
            kind = self.places[figure.place].kind if figure.place in self.places else ""
            begun = figure.year[:4] <= started
            own = figure.basis == ("resident" if kind == "council" else "registered")
            return own, begun, figure.year if begun else f"{9999 - int(figure.year[:4]):04d}"

        for figure in self.populations:
            if figure.basis == "weighted":
                continue  # units of need, not people
            if figure.place not in found or rank(figure) > rank(found[figure.place]):
                found[figure.place] = figure
        return {place: figure.persons for place, figure in found.items()}

    @cached_property
    def rules_by_stage(self) -> Mapping[tuple[str, str], Rule]:
        """(stage, pathway or `*`) -> the rule in force."""
        return {(rule.stage, rule.pathway): rule for rule in self.rules}

    @cached_property
    def related(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """(type, object) -> subjects: ("area_team_of", CCG) -> its area teams."""
        found: dict[tuple[str, str], list[str]] = {}
        for relation in self.relations:
            found.setdefault((relation.type, relation.object), []).append(relation.subject)
        return {key: tuple(sorted(subjects)) for key, subjects in found.items()}

    @cached_property
    def lineage(self) -> Lineage:
        """Who follows whom, ready to be followed."""
        return Lineage(self.succession)

    @cached_property
    def legal_person_of(self) -> Mapping[str, str]:
        """Office -> the legal person it acts for."""
        return {relation.subject: relation.object for relation in self.relations if relation.type == "office_of"}

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Stages of kind `function`, in order; they belong to every pathway."""
        found = [stage for stage in self.stages.values() if stage.kind == "function"]
        return tuple(stage.key for stage in sorted(found, key=lambda stage: (stage.order, stage.key)))

    def cells_of(self, pathway: str) -> tuple[str, ...]:
        """Stage keys of a pathway's map in order: its stages, then the functions."""
        own = self.pathways[pathway].stages
        return own + tuple(key for key in self.functions if key not in own)

    def body(self, body: str) -> Body:
        """The body, or an unnamed stand-in for one that was removed from the list after it was named."""
        return self.bodies.get(body) or Body(body, "unknown", body, True, date.min, FOREVER)

    def name(self, body: str) -> str:
        return self.body(body).name

    def payer(self, body: str) -> str:
        """The legal person: the body itself, or the one its office acts for."""
        return self.legal_person_of.get(body, body)
