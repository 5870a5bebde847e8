"""Changes to a scenario or to a problem, and what they did."""

from typing import Annotated

from pydantic import Field

from concord_contracts.allocation.answers.difference import Difference
from concord_contracts.allocation.answers.outcome import Outcome
from concord_contracts.allocation.answers.scenario import Scenario
from concord_contracts.allocation.changes import Changes
from concord_contracts.allocation.problem import Problem
from concord_contracts.identifiers import Digest, Reply, Request


class WhatIfRequest(Request):
    """Changes to a scenario's problem, in order."""

    changes: Changes
    title: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        None, description="default: the changes in few words, and the scenario's title"
    )
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
