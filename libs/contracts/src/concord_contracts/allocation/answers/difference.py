"""What a change did: after minus before."""

from concord_contracts.allocation.answers.trust import Sentence
from concord_contracts.identifiers import Reply


class DifferenceRow(Reply):
    year: str
    key: str
    name: str
    before_gbp: int
    after_gbp: int
    change_gbp: int


class PriceChange(Reply):
    key: str
    label: str
    before: float | None
    after: float | None


class LimitName(Reply):
    key: str
    label: str


class Difference(Reply):
    """What a what-if changed: after minus before."""

    benefit_before: float
    benefit_after: float
    benefit_change: float
    benefit_unit: str
    spend_change_gbp: int
    available_change_gbp: int
    payers: list[DifferenceRow]
    purses: list[DifferenceRow]
    stages: list[DifferenceRow]
    lines: list[DifferenceRow]
    binding_added: list[LimitName]
    binding_removed: list[LimitName]
    prices_changed: list[PriceChange]
    sentences: list[Sentence]
