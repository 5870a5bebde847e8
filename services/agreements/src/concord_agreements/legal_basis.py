"""Legal bases as dated values: who may join, what may not be put in, what the text must say. Source: reference data."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RequiredItem:
    """One thing the law wants the agreement to say."""

    item: str
    words: str
    citation: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One row of the dated table of legal bases; kinds are kinds of body, classes are procedure classes."""

    key: str
    name: str
    citation: str
    allows: frozenset[str]
    mechanism: str
    may_join: frozenset[str]
    requires: frozenset[str]
    functions_of: frozenset[str]
    excluded_classes: frozenset[str]
    uncertain_classes: frozenset[str]
    exclusion_citation: str
    liability: str
    valid_from: date
    valid_to: date
    verified: bool
    note: str
    required_items: tuple[RequiredItem, ...] = ()

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day < self.valid_to
