"""What agreements in force let others pay for."""

from datetime import date, datetime

from pydantic import Field

from concord_contracts.agreements.text import Contribution
from concord_contracts.identifiers import BodyId, Digest, Key, Reply


class Mechanism(Reply):
    """A lawful way for a payer to pay for a line that is not its own, in force in a year; allocation reads these."""

    agreement: str
    kind: str = Field(examples=["s75_pool", "s14Z3"])
    digest: Digest
    payers: list[BodyId]
    lead: BodyId
    pathway: Key
    stages: list[Key] = Field(description="stages in the fund or delegated; aligned and in view are not payable")
    places: list[Key]
    cells: list[tuple[Key, Key]] = Field(
        [], description="the (stage, place) pairs that may be paid; stages need not all cover the same places"
    )
    contributions: list[Contribution]
    valid_from: date
    valid_to: date
    citation: str


class Mechanisms(Reply):
    as_of: date
    known_at: datetime
    items: list[Mechanism]
