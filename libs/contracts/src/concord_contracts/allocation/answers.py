"""What allocation answers: a plan with its reasons, or a refusal that helps.

A plan's money is whole pounds in cells (year, line, purse, fund); every other amount is a sum of cells, so
totals add up. `benefit` is discounted unless it says otherwise and belongs to lines, never to one payer.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.changes import Change, Changes
from concord_contracts.allocation.citations import CitedBy
from concord_contracts.allocation.freshness import Freshness
from concord_contracts.allocation.ledger import (
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
from concord_contracts.allocation.problem import Problem
from concord_contracts.identifiers import Digest, Reply, Request


class Cell(Reply):
    """Pounds of one purse on one line in one year, directly (`fund` none) or through a fund."""

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
    because: str = Field(description="the rule or mechanism that lets this payer pay")


class SplitRow(Reply):
    """One row of a split; `available_gbp` for purses and payers, `benefit` for lines' attributes."""

    year: str
    key: str
    name: str
    gbp: int
    reference_gbp: int
    change_gbp: int
    available_gbp: int | None = None
    benefit: float | None = None


class Splits(Reply):
    """The same pounds seen six ways; each adds up to `totals.spend_gbp`."""

    payer: list[SplitRow]
    purse: list[SplitRow]
    pathway: list[SplitRow]
    stage: list[SplitRow]
    place: list[SplitRow]
    year: list[SplitRow]


class Totals(Reply):
    """Over all years. `moved_gbp` = half of all pounds that differ from the reference split."""

    spend_gbp: int
    available_gbp: int
    unspent_gbp: int
    reference_gbp: int
    moved_gbp: int
    benefit: float = Field(description="discounted to the base year, of the rounded plan")
    reference_benefit: float = Field(description="the reference split's, by the same curves")
    benefit_unit: str
    elsewhere_benefit: float = Field(
        0.0, description="of money left outside or at the end of the plan, less the penalty of overspends; discounted"
    )


class ContributionRow(Reply):
    year: str
    fund: str
    purse: str
    payer: str
    gbp: int


class ActivityRow(Reply):
    """Cases by delivery mode, unrounded plan."""

    year: str
    line: str
    mode: str
    unit: str
    cases: float


class LineRow(Reply):
    """One line in one year. `next_gbp` = benefit of the next pound on its curve, `last_gbp` of the last one spent."""

    year: str
    line: str
    gbp: int
    reference_gbp: int
    benefit: float
    next_gbp: float
    last_gbp: float | None


class BindingLimit(Reply):
    """A limit that holds the plan back, with what a loosening or tightening by one unit does to the best benefit.

    `price_more`: benefit gained per unit of loosening; `price_less`: benefit lost per unit of tightening, none where it
    cannot be tightened. Equalities (`kind` equal) report the change per +1 of the right-hand side, signed: upwards in
    `price_more`, downwards in `price_less`; none where that way is closed. The two differ where the plan sits
    on a kink.
    """

    key: str
    limit: str = Field(description="key of the purse, fund, limit or pace of change it comes from")
    label: str
    kind: Literal[
        "purse",
        "at_least",
        "at_most",
        "equal",
        "pace_up",
        "pace_down",
        "contribution_min",
        "contribution_max",
        "carry_max",
        "overspend_max",
        "held_back",
        "contract",
        "resource",
        "extra_max",
        "growth_max",
        "demand_max",
        "demand_min",
        "backlog_max",
        "link",
        "equity_floor",
        "equity_spread",
        "option_rule",
        "volume_min",
        "volume_max",
    ]
    year: str | None
    bound: float
    unit: str
    price_more: float | None
    price_less: float | None
    proof: Literal["re-solved", "one valid price"]
    statutory: bool
    source: str
    words: str
    options_held: bool = Field(False, description="the price of a plan with its indivisible options as they are")


class RingFence(Reply):
    """What a ring-fence costs at the margin: price of the owner's dearest other purse minus this purse's.

    Benefit per GBP; less than nothing where the fenced pound is worth more. A purse is fenced where its scope is
    narrower than what its owner may pay for, or where it says so itself.
    """

    year: str
    purse: str
    general_purse: str | None = Field(
        description="the owner's dearest other purse that holds money in the year; none: there is no other in the plan"
    )
    price_per_gbp: float | None = Field(description="none where there is no other purse to weigh it by")
    purse_price: float | None = Field(None, description="benefit per GBP more of this purse; none in older answers")
    lines_left_out: int | None = Field(
        None, description="lines that the owner may pay for and this purse may not; none in older answers"
    )
    words: str


