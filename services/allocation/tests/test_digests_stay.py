"""Digests that agreements may cite already: whatever the model learns, an old question keeps its name and pounds."""

from typing import Any

import pytest

from concord_allocation import translate
from concord_allocation.assembly.assemble import assemble
from concord_contracts.allocation import EXAMPLE_PROBLEM, Problem
from services.allocation.tests.core.problems import SOURCED
from services.allocation.tests.core.test_options import kit, option
from services.allocation.tests.greater_manchester import greater_manchester

EXAMPLE = (
    "19cd2cc418ecebf0425b9971cb8e125a7e53e8967a2ae3b89eaf4c2e0d7df500",
    "3265675314d3eefb83b5cd9b3f6b25324a93e16b69c2d316e30e2573a5a99a08",
)
GREATER_MANCHESTER = (
    "76d7a3a495a1c07980a830b2310b504274fb733b6b243d75d9511a9180a28bf7",
    "7fbf3f8479829a4738ee71bc8867e8b6184bdd422b4bf7b0076be05dbb6d6b6a",
)
"""(problem, answer) as they were when the model had purses, funds, limits and paces of change alone."""
CALLED_THEN = {"ods:X24": "National Health Service Commissioning Board"}
"""The question was put with NHS England's first name in it; names are part of a question."""


def test_the_documented_example_keeps_its_name_and_its_answer() -> None:
    problem = Problem.model_validate(EXAMPLE_PROBLEM)
    assert (translate.problem_digest(problem), translate.solve(problem, prices=False).digest) == EXAMPLE


def test_greater_manchester_keeps_its_name_and_its_answer() -> None:
    problem = assemble(greater_manchester(CALLED_THEN))
    assert (translate.problem_digest(problem), translate.solve(problem, prices=False).digest) == GREATER_MANCHESTER


@pytest.mark.parametrize(
    "changed",
    [
        {"sacrifices": {"benefit": 0.01}},
        {"price_indices": [{"key": "x", "name": "x", "values": {"2014-15": 1.1}, "provenance": SOURCED}]},
        {"purses": [EXAMPLE_PROBLEM["purses"][0] | {"carry": {"at_most_share": 0.1, "source": "a test"}}]},
        {"limits": [EXAMPLE_PROBLEM["limits"][0] | {"priority": 2}]},
    ],
)
def test_what_was_added_later_counts_as_soon_as_it_says_something(changed: dict[str, Any]) -> None:
    assert translate.problem_digest(Problem.model_validate(EXAMPLE_PROBLEM | changed)) != EXAMPLE[0]


def test_which_option_needs_the_others_is_part_of_the_name() -> None:
    def needing(*options: str) -> str:
        rule = {"key": "r", "label": "r", "kind": "requires", "options": list(options), "source": "a test"}
        kits = [option(key, 10, 1) for key in ("a", "b", "c")]
        return translate.problem_digest(Problem.model_validate(kit(options=kits, option_rules=[rule])))

    assert needing("a", "b", "c") == needing("a", "c", "b") != needing("b", "a", "c")
