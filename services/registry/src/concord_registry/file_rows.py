"""Lines of the reference files as they must be: types, bounds and periods of each column. Pure; knows no table."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import ClaimStatus, Function, Role
from concord_registry.knowledge.rows import RECORD_ROWS, NetworkRow
from concord_registry.pathway_rows import (
    ComparatorRow,
    ComparatorValueRow,
    GuidanceLinkRow,
    GuidanceRow,
    PlanningThresholdRow,
    ResponsibleRuleRow,
    ServiceRow,
)
from concord_registry.row_types import (
    BLANK,
    BodyOrExpression,
    KeyOrAny,
    Maybe,
    MaybeBody,
    MaybeCount,
    MaybeKey,
    PlaceKind,
    Share,
    Text,
    Year,
)
from concord_registry.row_types import DatedRow as DatedRow
from concord_registry.row_types import FileRow as FileRow


class SourceRow(FileRow):
    """A document; its date is text, as precise as `date_precision` says."""

    identity = ("source",)
    edition = 2
    source: Key
    title: Text
    publisher: Maybe = None
    date: Maybe = None
    date_precision: Maybe = None
    licence: Maybe = None
    address: Maybe = None
    taken: Maybe = None
    limits: Maybe = None


class BodyRow(DatedRow):
    identity = ("body",)
    body: BodyId
    kind: Key
    legal_person: bool
    source: Maybe = None


class BodyNameRow(DatedRow):
    identity = ("body",)
    body: BodyId
    name: Text
    source: Maybe = None


class BodyCodeRow(DatedRow):
    identity = ("body", "scheme", "code")
    body: BodyId
    scheme: Key
    code: Text
    source: Maybe = None


class RelationRow(DatedRow):
    identity = ("subject", "type", "object")
    subject: BodyId
    type: Key
    object: BodyId
    source: Maybe = None
    note: Maybe = None


class RelationTypeRow(FileRow):
    """What one body can be to another, in words from both sides."""

    identity = ("type",)
    type: Key
    name: Text
    inverse: Key
    inverse_name: Text
    note: Maybe = None


class PowerRow(DatedRow):
    """What a body, or every body of a kind, can do about another's plans for a stage. None: it was looked for."""

    identity = ("holder", "over", "stage")
    holder: Key
    over: MaybeKey = None
    stage: KeyOrAny = "*"
    power: Literal["none", "advise", "refer_back", "veto"]
    words: Text
    citation: Maybe = None
    quotation: Maybe = None
    source: Maybe = None
    note: Maybe = None


PeopleOfAges = Annotated[Literal["registered", "resident"], BeforeValidator(lambda value: value or "resident")]
"""Residents where nothing is said: lines had no such column before people were told by registration too."""


class PopulationAgeRow(FileRow):
    """Residents of a body's area, or people registered there, on a day, of an age band; `age_to` is inclusive, empty:
    and over."""

    identity = ("body", "on", "population_basis", "age_from")
    body: BodyId
    on: date
    population_basis: PeopleOfAges = "resident"
    age_from: Annotated[int, Field(ge=0, le=150)]
    age_to: MaybeCount = None
    persons: Annotated[int, Field(ge=0)]
    basis: Literal["published", "derived", "assumption"]
    source: Maybe = None
    note: Maybe = None


class SuccessionRow(FileRow):
    identity = ("predecessor", "successor", "on")
    predecessor: BodyId
    successor: BodyId
    kind: Key
    on: date
    share: Share
    basis: Maybe = None
    source: Maybe = None
    note: Maybe = None


class PlaceRow(DatedRow):
    identity = ("place",)
    place: Key
    kind: PlaceKind
    name: Text
    body: MaybeBody = None
    source: Maybe = None


class PlaceParentRow(DatedRow):
    identity = ("child", "parent")
    child: Key
    parent: Key
    source: Maybe = None


class FootprintRow(DatedRow):
    identity = ("ccg_place", "council_place")
    ccg_place: Key
    council_place: Key
    part_place: MaybeKey = None
    small_areas: Annotated[int, Field(ge=0)]
    share_of_ccg: Share
    share_of_council: Share
    basis: Maybe = None
    source: Maybe = None
    note: Maybe = None


class PopulationRow(FileRow):
    identity = ("place", "year", "population_basis")
    place: Key
    year: Year
    population_basis: Literal["registered", "resident", "weighted"]
    persons: Annotated[int, Field(ge=0)]
    basis: Literal["published", "derived", "assumption"]
    source: Maybe = None
    note: Maybe = None
    low: MaybeCount = None
    high: MaybeCount = None


class StageRow(FileRow):
    model_config = ConfigDict(extra="ignore")  # seed_key is for readers of the file

    identity = ("stage",)
    stage: Key
    name: Text
    kind: Literal["stage", "function"]
    order: int
    allocation_stage: MaybeKey = None
    planning_population_min: MaybeCount = None
    planning_population_max: MaybeCount = None
    planning_note: Maybe = None
    source: Maybe = None


