"""Activations: the responsibilities that an agreement in force gives, as its present state."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from concord_contracts.identifiers import FOREVER, BodyId, Day, Digest, Key, Request, ShortText
from concord_contracts.registry.claims import ClaimView, Commitment, Role
from concord_contracts.registry.common import AsKnown


class ActivatedResponsibility(Request):
    """One responsibility that an agreement in force gives a body, dated by the activation."""

    role: Role
    organisation: BodyId
    on_behalf_of: Annotated[list[BodyId], Field(max_length=250)] = []
    stage: Key | None = Field(None, description="none with role `leads`: the whole pathway")
    pathway: Key
    place: Key
    commitment: Commitment = Commitment.AGREED


class Activation(Request):
    """The whole present state of an agreement's responsibilities: state, not an event.

    A lower or equal `sequence` changes nothing; an equal one with another `digest` is a conflict; a higher one
    replaces all claims of this agreement in one transaction. An ended agreement sends an empty list or an earlier
    `effective_to`.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "sequence": 1,
                    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "basis": "s.14Z3 NHS Act 2006: Lung cancer lead commissioning in Greater Manchester",
                    "effective_from": "2014-04-01",
                    "effective_to": "2016-04-01",
                    "responsibilities": [
                        {
                            "role": "leads",
                            "organisation": "ods:02A",
                            "on_behalf_of": ["ods:00T"],
                            "stage": None,
                            "pathway": "lung",
                            "place": "ccg-00T",
                            "commitment": "agreed",
                        }
                    ],
                }
            ]
        },
    )

    sequence: Annotated[int, Field(strict=True, ge=1, le=10**15)]
    digest: Digest
    basis: ShortText
    effective_from: Day
    effective_to: Day = FOREVER
    responsibilities: Annotated[list[ActivatedResponsibility], Field(max_length=5000)]

    @field_validator("effective_to")
    @classmethod
    def _not_before_the_start(cls, effective_to: date, info: ValidationInfo) -> date:
        start = info.data.get("effective_from")
        if start is not None and effective_to < start:
            raise ValueError("lies before effective_from")
        return effective_to


class ActivationState(AsKnown):
    """What the registry holds of one agreement."""

    agreement: str
    sequence: int
    digest: Digest
    changed: bool
    claims: list[ClaimView]