class CandidateLine(Reply):
    line: str
    gbp: int


class Candidate(Reply):
    """What the next GBP 100k would buy, or what releasing it would lose, for a line or for a purse (re-solved)."""

    kind: Literal["line", "purse"]
    key: str
    year: str
    amount_gbp: int = Field(
        description="100,000 unless the line or purse holds less, or the line's own limits leave less room"
    )
    benefit_change: float
    gbp_per_unit: float | None = Field(description="GBP per unit of benefit; none where benefit does not change")
    lines: list[CandidateLine] = Field([], description="for a purse: where the money would go or come from")
    words: str


class Exit(Reply):
    """Non-recurrent money that ends: what the line had from it, and what the next year has without it."""

    purse: str
    line: str
    year: str
    gbp: int
    next_year: str
    line_gbp: int
    line_next_gbp: int
    words: str


class PayerTie(Reply):
    """How far the tie-break decided one payer's bill; over all years, GBP.

    `decided_gbp`: half of the pounds of this payer that differ between the tie-break's least and greatest plan.
    `least_gbp`..`greatest_gbp`: what the bill could be in plans as good on every earlier objective.
    """

    payer: str
    decided_gbp: int
    least_gbp: int
    greatest_gbp: int


class Ties(Reply):
    other_plans_as_good: bool
    decided_gbp: int
    payers: list[PayerTie]
    options: list[str] = Field([], description="options that another set with the same benefit has otherwise")


class AssumptionPart(Reply):
    what: Literal["purse amount", "line cost", "benefit curve", "unit cost", "option cost"]
    gbp: int
    share: float


class Assumptions(Reply):
    """Share of the plan's money that rests on at least one assumption, and on each kind (which may overlap)."""

    gbp: int
    share: float
    parts: list[AssumptionPart]


class Violation(Reply):
    limit: str
    label: str
    amount: float
    unit: str


class Check(Reply):
    """The independent check: every limit recomputed from the problem, and the bound recomputed from the duals.

    `bound`: no feasible plan has a higher discounted benefit. `rounding_missed`: ratio limits that whole pounds miss,
    each by less than the sum of its coefficients.
    """

    passed: bool
    limits_checked: int
    worst_violation: float
    worst_limit: str | None
    violations: list[Violation]
    rounding_missed: list[Violation]
    bound: float
    gap: float = Field(description="(bound - benefit of the unrounded plan) / max(1, |bound|)")
    bound_by: Literal["duals", "branch and bound"] = Field(
        "duals", description="duals are checked independently; branch and bound is the solver's own proof"
    )


class ObjectiveResult(Reply):
    """One objective in order; `loss` = relative loss later objectives caused, at most 1e-9 or the `sacrifice` allowed.

    `best`: what it reached in its turn.
    """

    objective: str
    value: float
    unit: str
    loss: float
    proven: bool
    best: float | None = None
    sacrifice: float = 0.0


class SolverFacts(Reply):
    solver: str
    versions: dict[str, str]
    options: dict[str, str]
    rows: int
    columns: int
    iterations: int
    seconds: float


class Sentence(Reply):
    about: Literal[
        "binding",
        "line",
        "payer",
        "money",
        "exit",
        "tie",
        "assumption",
        "check",
        "refusal",
        "difference",
        "change",
        "gain",
        "ring_fence",
        "candidate",
        "nowhere",
        "missed",
        "option",
        "year",
        "activity",
        "fairness",
        "contract",
        "objective",
    ]
    words: str


class Answer(Reply):
    """A plan: who pays how much for what, why, and what would change it."""

    outcome: Literal["plan"] = "plan"
    status: Literal["optimal", "feasible_not_proven"]
    problem_digest: Digest
    digest: Digest = Field(description="of the plan's content: amounts, benefit and problem digest; no timings")
    totals: Totals
    cells: list[Cell]
    splits: Splits
    contributions: list[ContributionRow]
    activity: list[ActivityRow]
    lines: list[LineRow]
    binding: list[BindingLimit]
    ring_fences: list[RingFence]
    candidate_investments: list[Candidate]
    candidate_releases: list[Candidate]
    exits: list[Exit]
    ties: Ties
    assumptions: Assumptions
    check: Check
    objectives: list[ObjectiveResult]
    solver: SolverFacts
    sentences: list[Sentence]
    carried: list[CarryRow] = []
    resources: list[ResourceRow] = []
    demands: list[DemandRow] = []
    options: list[OptionRow] = []
    options_unique: bool = Field(True, description="false: another set of options may be exactly as good")
    missed: list[SoftMiss] = []
    equity: list[EquityRow] = []
    contracts: list[ContractRow] = []
    savings: list[SavingRow] = []
    rules: list[RuleRow] = []
    transfers: list[TransferRow] = []
    bridges: list[BridgeRow] = []


