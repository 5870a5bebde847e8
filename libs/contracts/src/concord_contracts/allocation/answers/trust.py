"""How far an answer can be trusted: assumptions, the independent check, objectives, the solver, sentences."""

from typing import Literal

from pydantic import Field

from concord_contracts.identifiers import Reply


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
