"""The cancer section of a joint strategic needs assessment."""

from pydantic import Field

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.common import AsKnown, NamedBody
from concord_contracts.registry.coverage import Finding
from concord_contracts.registry.people import RoleHolderView
from concord_contracts.registry.places import Population
from concord_contracts.registry.risks import StandardRow


class JsnaStage(Reply):
    """A stage: who is responsible by law, what is known here, the plans and contracts that cover it."""

    stage: Key
    name: str
    responsible: list[NamedBody] = Field(description="by law; empty where no law names anybody")
    citation: str | None = None
    verified: bool | None = Field(None, description="whether the law was read; none where the rule book has no rule")
    local_position: str
    plans: list[str] = []
    contracts: int = 0


class JsnaPathway(Reply):
    pathway: Key
    name: str
    stages: list[JsnaStage]
    gaps: list[Finding] = Field(description="findings of high and medium severity, the gravest first")
    outcomes: list[StandardRow]
    stages_without_standard: list[Key] = Field([], description="stages that no comparator is recorded for")


class Jsna(AsKnown):
    """What the registry holds for one authority; what it does not hold stands in `not_known`."""

    place: Key
    name: str
    authority: NamedBody | None
    populations: list[Population]
    ccgs: list[tuple[Key, str, float]] = Field(
        description="Places of CCGs (boards, trusts) that share its ground: key, name, share of it"
    )
    pathways: list[JsnaPathway]
    leads: list[RoleHolderView] = Field(description="who leads, and whom to ask, on the day")
    not_known: list[str]