class ConflictMember(Reply):
    """One of the things that cannot all hold; without any one of them the rest could."""

    key: str
    limit: str | None
    label: str
    kind: str = Field(description="purse, limit, pace of change, contribution, capacity and so on; balance or sign")
    bound: float | None
    unit: str
    statutory: bool
    source: str
    words: str


class Relaxation(Reply):
    """Loosen this limit by this much."""

    key: str
    limit: str
    label: str
    by: float
    unit: str
    by_gbp: float
    weight: float
    words: str
    side: Literal["lower", "upper"] | None = Field(None, description="the bound that moves outwards")
    payer: str | None = Field(None, description="whose it is: see `payer_name`; none: nobody's alone")
    payer_name: str = Field(
        "not one payer's", description="the purse's owner; of other limits who is responsible for all lines selected"
    )


class PayerLoosening(Reply):
    """What the least loosening comes to for one payer; the last row is what is nobody's alone."""

    payer: str | None
    name: str
    gbp: float
    weighted_gbp: float = Field(description="times the limits' weights; these add up to `relaxation_gbp`")


class Refusal(Reply):
    """No plan keeps every limit: which ones conflict, and the least weighted loosening (GBP) that would let one exist.

    Statutory limits are never loosened. `statutory_conflict`: they conflict by themselves, so there is no relaxation.
    """

    outcome: Literal["refusal"] = "refusal"
    status: Literal["infeasible", "unbounded", "unknown"]
    reason: Literal[
        "conflict",
        "statutory_conflict",
        "no_whole_pound_plan",
        "unbounded",
        "no_plan_in_time",
        "check_failed",
        "solver_failed",
    ]
    problem_digest: Digest
    digest: Digest
    words: str
    conflict: list[ConflictMember]
    relaxation: list[Relaxation]
    relaxation_gbp: float | None
    relaxation_by_payer: list[PayerLoosening] = []
    changes: list[Change] = Field(
        [],
        description="the least loosening as changes, rounded outwards: as a what-if of the same problem they give a "
        "plan (it was made and checked). Empty where there is none, or none was found in time",
    )
    solver: SolverFacts
    sentences: list[Sentence]


Outcome = Annotated[Answer | Refusal, Field(discriminator="outcome")]


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


class Dependency(Reply):
    """What another service knew when the problem was built; ask it again with these for the same facts."""

    service: str
    as_of: date | None = None
    known_at: datetime | None = None
    seq: int | None = None


class Scenario(Reply):
    """An immutable question with its answer and everything it was built from.

    `cited_by` is what others say of it since: while any does, it is kept. `freshness` says whether figures that it uses
    were replaced since.
    """

    id: str
    parent: str | None = None
    title: str
    note: str | None = None
    author: str
    acting_for: str | None = None
    created_at: datetime
    as_of: date
    known_at: datetime
    dependencies: list[Dependency]
    changes: Changes | None = None
    problem_digest: Digest
    problem: Problem | None = Field(None, description="left out of lists")
    outcome: Outcome
    cited_by: list[CitedBy] = []
    freshness: Freshness | None = None


class WhatIfRequest(Request):
    """Changes to a scenario's problem, in order."""

    changes: Changes
    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    note: Annotated[str, Field(max_length=2000)] | None = None
    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None


class ProblemWhatIfRequest(Request):
    """A problem and changes to it, in order; `time_limit_seconds` is for each of the two solves."""

    problem: Problem
    changes: Changes
    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None


class ProblemWhatIf(Reply):
    """The changed problem with its outcome, and what that changed; `difference` only where both have a plan.

    `base_*`: of the problem as it came, solved as well.
    """

    base_problem_digest: Digest
    base_answer_digest: Digest
    base_status: str = Field(description="optimal, feasible_not_proven, infeasible, ...")
    problem: Problem = Field(description="with the changes in it: `POST /v1/solve` gives the same answer to it")
    outcome: Outcome
    difference: Difference | None


class WhatIfResult(Reply):
    """The changed problem's outcome beside the base; `difference` only where both have a plan."""

    base: str
    scenario: Scenario
    difference: Difference | None
