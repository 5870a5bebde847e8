"""What the core says where there is no plan, as `concord_contracts.allocation.answers` has it."""

from dataclasses import dataclass, field
from typing import Any

from concord_allocation.core.results import Sentence, SolverFacts


@dataclass(frozen=True, slots=True)
class ConflictMember:
    key: str
    limit: str | None
    label: str
    kind: str
    bound: float | None
    unit: str
    statutory: bool
    source: str
    words: str


@dataclass(frozen=True, slots=True)
class Relaxation:
    key: str
    limit: str
    label: str
    by: float
    unit: str
    by_gbp: float
    weight: float
    words: str
    side: str = "upper"
    payer: str | None = None
    payer_name: str = ""


@dataclass(frozen=True, slots=True)
class PayerLoosening:
    payer: str | None
    name: str
    gbp: float
    weighted_gbp: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """No plan. `status`: "infeasible", "unbounded" or "unknown"."""

    status: str
    reason: str
    words: str
    solver: SolverFacts
    conflict: tuple[ConflictMember, ...] = ()
    relaxation: tuple[Relaxation, ...] = ()
    relaxation_gbp: float | None = None
    relaxation_by_payer: tuple[PayerLoosening, ...] = ()
    changes: tuple[dict[str, Any], ...] = ()
    sentences: tuple[Sentence, ...] = field(default=())
    outcome: str = "refusal"