class PathwayRow(FileRow):
    identity = ("pathway",)
    pathway: Key
    name: Text
    tumour_group: Text
    icd10: str = ""
    big_four: bool
    source: Maybe = None


class PathwayStageRow(DatedRow):
    """A stage of a pathway in its clinical place, for as long as it has that place."""

    identity = ("pathway", "stage")
    pathway: Key
    stage: Key
    order: Annotated[int, Field(ge=1)]
    source: Maybe = None
    note: Maybe = None


class RuleRow(DatedRow):
    identity = ("stage", "pathway")
    rule: Key
    stage: Key
    pathway: KeyOrAny
    commissioner: BodyOrExpression
    office: Annotated[Literal["area_team_of_place", "specialised_by_provider"] | None, BLANK] = None
    office_default: MaybeBody = None
    population_basis: Literal["registered", "resident", "provider", "present"]
    procedure_class: Key
    naming: Literal["named", "residual"]
    citation: Text
    quotation: Maybe = None
    note: Maybe = None
    mark: Literal["V", "M"]
    source: Maybe = None


class ClaimRow(DatedRow):
    model_config = ConfigDict(extra="ignore")  # seed_key and note are for readers of the file

    identity = ("claim",)
    claim: Key
    claim_type: Literal["who", "none_named"]
    role: Role
    organisation: Annotated[BodyOrExpression | None, BLANK] = None
    stage: KeyOrAny
    pathway: KeyOrAny
    place: Key
    function: Function = Function.ANY
    status: ClaimStatus
    asserted_by: Key
    quotation: Maybe = None
    authority: Maybe = None
    stated_on: Annotated[date | None, BLANK] = None
    source: Maybe = None

    @model_validator(mode="before")
    @classmethod
    def _names_somebody_or_says_so(cls, values: Any) -> Any:
        if isinstance(values, dict) and (values.get("organisation") in (None, "")) != (
            values.get("claim_type") == "none_named"
        ):
            raise ValueError("organisation is empty exactly where claim_type is none_named")
        return values


class OwnClaimRow(DatedRow):
    """A claim that a body sends in its own name; `claim` is its own key for it, empty `stage` the whole pathway."""

    identity = ("claim",)
    claim: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$")]
    role: Role
    organisation: MaybeBody = None
    stage: MaybeKey = None
    pathway: KeyOrAny = "*"
    place: Key
    function: Function = Function.ANY
    status: Literal["stated", "confirmed", "assumed"] = "stated"
    authority: Maybe = None
    quotation: Maybe = None
    stated_on: Annotated[date | None, BLANK] = None
    review_by: Annotated[date | None, BLANK] = None
    source: Maybe = None


class MandateRow(DatedRow):
    identity = ("holder", "body")
    holder: BodyId
    body: BodyId
    actions: Text
    limit_gbp: MaybeCount = None
    basis: Maybe = None
    source: Maybe = None
    note: Maybe = None


FILES: dict[str, type[FileRow]] = {
    "sources.csv": SourceRow,
    "bodies.csv": BodyRow,
    "body_names.csv": BodyNameRow,
    "body_codes.csv": BodyCodeRow,
    "relation_types.csv": RelationTypeRow,
    "relations.csv": RelationRow,
    "succession.csv": SuccessionRow,
    "places.csv": PlaceRow,
    "place_parents.csv": PlaceParentRow,
    "footprints.csv": FootprintRow,
    "populations.csv": PopulationRow,
    "population_ages.csv": PopulationAgeRow,
    "stages.csv": StageRow,
    "pathways.csv": PathwayRow,
    "pathway_stages.csv": PathwayStageRow,
    "rules.csv": RuleRow,
    "planning_thresholds.csv": PlanningThresholdRow,
    "services.csv": ServiceRow,
    "comparators.csv": ComparatorRow,
    "comparator_values.csv": ComparatorValueRow,
    "guidance.csv": GuidanceRow,
    "guidance_links.csv": GuidanceLinkRow,
    "responsible_rules.csv": ResponsibleRuleRow,
    "powers.csv": PowerRow,
    "claims.csv": ClaimRow,
    "mandates.csv": MandateRow,
    "networks.csv": NetworkRow,
}
"""The files that the registry loads, in the order in which they refer to each other."""

KEPT_IN_VERSIONS = ("claims.csv", "mandates.csv", "networks.csv")
"""Files whose lines become versions of claims, mandates and records."""

OWN_ROWS: dict[str, type[FileRow]] = {
    **{name.removesuffix(".csv"): row for name, row in FILES.items() if name not in KEPT_IN_VERSIONS},
    "claims": OwnClaimRow,
    **RECORD_ROWS,
}
"""The tables that can be sent, and what a line of each must be. Mandates are granted by bodies one by one."""
