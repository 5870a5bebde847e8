"""The optimiser's core on problem documents that strain it: an outcome, or faults that are named; nothing else.

Every document is parsed, solved, and its outcome put into the words of the contract, as the service does.
"""

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from concord_allocation import translate
from concord_allocation.core.parse import parse
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.solve import solve
from tests.fuzz.problems import in_range, out_of_range

SECONDS = 5
OF_A_PROBLEM = "0" * 64
"""Stands for the digest of the problem, which the contract has and a document out of its range cannot have."""


def outcome_of(document: dict[str, Any]) -> str:
    """How the core answered: the status of an outcome, its reason, or `invalid`. Raises what the core must not."""
    try:
        outcome = solve(parse(document), time_limit_seconds=SECONDS)
    except InvalidProblem as refused:
        return "invalid" if refused.faults else "refused without a fault"
    translate.outcome_of(outcome, OF_A_PROBLEM).model_dump_json()
    return getattr(outcome, "reason", outcome.status)


def strain(cases: int, number: int) -> Counter[str]:
    """How often the core answered in which way; `number` seeds the documents. Raises at the smallest that it cannot."""
    answers: Counter[str] = Counter()

    @seed(number)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(in_range, out_of_range))
    def ask(document: dict[str, Any]) -> None:
        answers[outcome_of(document)] += 1

    ask()
    return answers
