"""What differs between two answers, as `concord_contracts.allocation.answers` has it."""

from dataclasses import dataclass

from concord_allocation.core.results import Sentence


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    year: str
    key: str
    name: str
    before_gbp: int
    after_gbp: int
    change_gbp: int


@dataclass(frozen=True, slots=True)
class PriceChange:
    key: str
    label: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class LimitName:
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Difference:
    benefit_before: float
    benefit_after: float
    benefit_change: float
    benefit_unit: str
    spend_change_gbp: int
    available_change_gbp: int
    payers: tuple[DifferenceRow, ...]
    purses: tuple[DifferenceRow, ...]
    stages: tuple[DifferenceRow, ...]
    lines: tuple[DifferenceRow, ...]
    binding_added: tuple[LimitName, ...]
    binding_removed: tuple[LimitName, ...]
    prices_changed: tuple[PriceChange, ...]
    sentences: tuple[Sentence, ...]
