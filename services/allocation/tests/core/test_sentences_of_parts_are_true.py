"""Every kind of sentence has a truth check, run over many small problems that are solved once for all of them.

Kinds whose truth is another solve are asked again in `test_sentences_are_true`, of refusals in `test_refusals`, of
changes in `test_changes_of_parts`; all others are counted again from payments, cases and the document.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from concord_allocation.core.results import Answer
from concord_contracts.allocation.answers.trust import Sentence
from services.allocation.tests.core import truths_of_money as of_money
from services.allocation.tests.core import truths_of_parts as of_parts
from services.allocation.tests.core.generated_parts import later_problems
from services.allocation.tests.core.problems import (
    document,
    make_curve,
    make_limit,
    make_line,
    make_problem,
    make_purse,
    outcome,
    spend_on,
    tables,
)
from services.allocation.tests.core.told import Told
from services.allocation.tests.core.truths_of_changes import difference, objective

EXAMPLES = 45
GUESSED = {"basis": "assumption", "note": "a test"}

KINDS = get_args(Sentence.model_fields["about"].annotation)

RECOUNTED: dict[str, Callable[[Told], None]] = {
    "money": of_money.money,
    "year": of_money.year,
    "contract": of_money.contract,
    "exit": of_money.exit_,
    "assumption": of_money.assumption,
    "option": of_parts.option,
    "activity": of_parts.activity,
    "missed": of_parts.missed,
    "fairness": of_parts.fairness,
    "check": of_parts.check,
    "objective": objective,
    "difference": difference,
}
"""By kind: every sentence of it in one answer is held against what it came from."""

SENTENCES, REFUSALS, PARTNERS = "test_sentences_are_true.py", "test_refusals.py", "test_changes_of_partners.py"
ASKED_AGAIN = {
    "payer": (SENTENCES, "test_who_pays_and_who_gains_is_what_payments_and_curves_add_up_to"),
    "gain": (SENTENCES, "test_who_pays_and_who_gains_is_what_payments_and_curves_add_up_to"),
    "nowhere": (SENTENCES, "test_what_binds_nowhere_can_go_and_nothing_is_better"),
    "binding": (SENTENCES, "test_what_binds_tells_the_prices_of_the_table"),
    "line": (SENTENCES, "test_what_keeps_a_line_from_money_does_when_asked_again"),
    "ring_fence": (SENTENCES, "test_a_ring_fence_costs_what_a_general_pound_buys_more"),
    "candidate": (SENTENCES, "test_what_money_would_buy_next_and_what_a_release_would_lose_are_asked_again"),
    "tie": (SENTENCES, "test_the_pounds_that_the_tie_break_decided_are_those_of_the_table"),
    "refusal": (REFUSALS, "test_conflicts_are_irreducible_and_relaxations_least"),
    "change": (PARTNERS, "test_who_must_fill_is_told_with_the_pounds"),
}
"""By kind: the test that solves again."""


SELDOM = (
    ("contract",), ("soft", "floor"), ("spread", "demand"), ("carry", "over"), ("saving", "resource"),
    ("rules", "transfer"), ("demand",),
)  # fmt: skip
"""Parts of which every problem has some, so that each kind of sentence is met often."""


@st.composite
def told_problems(draw: st.DrawFn) -> dict[str, Any]:
    """With money that ends, figures that are guesses, and benefit that may be given up for what comes after it."""
    made: dict[str, Any] = draw(later_problems(among=draw(st.sampled_from(SELDOM))))
    for part in ("purses", "lines", "curves", "options"):
        for each in made.get(part, []):
            if draw(st.sampled_from([False, False, True])):
                each["provenance"] = GUESSED
    for purse in made["purses"]:
        purse["recurrent"] = draw(st.sampled_from([False, True]))
    if draw(st.sampled_from([False, False, True])):
        made["sacrifices"] = {"benefit": draw(st.sampled_from([0.01, 0.2]))}
    return made


def _told(problem: dict[str, Any]) -> Told | None:
    found = outcome(problem)
    return Told(document(problem), tables(problem), found) if isinstance(found, Answer) else None


@cache
def pool() -> list[Told]:
    """Answers of the problems drawn, and of a few that are written down for what is never drawn."""
    found: list[Told] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(told_problems())
    def collect(problem: dict[str, Any]) -> None:
        told = _told(problem)
        if told is not None:
            found.append(told)

    collect()
    written = [_told(problem) for problem in (built_up(), given_up(), missed())]
    return found + [told for told in written if told is not None]


def built_up() -> dict[str, Any]:
    """Reference payments that say what they were built from."""
    bridge = {"outturn_gbp": 70, "non_recurrent_gbp": 15, "growth_gbp": 9, "qipp_gbp": 4, "source": "a test"}
    made = make_problem()
    made["lines"][0]["reference"][0]["built_from"] = bridge
    return made


def given_up() -> dict[str, Any]:
    """Benefit given up so that money stays where it is."""
    return make_problem(
        purses=[make_purse("money", 100)],
        lines=[make_line("rich", {"money": 20}, "rich"), make_line("poor", {"money": 80}, "poor")],
        curves=[make_curve("rich", (100, 3)), make_curve("poor", (100, 2))],
        sacrifices={"benefit": 0.1},
    )


def missed() -> dict[str, Any]:
    """Two wishes, one of which there is no money for; what is drawn depends on what else has been imported."""
    soft = {"hard": False, "relaxation_weight": 1.0}
    return make_problem(
        limits=[
            make_limit("kept", spend_on("poor"), at_least=50) | soft | {"priority": 1},
            make_limit("missed", spend_on("rich"), at_least=80) | soft | {"priority": 2},
        ]
    )


@pytest.mark.parametrize("kind", RECOUNTED)
def test_what_is_told_is_what_the_data_adds_up_to(kind: str) -> None:
    for told in pool()[:: 5 if kind == "difference" else 1]:
        RECOUNTED[kind](told)
    if kind != "difference":
        assert sum(bool(told.said(kind)) for told in pool()) >= 1, "no problem has a sentence of this kind"


def test_every_kind_of_sentence_has_a_truth_check() -> None:
    assert set(RECOUNTED) | set(ASKED_AGAIN) == set(KINDS)
    here = Path(__file__).parent
    for kind, (file, name) in ASKED_AGAIN.items():
        assert f"def {name}(" in (here / file).read_text(), kind
