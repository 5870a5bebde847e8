"""Mandates: who may act for whom. The responsibility never moves."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from concord_contracts.identifiers import FOREVER, BodyId, Day, Key, Reply, Request
from concord_contracts.registry.rolling import ReExpressed

LENDABLE_ACTIONS = frozenset(
    {
        "claims.assert",
        "claims.bulk",
        "claims.confirm",
        "claims.dispute",
        "claims.end",
        "claims.correct",
        "claims.withdraw",
        "imports.create",
        "knowledge.write",
        "contracts.write",
        "role-holders.write",
        "people.read",
        "people.write",
        "people.erase",
        "scenarios.create",
        "scenarios.read",
        "scenarios.read-digests",
        "scenarios.read-removed",
        "scenarios.what-if",
        "problems.solve",
        "agreements.read",
        "agreements.read-mechanisms",
        "agreements.draft",
        "agreements.revise",
        "agreements.send",
        "agreements.commit",
    }
)
"""What a body can let a support body do for it. Approving, signing and lending stay with the body itself."""


def _lendable(action: str) -> str:
    families = {f"{name.rpartition('.')[0]}.*" for name in LENDABLE_ACTIONS}
    if action not in LENDABLE_ACTIONS | families:
        can = ", ".join(sorted(LENDABLE_ACTIONS | families))
        raise ValueError(f"cannot be lent; what can is: {can}")
    return action


Limit = Annotated[list[Key], Field(max_length=250)]
"""Keys that a mandate is limited to."""


LIMIT_OF_ONE = (
    "the most that the holder may commit the body to at a time, in whole pounds of whole-life value: enforced on "
    "contracts and networks, which state amounts; other actions state none. Null: no limit"
)


class MandateIn(Request):
    """A body lets a support body act for it. Granted by the body acted for; `claims.*` is a family of actions."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"holder": "ods:0CX", "actions": ["claims.*"], "valid_from": "2013-04-01", "limit_gbp": None},
                {
                    "holder": "gss:E55000002",
                    "actions": ["claims.assert", "claims.confirm"],
                    "pathways": ["lung"],
                    "places": ["ccg-02A"],
                    "valid_from": "2013-04-01",
                },
            ]
        },
    )

    holder: BodyId
    actions: Annotated[
        list[Annotated[str, StringConstraints(max_length=60), AfterValidator(_lendable)]],
        Field(min_length=1, max_length=50),
    ] = Field(description="actions of LENDABLE_ACTIONS, or a family such as `claims.*`")
    limit_gbp: Annotated[int, Field(strict=True, ge=0, le=10**12)] | None = Field(None, description=LIMIT_OF_ONE)
    pathways: Limit = Field([], description="only claims of these pathways; none named: of any", validate_default=True)
    stages: Limit = Field([], description="only claims of these stages; none named: of any", validate_default=True)
    places: Limit = Field(
        [], description="only claims of these places and what lies in them; none named: of any", validate_default=True
    )
    valid_from: Day
    valid_to: Day = FOREVER
    reason: Annotated[str, Field(max_length=1000)] | None = None

    @field_validator("valid_to")
    @classmethod
    def _after_the_start(cls, valid_to: date, info: ValidationInfo) -> date:
        start = info.data.get("valid_from")
        if start is not None and valid_to <= start:
            raise ValueError("must lie after valid_from")
        return valid_to

    @field_validator("pathways", "stages", "places")
    @classmethod
    def _only_claims_have_subjects(cls, keys: list[str], info: ValidationInfo) -> list[str]:
        actions = info.data.get("actions", [])
        if keys and not all(action.startswith("claims.") for action in actions):
            raise ValueError("can limit actions on claims alone: grant the others by a mandate of their own")
        return keys


class MandateEnd(Request):
    """The body takes its mandate back from a day on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "The contract with the unit has ended", "on": "2014-10-01"}]},
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    on: Day | None = Field(
        None, description="the first day without it; default today in England, or its first day where it has not begun"
    )


class Mandate(Reply):
    """A body lets a support body act for it, in stated actions; the responsibility never moves."""

    id: str = ""
    version: int = 1
    holder: BodyId
    body: BodyId
    actions: list[str]
    limit_gbp: int | None = Field(None, description=LIMIT_OF_ONE)
    pathways: list[str] = []
    stages: list[str] = []
    places: list[str] = []
    valid_from: date
    valid_to: date


class Mandates(ReExpressed):
    items: list[Mandate]
    next_cursor: str | None = None
