"""What allocation answers: a plan with its reasons, or a refusal that helps.

A plan's money is whole pounds in cells (year, line, purse, fund); every other amount is a sum of cells, so
totals add up. `benefit` is discounted unless it says otherwise and belongs to lines, never to one payer.
"""

from concord_contracts.allocation.answers.difference import Difference, DifferenceRow, LimitName, PriceChange
from concord_contracts.allocation.answers.lines import ActivityRow, LineRow
from concord_contracts.allocation.answers.money import (
    Cell,
    ContributionRow,
    Exit,
    PayerTie,
    SplitRow,
    Splits,
    Ties,
    Totals,
)
from concord_contracts.allocation.answers.outcome import Outcome
from concord_contracts.allocation.answers.plan import Answer
from concord_contracts.allocation.answers.prices import BindingLimit, Candidate, CandidateLine, RingFence
from concord_contracts.allocation.answers.refusal import ConflictMember, PayerLoosening, Refusal, Relaxation
from concord_contracts.allocation.answers.scenario import Dependency, Scenario
from concord_contracts.allocation.answers.trust import (
    AssumptionPart,
    Assumptions,
    Check,
    ObjectiveResult,
    Sentence,
    SolverFacts,
    Violation,
)
from concord_contracts.allocation.answers.what_if import (
    ProblemWhatIf,
    ProblemWhatIfRequest,
    WhatIfRequest,
    WhatIfResult,
)

__all__ = [
    "ActivityRow",
    "Answer",
    "AssumptionPart",
    "Assumptions",
    "BindingLimit",
    "Candidate",
    "CandidateLine",
    "Cell",
    "Check",
    "ConflictMember",
    "ContributionRow",
    "Dependency",
    "Difference",
    "DifferenceRow",
    "Exit",
    "LimitName",
    "LineRow",
    "ObjectiveResult",
    "Outcome",
    "PayerLoosening",
    "PayerTie",
    "PriceChange",
    "ProblemWhatIf",
    "ProblemWhatIfRequest",
    "Refusal",
    "Relaxation",
    "RingFence",
    "Scenario",
    "Sentence",
    "SolverFacts",
    "SplitRow",
    "Splits",
    "Ties",
    "Totals",
    "Violation",
    "WhatIfRequest",
    "WhatIfResult",
]
