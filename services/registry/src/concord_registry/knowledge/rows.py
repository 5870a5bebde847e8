"""Records as lines of a table that people fill in: a line for each, with further lines for a contract's parts. Pure.

A line is known by its sender's own key. Lists are written with spaces between. What a cell may hold in the end is for
the contract's models to say: a line becomes one of them before it is taken.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import (
    ContractForm,
    HolderRole,
    Money,
    NetworkKind,
    Outcome,
    PlanKind,
    PlanStatus,
    RiskStatus,
    Shown,
)
from concord_registry.row_types import (
    BLANK,
    DatedRow,
    FileRow,
    KeyOrAny,
    Maybe,
    MaybeBody,
    MaybeCount,
    MaybeKey,
    Share,
    Text,
    Year,
)

OwnKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$")]
MaybeDay = Annotated[date | None, BLANK]
MaybeShare = Annotated[Share | None, BLANK]
Degree = Annotated[int, Field(ge=1, le=5)]


class RecordRow(DatedRow):
    """A line that is a record. `topic` is its kind, `listed` the columns that hold several values."""

    topic: ClassVar[str]
    listed: ClassVar[tuple[str, ...]] = ()
    source: Maybe = None
    note: Maybe = None

    def cells(self) -> dict[str, Any]:
        """What is written, as the contract's model takes it: lists as lists, empty cells left out."""
        given = self.model_dump(mode="json", exclude={self.identity[0]}, exclude_none=True)
        return {name: value.split() if name in self.listed else value for name, value in given.items()}


class PersonRow(FileRow):
    identity = ("person",)
    person: OwnKey
    name: Text
    email: Maybe = None
    telephone: Maybe = None
    shown: Shown = Shown.NOTHING


class RoleHolderRow(RecordRow):
    identity = ("holder",)
    topic = "role-holders"
    listed = ("skills",)
    holder: OwnKey
    role: HolderRole
    body: BodyId
    person: MaybeKey = None
    level: Annotated[Literal["local", "regional", "national"] | None, BLANK] = None
    pathway: KeyOrAny = "*"
    place: MaybeKey = None
    stage: MaybeKey = None
    next_stage: MaybeKey = None
    skills: Maybe = None
    handed_on: Maybe = None


class AdviceRow(RecordRow):
    identity = ("advice",)
    topic = "advice"
    advice: OwnKey
    adviser: BodyId
    advised: BodyId
    person: MaybeKey = None
    stage: MaybeKey = None
    pathway: KeyOrAny = "*"
    place: Key
    subject: Text
    outcome: Outcome = Outcome.PENDING
    outcome_words: Maybe = None
    outcome_on: MaybeDay = None
    link: Maybe = None


class NetworkRow(RecordRow):
    identity = ("network",)
    topic = "networks"
    listed = ("funders", "pathways", "stages", "places")
    network: OwnKey
    name: Text
    kind: NetworkKind
    body: MaybeBody = None
    host: BodyId
    funders: Maybe = None
    funding_gbp: MaybeCount = None
    pathways: Text = "*"
    stages: Text = "*"
    places: Text = "england"
    powers: Literal["none", "advise", "refer-back", "veto"] = "advise"
    remit: Maybe = None


class AuthorisationRow(RecordRow):
    identity = ("authorisation",)
    topic = "authorisations"
    listed = ("networks",)
    authorisation: OwnKey
    body: BodyId
    outcome: Literal["authorised", "authorised-with-conditions", "shadow", "not-authorised"]
    conditions: MaybeCount = None
    network_expertise: Text
    networks: Maybe = None
    acting_for_it: MaybeBody = None
    link: Maybe = None


class PlanRow(RecordRow):
    identity = ("plan",)
    topic = "plans"
    listed = ("with_bodies", "stages", "pathways", "places")
    plan: OwnKey
    title: Text
    kind: PlanKind
    body: BodyId
    with_bodies: Maybe = None
    stages: Text
    pathways: Text = "*"
    places: Text
    status: PlanStatus = PlanStatus.PUBLISHED
    implements: MaybeKey = None
    progress: Maybe = None
    link: Maybe = None


class ContractRow(RecordRow):
    identity = ("contract",)
    topic = "contracts"
    listed = ("stages", "pathways", "places", "renewals")
    contract: OwnKey
    title: Text
    reference: Maybe = None
    provider: BodyId
    host: MaybeBody = None
    coordinator: BodyId
    form: ContractForm
    price_basis: Maybe = None
    stages: Text
    pathways: Text = "*"
    places: Text
    market_forces_factor: Annotated[float | None, BLANK] = None
    cquin_share: MaybeShare = None
    notice_months: MaybeCount = None
    latest_notice_on: MaybeDay = None
    notice_given_on: MaybeDay = None
    releasable_share: MaybeShare = None
    releasable_from: MaybeDay = None
    last_reviewed: MaybeDay = None
    renewals: Maybe = None
    intentions_due: MaybeDay = None
    values_public: Annotated[bool | None, BLANK] = None


class ContractAssociateRow(FileRow):
    identity = ("contract", "organisation")
    contract: OwnKey
    organisation: BodyId
    share: MaybeShare = None


class ContractValueRow(FileRow):
    identity = ("contract", "year", "money")
    contract: OwnKey
    year: Year
    money: Money
    value_gbp: Annotated[int, Field(ge=0)]


class RiskRow(RecordRow):
    identity = ("risk",)
    topic = "risks"
    risk: OwnKey
    title: Text
    pathway: KeyOrAny
    place: Key
    stage: MaybeKey = None
    cause: Text
    effect: Text
    likelihood: Degree
    impact: Degree
    owner_body: BodyId
    owner_role: Key
    mitigation: Maybe = None
    due: MaybeDay = None
    status: RiskStatus = RiskStatus.OPEN


PEOPLE = "people"
PARTS = {"contract_associates": "associates", "contract_values": "values"}
"""Tables of a contract's parts -> the part."""

RECORD_ROWS: dict[str, type[FileRow]] = {
    PEOPLE: PersonRow,
    "role_holders": RoleHolderRow,
    "advice": AdviceRow,
    "networks": NetworkRow,
    "authorisations": AuthorisationRow,
    "plans": PlanRow,
    "contracts": ContractRow,
    "contract_associates": ContractAssociateRow,
    "contract_values": ContractValueRow,
    "risks": RiskRow,
}
"""The tables of records. Limits of authority are entered one by one, by those who may grant them."""
