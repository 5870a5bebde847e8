"""What the core says: plain values with the field names of `concord_contracts.allocation.answers`."""

from dataclasses import dataclass

from concord_allocation.core.results_of_parts import (
    BridgeRow,
    CarryRow,
    ContractRow,
    DemandRow,
    EquityRow,
    OptionRow,
    ResourceRow,
    RuleRow,
    SavingRow,
    SoftMiss,
    TransferRow,
)


@dataclass(frozen=True, slots=True)
class Cell:
    year: str
    line: str
    place: str
    pathway: str
    stage: str
    purse: str
    payer: str
    fund: str | None
    gbp: int
    reference_gbp: int
    because: str


@dataclass(frozen=True, slots=True)
class SplitRow:
    year: str
    key: str
    name: str
    gbp: int
    reference_gbp: int
    change_gbp: int
    available_gbp: int | None = None
    benefit: float | None = None


@dataclass(frozen=True, slots=True)
class Splits:
    payer: tuple[SplitRow, ...]
    purse: tuple[SplitRow, ...]
    pathway: tuple[SplitRow, ...]
    stage: tuple[SplitRow, ...]
    place: tuple[SplitRow, ...]
    year: tuple[SplitRow, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    spend_gbp: int
    available_gbp: int
    unspent_gbp: int
    reference_gbp: int
    moved_gbp: int
    benefit: float
    reference_benefit: float
    benefit_unit: str
    elsewhere_benefit: float = 0.0


@dataclass(frozen=True, slots=True)
class ContributionRow:
    year: str
    fund: str
    purse: str
    payer: str
    gbp: int


@dataclass(frozen=True, slots=True)
class ActivityRow:
    year: str
    line: str
    mode: str
    unit: str
    cases: float


@dataclass(frozen=True, slots=True)
class LineRow:
    year: str
    line: str
    gbp: int
    reference_gbp: int
    benefit: float
    next_gbp: float
    last_gbp: float | None


@dataclass(frozen=True, slots=True)
class BindingLimit:
    key: str
    limit: str
    label: str
    kind: str
    year: str | None
    bound: float
    unit: str
    price_more: float | None
    price_less: float | None
    proof: str
    statutory: bool
    source: str
    words: str
    options_held: bool = False


@dataclass(frozen=True, slots=True)
class RingFence:
    year: str
    purse: str
    general_purse: str | None
    price_per_gbp: float | None
    purse_price: float
    lines_left_out: int
    words: str


@dataclass(frozen=True, slots=True)
class CandidateLine:
    line: str
    gbp: int


@dataclass(frozen=True, slots=True)
class Candidate:
    kind: str
    key: str
    year: str
    amount_gbp: int
    benefit_change: float
    gbp_per_unit: float | None
    lines: tuple[CandidateLine, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Exit:
    purse: str
    line: str
    year: str
    gbp: int
    next_year: str
    line_gbp: int
    line_next_gbp: int
    words: str


@dataclass(frozen=True, slots=True)
class PayerTie:
    payer: str
    decided_gbp: int
    least_gbp: int
    greatest_gbp: int


@dataclass(frozen=True, slots=True)
class Ties:
    """`options`: those that another set with the same benefit has otherwise."""

    other_plans_as_good: bool
    decided_gbp: int
    payers: tuple[PayerTie, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssumptionPart:
    what: str
    gbp: int
    share: float


@dataclass(frozen=True, slots=True)
class Assumptions:
    gbp: int
    share: float
    parts: tuple[AssumptionPart, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    limit: str
    label: str
    amount: float
    unit: str


@dataclass(frozen=True, slots=True)
class Check:
    passed: bool
    limits_checked: int
    worst_violation: float
    worst_limit: str | None
    violations: tuple[Miss, ...]
    rounding_missed: tuple[Miss, ...]
    bound: float
    gap: float
    bound_by: str = "duals"


@dataclass(frozen=True, slots=True)
class ObjectiveResult:
    objective: str
    value: float
    unit: str
    loss: float
    proven: bool
    best: float
    sacrifice: float


@dataclass(frozen=True, slots=True)
class SolverFacts:
    solver: str
    versions: dict[str, str]
    options: dict[str, str]
    rows: int
    columns: int
    iterations: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sentence:
    about: str
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan. `status`: "optimal", or "feasible_not_proven" after a time limit."""

    status: str
    totals: Totals
    cells: tuple[Cell, ...]
    splits: Splits
    contributions: tuple[ContributionRow, ...]
    activity: tuple[ActivityRow, ...]
    lines: tuple[LineRow, ...]
    binding: tuple[BindingLimit, ...]
    ring_fences: tuple[RingFence, ...]
    candidate_investments: tuple[Candidate, ...]
    candidate_releases: tuple[Candidate, ...]
    exits: tuple[Exit, ...]
    ties: Ties
    assumptions: Assumptions
    check: Check
    objectives: tuple[ObjectiveResult, ...]
    solver: SolverFacts
    sentences: tuple[Sentence, ...]
    carried: tuple[CarryRow, ...] = ()
    resources: tuple[ResourceRow, ...] = ()
    demands: tuple[DemandRow, ...] = ()
    options: tuple[OptionRow, ...] = ()
    options_unique: bool = True
    missed: tuple[SoftMiss, ...] = ()
    equity: tuple[EquityRow, ...] = ()
    contracts: tuple[ContractRow, ...] = ()
    savings: tuple[SavingRow, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    transfers: tuple[TransferRow, ...] = ()
    bridges: tuple[BridgeRow, ...] = ()
    outcome: str = "plan"
