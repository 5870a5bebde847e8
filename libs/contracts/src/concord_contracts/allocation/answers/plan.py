"""A plan with everything that belongs to it."""

from typing import Literal

from pydantic import Field

from concord_contracts.allocation.answers.lines import ActivityRow, LineRow
from concord_contracts.allocation.answers.money import Cell, ContributionRow, Exit, Splits, Ties, Totals
from concord_contracts.allocation.answers.prices import BindingLimit, Candidate, RingFence
from concord_contracts.allocation.answers.trust import Assumptions, Check, ObjectiveResult, Sentence, SolverFacts
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
from concord_contracts.identifiers import Digest, Reply


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
