"""Which payments, cases or other variables are meant: the selections of a problem."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """Which payments or cases are meant; None does not restrict, an empty set matches nothing."""

    lines: frozenset[str] | None = None
    places: frozenset[str] | None = None
    pathways: frozenset[str] | None = None
    stages: frozenset[str] | None = None
    purposes: frozenset[str] | None = None
    statutory_payers: frozenset[str] | None = None
    payers: frozenset[str] | None = None
    purses: frozenset[str] | None = None
    funds: frozenset[str] | None = None
    modes: frozenset[str] | None = None
    resources: frozenset[str] | None = None
    demands: frozenset[str] | None = None
    options: frozenset[str] | None = None


EVERYTHING = Selection()
