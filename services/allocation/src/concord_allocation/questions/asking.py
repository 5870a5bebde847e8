"""What every question needs: its time, whole-pound plans that were checked, and the digest of an answer."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from concord_allocation import translate
from concord_allocation.core.problem import Fault, InvalidProblem
from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of
from concord_contracts.allocation import Answer, Change, Outcome, Problem, Refusal
from concord_contracts.allocation.problem import Limit
from concord_contracts.allocation.questions import PlanFound
from concord_contracts.identifiers import digest_of

DIGITS = 6
"""Significant digits of a number in a digest."""

LEAST_SECONDS = 0.5
"""What a plan gets that must be made before there is anything to say."""


class Refused(Exception):
    """The problem itself has no plan: its refusal is the answer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal


class Asking:
    """One question at work: the problem, the time that is left, what was solved and what was left out."""

    def __init__(self, problem: Problem, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.problem = problem
        self.solves = 0
        self.left_out: list[str] = []
        self._clock = clock
        self._until = clock() + seconds

    @property
    def seconds_left(self) -> float:
        return max(LEAST_SECONDS, self._until - self._clock())

    @property
    def is_late(self) -> bool:
        """No time for anything that can be left out."""
        return self._clock() >= self._until

    def in_time(self) -> None:
        """Raises Unanswered where there is no time for anything that can be left out."""
        if self.is_late:
            raise Unanswered("there was no time for everything")

    @cached_property
    def digest(self) -> str:
        """Of the problem that was asked about."""
        return translate.problem_digest(self.problem)

    def solve(self, problem: Problem) -> Outcome:
        self.solves += 1
        return translate.solve(problem, time_limit_seconds=self.seconds_left, prices=False)

    def base(self) -> Answer:
        """The plan of the problem as it stands. Raises Refused."""
        found = self.solve(self.problem)
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    def plan_near(self, problem: Problem, cells: Mapping[tuple[str, str, str, str | None], float]) -> Answer | None:
        """A checked plan in whole pounds, no cell a pound or more from `cells` (year, line, purse, fund -> GBP).

        A second attempt allows two pounds more; none where even that keeps no limit.
        """
        for slack in (0, 2):
            found = self.solve(problem.model_copy(update={"limits": [*problem.limits, *_box(problem, cells, slack)]}))
            if isinstance(found, Answer):
                return found
        return None

    def head(self, content: Any, sentences: Sequence[str]) -> dict[str, Any]:
        """The fields that every answer begins with."""
        told = {"left_out": self.left_out, "content": content, "problem": self.digest}
        return {
            "problem_digest": self.digest,
            "digest": digest_of(plain(told)),
            "complete": not self.left_out,
            "left_out": self.left_out,
            "solves": self.solves,
            "sentences": list(sentences),
        }


def _box(problem: Problem, cells: Mapping[tuple[str, str, str, str | None], float], slack: int) -> list[Limit]:
    prefix = unused(problem, "near")
    made = []
    for number, ((year, line, purse, fund), gbp) in enumerate(cells.items()):
        near = round(gbp)
        exact = abs(gbp - near) < 1e-5
        low, high = (near, near) if exact else (math.floor(gbp), math.ceil(gbp))
        made.append(
            Limit.model_validate(
                {
                    "key": f"{prefix}-{number}",
                    "label": f"as found: {purse} on {line} in {year}",
                    "terms": [
                        {
                            "select": {"lines": [line], "purses": [purse]} | ({"funds": [fund]} if fund else {}),
                            "measure": "spend" if fund else "direct_spend",
                        }
                    ],
                    "at_least": max(0, low - slack),
                    "at_most": high + slack,
                    "years": [year],
                    "source": "the question",
                }
            )
        )
    return made


def unused(problem: Problem, wanted: str) -> str:
    """A key that no limit begins with yet: `wanted`, or with a number."""
    taken = {item.key for item in problem.limits} | {item.key for item in problem.pace_of_change}
    taken |= {item.key for item in problem.equity}
    name, number = wanted, 1
    while any(key == name or key.startswith(f"{name}-") for key in taken):
        number += 1
        name = f"{wanted}{number}"
    return name


def changed(problem: Problem, changes: Sequence[Change]) -> Problem:
    """The problem with changes that were written here, so that they cannot be at fault."""
    return translate.apply(problem, changes) if changes else problem


def told_elsewhere(elsewhere: float, unit: str) -> list[str]:
    """What of a plan's benefit is not of its lines, where something is."""
    if not elsewhere:
        return []
    words = "of money left outside or at the end, less the penalty of overspends"
    return [f"{amount_of(elsewhere, unit)} of the benefit is {words}."]


def plan_found(plan: Answer) -> PlanFound:
    return PlanFound(
        status=plan.status,
        problem_digest=plan.problem_digest,
        digest=plan.digest,
        benefit=plan.totals.benefit,
        elsewhere_benefit=plan.totals.elsewhere_benefit,
        benefit_unit=plan.totals.benefit_unit,
        spend_gbp=plan.totals.spend_gbp,
        moved_gbp=plan.totals.moved_gbp,
        payers=plan.splits.payer,
        stages=plan.splits.stage,
    )


def at(pointer: str, invalid: InvalidProblem) -> InvalidProblem:
    """The same faults, told at another place."""
    return InvalidProblem([Fault(f"{pointer}{fault.pointer}", fault.kind, fault.detail) for fault in invalid.faults])


def plain(value: Any) -> Any:
    """Numbers with a fraction as decimal text, for digests."""
    if isinstance(value, float):
        return translate.decimal_text(float(f"{value:.{DIGITS}g}")) if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
